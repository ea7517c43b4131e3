/* Intake: a Questionnaire filled with one person. Every answer is committed before the cursor moves
 * on; the screen can be killed at any point and resumes at that field (DESIGN invariant 2). */
#include "ui/screens/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/code.h"
#include "intake/aside.h"
#include "intake/extract.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/prompt.h"
#include "ui/screens.h"
#include "ui/screens/extract.h"

enum { KEYED_OPTIONS = 10 };

/* The letters that say why there is no answer, as data-absent-reason codes, and the desk's words. */
static const struct { char key; const char *code, *words; } reasons[] = {
    { 'd', "asked-declined", N_("declined") }, { 'k', "asked-unknown", N_("does not know") },
    { 'u', "error", N_("unreadable") }, { 'l', "temp-unknown", N_("ask later") },
};

const char *intake_absent_words(const char *code)
{
    const char *display = code_display("http://terminology.hl7.org/CodeSystem/data-absent-reason", code);

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].code, code) == 0)
            return _(reasons[i].words);
    return display ? display : code;
}

static const enum action_id actions[] = {
    ACTION_NEXT_PROBLEM, ACTION_SECTIONS, ACTION_NO_ANSWER, ACTION_INTAKE_FINISH, ACTION_FORM_PREFILL, ACTION_FORM_PRINT, ACTION_KIOSK, ACTION_PALETTE, ACTION_BACK,
    ACTION_FORM_AMEND, ACTION_FORM_HISTORY, ACTION_FORM_EXTRACT, ACTION_FORM_UPGRADE,
};

const struct form_row *intake_row(const struct intake *it)
{
    return *it->path ? form_row_by_path(it->sitting.form, it->path) : NULL;
}

bool intake_takes_focus(const struct intake *it, const struct form_row *row)
{
    if (row->type == FORM_DISPLAY)
        return false;
    if (row->type == FORM_GROUP)
        return row->repeats && !it->is_view;
    return it->is_view || !row->read_only;
}

/* Is every option's score a single digit of its own? Then the digit is the score. */
static bool digits_are_scores(const struct intake *it, const struct form_row *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *score = form_option(it->sitting.form, row, i).score;

        if (!score || score[0] < '0' || score[0] > '9' || score[1])
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(form_option(it->sitting.form, row, j).score, score) == 0)
                return false;
    }
    return n > 0;
}

bool intake_has_keys(const struct intake *it, const struct form_row *row)
{
    size_t n = form_options(it->sitting.form, row);

    if (row->type == FORM_OPEN_CHOICE)
        return n > 0 && n < KEYED_OPTIONS && !it->field.len;
    return row->type == FORM_BOOLEAN || (n > 0 && n < KEYED_OPTIONS);
}

void intake_option_key(const struct intake *it, const struct form_row *row, size_t i, char *out, size_t size)
{
    size_t n = form_options(it->sitting.form, row);

    if (digits_are_scores(it, row, n))
        snprintf(out, size, "%s", form_option(it->sitting.form, row, i).score);
    else
        snprintf(out, size, "%zu", i + 1);
}

/* Where the cursor goes ----------------------------------------------------------------------- */

static void say_section(struct intake *it)
{
    const char *section = "";
    size_t n = form_rows(it->sitting.form);

    for (size_t i = 0; i < n && i <= it->index; i++)
        if (form_row(it->sitting.form, i)->is_page)
            section = form_row(it->sitting.form, i)->text;
    snprintf(it->about, sizeof it->about, "%s%s%s", form_title(it->sitting.form), *section ? "   " : "", section);
}

static void stand_on(struct intake *it, const struct form_row *row)
{
    char *typed = row && row->type != FORM_GROUP ? form_answer_typed(it->sitting.form, row) : NULL;

    free(it->path);
    it->path = mem_dup(row ? row->path : "");
    it->index = row ? row->index : form_rows(it->sitting.form);
    field_set(&it->field, row && !intake_has_keys(it, row) && typed ? typed : "");
    free(typed);
    it->touched = it->why_none = false;
    it->problem[0] = '\0';
    say_section(it);
}

