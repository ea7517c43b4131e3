/* One odd answer would stop everything behind it, or a pass would skip what the server showed late. */
#include "tests/unit/world.h"

#include "store/sweep.h"
#include "store/sync_state.h"
#include "sync/mend.h"
#include "sync/pull.h"

#define AT(hm) "2026-11-23T" hm ":00.000Z"
#define ABOUT(patient) ",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/" patient "\"}"

static const char *const types[] = { "Patient", "Appointment", "Observation" };

static void start(struct world_desk *x, struct directory *d)
{
    world_start(x, d, types, 3);
    for (int i = 1; i <= 8; i++) {
        char id[8], at[40];

        snprintf(id, sizeof id, "p%d", i);
        snprintf(at, sizeof at, "2026-11-23T12:%02d:00.000Z", i);
        world_put(x, WORLD_LISTED, "Patient", id, "1", at, "");
    }
    world_put(x, WORLD_LISTED, "Observation", "o1", "1", AT("12:01"), ABOUT("p1"));
}

static int64_t rows(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM resource");
}

static void let_fail(struct world_desk *x, const char *what, const char *status, int times)
{
    strcpy(x->world->fail, what);
    strcpy(x->world->fail_status, status);
    x->world->fail_times = times;
}

static void an_expired_page_is_asked_for_anew(void **state)
{
    static const char *const expired[] = { "410 Gone", "404 Not Found", "500 Internal Server Error" };
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    for (size_t i = 0; i < sizeof expired / sizeof *expired; i++) {
        let_fail(&x, "_cursor=6", expired[i], 1);
        ASSERT_OK(pull_all(&x.c, err));
        assert_string_equal(x.c.problem, "");
        assert_int_equal(rows(d), 9);
        assert_int_equal(x.world->fail_times, 0);
        ASSERT_OK(store_begin(d->st, err));         /* from the beginning, for the next one */
        ASSERT_OK(query_run(d->st, err, "DELETE FROM pull", ""));
        ASSERT_OK(store_end(d->st, RC_OK, err));
    }
    world_stop(&x);
}

/* However much lies within one overlap: a line that breaks now and then still gets to the end. */
static void a_broken_pass_goes_on_from_its_position(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    let_fail(&x, "/fhir/Patient?_cursor=", "503 Service Unavailable", -1);    /* never more than one page of the first search */
    assert_int_equal(pull_all(&x.c, NULL), RC_OK);
    assert_int_equal(rows(d), 9);
    assert_non_null(strstr(x.world->asked, "Patient?_lastUpdated=ge2026-11-23T12:03:00.000Z"));
    world_stop(&x);
}

static void trouble_with_one_type_leaves_the_others(void **state)
{
    static const struct { const char *status; enum rc rc; int64_t rows; } cases[] = {
        { "403 Forbidden", RC_OK, 1 }, { "400 Bad Request", RC_OK, 1 }, { "500 Internal Server Error", RC_OK, 1 },
        { "401 Unauthorized", RC_DENIED, 0 }, { "429 Too Many Requests", RC_NET, 0 },
    };
    struct directory *d = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world_desk x;

        start(&x, d);
        let_fail(&x, "/fhir/Patient?", cases[i].status, -1);
        assert_int_equal(pull_all(&x.c, NULL), cases[i].rc);
        assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Observation'"), cases[i].rows);
        assert_true(cases[i].rc != RC_OK || *x.c.problem);
        ASSERT_OK(store_begin(d->st, err));
        ASSERT_OK(query_run(d->st, err, "DELETE FROM resource", ""));
        ASSERT_OK(query_run(d->st, err, "DELETE FROM event", ""));
        ASSERT_OK(store_end(d->st, RC_OK, err));
        world_stop(&x);
    }
}

