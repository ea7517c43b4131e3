#include "ui/ui.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/session.h"
#include "access/staff.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "desk/appointment.h"
#include "desk/patient.h"
#include "desk/task.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/linear.h"
#include "ui/loop.h"
#include "ui/screens.h"
#include "ui/terminal.h"

/* Settings and database, before the terminal is touched: what goes wrong here is plain text. */
static enum rc open_context(const struct ui_options *options, struct app *app, struct err *err)
{
    struct buf faults = { 0 };
    const char *zone, *dir;
    enum rc rc = config_load(options->config_path, &app->ctx.config, &faults, err);

    if (faults.len)
        fprintf(stderr, "%s", buf_text(&faults));
    buf_done(&faults);
    if (rc != RC_OK)
        return rc;
    if (options->data_dir)
        config_set_text(app->ctx.config, "data_dir", options->data_dir);
    dir = config_text(app->ctx.config, "data_dir");
    if ((rc = store_open(dir, STORE_CREATE, &app->ctx.st, err)) != RC_OK)
        return rc;
    zone = config_text(app->ctx.config, "clinic.time_zone");
    clock_set_zone(zone[0] ? zone : store_meta(app->ctx.st, "zone"));
    if (options->now && !store_meta(app->ctx.st, "demo")[0])
        return err_set(err, RC_INVALID, _("--now works on data directories marked demo only"));
    if (options->now && !clock_set_now(options->now))
        return err_set(err, RC_INVALID, _("--now: a time as 2026-11-23T08:14"));
    return RC_OK;
}

static void take_settings(struct app *app, const struct ui_options *options)
{
    const struct config *config = app->ctx.config;

    patient_guards();
    task_guards();
    appointment_guards();
    app->ctx.origin = ORIGIN_DESK;
    app->config_path = options->config_path;
    app->quiet = config_bool(config, "quiet");
    app->day_first = config_bool(config, "clinic.day_first");
    app->linear = options->linear;
    app->clinic = config_text(config, "clinic.name");
    if (!app->clinic[0])
        app->clinic = store_meta(app->ctx.st, "clinic");
    app->grid.is_ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

/* The first screen: set up, sign in, or straight to Today when this terminal session is signed in. */
static void open_first(struct app *app)
{
    struct err err = { RC_OK, "" };

    sync_status_get(app->ctx.st, &app->sync, NULL);
    app->changes = app_changes(app);
    if (!staff_any(app->ctx.st))
        app_open(app, &screen_first_start, NULL);
    else if (session_resume(app->ctx.st, &app->ctx.session, &err) != RC_OK)
        app_open(app, &screen_signin, NULL);
    else if (!app_open(app, &screen_today, NULL))
        app_open(app, &screen_signin, NULL);
}

static enum rc run_terminal(struct app *app, struct err *err)
{
    enum theme theme = THEME_DARK;
    enum rc rc;

    theme_parse(config_text(app->ctx.config, "theme"), &theme);
    if ((rc = terminal_start(theme, true, err)) != RC_OK)
        return rc;
    open_first(app);
    rc = loop_run(app, err);
    terminal_stop();
    return rc;
}

int ui_run(const struct ui_options *options)
{
    struct app *app = mem_alloc(sizeof *app);
    struct err err = { RC_OK, "" };
    enum rc rc = open_context(options, app, &err);

    if (rc == RC_OK) {
        take_settings(app, options);
        if (config_text(app->ctx.config, "server.url")[0])
            process_spawn_agent(store_dir(app->ctx.st), options->config_path);
        rc = app->linear ? linear_run(app, &err) : run_terminal(app, &err);
    }
    app_done(app);
    session_done(&app->ctx.session);
    if (app->ctx.st)
        store_close(app->ctx.st);
    config_free(app->ctx.config);
    free(app);
    if (rc != RC_OK)
        fprintf(stderr, "frontdesk: %s\n", err_text(&err));
    return rc == RC_OK ? 0 : 1;
}