/* The next row that takes the cursor from index on in a direction; NULL at the end (the finishing line). */
static const struct form_row *row_from(const struct intake *it, size_t index, int step)
{
    size_t n = form_rows(it->sitting.form);

    for (size_t i = index; i < n; i += (size_t)step)
        if (intake_takes_focus(it, form_row(it->sitting.form, i)))
            return form_row(it->sitting.form, i);
    return NULL;
}

/* Where the row after (or before) the one with this path is now; it may have moved or gone. */
static const struct form_row *row_beside(const struct intake *it, int step)
{
    const struct form_row *row = intake_row(it);
    size_t index = row ? row->index : it->index;
    const struct form_row *beside;

    if (step > 0)
        return row_from(it, row ? index + 1 : index, 1);
    beside = index > 0 ? row_from(it, index - 1, -1) : NULL;
    return beside ? beside : row_from(it, 0, 1);
}

/* Saving -------------------------------------------------------------------------------------- */

bool intake_grant(struct app *app, const struct intake *it, struct grant *grant)
{
    struct err err = { RC_OK, "" };

    if (action_grant(&app->ctx, ACTION_INTAKE, it->sitting.draft.patient, grant, &err) == RC_OK)
        return true;
    app_say_err(app, &err);
    return false;
}

static void say_saved(struct app *app, const struct intake *it)
{
    struct civil now = clock_local(clock_now_ms());
    const char *change = form_change_words(it->sitting.form);

    app_say(app, STYLE_GOOD, _("saved %02d:%02d:%02d%s%s"), now.hour, now.minute, now.second, *change ? "   " : "", change);
}

static void stopped(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    app_say(app, STYLE_GOOD, _("The alert and a follow-up for the clinician are on the record."));
}

/* It is tried again with the next answer and at the end. */
static void stopped_unwritten(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    app_say(app, STYLE_ALERT, _("The alert is NOT on the record yet. Write it down by hand; it is tried again with the next answer."));
}

/* PHQ-9 item 9 above 0: stop here, say what to do and whom to call, before anything else
 * (DOMAIN section 3). The alert and the clinician's follow-up are written first; when they cannot be,
 * the stop says so and is shown all the same: it is the person that matters. */
static void safety_stop(struct app *app, struct intake *it)
{
    static const struct choice told[] = { { 't', "told", N_("clinician told, person not alone") } };
    struct asking question = { .name = "told", .label = "", .kind = PARAM_CHOICE, .choices = told, .n_choices = 1, .is_safety = true, .must_answer = true };
    const char *contact = config_text(app->ctx.config, "clinic.crisis_contact");
    struct err err = { RC_OK, "" };
    struct grant grant;
    char above[300];
    struct prompt_spec spec = { .question = &question, .n = 1, .done = stopped, .above = above };

    if (it->was_stopped || !form_safety_stop(it->sitting.form))
        return;
    it->was_stopped = intake_grant(app, it, &grant) && sitting_safety(app->ctx.st, &grant, &it->sitting, &err) == RC_OK;
    snprintf(above, sizeof above, _("! THOUGHTS OF SELF-HARM. Do not leave the person alone. Call now: %s%s988"), contact, *contact ? ", or " : "");
    spec.lead = it->was_stopped ? _("STOP. Tell the clinician on duty in person.") : _("STOP. NOT on record. Tell the clinician in person.");
    spec.done = it->was_stopped ? stopped : stopped_unwritten;
    prompt_ask(app, &spec);
}

/* Nothing moves on from an answer that is not on disk, also not from one chosen by a key. */
static bool must_save(const struct intake *it)
{
    return it->touched || it->unsaved;
}

/* Commit the row of the cursor and where the cursor goes next; false when it could not be kept. */
static bool commit(struct app *app, struct intake *it, const struct form_row *next)
{
    struct err err = { RC_OK, "" };
    struct grant grant;
    char *path = mem_dup(it->path);
    bool kept = intake_grant(app, it, &grant);

    if (kept && sitting_save(app->ctx.st, &grant, &it->sitting, path, next ? next->path : "", &err) != RC_OK) {
        app_say_err(app, &err);
        kept = false;
    }
    free(path);
    it->unsaved = !kept;
    if (kept)
        say_saved(app, it);
    return kept;
}

