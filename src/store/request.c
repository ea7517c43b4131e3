#include "store/request.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"

static const char sql_ask[] =
    "INSERT INTO request(kind, patient, criteria, asked_by, asked) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char sql_next[] =
    "SELECT number, kind, patient, asked_by, criteria FROM request WHERE taken IS NULL AND (?1 OR kind <> 'sync')"
    " ORDER BY number LIMIT 1";
static const char sql_take[] = "UPDATE request SET taken = ?2 WHERE number = ?1 AND taken IS NULL";
static const char sql_has_left[] = "SELECT 1 FROM request WHERE taken IS NOT NULL AND finished IS NULL LIMIT 1";
static const char sql_reopen[] = "UPDATE request SET taken = NULL WHERE finished IS NULL";
static const char sql_finish[] = "UPDATE request SET finished = ?2, result = ?3, criteria = NULL WHERE number = ?1";
static const char sql_has_old[] = "SELECT 1 FROM request WHERE finished < ?1 LIMIT 1";
static const char sql_prune[] = "DELETE FROM request WHERE finished < ?1";
static const char sql_result[] = "SELECT CASE WHEN finished IS NULL THEN '' ELSE result END FROM request WHERE number = ?1";
static const char sql_drop[] = "DELETE FROM request WHERE number = ?1";
static const char sql_of[] = "SELECT max(number) FROM request WHERE kind = ?1 AND patient = ?2 AND asked_by = ?3";
void request_done(struct request *request)
{
    free(request->criteria);
    *request = (struct request){ 0 };
}

enum rc request_ask(struct store *st, const char *kind, const char *patient, const char *criteria, const char *by,
                    int64_t *number, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = query_run(st, err, sql_ask, "ttttt", kind, patient, criteria, by, st->tx.now);
    *number = store_rowid(st);
    return store_end(st, rc, err);
}

enum rc request_add(struct store *st, const char *kind, const char *patient, const char *by,
                    int64_t *number, struct err *err)
{
    return request_ask(st, kind, patient, NULL, by, number, err);
}

static bool next(struct store *st, bool passes, struct request *out)
{
    struct query *q = query_open(st, sql_next);
    bool found;

    query_bind_int(q, 1, passes);
    if ((found = query_next(q))) {
        *out = (struct request){ .number = query_int(q, 0), .criteria = mem_dup(query_text(q, 4)) };
        snprintf(out->kind, sizeof out->kind, "%s", query_text(q, 1));
        snprintf(out->patient, sizeof out->patient, "%s", query_text(q, 2));
        snprintf(out->by, sizeof out->by, "%s", query_text(q, 3));
    }
    query_end(q, NULL);
    return found;
}

bool request_waits(struct store *st, bool passes)
{
    struct request one = { 0 };
    bool waits = next(st, passes, &one);

    request_done(&one);
    return waits;
}

bool request_take(struct store *st, bool passes, struct request *out)
{
    *out = (struct request){ 0 };
    /* Asked often while idle: looks before it takes the gate. */
    if (!request_waits(st, passes) || store_begin(st, NULL) != RC_OK)
        return false;
    bool found = next(st, passes, out) && query_run(st, NULL, sql_take, "it", out->number, st->tx.now) == RC_OK;
    if (store_end(st, found ? RC_OK : RC_NOT_FOUND, NULL) == RC_OK)
        return true;
    request_done(out);
    return false;
}

static bool has_row(struct store *st, const char *sql, const char *first)
{
    struct query *q = query_open(st, sql);
    bool found;

    if (first)
        query_bind(q, 1, first);
    found = query_next(q);
    query_end(q, NULL);
    return found;
}

void request_reopen(struct store *st)
{
    if (has_row(st, sql_has_left, NULL) && store_begin(st, NULL) == RC_OK)
        store_end(st, query_run(st, NULL, sql_reopen, ""), NULL);
}

enum rc request_finish(struct store *st, int64_t number, const char *result, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return store_end(st, query_run(st, err, sql_finish, "itt", number, st->tx.now, result ? result : ""), err);
}

void request_prune(struct store *st)
{
    char before[CLOCK_TEXT];

    clock_instant(clock_now_ms() - REQUEST_KEPT_MS, before);
    if (has_row(st, sql_has_old, before) && store_begin(st, NULL) == RC_OK)
        store_end(st, query_run(st, NULL, sql_prune, "t", before), NULL);
}

char *request_result(struct store *st, int64_t number)
{
    struct query *q = query_open(st, sql_result);
    char *text = NULL;

    query_bind_int(q, 1, number);
    if (query_next(q))
        text = mem_dup(query_text(q, 0));
    query_end(q, NULL);
    return text;
}

void request_drop(struct store *st, int64_t number)
{
    if (store_begin(st, NULL) == RC_OK)
        store_end(st, query_run(st, NULL, sql_drop, "i", number), NULL);
}

int64_t request_of(struct store *st, const char *kind, const char *patient, const char *by)
{
    struct query *q = query_open(st, sql_of);
    int64_t number = 0;

    query_bind(q, 1, kind);
    query_bind(q, 2, patient);
    query_bind(q, 3, by);
    if (query_next(q))
        number = query_int(q, 0);
    query_end(q, NULL);
    return number;
}
