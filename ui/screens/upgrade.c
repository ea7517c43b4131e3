/* A half-filled form and the newest version of its form: what would be lost, new and changed, and what is kept
 * aside. Nothing happens before Enter and a yes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/sitting/aside.h"
#include "intake/sitting/sitting.h"
#include "intake/sitting/upgrade.h"
#include "ui/app.h"
#include "ui/prompt.h"
#include "ui/screens.h"
#include "ui/screens/reading.h"

struct upgrade_screen {
    struct target target;
    struct reading reading;
    struct upgrade plan;        /* plan.to NULL: there is no newer version */
    bool can_go_back;
    char about[160];
};

static void add_lines(struct reading *r, const struct upgrade *u, enum upgrade_kind kind, const char *heading)
{
    size_t n = 0;

    for (size_t i = 0; i < u->n; i++) {
        const struct upgrade_line *line = &u->line[i];

        if (line->kind != kind)
            continue;
        if (n++ == 0) {
            reading_add(r, STYLE_PLAIN, 0, "%s", "");
            reading_add(r, STYLE_HEADING, 0, "%s", heading);
        }
        reading_add(r, STYLE_PLAIN, 0, "%s%s", line->text, line->is_required ? _("  (an answer is needed)") : "");
        if (kind == UPGRADE_LOST)
            reading_add(r, STYLE_LATE, 3, _("answered: %s; %s"), line->before, line->why);
        else if (line->before[0])
            reading_add(r, STYLE_FAINT, 3, _("was: %s"), line->before);
        if (kind == UPGRADE_CHANGED && line->why[0])
            reading_add(r, STYLE_FAINT, 3, "%s", line->why);
    }
}

static void add_plan(struct reading *r, const struct upgrade *u)
{
    reading_add(r, STYLE_TITLE, 0, ngettext("From %s to %s: %zu answer stays.", "From %s to %s: %zu answers stay.", u->n_kept), u->from, u->to, u->n_kept);
    add_lines(r, u, UPGRADE_LOST, _("ANSWERS THAT HAVE NO PLACE (kept aside, to be seen)"));
    add_lines(r, u, UPGRADE_NEW, _("NEW QUESTIONS"));
    add_lines(r, u, UPGRADE_CHANGED, _("ASKED OTHERWISE"));
    add_lines(r, u, UPGRADE_GONE, _("NO LONGER ASKED (nobody had answered)"));
}

static void add_aside(struct reading *r, const char *json)
{
    struct doc *list = aside_list(json);

    if (!list)
        return;
    reading_add(r, STYLE_PLAIN, 0, "%s", "");
    reading_add(r, STYLE_HEADING, 0, "%s", _("KEPT ASIDE"));
    for (const struct node *one = node_first(doc_root(list)); one; one = node_next(one)) {
        reading_add(r, STYLE_PLAIN, 0, "%s", node_str(one, "text"));
        reading_add(r, STYLE_LATE, 3, "%s (%s)", node_str(one, "answer"), node_str(one, "why"));
    }
    doc_free(list);
}

static enum rc upgrade_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct upgrade_screen *s = state;
    struct draft draft = { 0 };
    struct grant grant;
    struct err why = { RC_OK, "" };
    enum rc rc;

    snprintf(s->target.type, sizeof s->target.type, "Draft");
    if (sscanf(argument, "%71s %71s", s->target.patient, s->target.id) != 2)
        return err_set(err, RC_INVALID, _("no form was named"));
    if ((rc = action_grant(&app->ctx, ACTION_FORM_UPGRADE, s->target.patient, &grant, err)) != RC_OK ||
        (rc = draft_get(app->ctx.st, s->target.id, &draft, err)) != RC_OK)
        return rc;
    snprintf(s->about, sizeof s->about, "%s", draft.title);
    s->can_go_back = draft_was_replaced(app->ctx.st, s->target.id);
    rc = upgrade_plan(app->ctx.st, &grant, s->target.id, &s->plan, &why);
    if (rc == RC_OK)
        add_plan(&s->reading, &s->plan);
    else if (rc == RC_NOT_FOUND || rc == RC_DENIED)
        reading_add(&s->reading, STYLE_PLAIN, 0, "%s", err_text(&why));
    else
        err_set(err, rc, "%s", err_text(&why));
    add_aside(&s->reading, draft.aside);
    draft_done(&draft);
    if (rc == RC_OK)
        app_say(app, STYLE_PLAIN, _("Enter takes the answers to %s; Esc leaves everything as it is."), s->plan.to);
    else if (s->can_go_back)
        app_say(app, STYLE_PLAIN, _("Enter goes back to the version it came from, with its answers."));
    return rc == RC_NOT_FOUND || rc == RC_DENIED ? RC_OK : rc;
}

