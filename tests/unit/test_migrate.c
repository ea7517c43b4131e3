/* An upgrade would lose what was entered before it, or leave a file that neither version can read. */
#include "tests/unit/directory.h"

#include <dirent.h>
#include <sqlite3.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/schema.h"

/* A schema of this test's own, in place of the program's. The second step fails where "blocked" exists. */
#define FIRST "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID; CREATE TABLE note (text TEXT);"

const char *const schema_migrations[] = {
    FIRST,
    "ALTER TABLE note ADD COLUMN at TEXT NOT NULL DEFAULT 'then'; UPDATE note SET text = text || '!'; CREATE TABLE blocked (x);",
    "CREATE TABLE third (x);",
};
const int schema_version = 3;

static void file_at(const char *dir, char *path, size_t size)
{
    snprintf(path, size, "%s/frontdesk.db", dir);
}

static void outside(const char *path, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static int64_t number(const char *path, const char *sql)
{
    sqlite3_stmt *stmt;
    sqlite3 *db;
    int64_t n;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    n = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return n;
}

/* The file name of the only backup; empty when there is none. */
static void backup_in(const char *dir, char *path, size_t size)
{
    char folder[128];
    struct dirent *entry;
    DIR *handle;

    snprintf(folder, sizeof folder, "%s/backup", dir);
    *path = '\0';
    if (!(handle = opendir(folder)))
        return;
    while ((entry = readdir(handle)))
        if (entry->d_name[0] != '.')
            snprintf(path, size, "%s/%.100s", folder, entry->d_name);
    closedir(handle);
}

static int old_setup(void **state)
{
    char *dir = strdup("/tmp/frontdesk-migrate-XXXXXX"), path[128], sql[400];

    if (!mkdtemp(dir))
        return -1;
    file_at(dir, path, sizeof path);
    snprintf(sql, sizeof sql, FIRST "INSERT INTO note VALUES ('kept'); INSERT INTO meta VALUES ('database_id', 'x');"
             "PRAGMA user_version = 1; PRAGMA application_id = %d", STORE_APPLICATION_ID);
    outside(path, sql);
    *state = dir;
    return 0;
}

static int old_teardown(void **state)
{
    nftw(*state, directory_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

static void upgrades_with_a_copy_before(void **state)
{
    char path[128], backup[300];
    struct store *st;
    struct err e = {0};

    file_at(*state, path, sizeof path);
    assert_int_equal(store_open(*state, STORE_NO_MIGRATE, &st, &e), RC_INVALID);
    assert_int_equal(number(path, "PRAGMA user_version"), 1);
    ASSERT_OK(store_open(*state, 0, &st, err));
    assert_string_equal(store_meta(st, "database_id"), "x");
    store_close(st);
    assert_int_equal(number(path, "PRAGMA user_version"), 3);
    assert_int_equal(number(path, "SELECT count(*) FROM note WHERE text = 'kept!' AND at = 'then'"), 1);
    backup_in(*state, backup, sizeof backup);
    assert_non_null(strstr(backup, "/before-schema-2-"));
    assert_int_equal(number(backup, "PRAGMA user_version"), 1);
    assert_int_equal(number(backup, "SELECT count(*) FROM note WHERE text = 'kept'"), 1);
    ASSERT_OK(store_open(*state, 0, &st, err));         /* once is enough */
    store_close(st);
    assert_int_equal(number(path, "SELECT count(*) FROM note WHERE text = 'kept!'"), 1);
}

static void failed_upgrade_changes_nothing(void **state)
{
    char path[128];
    struct store *st;
    struct err e = {0};

    file_at(*state, path, sizeof path);
    outside(path, "CREATE TABLE blocked (x)");
    assert_int_equal(store_open(*state, STORE_CREATE, &st, &e), RC_DB);
    assert_true(e.text[0]);
    assert_int_equal(number(path, "PRAGMA user_version"), 1);
    assert_int_equal(number(path, "SELECT count(*) FROM note WHERE text = 'kept'"), 1);
    assert_int_equal(number(path, "SELECT count(*) FROM pragma_table_info('note')"), 1);
    outside(path, "DROP TABLE blocked");
    ASSERT_OK(store_open(*state, 0, &st, err));
    store_close(st);
}

static void new_ones_need_no_copy(void **state)
{
    char backup[300], dir[128];
    struct store *st;

    snprintf(dir, sizeof dir, "%s/new", (const char *)*state);
    ASSERT_OK(store_open(dir, STORE_CREATE, &st, err));
    assert_int_equal(strlen(store_meta(st, "database_id")), 36);
    store_close(st);
    backup_in(dir, backup, sizeof backup);
    assert_string_equal(backup, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(upgrades_with_a_copy_before, old_setup, old_teardown),
        cmocka_unit_test_setup_teardown(failed_upgrade_changes_nothing, old_setup, old_teardown),
        cmocka_unit_test_setup_teardown(new_ones_need_no_copy, old_setup, old_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
