/* Somewhere among all that can happen to a write one decision would be wrong, and nobody tried that one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "sync/planner.h"

enum { LATE_MS = 120 * 1000, HOUR_MS = 60 * 60 * 1000, TROUBLES_MOST = 5, DISPUTES_MOST = 3 };

static const int statuses[] = { 200, 201, 204, 301, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 429, 500, 501, 502, 503, 504 };

struct decision { struct plan_op op; struct plan_event ev; struct plan plan; };

/* ---- claims: true where the decision may stand ---- */

static bool is_2xx(const struct decision *d)
{
    return d->ev.kind == EVENT_ANSWER && d->ev.status / 100 == 2;
}

static bool is_done(const struct decision *d)
{
    return d->plan.effect == PLAN_DONE || d->plan.effect == PLAN_DONE_LOST || d->plan.effect == PLAN_DONE_OLDER;
}

/* 5xx, 408 and silence are never "not done". */
static bool may_have_happened(const struct decision *d)
{
    return d->ev.kind == EVENT_LOST || d->ev.kind == EVENT_STOPPED ||
           (d->ev.kind == EVENT_ANSWER && (d->ev.status >= 500 || d->ev.status == 408));
}

static bool what_may_have_happened_is_in_doubt(const struct decision *d)
{
    return !may_have_happened(d) || (d->plan.state == OUTBOX_IN_DOUBT && d->plan.effect == PLAN_WAIT);
}

static bool what_is_in_doubt_is_never_simply_queued(const struct decision *d)
{
    return d->op.state != OUTBOX_IN_DOUBT || d->plan.state != OUTBOX_QUEUED;
}

static bool done_is_what_the_server_showed(const struct decision *d)
{
    bool is_shown = (is_2xx(d) && d->ev.has_version) || (d->ev.kind == EVENT_READ && d->ev.found == FOUND_OURS) ||
                    (d->ev.kind == EVENT_HISTORY && d->ev.found == FOUND_OURS);

    return !is_done(d) || is_shown;
}

static bool a_lost_base_is_told(const struct decision *d)
{
    bool is_made_anew = is_2xx(d) && d->ev.status == 201 && d->ev.has_version && !d->op.is_create && !d->op.undoes_deletion;

    return (d->plan.effect == PLAN_DONE_LOST) == is_made_anew;
}

/* Nothing is sent in answer to an answer: it is looked first, or waited. */
static bool sent_is_what_was_looked_for(const struct decision *d)
{
    if (d->plan.effect != PLAN_SEND)
        return true;
    if (d->plan.state != OUTBOX_IN_FLIGHT)
        return false;
    if (d->ev.kind == EVENT_TURN)
        return d->op.state == OUTBOX_QUEUED || d->op.state == OUTBOX_BLOCKED || !d->op.has_address;
    return d->ev.kind == EVENT_READ && (d->ev.found == FOUND_BASE || (d->ev.found == FOUND_ABSENT && d->op.is_create));
}

static bool nothing_goes_over_what_may_come_late(const struct decision *d)
{
    bool is_guarded = d->op.is_create ? d->op.guard != GUARD_NONE : d->op.honors_if_match;
    bool is_looked = d->ev.kind == EVENT_READ && d->op.state == OUTBOX_IN_DOUBT;

    return !is_looked || is_guarded || d->op.unanswered_ms >= LATE_MS ||
           !(d->plan.effect == PLAN_SEND || is_done(d) || d->plan.effect == PLAN_MERGE || d->plan.effect == PLAN_SEARCH);
}

static bool merged_is_what_is_not_ours(const struct decision *d)
{
    bool is_other = (d->ev.kind == EVENT_READ || d->ev.kind == EVENT_HISTORY) && d->ev.found == FOUND_OTHER;

    return d->plan.effect != PLAN_MERGE || is_other || d->ev.kind == EVENT_HISTORY;
}

static bool the_history_is_asked_before_a_merge(const struct decision *d)
{
    return d->plan.effect != PLAN_MERGE || d->ev.kind != EVENT_READ || d->op.state == OUTBOX_IN_FLIGHT || !d->op.has_history;
}

static bool a_persons_turn_is_a_persons(const struct decision *d)
{
    bool is_persons = d->op.state == OUTBOX_CONFLICT || d->op.state == OUTBOX_REFUSED;

    return !is_persons || d->ev.kind != EVENT_TURN || (d->plan.state == d->op.state && d->plan.effect == PLAN_WAIT);
}

