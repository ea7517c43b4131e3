/* Asking the agent, and the truth about sync. */
#include "action/handler.h"

#include <stdlib.h>

#include "action/arg.h"
#include "base/clock.h"
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

static void instant_member(struct doc *doc, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT] = "";

    if (ms)
        clock_instant(ms, text);
    node_set_str(doc, doc_root(doc), name, text);
}

/* What the server will not take, in the order it was written. */
static enum rc refused_rows(struct store *st, struct doc *doc, struct err *err)
{
    struct node *list = node_set_array(doc, doc_root(doc), "refusals");
    struct outbox_row *rows = NULL;
    int n = 0;
    enum rc rc = outbox_list(st, OUTBOX_REFUSED, INT64_MAX, 100, &rows, &n, err);

    for (int i = 0; i < n; i++) {
        struct node *row = node_add_object(doc, list);

        node_set_int(doc, row, "seq", rows[i].seq);
        node_set_str(doc, row, "type", rows[i].type);
        node_set_str(doc, row, "id", rows[i].id);
        node_set_int(doc, row, "status", rows[i].last_status);
        node_set_str(doc, row, "reason", rows[i].last_error);
        outbox_row_done(&rows[i]);
    }
    free(rows);
    return rc;
}

enum rc act_sync_status(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    struct sync_status s;
    struct doc *doc;
    enum rc rc = sync_status_get(ctx->st, &s, err);

    (void)grant;
    (void)args;
    if (rc != RC_OK)
        return rc;
    doc = doc_new(NULL);
    node_set_bool(doc, doc_root(doc), "configured", s.configured || config_text(ctx->config, "server.url")[0]);
    node_set_bool(doc, doc_root(doc), "running", s.running);
    instant_member(doc, "lastDone", s.last_ok_ms);
    instant_member(doc, "lastTried", s.last_try_ms);
    node_set_str(doc, doc_root(doc), "problem", s.problem);
    node_set_int(doc, doc_root(doc), "unsent", s.unsent);
    node_set_int(doc, doc_root(doc), "refused", s.refused);
    node_set_int(doc, doc_root(doc), "conflicts", s.conflicts);
    instant_member(doc, "oldest", s.oldest_ms);
    if ((rc = refused_rows(ctx->st, doc, err)) == RC_OK)
        *result = doc;
    else
        doc_free(doc);
    return rc;
}
