/* What a patient sees in the kiosk: one thing at a time, in plain words, with room around it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/screens/kiosk.h"
#include "ui/screens/lock.h"

enum { LISTED = 10, FOOT = 4, WIDEST = 72 };

/* Where the next line goes; lines above the window and below it are measured and not shown. */
struct page { struct canvas *canvas; int line, left, width; };

static void put(struct page *page, enum style style, int indent, const char *text)
{
    int rows = page->canvas->rows - page->line;
    int taken = draw_folded(page->canvas, page->line, page->left + indent, page->width - indent, rows > 0 ? rows : 0, style, text);

    page->line += taken > 0 ? taken : 1;
}

static void gap(struct page *page)
{
    page->line++;
}

static void put_field(struct page *page, const struct kiosk *k, const char *label)
{
    int col = page->left;

    if (page->line >= 0 && page->line < page->canvas->rows) {
        if (*label)
            col = draw_text(page->canvas, page->line, col, STYLE_PLAIN, label) + 1;
        field_draw(&k->field, page->canvas, page->line, col, page->width - (col - page->left), true);
    }
    page->line++;
}

/* Headings and words between the last question and this one; each text has been a page of its own. */
static void put_section(struct page *page, const struct kiosk *k, const struct form_row *row)
{
    const struct form *form = k->steps.sitting.form;
    const char *section = "", *group = "";

    for (size_t i = 0; i < row->index; i++) {
        const struct form_row *above = form_row(form, i);

        if (above->type != FORM_GROUP || above->depth >= row->depth)
            continue;
        if (above->is_page)
            section = above->text;
        group = above->text;
    }
    if (*section)
        put(page, STYLE_FAINT, 0, section);
    if (*group && strcmp(group, section) != 0)
        put(page, STYLE_FAINT, 0, group);
    if (*section || *group)
        gap(page);
}

/* The number, whether it is chosen, and the words beside them however many lines these take. */
static void put_option(struct page *page, const struct form_row *row, size_t number, const struct form_option *option)
{
    enum style style = option->chosen ? STYLE_GOOD : STYLE_PLAIN;
    char sign[40], words[400];
    int line = page->line, shown;

    snprintf(sign, sizeof sign, row->repeats ? "%2zu  [%s]" : "%2zu %s", number, row->repeats ? (option->chosen ? "x" : " ") : (option->chosen ? "*" : " "));
    snprintf(words, sizeof words, "%s%s%s", option->prefix ? option->prefix : "", option->prefix && *option->prefix ? " " : "", option->label);
    shown = utf8_width(sign) + 3;
    if (line >= 0 && line < page->canvas->rows)
        draw_text(page->canvas, line, page->left + 2, style, sign);
    put(page, style, shown, words);
}

static void put_options(struct page *page, const struct kiosk *k, const struct form_row *row)
{
    const struct form *form = k->steps.sitting.form;
    size_t n = form_options(form, row), shown = 0, fit = 0;
    bool keyed = kiosk_is_keyed(k, row);

    if (n == 0 && row->type == FORM_BOOLEAN) {
        char *words = form_answer_words(form, row, 0);
        struct form_option yes = { .label = _("Yes"), .chosen = strcmp(words, _("Yes")) == 0 }, no = { .label = _("No"), .chosen = strcmp(words, _("No")) == 0 };

        put_option(page, row, 1, &yes);
        put_option(page, row, 2, &no);
        free(words);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct form_option option = form_option(form, row, i);

        if (option.disabled || (!keyed && k->touched && !option.chosen && !kiosk_matches(k, row, i)))
            continue;
        fit++;
        if (keyed || shown < LISTED || option.chosen) {
            put_option(page, row, i + 1, &option);
            shown++;
        }
    }
    if (fit > shown) {
        char words[120];

        snprintf(words, sizeof words, _("and %zu more: type a part of your answer to find it"), fit - shown);
        put(page, STYLE_FAINT, 2, words);
    }
}

static const char *how_to(const struct form_row *row)
{
    switch (row->type) {
    case FORM_DATE:
        return _("Type a date, like 1 Jul 1954.");
    case FORM_DATETIME:
        return _("Type a date and a time, like 1 Jul 1954 9:30.");
    case FORM_TIME:
        return _("Type a time, like 9:30.");
    case FORM_INTEGER: case FORM_DECIMAL: case FORM_QUANTITY:
        return _("Type a number.");
    case FORM_ATTACHMENT:
        return _("Please give this to the staff, and press Enter.");
    default:
        return _("Type your answer.");
    }
}

