/* Documents as they are stored. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/bind.h"
#include "action/file.h"
#include "base/i18n.h"
#include "store/audit.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_history[] =
    "SELECT h.rev, h.updated, h.act, h.deleted, a.staff, a.action, 0, a.detail FROM history h"
    " JOIN resource r ON r.key = h.key LEFT JOIN audit a ON a.seq = h.act WHERE r.type = ?1 AND r.id = ?2"
    " UNION ALL"
    " SELECT r.rev, r.updated, r.act, r.deleted, a.staff, a.action, 1, a.detail FROM resource r"
    " LEFT JOIN audit a ON a.seq = r.act WHERE r.type = ?1 AND r.id = ?2 ORDER BY 1 DESC";

enum rc act_resource_get(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    char type[BIND_TYPE], id[BIND_PATIENT];
    int rev = arg_int(args, "rev", 0);
    struct doc *doc = NULL;
    enum rc rc;

    if (!bind_split(args_get(args, "resource"), type, id))
        return err_set(err, RC_INVALID, _("resource: Type/ID"));
    rc = rev ? store_get_rev(ctx->st, type, id, rev, &doc, err) : store_get(ctx->st, type, id, &doc, err);
    if (rc == RC_OK)
        rc = audit_view(ctx->st, grant, grant->patient, type, id, err);
    if (rc == RC_OK)
        *result = doc;
    else
        doc_free(doc);
    return rc;
}

/* Without --rev the document is based on whatever is there now; with it, on that revision or nothing. */
static enum rc base_on(struct context *ctx, const struct args *args, struct doc *doc, struct err *err)
{
    struct doc *now = NULL;
    enum rc rc;

    if (arg_text(args, "rev")) {
        doc_set_rev(doc, arg_int(args, "rev", 0));
        return RC_OK;
    }
    if (!doc_id(doc)[0])
        return RC_OK;
    rc = store_get(ctx->st, doc_type(doc), doc_id(doc), &now, err);
    if (rc == RC_OK)
        doc_set_rev(doc, doc_rev(now));
    doc_free(now);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc act_resource_put(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = file_document(args_get(args, "file"), &doc, err);

    if (rc == RC_OK && !doc_type(doc)[0])
        rc = err_set(err, RC_INVALID, _("%s holds no FHIR resource: resourceType is missing"), args_get(args, "file"));
    if (rc == RC_OK && (rc = store_begin(ctx->st, err)) == RC_OK) {
        if ((rc = base_on(ctx, args, doc, err)) == RC_OK)
            rc = store_put(ctx->st, grant, doc, err);
        rc = store_end(ctx->st, rc, err);
    }
    if (rc == RC_OK) {
        *result = result_made(doc_type(doc), doc_id(doc));
        node_set_int(*result, doc_root(*result), "rev", doc_rev(doc));
    }
    doc_free(doc);
    return rc;
}

enum rc act_resource_history(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    char type[BIND_TYPE], id[BIND_PATIENT];
    struct doc *list;
    struct query *q;
    enum rc rc;

    (void)grant;
    if (!bind_split(args_get(args, "resource"), type, id))
        return err_set(err, RC_INVALID, _("resource: Type/ID"));
    list = result_list();
    q = query_open(ctx->st, sql_history);
    query_bind(q, 1, type);
    query_bind(q, 2, id);
    while (query_next(q)) {
        struct node *row = result_row(list);

        node_set_int(list, row, "rev", query_int(q, 0));
        node_set_str(list, row, "updated", query_text(q, 1));
        node_set_int(list, row, "act", query_int(q, 2));
        node_set_str(list, row, "by", query_text(q, 4));
        node_set_str(list, row, "action", query_text(q, 5));
        node_set_str(list, row, "detail", query_text(q, 7));
        if (query_int(q, 3))
            node_set_bool(list, row, "deleted", true);
        if (query_int(q, 6))
            node_set_bool(list, row, "current", true);
    }
    if ((rc = query_end(q, err)) == RC_OK)
        *result = list;
    else
        doc_free(list);
    return rc;
}
