#include "sync/push_window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/attachment.h"
#include "store/outbox.h"
#include "store/store.h"
#include "sync/central.h"
#include "sync/job.h"
#include "sync/order.h"
#include "sync/unit.h"

enum {
    AHEAD = 8 * HTTP_LANES,     /* rows frozen in one transaction */
    KEEP = 8 * HTTP_LANES,      /* confirmed writes written down in one transaction */
    AHEAD_BYTES = 4 * 1024 * 1024,  /* of bodies, for both: memory does not grow with what is sent */
    CLOSED_MS = 15 * 60 * 1000,
    JUST_NOW_MS = 5 * 1000,     /* far below what the planner allows for what comes late */
};

enum item_state {
    ITEM_WAITS,                 /* for its turn */
    ITEM_GOING,                 /* on its way */
    ITEM_SENT,                  /* the server has it */
    ITEM_LEFT,                  /* not sent in this pass: what refers to it is blocked */
};
struct item {
    enum item_state state;
    struct outbox_row row;      /* without its body until it is taken */
    size_t bytes;               /* of that body */
    bool is_taken, is_doubtful;
};
/* Items that go together; one group of the order, or part of one that was taken apart. */
struct batch { size_t first, n; enum plan_unit kind; bool is_begun; };

struct carrier { struct job *job; struct unit *unit; size_t batch; };

struct window {
    struct push *push;
    struct central *c;
    struct order order;
    struct item *item;          /* as in order.row */
    struct batch *batch;
    size_t n_batches, batches_cap;
    struct carrier lane[HTTP_LANES];
    size_t n_going;
    struct job **kept;          /* owned; the server has them */
    size_t n_kept, kept_cap, kept_bytes;
    struct err *err;
};

