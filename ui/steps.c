#include "ui/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/opened.h"

/* The steps of a form ---------------------------------------------------------------------------- */

static void add_step(struct steps *s, enum step_kind kind, size_t row)
{
    MEM_ROOM(s->step, s->n, s->cap);
    s->step[s->n++] = (struct step){ kind, row };
}

/* Is the group with this row the last of its repetitions, the next one being next? */
static bool is_last(const struct form *form, const struct form_row *group, size_t next)
{
    const struct form_row *row = form_row(form, next);

    return !row || row->depth != group->depth || strcmp(row->link_id, group->link_id) != 0;
}

/* Groups that end before row i (at its depth): where one of them repeats, one more can be had. */
static void close_groups(struct steps *s, size_t *open, size_t *n_open, size_t i)
{
    const struct form *form = s->sitting.form;
    int depth = i < form_rows(form) ? form_row(form, i)->depth : -1;

    while (*n_open > 0) {
        const struct form_row *group = form_row(form, open[*n_open - 1]);

        if (group->depth < depth)
            return;
        if (group->repeats && !group->read_only && !s->is_view && is_last(form, group, i))
            add_step(s, STEP_MORE, group->index);
        --*n_open;
    }
}

static void list_steps(struct steps *s)
{
    const struct form *form = s->sitting.form;
    size_t n = form_rows(form), n_open = 0, cap = 0, *open = NULL;

    s->n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct form_row *row = form_row(form, i);

        close_groups(s, open, &n_open, i);
        if (row->type == FORM_GROUP) {
            MEM_ROOM(open, n_open, cap);
            open[n_open++] = i;
        } else if (row->type != FORM_DISPLAY && !row->read_only) {
            add_step(s, STEP_ASK, i);
        } else if (row->type == FORM_DISPLAY && s->has_texts) {
            add_step(s, STEP_READ, i);
        }
    }
    close_groups(s, open, &n_open, n);
    add_step(s, STEP_END, n);
    free(open);
    if (s->at >= s->n)
        s->at = s->n - 1;
}

enum step_kind steps_kind(const struct steps *s)
{
    return s->step[s->at].kind;
}

const struct form_row *steps_row(const struct steps *s)
{
    return form_row(s->sitting.form, s->step[s->at].row);
}

/* The rows between the last question and this one: headings, words, values that are worked out. */
size_t steps_said_from(const struct steps *s)
{
    for (size_t i = s->at; i > 0; i--)
        if (s->step[i - 1].kind != STEP_MORE)
            return s->step[i - 1].row + 1;
    return 0;
}

void steps_go(struct steps *s, const char *path)
{
    const struct form_row *row = form_row_by_path(s->sitting.form, path);

    s->problem[0] = '\0';
    for (size_t i = 0; row && i < s->n; i++)
        if (s->step[i].row >= row->index && s->step[i].kind != STEP_MORE) {
            s->at = i;
            return;
        }
}

/* Options ---------------------------------------------------------------------------------------- */

static bool scores_are_keys(const struct steps *s, const struct form_row *row)
{
    size_t n = form_options(s->sitting.form, row);

    for (size_t i = 0; i < n; i++) {
        const char *score = form_option(s->sitting.form, row, i).score;

        if (!score[0] || n > 20)
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(form_option(s->sitting.form, row, j).score, score) == 0)
                return false;
    }
    return n > 0;
}

void steps_option_key(const struct steps *s, const struct form_row *row, size_t i, char *out, size_t size)
{
    if (scores_are_keys(s, row))
        snprintf(out, size, "%s", form_option(s->sitting.form, row, i).score);
    else
        snprintf(out, size, "%zu", i + 1);
}

/* The option with the key typed; -1 when it is none's. */
static long option_keyed(const struct steps *s, const struct form_row *row, const char *typed, size_t len)
{
    size_t n = form_options(s->sitting.form, row);
    bool scored = scores_are_keys(s, row);
    char number[24];
    long pick;

    if (len == 0 || len >= sizeof number)
        return -1;
    memcpy(number, typed, len);
    number[len] = '\0';
    if (!scored) {
        pick = strspn(number, "0123456789") == len ? strtol(number, NULL, 10) - 1 : -1;
        return pick >= 0 && (size_t)pick < n ? pick : -1;
    }
    for (size_t i = 0; i < n; i++)
        if (strcmp(form_option(s->sitting.form, row, i).score, number) == 0)
            return (long)i;
    return -1;
}

/* Answers ---------------------------------------------------------------------------------------- */

bool steps_grant(struct app *app, const struct steps *s, struct grant *grant)
{
    struct err err = { RC_OK, "" };

    if (action_grant(&app->ctx, ACTION_INTAKE, s->sitting.draft.patient, grant, &err) == RC_OK)
        return true;
    app_say_err(app, &err);
    return false;
}

/* A colleague at the same draft may have brought or taken questions: the same place among those there are now. */
static void find_place(struct steps *s, enum step_kind kind, const char *path)
{
    list_steps(s);
    for (size_t i = 0; i < s->n; i++) {
        const struct form_row *row = form_row(s->sitting.form, s->step[i].row);

        if (s->step[i].kind == kind && (kind == STEP_END || (row && strcmp(row->path, path) == 0)))
            s->at = i;
    }
}

