#include "sync/push.h"

#include <stdlib.h>

#include "base/clock.h"
#include "store/outbox.h"
#include "store/query.h"
#include "store/store.h"
#include "sync/central.h"
#include "sync/push_window.h"

enum { ROUNDS = 3 };            /* writes that were merged are sent again, but not for ever in one pass */

static const char sql_last[] = "SELECT coalesce(max(seq), 0) FROM outbox";
static const char sql_hurry[] =
    "UPDATE outbox SET next_at = 0 WHERE next_at > 0 AND last_status NOT IN (429, 503)";

static int64_t last_seq(struct store *st)
{
    struct query *q = query_open(st, sql_last);
    int64_t seq = query_next(q) ? query_int(q, 0) : 0;

    query_end(q, NULL);
    return seq;
}

/* Once over the rows of one state up to last, some at a time: memory does not grow with the queue. */
static enum rc push_state(struct push *p, enum outbox_state state, int64_t last, struct err *err)
{
    int64_t seq[WINDOW_ROWS], after = 0;
    int n = 1;
    enum rc rc = RC_OK;

    while (rc == RC_OK && n > 0 && after < last && !p->is_over) {
        rc = outbox_due(p->c->st, state, after, p->now_ms, WINDOW_ROWS, seq, &n, err);
        if (rc == RC_OK && n > 0) {
            after = seq[n - 1];
            rc = push_window(p, seq, (size_t)n, err);
        }
    }
    return rc;
}

/* A person asked for it now: what waits for a better moment does not wait, but for what the server
 * itself put off. */
static enum rc hurry(struct central *c, struct err *err)
{
    enum rc rc = store_begin(c->st, err);

    return rc != RC_OK ? rc : store_end(c->st, query_run(c->st, err, sql_hurry, ""), err);
}

/* What was on its way when we last stopped comes first: nothing may go on top of it. */
static const enum outbox_state doubtful[] = { OUTBOX_IN_FLIGHT, OUTBOX_IN_DOUBT };
/* What had to wait for others comes last, now that those may have got there. */
static const enum outbox_state open_states[] = { OUTBOX_QUEUED, OUTBOX_BLOCKED };

static enum rc push_states(struct push *p, const enum outbox_state *state, size_t n, struct err *err)
{
    int64_t last = last_seq(p->c->st);
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = push_state(p, state[i], last, err);
    return rc;
}

enum rc push_all(struct central *c, bool is_asked_for, struct err *err)
{
    struct push p = { .c = c, .now_ms = clock_now_ms() };
    enum rc rc = is_asked_for ? hurry(c, err) : RC_OK;

    if (rc == RC_OK)
        rc = push_states(&p, doubtful, sizeof doubtful / sizeof *doubtful, err);
    for (int round = 0; round < ROUNDS && rc == RC_OK && !p.is_over; round++) {
        int64_t before = c->counts.pushed;
        rc = push_states(&p, open_states, sizeof open_states / sizeof *open_states, err);
        if (round > 0 && c->counts.pushed == before)
            break;
    }
    for (size_t i = 0; i < p.n_closed; i++)
        free(p.closed[i]);
    free(p.closed);
    if (rc == RC_OK && p.why.rc != RC_OK)
        rc = err_set(err, p.why.rc, "%s", p.why.text);
    return rc;
}
