#include "store/standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"

static const char sql_get[] =
    "SELECT r.key, r.rev, r.deleted, r.base_body IS NOT NULL OR r.base_version IS NULL, r.body,"
    "  CASE WHEN r.base_version IS NULL THEN NULL ELSE nullif(coalesce(r.base_body, r.body), '') END,"
    "  r.base_version, r.base_updated, o.seq, o.state"
    " FROM resource r LEFT JOIN outbox o ON o.key = r.key AND o.state NOT IN (1, 2)"
    " WHERE r.type = ?1 AND r.id = ?2";
static const char sql_peek[] =
    "SELECT key, deleted, base_body IS NOT NULL OR base_version IS NULL, base_version, base_updated"
    " FROM resource WHERE type = ?1 AND id = ?2";
static const char sql_frozen[] = "SELECT seq, state FROM outbox WHERE key = ?1 AND state IN (1, 2)";
static const char sql_conflict[] = "SELECT id FROM conflict WHERE key = ?1 AND decided IS NULL";
static const char sql_create[] =
    "SELECT coalesce((SELECT seq FROM outbox WHERE key = r.key AND state IN (1, 2)),"
    "  (SELECT seq FROM outbox WHERE key = r.key AND state NOT IN (1, 2)))"
    " FROM resource r WHERE r.type = ?1 AND r.id = ?2 AND r.base_version IS NULL";

void standing_done(struct standing *standing)
{
    free(standing->body);
    free(standing->base_body);
    *standing = (struct standing){0};
}

static void take_row(struct query *q, struct standing *out)
{
    out->key = query_int(q, 0);
    out->rev = query_int(q, 1);
    out->is_deleted = query_int(q, 2) != 0;
    out->is_dirty = query_int(q, 3) != 0;
    out->body = mem_dup(query_text(q, 4));
    out->base_body = query_is_null(q, 5) ? NULL : mem_dup(query_text(q, 5));
    snprintf(out->version, sizeof out->version, "%s", query_text(q, 6));
    snprintf(out->updated, sizeof out->updated, "%s", query_text(q, 7));
    if (query_is_null(q, 8))
        return;
    if (query_int(q, 9) == OUTBOX_QUEUED) {
        out->queued_seq = query_int(q, 8);
    } else {
        out->frozen_seq = query_int(q, 8);
        out->frozen_state = (enum outbox_state)query_int(q, 9);
    }
}

enum rc standing_get(struct store *st, const char *type, const char *id, struct standing *out,
                     struct err *err)
{
    struct query *q = query_open(st, sql_get);
    enum rc rc;

    *out = (struct standing){0};
    query_bind(q, 1, type);
    query_bind(q, 2, id);
    if (query_next(q))
        take_row(q, out);
    if ((rc = query_end(q, err)) == RC_OK && out->key) {
        q = query_open(st, sql_frozen);
        query_bind_int(q, 1, out->key);
        if (query_next(q)) {
            out->frozen_seq = query_int(q, 0);
            out->frozen_state = (enum outbox_state)query_int(q, 1);
        }
        rc = query_end(q, err);
    }
    if (rc == RC_OK && out->key) {
        q = query_open(st, sql_conflict);
        query_bind_int(q, 1, out->key);
        out->conflict = query_next(q) ? query_int(q, 0) : 0;
        rc = query_end(q, err);
    }
    if (rc != RC_OK)
        standing_done(out);
    return rc;
}

enum rc standing_peek(struct store *st, const char *type, const char *id, struct standing_head *out, struct err *err)
{
    struct query *q = query_open(st, sql_peek);

    *out = (struct standing_head){ 0 };
    query_bind(q, 1, type);
    query_bind(q, 2, id);
    if (query_next(q)) {
        out->key = query_int(q, 0);
        out->is_deleted = query_int(q, 1) != 0;
        out->is_dirty = query_int(q, 2) != 0;
        snprintf(out->version, sizeof out->version, "%s", query_text(q, 3));
        snprintf(out->updated, sizeof out->updated, "%s", query_text(q, 4));
    }
    return query_end(q, err);
}

int64_t standing_create(struct store *st, const char *type, const char *id)
{
    struct query *q = query_open(st, sql_create);
    int64_t seq;

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    seq = query_next(q) ? query_int(q, 0) : 0;
    query_end(q, NULL);
    return seq;
}

enum rc resource_rebase(struct store *st, const struct grant *grant, const struct resource_row *row, struct doc *doc,
                        const struct doc *server, const char *version, const char *updated, struct err *err)
{
    struct base base = { .version = version, .updated = updated };
    bool differs = !server || !doc_equal_content(server, doc);
    char *text = NULL;
    enum rc rc = resource_admit(st, grant, row->is_deleted ? NULL : row->doc, doc, err);

    if (rc != RC_OK)
        return rc;
    if (!server)
        base.body = "";         /* never clean before the server has it again */
    else if (differs)
        base.body = text = doc_text(server, &base.body_len);
    rc = resource_revise(st, act_open(st, grant), row, doc, &base, err);
    free(text);
    if (rc == RC_OK)
        rc = outbox_drop(st, row->key, err);
    if (rc == RC_OK && differs)
        rc = outbox_add(st, row->key, false, err);
    if (rc == RC_OK && differs && conflict_is_open(st, row->key))
        rc = outbox_hold(st, row->key, err);
    return rc;
}

/* Both below: the row as it was compared, or RC_STALE. */
static enum rc same_row(struct store *st, const struct doc *doc, int64_t rev, struct resource_row *row, struct err *err)
{
    enum rc rc = resource_row_get(st, doc_type(doc), doc_id(doc), row, err);

    if (rc == RC_OK && row->rev != rev)
        rc = err_set(err, RC_STALE, _("%s/%s was changed by somebody else since it was read."), doc_type(doc), doc_id(doc));
    return rc;
}

static enum rc settle(struct store *st, const struct grant *grant, int64_t rev, struct doc *doc, const struct doc *server,
                      const char *version, const char *updated, struct err *err)
{
    struct resource_row row = {0};
    enum rc rc;

    if (!grant)
        return err_set(err, RC_DENIED, "no grant was given for this write");
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    act_open(st, grant);
    if ((rc = same_row(st, doc, rev, &row, err)) == RC_OK)
        rc = resource_rebase(st, grant, &row, doc, server, version, updated, err);
    resource_row_done(&row);
    return store_end(st, rc, err);
}

enum rc standing_rebase(struct store *st, const struct grant *grant, struct doc *merged,
                        const struct doc *remote, const char *version, const char *updated,
                        struct err *err)
{
    return settle(st, grant, doc_rev(merged), merged, remote, version, updated, err);
}

enum rc standing_adopt(struct store *st, const struct grant *grant, int64_t rev, struct doc *remote,
                       const char *version, const char *updated, struct err *err)
{
    return settle(st, grant, rev, remote, remote, version, updated, err);
}
