/* A line of a file that could not be kept would be gone without anybody knowing. */
#include "tests/unit/directory.h"

#include "store/quarantine.h"

static void keeps_the_bytes_once(void **state)
{
    static const char bytes[] = "{\"a\":\xff\x00\n";
    const size_t len = sizeof bytes - 1;
    struct directory *d = *state;
    struct quarantined *row, one;
    int64_t before = store_changes(d->st, "quarantine");
    int added;
    size_t n;

    ASSERT_OK(quarantine_add(d->st, "a.ndjson", 7, "Patient", "p1", "line 7: not UTF-8", bytes, len, &added, err));
    assert_int_equal(added, 1);
    ASSERT_OK(quarantine_add(d->st, "a.ndjson", 7, "Patient", "p1", "line 7: not UTF-8", bytes, len, &added, err));
    assert_int_equal(added, 0);
    ASSERT_OK(quarantine_add(d->st, "a.ndjson", 8, NULL, NULL, "empty", "", 0, NULL, err));
    assert_true(store_changes(d->st, "quarantine") > before);
    ASSERT_OK(quarantine_list(d->st, &row, &n, err));
    assert_int_equal(n, 2);
    assert_string_equal(row[0].source, "a.ndjson");
    assert_int_equal(row[0].line, 7);
    assert_string_equal(row[0].reason, "line 7: not UTF-8");
    assert_string_equal(row[1].type, "");
    ASSERT_OK(quarantine_get(d->st, row[0].id, &one, err));
    assert_int_equal(one.body_len, len);
    assert_memory_equal(one.body, bytes, len);
    assert_string_equal(one.resource_id, "p1");
    quarantined_done(&one);
    ASSERT_OK(quarantine_close(d->st, row[0].id, "imported", err));
    ASSERT_RC(RC_NOT_FOUND, quarantine_close(d->st, row[0].id, "imported", err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE how = 'imported'"), 1);
    for (size_t i = 0; i < n; i++)
        quarantined_done(&row[i]);
    free(row);
    ASSERT_OK(quarantine_list(d->st, &row, &n, err));
    assert_int_equal(n, 1);
    quarantined_done(row);
    free(row);
    ASSERT_RC(RC_NOT_FOUND, quarantine_get(d->st, 99, &one, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = { DIRECTORY_TEST(keeps_the_bytes_once) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
