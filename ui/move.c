/* Movements of the desk: open, back, find, lock ... (the rows with PLACE_DESK). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/session.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "ui/act.h"
#include "ui/find_box.h"
#include "ui/prompt.h"
#include "ui/screens.h"

static void open_with(struct app *app, const struct screen *screen, const char *patient, const char *rest)
{
    char *argument = mem_printf("%s%s%s", patient, rest[0] ? " " : "", rest);

    app_open(app, screen, argument);
    free(argument);
}

/* What Enter opens: the thing itself where it has a screen, else its person. */
static void move_open(struct app *app, const struct target *target)
{
    char rest[128];

    if (strcmp(target->type, "Conflict") == 0) {
        app_open(app, &screen_conflict, target->id);
    } else if (strcmp(target->type, "Outbox") == 0) {
        app_open(app, &screen_refused, target->id);
    } else if (strcmp(target->type, "Draft") == 0) {
        snprintf(rest, sizeof rest, "draft %s", target->id);
        open_with(app, &screen_intake, target->patient, rest);
    } else if (strcmp(target->type, "QuestionnaireResponse") == 0) {
        snprintf(rest, sizeof rest, "response %s", target->id);
        open_with(app, &screen_intake, target->patient, rest);
    } else if (target->patient[0] && strcmp(target->type, "Patient") != 0) {
        snprintf(rest, sizeof rest, "%s/%s", target->type, target->id);
        open_with(app, &screen_record, target->patient, rest);
    } else if (strcmp(target->type, "Patient") == 0) {
        app_open(app, &screen_record, target->id);
    } else {
        app_say(app, STYLE_PLAIN, _("There is nothing here to open."));
    }
}

static void move_back(struct app *app, const struct target *target)
{
    (void)target;
    if (app->open.n > 1)
        app_back(app);
    else
        app_say(app, STYLE_PLAIN, _("This is the first screen. q leaves the program."));
}

static void move_find(struct app *app, const struct target *target)
{
    (void)target;
    find_box_open(app, "");
}

static void move_last(struct app *app, const struct target *target)
{
    (void)target;
    if (!app_resume(app) && !app->message[0])
        app_say(app, STYLE_PLAIN, _("Nobody was opened yet in this sitting. / finds a person."));
}

static void move_today(struct app *app, const struct target *target)
{
    (void)target;
    app_home(app);
}

static void move_palette(struct app *app, const struct target *target)
{
    (void)target;
    if (app_top(app)->screen != &screen_palette)
        app_open(app, &screen_palette, NULL);
}

static void move_help(struct app *app, const struct target *target)
{
    (void)target;
    app_open(app, &screen_help, app_top(app)->screen->name);
}

static void move_lock(struct app *app, const struct target *target)
{
    (void)target;
    if (app->ctx.session.staff.id[0] && !app->locked)
        app_open(app, &screen_lock, NULL);
}

static void sign_out(struct app *app, void *ctx, const struct args *args)
{
    struct err err = { RC_OK, "" };

    (void)ctx;
    (void)args;
    if (session_close(app->ctx.st, &app->ctx.session, &err) != RC_OK) {
        app_say_err(app, &err);
        return;
    }
    session_done(&app->ctx.session);
    app->ctx.session = (struct session){ .origin = ORIGIN_DESK };
    app_restart_at(app, &screen_signin);
}

static void move_switch_user(struct app *app, const struct target *target)
{
    (void)target;
    prompt_confirm(app, _("Sign out? Half-done work is kept as drafts."), false, sign_out, NULL, NULL);
}

static void leave(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    app->quit = true;
}

/* Asked as a safety question: a name typed at a list by mistake must not end up in a shell. */
static void move_quit(struct app *app, const struct target *target)
{
    (void)target;
    prompt_confirm(app, _("Leave frontdesk? Half-done work is kept as drafts."), true, leave, NULL, NULL);
}

static void move_repaint(struct app *app, const struct target *target)
{
    (void)target;
    app_reload(app);
    app->repaint = true;
}

