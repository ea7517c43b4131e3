/* The agent would ask a server for what it cannot do, or two agents would work on one directory. */
#include "tests/unit/directory.h"

#include "base/config.h"
#include "store/sync_state.h"
#include "sync/agent.h"
#include "sync/capability.h"

static void what_was_found_is_remembered(void **state)
{
    enum { N_FLAGS = 11 };
    char patient[] = "Patient", task[] = "Task", *types[] = { patient, task };
    static const enum create_guard guards[] = { GUARD_NONE, GUARD_IF_NONE_MATCH, GUARD_IF_MATCH_ZERO };

    (void)state;
    for (size_t on = 0; on < N_FLAGS; on++) {
        struct capability caps = { .guard = guards[on % 3], .type = types, .n_types = 2 }, read;
        bool *flag[N_FLAGS] = { &caps.takes_ids, &caps.honors_if_match, &caps.delete_honors_if_match, &caps.bundle_honors_if_match,
                                &caps.keeps_equal, &caps.takes_unknown, &caps.keeps_unknown, &caps.takes_gzip, &caps.has_history,
                                &caps.has_system_history, &caps.has_transaction };
        int64_t at;

        *flag[on] = true;
        struct doc *stored = capability_write(&caps, 1234567890123);
        assert_true(capability_read(stored, &read, &at));
        assert_int_equal(at, 1234567890123);
        assert_int_equal(read.guard, caps.guard);
        for (size_t i = 0; i < N_FLAGS; i++)
            assert_int_equal(*(bool *)((char *)&read + ((char *)flag[i] - (char *)&caps)), i == on);
        assert_true(capability_has_type(&read, "Task"));
        assert_false(capability_has_type(&read, "Observation"));
        capability_done(&read);
        doc_free(stored);
    }
}

/* A desk that was upgraded knows less of its server than it has to ask by now. */
static void what_was_not_asked_then_is_asked_now(void **state)
{
    struct capability caps = { .takes_ids = true }, read;
    struct doc *stored = capability_write(&caps, 1);
    int64_t at;

    (void)state;
    node_remove_name(stored, doc_root(stored), "takesGzip");
    assert_false(capability_read(stored, &read, &at));
    doc_free(stored);
}

static void what_cannot_be_read_is_probed_again(void **state)
{
    struct doc *empty = doc_new(NULL);
    struct capability caps;
    int64_t at;

    (void)state;
    assert_false(capability_read(empty, &caps, &at));
    doc_free(empty);
}

static void nobody_keeps_the_scratch_resource(void **state)
{
    static const struct { const char *json; bool is_scratch; } cases[] = {
        { "{\"meta\":{\"tag\":[{\"code\":\"x\"},{\"system\":\"https://frontdesk.invalid/fhir/tag\",\"code\":\"probe\"}]}}", true },
        { "{\"meta\":{\"tag\":[{\"system\":\"https://other.invalid\",\"code\":\"probe\"}]}}", false }, { "{}", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc = NULL;

        assert_int_equal(doc_parse(cases[i].json, strlen(cases[i].json), &doc, NULL), RC_OK);
        assert_int_equal(capability_is_scratch(doc_root(doc)), cases[i].is_scratch);
        doc_free(doc);
    }
}

static void one_agent_a_directory(void **state)
{
    struct directory *d = *state;
    struct agent first = { .st = d->st, .lock_fd = -1 }, second = { .st = d->st, .lock_fd = -1 };
    struct sync_status status;

    ASSERT_OK(agent_lock(&first, err));
    assert_true(first.lock_fd >= 0);
    ASSERT_OK(agent_lock(&second, err));
    assert_int_equal(second.lock_fd, -1);
    agent_lease(&first);
    ASSERT_OK(sync_status_get(d->st, &status, err));
    assert_true(status.running);
    agent_unlock(&first);
    ASSERT_OK(sync_status_get(d->st, &status, err));
    assert_false(status.running);
    ASSERT_OK(agent_lock(&second, err));
    assert_true(second.lock_fd >= 0);
    agent_unlock(&second);
}

static void without_a_server_it_says_so(void **state)
{
    struct directory *d = *state;
    struct config *config = NULL;
    struct agent_report report;
    char path[96];

    snprintf(path, sizeof path, "%s/config", d->path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
    ASSERT_OK(config_load(path, &config, NULL, err));
    struct agent agent = { .st = d->st, .config = config, .lock_fd = -1 };
    ASSERT_RC(RC_INVALID, agent_once(&agent, &report, err));
    assert_int_equal(report.pushed, 0);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_found_is_remembered), cmocka_unit_test(what_was_not_asked_then_is_asked_now),
        cmocka_unit_test(what_cannot_be_read_is_probed_again),
        cmocka_unit_test(nobody_keeps_the_scratch_resource), DIRECTORY_TEST(one_agent_a_directory),
        DIRECTORY_TEST(without_a_server_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