/* Take what was typed into the form, commit, and move by step rows; stays with the reason when it cannot. */
static bool leave_row(struct app *app, struct intake *it, int step)
{
    struct err err = { RC_OK, "" };
    const struct form_row *next;

    if (it->touched && form_type_answer(it->sitting.form, it->path, field_text(&it->field), &err) != RC_OK) {
        snprintf(it->problem, sizeof it->problem, "%s", err_text(&err));
        return false;
    }
    next = row_beside(it, step);
    if (must_save(it) && !commit(app, it, next))
        return false;
    stand_on(it, next);
    safety_stop(app, it);
    return true;
}

/* An answer that came by one key: keep it and, where only one can be chosen, go on. */
static void chosen(struct app *app, struct intake *it, enum rc rc, const struct err *err, bool goes_on)
{
    const struct form_row *next;

    if (rc != RC_OK) {
        snprintf(it->problem, sizeof it->problem, "%s", err_text(err));
        return;
    }
    next = goes_on ? row_beside(it, 1) : intake_row(it);
    if (commit(app, it, next))
        stand_on(it, next);
    safety_stop(app, it);
}

static bool option_key(struct app *app, struct intake *it, const struct form_row *row, const struct key *key)
{
    size_t n = form_options(it->sitting.form, row);
    struct err err = { RC_OK, "" };
    char name[16];

    if (row->type == FORM_BOOLEAN && n == 0) {
        const char *typed = key_is(key, 'y') || key_is(key, '1') ? "y" : key_is(key, 'n') || key_is(key, '2') ? "n" : NULL;

        if (typed)
            chosen(app, it, form_type_answer(it->sitting.form, it->path, typed, &err), &err, true);
        return typed != NULL;
    }
    for (size_t i = 0; i < n; i++) {
        intake_option_key(it, row, i, name, sizeof name);
        if (!key_is(key, name[0]))
            continue;
        chosen(app, it, form_choose(it->sitting.form, it->path, i, !row->repeats || !form_option(it->sitting.form, row, i).chosen, &err),
               &err, !row->repeats);
        return true;
    }
    return false;
}

static void say_why_none(struct app *app, struct intake *it, const struct key *key)
{
    struct err err = { RC_OK, "" };

    it->why_none = false;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (key_is(key, reasons[i].key)) {
            chosen(app, it, form_set_absent(it->sitting.form, it->path, reasons[i].code, &err), &err, true);
            return;
        }
    if (key_is_text(key) && !intake_has_keys(it, intake_row(it))) {     /* "-5" is a number */
        field_insert(&it->field, "-");
        field_key(&it->field, key);
        it->touched = true;
    }
}

static void repeat_key(struct app *app, struct intake *it, const struct key *key)
{
    struct err err = { RC_OK, "" };

    if (key_is(key, '+'))
        chosen(app, it, form_repeat(it->sitting.form, it->path, &err), &err, false);
    else if (key->cap == KEYCAP_DELETE)
        chosen(app, it, form_unrepeat(it->sitting.form, it->path, &err), &err, false);
}

static void clear_answer(struct app *app, struct intake *it)
{
    struct err err = { RC_OK, "" };

    chosen(app, it, form_type_answer(it->sitting.form, it->path, "", &err), &err, false);
}

/* Finishing ----------------------------------------------------------------------------------- */

static void go_to_problem(struct app *app, struct intake *it)
{
    size_t n = form_problems(it->sitting.form), pick = 0;

    if (n == 0) {
        app_say(app, STYLE_GOOD, _("Nothing to fix. ^F finishes the form."));
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct form_row *row = form_row_by_path(it->sitting.form, form_problem(it->sitting.form, i).path);

        if (row && row->index > it->index) {
            pick = i;
            break;
        }
    }
    stand_on(it, form_row_by_path(it->sitting.form, form_problem(it->sitting.form, pick).path));
    snprintf(it->problem, sizeof it->problem, "%s", form_problem(it->sitting.form, pick).text);
    app_say(app, STYLE_LATE, _("%zu to fix. ^N goes to the next."), n);
}

