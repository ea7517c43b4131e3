/* The clinic would learn on the worst day that its backup is empty, torn, or ate what it had. */
#include "tests/unit/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/backup.h"

static struct grant grant_of(void)
{
    return directory_grant("backup", "");
}

static int count(const char *dir, const char *start)
{
    DIR *handle = opendir(dir);
    struct dirent *entry;
    int n = 0;

    assert_non_null(handle);
    while ((entry = readdir(handle)))
        n += !strncmp(entry->d_name, start, strlen(start));
    closedir(handle);
    return n;
}

static bool holds(const char *dir, const char *id)
{
    struct store *st;
    bool found;

    ASSERT_OK(store_open(dir, 0, &st, err));
    found = store_has(st, "Patient", id);
    store_close(st);
    return found;
}

/* What is committed but not yet in the main file is in the copy too. */
static void whole_and_alone(void **state)
{
    struct directory *d = *state;
    struct grant grant = grant_of();
    char path[100], elsewhere[100], log[110], *made = NULL;
    struct stat have;

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(backup_make(d->st, &grant, "", &made, err));
    assert_non_null(strstr(made, "/backup/frontdesk-20261123-1314"));
    assert_int_equal(stat(made, &have), 0);
    assert_int_equal(have.st_mode & 0777, 0600);
    snprintf(log, sizeof log, "%s-wal", made);
    assert_int_not_equal(access(log, F_OK), 0);
    snprintf(path, sizeof path, "%s/backup", d->path);
    assert_int_equal(count(path, "frontdesk-"), 1);
    snprintf(elsewhere, sizeof elsewhere, "%s/other", d->path);
    ASSERT_OK(backup_restore(elsewhere, made, NULL, NULL, err));
    assert_true(holds(elsewhere, "p1"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'backup' AND outcome = 0"), 1);
    ASSERT_RC(RC_EXISTS, backup_make(d->st, &grant, made, NULL, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'backup' AND outcome = 8"), 1);
    free(made);
}

static void keeps_the_last_ones(void **state)
{
    struct directory *d = *state;
    struct grant grant = grant_of();
    char path[100], name[160];
    int fd;

    snprintf(path, sizeof path, "%s/backup", d->path);
    assert_int_equal(mkdir(path, 0700), 0);
    for (int i = 10; i < 30; i++) {
        snprintf(name, sizeof name, "%s/frontdesk-202511%d-120000.db", path, i);
        fd = open(name, O_CREAT | O_WRONLY, 0600);
        close(fd);
    }
    snprintf(name, sizeof name, "%s/before-schema-2-20251101-120000.db", path);
    fd = open(name, O_CREAT | O_WRONLY, 0600);
    close(fd);
    snprintf(name, sizeof name, "%s/frontdesk-of-mine.db", path);
    ASSERT_OK(backup_make(d->st, &grant, name, NULL, err));
    assert_int_equal(count(path, "frontdesk-2025"), 20);
    ASSERT_OK(backup_make(d->st, &grant, "", NULL, err));
    ASSERT_OK(backup_make(d->st, &grant, "", NULL, err));       /* within the same second */
    assert_int_equal(count(path, "frontdesk-2025"), 12);
    assert_int_equal(count(path, "frontdesk-2026"), 2);
    assert_int_equal(count(path, "frontdesk-of-mine"), 1);
    assert_int_equal(count(path, "before-schema"), 1);
}

static void restore_sets_aside(void **state)
{
    struct directory *d = *state;
    struct grant grant = grant_of();
    char *made = NULL, path[200];
    struct aside aside = { NULL, 0 };
    struct err e = {0};
    struct doc *doc;

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "INSERT INTO session(sid, staff, opened, used, idle_s)"
                        " VALUES ('mine', ?1, '', 0, 900), ('other', ?1, '', 0, 900)", "t", "staff-1"));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_OK(backup_make(d->st, &grant, "", &made, err));
    directory_put(d, PERSON("p2", "Okafor"));
    assert_int_equal(backup_restore(d->path, made, NULL, &aside, &e), RC_BUSY);   /* we have it open */
    store_close(d->st);
    ASSERT_OK(backup_restore(d->path, made, "mine", &aside, err));
    assert_true(holds(d->path, "p1"));
    assert_false(holds(d->path, "p2"));
    assert_int_equal(aside.unsent, 2);      /* neither person was sent */
    /* What was there is whole under its new name. */
    snprintf(path, sizeof path, "%s/look", d->path);
    ASSERT_OK(backup_restore(path, aside.path, NULL, NULL, err));
    assert_true(holds(path, "p2"));
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
    doc = directory_get(d, "Patient", "p1");
    doc_free(doc);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM session WHERE (closed IS NULL) = (sid = 'mine')"), 2);    /* nobody else is signed in by it */
    free(made);
    free(aside.path);
}

static void spoil(const char *path, long at)
{
    int fd = open(path, O_WRONLY);
    char junk[64];

    memset(junk, 0x5a, sizeof junk);
    assert_int_equal(pwrite(fd, junk, sizeof junk, at), sizeof junk);
    close(fd);
}

/* Neither a damaged backup nor a file of another kind touches the database. */
static void bad_copies_are_refused(void **state)
{
    struct directory *d = *state;
    struct grant grant = grant_of();
    char *made = NULL, path[120];
    struct err e = {0};
    int fd;

    for (int i = 0; i < 200; i++) {
        char json[160];

        snprintf(json, sizeof json, "{\"resourceType\":\"Basic\",\"id\":\"b%d\",\"code\":{\"text\":\"%0100d\"}}", i, i);
        directory_put(d, json);
    }
    ASSERT_OK(backup_make(d->st, &grant, "", &made, err));
    store_close(d->st);
    spoil(made, 4096 * 3);
    assert_int_equal(backup_restore(d->path, made, NULL, NULL, &e), RC_DB);
    snprintf(path, sizeof path, "%s/text.db", d->path);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "not a database, only words, many of them", 40), 40);
    close(fd);
    assert_int_not_equal(backup_restore(d->path, path, NULL, NULL, &e), RC_OK);
    assert_int_equal(backup_restore(d->path, "/nowhere/x.db", NULL, NULL, &e), RC_NOT_FOUND);
    assert_int_equal(count(d->path, "aside-"), 0);
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
    assert_true(store_has(d->st, "Basic", "b199"));
    free(made);
}

/* A database that is damaged is not emptied or made anew: it stays, and a backup can take its place. */
static void damage_is_set_aside(void **state)
{
    struct directory *d = *state;
    struct grant grant = grant_of();
    struct aside aside = { NULL, 0 };
    char *made = NULL, path[120];
    struct stat before, after;
    struct err e = {0};

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(backup_make(d->st, &grant, "", &made, err));
    store_close(d->st);
    snprintf(path, sizeof path, "%s/frontdesk.db", d->path);
    spoil(path, 0);
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(store_open(d->path, STORE_CREATE, &d->st, &e), RC_DB);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_size, after.st_size);
    ASSERT_OK(backup_restore(d->path, made, NULL, &aside, err));
    assert_int_equal(stat(aside.path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(aside.unsent, -1);
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
    assert_true(store_has(d->st, "Patient", "p1"));
    free(made);
    free(aside.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(whole_and_alone), DIRECTORY_TEST(keeps_the_last_ones), DIRECTORY_TEST(restore_sets_aside),
        DIRECTORY_TEST(bad_copies_are_refused), DIRECTORY_TEST(damage_is_set_aside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
