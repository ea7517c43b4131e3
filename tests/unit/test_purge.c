/* A record that left the clinic's scope would stay readable on its machine, or unsent work would go with it. */
#include "tests/unit/directory.h"

#include "access/authz.h"
#include "store/asked_for.h"
#include "store/purge.h"
#include "store/sweep.h"

#define COMMUNICATION(id, patient) "{\"resourceType\":\"Communication\",\"id\":\"" id "\",\"status\":\"completed\"," \
    "\"subject\":{\"reference\":\"Patient/" patient "\"},\"note\":[{\"text\":\"zebrafish\"}]}"

static struct grant agent(void)
{
    struct grant grant;

    authz_system(ORIGIN_SYNC, "sync pull", &grant);
    return grant;
}

static void pulled(struct directory *d, const char *json)
{
    struct grant grant = agent();
    struct doc *doc = NULL;

    ASSERT_OK(doc_parse(json, strlen(json), &doc, err));
    ASSERT_OK(store_put_remote(d->st, &grant, doc, "1", "2026-11-23T10:00:00Z", err));
    doc_free(doc);
}

static void nothing_of_them_stays(void **state)
{
    struct directory *d = *state;
    struct grant grant = agent();
    int64_t rows = 0;

    pulled(d, PERSON("p1", "Quagga"));
    pulled(d, PERSON("p2", "Marsh"));
    pulled(d, COMMUNICATION("c1", "p1"));
    pulled(d, COMMUNICATION("c2", "p2"));
    pulled(d, "{\"resourceType\":\"Communication\",\"id\":\"c3\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/p1\"}}");
    ASSERT_OK(store_delete_remote(d->st, &grant, "Communication", "c3", err));
    ASSERT_OK(asked_for_add(d->st, "p1", 1, err));
    ASSERT_OK(store_purge_patient(d->st, &grant, "p1", &rows, err));
    assert_int_equal(rows, 3);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 2);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM history"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM event"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM name_word WHERE word = 'quagga'"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM asked_for"), 0);
    ASSERT_OK(store_scrub(d->st, err));
    ASSERT_OK(store_purge(d->st, &grant, "Communication", "c2", err));
    ASSERT_OK(store_purge(d->st, &grant, "Communication", "c2", err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 1);
}

static void no_byte_of_the_name_stays_in_the_file(void **state)
{
    struct directory *d = *state;
    struct grant grant = agent();
    char path[128];

    pulled(d, PERSON("p1", "Quagga"));
    pulled(d, PERSON("p2", "Marsh"));
    ASSERT_OK(store_purge_patient(d->st, &grant, "p1", NULL, err));
    ASSERT_OK(store_scrub(d->st, err));
    snprintf(path, sizeof path, "%s/frontdesk.db", d->path);
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(path, "rb");
        static char bytes[1 << 22];
        size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;

        if (f)
            fclose(f);
        assert_null(memmem(bytes, n, "uagga", 5));
        assert_true(i == 1 || memmem(bytes, n, "Marsh", 5) != NULL);
        strcat(path, "-wal");
    }
}

static void what_was_not_sent_keeps_the_whole_record(void **state)
{
    struct directory *d = *state;
    struct grant grant = agent(), desk = directory_grant("contact log", "");
    struct doc *doc;

    pulled(d, PERSON("p1", "Marsh"));
    pulled(d, COMMUNICATION("c1", "p1"));
    doc = directory_get(d, "Communication", "c1");
    doc_set(doc, "status", "entered-in-error");
    ASSERT_OK(store_put(d->st, &desk, doc, err));
    doc_free(doc);
    ASSERT_RC(RC_STALE, store_purge_patient(d->st, &grant, "p1", NULL, err));
    ASSERT_RC(RC_STALE, store_purge(d->st, &grant, "Communication", "c1", err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 2);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person"), 1);
}

static void an_open_form_keeps_the_whole_record(void **state)
{
    struct directory *d = *state;
    struct grant grant = agent();

    pulled(d, PERSON("p1", "Marsh"));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "INSERT INTO draft(id, patient, owner, questionnaire, title, opened, updated)"
                                    " VALUES ('d1', 'p1', 'staff-1', 'q@1', '', '', '')", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_RC(RC_STALE, store_purge_patient(d->st, &grant, "p1", NULL, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person"), 1);
}

static void who_was_registered_here_is_known(void **state)
{
    struct directory *d = *state;

    pulled(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Brook"));
    assert_false(store_is_own(d->st, "Patient", "p1"));
    assert_true(store_is_own(d->st, "Patient", "p2"));
    assert_false(store_is_own(d->st, "Patient", "p3"));
}

static void a_request_lasts_until_its_latest_moment(void **state)
{
    struct directory *d = *state;
    int64_t now = clock_now_ms();

    assert_false(asked_for_has(d->st, "p1"));
    ASSERT_OK(asked_for_add(d->st, "p1", now + 60000, err));
    ASSERT_OK(asked_for_add(d->st, "p1", now - 60000, err));
    assert_true(asked_for_has(d->st, "p1"));
    ASSERT_OK(asked_for_add(d->st, "p2", now - 1, err));
    assert_false(asked_for_has(d->st, "p2"));
}

static void findings_are_counted_and_kept(void **state)
{
    struct directory *d = *state;
    struct sweep whole, *list;
    struct unlisted *unlisted;
    size_t n;

    ASSERT_OK(sweep_last(d->st, &whole, err));
    assert_string_equal(whole.started, "");
    pulled(d, PERSON("p1", "Marsh"));
    pulled(d, PERSON("p2", "Brook"));
    directory_put(d, PERSON("p3", "Reed"));             /* never sent: the server cannot list it */
    ASSERT_OK(sweep_begin(d->st, err));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(sweep_note(d->st, 1, err));
    ASSERT_OK(sweep_note(d->st, 1, err));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_OK(sweep_set(d->st, "Patient", "0 x", false, &(struct sweep_counts){ .seen = 1, .stale = 1, .findings = 1 }, err));
    ASSERT_OK(sweep_set(d->st, "Patient", "0 y", true, &(struct sweep_counts){ .seen = 2, .left = 1 }, err));
    ASSERT_OK(sweep_unlisted(d->st, "Patient", 0, 10, &unlisted, &n, err));
    assert_int_equal(n, 1);
    assert_string_equal(unlisted[0].id, "p2");
    free(unlisted);
    ASSERT_OK(sweep_list(d->st, &list, &n, err));
    assert_int_equal(n, 1);
    assert_string_equal(list[0].position, "0 y");
    free(list);
    ASSERT_OK(sweep_last(d->st, &whole, err));
    assert_string_equal(whole.finished, "");
    assert_int_equal(whole.counts.seen, 3);
    assert_int_equal(whole.counts.left, 1);
    assert_int_equal(whole.counts.findings, 1);
    ASSERT_OK(sweep_finish(d->st, err));
    ASSERT_OK(sweep_last(d->st, &whole, err));
    assert_string_not_equal(whole.finished, "");
    assert_int_equal(directory_number(d, "SELECT count(*) FROM sweep_seen"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(nothing_of_them_stays), DIRECTORY_TEST(no_byte_of_the_name_stays_in_the_file),
        DIRECTORY_TEST(what_was_not_sent_keeps_the_whole_record), DIRECTORY_TEST(an_open_form_keeps_the_whole_record),
        DIRECTORY_TEST(who_was_registered_here_is_known), DIRECTORY_TEST(a_request_lasts_until_its_latest_moment),
        DIRECTORY_TEST(findings_are_counted_and_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