static void put_question(struct page *page, const struct kiosk *k, const struct form_row *row)
{
    size_t n = form_options(k->steps.sitting.form, row);
    bool keyed = kiosk_is_keyed(k, row);

    put_section(page, k, row);
    put(page, STYLE_TITLE, 0, *row->text ? row->text : row->link_id);
    if (*row->help)
        put(page, STYLE_PLAIN, 0, row->help);
    if (*row->look->legal)
        put(page, STYLE_PLAIN, 0, row->look->legal);
    if (*row->from_record && row->n_answers)
        put(page, STYLE_FAINT, 0, _("This is what we have on record. Please change it where it is not right."));
    gap(page);
    put_options(page, k, row);
    if (!keyed) {
        gap(page);
        put(page, STYLE_FAINT, 0, n ? (row->look->is_open ? _("Type a number, a part of an answer above, or your own words.") : _("Type a number, or a part of the answer.")) : how_to(row));
        if (row->repeats && n == 0)
            put(page, STYLE_FAINT, 0, _("Several answers: put a semicolon ; between them."));
        if (row->type != FORM_ATTACHMENT)
            put_field(page, k, *row->unit ? row->unit : ">");
    } else if (row->repeats) {
        gap(page);
        put(page, STYLE_FAINT, 0, _("Choose all that fit. Enter goes on."));
    }
}

static void put_more(struct page *page, const struct form_row *row)
{
    put(page, STYLE_TITLE, 0, row->text);
    gap(page);
    put(page, STYLE_PLAIN, 0, _("Is there one more to tell us about?"));
    gap(page);
    put(page, STYLE_PLAIN, 2, _(" 1   Yes, one more"));
    put(page, STYLE_PLAIN, 2, _(" 2   No, go on"));
}

static void put_ask(struct page *page, const struct kiosk *k)
{
    const struct form_row *row = steps_row(&k->steps);

    if (steps_kind(&k->steps) == STEP_MORE)
        put_more(page, row);
    else if (steps_kind(&k->steps) == STEP_READ)
        put(page, STYLE_PLAIN, 0, row->text);
    else
        put_question(page, k, row);
}

static void put_welcome(struct page *page, struct app *app, const struct kiosk *k)
{
    char words[300];

    if (app->clinic && *app->clinic) {
        put(page, STYLE_FAINT, 0, app->clinic);
        gap(page);
    }
    snprintf(words, sizeof words, *k->hello ? _("Hello, %s.") : "%s", *k->hello ? k->hello : _("Hello."));
    put(page, STYLE_TITLE, 0, words);
    gap(page);
    put(page, STYLE_PLAIN, 0, form_title(k->steps.sitting.form));
    gap(page);
    put(page, STYLE_PLAIN, 0, _("We will ask you one question after the other. Press the number of an answer to choose it: that goes on by itself. Where you type an answer, press Enter after it."));
    gap(page);
    put(page, STYLE_PLAIN, 0, _("The arrow up goes back. You do not have to answer what you do not want to: Enter leaves it open. Every answer is kept at once."));
    gap(page);
    put(page, STYLE_TITLE, 0, _("Press Enter to begin."));
}

static void put_end(struct page *page, const struct kiosk *k)
{
    size_t open = form_problems(k->steps.sitting.form);
    char words[200];

    put(page, STYLE_TITLE, 0, _("That was the last question."));
    gap(page);
    if (open) {
        snprintf(words, sizeof words, ngettext("%zu question is still open.", "%zu questions are still open.", open), open);
        put(page, STYLE_PLAIN, 0, words);
        gap(page);
        put(page, STYLE_PLAIN, 2, _("Enter  go to the open question"));
        put(page, STYLE_PLAIN, 2, _("D      I am done"));
    } else {
        put(page, STYLE_PLAIN, 2, _("Enter  I am done"));
    }
    put(page, STYLE_PLAIN, 2, _("Up     go back to my answers"));
}

