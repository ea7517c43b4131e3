/* What --linear reads out of a form: questions, what stands between them, options, help, the end. */
#include "ui/screens/questions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/screens/intake.h"

enum { READ_OPTIONS = 30 };

static void say_answers(struct buf *out, const struct form *form, const struct form_row *row)
{
    for (size_t i = 0; i < row->n_answers; i++) {
        char *words = form_answer_words(form, row, i);

        buf_printf(out, "%s%s", i ? "; " : "", words);
        free(words);
    }
    if (row->n_answers && *row->unit)
        buf_printf(out, " %s", row->unit);
}

static void say_name(struct buf *out, const struct form_row *row)
{
    bool is_question = row->type != FORM_GROUP && row->type != FORM_DISPLAY;

    buf_printf(out, "%s%s%s", row->prefix, *row->prefix ? " " : "", *row->text ? row->text : is_question ? row->link_id : _("(without a title)"));
}

static size_t pages_until(const struct form *form, size_t index)
{
    size_t n = 0;

    for (size_t i = 0; i <= index && i < form_rows(form); i++)
        n += form_row(form, i)->is_page;
    return n;
}

/* A heading, words to read, or a value the form works out: what stands between two questions. */
static void say_between(struct buf *out, const struct form *form, const struct form_row *row)
{
    if (row->is_page)
        buf_printf(out, _("Page %zu of %zu: "), pages_until(form, row->index), pages_until(form, form_rows(form)));
    else if (row->type == FORM_GROUP && row->repeats)
        buf_printf(out, _("Number %zu of: "), row->repetition + 1);
    if ((row->type == FORM_DISPLAY || (row->type == FORM_GROUP && !row->is_page && !row->repeats)) && !*row->text)
        return;
    say_name(out, row);
    if (row->type != FORM_GROUP && row->type != FORM_DISPLAY) {
        buf_add(out, ": ");
        say_answers(out, form, row);
        if (!row->n_answers)
            buf_add(out, _("nothing yet"));
        if (row->is_calculated)
            buf_add(out, _(", worked out by the form"));
    }
    buf_add(out, "\n");
    if (*row->help)
        buf_printf(out, "%s\n", row->help);
}

static const char *how_to_type(const struct form_row *row)
{
    switch (row->type) {
    case FORM_BOOLEAN:
        return _("Type y for yes or n for no.");
    case FORM_INTEGER:
        return _("Type a whole number.");
    case FORM_DECIMAL:
        return _("Type a number, as 7.5.");
    case FORM_QUANTITY:
        return row->look->n_units > 1 ? _("Type a number and its unit.") : _("Type a number.");
    case FORM_DATE:
        return _("Type a date, as 1 Jul 1954.");
    case FORM_DATETIME:
        return _("Type a date and time, as 1 Jul 1954 9:30, or now.");
    case FORM_TIME:
        return _("Type a time, as 9:30.");
    case FORM_URL:
        return _("Type an address, as https://example.org.");
    case FORM_REFERENCE:
        return _("Type what it refers to, as Practitioner/12, or its name.");
    case FORM_ATTACHMENT:
        return _("Type its name, or its address.");
    default:
        return _("Type the answer.");
    }
}

static void say_options(struct buf *out, const struct questions *q, const struct form_row *row)
{
    const struct form *form = q->steps.sitting.form;
    size_t n = form_options(form, row), most = q->wants_all ? n : READ_OPTIONS;

    for (size_t i = 0; i < n && (i < most || n <= READ_OPTIONS + 5); i++) {
        struct form_option option = form_option(form, row, i);
        char key[24];

        if (option.disabled)
            continue;
        steps_option_key(&q->steps, row, i, key, sizeof key);
        buf_printf(out, "%s. %s%s%s%s\n", key, option.prefix ? option.prefix : "", option.prefix && *option.prefix ? " " : "", option.label,
                   option.chosen ? _(" (chosen)") : "");
    }
    if (n > most && n > READ_OPTIONS + 5)
        buf_printf(out, _("%zu more; :options reads them all.\n"), n - most);
    if (row->repeats)
        buf_add(out, _("Type the numbers of all that apply, as 1,3.\n"));
    else
        buf_add(out, row->look->is_open ? _("Type a number, or words of your own.\n") : _("Type a number, or how the answer begins.\n"));
}