/* Somebody else may have taken a row out of the outbox meanwhile (a restore, a decided conflict). */
static enum rc gone_is_fine(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static bool is_closed(const struct push *p, const char *type)
{
    for (size_t i = 0; i < p->n_closed; i++)
        if (strcmp(p->closed[i], type) == 0)
            return true;
    return false;
}

static void close_type(struct push *p, const char *type)
{
    if (is_closed(p, type))
        return;
    central_problem(p->c, _("the server does not allow us to write %s"), type);
    MEM_ROOM(p->closed, p->n_closed, p->closed_cap);
    p->closed[p->n_closed++] = mem_dup(type);
}

/* What the end of one write means for the others. */
static void note_end(struct push *p, const struct plan *plan, const char *type, const struct err *why)
{
    p->troubles = plan->is_trouble ? p->troubles + 1 : 0;
    if (plan->pass == PASS_WITHOUT_TYPE)
        close_type(p, type);
    if (plan->pass == PASS_OVER && !p->is_over)
        p->why = *why;
    p->is_over = p->is_over || plan->pass == PASS_OVER || central_stopped(p->c);
}

/* ---- laying it out ---- */

static enum rc load_item(struct window *w, size_t i)
{
    struct item *item = &w->item[i];
    enum rc rc = outbox_get(w->c->st, w->order.row[i].seq, &item->row, w->err);

    if (rc == RC_NOT_FOUND) {
        item->state = ITEM_SENT;        /* it went as part of what was written earlier */
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    item->bytes = strlen(item->row.body);
    free(item->row.body);
    item->row.body = NULL;
    item->is_doubtful = item->row.state == OUTBOX_IN_FLIGHT || item->row.state == OUTBOX_IN_DOUBT;
    bool is_due = item->row.next_at <= w->push->now_ms || item->row.next_at > w->push->now_ms + OUTBOX_AHEAD_MOST_MS;
    if (!is_due || attachment_holds(w->c->st, item->row.key) || item->row.state == OUTBOX_CONFLICT || item->row.state == OUTBOX_REFUSED)
        item->state = ITEM_LEFT;
    return RC_OK;
}

static void add_batch(struct window *w, size_t first, size_t n, enum plan_unit kind)
{
    MEM_ROOM(w->batch, w->n_batches, w->batches_cap);
    w->batch[w->n_batches++] = (struct batch){ .first = first, .n = n, .kind = n > 1 ? kind : UNIT_ALONE };
}

static void add_singles(struct window *w, size_t first, size_t n)
{
    for (size_t i = first; i < first + n; i++)
        add_batch(w, i, 1, UNIT_ALONE);
}

/* All of it can go now, and in one Bundle. */
static bool fits_bundle(const struct window *w, const struct order_group *g)
{
    size_t bytes = 0;

    if (g->n > UNIT_MOST || !w->c->caps.has_transaction || !w->c->caps.takes_ids)
        return false;
    for (size_t i = g->first; i < g->first + g->n; i++) {
        if (w->item[i].state != ITEM_WAITS || w->item[i].is_doubtful || is_closed(w->push, w->item[i].row.type))
            return false;
        bytes += w->item[i].bytes;
    }
    return g->is_ring || bytes <= UNIT_BYTES;
}

static enum rc lay_out(struct window *w, const int64_t *seq, size_t n)
{
    bool has_units = w->c->caps.has_transaction && w->c->caps.takes_ids && w->c->caps.bundle_honors_if_match;
    enum rc rc = order_rows(w->c->st, seq, n, has_units, &w->order, w->err);

    if (rc != RC_OK)
        return rc;
    w->item = mem_array(w->order.n + 1, sizeof *w->item);
    for (size_t i = 0; i < w->order.n && rc == RC_OK; i++)
        rc = load_item(w, i);
    for (size_t g = 0; g < w->order.n_groups; g++) {
        const struct order_group *group = &w->order.group[g];
        if (group->n > 1 && fits_bundle(w, group))
            add_batch(w, group->first, group->n, group->is_ring ? UNIT_RING : UNIT_WORK);
        else
            add_singles(w, group->first, group->n);
    }
    return rc;
}

/* ---- who may go ---- */

enum readiness { READY, LATER, NEVER };

/* What it refers to is there, or on its way in the same Bundle. */
static enum readiness item_readiness(const struct window *w, const struct batch *b, size_t i, int64_t *waits_for)
{
    const struct order_row *row = &w->order.row[i];
    enum readiness readiness = READY;

    for (size_t t = 0; t < row->n_targets && readiness != NEVER; t++) {
        size_t at = order_find(&w->order, row->target[t]);
        bool is_inside = at >= b->first && at < b->first + b->n;
        enum item_state state = at < w->order.n ? w->item[at].state : ITEM_LEFT;
        if (is_inside || state == ITEM_SENT)
            continue;
        readiness = state == ITEM_LEFT ? NEVER : LATER;
        /* Of a ring that cannot go as one nothing can go. */
        if (state == ITEM_WAITS && at >= i)
            readiness = NEVER;
        *waits_for = row->target[t];
    }
    return readiness;
}

static enum readiness batch_readiness(const struct window *w, const struct batch *b, int64_t *waits_for)
{
    enum readiness all = READY;

    for (size_t i = b->first; i < b->first + b->n; i++) {
        enum readiness one = item_readiness(w, b, i, waits_for);
        if (w->item[i].is_doubtful && one == NEVER)     /* it may be there: it is looked for whatever it waits for */
            one = READY;
        all = one > all ? one : all;
    }
    return all;
}

static enum rc block(struct window *w, size_t i, int64_t waits_for)
{
    struct item *item = &w->item[i];
    struct outbox_row target;
    char words[240];

    item->state = ITEM_LEFT;
    if (item->row.state == OUTBOX_BLOCKED && !item->is_taken)
        return RC_OK;           /* still */
    enum rc rc = gone_is_fine(outbox_get(w->c->st, waits_for, &target, w->err));
    snprintf(words, sizeof words, _("waits for %s/%s, which was not sent yet"), target.type, target.id);
    outbox_row_done(&target);
    return rc != RC_OK ? rc
                       : gone_is_fine(outbox_set(w->c->st, w->order.row[i].seq, OUTBOX_BLOCKED, 0, 0, words, w->err));
}

static enum rc put_off(struct window *w, size_t i)
{
    w->item[i].state = ITEM_LEFT;
    return gone_is_fine(outbox_set(w->c->st, w->order.row[i].seq, OUTBOX_QUEUED, w->push->now_ms + CLOSED_MS, 403,
                                   _("the server does not allow us to write such resources"), w->err));
}

/* Those of the batch that cannot go in this pass are left; true: it can begin. */
static bool may_begin(struct window *w, struct batch *b, enum rc *rc)
{
    int64_t waits_for = 0;
    enum readiness readiness = READY;

    if (b->is_begun || *rc != RC_OK)
        return false;
    for (size_t i = b->first; i < b->first + b->n; i++)
        if (w->item[i].state != ITEM_WAITS) {
            b->is_begun = true;
            return false;
        }
    if (b->n == 1 && is_closed(w->push, w->item[b->first].row.type) && !w->item[b->first].is_doubtful)
        *rc = put_off(w, b->first);
    else
        readiness = batch_readiness(w, b, &waits_for);
    for (size_t i = b->first; i < b->first + b->n && readiness == NEVER && *rc == RC_OK; i++)
        *rc = block(w, i, waits_for);
    b->is_begun = readiness == NEVER || w->item[b->first].state != ITEM_WAITS;
    return !b->is_begun && readiness == READY && *rc == RC_OK;
}

/* ---- beginning ---- */

/* Frozen, and not long ago: how late it may come is counted from when it was frozen. What had to wait for a lane
 * since is taken once more, for that time alone. */
static bool is_taken_lately(const struct item *item, int64_t now_ms)
{
    return item->is_taken && item->row.sent_at <= now_ms && now_ms - item->row.sent_at <= JUST_NOW_MS;
}

static enum rc take_item(struct window *w, size_t i)
{
    struct item *item = &w->item[i];
    struct outbox_row row;
    enum rc rc;

    if (item->is_doubtful || item->state != ITEM_WAITS || is_taken_lately(item, clock_now_ms()))
        return RC_OK;
    if ((rc = outbox_take(w->c->st, w->order.row[i].seq, &row, w->err)) == RC_NOT_FOUND) {
        item->state = ITEM_SENT;
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    outbox_row_done(&item->row);
    item->row = row;
    item->is_taken = true;
    return RC_OK;
}

/* What was taken ahead may have ended in the midst of it. */
static bool is_taken_whole(const struct window *w, const struct batch *b)
{
    int64_t now_ms = clock_now_ms();

    for (size_t i = b->first; i < b->first + b->n; i++)
        if (!w->item[i].is_doubtful && !is_taken_lately(&w->item[i], now_ms))
            return false;
    return true;
}

/* This batch, and with it the rows that come next: one wait for the disk instead of one each. A server
 * where each update is compared first leaves its rows free until then. */
static enum rc take_batch(struct window *w, const struct batch *b)
{
    size_t bytes = 0;
    enum rc rc;

    if (is_taken_whole(w, b))
        return RC_OK;
    if ((rc = store_begin(w->c->st, w->err)) != RC_OK)
        return rc;
    for (size_t i = b->first; i < w->order.n && rc == RC_OK; i++) {
        bytes += w->item[i].bytes;
        if (i >= b->first + b->n && (i >= b->first + AHEAD || bytes > AHEAD_BYTES))
            break;
        rc = take_item(w, i);
    }
    return store_end(w->c->st, rc, w->err);
}

/* Enough for the lanes to go on with while the disk is waited for. */
static enum rc take_ahead(struct window *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->order.n; i++)
        n += w->item[i].is_taken && w->item[i].state == ITEM_WAITS;
    if (n >= HTTP_LANES || w->push->is_over)
        return RC_OK;
    for (size_t at = 0; at < w->n_batches; at++)
        if (w->item[w->batch[at].first].state == ITEM_WAITS && !is_taken_whole(w, &w->batch[at]))
            return take_batch(w, &w->batch[at]);
    return RC_OK;
}

static enum rc begin_unit(struct window *w, size_t at)
{
    struct batch *b = &w->batch[at];
    struct outbox_row *rows = mem_array(b->n, sizeof *rows);
    struct unit *unit = mem_alloc(sizeof *unit);

    for (size_t i = 0; i < b->n; i++) {
        rows[i] = w->item[b->first + i].row;
        w->item[b->first + i].row = (struct outbox_row){ 0 };
        w->item[b->first + i].state = ITEM_GOING;
        w->item[b->first + i].is_taken = false;
    }
    unit_start(unit, w->c, rows, b->n, b->kind, w->push->troubles);
    w->lane[unit->lane] = (struct carrier){ .unit = unit, .batch = at };
    w->n_going++;
    return RC_OK;
}

static enum rc end_job(struct window *w, struct job *job, size_t at);

/* Further, or at its end. */
static enum rc follow_job(struct window *w, struct job *job, size_t at, enum rc rc)
{
    if (rc == RC_OK && job->lane >= 0) {
        w->lane[job->lane] = (struct carrier){ .job = job, .batch = at };
        w->n_going++;
        return RC_OK;
    }
    if (rc == RC_OK)
        return end_job(w, job, at);
    w->item[w->batch[at].first].state = ITEM_LEFT;
    job_done(job);
    free(job);
    return gone_is_fine(rc);
}

static enum rc begin_job(struct window *w, size_t at)
{
    struct item *item = &w->item[w->batch[at].first];
    bool is_fresh = item->is_taken;

    if (!is_fresh) {            /* in doubt: as it was frozen */
        outbox_row_done(&item->row);
        enum rc rc = outbox_get(w->c->st, w->order.row[w->batch[at].first].seq, &item->row, w->err);
        if (rc != RC_OK) {
            item->state = rc == RC_NOT_FOUND ? ITEM_SENT : ITEM_LEFT;
            return gone_is_fine(rc);
        }
    }
    struct job *job = mem_alloc(sizeof *job);
    item->state = ITEM_GOING;
    item->is_taken = false;
    return follow_job(w, job, at, job_start(job, w->c, &item->row, is_fresh, w->push->troubles, w->err));
}

static enum rc begin_batch(struct window *w, size_t at)
{
    struct batch *b = &w->batch[at];
    enum rc rc = take_batch(w, b);

    b->is_begun = true;
    for (size_t i = b->first; i < b->first + b->n && rc == RC_OK; i++)
        if (w->item[i].state != ITEM_WAITS) {   /* part of it went meanwhile: the rest by itself */
            if (b->n > 1)
                add_singles(w, b->first, b->n);
            return RC_OK;
        }
    if (rc != RC_OK)
        return rc;
    return b->n > 1 ? begin_unit(w, at) : begin_job(w, at);
}

/* Fill the free lanes in order; what waits for something on its way is passed over for now. */
static enum rc fill_lanes(struct window *w)
{
    enum rc rc = RC_OK;

    for (size_t at = 0; at < w->n_batches && w->n_going < HTTP_LANES && rc == RC_OK && !w->push->is_over; at++)
        if (may_begin(w, &w->batch[at], &rc))
            rc = begin_batch(w, at);
    return rc;
}

/* ---- ending ---- */

static enum rc keep_together(struct window *w)
{
    int64_t pushed = w->c->counts.pushed;
    enum rc rc = store_begin(w->c->st, w->err);

    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < w->n_kept && rc == RC_OK; i++)
        rc = job_keep(w->kept[i], w->err);
    if ((rc = store_end(w->c->st, rc, w->err)) != RC_OK)
        w->c->counts.pushed = pushed;
    return rc;
}

/* In one transaction; when that fails each by itself, so that one cannot hold the others. */
static enum rc flush(struct window *w)
{
    enum rc rc = w->n_kept ? keep_together(w) : RC_OK;
    bool is_alone = rc != RC_OK;

    if (is_alone)
        rc = RC_OK;
    for (size_t i = 0; i < w->n_kept; i++) {
        if (is_alone && rc == RC_OK)
            rc = gone_is_fine(job_keep(w->kept[i], w->err));
        job_done(w->kept[i]);
        free(w->kept[i]);
    }
    w->n_kept = w->kept_bytes = 0;
    return rc;
}

/* While the server is at work on what the lanes hold: none of them waits for the disk. */
static enum rc write_down(struct window *w)
{
    bool is_full = w->n_kept >= KEEP || w->kept_bytes > AHEAD_BYTES;
    enum rc rc = is_full ? flush(w) : RC_OK;

    return rc != RC_OK ? rc : take_ahead(w);
}

static enum rc end_job(struct window *w, struct job *job, size_t at)
{
    struct item *item = &w->item[w->batch[at].first];

    note_end(w->push, &job->plan, job->row.type, &job->why);
    item->state = job->is_kept || job->plan.effect == PLAN_DONE_OLDER ? ITEM_SENT : ITEM_LEFT;
    if (!job->is_kept) {
        job_done(job);
        free(job);
        return RC_OK;
    }
    MEM_ROOM(w->kept, w->n_kept, w->kept_cap);
    w->kept[w->n_kept++] = job;
    w->kept_bytes += item->bytes;
    return RC_OK;
}

static enum rc reload(struct window *w, const struct batch *b)
{
    enum rc rc = RC_OK;

    for (size_t i = b->first; i < b->first + b->n && rc == RC_OK; i++) {
        w->item[i].state = ITEM_WAITS;
        rc = load_item(w, i);
    }
    return rc;
}

static enum rc end_unit(struct window *w, struct unit *unit, size_t at)
{
    struct batch b = w->batch[at];
    enum plan_effect effect = unit->plan.effect;
    enum rc rc = RC_OK;

    note_end(w->push, &unit->plan, unit->row[0].type, &unit->why);
    for (size_t i = b.first; i < b.first + b.n; i++)
        w->item[i].state = effect == PLAN_DONE ? ITEM_SENT : ITEM_LEFT;
    if (effect == PLAN_APART || effect == PLAN_HALVES || effect == PLAN_READ)
        rc = reload(w, &b);
    if (effect == PLAN_HALVES) {
        add_batch(w, b.first, b.n / 2, UNIT_WORK);
        add_batch(w, b.first + b.n / 2, b.n - b.n / 2, UNIT_WORK);
    } else if (effect == PLAN_APART || effect == PLAN_READ)
        add_singles(w, b.first, b.n);
    unit_done(unit);
    free(unit);
    return rc;
}

static enum rc take_answer(struct window *w)
{
    struct http_answer answer = { 0 };
    int lane = central_wait(w->c, HTTP_ANY, &answer);
    struct carrier carrier;
    enum rc rc;

    if (lane < 0)
        mem_fatal("nothing is on its way");
    carrier = w->lane[lane];
    w->lane[lane] = (struct carrier){ 0 };
    w->n_going--;
    if (carrier.job)
        return follow_job(w, carrier.job, carrier.batch, job_answered(carrier.job, &answer, w->err));
    if ((rc = unit_answered(carrier.unit, &answer, w->err)) == RC_OK)
        return end_unit(w, carrier.unit, carrier.batch);
    unit_done(carrier.unit);
    free(carrier.unit);
    return rc;
}

/* What was frozen and never left is as it was before. */
static enum rc release(struct window *w)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < w->order.n && rc == RC_OK; i++)
        if (w->item[i].is_taken && w->item[i].state == ITEM_WAITS)
            rc = gone_is_fine(outbox_set(w->c->st, w->order.row[i].seq, OUTBOX_QUEUED, 0, 0, NULL, w->err));
    return rc;
}

