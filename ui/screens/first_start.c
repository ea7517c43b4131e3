/* The first start of a new data directory: one question a line, the administrator among them. There
 * is no account before this one, and nothing is kept until the last Enter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/session.h"
#include "access/staff.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/bundled.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/field.h"
#include "ui/prompt.h"
#include "ui/screens.h"

enum { CLINIC, ZONE, ADMIN, DISPLAY, PASSWORD, AGAIN, MACHINES, CRISIS, BACKUPS, DEMO, QUESTIONS };
enum { TOP = 3, LABEL = 24 };

static const struct { const char *label, *hint; } questions[QUESTIONS] = {
    { N_("Clinic"), N_("its name, as on the door") },
    { N_("Time zone"), N_("Enter keeps the one guessed") },
    { N_("Administrator"), N_("sign-in name, as mlee") },
    { N_("Shown as"), N_("as M. Lee") },
    { N_("Password"), N_("15 characters or more; a sentence is good") },
    { N_("The same again"), "" },
    { N_("Other machines"), N_("n none   s sign in here by SSH   c central server") },
    { N_("In a crisis call"), N_("shown when a patient thinks of self-harm") },
    { N_("Backups go to"), N_("empty: beside the data") },
    { N_("Made-up patients"), N_("y to try things out, n for real work") },
};

struct first_start {
    struct field field[QUESTIONS];
    int at;
    char problem[200];
};

static enum rc first_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct first_start *f = state;

    (void)argument;
    (void)err;
    f->field[PASSWORD].is_secret = f->field[AGAIN].is_secret = true;
    field_set(&f->field[CLINIC], config_text(app->ctx.config, "clinic.name"));
    field_set(&f->field[ZONE], clock_zone());
    field_set(&f->field[CRISIS], config_text(app->ctx.config, "clinic.crisis_contact"));
    field_set(&f->field[BACKUPS], config_text(app->ctx.config, "backup.dir"));
    field_set(&f->field[DEMO], "n");
    field_set(&f->field[MACHINES], config_text(app->ctx.config, "server.url")[0] ? "c" : "n");
    return RC_OK;
}

static void first_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct first_start *f = state;

    (void)app;
    draw_text(canvas, 1, 3, STYLE_PLAIN, _("A new data directory. Enter goes on, Up goes back; kept after the last."));
    for (int i = 0; i <= f->at && i < QUESTIONS; i++) {
        bool here = i == f->at;

        draw_text(canvas, TOP + i, 0, STYLE_PLAIN, here ? ">" : " ");
        draw_text(canvas, TOP + i, 3, STYLE_PLAIN, _(questions[i].label));
        field_draw(&f->field[i], canvas, TOP + i, LABEL, canvas->cols - LABEL - 2, here);
    }
    if (f->problem[0])
        draw_folded(canvas, TOP + f->at + 1, LABEL, canvas->cols - LABEL - 2, 3, STYLE_ALERT, f->problem);
    else if (f->at < QUESTIONS)
        draw_text(canvas, TOP + f->at + 1, LABEL, STYLE_FAINT, _(questions[f->at].hint));
}

static const char *text(const struct first_start *f, int question)
{
    return field_text(&f->field[question]);
}

/* Is the answer under the cursor sound? The sentence stands beside it when not. */
static bool check(struct first_start *f)
{
    struct err err = { RC_OK, "" };

    switch (f->at) {
    case ZONE:
        if (!clock_set_zone(text(f, ZONE)))
            err_set(&err, RC_INVALID, _("this machine does not know that zone; as America/New_York or Europe/Paris"));
        break;
    case ADMIN:
        if (!text(f, ADMIN)[0])
            err_set(&err, RC_INVALID, _("a name to sign in with is needed"));
        break;
    case PASSWORD:
        staff_password_check(text(f, ADMIN), text(f, PASSWORD), &err);
        break;
    case AGAIN:
        if (strcmp(text(f, PASSWORD), text(f, AGAIN)) != 0)
            err_set(&err, RC_INVALID, _("that is not the same; Up goes back to the password"));
        break;
    case MACHINES:
        if (!strchr("nsc", text(f, MACHINES)[0]) || !text(f, MACHINES)[0])
            err_set(&err, RC_INVALID, "%s", _(questions[MACHINES].hint));
        break;
    default:
        break;
    }
    snprintf(f->problem, sizeof f->problem, "%s", err.rc == RC_OK ? "" : err_text(&err));
    return err.rc == RC_OK;
}