/* Neither rights, nor haste, nor trouble at the server are the write's fault. */
static bool refused_is_what_is_bad(const struct decision *d)
{
    static const int innocent[] = { 401, 403, 408, 429 };

    if (d->plan.effect != PLAN_REFUSE)
        return d->plan.state != OUTBOX_REFUSED || d->op.state == OUTBOX_REFUSED;
    for (size_t i = 0; i < sizeof innocent / sizeof *innocent; i++)
        if (d->ev.kind == EVENT_ANSWER && d->ev.status == innocent[i])
            return false;
    return (d->ev.kind == EVENT_ANSWER && d->ev.status / 100 == 4) ||
           (d->ev.kind == EVENT_READ && d->op.disputes >= DISPUTES_MOST);
}

static bool blocked_names_a_reference(const struct decision *d)
{
    return d->plan.effect != PLAN_BLOCK || (d->ev.kind == EVENT_ANSWER && d->ev.names_reference && d->ev.status / 100 == 4);
}

static bool without_proof_all_stops(const struct decision *d)
{
    return (d->ev.kind == EVENT_UNTRUSTED) == (d->plan.effect == PLAN_STOP) &&
           (d->ev.kind != EVENT_UNTRUSTED || d->plan.pass == PASS_OVER);
}

static bool without_token_all_waits(const struct decision *d)
{
    bool is_refused = (d->ev.kind == EVENT_ANSWER || d->ev.kind == EVENT_READ_FAILED) && d->ev.status == 401;

    return !is_refused || (d->plan.effect == PLAN_PAUSE_ALL && d->plan.pass == PASS_OVER);
}

static bool without_right_the_type_waits(const struct decision *d)
{
    return (d->plan.pass == PASS_WITHOUT_TYPE) == (d->plan.effect == PLAN_PAUSE_TYPE);
}

static bool trouble_ends_a_pass_only_in_a_row(const struct decision *d)
{
    if (d->plan.is_trouble)
        return d->plan.effect == PLAN_WAIT && (d->plan.pass == PASS_OVER) == (d->op.troubles + 1 >= TROUBLES_MOST);
    return true;
}

/* One refused, blocked or merged write stops no other. */
static bool one_write_stops_no_other(const struct decision *d)
{
    bool is_own = is_done(d) || d->plan.effect == PLAN_REFUSE || d->plan.effect == PLAN_BLOCK || d->plan.effect == PLAN_MERGE ||
                  d->plan.effect == PLAN_DELETED || d->plan.effect == PLAN_APART || d->plan.effect == PLAN_HALVES;

    return !is_own || (d->plan.pass == PASS_GOES_ON && !d->plan.is_trouble);
}

static bool waits_are_bounded(const struct decision *d)
{
    return d->plan.wait_ms >= 0 && d->plan.wait_ms <= HOUR_MS;
}

static bool the_servers_word_is_kept(const struct decision *d)
{
    return !d->plan.is_trouble || d->ev.retry_after_ms < 0 || d->plan.wait_ms == d->ev.retry_after_ms;
}

static bool only_work_is_taken_apart(const struct decision *d)
{
    return (d->plan.effect != PLAN_APART && d->plan.effect != PLAN_HALVES) || (d->op.unit == UNIT_WORK && d->plan.state == OUTBOX_QUEUED);
}

static bool deleted_is_a_persons(const struct decision *d)
{
    return d->plan.effect != PLAN_DELETED || d->plan.state == OUTBOX_CONFLICT;
}

#define CLAIM(name) { #name, name }
static const struct { const char *name; bool (*holds)(const struct decision *d); } claims[] = {
    CLAIM(what_may_have_happened_is_in_doubt), CLAIM(what_is_in_doubt_is_never_simply_queued), CLAIM(done_is_what_the_server_showed),
    CLAIM(a_lost_base_is_told), CLAIM(sent_is_what_was_looked_for), CLAIM(nothing_goes_over_what_may_come_late),
    CLAIM(merged_is_what_is_not_ours), CLAIM(the_history_is_asked_before_a_merge), CLAIM(a_persons_turn_is_a_persons),
    CLAIM(refused_is_what_is_bad), CLAIM(blocked_names_a_reference), CLAIM(without_proof_all_stops), CLAIM(without_token_all_waits),
    CLAIM(without_right_the_type_waits), CLAIM(trouble_ends_a_pass_only_in_a_row), CLAIM(one_write_stops_no_other),
    CLAIM(waits_are_bounded), CLAIM(the_servers_word_is_kept), CLAIM(only_work_is_taken_apart), CLAIM(deleted_is_a_persons),
};

/* ---- all decisions ---- */

static unsigned long tried;

