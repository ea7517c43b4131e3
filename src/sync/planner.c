#include "sync/planner.h"

enum {
    BACKOFF_FIRST_MS = 2000, BACKOFF_MOST_MS = 15 * 60 * 1000, RETRY_AFTER_MOST_MS = 60 * 60 * 1000,
    /* A request cut on the way may still be carried out this long after. */
    LATE_MS = 120 * 1000,
    DISPUTES_MOST = 3,
};

int64_t plan_backoff_ms(int attempts, int64_t retry_after_ms, uint32_t random)
{
    if (retry_after_ms >= 0)
        return retry_after_ms < RETRY_AFTER_MOST_MS ? retry_after_ms : RETRY_AFTER_MOST_MS;
    int64_t span = BACKOFF_FIRST_MS;
    for (int i = 0; i < attempts && span < BACKOFF_MOST_MS; i++)
        span *= 2;
    if (span > BACKOFF_MOST_MS)
        span = BACKOFF_MOST_MS;
    return (int64_t)((uint64_t)span * random >> 32);
}

static struct plan step(enum outbox_state state, enum plan_effect effect)
{
    return (struct plan){ .state = state, .effect = effect };
}

static struct plan wait(const struct plan_op *op, const struct plan_event *ev, enum outbox_state state,
                        enum plan_effect effect)
{
    return (struct plan){ .state = state, .effect = effect,
                          .wait_ms = plan_backoff_ms(op->attempts, ev->retry_after_ms, ev->random) };
}

/* Its turn: what was sent before is looked for first, all else goes out. */
static struct plan on_turn(const struct plan_op *op)
{
    switch (op->state) {
    case OUTBOX_IN_FLIGHT:      /* we died while it was on its way */
    case OUTBOX_IN_DOUBT:
        return step(OUTBOX_IN_DOUBT, PLAN_READ);
    case OUTBOX_QUEUED:
    case OUTBOX_BLOCKED:
        if (!op->is_create && !op->honors_if_match)
            return step(OUTBOX_IN_FLIGHT, PLAN_READ);
        return step(OUTBOX_IN_FLIGHT, PLAN_SEND);
    case OUTBOX_CONFLICT:
    case OUTBOX_REFUSED:
        break;                  /* a person's turn, not ours */
    }
    return step(op->state, PLAN_WAIT);
}

/* A create without a guard must not be sent again, nor anything after it, while the lost one may
 * still be carried out. */
static struct plan on_lost(const struct plan_op *op, const struct plan_event *ev)
{
    struct plan plan = wait(op, ev, OUTBOX_IN_DOUBT, PLAN_WAIT);

    if (op->is_create && op->guard == GUARD_NONE && plan.wait_ms < LATE_MS)
        plan.wait_ms = LATE_MS;
    return plan;
}

static struct plan on_success(const struct plan_op *op, const struct plan_event *ev)
{
    if (!ev->has_version)
        return step(OUTBOX_IN_DOUBT, PLAN_READ);
    if (ev->status == 201 && !op->is_create)
        return step(OUTBOX_IN_FLIGHT, PLAN_DONE_LOST);
    return step(OUTBOX_IN_FLIGHT, PLAN_DONE);
}

/* The answer to a write; the table of SYNC.md 4.2, row by row. */
static struct plan on_answer(const struct plan_op *op, const struct plan_event *ev)
{
    int status = ev->status;

    if (status >= 200 && status < 300)
        return on_success(op, ev);
    if (ev->names_reference && (status == 400 || status == 404 || status == 409 || status == 422))
        return wait(op, ev, OUTBOX_BLOCKED, PLAN_BLOCK);
    switch (status) {
    case 401:
        return wait(op, ev, OUTBOX_QUEUED, PLAN_PAUSE_ALL);
    case 403:
        return wait(op, ev, OUTBOX_QUEUED, PLAN_PAUSE_TYPE);
    case 409:
    case 412:
        return step(OUTBOX_IN_DOUBT, PLAN_READ);
    case 404:
        return op->is_create ? step(OUTBOX_REFUSED, PLAN_REFUSE) : step(OUTBOX_IN_DOUBT, PLAN_READ);
    case 410:
        return step(OUTBOX_CONFLICT, PLAN_DELETED);
    case 429:
        return wait(op, ev, OUTBOX_QUEUED, PLAN_WAIT);
    case 408:
        return on_lost(op, ev);
    default:
        if (status >= 400 && status < 500)
            return step(OUTBOX_REFUSED, PLAN_REFUSE);
        if (status >= 500)
            return on_lost(op, ev);     /* never "not done" */
        return wait(op, ev, OUTBOX_QUEUED, PLAN_PAUSE_ALL);     /* redirected: the address is wrong */
    }
}