bool steps_save(struct app *app, struct steps *s, const char *path)
{
    const struct form_row *row = steps_row(s);
    enum step_kind kind = steps_kind(s);
    char *place = mem_dup(row ? row->path : "");
    const char *position = kind == STEP_ASK ? place : "";
    struct err err = { RC_OK, "" };
    struct grant grant;
    bool kept = steps_grant(app, s, &grant) && sitting_save(app->ctx.st, &grant, &s->sitting, path, position, &err) == RC_OK;

    if (!kept)
        snprintf(s->problem, sizeof s->problem, _("This could not be saved: %.200s"), err.rc == RC_OK ? app->message : err_text(&err));
    s->unsaved = !kept;
    find_place(s, kind, place);
    free(place);
    return kept;
}

/* After a change at path: the steps are others now, the place is the same. */
static bool changed(struct app *app, struct steps *s, enum rc rc, const char *path, const struct err *err)
{
    if (rc != RC_OK) {
        snprintf(s->problem, sizeof s->problem, "%s", err_text(err));
        return false;
    }
    list_steps(s);
    steps_go(s, path);
    return steps_save(app, s, path);
}

/* What the row says is wrong with an answer that was kept. */
static void say_row_problem(struct steps *s)
{
    const struct form_row *row = steps_row(s);

    if (row && row->problem[0] && row->n_answers && !s->problem[0])
        snprintf(s->problem, sizeof s->problem, "%s", row->problem);
}

/* Keys of options, several with commas or blanks between them, stand for exactly these; true when typed is that. */
static bool choose_keys(struct steps *s, const char *path, const char *typed, enum rc *rc, struct err *err)
{
    const struct form_row *row = form_row_by_path(s->sitting.form, path);
    size_t n = form_options(s->sitting.form, row), given = 0;
    bool *on = mem_alloc(n + 1), all = n > 0 && *typed;

    for (const char *p = typed; *p && all;) {
        size_t len = strcspn(p, ",; ");
        long pick = option_keyed(s, row, p, len);

        all = pick >= 0 && (row->repeats || given == 0);
        if (all)
            on[pick] = true;
        given++;
        p += len;
        p += strspn(p, ",; ");
    }
    for (size_t i = 0; i < n && all && *rc == RC_OK; i++) {
        row = form_row_by_path(s->sitting.form, path);
        if (on[i] != form_option(s->sitting.form, row, i).chosen)
            *rc = form_choose(s->sitting.form, path, i, on[i], err);
    }
    free(on);
    return all;
}

bool steps_type(struct app *app, struct steps *s, const char *typed)
{
    const struct form_row *row = steps_row(s);
    struct err err = { RC_OK, "" };
    char *path;
    enum rc rc = RC_OK;
    bool kept;

    if (!row)
        return false;
    path = mem_dup(row->path);
    s->problem[0] = '\0';
    if (!choose_keys(s, path, typed, &rc, &err))
        rc = form_type_answer(s->sitting.form, path, typed, &err);
    kept = changed(app, s, rc, path, &err);
    if (kept)
        say_row_problem(s);
    free(path);
    return kept;
}

bool steps_choose(struct app *app, struct steps *s, size_t option, bool on)
{
    const struct form_row *row = steps_row(s);
    char *path = mem_dup(row->path);
    struct err err = { RC_OK, "" };
    enum rc rc = form_choose(s->sitting.form, path, option, on, &err);
    bool kept;

    s->problem[0] = '\0';
    kept = changed(app, s, rc, path, &err);
    free(path);
    return kept;
}

bool steps_absent(struct app *app, struct steps *s, const char *code)
{
    const struct form_row *row = steps_row(s);
    char *path = mem_dup(row->path);
    struct err err = { RC_OK, "" };
    enum rc rc = form_set_absent(s->sitting.form, path, code, &err);
    bool kept;

    s->problem[0] = '\0';
    kept = changed(app, s, rc, path, &err);
    free(path);
    return kept;
}

bool steps_reset(struct app *app, struct steps *s)
{
    const struct form_row *row = steps_row(s);
    char *path = mem_dup(row ? row->path : "");
    struct err err = { RC_OK, "" };
    enum rc rc = form_reset_calculated(s->sitting.form, path, &err);
    bool kept;

    s->problem[0] = '\0';
    kept = changed(app, s, rc, path, &err);
    free(path);
    return kept;
}

/* The repeating group this step stands in, innermost; or the one it stands after. */
static const struct form_row *group_of(const struct steps *s)
{
    const struct form_row *row = steps_row(s);
    int depth = row ? row->depth : 0;

    if (!row || steps_kind(s) == STEP_MORE)
        return row;
    for (size_t i = row->index; i > 0; i--) {
        const struct form_row *up = form_row(s->sitting.form, i - 1);

        if (up->depth >= depth)
            continue;
        if (up->type == FORM_GROUP && up->repeats)
            return up;
        depth = up->depth;
    }
    return NULL;
}

