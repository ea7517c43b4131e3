/* Somebody could read or change a record and leave no trace, or the trace could be wiped. */
#include "tests/unit/directory.h"

#include "store/audit.h"

static void rows_stay(void **state)
{
    struct directory *d = *state;

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_RC(RC_DB, query_run(d->st, err, "UPDATE audit SET staff = 'other'", ""));
    ASSERT_RC(RC_DB, query_run(d->st, err, "DELETE FROM audit", ""));
    ASSERT_RC(RC_DB, query_run(d->st, err, "INSERT OR REPLACE INTO audit SELECT * FROM audit", ""));
    ASSERT_RC(RC_DB, query_run(d->st, err, "UPDATE OR IGNORE audit SET seq = seq + 100", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE staff = 'staff-1' AND seq = 1"), 1);
}

static void one_row_an_act(void **state)
{
    static const char note[] = "{\"resourceType\":\"Communication\",\"id\":\"c1\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/p1\"}}";
    static const char task[] = "{\"resourceType\":\"Task\",\"id\":\"t1\",\"status\":\"requested\",\"intent\":\"order\",\"for\":{\"reference\":\"Patient/p1\"}}";
    struct directory *d = *state;
    struct grant grant = directory_grant("contact log", "p1");
    struct doc *first, *second;
    int64_t act;

    ASSERT_OK(doc_parse(note, strlen(note), &first, err));
    ASSERT_OK(doc_parse(task, strlen(task), &second, err));
    ASSERT_OK(store_begin(d->st, err));
    act = audit_act(d->st, &grant);
    ASSERT_OK(store_put(d->st, &grant, first, err));
    ASSERT_OK(store_put(d->st, &grant, second, err));
    audit_detail(d->st, "outcome=%s", "none");
    audit_detail(d->st, "tries=%d", 2);
    ASSERT_OK(store_end(d->st, RC_OK, err));
    assert_int_equal(directory_number(d, "SELECT seq FROM audit"), act);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE staff = 'staff-1' AND role = 'front-desk' AND origin = 0"
        " AND action = 'contact log' AND category = 'test' AND purpose = 'TREAT' AND outcome = 0 AND patient = 'p1'"
        " AND entity = 'Communication/c1' AND writes = 2 AND detail = 'outcome=none tries=2' AND at LIKE '2026-11-23T13:14:%'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE act = (SELECT seq FROM audit)"), 2);
    doc_free(first);
    doc_free(second);
}

static void refusals_and_failures(void **state)
{
    static const struct { const char *json; enum rc rc; int64_t outcome; } cases[] = {
        { "{\"resourceType\":\"Task\",\"id\":\"t1\",\"status\":\"requested\",\"intent\":\"order\",\"for\":{\"reference\":\"Patient/p2\"}}", RC_DENIED, 4 },
        { "{\"resourceType\":\"Task\",\"id\":\"not an id\"}", RC_INVALID, 8 },
        { PERSON("p1", "Marsh"), RC_EXISTS, 8 },
    };
    struct directory *d = *state;
    struct grant grant = directory_grant("task add", "p1");

    directory_put(d, PERSON("p1", "Marsh"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc;

        ASSERT_OK(doc_parse(cases[i].json, strlen(cases[i].json), &doc, err));
        ASSERT_RC(cases[i].rc, store_put(d->st, &grant, doc, err));
        assert_int_equal(directory_number(d, "SELECT count(*) FROM audit"), 2 + i);
        assert_int_equal(directory_number(d, "SELECT outcome FROM audit ORDER BY seq DESC"), cases[i].outcome);
        assert_int_equal(directory_number(d, "SELECT writes FROM audit ORDER BY seq DESC"), 0);
        doc_free(doc);
    }
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE detail = 'denied' AND patient = 'p1' AND action = 'task add'"), 1);
    ASSERT_OK(audit_event(d->st, &grant, 4, "sign-in", err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE outcome = 4 AND detail = 'sign-in'"), 1);
}

/* A refusal written inside an act that is rolled back must not go with it. */
static void refusal_outlives_the_rollback(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("task add", "p1");

    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(audit_event(d->st, &grant, 4, "not your role", err));
    assert_int_equal(store_end(d->st, RC_DENIED, NULL), RC_DENIED);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE outcome = 4 AND detail = 'not your role'"), 1);
}

static void views_are_kept_before_they_are_seen(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("record open", "p1"), find = directory_grant("patient find", "");
    struct directory other = *d;

    ASSERT_OK(audit_view(d->st, &grant, "p1", NULL, NULL, err));
    ASSERT_OK(audit_view(d->st, &find, "p2", "Observation", "o1", err));
    ASSERT_RC(RC_DENIED, audit_view(d->st, NULL, "p1", NULL, NULL, err));
    ASSERT_OK(store_open(d->path, 0, &other.st, err));
    assert_int_equal(directory_number(&other, "SELECT count(*) FROM audit WHERE patient = 'p1' AND entity = 'Patient/p1' AND writes = 0"), 1);
    assert_int_equal(directory_number(&other, "SELECT count(*) FROM audit WHERE patient = 'p2' AND entity = 'Observation/o1'"), 1);
    store_close(other.st);
}

/* A batch over many people names none of them; the idle agent leaves no rows at all. */
static void batches_and_the_agent(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("sync", "");
    struct doc *doc = NULL;

    grant.origin = ORIGIN_SYNC;
    ASSERT_OK(store_begin(d->st, err));
    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Okafor"));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE patient IS NULL AND writes = 2"), 1);
    doc = directory_get(d, "Patient", "p1");
    ASSERT_RC(RC_STALE, store_put_remote(d->st, &grant, (doc_set(doc, "gender", "male"), doc), "1", "x", err));
    ASSERT_OK(store_delete_remote(d->st, &grant, "Patient", "p9", err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit"), 1);
    doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(rows_stay), DIRECTORY_TEST(one_row_an_act), DIRECTORY_TEST(refusals_and_failures),
        DIRECTORY_TEST(refusal_outlives_the_rollback), DIRECTORY_TEST(views_are_kept_before_they_are_seen),
        DIRECTORY_TEST(batches_and_the_agent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
