/* A half-filled form beside what the record says now: what differs is taken line by line, or all of it.
 * Each is kept as soon as it is taken; what is not taken stays as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/sitting/prefill.h"
#include "ui/act.h"
#include "ui/list.h"
#include "ui/screens.h"

enum { WHOLE_LINES = 6 };       /* the line under the cursor whole: question, now, record */

struct prefill_screen {
    struct list list;
    struct list_group group;
    struct sitting sitting;
    struct prefill found;
    char patient[72], draft[72];
    bool is_from_intake;        /* Esc goes on with the form */
};

static const enum action_id actions[] = { ACTION_BACK };
static const struct list_column columns[] = {
    { N_("question"), 24, false, true }, { N_("answered now"), 14, false, true }, { N_("record says"), 16, false, true },
    { N_("from"), 0, false, false },
};

static void show_lines(struct prefill_screen *p)
{
    size_t at = p->list.at;

    list_begin(&p->list);
    for (size_t i = 0; i < p->found.n; i++) {
        const struct prefill_line *line = &p->found.line[i];
        char id[24];
        struct list_row *row;

        snprintf(id, sizeof id, "%zu", i);
        row = list_add(&p->list, 0, "Field", id, p->patient, line->text);
        list_set(row, 0, STYLE_PLAIN, line->text);
        list_set(row, 1, line->is_taken ? STYLE_FAINT : STYLE_PLAIN, line->is_group ? _("(one more)") : *line->now ? line->now : _("(none)"));
        list_set(row, 2, line->is_taken ? STYLE_GOOD : STYLE_PLAIN, line->record);
        list_set(row, 3, line->is_taken ? STYLE_GOOD : STYLE_FAINT, line->is_taken ? _("taken") : line->from);
    }
    list_end(&p->list, false);
    if (at < p->list.n)
        p->list.at = at;
}

static enum rc prefill_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct prefill_screen *p = state;
    char from[16] = "";
    struct grant grant;
    enum rc rc;

    if (sscanf(argument, "%71s %71s %15s", p->patient, p->draft, from) < 2)
        return err_set(err, RC_INVALID, _("no form was named"));
    p->is_from_intake = strcmp(from, "intake") == 0;
    p->group = (struct list_group){ .title = NULL, .column = columns, .n_columns = sizeof columns / sizeof *columns };
    p->list.group = &p->group;
    p->list.n_groups = 1;
    p->list.has_titles = true;
    if ((rc = action_grant(&app->ctx, ACTION_FORM_PREFILL, p->patient, &grant, err)) != RC_OK ||
        (rc = sitting_resume(app->ctx.st, &grant, p->draft, &p->sitting, err)) != RC_OK ||
        (rc = prefill_find(app->ctx.st, &grant, &p->sitting, &p->found, err)) != RC_OK)
        return rc;
    show_lines(p);
    return RC_OK;
}

/* --- Taking --- */

static bool take(struct app *app, struct prefill_screen *p, size_t first, size_t last)
{
    struct grant grant;
    struct err err = { RC_OK, "" };
    enum rc rc = action_grant(&app->ctx, ACTION_FORM_PREFILL, p->patient, &grant, &err);

    for (size_t i = first; i < last && rc == RC_OK; i++)
        if (!p->found.line[i].is_taken)
            rc = prefill_take(&p->sitting, &p->found.line[i], &err);
    if (rc == RC_OK)
        rc = sitting_save(app->ctx.st, &grant, &p->sitting, NULL, NULL, &err);
    if (rc != RC_OK)
        app_say_err(app, &err);
    show_lines(p);
    return rc == RC_OK;
}

static void leave(struct app *app, const struct prefill_screen *p)
{
    char *argument = mem_printf("%s draft %s", p->patient, p->draft);

    if (p->is_from_intake)
        app_replace(app, &screen_intake, argument);
    else
        app_back(app);
    free(argument);
}

static bool prefill_key(struct app *app, void *state, const struct key *key)
{
    struct prefill_screen *p = state;
    size_t n = p->found.n;

    if (key->cap == KEYCAP_ESC) {
        leave(app, p);
        return true;
    }
    if (n && (key->cap == KEYCAP_ENTER || key_is(key, 'y'))) {
        if (p->found.line[p->list.at].is_taken)
            app_say(app, STYLE_PLAIN, _("That is taken already."));
        else if (take(app, p, p->list.at, p->list.at + 1))
            app_say(app, STYLE_GOOD, _("taken, saved"));
        if (p->list.at + 1 < p->list.n)
            p->list.at++;
        return true;
    }
    if (n && key_is(key, 'a')) {
        if (take(app, p, 0, n))
            app_say(app, STYLE_GOOD, ngettext("%zu taken, saved", "%zu taken, saved", n), n);
        return true;
    }
    return list_key(&p->list, key);
}

/* --- Showing --- */

/* The columns are too narrow for many answers: the line under the cursor is shown whole. */
static void draw_whole(const struct prefill_screen *p, struct canvas *canvas, int line)
{
    const struct prefill_line *at = &p->found.line[p->list.at];
    const struct { const char *label, *words; } parts[] = {
        { N_("question"), at->text }, { N_("now"), at->is_group ? _("one more of these") : *at->now ? at->now : _("(none)") }, { N_("record"), at->record },
    };

    for (int i = 0; i < 3; i++) {
        draw_text(canvas, line + 2 * i, 3, STYLE_KEY, _(parts[i].label));
        draw_folded(canvas, line + 2 * i, 14, canvas->cols - 15, 2, STYLE_PLAIN, parts[i].words);
    }
}

static void prefill_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct prefill_screen *p = state;
    int foot = canvas->rows - 1, whole = p->found.n && canvas->rows > 2 * WHOLE_LINES ? WHOLE_LINES : 0;
    struct canvas body = canvas_part(canvas, 1, 0, canvas->rows - 3 - whole, canvas->cols);

    (void)app;
    if (!p->found.n) {
        draw_folded(canvas, 2, 3, canvas->cols - 6, 3, STYLE_PLAIN, _("The record says nothing else than what is answered. Esc goes back."));
        return;
    }
    list_draw(&p->list, &body);
    if (whole)
        draw_whole(p, canvas, foot - 1 - whole);
    draw_text(canvas, foot, 1, STYLE_PLAIN, p->is_from_intake ? _("Enter take this   a take all   Esc on with the form") : _("Enter take this   a take all   Esc back"));
}

static const char *prefill_about(struct app *app, const void *state)
{
    const struct prefill_screen *p = state;

    (void)app;
    return p->sitting.form ? form_title(p->sitting.form) : "";
}

static void prefill_close(struct app *app, void *state)
{
    struct prefill_screen *p = state;

    (void)app;
    list_done(&p->list);
    prefill_done(&p->found);
    sitting_done(&p->sitting);
}

const struct screen screen_prefill = {
    .name = "prefill", .title = N_("From the record"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct prefill_screen), .shows_person = true,
    .load = prefill_load, .draw = prefill_draw, .key = prefill_key, .about = prefill_about, .close = prefill_close,
};

void prefill_start(struct app *app, const struct target *target)
{
    char *argument = mem_printf("%s %s", target->patient, target->id);

    app_open(app, &screen_prefill, argument);
    free(argument);
}