static void move_arrivals(struct app *app, const struct target *target)
{
    (void)target;
    app_open(app, &screen_section, "arrivals");
}

static void move_follow_ups(struct app *app, const struct target *target)
{
    (void)target;
    app_open(app, &screen_section, "follow-ups");
}

static void move_close_day(struct app *app, const struct target *target)
{
    (void)target;
    app_open(app, &screen_section, "close-day");
}

static void move_drafts(struct app *app, const struct target *target)
{
    (void)target;
    app_open(app, &screen_drafts, NULL);
}

static void move_conflicts(struct app *app, const struct target *target)
{
    (void)target;
    app_open(app, &screen_conflict, NULL);
}

static void move_sync(struct app *app, const struct target *target)
{
    (void)target;
    app_open(app, &screen_sync, NULL);
}

static void move_intake(struct app *app, const struct target *target)
{
    if (target->patient[0])
        app_open(app, &screen_forms, target->patient);
    else
        app_say(app, STYLE_ALERT, _("A form is filled with a person: open one first (/ finds)."));
}

/* What is handed over while it is asked whether it should be. */
static struct { struct target target; } handing;

static void hand_over(struct app *app, void *ctx, const struct args *args)
{
    const struct target *target = &handing.target;
    bool is_draft = strcmp(target->type, "Draft") == 0;
    char rest[128];

    (void)ctx;
    (void)args;
    snprintf(rest, sizeof rest, "%s %s", is_draft ? "draft" : "start", target->id);
    if (app_top(app)->screen == &screen_forms || app_top(app)->screen == &screen_intake)
        app_close_top(app);
    open_with(app, &screen_kiosk, target->patient, rest);
}

static void move_kiosk(struct app *app, const struct target *target)
{
    bool is_form = strcmp(target->type, "Draft") == 0 || strcmp(target->type, "Questionnaire") == 0;

    if (app->linear) {
        app_say(app, STYLE_ALERT, _("The kiosk needs a screen of its own; it cannot be had with --linear."));
    } else if (is_form && target->patient[0]) {
        handing.target = *target;
        prompt_confirm(app, _("Hand this screen over? Staff sign in to get it back."), false, hand_over, NULL, NULL);
    } else if (target->patient[0] && app_open(app, &screen_forms, target->patient)) {
        app_say(app, STYLE_PLAIN, _("Go to the form to be filled, then K hands the screen over."));
    } else if (!target->patient[0]) {
        app_say(app, STYLE_ALERT, _("A form is filled with a person: open one first (/ finds)."));
    }
}

static void move_register(struct app *app, const struct target *target)
{
    (void)target;
    app_open(app, &screen_register, NULL);
}

static void move_edit(struct app *app, const struct target *target)
{
    if (target->patient[0])
        open_with(app, &screen_edit, target->patient, "edit");
    else
        app_say(app, STYLE_ALERT, _("Open a person first (/ finds)."));
}

const struct desk_act desk_moves[] = {
    { ACTION_OPEN, move_open }, { ACTION_BACK, move_back }, { ACTION_FIND, move_find },
    { ACTION_LAST_PLACE, move_last }, { ACTION_TODAY, move_today }, { ACTION_PALETTE, move_palette },
    { ACTION_HELP, move_help }, { ACTION_LOCK, move_lock }, { ACTION_SWITCH_USER, move_switch_user },
    { ACTION_QUIT, move_quit }, { ACTION_REPAINT, move_repaint }, { ACTION_ARRIVALS, move_arrivals },
    { ACTION_FOLLOW_UPS, move_follow_ups }, { ACTION_CLOSE_DAY, move_close_day },
    { ACTION_DRAFTS, move_drafts }, { ACTION_CONFLICTS, move_conflicts }, { ACTION_SYNC_SCREEN, move_sync }, { ACTION_INTAKE, move_intake }, { ACTION_KIOSK, move_kiosk },
    { ACTION_PATIENT_REGISTER, move_register }, { ACTION_PATIENT_EDIT, move_edit },
    { ACTION_NONE, NULL },
};
