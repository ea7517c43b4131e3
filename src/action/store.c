/* Looking after the data: backup, reindex, doctor. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/backup.h"
#include "store/outbox.h"
#include "store/query.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/sync_state.h"

static const char sql_types[] = "SELECT type, count(*) FROM resource WHERE deleted = 0 GROUP BY type ORDER BY type";
static const char sql_counts[] =
    "SELECT (SELECT count(*) FROM quarantine WHERE closed IS NULL), (SELECT count(*) FROM conflict WHERE decided IS NULL),"
    " (SELECT count(*) FROM draft WHERE state = 'open'), (SELECT count(*) FROM audit),"
    " (SELECT count(*) FROM resource WHERE deleted = 1), (SELECT count(*) FROM staff WHERE disabled IS NULL)";
static const char *const count_names[] = { "quarantined", "conflicts", "drafts", "auditRows", "deleted", "staff" };

enum rc act_backup(struct context *ctx, const struct grant *grant, const struct args *args,
                   struct doc **result, struct err *err)
{
    const char *path = arg_text(args, "file"), *dir = config_text(ctx->config, "backup.dir");
    char *made = NULL, *there = NULL, now[CLOCK_TEXT];
    enum rc rc;

    if (!path && dir[0]) {      /* a place of the clinic's own, named by the moment */
        clock_sort_key((clock_instant(clock_now_ms(), now), now), now);
        for (char *c = now; *c; c++)
            if (*c == ' ')
                *c = '-';
        there = mem_printf("%s/frontdesk-%.10s-%.2s%.2s%.2s.db", dir, now, now + 11, now + 14, now + 17);
    }
    rc = backup_make(ctx->st, grant, path ? path : there ? there : "", &made, err);
    if (rc == RC_OK) {
        *result = doc_new(NULL);
        node_set_str(*result, doc_root(*result), "path", made);
    }
    free(made);
    free(there);
    return rc;
}

static bool tell_progress(void *data, int64_t done, int64_t total)
{
    struct context *ctx = data;

    return !ctx->progress || ctx->progress(ctx->progress_ctx, "reindex", done, total);
}

enum rc act_reindex(struct context *ctx, const struct grant *grant, const struct args *args,
                    struct doc **result, struct err *err)
{
    (void)grant;
    (void)args;
    (void)result;
    return store_reindex(ctx->st, tell_progress, ctx, err);
}

static enum rc count_types(struct store *st, struct doc *doc, struct err *err)
{
    struct node *resources = node_set_object(doc, doc_root(doc), "resources");
    struct query *q = query_open(st, sql_types);
    int64_t total = 0;

    while (query_next(q)) {
        node_set_int(doc, resources, query_text(q, 0), query_int(q, 1));
        total += query_int(q, 1);
    }
    node_set_int(doc, doc_root(doc), "total", total);
    return query_end(q, err);
}

static enum rc count_rest(struct store *st, struct doc *doc, struct err *err)
{
    struct outbox_counts outbox = { 0 };
    struct query *q = query_open(st, sql_counts);
    enum rc rc;

    if (query_next(q))
        for (size_t i = 0; i < sizeof count_names / sizeof *count_names; i++)
            node_set_int(doc, doc_root(doc), count_names[i], query_int(q, (int)i));
    if ((rc = query_end(q, err)) != RC_OK || (rc = outbox_count(st, &outbox, err)) != RC_OK)
        return rc;
    node_set_int(doc, doc_root(doc), "unsent", outbox.unsent);
    node_set_int(doc, doc_root(doc), "refused", outbox.refused);
    node_set_int(doc, doc_root(doc), "blocked", outbox.blocked);
    return RC_OK;
}

/* Damage is an answer too: what can be counted is counted before SQLite's own check says its word. */
enum rc act_doctor(struct context *ctx, const struct grant *grant, const struct args *args,
                   struct doc **result, struct err *err)
{
    struct doc *doc = doc_new(NULL);
    struct node *root = doc_root(doc);
    enum rc rc = count_types(ctx->st, doc, err), check;

    (void)grant;
    if (rc == RC_OK)
        rc = count_rest(ctx->st, doc, err);
    check = store_check(ctx->st, args_flag(args, "full"), rc == RC_OK ? err : NULL);
    node_set_str(doc, root, "integrity", check == RC_OK ? "ok" : err_text(err));
    node_set_bool(doc, root, "wholeCheck", args_flag(args, "full"));
    node_set_str(doc, root, "directory", store_dir(ctx->st));
    node_set_str(doc, root, "database", store_meta(ctx->st, "database_id"));
    node_set_int(doc, root, "schema", schema_version);
    node_set_bool(doc, root, "closedCleanly", !store_was_unclean(ctx->st));
    node_set_bool(doc, root, "demo", store_meta(ctx->st, "demo")[0] != '\0');
    node_set_str(doc, root, "timeZone", clock_zone());
    *result = doc;
    return rc == RC_OK ? check : rc;
}