static void finish(struct app *app, struct intake *it)
{
    struct err err = { RC_OK, "" };
    struct grant grant;
    struct buf words = { 0 };
    bool asks = extract_is_asked(it->sitting.questionnaire);
    char *response = NULL;

    if (must_save(it) && !leave_row(app, it, 1))
        return;
    if (app->prompt)
        return;
    if (form_problems(it->sitting.form) > 0) {
        it->index = 0;
        go_to_problem(app, it);
        return;
    }
    buf_add(&words, form_title(it->sitting.form));
    for (size_t i = 0; i < form_scores(it->sitting.form); i++) {
        struct form_score score = form_score(it->sitting.form, i);

        if (*score.value)
            buf_printf(&words, _("; %s %s%s%s (%d of %d)"), score.name, score.value, score.band && *score.band ? ", " : "",
                       score.band ? score.band : "", score.answered, score.of);
    }
    if (!intake_grant(app, it, &grant) || sitting_finish(app->ctx.st, &grant, &it->sitting, &response, &err) != RC_OK) {
        if (err.rc != RC_OK)
            app_say_err(app, &err);
    } else {
        app_close_top(app);
        app_person_changed(app);
        app->changes = app_changes(app);
        app_say(app, STYLE_GOOD, _("finished and saved: %s"), buf_text(&words));
        if (asks)
            extract_offer(app, grant.patient, response);
    }
    free(response);
    buf_done(&words);
}

/* Sections ------------------------------------------------------------------------------------ */

static void section_chosen(struct app *app, void *ctx, const struct args *args)
{
    struct intake *it = ctx;
    long pick = strtol(args->arg[0].value, NULL, 10);
    const struct form_row *row;
    size_t n = form_rows(it->sitting.form);

    for (size_t i = 0; i < n; i++)
        if (form_row(it->sitting.form, i)->is_page && --pick == 0) {
            row = row_from(it, i, 1);
            stand_on(it, row);
            it->top = i;
            return;
        }
    app_say(app, STYLE_ALERT, _("there is no such section"));
}

static void ask_section(struct app *app, struct intake *it)
{
    struct asking question = { .name = "section", .label = _("section"), .kind = PARAM_NUMBER };
    struct prompt_spec spec = { .question = &question, .n = 1, .done = section_chosen, .ctx = it };
    struct buf names = { 0 };
    size_t n = form_rows(it->sitting.form), sections = 0;

    for (size_t i = 0; i < n; i++)
        if (form_row(it->sitting.form, i)->is_page)
            buf_printf(&names, "%s%zu %s", sections ? "  " : "", sections + 1, form_row(it->sitting.form, i)->text), sections++;
    if (sections == 0) {
        app_say(app, STYLE_PLAIN, _("This form has no sections."));
    } else {
        spec.above = buf_text(&names);
        prompt_ask(app, &spec);
    }
    buf_done(&names);
}

/* The screen ---------------------------------------------------------------------------------- */

static bool intake_key(struct app *app, void *state, const struct key *key)
{
    struct intake *it = state;
    const struct form_row *row = intake_row(it);

    if (it->why_none) {
        say_why_none(app, it, key);
        return true;
    }
    switch (key->cap) {
    case KEYCAP_UP: case KEYCAP_BACKTAB:
        leave_row(app, it, -1);
        return true;
    case KEYCAP_DOWN: case KEYCAP_TAB:
        leave_row(app, it, 1);
        return true;
    case KEYCAP_ENTER:
        if (!row && !it->is_view)
            finish(app, it);
        else
            leave_row(app, it, 1);
        return true;
    case KEYCAP_PAGE_UP: case KEYCAP_PAGE_DOWN:
        for (int i = 0; i < 10 && leave_row(app, it, key->cap == KEYCAP_PAGE_UP ? -1 : 1) && !app->prompt; i++)
            continue;
        return true;
    case KEYCAP_ESC:
        if (must_save(it) && !leave_row(app, it, 1))
            app_say(app, STYLE_LATE, _("parked with what was typed; it is not an answer yet"));
        if (!app->prompt)
            app_back(app);
        return true;
    default:
        break;
    }
    if (!row || it->is_view)
        return false;
    if (row->type == FORM_GROUP) {
        repeat_key(app, it, key);
        return key_is_text(key) || key->cap == KEYCAP_DELETE;
    }
    if (key_is(key, '-') && !it->field.len) {
        it->why_none = true;
        return true;
    }
    if (key_is_ctrl(key, 'u') && !it->field.len) {
        clear_answer(app, it);
        return true;
    }
    if (intake_has_keys(it, row)) {
        if (option_key(app, it, row, key))
            return true;
        if (row->type != FORM_OPEN_CHOICE)
            return key_is_text(key);
    }
    if (!field_key(&it->field, key))
        return false;
    it->touched = true;
    it->problem[0] = '\0';
    return true;
}

