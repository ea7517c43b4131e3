/* Intake: a Questionnaire filled with one person. Every answer is committed before the cursor moves
 * on; the screen can be killed at any point and resumes at that field (DESIGN invariant 2). */
#include "ui/screens/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/opened.h"
#include "ui/screens.h"

enum { PAGE_ROWS = 10 };

static const enum action_id actions[] = {
    ACTION_NEXT_PROBLEM, ACTION_SECTIONS, ACTION_NO_ANSWER, ACTION_INTAKE_FINISH, ACTION_FORM_PREFILL, ACTION_BACK, ACTION_FORM_AMEND, ACTION_FORM_HISTORY,
    ACTION_FORM_PRINT, ACTION_FORM_EXTRACT, ACTION_KIOSK, ACTION_RESET_CALCULATED, ACTION_PALETTE, ACTION_FORM_UPGRADE,
};

/* What is only read is not filled, and what is filled has no history yet. */
static bool intake_offers(const void *state, enum action_id action)
{
    const struct intake *it = state;

    switch (action) {
    case ACTION_FORM_AMEND: case ACTION_FORM_HISTORY: case ACTION_FORM_EXTRACT:
        return it->is_view;
    case ACTION_NEXT_PROBLEM: case ACTION_NO_ANSWER: case ACTION_INTAKE_FINISH: case ACTION_FORM_PREFILL:
    case ACTION_KIOSK: case ACTION_RESET_CALCULATED: case ACTION_FORM_UPGRADE:
        return !it->is_view;
    default:
        return true;
    }
}

/* Keys that are no actions, for the help. */
static const struct key_words own_keys[] = {
    { "1 2 y n", N_("choose; where options carry a score, the digit is it") },
    { "Tab", N_("the next of a narrowed list, or of the units") },
    { "-", N_("in an empty field: why there is no answer (d k u l)") },
    { "?", N_("in an empty field: all there is to read about it") },
    { "^U", N_("empty the field; again: take the answer away") },
    { "Left Right", N_("move a slider; from cell to cell of a table") },
    { "+ Delete", N_("on a repeating group: one more, take this one away") },
    { "^J", N_("in a long text: a new line") },
    { "/path", N_("in an attachment: the file that is put in") },
};

static void finish(struct app *app, struct intake *it)
{
    struct grant grant;

    if (intake_must_save(it) && !intake_leave(app, it, 1, false))
        return;
    if (app->prompt)
        return;
    if (form_problems(it->sitting.form) > 0)
        intake_go_to_problem(app, it, true);
    else if (intake_grant(app, it, &grant))
        opened_finish(app, &it->sitting, &grant);
}

/* The screen ---------------------------------------------------------------------------------- */

/* Esc keeps what can be kept, also when it cannot be an answer yet. */
static void leave_form(struct app *app, struct intake *it)
{
    if (intake_must_save(it) && !intake_leave(app, it, 1, false))
        app_say(app, STYLE_LATE, _("parked with what was typed; it is not an answer yet"));
    if (!app->prompt)
        app_back(app);
}

/* The row of a strip that a click hits: a cell by its column. */
static const struct form_row *row_at(const struct intake *it, const struct strip *strip, int col)
{
    size_t column = strip->width && col >= strip->left ? (size_t)((col - strip->left) / strip->width) : 0;

    for (size_t i = strip->first; strip->kind == STRIP_CELLS && i < strip->first + strip->n; i++)
        if (intake_column_of(it, strip, form_row(it->sitting.form, i)) == column)
            return form_row(it->sitting.form, i);
    return form_row(it->sitting.form, strip->first);
}

static void click(struct app *app, struct intake *it, const struct key *key)
{
    int line = key->row - app->body_top;

    for (size_t i = 0; i < it->n_strips; i++) {
        const struct strip *strip = &it->strip[i];
        const struct form_row *row;

        if (strip->kind == STRIP_HEADS || line < strip->line || line >= strip->line + strip->lines)
            continue;
        row = row_at(it, strip, key->col);
        if (row && intake_takes_focus(it, row) && (!intake_must_save(it) || intake_leave(app, it, 1, false)))
            intake_stand_on(it, row);
        return;
    }
}