/* To the first step of the last repetition of the group that has one with this path. */
static void go_to_last(struct steps *s, const char *path)
{
    const struct form *form = s->sitting.form;
    const struct form_row *first = form_row_by_path(form, path), *last = first;

    if (!first)
        return;
    for (size_t i = first->index + 1; i < form_rows(form) && form_row(form, i)->depth >= first->depth; i++)
        if (form_row(form, i)->depth == first->depth) {
            if (strcmp(form_row(form, i)->link_id, first->link_id) != 0)
                break;
            last = form_row(form, i);
        }
    steps_go(s, last->path);
}

bool steps_more(struct app *app, struct steps *s)
{
    const struct form_row *group = group_of(s);
    char *path;
    struct err err = { RC_OK, "" };
    enum rc rc;
    bool kept;

    if (!group) {
        snprintf(s->problem, sizeof s->problem, "%s", _("Nothing here can be had more than once."));
        return false;
    }
    path = mem_dup(group->path);
    s->problem[0] = '\0';
    rc = form_repeat(s->sitting.form, path, &err);
    kept = changed(app, s, rc, path, &err);
    if (kept)
        go_to_last(s, path);
    free(path);
    return kept;
}

/* Where a repetition was taken away: the next one, which stands at its row now, or else what asks for one more. */
static void stand_after(struct steps *s, size_t index, const char *link_id, int depth)
{
    const struct form_row *row = form_row(s->sitting.form, index);
    bool has_next = row && row->depth == depth && strcmp(row->link_id, link_id) == 0;

    for (s->at = 0; s->at + 1 < s->n && s->step[s->at].row < index; s->at++)
        continue;
    if (!has_next && s->at > 0)
        s->at--;
}

bool steps_less(struct app *app, struct steps *s)
{
    const struct form_row *group = group_of(s);
    struct err err = { RC_OK, "" };
    char *path, *link_id;
    size_t index;
    int depth;
    enum rc rc;

    if (!group) {
        snprintf(s->problem, sizeof s->problem, "%s", _("This is no part of a group that can be taken away."));
        return false;
    }
    path = mem_dup(group->path);
    link_id = mem_dup(group->link_id);
    index = group->index;
    depth = group->depth;
    s->problem[0] = '\0';
    rc = form_unrepeat(s->sitting.form, path, &err);
    free(path);
    if (rc != RC_OK) {
        free(link_id);
        snprintf(s->problem, sizeof s->problem, "%s", err_text(&err));
        return false;
    }
    list_steps(s);
    stand_after(s, index, link_id, depth);
    free(link_id);
    return steps_save(app, s, NULL);
}

/* Going on ---------------------------------------------------------------------------------------- */

bool steps_next(struct app *app, struct steps *s)
{
    s->problem[0] = '\0';
    if (s->at + 1 >= s->n)
        return false;
    s->at++;
    if (!s->is_view)
        steps_save(app, s, NULL);
    return true;
}

bool steps_back(struct app *app, struct steps *s)
{
    s->problem[0] = '\0';
    if (s->at == 0)
        return false;
    s->at--;
    if (!s->is_view)
        steps_save(app, s, NULL);
    return true;
}

bool steps_must_stop(struct app *app, struct steps *s)
{
    struct err err = { RC_OK, "" };
    struct grant grant;

    if (s->was_stopped || !form_safety_stop(s->sitting.form))
        return false;
    s->was_stopped = steps_grant(app, s, &grant) && sitting_safety(app->ctx.st, &grant, &s->sitting, &err) == RC_OK;
    return true;
}

/* Opening ------------------------------------------------------------------------------------------ */

enum rc steps_open(struct app *app, struct steps *s, const char *argument, struct err *err)
{
    char patient[72], verb[16], id[160];
    struct grant grant;
    enum rc rc;

    if (sscanf(argument, "%71s %15s %159s", patient, verb, id) != 3)
        return err_set(err, RC_INVALID, _("no form was named"));
    if (strcmp(verb, "response") == 0) {
        s->is_view = true;
        if ((rc = opened_response(app, id, &s->sitting, err)) == RC_OK) {
            list_steps(s);
            opened_say(app, &s->sitting);
        }
        return rc;
    }
    if ((rc = action_grant(&app->ctx, ACTION_INTAKE, patient, &grant, err)) != RC_OK)
        return rc;
    rc = strcmp(verb, "draft") == 0 ? sitting_resume(app->ctx.st, &grant, id, &s->sitting, err)
                                    : sitting_start(app->ctx.st, &grant, id, patient, &s->sitting, err);
    if (rc != RC_OK)
        return rc;
    form_set_day_first(s->sitting.form, app->day_first);
    s->was_stopped = opened_was_stopped(&s->sitting);
    opened_say(app, &s->sitting);
    list_steps(s);
    if (s->sitting.draft.position && *s->sitting.draft.position && strcmp(verb, "draft") == 0)
        steps_go(s, s->sitting.draft.position);
    return RC_OK;
}

void steps_done(struct steps *s)
{
    sitting_done(&s->sitting);
    free(s->step);
    *s = (struct steps){ 0 };
}