static void what_is_no_page_is_not_taken_for_one(void **state)
{
    static const char *const odd[] = {
        "{\"resourceType\":\"Bundle\",\"type\":\"history\"}", "{\"resourceType\":\"OperationOutcome\"}", "[]", "{\"resourceType\":\"Bundle\",\"type\":\"sea",
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{\"relation\":\"next\",\"url\":\"Patient?_cursor=0\"}]}",
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{\"relation\":\"next\",\"url\":\"https://evil.example/Patient\"}]}",
    };
    struct directory *d = *state;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct world_desk x;

        start(&x, d);
        strcpy(x.world->body, "/fhir/Patient?");
        strcpy(x.world->instead, odd[i]);
        ASSERT_OK(pull_all(&x.c, err));
        assert_string_not_equal(x.c.problem, "");
        assert_int_equal(rows(d), 1);
        char *scope_key = pull_scope_key(&x.c, ""), *mark = pull_watermark(d->st, scope_key, "Patient");
        assert_string_equal(mark, "");
        free(mark);
        free(scope_key);
        world_stop(&x);
    }
}

static void mended(void *ctx, const char *entry, size_t len, const struct err *why)
{
    buf_printf(ctx, "<%.*s>", (int)len, entry);
    assert_string_not_equal(why->text, "");
}

static void one_bad_entry_is_taken_out(void **state)
{
    static const struct { const char *text, *out, *bad; } cases[] = {
        { "{\"a\":[{}, 1],\"entry\": [ {\"x\":1} , {\"x\":1,\"x\":2},{\"y\":\"]}\\\"\"}],\"z\":1}",
          "{\"a\":[{}, 1],\"entry\": [{\"x\":1},{\"y\":\"]}\\\"\"}],\"z\":1}", "<{\"x\":1,\"x\":2}>" },
        { "{\"entry\":[{\"n\":NaN}]}", "{\"entry\":[]}", "<{\"n\":NaN}>" },
        { "{\"entry\":[{\"n\":\"\xff\"},{}]}", "{\"entry\":[{}]}", "<{\"n\":\"\xff\"}>" },
        { "{\"entry\":[{\"n\":NaN},{\"x\":1", NULL, NULL },         /* cut short */
        { "{\"entry\":[{\"n\":NaN}],\"a\":1,\"a\":2}", NULL, NULL },  /* trouble elsewhere */
        { "{\"entry\":[{}]}", NULL, NULL }, { "{\"a\":1}", NULL, NULL }, { "[1]", NULL, NULL }, { "", NULL, NULL },
        { "{\"entry\":7}", NULL, NULL }, { "{\"entry", NULL, NULL }, { "{\"entry\":[\"", NULL, NULL },
        { "{\"entry\":[{\"x\":\"\\", NULL, NULL },        /* cut in the midst of an escape */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = { 0 }, bad = { 0 };
        bool is_mended = mend_bundle(cases[i].text, strlen(cases[i].text), &out, mended, &bad);

        if (is_mended != (cases[i].out != NULL) || (is_mended && strcmp(buf_text(&out), cases[i].out) != 0) ||
            (is_mended && strcmp(buf_text(&bad), cases[i].bad) != 0))
            fail_msg("%s: %s %s", cases[i].text, buf_text(&out), buf_text(&bad));
        buf_done(&out);
        buf_done(&bad);
    }
}

static void an_entry_that_cannot_be_read_does_not_keep_the_others_out(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "Patient", "p3", "1", AT("12:03"), ",\"active\":true,\"active\":false");
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(rows(d), 8);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE type = 'Patient' AND resource_id = 'p3' AND closed IS NULL"), 1);
    world_put(&x, WORLD_LISTED, "Patient", "p3", "2", AT("12:09"), ",\"active\":true");
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(rows(d), 9);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE closed IS NULL"), 0);
    world_stop(&x);
}

static void late_rows_make_passes_look_back_further(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    ASSERT_OK(pull_all(&x.c, err));
    world_put(&x, WORLD_LISTED, "Patient", "late", "1", AT("12:04"), "");   /* four minutes before what was seen */
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(rows(d), 10);
    assert_int_equal(x.c.overlap_s, 2 * 240 + 1);
    x.c.overlap_s = 300;                    /* another process, from its configuration */
    *x.world->asked = '\0';
    ASSERT_OK(pull_all(&x.c, err));
    assert_non_null(strstr(x.world->asked, "Patient?_lastUpdated=ge2026-11-23T11:59:59.000Z"));
    world_stop(&x);
}

static void an_idle_pass_writes_nothing(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    ASSERT_OK(pull_all(&x.c, err));
    int64_t before = directory_number(d, "PRAGMA data_version"), changes = directory_number(d, "SELECT total_changes()");
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(directory_number(d, "PRAGMA data_version"), before);
    assert_int_equal(directory_number(d, "SELECT total_changes()"), changes);
    world_stop(&x);
}

/* A first pull fills memory with one type's pages at a time; later most of a pass is waiting for nothing new. */
static void types_are_waited_for_together_once_the_first_pull_is_over(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    ASSERT_OK(pull_all(&x.c, err));
    assert_true(strstr(x.world->asked, "/fhir/Observation?_sort") > strstr(x.world->asked, "_cursor=3"));
    *x.world->asked = '\0';
    ASSERT_OK(pull_all(&x.c, err));
    assert_non_null(strstr(x.world->asked, "_cursor=3"));
    assert_true(strstr(x.world->asked, "/fhir/Observation?_last") < strstr(x.world->asked, "_cursor=3"));
    world_stop(&x);
}

