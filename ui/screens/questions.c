/* Questions: a form one question at a time, in words, for --linear: screen readers and dumb terminals. Nothing
 * depends on where something stands; every line typed is an answer or begins with a sign of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "intake/extract.h"
#include "ui/app.h"
#include "ui/prompt.h"
#include "ui/screens.h"
#include "ui/screens/extract.h"
#include "ui/screens/intake.h"
#include "ui/steps.h"

enum { READ_OPTIONS = 30 };
enum phase { PHASE_SOURCE, PHASE_PAPER, PHASE_WHO, PHASE_QUESTIONS };

struct questions {
    struct steps steps;
    enum phase phase;
    bool said_hello;            /* the title and how this works */
    const void *said;           /* what was last read out whole: the step, as an address that is only compared */
    size_t said_at;
    bool wants_help, wants_all;
};

/* Saying ------------------------------------------------------------------------------------------- */

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
    buf_printf(out, "%s%s%s", row->prefix, *row->prefix ? " " : "", *row->text ? row->text : row->link_id);
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
    if (row->type == FORM_GROUP && !*row->text && !row->is_page && !row->repeats)
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
        return _("Type the path of a file, or its address.");
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
        buf_char(out, '\n');
    } else if (*row->absent) {
        buf_printf(out, _("No answer: %s.\n"), intake_absent_words(row->absent));
    }
}

static void say_scores(struct buf *out, const struct form *form)
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
    say_scores(out, form);
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

static void questions_say(struct app *app, void *state, struct buf *out)
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

/* Hearing ------------------------------------------------------------------------------------------ */

static void keep_source(struct app *app, struct questions *q, const struct form_source *source)
{
    struct err err = { RC_OK, "" };
    struct grant grant;

    if (steps_grant(app, &q->steps, &grant) && sitting_set_source(app->ctx.st, &grant, &q->steps.sitting, source, &err) != RC_OK)
        app_say_err(app, &err);
}

static void hear_source(struct app *app, struct questions *q, const char *line)
{
    static const char *const kinds[] = { "here", "paper", "phone", "other" };
    int pick = *line ? line[0] - '1' : 0;

    if (pick < 0 || pick > 3 || (*line && line[1])) {
        snprintf(q->steps.problem, sizeof q->steps.problem, "%s", _("Type 1, 2, 3 or 4."));
        return;
    }
    q->steps.problem[0] = '\0';
    keep_source(app, q, &(struct form_source){ .kind = kinds[pick] });
    q->phase = pick == 1 ? PHASE_PAPER : pick == 3 ? PHASE_WHO : PHASE_QUESTIONS;
}

static void hear_paper(struct app *app, struct questions *q, const char *line)
{
    struct date date;
    struct err err = { RC_OK, "" };
    char day[DATE_TEXT];

    q->steps.problem[0] = '\0';
    if (date_typed_past(line, clock_today(), (struct date_order){ .day_first = app->day_first }, &date, &err) != RC_OK) {
        snprintf(q->steps.problem, sizeof q->steps.problem, "%s", err_text(&err));
        return;
    }
    date_format(date, day);
    keep_source(app, q, &(struct form_source){ .kind = "paper", .paper_date = day });
    q->phase = PHASE_QUESTIONS;
}

static void hear_who(struct app *app, struct questions *q, const char *line)
{
    keep_source(app, q, &(struct form_source){ .kind = "other", .who = line });
    q->phase = PHASE_QUESTIONS;
}

static void stopped(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    app_say(app, STYLE_GOOD, _("The alert and a follow-up for the clinician are on the record."));
}

static void stopped_unwritten(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    app_say(app, STYLE_ALERT, _("The alert is NOT on the record yet. Write it down by hand; it is tried again with the next answer."));
}

/* The same stop as on the intake screen, before anything else is heard. True while it is not on record: the
 * form stays with its answer. */
static bool stop_here(struct app *app, struct questions *q)
{
    static const struct choice told[] = { { 't', "told", N_("clinician told, person not alone") } };
    struct asking question = { .name = "told", .label = "", .kind = PARAM_CHOICE, .choices = told, .n_choices = 1, .is_safety = true, .must_answer = true };
    const char *contact = config_text(app->ctx.config, "clinic.crisis_contact");
    char above[300];
    struct prompt_spec spec = { .question = &question, .n = 1, .above = above };

    if (!steps_must_stop(app, &q->steps))
        return false;
    snprintf(above, sizeof above, _("! THOUGHTS OF SELF-HARM. Do not leave the person alone. Call now: %s%s988"), contact, *contact ? _(", or ") : "");
    spec.lead = q->steps.was_stopped ? _("STOP. Tell the clinician on duty in person.") : _("STOP. NOT on record. Tell the clinician in person.");
    spec.done = q->steps.was_stopped ? stopped : stopped_unwritten;
    prompt_ask(app, &spec);
    return !q->steps.was_stopped;
}