/* A database that failed: what is on its way is still waited for, so that no answer meets a freed body. */
static void abandon(struct window *w)
{
    while (w->n_going > 0) {
        struct http_answer answer = { 0 };
        int lane = central_wait(w->c, HTTP_ANY, &answer);
        struct carrier *carrier = &w->lane[lane];
        http_answer_done(&answer);
        if (carrier->job)
            job_done(carrier->job);
        if (carrier->unit)
            unit_done(carrier->unit);
        free(carrier->job);
        free(carrier->unit);
        *carrier = (struct carrier){ 0 };
        w->n_going--;
    }
    for (size_t i = 0; i < w->n_kept; i++) {
        job_done(w->kept[i]);
        free(w->kept[i]);
    }
}

static void window_done(struct window *w)
{
    for (size_t i = 0; w->item && i < w->order.n; i++)
        outbox_row_done(&w->item[i].row);
    free(w->item);
    free(w->batch);
    free(w->kept);
    order_done(&w->order);
}

enum rc push_window(struct push *push, const int64_t *seq, size_t n, struct err *err)
{
    struct window w = { .push = push, .c = push->c, .err = err };
    enum rc rc = lay_out(&w, seq, n);

    while (rc == RC_OK && (rc = fill_lanes(&w)) == RC_OK && w.n_going > 0)
        if ((rc = write_down(&w)) == RC_OK)
            rc = take_answer(&w);
    if (rc == RC_OK)
        rc = flush(&w);
    if (rc == RC_OK)
        rc = release(&w);
    if (rc != RC_OK)
        abandon(&w);
    window_done(&w);
    return rc;
}