static void feed_says(struct world_desk *x, const char *now, const char *entries)
{
    strcpy(x->world->body, "/fhir/_history");
    snprintf(x->world->instead, sizeof x->world->instead,
             "{\"resourceType\":\"Bundle\",\"type\":\"history\",\"meta\":{\"lastUpdated\":\"%s\"},\"entry\":[%s]}", now, entries);
    *x->world->asked = '\0';
}

static void execute(struct directory *d, const char *sql)
{
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, sql, ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
}

/* On a slow line a question for each of seventy types would take longer than the time between two passes. */
static void a_pass_without_news_asks_once(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    x.c.caps.has_system_history = true;
    feed_says(&x, AT("13:00"), "");
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(rows(d), 9);
    assert_null(strstr(x.world->asked, "_since="));     /* nothing was here that could have gone */
    feed_says(&x, AT("13:00"), "");
    ASSERT_OK(pull_all(&x.c, err));
    feed_says(&x, AT("13:01"), "");
    ASSERT_OK(pull_all(&x.c, err));
    assert_string_equal(strchr(x.world->asked, '\n'), "\n");
    assert_non_null(strstr(x.world->asked, "_history?_since=2026-11-23T12:55:00.000Z"));

    world_put(&x, WORLD_LISTED, "Patient", "p9", "1", AT("13:02"), "");
    feed_says(&x, AT("13:02"), "{\"request\":{\"method\":\"PUT\",\"url\":\"Patient/p9\"}}");
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(rows(d), 10);
    assert_null(strstr(x.world->asked, "Observation"));

    /* What could not be brought is in the feed again the next time. */
    feed_says(&x, AT("13:03"), "{\"request\":{\"method\":\"PUT\",\"url\":\"Patient/p9\"}}");
    let_fail(&x, "/fhir/Patient?", "400 Bad Request", -1);
    ASSERT_OK(pull_all(&x.c, err));
    let_fail(&x, "", "", 0);
    x.c.problem[0] = '\0';
    assert_int_equal(directory_number(d, "SELECT count(*) FROM pull WHERE type = '_history' AND watermark LIKE '%13:02%'"), 1);

    /* And now and then everything is asked for, as a feed is no proof. */
    execute(d, "UPDATE pull SET watermark = '2026-11-23T00:00:00.000Z' WHERE type = '_looked'");
    feed_says(&x, AT("13:04"), "");
    ASSERT_OK(pull_all(&x.c, err));
    assert_non_null(strstr(x.world->asked, "Observation"));

    /* An entry that does not say what it is about may be about anything. */
    feed_says(&x, AT("13:05"), "{\"request\":{\"method\":\"PUT\"}}");
    ASSERT_OK(pull_all(&x.c, err));
    assert_non_null(strstr(x.world->asked, "Observation"));
    world_stop(&x);
}

static void who_comes_today_comes_first(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "Appointment", "a1", "1", AT("12:01"),
              ",\"status\":\"booked\",\"participant\":[{\"actor\":{\"reference\":\"Patient/p7\"},\"status\":\"accepted\"}]");
    let_fail(&x, "/fhir/Patient?_sort", "503 Service Unavailable", -1);     /* the line goes dead right after */
    assert_int_equal(pull_all(&x.c, NULL), RC_NET);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE id = 'p7'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM appointment"), 1);
    assert_non_null(strstr(x.world->asked, "date=ge2026-11-23T05:00:00.000Z&date=lt2026-11-24T05:00:00.000Z"));
    let_fail(&x, "", "", 0);
    *x.world->asked = '\0';
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(rows(d), 10);
    assert_null(strstr(x.world->asked, "date=ge"));     /* once */
    world_stop(&x);
}

int main(void)
{
    http_start();
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(an_expired_page_is_asked_for_anew), DIRECTORY_TEST(a_broken_pass_goes_on_from_its_position),
        DIRECTORY_TEST(trouble_with_one_type_leaves_the_others), DIRECTORY_TEST(what_is_no_page_is_not_taken_for_one),
        cmocka_unit_test(one_bad_entry_is_taken_out), DIRECTORY_TEST(an_entry_that_cannot_be_read_does_not_keep_the_others_out),
        DIRECTORY_TEST(late_rows_make_passes_look_back_further), DIRECTORY_TEST(an_idle_pass_writes_nothing),
        DIRECTORY_TEST(types_are_waited_for_together_once_the_first_pull_is_over),
        DIRECTORY_TEST(who_comes_today_comes_first), DIRECTORY_TEST(a_pass_without_news_asks_once),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    return failed;
}
