#include "store/sync_state.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/internal.h"
#include "store/outbox.h"
#include "store/query.h"

static const char sql_status[] =
    "SELECT last_ok, last_try, problem, holder <> '' AND lease_until > ?1, EXISTS (SELECT 1 FROM server),"
    "  holder, lease_until, outcome, (SELECT count(*) FROM outbox WHERE state IN (1, 2) AND state <> 0),"
    "  (SELECT count(*) FROM attachment WHERE state = 1), (SELECT count(*) FROM attachment WHERE state = 2)"
    " FROM sync_status";
static const char sql_ok[] = "UPDATE sync_status SET last_ok = ?1, last_try = ?1, problem = '', outcome = ?2";
static const char sql_failed[] = "UPDATE sync_status SET last_try = ?1, outcome = ?2, problem = ?3";
static const char sql_positions[] = "SELECT scope, type, watermark, page FROM pull ORDER BY scope, type";
static const char sql_caps[] = "SELECT caps FROM server WHERE url = ?1";
static const char sql_set_caps[] =
    "INSERT INTO server(url, probed, caps) VALUES (?1, ?2, ?3)"
    " ON CONFLICT(url) DO UPDATE SET probed = excluded.probed, caps = excluded.caps";
static const char sql_watermark[] = "SELECT watermark FROM pull WHERE scope = ?1 AND type = ?2";
static const char sql_page[] = "SELECT page FROM pull WHERE scope = ?1 AND type = ?2";
static const char sql_set_pull[] =
    "INSERT INTO pull(scope, type, watermark, page) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT(scope, type) DO UPDATE SET watermark = excluded.watermark, page = excluded.page";
static const char sql_next[] =
    "SELECT type FROM pull WHERE scope = ?1 AND substr(type, 1, length(?2)) = ?2 ORDER BY type LIMIT 1 OFFSET ?3";
static const char sql_forget[] = "DELETE FROM pull WHERE scope = ?1 AND type = ?2";
static const char sql_witness[] = "SELECT witness FROM pull WHERE scope = ?1 AND type = ?2";
static const char sql_set_witness[] = "UPDATE pull SET witness = ?3 WHERE scope = ?1 AND type = ?2";
static const char sql_lease[] =
    "UPDATE sync_status SET holder = ?1, lease_until = ?2 WHERE holder IN ('', ?1) OR lease_until <= ?3";
static const char sql_drop_lease[] = "UPDATE sync_status SET holder = '', lease_until = 0 WHERE holder = ?1";

enum rc sync_status_get(struct store *st, struct sync_status *out, struct err *err)
{
    struct query *q = query_open(st, sql_status);
    struct outbox_counts counts;
    enum rc rc;

    *out = (struct sync_status){0};
    query_bind_int(q, 1, clock_now_ms());
    if (query_next(q)) {
        out->last_ok_ms = query_int(q, 0);
        out->last_try_ms = query_int(q, 1);
        snprintf(out->problem, sizeof out->problem, "%s", query_text(q, 2));
        out->running = query_int(q, 3) != 0;
        out->configured = query_int(q, 4) != 0;
        snprintf(out->holder, sizeof out->holder, "%s", query_text(q, 5));
        out->lease_until_ms = query_int(q, 6);
        out->outcome = pass_outcome_of(query_text(q, 7));
        out->in_doubt = query_int(q, 8);
        out->files = query_int(q, 9);
        out->files_refused = query_int(q, 10);
    }
    if ((rc = query_end(q, err)) != RC_OK || (rc = outbox_count(st, &counts, err)) != RC_OK)
        return rc;
    out->unsent = counts.unsent;
    out->refused = counts.refused;
    out->conflicts = counts.conflict;
    out->blocked = counts.blocked;
    out->oldest_ms = counts.oldest_ms;
    return RC_OK;
}