static void decide(const struct plan_op *op, const struct plan_event *ev)
{
    struct decision d = { *op, *ev, plan_step(op, ev) };

    tried++;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (!claims[i].holds(&d))
            fail_msg("%s: state %d, create %d, guard %d, match %d, history %d, address %d, disputes %d, troubles %d, unanswered %lld, unit %d; "
                     "event %d, status %d, version %d, names %d, found %d -> state %d, effect %d, wait %lld, pass %d",
                     claims[i].name, (int)op->state, op->is_create, (int)op->guard, op->honors_if_match, op->has_history, op->has_address,
                     op->disputes, op->troubles, (long long)op->unanswered_ms, (int)op->unit, (int)ev->kind, ev->status, ev->has_version,
                     ev->names_reference, (int)ev->found, (int)d.plan.state, (int)d.plan.effect, (long long)d.plan.wait_ms, (int)d.plan.pass);
}

/* What can happen to a write that was just sent. */
static void try_answers(const struct plan_op *op, struct plan_event ev)
{
    static const enum plan_event_kind silent[] = { EVENT_UNREACHED, EVENT_LOST, EVENT_STOPPED, EVENT_UNTRUSTED };

    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        ev.kind = silent[i];
        decide(op, &ev);
    }
    ev.kind = EVENT_ANSWER;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        for (int flags = 0; flags < 4; flags++) {
            ev.status = statuses[i];
            ev.has_version = flags & 1 && statuses[i] / 100 == 2;
            ev.names_reference = flags & 2 && statuses[i] / 100 == 4;
            decide(op, &ev);
        }
}

/* What can come of a look. */
static void try_looks(const struct plan_op *op, struct plan_event ev)
{
    static const int failures[] = { 0, 401, 403, 404, 408, 429, 500, 503 };

    for (int found = FOUND_ABSENT; found <= FOUND_OTHER; found++) {
        ev.kind = EVENT_READ;
        ev.found = (enum plan_found)found;
        decide(op, &ev);
    }
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        ev.kind = EVENT_READ_FAILED;
        ev.status = failures[i];
        decide(op, &ev);
    }
    ev.status = 0;
    ev.kind = EVENT_UNTRUSTED;
    decide(op, &ev);
    ev.kind = EVENT_UNREACHED;
    decide(op, &ev);
    for (int found = FOUND_OURS; op->state == OUTBOX_IN_DOUBT && op->has_history && found <= FOUND_OTHER; found += FOUND_OTHER - FOUND_OURS) {
        ev.kind = EVENT_HISTORY;
        ev.found = (enum plan_found)found;
        decide(op, &ev);
    }
}

static void try_events(const struct plan_op *op)
{
    static const int64_t words[] = { -1, 0, 7000 };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (uint32_t random = 0; random < 2; random++) {
            struct plan_event ev = { .kind = EVENT_TURN, .retry_after_ms = words[i], .random = random * UINT32_MAX };
            decide(op, &ev);
            if (op->state == OUTBOX_IN_FLIGHT)
                try_answers(op, ev);
            if (op->unit == UNIT_ALONE && op->has_address &&
                (op->state == OUTBOX_IN_DOUBT || (op->state == OUTBOX_IN_FLIGHT && !op->is_create && !op->honors_if_match)))
                try_looks(op, ev);
        }
}

/* The rest of what a write may be: each bit and each few of flags. */
static void try_ops(struct plan_op op, unsigned flags)
{
    static const int64_t unanswered[] = { 0, 60 * 1000, LATE_MS - 1, LATE_MS, PLAN_NEVER };

    op.is_create = flags & 1;
    op.undoes_deletion = flags & 128 && !op.is_create;
    op.honors_if_match = flags & 2;
    op.has_history = flags & 4;
    op.has_address = flags & 8 || !op.is_create;
    op.disputes = flags & 16 ? DISPUTES_MOST : 0;
    op.troubles = flags & 32 ? TROUBLES_MOST - 1 - (flags >> 6 & 1) : 0;
    op.attempts = flags & 64 ? 40 : 0;
    for (size_t i = 0; i < sizeof unanswered / sizeof *unanswered; i++) {
        op.unanswered_ms = unanswered[i];
        try_events(&op);
    }
}

static void every_decision_may_stand(void **state)
{
    (void)state;
    for (int at = OUTBOX_QUEUED; at <= OUTBOX_REFUSED; at++)
        for (int guard = GUARD_NONE; guard <= GUARD_IF_MATCH_ZERO; guard++)
            for (int unit = UNIT_ALONE; unit <= UNIT_RING; unit++)
                for (unsigned flags = 0; flags < 256; flags++)
                    try_ops((struct plan_op){ .state = (enum outbox_state)at, .guard = (enum create_guard)guard, .unit = (enum plan_unit)unit }, flags);
    assert_true(tried > 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_decision_may_stand) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
