/* An import would lose lines, make people twice, or stop at the first bad one. */
#include "tests/unit/directory.h"

#include "desk/import.h"
#include "store/quarantine.h"

#define FIXTURES "tests/fixtures/import/"

static struct import_counts run(struct directory *d, const char *path, bool update)
{
    struct grant grant = directory_grant("import", "");
    struct import_options options = {.update = update};
    struct import_counts counts;

    grant.origin = ORIGIN_IMPORT;
    ASSERT_OK(import_paths(d->st, &grant, &path, 1, &options, &counts, err));
    return counts;
}

static void counted(struct directory *d, const char *path, int64_t imported, int64_t unchanged, int64_t quarantined)
{
    struct import_counts n = run(d, path, false);

    if (n.imported != imported || n.unchanged != unchanged || n.quarantined != quarantined)
        fail_msg("%s: imported %ld, unchanged %ld, quarantined %ld", path, (long)n.imported, (long)n.unchanged, (long)n.quarantined);
}

/* Each kind of file, twice: the second time nothing changes. */
static void every_kind_and_again(void **state)
{
    static const struct { const char *path; int64_t imported, quarantined; } cases[] = {
        {FIXTURES "good.ndjson", 3, 0},         /* byte order mark, CRLF, blank lines, no last newline */
        {FIXTURES "resource.json", 1, 0},       /* pretty-printed */
        {FIXTURES "no-id.ndjson", 2, 0},        /* an id from the content */
        {FIXTURES "transaction.json", 3, 0},
        {FIXTURES "searchset.json", 1, 0},
        {FIXTURES "empty.json", 0, 1},
        {FIXTURES "folder", 2, 0},              /* sorted, other files left alone */
    };
    struct directory *d = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        counted(d, cases[i].path, cases[i].imported, 0, cases[i].quarantined);
        counted(d, cases[i].path, 0, cases[i].imported, cases[i].quarantined);
    }
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM history"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM import_position"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 12);
}

static void keeps_digits(void **state)
{
    struct directory *d = *state;
    struct doc *doc;

    run(d, FIXTURES "good.ndjson", false);
    doc = directory_get(d, "Observation", "imp-o1");
    assert_string_equal(node_path_str(doc_root(doc), "valueQuantity.value"), "1.10");
    doc_free(doc);
}

/* References by urn:uuid meet, whatever the order of the entries. */
static void bundle_references_meet(void **state)
{
    struct directory *d = *state;
    struct doc *doc;

    run(d, FIXTURES "transaction.json", false);
    doc = directory_get(d, "Encounter", "5a2a0a3e-1111-4222-8333-944455556666");
    assert_string_equal(node_path_str(doc_root(doc), "subject.reference"), "Patient/0b1c2d3e-aaaa-4bbb-8ccc-dddddddddddd");
    doc_free(doc);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person WHERE seen = '2026-10-30'"), 1);
}

/* One bad line never stops the rest; each has its line and a reason. */
static void bad_lines_are_set_aside(void **state)
{
    struct directory *d = *state;
    struct quarantined *rows;
    size_t n;

    counted(d, FIXTURES "broken.ndjson", 3, 1, 12);
    assert_true(store_has(d->st, "Patient", "bad-99"));
    assert_true(store_has(d->st, "Patient", "hostile-1"));
    ASSERT_OK(quarantine_list(d->st, &rows, &n, err));
    assert_int_equal(n, 12);
    for (size_t i = 0; i < n; i++) {
        assert_true(rows[i].line >= 2 && rows[i].line <= 15);
        assert_true(rows[i].reason[0] != '\0');
        quarantined_done(&rows[i]);
    }
    free(rows);
    counted(d, FIXTURES "broken.ndjson", 0, 4, 12);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine"), 12);
}

static void update_takes_the_newer(void **state)
{
    struct directory *d = *state;
    struct doc *doc;

    run(d, FIXTURES "broken.ndjson", false);
    run(d, FIXTURES "broken.ndjson", true);
    doc = directory_get(d, "Patient", "bad-0");
    assert_string_equal(node_path_str(doc_root(doc), "name.given"), "Other");
    doc_free(doc);
}

static bool stop_at_once(void *ctx, const char *file, int64_t bytes, int64_t total)
{
    (void)ctx;
    (void)file;
    (void)bytes;
    (void)total;
    return false;
}

/* n lines in a file of their own, for stopping in the middle. */
static void write_many(char *path, size_t size, const char *dir, int n)
{
    FILE *out;

    snprintf(path, size, "%s/many-%d.ndjson", dir, n);
    out = fopen(path, "we");
    assert_non_null(out);
    for (int i = 0; i < n; i++)
        fprintf(out, "{\"resourceType\":\"Observation\",\"id\":\"many-%d-of-%d\",\"status\":\"final\",\"code\":{\"text\":\"Weight\"},"
                "\"subject\":{\"reference\":\"Patient/p%d\"},\"effectiveDateTime\":\"2026-01-02\"}\n", i, n, i % 50);
    assert_int_equal(fclose(out), 0);
}

