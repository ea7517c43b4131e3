/* If this breaks, two records get one id, or a password opens what it should not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"

static void hashes(void **state)
{
    static const struct { const char *text, *hash; } cases[] = {    /* FIPS 180-4, examples of NIST */
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    char hex[CRYPTO_HEX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        crypto_sha256_hex(cases[i].text, strlen(cases[i].text), hex);
        assert_string_equal(hex, cases[i].hash);
    }
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void ids_are_new_and_well_formed(void **state)
{
    enum { N = 20000 };
    char (*id)[CRYPTO_UUID] = malloc(N * sizeof *id);

    (void)state;
    assert_non_null(id);
    for (int i = 0; i < N; i++) {
        crypto_uuid(id[i]);
        assert_int_equal(strlen(id[i]), 36);
        assert_int_equal(strspn(id[i], "0123456789abcdef-"), 36);
        assert_true(id[i][8] == '-' && id[i][13] == '-' && id[i][18] == '-' && id[i][23] == '-');
        assert_true(id[i][14] == '4' && strchr("89ab", id[i][19]) != NULL);
    }
    qsort(id, N, sizeof *id, compare_ids);
    for (int i = 1; i < N; i++)
        assert_string_not_equal(id[i - 1], id[i]);
    free(id);
}

/* A child process must not give out the ids its parent is about to. */
static void a_child_has_its_own_ids(void **state)
{
    char mine[CRYPTO_UUID], theirs[CRYPTO_UUID] = "";
    int ends[2];
    pid_t child;

    (void)state;
    crypto_uuid(mine);
    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        crypto_uuid(mine);
        _exit(write(ends[1], mine, sizeof mine) != sizeof mine);
    }
    assert_int_equal(read(ends[0], theirs, sizeof theirs), sizeof theirs);
    waitpid(child, NULL, 0);
    crypto_uuid(mine);
    assert_int_equal(strlen(theirs), 36);
    assert_string_not_equal(mine, theirs);
    close(ends[0]);
    close(ends[1]);
}

static void tokens_differ(void **state)
{
    char a[CRYPTO_HEX], b[CRYPTO_HEX];

    (void)state;
    crypto_token(a);
    crypto_token(b);
    assert_int_equal(strspn(a, "0123456789abcdef"), 64);
    assert_string_not_equal(a, b);
}

static void passwords(void **state)
{
    char one[CRYPTO_PASSWORD], two[CRYPTO_PASSWORD];

    (void)state;
    assert_true(crypto_password_hash("correct horse battery", one));
    assert_true(crypto_password_hash("correct horse battery", two));
    assert_string_not_equal(one, two);      /* salted */
    assert_non_null(strstr(one, "$argon2id$v=19$m=65536,t=3,p=1$"));
    assert_true(crypto_password_verify(one, "correct horse battery"));
    assert_false(crypto_password_verify(one, "correct horse batterY"));
    assert_false(crypto_password_verify(one, ""));
    assert_false(crypto_password_verify("", "correct horse battery"));
    assert_false(crypto_password_verify("not a hash", "correct horse battery"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes), cmocka_unit_test(ids_are_new_and_well_formed), cmocka_unit_test(a_child_has_its_own_ids),
        cmocka_unit_test(tokens_differ), cmocka_unit_test(passwords),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
