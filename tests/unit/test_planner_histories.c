/* On a bad line a write would reach the server twice, over somebody else's, or never. */
#include "tests/unit/planner_model.h"

static void histories_hold(void **state)
{
    struct model as_is = { .decide = plan_step };

    (void)state;
    shrink_run("test_planner_histories", 100000, history_holds, &as_is);
}

/* ---- and what would be seen if it decided otherwise ---- */

static struct plan without_doubt(const struct plan_op *op, const struct plan_event *event)
{
    struct plan plan = plan_step(op, event);

    if (event->kind == EVENT_LOST)
        plan.state = OUTBOX_QUEUED;
    if (event->kind == EVENT_TURN && (op->state == OUTBOX_IN_FLIGHT || op->state == OUTBOX_IN_DOUBT))
        plan = (struct plan){ .state = OUTBOX_IN_FLIGHT, .effect = PLAN_SEND };
    return plan;
}

static struct plan sending_after_5xx(const struct plan_op *op, const struct plan_event *event)
{
    struct plan plan = plan_step(op, event);

    if (event->kind == EVENT_ANSWER && event->status >= 500)
        plan.state = OUTBOX_QUEUED;
    return plan;
}

static struct plan disputed_is_done(const struct plan_op *op, const struct plan_event *event)
{
    if (event->kind == EVENT_ANSWER && (event->status == 409 || event->status == 412))
        return (struct plan){ .state = OUTBOX_IN_FLIGHT, .effect = PLAN_DONE };
    return plan_step(op, event);
}

static void other_decisions_are_seen(void **state)
{
    struct { const char *name; struct model model; } others[] = {
        { "nothing is ever in doubt", { .decide = without_doubt } },
        { "no If-Match", { .decide = plan_step, .forgets_match = true } },
        { "sent again after 5xx without a look", { .decide = sending_after_5xx } },
        { "409 is taken for done", { .decide = disputed_is_done } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!shrink_first_broken(10000, history_holds, &others[i].model))
            fail_msg("%s, and nobody noticed", others[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_hold), cmocka_unit_test(other_decisions_are_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
