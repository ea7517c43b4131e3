/* After a lost answer or a refusal a write would be doubled, forgotten, or hammered at the server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "sync/planner.h"

#define Q OUTBOX_QUEUED
#define F OUTBOX_IN_FLIGHT
#define D OUTBOX_IN_DOUBT
#define C OUTBOX_CONFLICT
#define B OUTBOX_BLOCKED
#define R OUTBOX_REFUSED
enum { CREATE = 1, NO_MATCH = 2, NO_HISTORY = 4, NO_GUARD = 8, DISPUTED = 16, VERSION = 32, NAMES = 64,
       RING = 128, WORK = 256, NO_ADDRESS = 512, EARLY = 1024, UNDOES = 2048 };

struct planner_case {
    const char *why;
    enum outbox_state state;
    int flags;
    enum plan_event_kind event;
    int detail;                 /* status, or what was found */
    enum outbox_state next;
    enum plan_effect effect;
};

/* SYNC.md 4.2, row by row. */
static const struct planner_case cases[] = {
    { "a create goes out", Q, CREATE, EVENT_TURN, 0, F, PLAN_SEND },
    { "an update goes out", Q, 0, EVENT_TURN, 0, F, PLAN_SEND },
    { "where If-Match means nothing it is compared first", Q, NO_MATCH, EVENT_TURN, 0, F, PLAN_READ },
    { "a create has nothing to compare", Q, CREATE | NO_MATCH, EVENT_TURN, 0, F, PLAN_SEND },
    { "but what was deleted there another desk may have made again", Q, CREATE | UNDOES | NO_GUARD, EVENT_TURN, 0, F, PLAN_READ },
    { "which a guard would find", Q, CREATE | UNDOES, EVENT_TURN, 0, F, PLAN_SEND },
    { "a blocked one may try", B, CREATE, EVENT_TURN, 0, F, PLAN_SEND },
    { "we died while it was on its way", F, CREATE, EVENT_TURN, 0, D, PLAN_READ },
    { "in doubt it is looked for", D, 0, EVENT_TURN, 0, D, PLAN_READ },
    { "a conflict is a person's", C, 0, EVENT_TURN, 0, C, PLAN_WAIT },
    { "so is a refusal", R, 0, EVENT_TURN, 0, R, PLAN_WAIT },

    { "created", F, CREATE | VERSION, EVENT_ANSWER, 201, F, PLAN_DONE },
    { "updated", F, VERSION, EVENT_ANSWER, 200, F, PLAN_DONE },
    { "200 on a create: something was there, it is read", F, CREATE | VERSION, EVENT_ANSWER, 200, D, PLAN_READ },
    { "without a version it is read", F, 0, EVENT_ANSWER, 200, D, PLAN_READ },
    { "201 on an update: the server had lost it", F, VERSION, EVENT_ANSWER, 201, F, PLAN_DONE_LOST },
    { "but when it was deleted, and a person wants it again", F, VERSION | UNDOES, EVENT_ANSWER, 201, F, PLAN_DONE },
    { "the token", F, 0, EVENT_ANSWER, 401, Q, PLAN_PAUSE_ALL },
    { "the right to this type", F, 0, EVENT_ANSWER, 403, Q, PLAN_PAUSE_TYPE },
    { "HAPI's stale version", F, 0, EVENT_ANSWER, 409, D, PLAN_READ },
    { "everybody else's", F, 0, EVENT_ANSWER, 412, D, PLAN_READ },
    { "an update of what is not there", F, 0, EVENT_ANSWER, 404, D, PLAN_READ },
    { "a create is not taken at this address", F, CREATE, EVENT_ANSWER, 404, R, PLAN_REFUSE },
    { "deleted", F, 0, EVENT_ANSWER, 410, C, PLAN_DELETED },
    { "invalid", F, 0, EVENT_ANSWER, 400, R, PLAN_REFUSE },
    { "invalid, too", F, CREATE, EVENT_ANSWER, 422, R, PLAN_REFUSE },
    { "too large", F, 0, EVENT_ANSWER, 413, R, PLAN_REFUSE },
    { "no such format", F, 0, EVENT_ANSWER, 415, R, PLAN_REFUSE },
    { "method not allowed", F, 0, EVENT_ANSWER, 405, R, PLAN_REFUSE },
    { "too early: 400 naming a reference", F, CREATE | NAMES, EVENT_ANSWER, 400, B, PLAN_BLOCK },
    { "too early: 404", F, NAMES, EVENT_ANSWER, 404, B, PLAN_BLOCK },
    { "too early: 409", F, NAMES, EVENT_ANSWER, 409, B, PLAN_BLOCK },
    { "too early: 422", F, NAMES, EVENT_ANSWER, 422, B, PLAN_BLOCK },
    { "too many requests: it did not happen", F, 0, EVENT_ANSWER, 429, Q, PLAN_WAIT },
    { "408 may have happened", F, 0, EVENT_ANSWER, 408, D, PLAN_WAIT },
    { "500 is never not done", F, 0, EVENT_ANSWER, 500, D, PLAN_WAIT },
    { "nor is 503", F, CREATE, EVENT_ANSWER, 503, D, PLAN_WAIT },
    { "a redirect means the address is wrong", F, 0, EVENT_ANSWER, 301, Q, PLAN_PAUSE_ALL },

    { "it never left", F, CREATE, EVENT_UNREACHED, 0, Q, PLAN_WAIT },
    { "it may have arrived", F, CREATE, EVENT_LOST, 0, D, PLAN_WAIT },
    { "nobody was told anything", F, 0, EVENT_UNTRUSTED, 0, Q, PLAN_STOP },
    { "what was in doubt stays so", D, 0, EVENT_UNTRUSTED, 0, D, PLAN_STOP },
    { "unreached while looking", D, 0, EVENT_READ_FAILED, 0, D, PLAN_WAIT },
    { "failed while looking", D, 0, EVENT_READ_FAILED, 503, D, PLAN_WAIT },
    { "401 while looking", D, 0, EVENT_READ_FAILED, 401, D, PLAN_PAUSE_ALL },
    { "403 while looking", D, 0, EVENT_READ_FAILED, 403, D, PLAN_PAUSE_TYPE },
    { "failed while comparing: nothing was sent", F, NO_MATCH, EVENT_READ_FAILED, 503, Q, PLAN_WAIT },

    { "still deleted: made again", F, CREATE | UNDOES | NO_GUARD, EVENT_READ, FOUND_GONE, F, PLAN_SEND },
    { "or not known at all", F, CREATE | UNDOES | NO_GUARD, EVENT_READ, FOUND_ABSENT, F, PLAN_SEND },
    { "made again by another desk", F, CREATE | UNDOES | NO_GUARD, EVENT_READ, FOUND_OTHER, F, PLAN_MERGE },

    { "it arrived", D, CREATE, EVENT_READ, FOUND_OURS, D, PLAN_DONE },
    { "a create did not", D, CREATE, EVENT_READ, FOUND_ABSENT, F, PLAN_SEND },
    { "an update did not", D, 0, EVENT_READ, FOUND_BASE, F, PLAN_SEND },
    { "what was updated is gone", D, 0, EVENT_READ, FOUND_ABSENT, C, PLAN_DELETED },
    { "deleted meanwhile", D, 0, EVENT_READ, FOUND_GONE, C, PLAN_DELETED },
    { "a deleted id is not created again by a machine", D, CREATE, EVENT_READ, FOUND_GONE, C, PLAN_DELETED },
    { "another version: is ours below it?", D, 0, EVENT_READ, FOUND_OTHER, D, PLAN_SEARCH },
    { "without a history it is merged", D, NO_HISTORY, EVENT_READ, FOUND_OTHER, D, PLAN_MERGE },
    { "ours is below it", D, 0, EVENT_HISTORY, FOUND_OURS, D, PLAN_DONE_OLDER },
    { "ours is not there", D, 0, EVENT_HISTORY, FOUND_OTHER, D, PLAN_MERGE },
    { "disputed again and again though right", D, DISPUTED, EVENT_READ, FOUND_BASE, R, PLAN_REFUSE },
    { "or a create though absent", D, CREATE | DISPUTED, EVENT_READ, FOUND_ABSENT, R, PLAN_REFUSE },

    { "compared: nobody wrote", F, NO_MATCH, EVENT_READ, FOUND_BASE, F, PLAN_SEND },
    { "compared: somebody did", F, NO_MATCH, EVENT_READ, FOUND_OTHER, F, PLAN_MERGE },
    { "compared: it says so already", F, NO_MATCH, EVENT_READ, FOUND_OURS, F, PLAN_DONE },
    { "compared: deleted", F, NO_MATCH, EVENT_READ, FOUND_GONE, C, PLAN_DELETED },

    { "told to stop while it was on its way", F, 0, EVENT_STOPPED, 0, D, PLAN_WAIT },
    { "a unit that was refused goes one by one", F, WORK, EVENT_ANSWER, 422, Q, PLAN_APART },
    { "so does one whose guard failed, however that is said", F, WORK, EVENT_ANSWER, 400, Q, PLAN_APART },
    { "or as a conflict", F, WORK, EVENT_ANSWER, 409, Q, PLAN_APART },
    { "or for one reference", F, WORK | NAMES, EVENT_ANSWER, 400, Q, PLAN_APART },
    { "or one type", F, WORK, EVENT_ANSWER, 403, Q, PLAN_APART },
    { "a unit that is too large is halved", F, WORK, EVENT_ANSWER, 413, Q, PLAN_HALVES },
    { "a unit that was lost is in doubt", F, WORK, EVENT_LOST, 0, D, PLAN_WAIT },
    { "a ring whose guard may have failed is looked into", F, RING, EVENT_ANSWER, 400, D, PLAN_WAIT },
    { "a ring that is not valid", F, RING, EVENT_ANSWER, 422, R, PLAN_REFUSE },
    { "a ring cannot be halved", F, RING, EVENT_ANSWER, 413, R, PLAN_REFUSE },
    { "a ring of which one is there", F, RING, EVENT_ANSWER, 409, D, PLAN_READ },

    { "the server gives ids: a lost create is sent again with its condition", D, CREATE | NO_ADDRESS, EVENT_TURN, 0, F, PLAN_SEND },
    { "but not while the lost one may come late", D, CREATE | NO_ADDRESS | EARLY, EVENT_TURN, 0, D, PLAN_WAIT },
    { "its condition fits two", F, CREATE | NO_ADDRESS, EVENT_ANSWER, 412, R, PLAN_REFUSE },
    { "created under an id that was not told", F, CREATE | NO_ADDRESS, EVENT_ANSWER, 201, D, PLAN_WAIT },
    { "nothing guards a create: the lost one may come late", D, CREATE | NO_GUARD | EARLY, EVENT_READ, FOUND_ABSENT, D, PLAN_WAIT },
    { "it came, but a second one may come late", D, CREATE | NO_GUARD | EARLY, EVENT_READ, FOUND_OURS, D, PLAN_WAIT },
    { "somebody wrote on it, and a second one may come late", D, CREATE | NO_GUARD | EARLY, EVENT_READ, FOUND_OTHER, D, PLAN_WAIT },
    { "turned away, and an earlier try may come late", F, EARLY, EVENT_ANSWER, 429, D, PLAN_WAIT },
    { "not reached, and an earlier try may come late", F, CREATE | EARLY, EVENT_UNREACHED, 0, D, PLAN_WAIT },
    { "it did not come", D, CREATE | NO_GUARD, EVENT_READ, FOUND_ABSENT, F, PLAN_SEND },
    { "a guarded one need not be waited for", D, CREATE | EARLY, EVENT_READ, FOUND_ABSENT, F, PLAN_SEND },
    { "nothing guards an update either", D, NO_MATCH | EARLY, EVENT_READ, FOUND_BASE, D, PLAN_WAIT },
};

