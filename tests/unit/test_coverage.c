/* Today's cover would rewrite last year's, or two covers would hold at once. */
#include "tests/unit/directory.h"

#include "desk/coverage.h"

static void ends_the_old_and_starts_another(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("coverage change", "p1");
    struct doc *doc;
    char *id = NULL;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, "{\"resourceType\":\"Coverage\",\"id\":\"old\",\"status\":\"active\",\"beneficiary\":{\"reference\":\"Patient/p1\"},"
                     "\"period\":{\"start\":\"2025-01-01\"},\"payor\":[{\"display\":\"Bay Health\"}]}");
    directory_put(d, "{\"resourceType\":\"Coverage\",\"id\":\"older\",\"status\":\"active\",\"beneficiary\":{\"reference\":\"Patient/p1\"},"
                     "\"period\":{\"start\":\"2023-01-01\",\"end\":\"2024-12-31\"},\"payor\":[{\"display\":\"Elm Mutual\"}]}");
    ASSERT_OK(coverage_change(d->st, &grant, "p1", "self-pay", NULL, "2026-11-23", &id, err));
    doc = directory_get(d, "Coverage", "old");
    assert_string_equal(node_path_str(doc_root(doc), "period.end"), "2026-11-22");
    doc_free(doc);
    doc = directory_get(d, "Coverage", "older");
    assert_string_equal(node_path_str(doc_root(doc), "period.end"), "2024-12-31");
    doc_free(doc);
    doc = directory_get(d, "Coverage", id);
    assert_string_equal(node_path_str(doc_root(doc), "type.coding[0].code"), "pay");
    assert_string_equal(node_path_str(doc_root(doc), "payor[0].reference"), "Patient/p1");
    doc_free(doc);
    free(id);
}

static void refuses_nobody_and_no_day(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("coverage change", "p1");

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_RC(RC_INVALID, coverage_change(d->st, &grant, "p1", "", NULL, "2026-11-23", NULL, err));
    ASSERT_RC(RC_INVALID, coverage_change(d->st, &grant, "p1", "Medicare", NULL, "2026-11", NULL, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Coverage'"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { DIRECTORY_TEST(ends_the_old_and_starts_another), DIRECTORY_TEST(refuses_nobody_and_no_day) };

    return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
