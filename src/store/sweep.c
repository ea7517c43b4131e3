#include "store/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"

#define COUNTS "seen, missing, stale, deleted, left, lost, findings"
static const char sql_last[] =
    "SELECT '', s.started, s.finished, '', total(t.seen), total(t.missing), total(t.stale), total(t.deleted),"
    "  total(t.left), total(t.lost), total(t.findings)"
    " FROM sweep s LEFT JOIN sweep t ON t.type <> '' WHERE s.type = '' GROUP BY s.type";
static const char sql_list[] =
    "SELECT type, started, finished, position, " COUNTS " FROM sweep WHERE type <> '' ORDER BY type";
static const char sql_get[] = "SELECT type, started, finished, position, " COUNTS " FROM sweep WHERE type = ?1";
static const char sql_forget[] = "DELETE FROM sweep";
static const char sql_forget_seen[] = "DELETE FROM sweep_seen";
static const char sql_begin[] = "INSERT INTO sweep(type, started) VALUES ('', ?1)";
static const char sql_finish[] = "UPDATE sweep SET finished = ?1 WHERE type = ''";
static const char sql_start[] = "INSERT INTO sweep(type, started) VALUES (?1, ?2) ON CONFLICT(type) DO NOTHING";
static const char sql_set[] =
    "UPDATE sweep SET position = coalesce(?2, position), finished = ?3, seen = seen + ?4, missing = missing + ?5, stale = stale + ?6,"
    " deleted = deleted + ?7, left = left + ?8, lost = lost + ?9, findings = findings + ?10 WHERE type = ?1";
static const char sql_note[] = "INSERT INTO sweep_seen(key) VALUES (?1) ON CONFLICT(key) DO NOTHING";
static const char sql_unlisted[] =
    "SELECT key, id FROM resource r WHERE type = ?1 AND deleted = 0 AND base_version IS NOT NULL AND key > ?2"
    " AND NOT EXISTS (SELECT 1 FROM sweep_seen s WHERE s.key = r.key) ORDER BY key LIMIT ?3";

static const char asked[] = "sweep_asked";    /* in store_meta */

static void take_row(struct query *q, struct sweep *out)
{
    int64_t *const counts[] = { &out->counts.seen, &out->counts.missing, &out->counts.stale, &out->counts.deleted,
                                &out->counts.left, &out->counts.lost, &out->counts.findings };

    snprintf(out->type, sizeof out->type, "%s", query_text(q, 0));
    snprintf(out->started, sizeof out->started, "%s", query_text(q, 1));
    snprintf(out->finished, sizeof out->finished, "%s", query_text(q, 2));
    snprintf(out->position, sizeof out->position, "%s", query_text(q, 3));
    for (int i = 0; i < (int)(sizeof counts / sizeof *counts); i++)
        *counts[i] = query_int(q, 4 + i);
}

enum rc sweep_last(struct store *st, struct sweep *out, struct err *err)
{
    struct query *q = query_open(st, sql_last);

    *out = (struct sweep){ 0 };
    if (query_next(q))
        take_row(q, out);
    return query_end(q, err);
}

enum rc sweep_list(struct store *st, struct sweep **out, size_t *n, struct err *err)
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
        free(*out);
        *out = NULL;
        *n = 0;
    }
    return rc;
}

enum rc sweep_get(struct store *st, const char *type, struct sweep *out, struct err *err)
{
    struct query *q = query_open(st, sql_get);

    *out = (struct sweep){ 0 };
    query_bind(q, 1, type);
    if (query_next(q))
        take_row(q, out);
    return query_end(q, err);
}

enum rc sweep_begin(struct store *st, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = query_run(st, err, sql_forget, "")) == RC_OK && (rc = query_run(st, err, sql_forget_seen, "")) == RC_OK)
        rc = query_run(st, err, sql_begin, "t", st->tx.now);
    return store_end(st, rc, err);
}

enum rc sweep_finish(struct store *st, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = query_run(st, err, sql_finish, "t", st->tx.now)) == RC_OK &&
        (rc = query_run(st, err, sql_forget_seen, "")) == RC_OK)
        rc = store_set_meta(st, asked, "", err);
    store_changed(st, CHANGE_OUTBOX);   /* the status line watches this one */
    return store_end(st, rc, err);
}

enum rc sweep_set(struct store *st, const char *type, const char *position, bool is_finished,
                  const struct sweep_counts *c, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = query_run(st, err, sql_start, "tt", type, st->tx.now)) == RC_OK)
        rc = query_run(st, err, sql_set, "tttiiiiiii", type, position, is_finished ? st->tx.now : "", c->seen,
                       c->missing, c->stale, c->deleted, c->left, c->lost, c->findings);
    return store_end(st, rc, err);
}

enum rc sweep_note(struct store *st, int64_t key, struct err *err)
{
    return query_run(st, err, sql_note, "i", key);
}

enum rc sweep_unlisted(struct store *st, const char *type, int64_t after, size_t most, struct unlisted **out,
                       size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_unlisted);
    enum rc rc;

    *out = mem_array(most, sizeof **out);
    *n = 0;
    query_bind(q, 1, type);
    query_bind_int(q, 2, after);
    query_bind_int(q, 3, (int64_t)most);
    while (query_next(q) && *n < most) {
        struct unlisted *row = &(*out)[(*n)++];

        row->key = query_int(q, 0);
        snprintf(row->id, sizeof row->id, "%s", query_text(q, 1));
    }
    if ((rc = query_end(q, err)) != RC_OK) {
        free(*out);
        *out = NULL;
        *n = 0;
    }
    return rc;
}

const char *sweep_asked(struct store *st)
{
    return store_meta(st, asked);
}

enum rc sweep_ask(struct store *st, const char *why, struct err *err)
{
    if (strcmp(sweep_asked(st), why) == 0 || strcmp(sweep_asked(st), "restored") == 0)
        return RC_OK;
    return store_set_meta(st, asked, why, err);
}
