/* What a pass missed would stay missing for good, what was deleted would stay, and a server restored from
 * yesterday's copy would take today's work with it. */
#include "tests/unit/world.h"

#include "store/asked_for.h"
#include "store/conflict.h"
#include "store/outbox.h"
#include "store/quarantine.h"
#include "store/standing.h"
#include "store/sweep.h"
#include "store/sync_state.h"
#include "sync/pull.h"
#include "sync/sweep.h"

#define ELM ",\"managingOrganization\":{\"reference\":\"Organization/elm\"}"
#define ABOUT(patient) ",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/" patient "\"}"
#define AT(hm) "2026-11-23T" hm ":00.000Z"

static const char *const types[] = { "Patient", "Observation" };

static struct sweep_counts swept(struct world_desk *x)
{
    struct sweep whole;
    bool is_over;

    ASSERT_OK(sweep_run(&x->c, 0, &is_over, err));
    assert_true(is_over);
    ASSERT_OK(sweep_last(x->d->st, &whole, err));
    assert_string_not_equal(whole.finished, "");
    return whole.counts;
}

static int64_t here(struct directory *d, const char *id)
{
    static const char sql[] = "SELECT count(*) FROM resource WHERE id = ?1 AND deleted = 0";
    struct query *q = query_open(d->st, sql);

    query_bind(q, 1, id);
    int64_t n = query_next(q) ? query_int(q, 0) : -1;
    query_end(q, NULL);
    return n;
}

/* Three patients, pulled; what is newest shields nothing older than the overlap. */
static void start(struct world_desk *x, struct directory *d)
{
    world_start(x, d, types, 2);
    world_put(x, WORLD_LISTED, "Patient", "p1", "1", AT("08:00"), ELM);
    world_put(x, WORLD_LISTED, "Patient", "p2", "1", AT("09:00"), ELM);
    world_put(x, WORLD_LISTED, "Patient", "p3", "5", AT("12:00"), ELM);
    world_put(x, WORLD_LISTED, "Observation", "o1", "1", AT("09:00"), ABOUT("p1"));
    world_put(x, WORLD_LISTED, "Observation", "o2", "1", AT("12:00"), ABOUT("p2"));
    ASSERT_OK(pull_all(&x->c, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 5);
}

static void nothing_is_found_in_normal_running(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "Patient", "p4", "1", AT("12:30"), ELM);     /* the next pass brings it */
    struct sweep_counts n = swept(&x);
    assert_int_equal(n.seen, 6);
    assert_int_equal(n.findings + n.missing + n.stale + n.deleted + n.left + n.lost, 0);
    assert_non_null(strstr(x.world->asked, "&_elements=id,meta"));
    assert_null(strstr(x.world->asked, "?_id="));
    world_stop(&x);
}

static void what_passes_missed_is_fetched_and_counted(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "Patient", "p4", "1", AT("08:30"), ELM);     /* visible hours late */
    world_put(&x, WORLD_LISTED, "Patient", "p1", "2", AT("08:40"), ELM ",\"active\":true");
    struct sweep_counts n = swept(&x);
    assert_int_equal(n.missing, 1);
    assert_int_equal(n.stale, 1);
    assert_int_equal(n.findings, 2);
    assert_int_equal(here(d, "p4"), 1);
    struct doc *doc = directory_get(d, "Patient", "p1");
    assert_true(node_bool(doc_root(doc), "active"));
    doc_free(doc);
    n = swept(&x);
    assert_int_equal(n.findings + n.missing + n.stale, 0);
    world_stop(&x);
}

static void what_cannot_be_kept_is_found_once_only(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "Patient", "p4", "1", AT("08:30"), ELM ",\"contained\":[{\"id\":\"x\"}]");
    swept(&x);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE resource_id = 'p4' AND closed IS NULL"), 1);
    assert_int_equal(swept(&x).findings, 0);
    world_stop(&x);
}