static void turn_page(struct app *app, struct intake *it, int step)
{
    for (int i = 0; i < PAGE_ROWS && intake_leave(app, it, step, false) && !app->prompt; i++)
        continue;
}

/* Left and Right go by cells where the text of the field ends. */
static bool cell_key(struct app *app, struct intake *it, const struct form_row *row, const struct key *key)
{
    const struct strip *strip = row ? intake_strip_of(it, row->index) : NULL;
    bool at_edge = key->cap == KEYCAP_LEFT ? it->field.at == 0 : it->field.at == it->field.len;

    if (!strip || strip->kind != STRIP_CELLS || (key->cap != KEYCAP_LEFT && key->cap != KEYCAP_RIGHT) || !at_edge)
        return false;
    intake_leave(app, it, key->cap == KEYCAP_LEFT ? -1 : 1, false);
    return true;
}

static bool move_key(struct app *app, struct intake *it, const struct key *key)
{
    switch (key->cap) {
    case KEYCAP_UP: intake_leave(app, it, -1, true); return true;
    case KEYCAP_BACKTAB: intake_leave(app, it, -1, false); return true;
    case KEYCAP_DOWN: intake_leave(app, it, 1, true); return true;
    case KEYCAP_TAB: intake_leave(app, it, 1, false); return true;
    case KEYCAP_WHEEL_UP: intake_leave(app, it, -1, true); return true;
    case KEYCAP_WHEEL_DOWN: intake_leave(app, it, 1, true); return true;
    case KEYCAP_ENTER:
        if (!intake_row(it) && !it->is_view)
            finish(app, it);
        else
            intake_leave(app, it, 1, false);
        return true;
    case KEYCAP_PAGE_UP: turn_page(app, it, -1); return true;
    case KEYCAP_PAGE_DOWN: turn_page(app, it, 1); return true;
    case KEYCAP_ESC: leave_form(app, it); return true;
    case KEYCAP_CLICK: click(app, it, key); return true;
    default: return false;
    }
}

/* What the question of the cursor makes of a key comes first: its list, its slider, its units. */
static bool intake_key(struct app *app, void *state, const struct key *key)
{
    struct intake *it = state;
    const struct form_row *row = intake_row(it);

    if (it->why_none) {
        intake_why_none(app, it, key);
        return true;
    }
    if (it->is_view && key_is(key, '?'))
        it->help_is_open = !it->help_is_open;
    if (row && !it->is_view && key->cap != KEYCAP_ESC && (cell_key(app, it, row, key) || intake_answer_key(app, it, row, key)))
        return true;
    return move_key(app, it, key);
}

/* What is taken there is in the draft: the form is opened anew on the way back. */
static void open_prefill(struct app *app, const struct intake *it)
{
    char *argument = mem_printf("%s %s intake", it->sitting.draft.patient, it->sitting.draft.id);

    app_replace(app, &screen_prefill, argument);
    free(argument);
}

static void intake_settle(struct app *app, void *state)
{
    intake_picks_settle(app, state);
}

static bool intake_act(struct app *app, void *state, enum action_id action)
{
    struct intake *it = state;

    if (it->is_view && action == ACTION_SECTIONS)
        intake_ask_section(app, it);
    if (it->is_view)
        return action == ACTION_SECTIONS;
    switch (action) {
    case ACTION_NEXT_PROBLEM:
        if (!intake_must_save(it) || intake_leave(app, it, 1, false))
            intake_go_to_problem(app, it, false);
        return true;
    case ACTION_SECTIONS:
        if (!intake_must_save(it) || intake_leave(app, it, 1, false))
            intake_ask_section(app, it);
        return true;
    case ACTION_NO_ANSWER:
        it->why_none = intake_row(it) != NULL;
        return true;
    case ACTION_INTAKE_FINISH:
        finish(app, it);
        return true;
    case ACTION_FORM_PREFILL:
        if (!intake_must_save(it) || intake_leave(app, it, 1, false))
            open_prefill(app, it);
        return true;
    case ACTION_KIOSK:
    case ACTION_FORM_PRINT:         /* both take the form as it is kept: first keep what is being typed */
        return intake_must_save(it) && (!intake_leave(app, it, 1, false) || app->prompt);
    case ACTION_RESET_CALCULATED:
        intake_reset_calculated(app, it);
        return true;
    default:
        return false;
    }
}