static struct plan run(const struct planner_case *c, uint32_t random, int64_t retry_after_ms)
{
    bool is_found = c->event == EVENT_READ || c->event == EVENT_HISTORY;
    struct plan_op op = {
        .state = c->state, .is_create = c->flags & CREATE, .undoes_deletion = c->flags & UNDOES, .honors_if_match = !(c->flags & NO_MATCH),
        .has_history = !(c->flags & NO_HISTORY), .guard = c->flags & NO_GUARD ? GUARD_NONE : GUARD_IF_MATCH_ZERO,
        .has_address = !(c->flags & NO_ADDRESS), .unanswered_ms = c->flags & EARLY ? 20000 : PLAN_NEVER,
        .unit = c->flags & RING ? UNIT_RING : c->flags & WORK ? UNIT_WORK : UNIT_ALONE,
        .attempts = 2, .disputes = c->flags & DISPUTED ? 3 : 0,
    };
    struct plan_event event = {
        .kind = c->event, .status = is_found ? 0 : c->detail, .found = is_found ? (enum plan_found)c->detail : FOUND_ABSENT,
        .has_version = c->flags & VERSION, .names_reference = c->flags & NAMES, .retry_after_ms = retry_after_ms,
        .random = random,
    };

    return plan_step(&op, &event);
}