/* Read before an update where If-Match means nothing. */
static struct plan on_compared(const struct plan_event *ev)
{
    if (ev->found == FOUND_BASE)
        return step(OUTBOX_IN_FLIGHT, PLAN_SEND);
    if (ev->found == FOUND_OURS)
        return step(OUTBOX_IN_FLIGHT, PLAN_DONE);
    if (ev->found == FOUND_OTHER)
        return step(OUTBOX_IN_FLIGHT, PLAN_MERGE);
    return step(OUTBOX_CONFLICT, PLAN_DELETED);
}

/* It never arrived, or the server refuses what is right: then, after a few tries, a person is told. */
static struct plan send_again(const struct plan_op *op)
{
    if (op->disputes >= DISPUTES_MOST)
        return step(OUTBOX_REFUSED, PLAN_REFUSE);
    return step(OUTBOX_IN_FLIGHT, PLAN_SEND);
}

/* What the server has tells what became of a write whose answer was lost or was "conflict". */
static struct plan on_read(const struct plan_op *op, const struct plan_event *ev)
{
    if (op->state == OUTBOX_IN_FLIGHT)
        return on_compared(ev);
    switch (ev->found) {
    case FOUND_OURS:
        return step(OUTBOX_IN_DOUBT, PLAN_DONE);
    case FOUND_GONE:
        return step(OUTBOX_CONFLICT, PLAN_DELETED);
    case FOUND_ABSENT:
        return op->is_create ? send_again(op) : step(OUTBOX_CONFLICT, PLAN_DELETED);
    case FOUND_BASE:
        return send_again(op);
    case FOUND_OTHER:
        return op->has_history ? step(OUTBOX_IN_DOUBT, PLAN_SEARCH) : step(OUTBOX_IN_DOUBT, PLAN_MERGE);
    }
    return step(op->state, PLAN_WAIT);
}

/* Not known yet what became of it; what never left is free to be edited again. */
static enum outbox_state still(const struct plan_op *op)
{
    return op->state == OUTBOX_IN_DOUBT ? OUTBOX_IN_DOUBT : OUTBOX_QUEUED;
}

static struct plan on_read_failed(const struct plan_op *op, const struct plan_event *ev)
{
    if (ev->status == 401)
        return wait(op, ev, still(op), PLAN_PAUSE_ALL);
    if (ev->status == 403)
        return wait(op, ev, still(op), PLAN_PAUSE_TYPE);
    return wait(op, ev, still(op), PLAN_WAIT);
}

struct plan plan_step(const struct plan_op *op, const struct plan_event *event)
{
    switch (event->kind) {
    case EVENT_TURN:
        return on_turn(op);
    case EVENT_ANSWER:
        return on_answer(op, event);
    case EVENT_UNREACHED:
        return wait(op, event, still(op), PLAN_WAIT);
    case EVENT_LOST:
        return on_lost(op, event);
    case EVENT_UNTRUSTED:
        return wait(op, event, still(op), PLAN_STOP);
    case EVENT_READ:
        return on_read(op, event);
    case EVENT_READ_FAILED:
        return on_read_failed(op, event);
    case EVENT_HISTORY:
        return event->found == FOUND_OURS ? step(OUTBOX_IN_DOUBT, PLAN_DONE_OLDER)
                                          : step(OUTBOX_IN_DOUBT, PLAN_MERGE);
    }
    return step(op->state, PLAN_WAIT);
}
