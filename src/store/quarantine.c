#include "store/quarantine.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"

static const char sql_add[] =
    "INSERT INTO quarantine(at, source, line, type, resource_id, reason, body, hash)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(source, line, hash) DO NOTHING";
static const char sql_list[] =
    "SELECT id, line, at, source, type, resource_id, reason FROM quarantine WHERE closed IS NULL ORDER BY id";
static const char sql_get[] =
    "SELECT id, line, at, source, type, resource_id, reason, body FROM quarantine WHERE id = ?1";
static const char sql_close[] = "UPDATE quarantine SET closed = ?2, how = ?3 WHERE id = ?1 AND closed IS NULL";

static const char sql_any[] = "SELECT 1 FROM quarantine WHERE closed IS NULL AND source = ?1 LIMIT 1";
static const char sql_this[] =
    "SELECT 1 FROM quarantine WHERE closed IS NULL AND type = ?2 AND resource_id = ?3 AND source = ?1";
static const char sql_settle[] =
    "UPDATE quarantine SET closed = ?4, how = ?5 WHERE closed IS NULL AND type = ?2 AND resource_id = ?3 AND source = ?1";

void quarantined_done(struct quarantined *row)
{
    free(row->at);
    free(row->source);
    free(row->type);
    free(row->resource_id);
    free(row->reason);
    free(row->body);
    *row = (struct quarantined){0};
}

enum rc quarantine_add(struct store *st, const char *source, int64_t line, const char *type,
                       const char *resource_id, const char *reason, const void *body, size_t len,
                       int *added, struct err *err)
{
    char hash[CRYPTO_HEX];
    struct query *q;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    crypto_sha256_hex(body, len, hash);
    q = query_open(st, sql_add);
    query_bind(q, 1, st->tx.now);
    query_bind(q, 2, source);
    query_bind_int(q, 3, line);
    query_bind(q, 4, type);
    query_bind(q, 5, resource_id);
    query_bind(q, 6, reason);
    query_bind_blob(q, 7, body, len);
    query_bind(q, 8, hash);
    query_next(q);
    rc = query_end(q, err);
    if (added)
        *added = rc == RC_OK && store_rows_changed(st) > 0;
    store_changed(st, CHANGE_QUARANTINE);
    return store_end(st, rc, err);
}

static void take_row(struct query *q, struct quarantined *row)
{
    *row = (struct quarantined){
        .id = query_int(q, 0), .line = query_int(q, 1), .at = mem_dup(query_text(q, 2)),
        .source = mem_dup(query_text(q, 3)), .type = mem_dup(query_text(q, 4)),
        .resource_id = mem_dup(query_text(q, 5)), .reason = mem_dup(query_text(q, 6)),
    };
}

enum rc quarantine_list(struct store *st, struct quarantined **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_list);
    size_t cap = 0;
    enum rc rc;

    *out = NULL;
    *n = 0;
    while (query_next(q)) {
        MEM_ROOM(*out, *n, cap);
        take_row(q, &(*out)[(*n)++]);
    }
    if ((rc = query_end(q, err)) != RC_OK) {
        while (*n > 0)
            quarantined_done(&(*out)[--*n]);
        free(*out);
        *out = NULL;
    }
    return rc;
}

enum rc quarantine_get(struct store *st, int64_t id, struct quarantined *out, struct err *err)
{
    struct query *q = query_open(st, sql_get);
    bool found;
    enum rc rc;

    *out = (struct quarantined){0};
    query_bind_int(q, 1, id);
    if ((found = query_next(q))) {
        take_row(q, out);
        out->body = mem_dup_n(query_text(q, 7), query_bytes(q, 7));
        out->body_len = query_bytes(q, 7);
    }
    rc = query_end(q, err);
    return rc == RC_OK && !found ? err_set(err, RC_NOT_FOUND, _("The quarantine has no row %lld."), (long long)id) : rc;
}

enum rc quarantine_close(struct store *st, int64_t id, const char *how, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = query_run(st, err, sql_close, "itt", id, st->tx.now, how);
    if (rc == RC_OK && store_rows_changed(st) == 0)
        rc = err_set(err, RC_NOT_FOUND, _("The quarantine has no open row %lld."), (long long)id);
    store_changed(st, CHANGE_QUARANTINE);
    return store_end(st, rc, err);
}

bool quarantine_has(struct store *st, const char *source, const char *type, const char *resource_id)
{
    struct query *q = query_open(st, type ? sql_this : sql_any);
    bool found;

    query_bind(q, 1, source);
    if (type) {
        query_bind(q, 2, type);
        query_bind(q, 3, resource_id);
    }
    found = query_next(q);
    return query_end(q, NULL) == RC_OK && found;
}

enum rc quarantine_settle(struct store *st, const char *source, const char *type, const char *resource_id,
                          const char *how, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = query_run(st, err, sql_settle, "ttttt", source, type, resource_id, st->tx.now, how);
    store_changed(st, CHANGE_QUARANTINE);
    return store_end(st, rc, err);
}