/* Calm, and only what helps now. */
static void put_stop(struct page *page)
{
    put(page, STYLE_TITLE, 0, _("Thank you for telling us."));
    gap(page);
    put(page, STYLE_TITLE, 0, _("Please tell a member of staff right away. Go to the desk now, or call out to someone."));
    gap(page);
    put(page, STYLE_PLAIN, 0, _("You are not alone with this. Somebody will talk with you before you leave. Help is also there at any hour: call or text 988."));
    gap(page);
    put(page, STYLE_FAINT, 0, _("When you have told someone, Enter goes on with the form."));
}

static void put_hidden(struct page *page, const struct kiosk *k)
{
    put(page, STYLE_TITLE, 0, _("Are you still there?"));
    gap(page);
    if (k->tries > 0) {
        put(page, STYLE_PLAIN, 0, _("Your answers are kept and hidden. To go on, type your date of birth and press Enter."));
        gap(page);
        put_field(page, k, _("Date of birth:"));
    }
    if (k->problem[0]) {
        gap(page);
        put(page, STYLE_ALERT, 0, k->problem);
    }
}

/* Whoever came here by mistake reads the way back in their own language. */
static void put_way_back(struct page *page, const struct kiosk *k)
{
    const char *staffs = _("Esc goes back to the form."), *theirs;

    i18n_speak(k->language);
    theirs = _("Esc goes back to the form.");
    i18n_speak(NULL);
    if (strcmp(staffs, theirs) != 0) {
        gap(page);
        put(page, STYLE_PLAIN, 0, theirs);
    }
}

static void put_staff(struct page *page, struct app *app, const struct kiosk *k)
{
    const struct staff *staff = &app->ctx.session.staff;

    put(page, STYLE_TITLE, 0, _("For staff"));
    gap(page);
    put(page, STYLE_PLAIN, 0, staff->display ? staff->display : staff->name);
    put_field(page, k, lock_has_pin(app) ? _("PIN or password:") : _("Password:"));
    if (k->problem[0])
        put(page, STYLE_ALERT, 0, k->problem);
    gap(page);
    put(page, STYLE_FAINT, 0, _("Esc goes back to the form. Tab: somebody else signs in, and the form is kept as a draft."));
    put_way_back(page, k);
}

static void put_thanks(struct page *page)
{
    put(page, STYLE_TITLE, 0, _("Thank you."));
    gap(page);
    put(page, STYLE_TITLE, 0, _("Please hand the device back to the staff."));
}

static void put_phase(struct page *page, struct app *app, const struct kiosk *k)
{
    switch (k->phase) {
    case KIOSK_WELCOME:
        put_welcome(page, app, k);
        break;
    case KIOSK_ASK:
        put_ask(page, k);
        break;
    case KIOSK_END:
        put_end(page, k);
        break;
    case KIOSK_STOP:
        put_stop(page);
        break;
    case KIOSK_THANKS:
        put_thanks(page);
        break;
    case KIOSK_HIDDEN:
        put_hidden(page, k);
        break;
    case KIOSK_STAFF:
        put_staff(page, app, k);
        break;
    }
}

/* What is wrong, where it is always seen; how far; and the two keys that always work. */
static void draw_foot(const struct kiosk *k, struct canvas *foot)
{
    char words[120];
    int answered, total;

    if (k->phase != KIOSK_ASK)
        return;
    draw_folded(foot, 0, 4, foot->cols - 8, 2, STYLE_ALERT, k->steps.problem);
    form_progress(k->steps.sitting.form, &answered, &total);
    snprintf(words, sizeof words, _("%d of %d answered"), answered, total);
    draw_right(foot, FOOT - 1, foot->cols - 2, STYLE_FAINT, words);
    draw_text(foot, FOOT - 1, 4, STYLE_FAINT, k->more > 0 ? _("Enter  on    Up  back    PgDn  read on") : _("Enter  on    Up  back"));
}

void kiosk_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct kiosk *k = state;
    int width = canvas->cols - 8 < WIDEST ? canvas->cols - 8 : WIDEST, top = canvas->rows >= 16 ? 2 : 0;
    struct canvas body = canvas_part(canvas, top, 0, canvas->rows - top - FOOT, canvas->cols);
    struct canvas foot = canvas_part(canvas, canvas->rows - FOOT, 0, FOOT, canvas->cols);
    struct page page = { &body, -k->scroll, 4, width };

    put_phase(&page, app, k);
    k->more = page.line - body.rows;
    draw_foot(k, &foot);
}