static void say_help(struct buf *out, const struct form_row *row)
{
    const struct form_look *look = row->look;
    const char *const words[] = { row->help, look->flyover, look->prompt, look->legal, look->support_link, row->note };
    bool any = false;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (*words[i]) {
            buf_printf(out, "%s\n", words[i]);
            any = true;
        }
    if (*look->entry_format)
        buf_printf(out, _("Written as: %s.\n"), look->entry_format);
    if (*row->min)
        buf_printf(out, _("At least %s.\n"), row->min);
    if (*row->max)
        buf_printf(out, _("At most %s.\n"), row->max);
    if (!any)
        buf_add(out, _("The form gives no help with this question.\n"));
    buf_add(out, _("Enter alone goes on. < goes back. :clear takes the answer away. -d declined, -k does not know, -u unreadable, -l ask later.\n"
                   "= before words takes them as they are. :sections, :problems, :scores, :repeat, :options, :leave keeps the form as a draft, :finish ends it.\n"));
    if (row->is_calculated)
        buf_add(out, _(":reset lets the form work the answer out again.\n"));
}

static size_t asked_until(const struct steps *s, size_t at)
{
    size_t n = 0;

    for (size_t i = 0; i <= at && i < s->n; i++)
        n += s->step[i].kind == STEP_ASK;
    return n;
}

static void say_question(struct buf *out, struct questions *q)
{
    const struct form *form = q->steps.sitting.form;
    const struct form_row *row = steps_row(&q->steps);

    buf_printf(out, _("Question %zu of %zu. "), asked_until(&q->steps, q->steps.at), asked_until(&q->steps, q->steps.n));
    say_name(out, row);
    buf_add(out, row->required ? _(" (needed)\n") : "\n");
    if (*row->help && !q->wants_help)
        buf_printf(out, "%s\n", row->help);
    if (*row->note && !q->wants_help)
        buf_printf(out, "%s\n", row->note);
    if (form_options(form, row))
        say_options(out, q, row);
    else
        buf_printf(out, "%s%s%s%s\n", how_to_type(row), *row->unit ? _(" In ") : "", row->unit, *row->unit ? "." : "");
    if (row->repeats && !form_options(form, row))
        buf_add(out, _("Several with a semicolon between them.\n"));
    if (row->n_answers) {
        buf_add(out, _("Answered: "));
        say_answers(out, form, row);
        if (*row->from_record)
            buf_printf(out, " (%s)", row->from_record);
        buf_char(out, '\n');
    } else if (*row->absent) {
        buf_printf(out, _("No answer: %s.\n"), intake_absent_words(row->absent));
    }
}

void questions_say_scores(struct buf *out, const struct form *form)
{
    for (size_t i = 0; i < form_scores(form); i++) {
        struct form_score score = form_score(form, i);

        if (*score.value && score.max > 0)
            buf_printf(out, _("%s: %s of %d"), score.name, score.value, score.max);
        else
            buf_printf(out, "%s: %s", score.name, *score.value ? score.value : _("not known yet"));
        if (score.band && *score.band)
            buf_printf(out, ", %s", score.band);
        buf_printf(out, _(" (%d of %d answered)"), score.answered, score.of);
        buf_add(out, ".\n");
    }
}

static void say_problems(struct buf *out, const struct form *form)
{
    size_t n = form_problems(form);

    buf_printf(out, ngettext("%zu to fix. Type its number to go there.\n", "%zu to fix. Type the number of one to go there.\n", n), n);
    for (size_t i = 0; i < n; i++) {
        struct form_problem problem = form_problem(form, i);
        const struct form_row *row = form_row_by_path(form, problem.path);

        buf_printf(out, "%zu. ", i + 1);
        if (row) {
            say_name(out, row);
            buf_add(out, ": ");
        }
        buf_printf(out, "%s\n", problem.text);
    }
}