/* The account, what was said of the clinic and the questionnaires stand together or not at all. */
static enum rc make_account(struct app *app, const struct first_start *f, struct err *err)
{
    const char *shown = text(f, DISPLAY)[0] ? text(f, DISPLAY) : text(f, ADMIN);
    const struct { const char *name, *value; } facts[] = {
        { "zone", clock_zone() }, { "clinic", text(f, CLINIC) }, { "crisis_contact", text(f, CRISIS) }, { "backup_dir", text(f, BACKUPS) },
    };
    struct grant grant;
    int installed;
    enum rc rc = store_begin(app->ctx.st, err);

    if (rc != RC_OK)
        return rc;
    authz_system(ORIGIN_DESK, "init", &grant);
    rc = staff_any(app->ctx.st) ? err_set(err, RC_EXISTS, _("somebody has set this directory up meanwhile"))
                                : staff_add(app->ctx.st, &grant, text(f, ADMIN), shown, ROLE_ADMINISTRATOR, text(f, PASSWORD), err);
    for (size_t i = 0; i < sizeof facts / sizeof *facts && rc == RC_OK; i++)
        rc = store_set_meta(app->ctx.st, facts[i].name, facts[i].value, err);
    if (rc == RC_OK)
        rc = bundled_questionnaires(app->ctx.st, &grant, &installed, err);
    return store_end(app->ctx.st, rc, err);
}

static void make(struct app *app, struct first_start *f)
{
    bool wants_demo = text(f, DEMO)[0] == 'y', wants_server = text(f, MACHINES)[0] == 'c';
    struct err err = { RC_OK, "" };
    struct grant grant;
    int installed = 0;

    if (make_account(app, f, &err) != RC_OK ||
        session_open(app->ctx.st, text(f, ADMIN), text(f, PASSWORD), config_int(app->ctx.config, "idle_lock_s"), &app->ctx.session, &err) != RC_OK) {
        snprintf(f->problem, sizeof f->problem, "%s", err_text(&err));
        return;
    }
    app_settings_changed(app);
    if (wants_demo && action_grant(&app->ctx, ACTION_DEMO, NULL, &grant, &err) == RC_OK)
        bundled_demo(app->ctx.st, &grant, &installed, &err);
    app_restart_at(app, &screen_today);
    if (err.rc != RC_OK)
        app_say_err(app, &err);
    else if (wants_server && !config_text(app->ctx.config, "server.url")[0])
        app_say(app, STYLE_LATE, _("Put the server's address and token into the configuration: frontdesk config show --example"));
    else
        app_say(app, STYLE_GOOD, _("Set up. ? shows the keys of each screen, : everything that can be done."));
}

static bool first_key(struct app *app, void *state, const struct key *key)
{
    struct first_start *f = state;

    if (key->cap == KEYCAP_ENTER || key->cap == KEYCAP_DOWN || key->cap == KEYCAP_TAB) {
        if (!check(f))
            return true;
        if (f->at + 1 < QUESTIONS)
            f->at++;
        else if (key->cap == KEYCAP_ENTER)
            make(app, f);
    } else if (key->cap == KEYCAP_UP || key->cap == KEYCAP_ESC || key->cap == KEYCAP_BACKTAB) {
        f->problem[0] = '\0';
        f->at -= f->at > 0;
    } else if (key_is_ctrl(key, 'c')) {
        app->quit = true;
    } else if (field_key(&f->field[f->at], key)) {
        f->problem[0] = '\0';
    } else {
        return false;
    }
    return true;
}

static bool first_in_field(const void *state)
{
    (void)state;
    return true;
}

static void first_close(struct app *app, void *state)
{
    struct first_start *f = state;

    (void)app;
    for (int i = 0; i < QUESTIONS; i++)
        field_done(&f->field[i]);
}

const struct screen screen_first_start = {
    .name = "first-start", .title = N_("First start"), .state_size = sizeof(struct first_start),
    .load = first_load, .draw = first_draw, .key = first_key, .in_field = first_in_field, .close = first_close,
};
