#include "sync/push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/outbox.h"
#include "store/query.h"
#include "store/store.h"
#include "sync/central.h"
#include "sync/job.h"
#include "sync/order.h"
#include "sync/planner.h"
#include "sync/ring.h"

enum {
    BATCH = 200,
    ROUNDS = 3,                 /* writes that were merged are sent again, but not for ever in one pass */
    TROUBLE_MOST = 5,           /* failures in a row until the server is left alone for now */
    CLOSED_TYPES = 16,
    CLOSED_MS = 15 * 60 * 1000,
};

static const char sql_last[] = "SELECT coalesce(max(seq), 0) FROM outbox";
static const char sql_state[] = "SELECT state, next_at FROM outbox WHERE seq = ?1";

static const char sql_hurry[] =
    "UPDATE outbox SET next_at = 0 WHERE next_at > 0 AND last_status NOT IN (429, 503) AND state <> ?1";

struct push {
    struct central *c;
    int64_t now_ms;             /* of the pass: what was put off in it stays put off */
    bool is_over;
    int trouble;
    char closed[CLOSED_TYPES][40];  /* types we may not write */
    size_t n_closed;
    struct err why;             /* RC_OK: nothing stands against going on */
};

static bool is_closed(const struct push *p, const char *type)
{
    for (size_t i = 0; i < p->n_closed; i++)
        if (strcmp(p->closed[i], type) == 0)
            return true;
    return false;
}

static void note_end(struct push *p, enum job_end end, const char *type)
{
    p->trouble = end == JOB_WAITS ? p->trouble + 1 : 0;
    if (end == JOB_TYPE_CLOSED && !is_closed(p, type)) {
        central_problem(p->c, _("the server does not allow us to write %s"), type);
        if (p->n_closed < CLOSED_TYPES)
            snprintf(p->closed[p->n_closed++], sizeof p->closed[0], "%s", type);
    }
    if (p->trouble >= TROUBLE_MOST) {
        err_set(&p->why, RC_NET, "%s", _("the server failed several times in a row"));
        p->is_over = true;
    }
    if (end == JOB_CLOSED || central_stopped(p->c))
        p->is_over = true;
}

/* Somebody else may have taken a row out of the outbox meanwhile (a restore, a decided conflict). */
static enum rc gone_is_fine(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc put_off(struct push *p, const struct outbox_row *row, struct err *err)
{
    return outbox_set(p->c->st, row->seq, OUTBOX_QUEUED, p->now_ms + CLOSED_MS, 403,
                      _("the server does not allow us to write such resources"), err);
}

static enum rc run_row(struct push *p, struct outbox_row *row, struct err *err)
{
    enum job_end end = JOB_SETTLED;
    char type[40];

    memcpy(type, row->type, sizeof type);
    if (is_closed(p, type) && row->state == OUTBOX_QUEUED)
        return put_off(p, row, err);
    enum rc rc = gone_is_fine(job_run(p->c, row, &end, &p->why, err));
    if (rc == RC_OK)
        note_end(p, end, type);
    return rc;
}

/* Still to be sent, and due? It may have gone as part of what was written earlier. */
static bool is_ready(struct push *p, int64_t seq)
{
    struct query *q = query_open(p->c->st, sql_state);

    query_bind_int(q, 1, seq);
    bool is_ready = query_next(q) && (query_int(q, 0) == OUTBOX_QUEUED || query_int(q, 0) == OUTBOX_BLOCKED) &&
                    query_int(q, 1) <= p->now_ms;
    query_end(q, NULL);
    return is_ready;
}

static enum rc block(struct push *p, const struct outbox_row *row, const char *name, struct err *err)
{
    char words[240];

    if (row->state == OUTBOX_BLOCKED)
        return RC_OK;           /* still */
    snprintf(words, sizeof words, _("waits for %s, which was not sent yet"), name);
    return outbox_set(p->c->st, row->seq, OUTBOX_BLOCKED, 0, 0, words, err);
}

/* A single create or update, unless something it refers to did not get there: then it is blocked
 * without asking, since the server would refuse it. */
static enum rc run_single(struct push *p, int64_t seq, struct err *err)
{
    struct outbox_row row;
    struct doc *doc = NULL;
    char name[160];
    enum rc rc = outbox_get(p->c->st, seq, &row, err);

    if (rc != RC_OK)
        return gone_is_fine(rc);
    rc = doc_parse(row.body, strlen(row.body), &doc, err);
    if (rc == RC_OK && order_waits_for(p->c->st, doc, seq, name, sizeof name))
        rc = block(p, &row, name, err);
    else if (rc == RC_OK)
        rc = run_row(p, &row, err);
    doc_free(doc);
    outbox_row_done(&row);
    return rc;
}

/* A ring goes whole or not at all. */
static enum rc run_ring(struct push *p, const struct order_group *group, struct err *err)
{
    enum job_end end = JOB_SETTLED;
    bool can_go = p->c->caps.has_transaction && group->n <= RING_MOST;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < group->n; i++)
        can_go = can_go && is_ready(p, group->seq[i]);
    if (can_go) {
        if ((rc = gone_is_fine(ring_run(p->c, group, &end, &p->why, err))) == RC_OK)
            note_end(p, end, "");
        return rc;
    }
    for (size_t i = 0; i < group->n && rc == RC_OK; i++)
        if (is_ready(p, group->seq[i]))
            rc = run_single(p, group->seq[i], err);     /* which blocks it, and says on what */
    return rc;
}