static void every_row_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plan plan = run(&cases[i], 0, -1);
        if (plan.state != cases[i].next || plan.effect != cases[i].effect)
            fail_msg("%s: state %d, effect %d; should be %d, %d", cases[i].why, plan.state, plan.effect, cases[i].next,
                     cases[i].effect);
    }
}

static void waits_grow_and_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(plan_backoff_ms(0, -1, 0), 0);
    assert_in_range(plan_backoff_ms(0, -1, UINT32_MAX), 1990, 2000);
    assert_in_range(plan_backoff_ms(3, -1, UINT32_MAX), 15990, 16000);
    assert_in_range(plan_backoff_ms(30, -1, UINT32_MAX), 899000, 900000);
    assert_in_range(plan_backoff_ms(1000000, -1, UINT32_MAX / 2), 449000, 450000);
}

static void the_servers_word_goes_before_ours(void **state)
{
    (void)state;
    assert_int_equal(plan_backoff_ms(9, 7000, UINT32_MAX), 7000);
    assert_int_equal(plan_backoff_ms(9, 0, UINT32_MAX), 0);
    assert_int_equal(plan_backoff_ms(0, INT64_MAX, 0), 3600000);    /* absurd: an hour at most */
    struct planner_case busy = { "busy", F, 0, EVENT_ANSWER, 429, Q, PLAN_WAIT };
    assert_int_equal(run(&busy, UINT32_MAX, 5000).wait_ms, 5000);
}

