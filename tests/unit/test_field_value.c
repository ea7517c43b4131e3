/* If this breaks, whoever decides between two values reads JSON, codes or ids in place of words, or two values
 * that differ read alike. */
#include "tests/unit/directory.h"

#include "desk/field_value.h"

static const struct { const char *json, *words; } cases[] = {
    { "\"1954-07-01\"", "1 Jul 1954" }, { "\"1954\"", "1954" }, { "\"555-0142\"", "555-0142" }, { "true", "yes" }, { "7.50", "7.50" },
    { "{\"system\":\"phone\",\"value\":\"555-0142\",\"use\":\"mobile\"}", "555-0142 (mobile)" },
    { "{\"coding\":[{\"system\":\"http://x\",\"code\":\"M\",\"display\":\"Married\"}]}", "Married" },
    { "{\"use\":\"home\",\"text\":\"12 Elm St\"}", "12 Elm St (home)" },
    { "{\"family\":\"Ruiz\",\"given\":[\"Carmen\"]}", "Carmen Ruiz" },
    { "{\"reference\":\"Patient/p1\"}", "Marsh" },                          /* by name, where it is here */
    { "{\"reference\":\"Patient/p9\"}", "Patient/p9" }, { "{\"reference\":\"Practitioner/x\",\"display\":\"Dr Patel\"}", "Dr Patel" },
    { "[{\"value\":\"1\",\"system\":\"phone\"},{\"value\":\"2\",\"system\":\"email\"}]", "1; 2" },
    { "{\"linkId\":\"3\",\"text\":\"How many?\",\"answer\":[{\"valueInteger\":10}]}", "How many?: 10" },
    { "{\"linkId\":\"3\",\"answer\":[{\"valueCoding\":{\"code\":\"a\",\"display\":\"Yes\"}}]}", "3: Yes" },
    { "{\"url\":\"http://x/race\",\"valueString\":\"b\"}", "race b" },
    { "{\"actor\":{\"display\":\"Dr Patel\"},\"status\":\"accepted\"}", "actor Dr Patel, status accepted" },
    { "{\"birthPlace\":{\"odd\":1}}", "birth place odd 1" },
};

static void values_read_as_words(void **state)
{
    struct directory *d = *state;

    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Marsh\"}]}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc = NULL;
        struct buf words = { 0 };

        ASSERT_OK(doc_parse(cases[i].json, strlen(cases[i].json), &doc, err));
        field_value(&words, d->st, doc_root(doc));
        if (strcmp(buf_text(&words), cases[i].words) != 0)
            fail_msg("%s: %s", cases[i].json, buf_text(&words));
        buf_done(&words);
        doc_free(doc);
    }
}

static void nothing_is_said_as_that(void **state)
{
    struct buf words = { 0 };

    (void)state;
    field_value(&words, NULL, NULL);
    assert_string_equal(buf_text(&words), "(none)");
    buf_done(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_read_as_words, directory_setup, directory_teardown),
        cmocka_unit_test(nothing_is_said_as_that),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