static void upgrade_draw(struct app *app, void *state, struct canvas *canvas)
{
    (void)app;
    reading_draw(&((struct upgrade_screen *)state)->reading, canvas);
}

static bool upgrade_key(struct app *app, void *state, const struct key *key)
{
    (void)app;
    return scroll_key(&((struct upgrade_screen *)state)->reading.scroll, key);
}

/* The same form parked in the version it no longer has is let go. */
static void drop_stale(struct app *app, const char *draft)
{
    const struct place *parked = app->parked.n ? &app->parked.place[app->parked.n - 1] : NULL;

    if (parked && parked->screen->target && strcmp(parked->screen->target(app, parked->state).id, draft) == 0)
        app_drop_parked(app);
}

/* Done: the form itself, in its other version. */
static void changed(struct app *app, const char *how, const char *words)
{
    struct upgrade_screen *s = app_top(app)->state;
    struct arg arg[] = { { "id", s->target.id }, { how, "yes" }, { "seen", s->plan.questionnaire } };
    char *argument = mem_printf("%s draft %s", s->target.patient, s->target.id);

    if (app_run(app, ACTION_FORM_UPGRADE, &(struct args){ arg, s->plan.questionnaire ? 3 : 2 }, NULL, NULL)) {
        drop_stale(app, s->target.id);
        if (app_replace(app, &screen_intake, argument))
            app_say(app, STYLE_GOOD, "%s", words);
    }
    free(argument);
}

static void upgrade_yes(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    changed(app, "yes", _("In the newest version now. U on the drafts list shows what is kept aside, and goes back."));
}

static void back_yes(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    changed(app, "back", _("Back in the version it came from; what was answered since is kept."));
}

static size_t lost(const struct upgrade *u)
{
    size_t n = 0;

    for (size_t i = 0; i < u->n; i++)
        n += u->line[i].kind == UPGRADE_LOST;
    return n;
}

static bool upgrade_act(struct app *app, void *state, enum action_id action)
{
    struct upgrade_screen *s = state;
    char *text;

    if (action != ACTION_OPEN)
        return false;
    if (s->plan.to) {
        text = mem_printf(_("To %s? %zu stay, %zu go aside."), s->plan.to, s->plan.n_kept, lost(&s->plan));
        prompt_confirm(app, text, false, upgrade_yes, NULL, NULL);
        free(text);
    } else if (s->can_go_back) {
        prompt_confirm(app, _("Back to the version it came from?"), false, back_yes, NULL, NULL);
    } else {
        app_say(app, STYLE_PLAIN, _("There is nothing to decide here. Esc goes back."));
    }
    return true;
}

static struct target upgrade_target(struct app *app, const void *state)
{
    (void)app;
    return ((const struct upgrade_screen *)state)->target;
}

static const char *upgrade_about(struct app *app, const void *state)
{
    (void)app;
    return ((const struct upgrade_screen *)state)->about;
}

static void upgrade_close(struct app *app, void *state)
{
    struct upgrade_screen *s = state;

    (void)app;
    reading_empty(&s->reading);
    upgrade_done(&s->plan);
}

static const enum action_id actions[] = { ACTION_OPEN, ACTION_FORM_DISCARD, ACTION_BACK };

const struct screen screen_upgrade = {
    .name = "upgrade", .title = N_("Newer version"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct upgrade_screen), .shows_person = true, .is_passing = true,
    .load = upgrade_load, .draw = upgrade_draw, .key = upgrade_key, .act = upgrade_act, .target = upgrade_target,
    .about = upgrade_about, .close = upgrade_close,
};
