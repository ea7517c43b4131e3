/* Rows would be missed for good, or a request with our token would go to another server. */
#include "tests/unit/directory.h"

#include "access/authz.h"
#include "store/conflict.h"
#include "store/outbox.h"
#include "store/quarantine.h"
#include "store/sync_state.h"
#include "sync/apply.h"
#include "sync/capability.h"
#include "sync/central.h"
#include "sync/link.h"
#include "sync/pull.h"

static void the_first_request_of_a_pass(void **state)
{
    static const struct { const char *type, *scope; int64_t floor; const char *path; } cases[] = {
        { "Patient", "", 0, "Patient?_sort=_lastUpdated,_id&_count=500" },
        { "Patient", "", 1763894045123, "Patient?_lastUpdated=ge2025-11-23T10:34:05.123Z&_sort=_lastUpdated,_id&_count=500" },
        { "Patient", "organization=elm&active=true", 0, "Patient?organization=elm&active=true&_sort=_lastUpdated,_id&_count=500" },
        { "Observation", "organization=elm&active=true", 0,
          "Observation?patient.organization=elm&patient.active=true&_sort=_lastUpdated,_id&_count=500" },
        { "Coverage", "organization=elm", 0, "Coverage?beneficiary:Patient.organization=elm&_sort=_lastUpdated,_id&_count=500" },
        { "Organization", "organization=elm", 0, "Organization?_sort=_lastUpdated,_id&_count=500" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf path = { 0 };

        pull_query(&path, sync_type_find(cases[i].type), cases[i].scope, cases[i].floor, 500);
        assert_string_equal(buf_text(&path), cases[i].path);
        buf_done(&path);
    }
    assert_null(sync_type_find("AuditEvent"));
    assert_non_null(sync_type_find("ValueSet"));        /* what a form of the server may choose from */
    assert_non_null(sync_type_find("CodeSystem"));
}

#define AT(s) "2026-11-23T10:00:0" s ".000Z"

static int64_t ms(const char *instant)
{
    int64_t at = 0;

    assert_true(!*instant || clock_parse(instant, &at));
    return at;
}

static void the_watermark_never_runs_ahead(void **state)
{
    static const struct { const char *why, *before, *reached, *started, *after; } cases[] = {
        { "nothing seen leaves it", AT("1"), "", AT("9"), AT("1") },
        { "the largest seen", AT("1"), AT("5"), AT("9"), AT("5") },
        { "as the server wrote it", "", "2026-11-23T05:00:05-05:00", AT("9"), "2026-11-23T05:00:05-05:00" },
        { "never back", AT("6"), AT("5"), AT("9"), AT("6") },
        { "not past the beginning of the pass", AT("1"), AT("8"), AT("5"), AT("5") },
        { "nor back for that", AT("7"), AT("8"), AT("5"), AT("7") },
        { "a server that does not tell its time", AT("1"), AT("8"), "", AT("8") },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pull_pass pass = { .reached_ms = ms(cases[i].reached), .started_ms = ms(cases[i].started) };
        char after[CLOCK_TEXT];

        snprintf(pass.reached, sizeof pass.reached, "%s", cases[i].reached);
        pull_watermark_after(&pass, cases[i].before, after, sizeof after);
        if (strcmp(after, cases[i].after) != 0)
            fail_msg("%s: %s", cases[i].why, after);
    }
}

static void a_broken_pass_goes_on_without_losing_or_repeating_itself(void **state)
{
    static const struct { const char *why, *position, *watermark, *floor; } cases[] = {
        { "from the beginning", "", "", "" },
        { "a new pass looks back", "", "2026-11-23T10:10:00.000Z", "2026-11-23T10:05:00.000Z" },
        { "not before the beginning of time", "", "1970-01-01T00:01:00.000Z", "" },
        { "old rows are seen once, however close they lie", "2026-11-01T10:00:00.000Z 2026-11-23T10:00:00.000Z", "", "2026-11-01T10:00:00.000Z" },
        { "what may still appear is looked for again", "2026-11-23T09:59:00.000Z 2026-11-23T10:00:00.000Z", "", "2026-11-23T09:55:00.000Z" },
        { "a server that does not tell its time", "2026-11-23T10:10:00.000Z", "", "2026-11-23T10:05:00.000Z" },
        { "a position nobody can read", "soon", "2026-11-23T10:10:00.000Z", "2026-11-23T10:05:00.000Z" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pull_floor(cases[i].position, cases[i].watermark, 300000) != ms(cases[i].floor))
            fail_msg("%s", cases[i].why);
}

static void next_pages_stay_at_our_server(void **state)
{
    static const char base[] = "https://a.example/fhir";
    static const struct { const char *why, *self, *next, *path; bool is_foreign; } cases[] = {
        { "below our base", "", "https://a.example/fhir?_getpages=1", "?_getpages=1", false },
        { "a path below", "", "https://a.example/fhir/Patient?page=2", "Patient?page=2", false },
        { "relative", "", "Patient?page=2", "Patient?page=2", false },
        { "relative to the host", "", "/fhir/Patient?page=2", "Patient?page=2", false },
        { "known by another name", "http://in:8080/base/Patient?_count=5", "http://in:8080/base?_getpages=1", "?_getpages=1", true },
        { "the other name, deeper", "http://in/Patient?_count=5", "http://in/Patient?page=2", "Patient?page=2", true },
        { "elsewhere", "https://a.example/fhir/Patient?x", "https://evil.example/fhir/Patient?page=2", NULL, false },
        { "a name that only begins like ours", "", "https://a.example/fhirx/Patient", NULL, false },
        { "another host behind ours", "", "https://a.example.evil/fhir/Patient", NULL, false },
        { "no scheme, another host", "", "//evil.example/fhir/Patient", NULL, false },
        { "another path of our host", "", "/other/Patient", NULL, false },
        { "a self link that is no search of ours", "http://in/base/Observation?x", "http://in/base/Patient?page=2", NULL, false },
        { "a space would end the request line", "", "https://a.example/fhir/Patient?x= HTTP/1.1", NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        struct doc *bundle = NULL;
        struct buf path = { 0 };
        bool is_foreign;

        snprintf(text, sizeof text, "{\"link\":[{\"relation\":\"self\",\"url\":\"%s\"},{\"relation\":\"next\",\"url\":\"%s\"}]}",
                 cases[i].self, cases[i].next);
        assert_int_equal(doc_parse(text, strlen(text), &bundle, NULL), RC_OK);
        enum rc rc = link_next(doc_root(bundle), base, "Patient?_count=5", &path, &is_foreign, NULL);
        if ((rc == RC_OK) != (cases[i].path != NULL) || is_foreign != cases[i].is_foreign ||
            (cases[i].path && strcmp(buf_text(&path), cases[i].path) != 0))
            fail_msg("%s: %s %s", cases[i].why, rc_name(rc), buf_text(&path));
        buf_done(&path);
        doc_free(bundle);
    }
}

static void what_to_do_with_a_version(void **state)
{
    static const struct { const char *why; struct standing here; const char *version, *updated; bool is_current; enum apply_rule rule; } cases[] = {
        { "never seen", { .key = 0 }, "1", AT("1"), false, APPLY_TAKE },
        { "the same", { .key = 1, .version = "2", .updated = AT("2") }, "2", AT("2"), false, APPLY_SAME },
        { "our own echo, edited again since", { .key = 1, .version = "2", .is_dirty = true }, "2", AT("2"), false, APPLY_SAME },
        { "newer, clean", { .key = 1, .version = "2", .updated = AT("2") }, "3", AT("3"), false, APPLY_TAKE },
        { "newer, edited here", { .key = 1, .version = "2", .updated = AT("2"), .is_dirty = true }, "3", AT("3"), false, APPLY_SETTLE },
        { "older: the page is stale, or the server was restored", { .key = 1, .version = "5", .updated = AT("5") }, "4", AT("4"), false, APPLY_CHECK },
        { "older, and that is what holds now: the server lost what it confirmed", { .key = 1, .version = "5", .updated = AT("5") }, "4", AT("4"), true, APPLY_BACK },
        { "deleted here, in a page that may be older", { .key = 1, .version = "5", .is_deleted = true }, "5", AT("5"), false, APPLY_CHECK },
        { "deleted here, there again", { .key = 1, .version = "5", .is_deleted = true }, "7", AT("7"), true, APPLY_TAKE },
        { "a write of ours is on its way", { .key = 1, .version = "2", .is_dirty = true, .frozen_seq = 9, .frozen_state = OUTBOX_IN_DOUBT }, "3", AT("3"), false, APPLY_LATER },
        { "refused is not on its way", { .key = 1, .version = "2", .is_dirty = true, .frozen_seq = 9, .frozen_state = OUTBOX_REFUSED }, "3", AT("3"), false, APPLY_SETTLE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (apply_rule(&cases[i].here, cases[i].version, cases[i].updated, cases[i].is_current) != cases[i].rule)
            fail_msg("%s", cases[i].why);
}

/* ---- on a database ---- */

static struct central central_of(struct directory *d)
{
    struct central c = { .st = d->st, .scope = "" };

    authz_system(ORIGIN_SYNC, "sync push", &c.push);
    authz_system(ORIGIN_SYNC, "sync pull", &c.pull);
    return c;
}

#define SERVER(id, version, updated, more) "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"meta\":{\"versionId\":\"" version \
    "\",\"lastUpdated\":\"" updated "\"},\"name\":[{\"family\":\"Marsh\",\"given\":[\"Test\"]}],\"birthDate\":\"1970-01-01\"" more "}"

static enum apply_rule apply(struct central *c, const char *json, const char *version, const char *updated)
{
    struct doc *doc = NULL;
    enum apply_rule rule = APPLY_SAME;

    assert_int_equal(doc_parse(json, strlen(json), &doc, NULL), RC_OK);
    ASSERT_OK(apply_remote(c, doc, version, updated, false, &rule, err));
    doc_free(doc);
    return rule;
}

static void edit(struct directory *d, const char *path, const char *value)
{
    struct grant grant = directory_grant("patient edit", "");
    struct doc *doc = directory_get(d, "Patient", "p1");

    doc_set(doc, path, value);
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
}

static void a_version_is_taken_once(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);

    assert_int_equal(apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1")), APPLY_TAKE);
    assert_int_equal(apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1")), APPLY_SAME);
    assert_int_equal(c.counts.pulled, 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM history"), 0);
}

static void disjoint_edits_leave_one_queued_document(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);

    apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1"));
    edit(d, "language", "fr");
    assert_int_equal(apply(&c, SERVER("p1", "2", AT("2"), ",\"active\":true"), "2", AT("2")), APPLY_SETTLE);
    struct doc *doc = directory_get(d, "Patient", "p1");
    assert_string_equal(node_str(doc_root(doc), "language"), "fr");
    assert_true(node_bool(doc_root(doc), "active"));
    doc_free(doc);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox WHERE state = 0"), 1);
    assert_int_equal(directory_number(d, "SELECT base_version FROM resource WHERE id = 'p1'"), 2);
    assert_int_equal(c.counts.conflicts, 0);
}

static void edits_that_the_server_has_already_need_no_sending(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);

    apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1"));
    edit(d, "language", "fr");
    apply(&c, SERVER("p1", "2", AT("2"), ",\"language\":\"fr\",\"active\":true"), "2", AT("2"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 0);
    assert_int_equal(directory_number(d, "SELECT base_body IS NULL FROM resource WHERE id = 'p1'"), 1);
}

static void a_conflict_keeps_all_three_and_grows(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);
    struct conflict *list;
    size_t n;

    apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1"));
    edit(d, "language", "fr");
    apply(&c, SERVER("p1", "2", AT("2"), ",\"language\":\"it\""), "2", AT("2"));
    edit(d, "gender", "female");
    apply(&c, SERVER("p1", "3", AT("3"), ",\"language\":\"it\",\"gender\":\"male\""), "3", AT("3"));
    assert_int_equal(c.counts.conflicts, 1);
    ASSERT_OK(conflict_list(d->st, &list, &n, err));
    assert_int_equal(n, 1);
    assert_non_null(strstr(list[0].fields, "language"));
    assert_non_null(strstr(list[0].fields, "gender"));
    struct conflict full;
    ASSERT_OK(conflict_get(d->st, list[0].id, &full, err));
    assert_string_equal(node_str(doc_root(full.base), "language"), "");
    assert_string_equal(node_str(doc_root(full.here), "language"), "fr");
    assert_string_equal(node_str(doc_root(full.server), "language"), "it");
    assert_string_equal(full.remote_version, "3");
    conflict_done(&full);
    conflict_done(&list[0]);
    free(list);
    assert_int_equal(directory_number(d, "SELECT state FROM outbox"), OUTBOX_CONFLICT);
}

static void a_deletion_takes_the_clean_and_asks_about_the_edited(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);

    apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1"));
    apply(&c, SERVER("p2", "1", AT("1"), ""), "1", AT("1"));
    edit(d, "language", "fr");
    ASSERT_OK(apply_deletion(&c, "Patient", "p1", "2", err));
    ASSERT_OK(apply_deletion(&c, "Patient", "p2", "2", err));
    ASSERT_OK(apply_deletion(&c, "Patient", "p2", "2", err));
    ASSERT_OK(apply_deletion(&c, "Patient", "p3", "2", err));
    assert_int_equal(directory_number(d, "SELECT deleted FROM resource WHERE id = 'p2'"), 1);
    assert_int_equal(directory_number(d, "SELECT deleted FROM resource WHERE id = 'p1'"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM conflict WHERE server IS NULL AND decided IS NULL"), 1);
    assert_int_equal(c.counts.pulled, 3);
    assert_int_equal(c.counts.conflicts, 1);
}

/* Otherwise the question would be whether to drop what the server has again. */
static void there_again_ends_the_question_of_the_deletion(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);

    apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1"));
    edit(d, "language", "fr");
    ASSERT_OK(apply_deletion(&c, "Patient", "p1", "2", err));
    assert_int_equal(apply(&c, SERVER("p1", "3", AT("3"), ",\"active\":true"), "3", AT("3")), APPLY_SETTLE);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM conflict WHERE decided IS NULL"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox WHERE state = 0"), 1);
    assert_int_equal(directory_number(d, "SELECT body LIKE '%fr%' AND body LIKE '%active%' FROM resource"), 1);
}

/* Or a person would decide the same thing with every pass. */
static void a_deletion_is_asked_about_once(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);
    struct grant grant = directory_grant("conflict resolve", "p1");
    struct conflict conflict;

    apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1"));
    edit(d, "language", "fr");
    ASSERT_OK(apply_deletion(&c, "Patient", "p1", "2", err));
    ASSERT_OK(conflict_get(d->st, directory_number(d, "SELECT id FROM conflict"), &conflict, err));
    ASSERT_OK(conflict_decide(d->st, &grant, conflict.id, conflict.here, err));
    conflict_done(&conflict);
    ASSERT_OK(apply_deletion(&c, "Patient", "p1", "2", err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM conflict WHERE decided IS NULL"), 0);
    ASSERT_OK(apply_deletion(&c, "Patient", "p1", "4", err));      /* another one is another question */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM conflict WHERE decided IS NULL"), 1);
}

static void a_dispute_outlives_a_deletion(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);

    apply(&c, SERVER("p1", "1", AT("1"), ""), "1", AT("1"));
    edit(d, "gender", "female");
    apply(&c, SERVER("p1", "2", AT("2"), ",\"gender\":\"male\""), "2", AT("2"));
    ASSERT_OK(apply_deletion(&c, "Patient", "p1", "3", err));
    apply(&c, SERVER("p1", "4", AT("4"), ",\"gender\":\"male\""), "4", AT("4"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM conflict WHERE decided IS NULL AND fields LIKE '%gender%'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox WHERE state = 3"), 1);
}

/* ---- pages ---- */

static struct doc *page_of(const char *entries)
{
    struct buf text = { 0 };
    struct doc *page = NULL;

    buf_printf(&text, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[%s]}", entries);
    assert_int_equal(doc_parse(buf_text(&text), text.len, &page, NULL), RC_OK);
    buf_done(&text);
    return page;
}

static void assert_position(struct directory *d, const char *page, const char *watermark)
{
    char *is = pull_page_position(d->st, "s", "Patient"), *mark = pull_watermark(d->st, "s", "Patient");

    assert_string_equal(is, page);
    assert_string_equal(mark, watermark);
    free(is);
    free(mark);
}

static void a_page_commits_with_how_far_it_came(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);
    struct pull_pass pass = { 0 };
    struct doc *page = page_of("{\"resource\":" SERVER("p1", "1", AT("1"), "") "},{\"resource\":" SERVER("p2", "1", AT("2"), "") "}");

    ASSERT_OK(pull_page(&c, sync_type_find("Patient"), "s", AT("0"), page, &pass, err));
    assert_int_equal(c.counts.pulled, 2);
    assert_position(d, AT("2"), AT("0"));       /* the watermark waits for the end of the pass */
    doc_free(page);
    page = page_of("{\"resource\":" SERVER("p4", "1", AT("1"), "") "}");    /* unsorted: no position can hold */
    ASSERT_OK(pull_page(&c, sync_type_find("Patient"), "s", AT("0"), page, &pass, err));
    assert_position(d, "", AT("0"));
    doc_free(page);
}

/* Rows of one moment that fill more than a page are asked for again: until then nothing after them counts as reached. */
static void counted_pages_hold_the_position(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);
    struct pull_pass pass = { .has_counted = true };
    struct doc *page = page_of("{\"resource\":" SERVER("p1", "1", AT("1"), "") "},{\"resource\":" SERVER("p2", "1", AT("2"), "") "}");
    char floor[CLOCK_TEXT];

    assert_true(clock_parse(AT("1"), &pass.floor_ms));
    clock_instant(pass.floor_ms, floor);
    ASSERT_OK(pull_page(&c, sync_type_find("Patient"), "s", AT("0"), page, &pass, err));
    assert_int_equal(pass.n_counted, 1);        /* the other can be asked for by its time */
    assert_position(d, floor, AT("0"));
    doc_free(page);
}

static void odd_entries_do_not_stop_the_page(void **state)
{
    struct directory *d = *state;
    struct central c = central_of(d);
    struct http_settings settings = { .base_url = "https://a.example/fhir", .ca_file = "" };
    struct pull_pass pass = { 0 };
    struct doc *page = page_of(
        "{\"resource\":{\"resourceType\":\"OperationOutcome\"}},{},{\"resource\":" SERVER("not an id", "1", AT("1"), "") "},"
        "{\"resource\":" SERVER("p1", "1", AT("2"), ",\"x\":{\"y\":1.10}") "},"
        "{\"resource\":" SERVER("p2", "1", AT("3"), "") "}");

    ASSERT_OK(http_open(&settings, &c.http, err));
    ASSERT_OK(pull_page(&c, sync_type_find("Patient"), "s", "", page, &pass, err));
    assert_int_equal(c.counts.pulled, 2);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE type = 'Patient' AND closed IS NULL"), 1);
    struct doc *doc = directory_get(d, "Patient", "p1");
    assert_string_equal(node_path_str(doc_root(doc), "x.y"), "1.10");
    doc_free(doc);
    doc_free(page);
    http_close(c.http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_request_of_a_pass), cmocka_unit_test(the_watermark_never_runs_ahead),
        cmocka_unit_test(next_pages_stay_at_our_server),
        cmocka_unit_test(a_broken_pass_goes_on_without_losing_or_repeating_itself), cmocka_unit_test(what_to_do_with_a_version),
        DIRECTORY_TEST(a_version_is_taken_once), DIRECTORY_TEST(disjoint_edits_leave_one_queued_document),
        DIRECTORY_TEST(edits_that_the_server_has_already_need_no_sending),
        DIRECTORY_TEST(a_conflict_keeps_all_three_and_grows),
        DIRECTORY_TEST(a_deletion_takes_the_clean_and_asks_about_the_edited),
        DIRECTORY_TEST(there_again_ends_the_question_of_the_deletion), DIRECTORY_TEST(a_dispute_outlives_a_deletion),
        DIRECTORY_TEST(a_deletion_is_asked_about_once),
        DIRECTORY_TEST(a_page_commits_with_how_far_it_came), DIRECTORY_TEST(counted_pages_hold_the_position),
        DIRECTORY_TEST(odd_entries_do_not_stop_the_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
