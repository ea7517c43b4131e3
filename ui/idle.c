/* What happens without a key: settings taken over, other processes' commits, the idle lock. */
#include "access/session.h"
#include "base/clock.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/screens.h"

enum { POLL_MS = 30000, CHECKPOINT_MS = 5000 };

/* Settings of the configuration, and where it is silent those said at the first start. */
void app_settings_changed(struct app *app)
{
    static const struct { const char *setting, *fact; } said[] = {
        { "clinic.name", "clinic" }, { "clinic.crisis_contact", "crisis_contact" }, { "backup.dir", "backup_dir" },
    };
    struct config *config = app->ctx.config;

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!config_text(config, said[i].setting)[0])
            config_set_text(config, said[i].setting, store_meta(app->ctx.st, said[i].fact));
    app->quiet = config_bool(config, "quiet");
    app->day_first = config_bool(config, "clinic.day_first");
    app->clinic = config_text(config, "clinic.name");
}

/* Every counter that some screen shows; the sum moves when any of them does. */
int64_t app_changes(struct app *app)
{
    static const char *const names[] = { "person", "event", "task", "appointment", "contact", "draft",
                                         "conflict", "outbox", "quarantine", "staff" };
    int64_t sum = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        sum += store_changes(app->ctx.st, names[i]);
    return sum;
}

/* Somebody else's commit: rows that changed are marked until they are seen. */
static void refresh_for_others(struct app *app)
{
    struct place *top = app_top(app);
    struct list *list = top && top->screen->list ? top->screen->list(top->state) : NULL;

    if (list)
        list->marks_changes = true;
    app_refresh(app);
    if (list)
        list->marks_changes = false;
}

bool app_session_stands(struct app *app)
{
    struct err err = { RC_OK, "" };

    if (session_touch(app->ctx.st, &app->ctx.session, &err) != RC_DENIED)
        return true;
    session_done(&app->ctx.session);
    app->ctx.session = (struct session){ .origin = ORIGIN_DESK };
    app->locked = false;
    app_restart_at(app, &screen_signin);
    app_say_err(app, &err);
    return false;
}

/* Somebody was at the keys: the session is in use. */
static void touch_session(struct app *app)
{
    if (app->locked || !app->ctx.session.staff.id[0] || app->last_key_ms <= app->last_touch_ms)
        return;
    app->last_touch_ms = app->last_key_ms;
    app_session_stands(app);
}

/* A server that was never reached is none to the database, and one all the same. */
void app_look_at_sync(struct app *app)
{
    sync_status_get(app->ctx.st, &app->sync, NULL);
    app->sync.configured |= *config_text(app->ctx.config, "server.url") != '\0';
}

void app_tick(struct app *app)
{
    int64_t now = clock_monotonic_ms(), changes = app_changes(app);
    int idle_s = config_int(app->ctx.config, "idle_lock_s");
    struct place *top;
    bool sealed;

    touch_session(app);
    top = app_top(app);         /* another one when the session has ended */
    sealed = top && top->screen->is_sealed;
    if (sealed) {
        app->changes = changes;
    } else if (changes != app->changes && !app->locked && !app->prompt && !app->quiet) {
        app->changes = changes;
        app_look_at_sync(app);
        app_person_changed(app);
        refresh_for_others(app);
    } else if (now - app->last_poll_ms >= POLL_MS) {
        app->last_poll_ms = now;
        app_look_at_sync(app);
    }
    if (top && top->screen->tick)
        top->screen->tick(app, top->state, now - app->last_key_ms);
    if (sealed)
        idle_s = 0;             /* it hides itself, sooner */
    if (!app->locked && app->ctx.session.staff.id[0] && idle_s > 0 && now - app->last_key_ms > idle_s * 1000LL)
        app_act(app, ACTION_LOCK, NULL);
    if (now - app->last_key_ms > CHECKPOINT_MS)
        store_checkpoint(app->ctx.st, false);
}
