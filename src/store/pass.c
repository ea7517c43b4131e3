#include "store/pass.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"
#include "store/sync_state.h"

enum { KEPT = 1000 };

static const char sql_more[] =
    "UPDATE pass SET passes = passes + 1, ended = ?1, requests = requests + ?2, bytes_out = bytes_out + ?3,"
    "  bytes_in = bytes_in + ?4"
    " WHERE id = (SELECT max(id) FROM pass) AND outcome = ?5 AND problem = ?6"
    "  AND pushed = 0 AND pulled = 0 AND conflicts = 0 AND refused = 0";
static const char sql_add[] =
    "INSERT INTO pass(started, ended, pushed, pulled, conflicts, refused, requests, bytes_out, bytes_in, outcome, problem)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
static const char sql_prune[] = "DELETE FROM pass WHERE id <= (SELECT max(id) FROM pass) - ?1";
static const char sql_list[] =
    "SELECT id, passes, started, ended, pushed, pulled, conflicts, refused, requests, bytes_out, bytes_in, outcome, problem"
    " FROM pass ORDER BY id DESC LIMIT ?1";

static const char *const names[PASS_COUNT] = {
    [PASS_DONE] = "done", [PASS_PARTLY] = "partly", [PASS_OFFLINE] = "offline", [PASS_SHUT_OUT] = "shut-out",
    [PASS_FAILED] = "failed", [PASS_STOPPED] = "stopped",
};

const char *pass_outcome_name(enum pass_outcome outcome)
{
    return (unsigned)outcome < PASS_COUNT ? names[outcome] : "";
}

enum pass_outcome pass_outcome_of(const char *name)
{
    for (int i = 0; i < PASS_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return (enum pass_outcome)i;
    return PASS_DONE;
}

/* Nothing worth a row of its own when the last row says the same. */
static enum rc count_up(struct store *st, const struct pass *p, bool *counted, struct err *err)
{
    enum rc rc;

    *counted = false;
    if (p->pushed || p->pulled || p->conflicts || p->refused)
        return RC_OK;
    rc = query_run(st, err, sql_more, "iiiitt", p->ended_ms, p->requests, p->bytes_out, p->bytes_in,
                   pass_outcome_name(p->outcome), p->problem);
    *counted = rc == RC_OK && store_rows_changed(st) > 0;
    return rc;
}

enum rc pass_end(struct store *st, const struct pass *p, struct err *err)
{
    bool counted = false;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = count_up(st, p, &counted, err);
    if (rc == RC_OK && !counted)
        rc = query_run(st, err, sql_add, "iiiiiiiiitt", p->started_ms, p->ended_ms, p->pushed, p->pulled, p->conflicts,
                       p->refused, p->requests, p->bytes_out, p->bytes_in, pass_outcome_name(p->outcome), p->problem);
    if (rc == RC_OK && !counted)
        rc = query_run(st, err, sql_prune, "i", (int64_t)KEPT);
    if (rc == RC_OK && p->outcome != PASS_STOPPED)
        rc = sync_status_set(st, p->outcome, p->problem, err);
    return store_end(st, rc, err);
}

static void take_row(struct query *q, struct pass *p)
{
    *p = (struct pass){
        .id = query_int(q, 0), .passes = query_int(q, 1), .started_ms = query_int(q, 2), .ended_ms = query_int(q, 3),
        .pushed = query_int(q, 4), .pulled = query_int(q, 5), .conflicts = query_int(q, 6), .refused = query_int(q, 7),
        .requests = query_int(q, 8), .bytes_out = query_int(q, 9), .bytes_in = query_int(q, 10),
        .outcome = pass_outcome_of(query_text(q, 11)),
    };
    snprintf(p->problem, sizeof p->problem, "%s", query_text(q, 12));
}

enum rc pass_list(struct store *st, int limit, struct pass **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_list);
    size_t cap = 0;

    *out = NULL;
    *n = 0;
    query_bind_int(q, 1, limit);
    while (query_next(q)) {
        MEM_ROOM(*out, *n, cap);
        take_row(q, &(*out)[(*n)++]);
    }
    return query_end(q, err);
}