/* What is taken there is in the draft: the form is opened anew on the way back. */
static void open_prefill(struct app *app, const struct intake *it)
{
    char *argument = mem_printf("%s %s intake", it->sitting.draft.patient, it->sitting.draft.id);

    app_replace(app, &screen_prefill, argument);
    free(argument);
}

static bool intake_act(struct app *app, void *state, enum action_id action)
{
    struct intake *it = state;
    struct err err = { RC_OK, "" };

    if (it->is_view)
        return false;
    switch (action) {
    case ACTION_NEXT_PROBLEM:
        if (!must_save(it) || leave_row(app, it, 1))
            go_to_problem(app, it);
        return true;
    case ACTION_SECTIONS:
        if (!must_save(it) || leave_row(app, it, 1))
            ask_section(app, it);
        return true;
    case ACTION_NO_ANSWER:
        it->why_none = intake_row(it) != NULL;
        return true;
    case ACTION_INTAKE_FINISH:
        finish(app, it);
        return true;
    case ACTION_FORM_PREFILL:
        if (!must_save(it) || leave_row(app, it, 1))
            open_prefill(app, it);
        return true;
    case ACTION_RESET_CALCULATED:
        chosen(app, it, form_reset_calculated(it->sitting.form, it->path, &err), &err, false);
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

    stand_on(it, row && intake_takes_focus(it, row) ? row : row_from(it, 0, 1));
}

/* Opening -------------------------------------------------------------------------------------- */

/* A response as it was answered ("ID@REVISION": as it was then), in the version of the form it names. */
static enum rc view_load(struct app *app, struct intake *it, const char *id, struct err *err)
{
    const char *at = strchr(id, '@');
    char *name = mem_dup_n(id, strcspn(id, "@"));
    struct doc *response = NULL;
    enum rc rc = at ? store_get_rev(app->ctx.st, "QuestionnaireResponse", name, strtoll(at + 1, NULL, 10), &response, err)
                    : store_get(app->ctx.st, "QuestionnaireResponse", name, &response, err);

    it->is_view = true;
    free(name);
    if (rc == RC_OK && (rc = sitting_view(app->ctx.st, response, &it->sitting, err)) == RC_OK)
        stand_on(it, row_from(it, 0, 1));
    if (rc == RC_OK && it->sitting.note)
        app_say(app, STYLE_LATE, "%s", it->sitting.note);
    doc_free(response);
    return rc;
}

/* What is special about this draft. */
static void say_opened(struct app *app, const struct intake *it)
{
    const struct draft *d = &it->sitting.draft;
    size_t aside = aside_count(d->aside);

    if (d->amends[0])
        app_say(app, STYLE_LATE, _("Changing a finished form: %s. It stays as it was until you finish."), d->why);
    else if (aside)
        app_say(app, STYLE_LATE, ngettext("%zu answer is kept aside; versions (^P) shows it.", "%zu answers are kept aside; versions (^P) shows them.", aside), aside);
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
    it->was_stopped = form_safety_stop(it->sitting.form) && !it->sitting.draft.amends[0];
    resume_position(it);
    say_opened(app, it);
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
    free(it->path);
}

const struct screen screen_intake = {
    .name = "intake", .title = N_("Intake"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct intake), .shows_person = true, .holds_work = true,
    .load = intake_load, .draw = intake_draw, .key = intake_key, .act = intake_act, .target = intake_target,
    .in_field = intake_in_field, .about = intake_about, .place = intake_place, .close = intake_close, .linear = &screen_questions,
};
