/* A rebuilt index would show other people, other days, or miss what was entered while it was built. */
#include "tests/unit/directory.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/projection.h"

/* '#' stands for the number of the document, '@' for a digit 1-9 made from it. */
static const char *const kinds[] = {
    "{\"resourceType\":\"Patient\",\"id\":\"p#\",\"name\":[{\"family\":\"Fam#\",\"given\":[\"Jos\xc3\xa9\"]},{\"use\":\"maiden\",\"family\":\"Old@\"}],"
        "\"birthDate\":\"19@1-03-0@\",\"telecom\":[{\"system\":\"phone\",\"value\":\"555-01@@\"}],\"identifier\":[{\"value\":\"M#\"}]}",
    "{\"resourceType\":\"Encounter\",\"id\":\"e#\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/p#\"},\"period\":{\"start\":\"2026-0@-1@T10:00:00Z\"}}",
    "{\"resourceType\":\"Appointment\",\"id\":\"a#\",\"status\":\"booked\",\"start\":\"2026-11-1@T14:00:00Z\",\"end\":\"2026-11-1@T14:30:00Z\","
        "\"participant\":[{\"actor\":{\"reference\":\"Patient/p#\"},\"status\":\"accepted\"}]}",
    "{\"resourceType\":\"Task\",\"id\":\"t#\",\"status\":\"requested\",\"intent\":\"order\",\"for\":{\"reference\":\"Patient/p#\"},\"description\":\"call #\",\"restriction\":{\"period\":{\"end\":\"2026-12-0@\"}}}",
    "{\"resourceType\":\"Communication\",\"id\":\"c#\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/p#\"},\"received\":\"2026-11-0@T10:00:00Z\"}",
    "{\"resourceType\":\"Condition\",\"id\":\"x#\",\"subject\":{\"reference\":\"Patient/p#\"},\"code\":{\"text\":\"cond #\"},\"recordedDate\":\"2026-0@-01\"}",
    "{\"resourceType\":\"Questionnaire\",\"id\":\"q#\",\"status\":\"active\",\"title\":\"Form #\",\"url\":\"http://example.org/q#\"}",
};

static void fill(struct directory *d, int from, int n)
{
    struct buf json = {0};

    ASSERT_OK(store_begin(d->st, err));
    for (int i = from; i < from + n; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            buf_clear(&json);
            for (const char *c = kinds[k]; *c; c++)
                if (*c == '#' || *c == '@')
                    buf_printf(&json, "%d", *c == '#' ? i : i % 9 + 1);
                else
                    buf_char(&json, *c);
            directory_put(d, buf_text(&json));
        }
    ASSERT_OK(store_end(d->st, RC_OK, err));
    buf_done(&json);
}

static void rename_person(struct directory *d, const char *id, const char *family)
{
    struct grant grant = directory_grant("patient edit", "");
    struct doc *doc = directory_get(d, "Patient", id);

    doc_set(doc, "name[0].family", family);
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
}

/* Gone at the server: only what came from there can be. */
static void remove_one(struct directory *d, const char *id)
{
    struct grant grant = directory_grant("sync", "");
    char json[200];
    struct doc *doc;

    grant.origin = ORIGIN_SYNC;
    snprintf(json, sizeof json, "{\"resourceType\":\"Condition\",\"id\":\"%s\",\"subject\":{\"reference\":\"Patient/p1\"},\"code\":{\"text\":\"from there\"}}", id);
    ASSERT_OK(doc_parse(json, strlen(json), &doc, err));
    ASSERT_OK(store_put_remote(d->st, &grant, doc, "1", "2026-11-23T08:00:00Z", err));
    ASSERT_OK(store_delete_remote(d->st, &grant, "Condition", id, err));
    doc_free(doc);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_rows(struct buf *out, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt;
    char **line = NULL;
    size_t n = 0, cap = 0;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        struct buf text = {0};

        for (int i = 0; i < sqlite3_column_count(stmt); i++)
            buf_printf(&text, "%s|", sqlite3_column_text(stmt, i) ? (const char *)sqlite3_column_text(stmt, i) : "NULL");
        MEM_ROOM(line, n, cap);
        line[n++] = buf_take(&text);
    }
    sqlite3_finalize(stmt);
    if (n)
        qsort(line, n, sizeof *line, compare);
    buf_printf(out, "== %s\n", sql);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%s\n", line[i]);
        free(line[i]);
    }
    free(line);
}

/* Every row of every projection, as text; the words of the name index through its own vocabulary. */
static char *picture(struct directory *d)
{
    char path[128], sql[200];
    struct buf out = {0};
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/frontdesk.db", d->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'person_name', 'instance')", NULL, NULL, NULL), SQLITE_OK);
    for (const char *const *table = projection_tables; *table; table++) {
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", *table);
        add_rows(&out, db, sql);
    }
    add_rows(&out, db, "SELECT * FROM temp.words");
    sqlite3_close(db);
    return buf_take(&out);
}