static void deletes_come_without_a_history_of_the_system(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_DELETED, "Observation", "o1", "2", AT("12:40"), "");
    struct sweep_counts n = swept(&x);
    assert_int_equal(n.deleted, 1);
    assert_int_equal(n.findings, 0);
    assert_int_equal(here(d, "o1"), 0);
    world_put(&x, WORLD_DELETED, "Observation", "o2", "2", AT("12:40"), "");
    x.c.caps.has_system_history = true;     /* it should have told */
    assert_int_equal(swept(&x).findings, 1);
    world_stop(&x);
}

static void an_edit_here_outlives_a_delete_there(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("edit", "");
    struct world_desk x;

    start(&x, d);
    struct doc *doc = directory_get(d, "Observation", "o1");
    doc_set(doc, "status", "amended");
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
    world_put(&x, WORLD_DELETED, "Observation", "o1", "2", AT("12:40"), "");
    swept(&x);
    swept(&x);
    assert_int_equal(here(d, "o1"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM conflict WHERE decided IS NULL"), 1);
    world_stop(&x);
}

static void a_write_on_its_way_is_left_alone(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("edit", "");
    struct outbox_row row;
    struct world_desk x;

    start(&x, d);
    struct doc *doc = directory_get(d, "Patient", "p1");
    doc_set(doc, "language", "fr");
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
    ASSERT_OK(outbox_take(d->st, directory_number(d, "SELECT seq FROM outbox"), &row, err));
    outbox_row_done(&row);
    world_put(&x, WORLD_LISTED, "Patient", "p1", "2", AT("08:40"), ELM ",\"language\":\"fr\"");   /* it arrived; nobody told us yet */
    assert_int_equal(swept(&x).findings, 0);
    world_put(&x, WORLD_DELETED, "Patient", "p1", "3", AT("08:50"), "");
    assert_int_equal(swept(&x).deleted, 0);
    assert_int_equal(directory_number(d, "SELECT state FROM outbox"), OUTBOX_IN_FLIGHT);
    world_stop(&x);
}

static void who_left_the_scope_goes_with_their_record(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    world_start(&x, d, types, 2);
    x.c.scope = "organization=elm";
    world_put(&x, WORLD_LISTED, "Patient", "p1", "1", AT("08:00"), ELM);
    world_put(&x, WORLD_LISTED, "Patient", "p2", "1", AT("12:00"), ELM);
    world_put(&x, WORLD_LISTED, "Patient", "p3", "1", AT("12:00"), ELM);
    world_put(&x, WORLD_LISTED, "Observation", "o1", "1", AT("09:00"), ABOUT("p1"));
    world_put(&x, WORLD_LISTED, "Observation", "o2", "1", AT("12:00"), ABOUT("p2"));
    ASSERT_OK(pull_all(&x.c, err));
    directory_put(d, PERSON("mine", "Marsh"));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "UPDATE resource SET base_version = '1' WHERE id = 'mine'", ""));
    ASSERT_OK(query_run(d->st, err, "DELETE FROM outbox", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    world_put(&x, WORLD_HIDDEN, "Patient", "mine", "1", AT("08:00"), "");
    world_put(&x, WORLD_HIDDEN, "Patient", "p1", "1", AT("08:00"), "");
    world_put(&x, WORLD_HIDDEN, "Observation", "o1", "1", AT("09:00"), ABOUT("p1"));
    world_put(&x, WORLD_HIDDEN, "Patient", "p3", "1", AT("12:00"), "");
    ASSERT_OK(asked_for_add(d->st, "p3", clock_now_ms() + 60000, err));
    struct sweep_counts n = swept(&x);
    assert_int_equal(n.left, 2);
    assert_int_equal(n.findings, 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE id IN ('p1', 'o1')"), 0);
    assert_int_equal(here(d, "p2") + here(d, "o2") + here(d, "p3") + here(d, "mine"), 4);
    world_stop(&x);
}

static void a_list_that_leaves_something_out_loses_nothing(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_HIDDEN, "Observation", "o1", "2", AT("12:40"), ABOUT("p1") ",\"issued\":\"2026-11-23T08:00:00Z\"");
    struct sweep_counts n = swept(&x);
    assert_int_equal(n.left + n.deleted + n.lost, 0);
    struct doc *doc = directory_get(d, "Observation", "o1");
    assert_string_equal(node_str(doc_root(doc), "issued"), "2026-11-23T08:00:00Z");
    doc_free(doc);
    world_stop(&x);
}

static void a_failure_in_the_middle_finds_the_same_when_it_goes_on(void **state)
{
    struct directory *d = *state;
    struct world_desk x;
    struct sweep whole;
    bool is_over;

    start(&x, d);
    for (int i = 10; i < 20; i++) {
        char id[8], at[40];
        snprintf(id, sizeof id, "o%d", i);
        snprintf(at, sizeof at, "2026-11-23T09:%02d:00.000Z", i);
        world_put(&x, WORLD_LISTED, "Observation", id, "1", at, ABOUT("p1"));
    }
    strcpy(x.world->fail, "_cursor=6");
    strcpy(x.world->fail_status, "503 Service Unavailable");
    x.world->fail_times = 1;
    assert_int_equal(sweep_run(&x.c, 0, &is_over, NULL), RC_NET);
    ASSERT_OK(sweep_last(d->st, &whole, err));
    assert_string_equal(whole.finished, "");
    assert_true(whole.counts.missing > 0 && whole.counts.missing < 10);
    assert_int_equal(swept(&x).missing, 10);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Observation'"), 12);
    world_stop(&x);
}

/* ---- a server restored from an older copy ---- */

static void newer_text_here_is_kept_and_a_person_asked(void **state)
{
    struct directory *d = *state;
    struct world_desk x;
    struct conflict *list, full;
    size_t n;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "Patient", "p3", "4", AT("07:00"), ELM ",\"language\":\"it\"");     /* we have 5 */
    struct sweep_counts counts = swept(&x);
    assert_int_equal(counts.stale, 1);
    struct doc *doc = directory_get(d, "Patient", "p3");
    assert_string_equal(node_str(doc_root(doc), "language"), "");
    doc_free(doc);
    ASSERT_OK(conflict_list(d->st, &list, &n, err));
    assert_int_equal(n, 1);
    assert_non_null(strstr(list[0].fields, "language"));
    ASSERT_OK(conflict_get(d->st, list[0].id, &full, err));
    assert_string_equal(full.remote_version, "4");
    assert_string_equal(node_str(doc_root(full.server), "language"), "it");
    struct grant grant = directory_grant("conflict decide", "");
    ASSERT_OK(conflict_decide(d->st, &grant, full.id, full.here, err));     /* ours goes back there, on what it has now */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox WHERE state = 0"), 1);
    assert_int_equal(directory_number(d, "SELECT base_version FROM resource WHERE id = 'p3'"), 4);
    assert_string_not_equal(x.c.problem, "");
    conflict_done(&full);
    conflict_done(&list[0]);
    free(list);
    world_stop(&x);
}

static void only_the_number_went_back(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "Patient", "p3", "4", AT("07:00"), ELM);
    swept(&x);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM conflict"), 0);
    assert_int_equal(directory_number(d, "SELECT base_version FROM resource WHERE id = 'p3'"), 4);
    world_stop(&x);
}

