#include "sync/planner.h"

enum {
    BACKOFF_FIRST_MS = 2000, BACKOFF_MOST_MS = 15 * 60 * 1000, RETRY_AFTER_MOST_MS = 60 * 60 * 1000,
    /* A request cut on the way may still be carried out this long after. */
    LATE_MS = 120 * 1000,
    DISPUTES_MOST = 3,
    TROUBLES_MOST = 5,          /* in a row, until the server is left alone for now */
    RING_TRIES = 3,
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

/* The server has trouble with this write; after several in a row it is left alone. */
static struct plan wait(const struct plan_op *op, const struct plan_event *ev, enum outbox_state state)
{
    return (struct plan){ .state = state, .effect = PLAN_WAIT, .is_trouble = true,
                          .wait_ms = plan_backoff_ms(op->attempts, ev->retry_after_ms, ev->random),
                          .pass = op->troubles + 1 >= TROUBLES_MOST ? PASS_OVER : PASS_GOES_ON };
}

/* Not this write's fault: it is due as soon as the server is there again. */
static struct plan give_up(enum outbox_state state, enum plan_effect effect)
{
    return (struct plan){ .state = state, .effect = effect, .pass = PASS_OVER };
}

static struct plan pause_type(const struct plan_op *op, const struct plan_event *ev, enum outbox_state state)
{
    struct plan plan = wait(op, ev, state);

    plan.effect = PLAN_PAUSE_TYPE;
    plan.pass = PASS_WITHOUT_TYPE;
    plan.is_trouble = false;
    return plan;
}

/* A try that was never answered may be carried out until LATE_MS after it left. */
static struct plan wait_for_late(const struct plan_op *op)
{
    struct plan plan = step(OUTBOX_IN_DOUBT, PLAN_WAIT);

    plan.wait_ms = LATE_MS - op->unanswered_ms;
    return plan;
}

static bool may_come_late(const struct plan_op *op)
{
    return op->unanswered_ms < LATE_MS;
}

/* And nothing would stop it from being written over what came after it. */
static bool may_overwrite(const struct plan_op *op)
{
    bool is_guarded = op->is_create ? op->guard != GUARD_NONE : op->honors_if_match;

    return !is_guarded && may_come_late(op);
}

/* Not known yet what became of it or of an earlier try; what never left is free to be edited again. */
static enum outbox_state still(const struct plan_op *op)
{
    bool is_unknown = op->state == OUTBOX_IN_DOUBT || may_come_late(op) ||
                      (!op->has_address && op->unanswered_ms != PLAN_NEVER);    /* it was not looked for */

    return is_unknown ? OUTBOX_IN_DOUBT : OUTBOX_QUEUED;
}

/* Nothing at the server would stop it from being written over what somebody else wrote. A new id is nobody
 * else's; one that was deleted there may have been made again by another desk. */
static bool is_unguarded(const struct plan_op *op)
{
    return op->is_create ? op->undoes_deletion && op->guard == GUARD_NONE : !op->honors_if_match;
}

/* Its turn: what was sent before is looked for first, all else goes out. A create whose id the server
 * gives cannot be looked for: the condition it carries finds it when it is sent again. */
static struct plan on_turn(const struct plan_op *op)
{
    switch (op->state) {
    case OUTBOX_IN_FLIGHT:      /* we died while it was on its way */
    case OUTBOX_IN_DOUBT:
        if (!op->has_address)
            return may_come_late(op) ? wait_for_late(op) : step(OUTBOX_IN_FLIGHT, PLAN_SEND);
        return step(OUTBOX_IN_DOUBT, PLAN_READ);
    case OUTBOX_QUEUED:
    case OUTBOX_BLOCKED:
        return step(OUTBOX_IN_FLIGHT, is_unguarded(op) ? PLAN_READ : PLAN_SEND);
    case OUTBOX_CONFLICT:
    case OUTBOX_REFUSED:
        break;                  /* a person's turn, not ours */
    }
    return step(op->state, PLAN_WAIT);
}

static struct plan on_success(const struct plan_op *op, const struct plan_event *ev)
{
    bool was_there = op->is_create && op->unit == UNIT_ALONE && ev->status != 201;    /* with what text? */

