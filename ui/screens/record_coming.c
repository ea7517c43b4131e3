#include "ui/screens/record_coming.h"

#include <stdlib.h>

#include "action/server.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/process.h"
#include "store/asked_for.h"
#include "store/request.h"
#include "store/store.h"
#include "ui/app.h"

static const int64_t kept_ms = (int64_t)ASKED_FOR_DAYS * 24 * 60 * 60 * 1000, fresh_ms = 10 * 60 * 1000;

static int64_t mine(struct app *app, const char *patient)
{
    return request_of(app->ctx.st, "record", patient, app->ctx.session.staff.id);
}

/* Outside the scope, and some time ago. */
static bool is_old(struct app *app, const char *patient)
{
    int64_t until_ms = asked_for_until(app->ctx.st, patient);

    return until_ms > 0 && clock_now_ms() - (until_ms - kept_ms) > fresh_ms && server_is_set(&app->ctx);
}

int64_t record_coming(struct app *app, const char *patient)
{
    const struct arg arg = { "patient", patient };
    struct doc *result = NULL;
    int64_t number = mine(app, patient);

    if (number || !is_old(app, patient))
        return number;
    if (action_run(&app->ctx, ACTION_RECORD_FETCH, &(struct args){ &arg, 1 }, &result, NULL) == RC_OK)
        number = strtoll(node_str(doc_root(result), "request"), NULL, 10);
    doc_free(result);
    if (number && !app->sync.running)
        process_spawn_agent(store_dir(app->ctx.st), app->config_path);
    return number;
}

void record_coming_look(struct app *app, const char *patient, int64_t *coming)
{
    struct doc *result;
    struct err err = { RC_OK, "" };
    enum rc rc;

    if (!*coming)
        *coming = mine(app, patient);
    if (!*coming || (rc = server_answer(&app->ctx, *coming, &result, &err)) == RC_BUSY)
        return;
    *coming = 0;
    if (rc == RC_OK && node_bool(doc_root(result), "whole"))
        app_say(app, STYLE_GOOD, _("the whole record has come from the server: %s entries"), node_str(doc_root(result), "documents"));
    else if (rc == RC_OK)
        app_say(app, STYLE_LATE, _("parts of the record did not come: %s"), node_str(doc_root(result), "missing"));
    else if (rc != RC_NOT_FOUND)
        app_say(app, STYLE_ALERT, _("what is shown may be old or a part: %s"), err_text(&err));
    doc_free(result);
}