static void the_same_number_for_another_text_is_no_echo(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "Patient", "p3", "5", AT("12:50"), ELM ",\"language\":\"it\"");     /* written after the restore */
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM conflict WHERE decided IS NULL"), 1);
    struct doc *doc = directory_get(d, "Patient", "p3");
    assert_string_equal(node_str(doc_root(doc), "language"), "");
    doc_free(doc);
    assert_string_equal(sweep_asked(d->st), "restored");
    world_stop(&x);
}

static void what_the_server_lost_waits_for_a_person(void **state)
{
    struct directory *d = *state;
    struct world_desk x;
    struct conflict *list, full;
    size_t n;

    start(&x, d);
    world_put(&x, WORLD_ABSENT, "Patient", "p3", "", "", "");
    struct sweep_counts counts = swept(&x);
    assert_int_equal(counts.lost, 1);
    assert_int_equal(here(d, "p3"), 1);
    assert_int_equal(directory_number(d, "SELECT state FROM outbox"), OUTBOX_CONFLICT);     /* seen by whoever counts */
    assert_int_equal(swept(&x).lost, 0);        /* once */
    ASSERT_OK(conflict_list(d->st, &list, &n, err));
    assert_int_equal(n, 1);
    ASSERT_OK(conflict_get(d->st, list[0].id, &full, err));
    assert_null(full.server);
    struct grant grant = directory_grant("conflict decide", "");
    ASSERT_OK(conflict_decide(d->st, &grant, full.id, full.here, err));
    assert_int_equal(directory_number(d, "SELECT base_version IS NULL FROM resource WHERE id = 'p3'"), 1);   /* made anew there */
    conflict_done(&full);
    conflict_done(&list[0]);
    free(list);
    world_stop(&x);
}