static void say_end(struct buf *out, struct questions *q)
{
    const struct form *form = q->steps.sitting.form;
    int answered, total;

    form_progress(form, &answered, &total);
    buf_printf(out, _("End of the form. %d of %d answered.\n"), answered, total);
    questions_say_scores(out, form);
    if (q->steps.is_view) {
        buf_add(out, _("Enter goes back to the record.\n"));
        return;
    }
    if (form_problems(form))
        say_problems(out, form);
    else
        buf_add(out, _("Nothing to fix. Enter finishes the form and keeps it.\n"));
    buf_add(out, _("< goes back. :leave keeps it as a draft.\n"));
}

static void say_more(struct buf *out, const struct questions *q)
{
    const struct form_row *row = steps_row(&q->steps);

    buf_printf(out, _("That was number %zu of: "), row->repetition + 1);
    say_name(out, row);
    buf_add(out, _("\n+ one more. Enter goes on. :remove takes this one away.\n"));
}

static void say_hello(struct app *app, struct buf *out, struct questions *q)
{
    buf_printf(out, _("Form: %s. For %s.\n"), form_title(q->steps.sitting.form), app->banner.person.name ? app->banner.person.name : "");
    for (size_t i = 0; i < form_defects(q->steps.sitting.form); i++)
        buf_printf(out, _("About this form: %s\n"), form_defect(q->steps.sitting.form, i));
    if (!q->steps.is_view)
        buf_add(out, _("? is help. < goes back. Enter goes on. Every answer is kept at once.\n"));
    q->said_hello = true;
}

/* A response as it was answered: all of it. */
static void say_whole(struct buf *out, struct questions *q)
{
    const struct form *form = q->steps.sitting.form;

    for (size_t i = 0; i < form_rows(form); i++) {
        const struct form_row *row = form_row(form, i);

        if (row->type == FORM_GROUP || row->type == FORM_DISPLAY) {
            say_between(out, form, row);
            continue;
        }
        say_name(out, row);
        buf_add(out, ": ");
        say_answers(out, form, row);
        buf_add(out, row->n_answers ? "\n" : *row->absent ? intake_absent_words(row->absent) : _("not answered"));
        if (!row->n_answers)
            buf_char(out, '\n');
    }
    q->steps.at = q->steps.n - 1;
    say_end(out, q);
}

static void say_source(struct buf *out, const struct questions *q)
{
    if (q->phase == PHASE_SOURCE)
        buf_add(out, _("Where do the answers come from?\n1. given now\n2. from paper\n3. by phone\n4. by someone else\nEnter alone is 1.\n"));
    else if (q->phase == PHASE_PAPER)
        buf_add(out, _("The date on the paper?\n"));
    else
        buf_add(out, _("Who gave the answers, and how are they related?\n"));
}

static void say_step(struct buf *out, struct questions *q)
{
    const struct form *form = q->steps.sitting.form;
    const struct form_row *row = steps_row(&q->steps);
    size_t until = row ? row->index : form_rows(form);
    bool is_new = q->said != q->steps.sitting.form || q->said_at != q->steps.at;

    for (size_t i = steps_said_from(&q->steps); is_new && i < until && steps_kind(&q->steps) != STEP_MORE; i++)
        say_between(out, form, form_row(form, i));
    if (steps_kind(&q->steps) == STEP_END)
        say_end(out, q);
    else if (steps_kind(&q->steps) == STEP_MORE)
        say_more(out, q);
    else
        say_question(out, q);
    if (q->wants_help && row && steps_kind(&q->steps) == STEP_ASK)
        say_help(out, row);
    q->said = q->steps.sitting.form;
    q->said_at = q->steps.at;
}

void questions_say(struct app *app, void *state, struct buf *out)
{
    struct questions *q = state;

    if (!q->said_hello)
        say_hello(app, out, q);
    if (q->steps.problem[0])
        buf_printf(out, _("Not right: %s\n"), q->steps.problem);
    if (q->phase != PHASE_QUESTIONS)
        say_source(out, q);
    else if (q->steps.is_view)
        say_whole(out, q);
    else
        say_step(out, q);
    q->wants_help = q->wants_all = false;
}