static int64_t leftovers(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND (name LIKE 'new\\_%' ESCAPE '\\' OR name LIKE 'old\\_%' ESCAPE '\\')");
}

static void rebuilding_changes_nothing(void **state)
{
    struct directory *d = *state;
    int64_t indexes, before_change;
    char *before, *after;

    fill(d, 1, 40);
    rename_person(d, "p3", "Changed");
    remove_one(d, "gone");
    indexes = directory_number(d, "SELECT count(*) FROM sqlite_schema WHERE type = 'index'");
    before_change = store_changes(d->st, "person");
    before = picture(d);
    assert_non_null(strstr(before, "changed"));
    for (int i = 0; i < 3; i++) {       /* index names alternate: the second run must find the first's */
        ASSERT_OK(store_reindex(d->st, NULL, NULL, err));
        after = picture(d);
        assert_string_equal(before, after);
        free(after);
        assert_int_equal(leftovers(d), 0);
        assert_int_equal(directory_number(d, "SELECT count(*) FROM sqlite_schema WHERE type = 'index'"), indexes);
    }
    assert_true(store_changes(d->st, "person") > before_change);
    ASSERT_OK(store_check(d->st, true, err));
    directory_put(d, PERSON("later", "Newcomer"));      /* the new tables are the live ones */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person WHERE id = 'later'"), 1);
    free(before);
}

/* Rows that were lost or wrong are right afterwards. */
static void rebuilding_heals(void **state)
{
    struct directory *d = *state;
    char *before, *after;

    fill(d, 1, 20);
    before = picture(d);
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "DELETE FROM person WHERE id < 'p15'", ""));
    ASSERT_OK(query_run(d->st, err, "INSERT INTO person_name(person_name) VALUES ('delete-all')", ""));
    ASSERT_OK(query_run(d->st, err, "UPDATE event SET title = 'wrong'", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_OK(store_reindex(d->st, NULL, NULL, err));
    after = picture(d);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void busy_desk(struct directory *d, int ready)
{
    struct directory own = *d;
    char name[24];

    if (store_open(d->path, 0, &own.st, NULL) != RC_OK)
        _exit(1);
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "Edit%d", i);
        rename_person(&own, i % 2 ? "p1" : "p29", name);
        snprintf(name, sizeof name, "n%d", i);
        remove_one(&own, name);
        fill(&own, 1000 + i, 1);
        if (i == 0)
            (void)!write(ready, "x", 1);
    }
    store_close(own.st);
    _exit(0);
}

static void nothing_entered_meanwhile_is_lost(void **state)
{
    struct directory *d = *state;
    char *live, *rebuilt, byte;
    int status, pipes[2];
    pid_t pid;

    fill(d, 1, 30);
    store_close(d->st);
    assert_int_equal(pipe(pipes), 0);
    if ((pid = fork()) == 0)
        busy_desk(d, pipes[1]);
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
    while (waitpid(pid, &status, WNOHANG) == 0)
        ASSERT_OK(store_reindex(d->st, NULL, NULL, err));
    assert_int_equal(status, 0);
    live = picture(d);
    ASSERT_OK(store_reindex(d->st, NULL, NULL, err));
    rebuilt = picture(d);
    assert_string_equal(live, rebuilt);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person WHERE name LIKE 'Edit59,%' OR name LIKE 'Edit58,%'"), 2);
    free(live);
    free(rebuilt);
}

static bool stop_at_once(void *ctx, int64_t done, int64_t total)
{
    *(int *)ctx += done < total;
    return false;
}

/* Stopped or killed half-way, the live index is as it was and the next run clears what is left. */
static void stopped_half_way(void **state)
{
    struct directory *d = *state;
    char *before, *after;
    struct err e = {0};
    int calls = 0;
    enum rc rc;

    fill(d, 1, 300);
    before = picture(d);
    rc = store_reindex(d->st, stop_at_once, &calls, &e);
    assert_int_equal(rc, calls ? RC_CANCELLED : RC_OK);
    assert_int_equal(leftovers(d), 0);
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "CREATE TABLE new_person(x)", ""));
    ASSERT_OK(query_run(d->st, err, "CREATE VIRTUAL TABLE new_person_name USING fts5(name)", ""));
    ASSERT_OK(query_run(d->st, err, "INSERT INTO new_person_name(name) VALUES ('left')", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_OK(store_reindex(d->st, NULL, NULL, err));
    after = picture(d);
    assert_string_equal(before, after);
    assert_int_equal(leftovers(d), 0);
    free(before);
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(rebuilding_changes_nothing), DIRECTORY_TEST(rebuilding_heals),
        DIRECTORY_TEST(nothing_entered_meanwhile_is_lost), DIRECTORY_TEST(stopped_half_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
