/* Answers of the intake screen on their way to the disk: every one is committed before the cursor moves on
 * (DESIGN invariant 2), and thoughts of self-harm stop the form before anything else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "ui/app.h"
#include "ui/opened.h"
#include "ui/screens/intake.h"
#include "ui/screens/intake_file.h"

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

/* PHQ-9 item 9 above 0: stop here, say what to do and whom to call, before anything else
 * (DOMAIN section 3). The alert and the clinician's follow-up are written first; when they cannot be,
 * the stop says so and is shown all the same: it is the person that matters. */
static void safety_stop(struct app *app, struct intake *it)
{
    struct err err = { RC_OK, "" };
    struct grant grant;

    if (it->was_stopped || !form_safety_stop(it->sitting.form))
        return;
    it->was_stopped = intake_grant(app, it, &grant) && sitting_safety(app->ctx.st, &grant, &it->sitting, &err) == RC_OK;
    opened_say_stop(app, it->was_stopped);
}

/* Nothing moves on from an answer that is not on disk, also not from one chosen by a key. */
bool intake_must_save(const struct intake *it)
{
    return it->touched || it->unsaved;
}

/* The scores and questions that an answer changes are seen at once; the cursor stays, and nothing is called
 * saved, until it is. Not on a slow line, and not while more keys wait. */
static void show_change(struct app *app)
{
    if (app->paint_early && app->key_n == 0 && !app->quiet)
        app->paint_early(app);
}

/* The row that stood at index with this path; where a colleague took it away, the next one there is. */
static const struct form_row *row_again(const struct intake *it, size_t index, const char *path)
{
    const struct form_row *row = *path ? form_row(it->sitting.form, index) : NULL;

    if (!*path || (row && strcmp(row->path, path) == 0))
        return row;
    row = form_row_by_path(it->sitting.form, path);
    return row ? row : intake_row_from(it, index, 1);
}

/* Commit the row of the cursor and where the cursor goes next; false when it could not be kept. Saving takes in what
 * a colleague answered in the same draft: the rows are others then, and *next is told anew. */
static bool commit(struct app *app, struct intake *it, const struct form_row **next)
{
    struct err err = { RC_OK, "" };
    struct grant grant;
    char *path = mem_dup(it->path), *place = mem_dup(*next ? (*next)->path : "");
    size_t index = *next ? (*next)->index : 0;
    bool kept = intake_grant(app, it, &grant);

    show_change(app);
    if (kept && sitting_save(app->ctx.st, &grant, &it->sitting, path, place, &err) != RC_OK) {
        app_say_err(app, &err);
        kept = false;
    }
    *next = row_again(it, index, place);
    free(place);
    free(path);
    it->unsaved = !kept;
    if (kept)
        say_saved(app, it);
    return kept;
}

/* What was typed becomes the answer: a file is read, everything else is for the form to understand. */
static enum rc take_typed(struct intake *it, const struct form_row *row, struct err *err)
{
    const char *typed = field_text(&it->field);

    if (row && row->type == FORM_ATTACHMENT && intake_file_is_named(typed))
        return intake_file_take(it, row, typed, err);
    return form_type_answer(it->sitting.form, it->path, typed, err);
}

bool intake_leave(struct app *app, struct intake *it, int step, bool by_line)
{
    struct err err = { RC_OK, "" };
    const struct form_row *next;

    if (it->touched && take_typed(it, intake_row(it), &err) != RC_OK) {
        snprintf(it->problem, sizeof it->problem, "%s", err_text(&err));
        return false;
    }
    intake_layout(it, it->cols);
    next = intake_row_beside(it, step, by_line);
    if (intake_must_save(it) && !commit(app, it, &next))
        return false;
    intake_stand_on(it, next);
    safety_stop(app, it);
    return true;
}

void intake_chosen(struct app *app, struct intake *it, enum rc rc, const struct err *err, bool goes_on)
{
    const struct form_row *next;

    if (rc != RC_OK) {
        snprintf(it->problem, sizeof it->problem, "%s", err_text(err));
        return;
    }
    next = goes_on ? intake_row_beside(it, 1, false) : intake_row(it);
    while (goes_on && next && next->is_calculated && !next->is_overridden)      /* digits typed on are answers, not a total */
        next = intake_row_from(it, next->index + 1, 1);
    if (commit(app, it, &next))
        intake_stand_on(it, next);
    safety_stop(app, it);
}

void intake_reset_calculated(struct app *app, struct intake *it)
{
    struct err err = { RC_OK, "" };

    intake_chosen(app, it, form_reset_calculated(it->sitting.form, it->path, &err), &err, false);
}
