/* Bringing data in, and what could not be kept. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/import.h"
#include "store/audit.h"
#include "store/quarantine.h"
#include "store/store.h"

static bool tell_progress(void *data, const char *file, int64_t bytes, int64_t total)
{
    struct context *ctx = data;

    return !ctx->progress || ctx->progress(ctx->progress_ctx, file, bytes, total);
}

static struct import_options options_of(struct context *ctx, const struct args *args)
{
    return (struct import_options){
        .update = args_flag(args, "update"), .no_push = args_flag(args, "no-push"),
        .progress = tell_progress, .ctx = ctx,
    };
}

/* What a batch did; also on a stop half-way, when what was done stays. */
enum rc act_import(struct context *ctx, const struct grant *grant, const struct args *args,
                   struct doc **result, struct err *err)
{
    struct import_options options = options_of(ctx, args);
    struct import_counts counts = { 0, 0, 0 };
    const char **paths;
    size_t n = 0;
    enum rc rc;

    while (args_nth(args, "path", n))
        n++;
    paths = mem_array(n, sizeof *paths);
    for (size_t i = 0; i < n; i++)
        paths[i] = args_nth(args, "path", i);
    rc = import_paths(ctx->st, grant, paths, (int)n, &options, &counts, err);
    free(paths);
    *result = doc_new(NULL);
    node_set_int(*result, doc_root(*result), "imported", counts.imported);
    node_set_int(*result, doc_root(*result), "unchanged", counts.unchanged);
    node_set_int(*result, doc_root(*result), "quarantined", counts.quarantined);
    return rc;
}

static void quarantined_members(struct doc *doc, struct node *row, const struct quarantined *q)
{
    node_set_int(doc, row, "id", q->id);
    node_set_str(doc, row, "file", q->source);
    node_set_int(doc, row, "line", q->line);
    node_set_str(doc, row, "type", q->type);
    node_set_str(doc, row, "resourceId", q->resource_id);
    node_set_str(doc, row, "reason", q->reason);
    node_set_str(doc, row, "at", q->at);
}

enum rc act_quarantine_list(struct context *ctx, const struct grant *grant, const struct args *args,
                            struct doc **result, struct err *err)
{
    struct quarantined *rows = NULL;
    size_t n = 0;
    enum rc rc = quarantine_list(ctx->st, &rows, &n, err);

    (void)grant;
    (void)args;
    if (rc == RC_OK)
        *result = result_list();
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_OK)
            quarantined_members(*result, result_row(*result), &rows[i]);
        quarantined_done(&rows[i]);
    }
    free(rows);
    return rc;
}

/* The bytes as text where they are text; what is not UTF-8 is shown as the sanitiser shows it. */
enum rc act_quarantine_show(struct context *ctx, const struct grant *grant, const struct args *args,
                            struct doc **result, struct err *err)
{
    struct quarantined row = { 0 };
    enum rc rc = quarantine_get(ctx->st, strtoll(args_get(args, "id"), NULL, 10), &row, err);

    (void)grant;
    if (rc == RC_OK) {
        char *body = mem_dup_n(row.body ? row.body : "", row.body_len);

        if (!utf8_valid(body, strlen(body))) {
            char *shown = utf8_cleaned(body);

            free(body);
            body = shown;
        }
        *result = doc_new(NULL);
        quarantined_members(*result, doc_root(*result), &row);
        node_set_int(*result, doc_root(*result), "bytes", (int64_t)row.body_len);
        node_set_str(*result, doc_root(*result), "body", body);
        free(body);
    }
    quarantined_done(&row);
    return rc;
}

/* One more try for one row; what is wrong with the row is an answer, not a failure of the batch. */
static enum rc retry_one(struct context *ctx, const struct grant *grant, const struct import_options *options,
                         int64_t id, struct doc *result, struct node *failed, int64_t *imported, struct err *err)
{
    struct err why = { RC_OK, "" };
    enum rc rc = import_retry(ctx->st, grant, id, options, &why);
    struct node *row;

    if (rc == RC_OK) {
        ++*imported;
        return RC_OK;
    }
    if (rc == RC_DB || rc == RC_IO || rc == RC_BUSY)
        return err_set(err, rc, "%s", err_text(&why));
    row = node_add_object(result, failed);
    node_set_int(result, row, "id", id);
    node_set_str(result, row, "reason", err_text(&why));
    return RC_OK;
}

static int64_t *retry_ids(struct context *ctx, const struct args *args, size_t *n, enum rc *rc, struct err *err)
{
    struct quarantined *rows = NULL;
    int64_t *ids;

    for (*n = 0; args_nth(args, "id", *n); ++*n)
        ;
    ids = mem_array(*n + 1, sizeof *ids);
    for (size_t i = 0; i < *n; i++)
        ids[i] = strtoll(args_nth(args, "id", i), NULL, 10);
    if (*n)
        return ids;
    *rc = quarantine_list(ctx->st, &rows, n, err);
    ids = mem_grow(ids, *n + 1, sizeof *ids);
    for (size_t i = 0; i < *n; i++) {
        ids[i] = rows[i].id;
        quarantined_done(&rows[i]);
    }
    free(rows);
    return ids;
}

enum rc act_quarantine_retry(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    struct import_options options = options_of(ctx, args);
    struct doc *doc = doc_new(NULL);
    struct node *failed;
    int64_t imported = 0, *ids;
    size_t n;
    enum rc rc = RC_OK;

    node_set_int(doc, doc_root(doc), "imported", 0);
    failed = node_set_array(doc, doc_root(doc), "failed");
    ids = retry_ids(ctx, args, &n, &rc, err);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = retry_one(ctx, grant, &options, ids[i], doc, failed, &imported, err);
    free(ids);
    node_set_int(doc, doc_root(doc), "imported", imported);
    if (rc == RC_OK && node_count(failed) > 0)
        rc = err_set(err, RC_INVALID, ngettext("%zu entry stays in quarantine", "%zu entries stay in quarantine", node_count(failed)),
                     node_count(failed));
    *result = doc;
    return rc;
}
