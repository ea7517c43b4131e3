/* Somebody's edit would be lost or land on another person, or a database of another make be written to. */
#include "tests/unit/directory.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/schema.h"

static struct doc *parse(const char *json)
{
    struct doc *doc;

    ASSERT_OK(doc_parse(json, strlen(json), &doc, err));
    return doc;
}

static char *text_of(struct directory *d, const char *type, const char *id)
{
    struct doc *doc = directory_get(d, type, id);
    char *text = doc_text(doc, NULL);

    doc_free(doc);
    return text;
}

/* Run a statement as another program would, beside our settings and our gate. */
static void outside(struct directory *d, const char *sql)
{
    char path[128];
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/frontdesk.db", d->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void reopen(struct directory *d, enum rc want)
{
    struct err err = {0};

    store_close(d->st);
    assert_int_equal(store_open(d->path, 0, &d->st, &err), want);
    if (want != RC_OK)
        assert_true(err.text[0]);
}

static void settings_hold(void **state)
{
    static const struct { const char *sql; int64_t want; } cases[] = {
        { "PRAGMA synchronous", 2 }, { "PRAGMA foreign_keys", 1 }, { "PRAGMA trusted_schema", 0 },
        { "PRAGMA cell_size_check", 1 }, { "PRAGMA temp_store", 2 }, { "PRAGMA mmap_size", 0 },
        { "PRAGMA secure_delete", 1 }, { "PRAGMA wal_autocheckpoint", 0 },
        { "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'", 1 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(directory_number(*state, cases[i].sql), cases[i].want);
}

static void kept_as_it_came(void **state)
{
    static const char json[] = "{ \"resourceType\":\"Observation\",\"id\":\"o1\",\n \"zz\":{\"b\":1.10,\"a\":[1e3, -0]},"
        "\"status\":\"final\",\"code\":{\"text\":\"\\u00e9 \xc3\xa9\"},\"subject\":{\"reference\":\"Patient/p1\"} }";
    char *text;

    directory_put(*state, json);
    text = text_of(*state, "Observation", "o1");
    assert_non_null(strstr(text, "\"zz\":{\"b\":1.10,\"a\":[1e3, -0]}"));
    assert_non_null(strstr(text, "{\"text\":\"\\u00e9 \xc3\xa9\"}"));
    free(text);
}

static void edits_keep_what_they_replace(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("patient edit", "p1");
    struct doc *doc, *old;

    directory_put(d, PERSON("p1", "Marsh"));
    doc = directory_get(d, "Patient", "p1");
    assert_int_equal(doc_rev(doc), 1);
    doc_set(doc, "name[0].family", "Marsh-Lane");
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    assert_int_equal(doc_rev(doc), 2);
    ASSERT_OK(store_put(d->st, &grant, doc, err));      /* the same again writes nothing */
    assert_int_equal(doc_rev(doc), 2);
    ASSERT_OK(store_get_rev(d->st, "Patient", "p1", 1, &old, err));
    assert_string_equal(node_path_str(doc_root(old), "name[0].family"), "Marsh");
    doc_free(old);
    ASSERT_OK(store_get_rev(d->st, "Patient", "p1", 2, &old, err));
    assert_string_equal(node_path_str(doc_root(old), "name[0].family"), "Marsh-Lane");
    doc_free(old);
    ASSERT_RC(RC_NOT_FOUND, store_get_rev(d->st, "Patient", "p1", 3, &old, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM history"), 1);
    doc_free(doc);
}

static void later_writer_is_told(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("patient edit", "");
    struct doc *mine, *theirs, *same_id;

    directory_put(d, PERSON("p1", "Marsh"));
    mine = directory_get(d, "Patient", "p1");
    theirs = directory_get(d, "Patient", "p1");
    doc_set(theirs, "gender", "female");
    ASSERT_OK(store_put(d->st, &grant, theirs, err));
    doc_set(mine, "gender", "male");
    ASSERT_RC(RC_STALE, store_put(d->st, &grant, mine, err));
    same_id = parse(PERSON("p1", "Marsh"));
    ASSERT_RC(RC_EXISTS, store_put(d->st, &grant, same_id, err));
    doc_free(mine);
    mine = directory_get(d, "Patient", "p1");
    assert_string_equal(node_str(doc_root(mine), "gender"), "female");
    doc_free(mine);
    doc_free(theirs);
    doc_free(same_id);
}

static void stays_on_its_record(void **state)
{
    static const char task[] = "{\"resourceType\":\"Task\",\"id\":\"t1\",\"status\":\"requested\",\"intent\":\"order\",\"for\":{\"reference\":\"Patient/%s\"}}";
    static const struct { const char *opened_on, *about, *moved_to; enum rc create, edit; } cases[] = {
        { "p1", "p1", "p1", RC_OK, RC_OK },
        { "p1", "p2", "p2", RC_DENIED, RC_OK },         /* entered on somebody else */
        { "p1", "p1", "p2", RC_OK, RC_DENIED },         /* carried off by an edit */
        { "", "p1", "p2", RC_OK, RC_DENIED },           /* also when opened on nobody */
        { "p2", "p1", "p2", RC_DENIED, RC_DENIED },
    };
    struct directory *d = *state;
    char json[400], id[8];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct grant grant = directory_grant("task", cases[i].opened_on);
        struct doc *doc;
        struct err e = {0};

        snprintf(json, sizeof json, task, cases[i].about);
        snprintf(id, sizeof id, "t%zu", i);
        doc = parse(json);
        doc_set(doc, "id", id);
        assert_int_equal(store_put(d->st, &grant, doc, &e), cases[i].create);
        assert_int_equal(store_has(d->st, "Task", id), cases[i].create == RC_OK);
        if (cases[i].create == RC_OK) {
            snprintf(json, sizeof json, "Patient/%s", cases[i].moved_to);
            doc_set(doc, "for.reference", json);
            doc_set(doc, "status", "accepted");
            assert_int_equal(store_put(d->st, &grant, doc, &e), cases[i].edit);
        }
        doc_free(doc);
    }
    ASSERT_RC(RC_DENIED, store_put(d->st, NULL, NULL, err));
}

static enum rc no_blue(struct store *st, const struct grant *grant, const struct doc *before, const struct doc *after, struct err *err)
{
    (void)st;
    (void)grant;
    (void)before;
    return strcmp(node_path_str(doc_root(after), "code.text"), "blue") ? RC_OK : err_set(err, RC_INVALID, "Basic/%s: code: no blue", doc_id(after));
}

static void guards_bind_every_path(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("resource put", "");
    struct doc *doc = parse("{\"resourceType\":\"Basic\",\"id\":\"b1\",\"code\":{\"text\":\"blue\"}}");

    store_guard("Basic", no_blue);
    ASSERT_RC(RC_INVALID, store_put(d->st, &grant, doc, err));
    ASSERT_RC(RC_INVALID, store_put_local(d->st, &grant, doc, err));
    ASSERT_RC(RC_INVALID, store_put_remote(d->st, &grant, doc, "1", "2026-11-23T08:00:00Z", err));
    assert_false(store_has(d->st, "Basic", "b1"));
    doc_free(doc);
}

static void all_or_nothing(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("act", "");
    struct doc *good = parse("{\"resourceType\":\"Basic\",\"id\":\"good\",\"code\":{\"text\":\"x\"}}");
    struct doc *bad = parse("{\"resourceType\":\"Basic\",\"id\":\"bad id\"}");
    struct doc *late = parse("{\"resourceType\":\"Basic\",\"id\":\"late\",\"code\":{\"text\":\"x\"}}");

    /* A refused line leaves the rest of a batch alone. */
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(store_put(d->st, &grant, good, err));
    ASSERT_RC(RC_INVALID, store_put(d->st, &grant, bad, err));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    assert_true(store_has(d->st, "Basic", "good"));
    /* An act that failed after its first write takes everything with it, even if nobody listens. */
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(store_put(d->st, &grant, late, err));
    assert_int_equal(store_end(d->st, RC_INVALID, NULL), RC_INVALID);
    ASSERT_RC(RC_INVALID, store_end(d->st, RC_OK, err));
    assert_false(store_has(d->st, "Basic", "late"));
    doc_free(good);
    doc_free(bad);
    doc_free(late);
}

static void writes_need_the_gate(void **state)
{
    struct directory *d = *state;

    ASSERT_RC(RC_DB, query_run(d->st, err, "INSERT INTO meta(name, value) VALUES ('x', 'y')", ""));
    assert_string_equal(store_meta(d->st, "x"), "");
    ASSERT_OK(store_set_meta(d->st, "x", "y", err));
    assert_string_equal(store_meta(d->st, "x"), "y");
}

static void other_process_is_noticed(void **state)
{
    struct directory *d = *state;
    struct directory other = *d;
    int64_t person = store_changes(d->st, "person"), task = store_changes(d->st, "task");

    ASSERT_OK(store_open(d->path, 0, &other.st, err));
    directory_put(&other, PERSON("p1", "Marsh"));
    assert_true(store_changes(d->st, "person") > person);
    assert_int_equal(store_changes(d->st, "task"), task);
    person = store_changes(d->st, "person");
    directory_put(d, PERSON("p2", "Marsh"));
    assert_true(store_changes(d->st, "person") > person);
    store_close(other.st);
}

static void server_copies(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("sync", ""), desk = directory_grant("edit", "");
    struct doc *doc = parse(PERSON("p1", "Marsh"));

    grant.origin = ORIGIN_SYNC;
    ASSERT_OK(store_put_remote(d->st, &grant, doc, "1", "2026-11-23T08:00:00Z", err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 0);
    doc_set(doc, "gender", "female");
    ASSERT_OK(store_put_remote(d->st, &grant, doc, "2", "2026-11-23T08:01:00Z", err));
    assert_int_equal(doc_rev(doc), 2);
    doc_set(doc, "gender", "male");
    ASSERT_OK(store_put(d->st, &desk, doc, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE base_version = '2' AND base_body LIKE '%female%'"), 1);
    doc_set(doc, "gender", "other");
    ASSERT_RC(RC_STALE, store_put_remote(d->st, &grant, doc, "3", "2026-11-23T08:02:00Z", err));
    ASSERT_RC(RC_STALE, store_delete_remote(d->st, &grant, "Patient", "p1", err));
    doc_free(doc);
    doc = parse(PERSON("p2", "Okafor"));
    ASSERT_OK(store_put_remote(d->st, &grant, doc, "1", "2026-11-23T08:00:00Z", err));
    ASSERT_OK(store_delete_remote(d->st, &grant, "Patient", "p2", err));
    ASSERT_OK(store_delete_remote(d->st, &grant, "Patient", "p2", err));    /* told twice */
    assert_false(store_has(d->st, "Patient", "p2"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person WHERE id = 'p2'"), 0);
    ASSERT_RC(RC_EXISTS, store_put(d->st, &desk, (doc_set_rev(doc, 0), doc), err));     /* no resurrection by accident */
    ASSERT_OK(store_put_remote(d->st, &grant, doc, "3", "2026-11-23T08:03:00Z", err));
    assert_true(store_has(d->st, "Patient", "p2"));
    doc_free(doc);
}

static void newer_and_foreign_files_are_refused(void **state)
{
    struct directory *d = *state;
    char sql[64];

    directory_put(d, PERSON("p1", "Marsh"));
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", schema_version + 1);
    outside(d, sql);
    ASSERT_RC(RC_DB, store_set_meta(d->st, "x", "y", err));     /* upgraded under our feet */
    reopen(d, RC_INVALID);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d; PRAGMA application_id = 7", schema_version);
    outside(d, sql);
    reopen(d, RC_INVALID);
    outside(d, "PRAGMA application_id = 0x46446b31");
    reopen(d, RC_OK);
    assert_true(store_has(d->st, "Patient", "p1"));
}

static void nothing_is_made_unasked(void **state)
{
    struct directory *d = *state;
    struct store *st;
    char path[100];

    snprintf(path, sizeof path, "%s/nothing", d->path);
    ASSERT_RC(RC_NOT_FOUND, store_open(path, 0, &st, err));
    assert_int_not_equal(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/a/b", d->path);
    ASSERT_OK(store_open(path, STORE_CREATE, &st, err));
    store_close(st);
    snprintf(path, sizeof path, "/proc/self");      /* no file can be made there */
    ASSERT_RC(RC_IO, store_open(path, STORE_CREATE, &st, err));
}

/* A process that goes without closing is noticed by the next first one, and only by it. */
static void unclean_exit_is_known(void **state)
{
    struct directory *d = *state;
    struct store *st;
    int status;
    pid_t pid;

    assert_false(store_was_unclean(d->st));
    store_close(d->st);
    if ((pid = fork()) == 0)
        _exit(store_open(d->path, 0, &st, NULL) == RC_OK ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
    assert_true(store_was_unclean(d->st));
    ASSERT_OK(store_open(d->path, 0, &st, err));
    assert_false(store_was_unclean(st));
    store_close(st);
    reopen(d, RC_OK);
    assert_false(store_was_unclean(d->st));
}

static void checks_and_checkpoints(void **state)
{
    struct directory *d = *state;
    struct stat wal;
    char path[100];

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(store_check(d->st, false, err));
    ASSERT_OK(store_check(d->st, true, err));
    snprintf(path, sizeof path, "%s/frontdesk.db-wal", d->path);
    assert_int_equal(stat(path, &wal), 0);
    assert_true(wal.st_size > 0);
    store_checkpoint(d->st, true);
    assert_int_equal(stat(path, &wal), 0);
    assert_int_equal(wal.st_size, 0);
    assert_true(store_has(d->st, "Patient", "p1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(settings_hold), DIRECTORY_TEST(kept_as_it_came), DIRECTORY_TEST(edits_keep_what_they_replace),
        DIRECTORY_TEST(later_writer_is_told), DIRECTORY_TEST(stays_on_its_record), DIRECTORY_TEST(guards_bind_every_path),
        DIRECTORY_TEST(all_or_nothing), DIRECTORY_TEST(writes_need_the_gate), DIRECTORY_TEST(other_process_is_noticed),
        DIRECTORY_TEST(server_copies), DIRECTORY_TEST(newer_and_foreign_files_are_refused),
        DIRECTORY_TEST(nothing_is_made_unasked), DIRECTORY_TEST(unclean_exit_is_known), DIRECTORY_TEST(checks_and_checkpoints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