static void finish(struct app *app, struct questions *q)
{
    const struct form *form = q->steps.sitting.form;
    struct err err = { RC_OK, "" };
    struct buf words = { 0 };
    struct grant grant;
    bool asks = extract_is_asked(q->steps.sitting.questionnaire);
    char *response = NULL;

    if (form_problems(form)) {
        q->steps.at = q->steps.n - 1;
        return;
    }
    buf_add(&words, form_title(form));
    for (size_t i = 0; i < form_scores(form); i++) {
        struct form_score score = form_score(form, i);

        if (*score.value)
            buf_printf(&words, _("; %s %s%s%s (%d of %d)"), score.name, score.value, score.band && *score.band ? ", " : "",
                       score.band ? score.band : "", score.answered, score.of);
    }
    if (!steps_grant(app, &q->steps, &grant) || sitting_finish(app->ctx.st, &grant, &q->steps.sitting, &response, &err) != RC_OK) {
        if (err.rc != RC_OK)
            app_say_err(app, &err);
    } else {
        app_close_top(app);
        app_person_changed(app);
        app->changes = app_changes(app);
        app_say(app, STYLE_GOOD, _("%s: finished and saved"), buf_text(&words));
        if (asks)
            extract_offer(app, grant.patient, response);
    }
    free(response);
    buf_done(&words);
}

static void go_on(struct app *app, struct questions *q)
{
    if (q->steps.is_view)
        app_back(app);
    else if (!steps_next(app, &q->steps))
        finish(app, q);
}

static void answer(struct app *app, struct questions *q, const char *typed)
{
    bool kept = steps_type(app, &q->steps, typed), stays = stop_here(app, q);

    if (kept) {
        const char *change = form_change_words(q->steps.sitting.form);

        app_say(app, STYLE_GOOD, _("Saved.%s%s"), *change ? " " : "", change);
        if (!q->steps.problem[0] && !stays)
            steps_next(app, &q->steps);
    }
}

static bool reason(struct app *app, struct questions *q, const char *line)
{
    static const struct { const char *typed, *code; } reasons[] = {
        { "-d", "asked-declined" }, { "-k", "asked-unknown" }, { "-u", "error" }, { "-l", "temp-unknown" },
    };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].typed, line) == 0) {
            if (steps_absent(app, &q->steps, reasons[i].code))
                steps_next(app, &q->steps);
            return true;
        }
    return false;
}

static void say_sections(struct app *app, const struct form *form)
{
    struct buf names = { 0 };
    size_t n = 0;

    for (size_t i = 0; i < form_rows(form); i++)
        if (form_row(form, i)->is_page)
            buf_printf(&names, "%s%zu %s", n ? ", " : "", n + 1, form_row(form, i)->text), n++;
    if (n)
        app_say(app, STYLE_PLAIN, _(":go and a number: %s"), buf_text(&names));
    else
        app_say(app, STYLE_PLAIN, _("This form has no sections."));
    buf_done(&names);
}

static void go_to_section(struct app *app, struct questions *q, const char *typed)
{
    const struct form *form = q->steps.sitting.form;
    long pick = strtol(typed, NULL, 10);

    for (size_t i = 0; i < form_rows(form); i++)
        if (form_row(form, i)->is_page && --pick == 0) {
            steps_go(&q->steps, form_row(form, i)->path);
            return;
        }
    app_say(app, STYLE_ALERT, _("there is no such section"));
}

static void scores_aloud(struct app *app, const struct form *form)
{
    struct buf words = { 0 };

    say_scores(&words, form);
    app_say(app, STYLE_PLAIN, "%s", words.len ? buf_text(&words) : _("This form has no scores."));
    buf_done(&words);
}