static enum rc run_group(struct push *p, const struct order_group *group, struct err *err)
{
    if (group->n > 1)
        return run_ring(p, group, err);
    return is_ready(p, group->seq[0]) ? run_single(p, group->seq[0], err) : RC_OK;
}

/* A row with all it refers to before it. */
static enum rc run_ordered(struct push *p, int64_t seq, struct err *err)
{
    struct order order;
    enum rc rc = order_from(p->c->st, seq, &order, err);

    if (rc != RC_OK)
        return gone_is_fine(rc);
    for (size_t i = 0; i < order.n && rc == RC_OK && !p->is_over; i++)
        rc = run_group(p, &order.group[i], err);
    order_done(&order);
    return rc;
}

static void free_rows(struct outbox_row *rows, int n)
{
    for (int i = 0; i < n; i++)
        outbox_row_done(&rows[i]);
    free(rows);
}

/* What was on its way when we last stopped comes first: nothing may go on top of it. */
static enum rc push_doubtful(struct push *p, enum outbox_state state, struct err *err)
{
    struct outbox_row *rows;
    int n = BATCH;
    enum rc rc = RC_OK;

    while (rc == RC_OK && n == BATCH && !p->is_over) {
        rc = outbox_list(p->c->st, state, p->now_ms, BATCH, &rows, &n, err);
        if (rc != RC_OK)
            return rc;
        for (int i = 0; i < n && rc == RC_OK && !p->is_over; i++)
            rc = run_row(p, &rows[i], err);
        free_rows(rows, n);
    }
    return rc;
}

static int64_t last_seq(struct store *st)
{
    struct query *q = query_open(st, sql_last);
    int64_t seq = query_next(q) ? query_int(q, 0) : 0;

    query_end(q, NULL);
    return seq;
}

/* One round over what is queued up to last. A row that nothing moved is left for the next pass. */
static enum rc push_queued(struct push *p, int64_t last, struct err *err)
{
    struct outbox_row *rows;
    int64_t before = 0;
    bool is_moving = true;
    int n = 1;
    enum rc rc = RC_OK;

    while (rc == RC_OK && n > 0 && is_moving && !p->is_over) {
        rc = outbox_list(p->c->st, OUTBOX_QUEUED, p->now_ms, BATCH, &rows, &n, err);
        if (rc != RC_OK)
            return rc;
        is_moving = n > 0 && rows[0].seq <= last && rows[0].seq != before;
        before = n > 0 ? rows[0].seq : 0;
        for (int i = 0; i < n && rc == RC_OK && is_moving && !p->is_over && rows[i].seq <= last; i++)
            if (is_ready(p, rows[i].seq))
                rc = run_ordered(p, rows[i].seq, err);
        free_rows(rows, n);
    }
    return rc;
}

/* What had to wait for others, tried once more now that those may have got there. */
static enum rc push_blocked(struct push *p, struct err *err)
{
    struct outbox_row *rows;
    int n;
    enum rc rc = outbox_list(p->c->st, OUTBOX_BLOCKED, p->now_ms, 10 * BATCH, &rows, &n, err);

    if (rc != RC_OK)
        return rc;
    for (int i = 0; i < n && rc == RC_OK && !p->is_over; i++)
        rc = run_ordered(p, rows[i].seq, err);
    free_rows(rows, n);
    return rc;
}

/* A person asked for it now: what waits for a better moment does not wait, but for what the server
 * itself put off and what may still be carried out late (planner.c). */
static enum rc hurry(struct central *c, struct err *err)
{
    enum rc rc = store_begin(c->st, err);

    if (rc != RC_OK)
        return rc;
    rc = query_run(c->st, err, sql_hurry, "i", (int64_t)(c->caps.guard == GUARD_NONE ? OUTBOX_IN_DOUBT : -1));
    return store_end(c->st, rc, err);
}

enum rc push_all(struct central *c, bool is_asked_for, struct err *err)
{
    struct push p = { .c = c, .now_ms = clock_now_ms() };
    enum rc rc = is_asked_for ? hurry(c, err) : RC_OK;

    if (rc == RC_OK)
        rc = push_doubtful(&p, OUTBOX_IN_FLIGHT, err);

    if (rc == RC_OK && !p.is_over)
        rc = push_doubtful(&p, OUTBOX_IN_DOUBT, err);
    for (int round = 0; round < ROUNDS && rc == RC_OK && !p.is_over; round++) {
        int64_t before = c->counts.pushed;
        rc = push_queued(&p, last_seq(c->st), err);
        if (rc == RC_OK && !p.is_over)
            rc = push_blocked(&p, err);
        if (round > 0 && c->counts.pushed == before)
            break;
    }
    if (rc == RC_OK && p.why.rc != RC_OK)
        rc = err_set(err, p.why.rc, "%s", p.why.text);
    return rc;
}
