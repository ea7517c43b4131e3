/* Questions: a form one question at a time, in words, for --linear: screen readers and dumb terminals. Nothing
 * depends on where something stands; every line typed is an answer or begins with a sign of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "ui/app.h"
#include "ui/opened.h"
#include "ui/screens.h"
#include "ui/screens/questions.h"

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

/* The same stop as on the intake screen, before anything else is heard. True while it is not on record: the
 * form stays with its answer. */
static bool stop_here(struct app *app, struct questions *q)
{
    if (!steps_must_stop(app, &q->steps))
        return false;
    opened_say_stop(app, q->steps.was_stopped);
    return !q->steps.was_stopped;
}

static void finish(struct app *app, struct questions *q)
{
    struct grant grant;

    if (form_problems(q->steps.sitting.form))
        q->steps.at = q->steps.n - 1;
    else if (steps_grant(app, &q->steps, &grant))
        opened_finish(app, &q->steps.sitting, &grant);
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

    questions_say_scores(&words, form);
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