/* Words after a colon; false for what is not a word of the form's. */
static bool word(struct app *app, struct questions *q, const char *line)
{
    if (strcmp(line, "leave") == 0 || strcmp(line, "back") == 0)
        app_back(app);
    else if (strcmp(line, "finish") == 0)
        q->steps.is_view ? app_back(app) : finish(app, q);
    else if (strcmp(line, "clear") == 0 && steps_kind(&q->steps) == STEP_ASK)
        steps_type(app, &q->steps, "");
    else if (strcmp(line, "reset") == 0)
        steps_reset(app, &q->steps);
    else if (strcmp(line, "more") == 0)
        steps_more(app, &q->steps);
    else if (strcmp(line, "remove") == 0)
        steps_less(app, &q->steps);
    else if (strcmp(line, "options") == 0)
        q->wants_all = true;
    else if (strcmp(line, "help") == 0)
        q->wants_help = true;
    else if (strcmp(line, "repeat") == 0)
        q->said = NULL;
    else if (strcmp(line, "problems") == 0)
        q->steps.at = q->steps.n - 1;
    else if (strcmp(line, "sections") == 0)
        say_sections(app, q->steps.sitting.form);
    else if (strcmp(line, "scores") == 0)
        scores_aloud(app, q->steps.sitting.form);
    else if (strncmp(line, "go ", 3) == 0)
        go_to_section(app, q, line + 3);
    else
        return false;
    return true;
}

/* At the end a number names a thing to fix. */
static bool go_to_problem(struct questions *q, const char *line)
{
    size_t n = form_problems(q->steps.sitting.form);
    long pick = strtol(line, NULL, 10);

    if (!*line || strspn(line, "0123456789") != strlen(line) || pick < 1 || (size_t)pick > n)
        return false;
    steps_go(&q->steps, form_problem(q->steps.sitting.form, (size_t)pick - 1).path);
    return true;
}

static void hear_step(struct app *app, struct questions *q, const char *line)
{
    if (strcmp(line, "?") == 0)
        q->wants_help = true;
    else if (strcmp(line, "<") == 0)
        steps_back(app, &q->steps);
    else if (!*line || strcmp(line, ">") == 0)
        go_on(app, q);
    else if (steps_kind(&q->steps) == STEP_MORE)
        strcmp(line, "+") == 0 || strcmp(line, "y") == 0 ? (void)steps_more(app, &q->steps) : go_on(app, q);
    else if (steps_kind(&q->steps) == STEP_END)
        go_to_problem(q, line) ? (void)0 : app_say(app, STYLE_ALERT, _("That is no number of something to fix."));
    else if (strcmp(line, "+") == 0)
        steps_more(app, &q->steps);
    else if (!reason(app, q, line))
        answer(app, q, *line == '=' ? line + 1 + strspn(line + 1, " ") : line);
}

static bool questions_hear(struct app *app, void *state, const char *line)
{
    struct questions *q = state;

    app->message[0] = '\0';
    if (line[0] == ':')
        return word(app, q, line + 1);
    if (q->steps.is_view)
        app_back(app);
    else if (q->phase == PHASE_SOURCE)
        hear_source(app, q, line);
    else if (q->phase == PHASE_PAPER)
        hear_paper(app, q, line);
    else if (q->phase == PHASE_WHO)
        hear_who(app, q, line);
    else
        hear_step(app, q, line);
    return true;
}

/* The screen ---------------------------------------------------------------------------------------- */

static enum rc questions_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct questions *q = state;
    enum rc rc = steps_open(app, &q->steps, argument, err);

    q->phase = strstr(argument, " start ") ? PHASE_SOURCE : PHASE_QUESTIONS;
    return rc;
}

/* What is read out, painted: for who has --linear on and still looks. */
static void questions_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct questions *q = state;

    (void)app;
    draw_text(canvas, 0, 1, STYLE_TITLE, form_title(q->steps.sitting.form));
}

static bool questions_in_field(const void *state)
{
    (void)state;
    return true;
}

static const char *questions_place(const void *state)
{
    return form_title(((const struct questions *)state)->steps.sitting.form);
}

static struct target questions_target(struct app *app, const void *state)
{
    const struct questions *q = state;

    (void)app;
    return target_of(q->steps.is_view ? "QuestionnaireResponse" : "Draft", q->steps.sitting.draft.id, q->steps.sitting.draft.patient);
}

static void questions_close(struct app *app, void *state)
{
    (void)app;
    steps_done(&((struct questions *)state)->steps);
}

static const enum action_id actions[] = { ACTION_FORM_PRINT, ACTION_BACK };

const struct screen screen_questions = {
    .name = "questions", .title = N_("Intake"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct questions), .shows_person = true, .holds_work = true,
    .load = questions_load, .draw = questions_draw, .say = questions_say, .hear = questions_hear, .target = questions_target,
    .in_field = questions_in_field, .place = questions_place, .close = questions_close,
};
