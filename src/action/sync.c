/* Asking the agent. */
#include "action/handler.h"

#include <stdlib.h>

#include "action/arg.h"
#include "action/server.h"
#include "base/i18n.h"
#include "desk/safety.h"
#include "store/audit.h"
#include "store/outbox.h"
#include "store/standing.h"
#include "store/store.h"
#include "store/sync_state.h"

enum rc act_sync(struct context *ctx, const struct grant *grant, const struct args *args,
                 struct doc **result, struct err *err)
{
    (void)args;
    return server_ask(ctx, grant, "sync", NULL, result, err);
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

enum rc act_may_let_go(struct context *ctx, const struct grant *grant, const struct doc *doc, struct err *err)
{
    struct session who = ctx->session;      /* borrowed, with this process's origin */
    struct grant ignored;

    if (!doc || !safety_protects(doc))
        return RC_OK;
    who.origin = ctx->origin;
    if (authz(ctx->st, &who, PERM_DROP_SAFETY, grant->action, grant->category, grant->patient, &ignored, NULL) == RC_OK)
        return RC_OK;
    return err_set(err, RC_DENIED, _("%s/%s protects the patient: a clinician or the administrator decides that it goes."),
                   doc_type(doc), doc_id(doc));
}

static enum rc may_drop(struct context *ctx, const struct grant *grant, const struct outbox_row *row, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = store_get(ctx->st, row->type, row->id, &doc, err);

    if (rc == RC_OK)
        rc = act_may_let_go(ctx, grant, doc, err);
    doc_free(doc);
    return rc;
}

enum rc act_sync_drop(struct context *ctx, const struct grant *grant, const struct args *args,
                      struct doc **result, struct err *err)
{
    long long seq = strtoll(args_get(args, "seq"), NULL, 10);
    struct outbox_row row = { 0 };
    enum rc rc = outbox_get(ctx->st, seq, &row, err);

    if (rc == RC_OK)
        rc = may_drop(ctx, grant, &row, err);
    if (rc == RC_OK && (rc = store_begin(ctx->st, err)) == RC_OK) {
        audit_act(ctx->st, grant);
        if ((rc = standing_abandon(ctx->st, grant, seq, err)) == RC_OK)
            audit_detail(ctx->st, "outbox=%lld reason=%s", seq, args_get(args, "reason"));
        rc = store_end(ctx->st, rc, err);
    }
    if (rc == RC_OK)
        *result = result_made(row.type, row.id);
    outbox_row_done(&row);
    return rc;
}