    if (!ev->has_version || was_there)
        return op->has_address ? step(OUTBOX_IN_DOUBT, PLAN_READ) : wait(op, ev, OUTBOX_IN_DOUBT);
    if (ev->status == 201 && !op->is_create && !op->undoes_deletion)
        return step(OUTBOX_IN_FLIGHT, PLAN_DONE_LOST);
    return step(OUTBOX_IN_FLIGHT, PLAN_DONE);
}

/* Refused, and nothing of it was done. A unit is taken apart, so that only what is bad stays behind; what
 * refers to each other cannot be, and is refused when that was no passing state of the server. */
static struct plan on_refusal(const struct plan_op *op, const struct plan_event *ev)
{
    if (op->unit == UNIT_WORK)
        return step(OUTBOX_QUEUED, ev->status == 413 ? PLAN_HALVES : PLAN_APART);
    if (op->unit == UNIT_RING && ev->status == 400 && op->attempts < RING_TRIES)
        return wait(op, ev, OUTBOX_IN_DOUBT);   /* a failed guard may come as 400 inside a transaction */
    return step(OUTBOX_REFUSED, PLAN_REFUSE);
}

static struct plan on_dispute(const struct plan_op *op)
{
    if (op->unit == UNIT_WORK)
        return step(OUTBOX_QUEUED, PLAN_APART);
    if (!op->has_address)       /* its condition fits several: a double, which a person has to look at */
        return step(OUTBOX_REFUSED, PLAN_REFUSE);
    return step(OUTBOX_IN_DOUBT, PLAN_READ);
}

/* The answer to a write; the table of SYNC.md 4.2, row by row. */
static struct plan on_answer(const struct plan_op *op, const struct plan_event *ev)
{
    int status = ev->status;

    if (status >= 200 && status < 300)
        return on_success(op, ev);
    if (ev->names_reference && op->unit != UNIT_WORK && (status == 400 || status == 404 || status == 409 || status == 422)) {
        struct plan plan = wait(op, ev, OUTBOX_BLOCKED);
        plan.effect = PLAN_BLOCK;
        plan.pass = PASS_GOES_ON;
        plan.is_trouble = false;
        return plan;
    }
    switch (status) {
    case 401:
        return give_up(still(op), PLAN_PAUSE_ALL);
    case 403:
        return op->unit == UNIT_WORK ? step(OUTBOX_QUEUED, PLAN_APART) : pause_type(op, ev, still(op));
    case 409:
    case 412:
        return on_dispute(op);
    case 404:
        if (op->is_create || op->unit != UNIT_ALONE)
            return on_refusal(op, ev);
        return step(OUTBOX_IN_DOUBT, PLAN_READ);
    case 410:
        return op->unit == UNIT_ALONE ? step(OUTBOX_CONFLICT, PLAN_DELETED) : on_dispute(op);
    case 429:
        return wait(op, ev, still(op));
    case 408:
        return wait(op, ev, OUTBOX_IN_DOUBT);
    default:
        if (status >= 400 && status < 500)
            return on_refusal(op, ev);
        if (status >= 500)
            return wait(op, ev, OUTBOX_IN_DOUBT);   /* never "not done" */
        return give_up(still(op), PLAN_PAUSE_ALL);  /* redirected: the address is wrong */
    }
}

/* Read before a write that the server would take whatever it has. */
static struct plan on_compared(const struct plan_op *op, const struct plan_event *ev)
{
    if (ev->found == FOUND_BASE || (op->is_create && (ev->found == FOUND_GONE || ev->found == FOUND_ABSENT)))
        return step(OUTBOX_IN_FLIGHT, PLAN_SEND);
    if (ev->found == FOUND_OURS)
        return step(OUTBOX_IN_FLIGHT, PLAN_DONE);
    if (ev->found == FOUND_OTHER)
        return step(OUTBOX_IN_FLIGHT, PLAN_MERGE);
    return step(OUTBOX_CONFLICT, PLAN_DELETED);
}

/* It has not arrived, or the server refuses what is right: then, after a few tries, a person is told.
 * Where nothing stops a lost try from being carried out after this one, it is waited for. */
static struct plan send_again(const struct plan_op *op)
{
    if (op->disputes >= DISPUTES_MOST)
        return step(OUTBOX_REFUSED, PLAN_REFUSE);
    if (may_overwrite(op))
        return wait_for_late(op);
    return step(OUTBOX_IN_FLIGHT, PLAN_SEND);
}

/* What the server has tells what became of a write whose answer was lost or was "conflict". */
static struct plan on_read(const struct plan_op *op, const struct plan_event *ev)
{
    if (op->state == OUTBOX_IN_FLIGHT)
        return on_compared(op, ev);
    if ((ev->found == FOUND_OURS || ev->found == FOUND_OTHER) && may_overwrite(op))
        return wait_for_late(op);       /* a second copy may be under way: nothing goes on top of it yet */
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

static struct plan on_read_failed(const struct plan_op *op, const struct plan_event *ev)
{
    if (ev->status == 401)
        return give_up(still(op), PLAN_PAUSE_ALL);
    if (ev->status == 403)
        return pause_type(op, ev, still(op));
    return wait(op, ev, still(op));
}

struct plan plan_step(const struct plan_op *op, const struct plan_event *event)
{
    switch (event->kind) {
    case EVENT_TURN:
        return on_turn(op);
    case EVENT_ANSWER:
        return on_answer(op, event);
    case EVENT_UNREACHED:
        return give_up(still(op), PLAN_WAIT);
    case EVENT_LOST:
        return wait(op, event, OUTBOX_IN_DOUBT);
    case EVENT_STOPPED:
        return give_up(OUTBOX_IN_DOUBT, PLAN_WAIT);
    case EVENT_UNTRUSTED:
        return give_up(still(op), PLAN_STOP);
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