/* Where a draft was left; the first question when it is new or that row is gone. */
static void resume_position(struct intake *it)
{
    const struct form_row *row = it->sitting.draft.position && *it->sitting.draft.position
        ? form_row_by_path(it->sitting.form, it->sitting.draft.position) : NULL;

    intake_stand_on(it, row && intake_takes_focus(it, row) ? row : intake_row_from(it, 0, 1));
}

/* Opening -------------------------------------------------------------------------------------- */

static enum rc view_load(struct app *app, struct intake *it, const char *name, struct err *err)
{
    enum rc rc = opened_response(app, name, &it->sitting, err);

    it->is_view = true;
    if (rc != RC_OK)
        return rc;
    intake_stand_on(it, intake_row_from(it, 0, 1));
    opened_say(app, &it->sitting);
    return RC_OK;
}

static enum rc intake_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct intake *it = state;
    char patient[72], verb[16], id[160];
    struct grant grant;
    enum rc rc;

    if (sscanf(argument, "%71s %15s %159s", patient, verb, id) != 3)
        return err_set(err, RC_INVALID, _("no form was named"));
    it->path = mem_dup("");
    it->field.limit = 4000;
    if (strcmp(verb, "response") == 0)
        return view_load(app, it, id, err);
    if ((rc = action_grant(&app->ctx, ACTION_INTAKE, patient, &grant, err)) != RC_OK)
        return rc;
    if (strcmp(verb, "draft") == 0)
        rc = sitting_resume(app->ctx.st, &grant, id, &it->sitting, err);
    else
        rc = sitting_start(app->ctx.st, &grant, id, patient, &it->sitting, err);
    if (rc != RC_OK)
        return rc;
    form_set_day_first(it->sitting.form, app->day_first);
    it->was_stopped = opened_was_stopped(&it->sitting);
    resume_position(it);
    opened_say(app, &it->sitting);
    if (strcmp(verb, "start") == 0)
        intake_ask_source(app, it);
    return RC_OK;
}

static bool intake_in_field(const void *state)
{
    return !((const struct intake *)state)->is_view;
}

static const char *intake_about(struct app *app, const void *state)
{
    (void)app;
    return ((const struct intake *)state)->about;
}

static const char *intake_place(const void *state)
{
    return form_title(((const struct intake *)state)->sitting.form);
}

static struct target intake_target(struct app *app, const void *state)
{
    const struct intake *it = state;
    struct target target = { "", "", "" };

    (void)app;
    snprintf(target.type, sizeof target.type, "%s", it->is_view ? "QuestionnaireResponse" : "Draft");
    snprintf(target.id, sizeof target.id, "%s", it->sitting.draft.id);
    snprintf(target.patient, sizeof target.patient, "%s", it->sitting.draft.patient);
    return target;
}

static void intake_close(struct app *app, void *state)
{
    struct intake *it = state;

    (void)app;
    sitting_done(&it->sitting);
    field_done(&it->field);
    intake_picks_done(&it->picks);
    free(it->strip);
    free(it->path);
}

const struct screen screen_intake = {
    .name = "intake", .title = N_("Intake"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct intake), .shows_person = true, .holds_work = true,
    .load = intake_load, .draw = intake_draw, .key = intake_key, .settle = intake_settle, .keys = own_keys, .n_keys = sizeof own_keys / sizeof *own_keys, .act = intake_act, .target = intake_target,
    .in_field = intake_in_field, .offers = intake_offers, .about = intake_about, .place = intake_place, .close = intake_close, .linear = &screen_questions,
};