/* Import a file of n lines, stopped at each commit and taken up again; how often it was stopped. */
static int import_in_steps(struct directory *d, int n)
{
    struct grant grant = directory_grant("import", "");
    struct import_options stopping = {.progress = stop_at_once};
    struct import_counts counts = {0};
    int64_t before = directory_number(d, "SELECT count(*) FROM resource"), total = 0;
    char path[128];
    const char *paths[] = {path};
    int stops = 0;

    grant.origin = ORIGIN_IMPORT;
    write_many(path, sizeof path, d->path, n);
    while (import_paths(d->st, &grant, paths, 1, &stopping, &counts, NULL) == RC_CANCELLED && total + counts.imported < n) {
        total += counts.imported;
        assert_int_equal(counts.unchanged, 0);
        assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), before + total);
        stops++;
    }
    assert_int_equal(total + counts.imported, n);
    return stops;
}

/* Stopped at any commit, it goes on from there, and what it counted is what is stored. A file that a
 * quick machine takes in one transaction stops nowhere, so a larger one follows. */
static void goes_on_where_it_stopped(void **state)
{
    struct directory *d = *state;
    int64_t lines = 0;
    int stops = 0;

    for (int n = 40000; stops == 0; n *= 4) {
        stops = import_in_steps(d, n);
        lines += n;
    }
    assert_int_equal(directory_number(d, "SELECT count(*) FROM event"), lines);
}

/* A file that changed since is read from its start. */
static void a_changed_file_starts_over(void **state)
{
    struct directory *d = *state;
    struct err err = {0};
    char path[128];

    write_many(path, sizeof path, d->path, 10);
    assert_int_equal(store_begin(d->st, &err), RC_OK);
    query_run(d->st, NULL, "INSERT INTO import_position(source, hash, line) VALUES (?1, 'another', 5)", "t", path);
    assert_int_equal(store_end(d->st, RC_OK, &err), RC_OK);
    counted(d, path, 10, 0, 0);
}

static void retry_puts_it_in(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("quarantine retry", "");
    struct import_options update = {.update = true}, plain = {.update = false};
    int64_t id;

    grant.origin = ORIGIN_IMPORT;
    run(d, FIXTURES "broken.ndjson", false);
    id = directory_number(d, "SELECT id FROM quarantine WHERE resource_id = 'bad-0'");
    ASSERT_RC(RC_EXISTS, import_retry(d->st, &grant, id, &plain, err));
    ASSERT_OK(import_retry(d->st, &grant, id, &update, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE closed IS NOT NULL"), 1);
    id = directory_number(d, "SELECT id FROM quarantine WHERE line = 3");
    ASSERT_RC(RC_INVALID, import_retry(d->st, &grant, id, &update, err));
}

static void a_missing_path_is_said(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("import", "");
    struct import_options options = {.update = false};
    struct import_counts counts;
    const char *path = FIXTURES "no-such-file.ndjson";

    ASSERT_RC(RC_NOT_FOUND, import_paths(d->st, &grant, &path, 1, &options, &counts, err));
}

/* One file far too long to be a resource is set aside too, and never ends an import of its folder. */
static void an_overlong_file_is_set_aside(void **state)
{
    struct directory *d = *state;
    char path[128], *blank = malloc(1 << 20);
    FILE *out;

    assert_non_null(blank);
    memset(blank, 'x', 1 << 20);
    snprintf(path, sizeof path, "%s/long.json", d->path);
    out = fopen(path, "we");
    assert_non_null(out);
    fputs("{\"resourceType\":\"Patient\",\"id\":\"long\",\n\"text\":\"", out);
    for (int i = 0; i < 66; i++)
        fwrite(blank, 1, 1 << 20, out);
    fputs("\"}\n", out);
    assert_int_equal(fclose(out), 0);
    free(blank);
    counted(d, path, 0, 0, 1);
    assert_true(directory_number(d, "SELECT max(length(body)) FROM quarantine") < 1 << 16);
}

/* A line past the bound is set aside, its neighbours are not. */
static void an_overlong_line_is_skipped(void **state)
{
    struct directory *d = *state;
    char path[128], *blank = malloc(1 << 20);
    FILE *out;

    assert_non_null(blank);
    memset(blank, ' ', 1 << 20);
    snprintf(path, sizeof path, "%s/long.ndjson", d->path);
    out = fopen(path, "we");
    assert_non_null(out);
    fputs(PERSON("before", "A") "\n{\"resourceType\":\"Patient\",\"id\":\"long\",", out);
    for (int i = 0; i < 66; i++)
        fwrite(blank, 1, 1 << 20, out);
    fputs("\"active\":true}\n" PERSON("after", "B") "\n", out);
    assert_int_equal(fclose(out), 0);
    free(blank);
    counted(d, path, 2, 0, 1);
    assert_true(store_has(d->st, "Patient", "after"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(every_kind_and_again), DIRECTORY_TEST(keeps_digits), DIRECTORY_TEST(bundle_references_meet),
        DIRECTORY_TEST(bad_lines_are_set_aside), DIRECTORY_TEST(update_takes_the_newer),
        DIRECTORY_TEST(goes_on_where_it_stopped), DIRECTORY_TEST(a_changed_file_starts_over),
        DIRECTORY_TEST(retry_puts_it_in), DIRECTORY_TEST(a_missing_path_is_said), DIRECTORY_TEST(an_overlong_line_is_skipped),
        DIRECTORY_TEST(an_overlong_file_is_set_aside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
