/* Somebody who said they may hurt themselves would drop off the list before a clinician saw them. */
#include "tests/unit/action_case.h"

#define TASK "{\"resourceType\":\"Task\",\"id\":\"t-safety\",\"status\":\"requested\",\"intent\":\"order\",\"priority\":\"stat\"," \
             "\"code\":{\"coding\":[{\"code\":\"safety\"}]},\"focus\":{\"reference\":\"Flag/t-safety\"},\"for\":{\"reference\":\"Patient/p1\"}," \
             "\"restriction\":{\"period\":{\"end\":\"2026-11-23\"}}}"
#define FLAG "{\"resourceType\":\"Flag\",\"id\":\"t-safety\",\"status\":\"active\",\"category\":[{\"coding\":[{\"code\":\"safety\"}]}]," \
             "\"code\":{\"text\":\"Safety\"},\"subject\":{\"reference\":\"Patient/p1\"}}"

static void seed(struct directory *d)
{
    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, FLAG);
    directory_put(d, TASK);
}

static void assert_status(struct directory *d, const char *type, const char *status)
{
    struct doc *doc = directory_get(d, type, "t-safety");

    assert_string_equal(node_str(doc_root(doc), "status"), status);
    doc_free(doc);
}

/* Every way out of the list, tried by somebody who is no clinician. */
static void only_a_clinician_closes(void **state)
{
    static const enum role others[] = { ROLE_FRONT_DESK, ROLE_CARE_MANAGER, ROLE_ADMINISTRATOR };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct directory *d = NULL;
        struct context ctx;

        assert_int_equal(directory_setup((void **)&d), 0);
        ctx = context_of(d, others[i]);
        seed(d);
        assert_int_equal(RUN(&ctx, ACTION_TASK_COMPLETE, NULL, "id", "t-safety", "outcome", "seen", NULL), RC_DENIED);
        assert_int_equal(RUN(&ctx, ACTION_TASK_CANCEL, NULL, "id", "t-safety", "reason", "mistake", NULL), RC_DENIED);
        assert_int_equal(RUN(&ctx, ACTION_TASK_SNOOZE, NULL, "id", "t-safety", "until", "1w", NULL), RC_DENIED);
        assert_int_equal(RUN(&ctx, ACTION_TASK_RESCHEDULE, NULL, "id", "t-safety", "due", "1w", NULL), RC_DENIED);
        assert_int_equal(RUN(&ctx, ACTION_CORRECT, NULL, "resource", "Task/t-safety", "as", "mistake", "reason", "x", NULL), RC_DENIED);
        assert_int_equal(RUN(&ctx, ACTION_CORRECT, NULL, "resource", "Flag/t-safety", "as", "mistake", "reason", "x", NULL), RC_DENIED);
        assert_int_equal(RUN(&ctx, ACTION_CONTACT_LOG, NULL, "patient", "p1", "medium", "call", "outcome", "none", "next", "tomorrow",
                             "task", "t-safety", NULL), RC_DENIED);
        assert_int_equal(RUN(&ctx, ACTION_TASK_ASSIGN, NULL, "id", "t-safety", "owner", "me", NULL), RC_OK);
        assert_status(d, "Task", "requested");
        assert_status(d, "Flag", "active");
        context_end(&ctx);
        directory_teardown((void **)&d);
    }
}

static void a_clinician_closes_both_with_an_outcome(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_CLINICIAN);
    struct grant grant = directory_grant("task complete", "p1");

    seed(d);
    strcpy(grant.role, "clinician");
    ASSERT_RC(RC_INVALID, task_complete(d->st, &grant, "t-safety", "", err));
    assert_int_equal(RUN(&ctx, ACTION_TASK_COMPLETE, NULL, "id", "t-safety", "outcome", "seen, plan made", NULL), RC_OK);
    assert_status(d, "Task", "completed");
    assert_status(d, "Flag", "inactive");
    context_end(&ctx);
}

/* The server and the importer say what was decided elsewhere. */
static void what_was_closed_elsewhere_is_taken(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    struct grant grant = directory_grant("sync pull", "");
    struct doc *doc;

    seed(d);
    grant.origin = ORIGIN_SYNC;
    doc = directory_get(d, "Task", "t-safety");
    node_set_str(doc, doc_root(doc), "status", "completed");
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
    context_end(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_clinician_closes),
        DIRECTORY_TEST(a_clinician_closes_both_with_an_outcome),
        DIRECTORY_TEST(what_was_closed_elsewhere_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
