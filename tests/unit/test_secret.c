/* A stolen backup would give away what the clinic's machine proves itself with to the server. */
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/directory.h"
#include "store/backup.h"
#include "store/secret.h"

#define CANARY "canary-4711-secret-of-the-clinic"

static char *path_in(struct directory *d, const char *name)
{
    static char path[160];

    snprintf(path, sizeof path, "%s/%s", d->path, name);
    return path;
}

static void set(struct directory *d, const char *name, const char *text)
{
    struct grant grant = directory_grant("secret set", "");

    ASSERT_OK(secret_set(d->st, &grant, name, text, strlen(text), err));
}

/* Does any file below the directory hold these bytes? */
static const char *sought;
static int found_in(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    char *bytes;
    int found, fd;

    (void)ftw;
    if (kind != FTW_F || st->st_size == 0)
        return 0;
    bytes = malloc((size_t)st->st_size);
    fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, bytes, (size_t)st->st_size), st->st_size);
    close(fd);
    found = memmem(bytes, (size_t)st->st_size, sought, strlen(sought)) != NULL;
    free(bytes);
    return found;
}

static bool on_disk(struct directory *d, const char *text)
{
    sought = text;
    return nftw(d->path, found_in, 16, FTW_PHYS) != 0;
}

static void what_was_set_comes_back_and_lies_nowhere_in_the_open(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("backup", "");
    struct secret secret;
    struct stat st;

    set(d, "client-secret", CANARY);
    ASSERT_OK(backup_make(d->st, &grant, "", NULL, err));
    ASSERT_OK(secret_get(d->st, "client-secret", &secret, err));
    assert_string_equal(secret.text, CANARY);
    assert_int_equal(secret.len, strlen(CANARY));
    secret_done(&secret);
    assert_false(on_disk(d, CANARY));
    assert_true(on_disk(d, "client-secret"));   /* the search itself finds what is there */
    assert_int_equal(stat(path_in(d, "machine.key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE detail LIKE '%secret=client-secret%' AND action = 'secret set'"), 1);
    set(d, "client-secret", "another");
    ASSERT_OK(secret_get(d->st, "client-secret", &secret, err));
    assert_string_equal(secret.text, "another");
    secret_done(&secret);
    ASSERT_OK(secret_remove(d->st, &grant, "client-secret", err));
    ASSERT_RC(RC_NOT_FOUND, secret_get(d->st, "client-secret", &secret, err));
    ASSERT_RC(RC_NOT_FOUND, secret_remove(d->st, &grant, "client-secret", err));
}

static void a_copy_of_the_database_opens_nothing(void **state)
{
    struct directory *d = *state;
    struct secret secret;
    char aside[160];

    set(d, "token", CANARY);
    snprintf(aside, sizeof aside, "%s/aside", d->path);
    assert_int_equal(rename(path_in(d, "machine.key"), aside), 0);
    ASSERT_RC(RC_DENIED, secret_get(d->st, "token", &secret, err));     /* no key */
    assert_null(secret.text);
    set(d, "client-secret", "x");                                       /* makes another key */
    ASSERT_RC(RC_DENIED, secret_get(d->st, "token", &secret, err));     /* not the one it was sealed with */
    assert_int_equal(rename(aside, path_in(d, "machine.key")), 0);
    ASSERT_OK(secret_get(d->st, "token", &secret, err));
    assert_string_equal(secret.text, CANARY);
    secret_done(&secret);
}

static void a_seal_is_bound_to_its_name_and_its_bytes(void **state)
{
    struct directory *d = *state;
    struct secret secret;

    set(d, "token", CANARY);
    set(d, "client-secret", "other");
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'token') WHERE name = 'client-secret'", ""));
    ASSERT_OK(query_run(d->st, err, "UPDATE secret SET sealed = substr(sealed, 1, length(sealed) - 1) || x'00' WHERE name = 'token'", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_RC(RC_DENIED, secret_get(d->st, "client-secret", &secret, err));
    ASSERT_RC(RC_DENIED, secret_get(d->st, "token", &secret, err));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "UPDATE secret SET sealed = x'0102'", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_RC(RC_DENIED, secret_get(d->st, "token", &secret, err));
}

static void a_key_that_others_can_read_is_not_used(void **state)
{
    struct directory *d = *state;
    struct secret secret;
    char other[160];

    set(d, "token", CANARY);
    assert_int_equal(chmod(path_in(d, "machine.key"), 0640), 0);
    ASSERT_RC(RC_DENIED, secret_get(d->st, "token", &secret, err));
    assert_int_equal(chmod(path_in(d, "machine.key"), 0600), 0);
    assert_int_equal(truncate(path_in(d, "machine.key"), 31), 0);
    ASSERT_RC(RC_INVALID, secret_get(d->st, "token", &secret, err));
    snprintf(other, sizeof other, "%s/other", d->path);
    assert_int_equal(rename(path_in(d, "machine.key"), other), 0);
    assert_int_equal(symlink(other, path_in(d, "machine.key")), 0);
    ASSERT_RC(RC_IO, secret_get(d->st, "token", &secret, err));
}

static void what_is_no_secret_is_refused(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("secret set", "");
    char *large = calloc(1, SECRET_MOST + 1);

    memset(large, 'x', SECRET_MOST + 1);
    ASSERT_RC(RC_INVALID, secret_set(d->st, &grant, "token", "", 0, err));
    ASSERT_RC(RC_INVALID, secret_set(d->st, &grant, "token", large, SECRET_MOST + 1, err));
    ASSERT_OK(secret_set(d->st, &grant, "token", large, SECRET_MOST, err));
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(what_was_set_comes_back_and_lies_nowhere_in_the_open), DIRECTORY_TEST(a_copy_of_the_database_opens_nothing),
        DIRECTORY_TEST(a_seal_is_bound_to_its_name_and_its_bytes), DIRECTORY_TEST(a_key_that_others_can_read_is_not_used),
        DIRECTORY_TEST(what_is_no_secret_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
