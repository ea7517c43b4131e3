/* Asking the agent. */
#include "action/handler.h"

#include <stdlib.h>

#include "action/arg.h"
#include "base/i18n.h"
#include "store/audit.h"
#include "store/outbox.h"
#include "store/store.h"
#include "store/sync_state.h"

/* The request and its audit row: both or neither. */
static enum rc request(struct context *ctx, const struct grant *grant, const char *kind, int64_t *number, struct err *err)
{
    enum rc rc = store_begin(ctx->st, err);

    if (rc != RC_OK)
        return rc;
    audit_act(ctx->st, grant);
    rc = request_add(ctx->st, kind, grant->patient[0] ? grant->patient : NULL, grant->staff, number, err);
    return store_end(ctx->st, rc, err);
}

static enum rc ask(struct context *ctx, const struct grant *grant, const char *kind, struct doc **result, struct err *err)
{
    struct sync_status status;
    int64_t number = 0;
    enum rc rc = sync_status_get(ctx->st, &status, err);

    if (rc == RC_OK && !status.configured && !config_text(ctx->config, "server.url")[0])
        rc = err_set(err, RC_INVALID, _("no server is configured: this machine only"));
    if (rc == RC_OK)
        rc = request(ctx, grant, kind, &number, err);
    if (rc == RC_OK) {
        *result = doc_new(NULL);
        node_set_int(*result, doc_root(*result), "request", number);
    }
    return rc;
}

enum rc act_sync(struct context *ctx, const struct grant *grant, const struct args *args,
                 struct doc **result, struct err *err)
{
    (void)args;
    return ask(ctx, grant, "sync", result, err);
}

enum rc act_record_fetch(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    (void)args;
    return ask(ctx, grant, "record", result, err);
}

enum rc act_sync_retry(struct context *ctx, const struct grant *grant, const struct args *args,
                       struct doc **result, struct err *err)
{
    long long seq = strtoll(args_get(args, "seq"), NULL, 10);
    enum rc rc = store_begin(ctx->st, err);

    (void)result;
    if (rc != RC_OK)
        return rc;
    audit_act(ctx->st, grant);
    if ((rc = outbox_retry(ctx->st, seq, err)) == RC_OK)
        audit_detail(ctx->st, "outbox=%lld", seq);
    return store_end(ctx->st, rc, err);
}