enum rc sync_status_set(struct store *st, enum pass_outcome outcome, const char *problem, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if (outcome == PASS_DONE)
        rc = query_run(st, err, sql_ok, "it", clock_now_ms(), pass_outcome_name(outcome));
    else
        rc = query_run(st, err, sql_failed, "itt", clock_now_ms(), pass_outcome_name(outcome), problem ? problem : "");
    store_changed(st, CHANGE_OUTBOX);   /* the status line watches this one */
    return store_end(st, rc, err);
}

/* The one text a question gives; NULL when it gives no row. Owned. */
static char *ask(struct store *st, const char *sql, const char *first, const char *second)
{
    struct query *q = query_open(st, sql);
    char *text = NULL;

    query_bind(q, 1, first);
    if (second)
        query_bind(q, 2, second);
    if (query_next(q))
        text = mem_dup(query_text(q, 0));
    query_end(q, NULL);
    return text;
}

char *server_caps(struct store *st, const char *url)
{
    return ask(st, sql_caps, url, NULL);
}

enum rc server_set_caps(struct store *st, const char *url, const char *json, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return store_end(st, query_run(st, err, sql_set_caps, "ttt", url, st->tx.now, json), err);
}

static char *or_empty(char *text)
{
    return text ? text : mem_dup("");
}

char *pull_watermark(struct store *st, const char *scope, const char *type)
{
    return or_empty(ask(st, sql_watermark, scope, type));
}

char *pull_page_position(struct store *st, const char *scope, const char *type)
{
    return or_empty(ask(st, sql_page, scope, type));
}

enum rc pull_positions(struct store *st, struct pull_position **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_positions);
    size_t cap = 0;

    *out = NULL;
    *n = 0;
    while (query_next(q)) {
        struct pull_position *p;

        MEM_ROOM(*out, *n, cap);
        p = &(*out)[(*n)++];
        snprintf(p->scope, sizeof p->scope, "%s", query_text(q, 0));
        snprintf(p->type, sizeof p->type, "%s", query_text(q, 1));
        snprintf(p->watermark, sizeof p->watermark, "%s", query_text(q, 2));
        snprintf(p->page, sizeof p->page, "%s", query_text(q, 3));
    }
    return query_end(q, err);
}

enum rc pull_set_watermark(struct store *st, const char *scope, const char *type,
                           const char *watermark, const char *page_position, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = query_run(st, err, sql_set_pull, "tttt", scope, type, watermark ? watermark : "", page_position ? page_position : "");
    return store_end(st, rc, err);
}

char *pull_next(struct store *st, const char *scope, const char *prefix, size_t n)
{
    struct query *q = query_open(st, sql_next);
    char *type = NULL;

    query_bind(q, 1, scope);
    query_bind(q, 2, prefix);
    query_bind_int(q, 3, (int64_t)n);
    if (query_next(q))
        type = mem_dup(query_text(q, 0));
    query_end(q, NULL);
    return type;
}

enum rc pull_forget(struct store *st, const char *scope, const char *type, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return store_end(st, query_run(st, err, sql_forget, "tt", scope, type), err);
}

char *pull_witness(struct store *st, const char *scope, const char *type)
{
    return or_empty(ask(st, sql_witness, scope, type));
}

enum rc pull_set_witness(struct store *st, const char *scope, const char *type, const char *id, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return store_end(st, query_run(st, err, sql_set_witness, "ttt", scope, type, id), err);
}

bool lease_take(struct store *st, const char *holder, int64_t until_ms)
{
    enum rc rc = store_begin(st, NULL);

    if (rc != RC_OK)
        return false;
    rc = query_run(st, NULL, sql_lease, "tii", holder, until_ms, clock_now_ms());
    if (rc == RC_OK && store_rows_changed(st) == 0)
        rc = RC_BUSY;
    return store_end(st, rc, NULL) == RC_OK;
}

void lease_drop(struct store *st, const char *holder)
{
    if (store_begin(st, NULL) == RC_OK)
        store_end(st, query_run(st, NULL, sql_drop_lease, "t", holder), NULL);
}