static void a_server_that_forgot_the_last_it_showed_is_noticed(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    assert_string_equal(sweep_asked(d->st), "");
    world_put(&x, WORLD_DELETED, "Patient", "p3", "6", AT("12:40"), "");
    ASSERT_OK(pull_all(&x.c, err));
    assert_string_equal(sweep_asked(d->st), "");            /* deleted is not forgotten */
    world_put(&x, WORLD_ABSENT, "Observation", "o2", "", "", "");
    ASSERT_OK(pull_all(&x.c, err));
    assert_string_equal(sweep_asked(d->st), "restored");
    assert_string_not_equal(x.c.problem, "");
    world_stop(&x);
}

static void a_clock_set_back_takes_the_watermark_along(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    strcpy(x.world->now, AT("10:00"));
    ASSERT_OK(pull_all(&x.c, err));
    char *scope_key = pull_scope_key(&x.c, ""), *mark = pull_watermark(d->st, scope_key, "Patient");
    assert_string_equal(mark, AT("10:00"));
    assert_string_equal(sweep_asked(d->st), "restored");
    free(mark);
    world_put(&x, WORLD_LISTED, "Patient", "p9", "1", AT("10:01"), ELM);
    strcpy(x.world->now, AT("10:02"));
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(here(d, "p9"), 1);
    free(scope_key);
    world_stop(&x);
}

static void after_a_restore_passes_begin_where_the_server_stands(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_ABSENT, "Patient", "p3", "", "", "");
    ASSERT_OK(sweep_ask(d->st, "restored", err));
    swept(&x);
    char *scope_key = pull_scope_key(&x.c, ""), *mark = pull_watermark(d->st, scope_key, "Patient");
    assert_string_equal(mark, AT("09:00"));
    assert_string_equal(sweep_asked(d->st), "");
    free(mark);
    free(scope_key);
    world_stop(&x);
}

int main(void)
{
    http_start();
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(nothing_is_found_in_normal_running), DIRECTORY_TEST(what_passes_missed_is_fetched_and_counted),
        DIRECTORY_TEST(what_cannot_be_kept_is_found_once_only), DIRECTORY_TEST(deletes_come_without_a_history_of_the_system),
        DIRECTORY_TEST(an_edit_here_outlives_a_delete_there), DIRECTORY_TEST(a_write_on_its_way_is_left_alone),
        DIRECTORY_TEST(who_left_the_scope_goes_with_their_record), DIRECTORY_TEST(a_list_that_leaves_something_out_loses_nothing),
        DIRECTORY_TEST(a_failure_in_the_middle_finds_the_same_when_it_goes_on),
        DIRECTORY_TEST(newer_text_here_is_kept_and_a_person_asked), DIRECTORY_TEST(only_the_number_went_back),
        DIRECTORY_TEST(the_same_number_for_another_text_is_no_echo), DIRECTORY_TEST(what_the_server_lost_waits_for_a_person),
        DIRECTORY_TEST(a_server_that_forgot_the_last_it_showed_is_noticed),
        DIRECTORY_TEST(a_clock_set_back_takes_the_watermark_along),
        DIRECTORY_TEST(after_a_restore_passes_begin_where_the_server_stands),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    return failed;
}