/* Without a guard a lost create may still be carried out: nothing goes on top of it for two minutes. */
static void an_unguarded_create_waits_out_the_late_one(void **state)
{
    struct planner_case absent = { "absent", D, CREATE | NO_GUARD | EARLY, EVENT_READ, FOUND_ABSENT, D, PLAN_WAIT };

    (void)state;
    assert_int_equal(run(&absent, 0, -1).wait_ms, 100000);
}

static struct plan with_troubles(int troubles, enum plan_event_kind kind, int status)
{
    struct plan_op op = { .state = F, .honors_if_match = true, .has_address = true, .unanswered_ms = PLAN_NEVER, .troubles = troubles };
    struct plan_event event = { .kind = kind, .status = status, .has_version = true, .retry_after_ms = -1 };

    return plan_step(&op, &event);
}

/* What one write meets may be its own, its type's, or everybody's. */
static void the_pass_goes_on_unless_the_server_is_down(void **state)
{
    (void)state;
    assert_int_equal(with_troubles(0, EVENT_ANSWER, 200).pass, PASS_GOES_ON);
    assert_int_equal(with_troubles(9, EVENT_ANSWER, 422).pass, PASS_GOES_ON);
    assert_int_equal(with_troubles(0, EVENT_ANSWER, 403).pass, PASS_WITHOUT_TYPE);
    assert_int_equal(with_troubles(0, EVENT_ANSWER, 401).pass, PASS_OVER);
    assert_int_equal(with_troubles(0, EVENT_UNREACHED, 0).pass, PASS_OVER);
    assert_int_equal(with_troubles(0, EVENT_UNTRUSTED, 0).pass, PASS_OVER);
    assert_int_equal(with_troubles(0, EVENT_STOPPED, 0).pass, PASS_OVER);
    assert_true(with_troubles(3, EVENT_LOST, 0).is_trouble);
    assert_int_equal(with_troubles(3, EVENT_LOST, 0).pass, PASS_GOES_ON);
    assert_int_equal(with_troubles(4, EVENT_LOST, 0).pass, PASS_OVER);
    assert_int_equal(with_troubles(4, EVENT_ANSWER, 503).pass, PASS_OVER);
    assert_false(with_troubles(4, EVENT_ANSWER, 422).is_trouble);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_table), cmocka_unit_test(waits_grow_and_are_bounded),
        cmocka_unit_test(the_servers_word_goes_before_ours), cmocka_unit_test(an_unguarded_create_waits_out_the_late_one),
        cmocka_unit_test(the_pass_goes_on_unless_the_server_is_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
