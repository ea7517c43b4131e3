#include "action/context.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "desk/appointment.h"
#include "desk/closed.h"
#include "desk/patient.h"
#include "desk/safety.h"
#include "desk/task.h"
#include "store/store.h"

struct key_check { const char *path; struct buf *faults; struct err *err; enum rc rc; };

/* Only here are the names of actions known: base/config takes a key for any name. */
static void check_key(void *data, const char *name, const char *value, const char *help)
{
    struct key_check *check = data;
    enum action_id id = strncmp(name, "keys.", 5) == 0 ? action_by_setting(name + 5) : ACTION_OPEN;

    (void)value;
    (void)help;
    if (id != ACTION_NONE)
        return;
    if (check->rc == RC_OK)
        check->rc = err_set(check->err, RC_INVALID, _("%s: %s: there is no such action"), check->path, name);
    buf_printf(check->faults, _("%s: %s: there is no such action"), check->path, name);
    buf_char(check->faults, '\n');
}

enum rc context_config(struct context *ctx, const struct context_options *options, struct err *err)
{
    struct buf faults = { 0 }, clean = { 0 };
    enum rc rc = config_load(options->config_path, &ctx->config, &faults, err);

    if (rc == RC_OK) {
        struct key_check check = { config_path(ctx->config), &faults, err, RC_OK };

        config_each(ctx->config, check_key, &check);
        rc = check.rc;
    }
    if (faults.len > 0) {
        utf8_clean(&clean, buf_text(&faults), true);
        fputs(buf_text(&clean), stderr);
    }
    buf_done(&clean);
    buf_done(&faults);
    if (rc == RC_OK && options->data_dir)
        config_set_text(ctx->config, "data_dir", options->data_dir);
    return rc;
}

/* The clinic's zone is the configuration's; without one, that of the directory, which its lists were
 * computed in. */
static void set_zone(const struct context *ctx)
{
    const char *zone = config_text(ctx->config, "clinic.time_zone");

    clock_set_zone(zone[0] ? zone : store_meta(ctx->st, "zone"));
}

static enum rc set_now(const struct context *ctx, const struct context_options *options, struct err *err)
{
    if (!options->now)
        return RC_OK;
    if (!options->is_new && !store_meta(ctx->st, "demo")[0])
        return err_set(err, RC_INVALID, _("--now works only on data directories marked as demo"));
    if (!clock_set_now(options->now))
        return err_set(err, RC_INVALID, _("--now: a clinic-local time, as 2026-11-23T08:14"));
    return RC_OK;
}

enum rc context_open(struct context *ctx, const struct context_options *options, struct err *err)
{
    enum rc rc = context_config(ctx, options, err);

    if (rc == RC_OK)
        rc = store_open(config_text(ctx->config, "data_dir"), options->store_flags, &ctx->st, err);
    if (rc != RC_OK)
        return rc;
    set_zone(ctx);
    patient_guards();
    appointment_guards();
    task_guards();
    safety_guards();
    closed_guards();
    return set_now(ctx, options, err);
}

void context_close(struct context *ctx)
{
    session_done(&ctx->session);
    if (ctx->st)
        store_close(ctx->st);
    config_free(ctx->config);
    ctx->st = NULL;
    ctx->config = NULL;
}
