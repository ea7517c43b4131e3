#include "ui/ui.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/session.h"
#include "access/staff.h"
#include "action/context.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/utf8.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/linear.h"
#include "ui/loop.h"
#include "ui/screens.h"
#include "ui/terminal.h"

static void open_first(struct app *app, const char *kiosk)
{
    struct err err = { RC_OK, "" };

    app_look_at_sync(app);
    app->changes = app_changes(app);
    if (!staff_any(app->ctx.st)) {
        app_open(app, &screen_first_start, NULL);
        return;
    }
    app->session_resumed = session_resume(app->ctx.st, &app->ctx.session, &err) == RC_OK;
    app->ctx.session.origin = ORIGIN_DESK;
    if (!app->session_resumed || !app_open(app, &screen_today, NULL))
        app_open(app, &screen_signin, NULL);
    else if (kiosk)
        app_open(app, &screen_kiosk, kiosk);
}

static enum rc run_terminal(struct app *app, const char *kiosk, struct err *err)
{
    enum theme theme = THEME_DARK;
    int rows, cols;
    enum rc rc;

    theme_parse(config_text(app->ctx.config, "theme"), &theme);
    if ((rc = terminal_start(theme, true, err)) != RC_OK)
        return rc;
    terminal_size(&rows, &cols);
    grid_resize(&app->grid, rows, cols);
    open_first(app, kiosk);
    rc = loop_run(app, err);
    terminal_stop();
    return rc;
}

static enum rc run_linear(struct app *app, struct err *err)
{
    grid_resize(&app->grid, LINEAR_ROWS, LINEAR_COLS);
    open_first(app, NULL);
    return linear_run(app, err);
}

int ui_run(const struct ui_options *options)
{
    const struct context_options context = { .data_dir = options->data_dir, .config_path = options->config_path,
                                             .now = options->now, .store_flags = STORE_CREATE };
    struct app *app = mem_alloc(sizeof *app);
    struct err err = { RC_OK, "" };
    enum rc rc;

    app->ctx.origin = ORIGIN_DESK;
    rc = context_open(&app->ctx, &context, &err);
    if (rc == RC_OK) {
        app->linear = options->linear || !terminal_fits();
        app->grid.is_ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
        app_settings_changed(app);
        if (config_text(app->ctx.config, "server.url")[0])
            process_spawn_agent(store_dir(app->ctx.st), options->config_path);
        if (app->linear && options->kiosk)
            rc = err_set(&err, RC_INVALID, _("the kiosk needs a terminal with a screen"));
        else
            rc = app->linear ? run_linear(app, &err) : run_terminal(app, options->kiosk, &err);
    }
    if (app->ctx.session.staff.id[0] && (!app->session_resumed || app->ctx.session.handed[0]))
        session_close(app->ctx.st, &app->ctx.session, NULL);
    app_done(app);
    context_close(&app->ctx);
    free(app);
    if (rc != RC_OK) {
        char *clean = utf8_cleaned(err_text(&err));

        fprintf(stderr, "frontdesk: %s\n", clean);
        free(clean);
    }
    return rc == RC_OK ? 0 : 1;
}
