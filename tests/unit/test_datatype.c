/* If this breaks, people see the wrong name, date or amount, or bad resources get in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fhir/code.h"
#include "fhir/datatype.h"

static struct doc *read_doc(const char *text)
{
    struct doc *doc;
    struct err err = {0};

    if (doc_parse(text, strlen(text), &doc, &err) != RC_OK)
        fail_msg("%s: %s", text, err.text);
    return doc;
}

static void names(void **state)
{
    static const struct { const char *json, *official, *plain, *usual; } cases[] = {
        {"[{\"family\":\"Garc\xC3\xAD" "a L\xC3\xB3pez\",\"given\":[\"Jos\xC3\xA9\"]}]", "Garc\xC3\xAD" "a L\xC3\xB3pez, Jos\xC3\xA9", "Jos\xC3\xA9 Garc\xC3\xAD" "a L\xC3\xB3pez", ""},
        {"[{\"use\":\"old\",\"family\":\"A\"},{\"use\":\"official\",\"family\":\"B\",\"given\":[\"C\",\"D\"],\"suffix\":[\"Jr\"],\"prefix\":[\"Mr\"]}]", "B, C D Jr", "C D B Jr", ""},
        {"[{\"use\":\"official\",\"family\":\"Osei\",\"given\":[\"Ama\"]},{\"use\":\"usual\",\"given\":[\"Am\"]}]", "Osei, Ama", "Ama Osei", "Am"},
        {"[{\"use\":\"official\",\"family\":\"Osei\",\"given\":[\"Ama\"]},{\"use\":\"nickname\",\"given\":[\"Amy\"]}]", "Osei, Ama", "Ama Osei", "Amy"},
        /* the same words under another use are no second name */
        {"[{\"use\":\"official\",\"family\":\"Osei\"},{\"use\":\"usual\",\"family\":\"Osei\"}]", "Osei", "Osei", ""},
        /* a name whose period is over is a former name */
        {"[{\"use\":\"official\",\"family\":\"Old\",\"period\":{\"end\":\"2020-01-01\"}},{\"use\":\"usual\",\"family\":\"New\"}]", "New", "New", ""},
        {"[{\"family\":\"A\",\"period\":{\"start\":\"2001\"}},{\"family\":\"B\",\"period\":{\"start\":\"2019-05\"}}]", "B", "B", ""},
        {"[{\"use\":\"maiden\",\"family\":\"Only\"}]", "Only", "Only", ""},
        {"[{\"text\":\"Baby Girl\"}]", "Baby Girl", "Baby Girl", ""},
        {"[{\"given\":[null,\"X\"]}]", "X", "X", ""},
        {"[]", "", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *json = mem_printf("{\"resourceType\":\"Patient\",\"name\":%s}", cases[i].json);
        struct doc *doc = read_doc(json);
        struct buf official = {0}, plain = {0}, usual = {0};

        name_family_first(&official, name_official(doc_root(doc)));
        name_plain(&plain, name_official(doc_root(doc)));
        if (name_usual(doc_root(doc)))
            name_plain(&usual, name_usual(doc_root(doc)));
        assert_string_equal(buf_text(&official), cases[i].official);
        assert_string_equal(buf_text(&plain), cases[i].plain);
        assert_string_equal(buf_text(&usual), cases[i].usual);
        buf_done(&official);
        buf_done(&plain);
        buf_done(&usual);
        doc_free(doc);
        free(json);
    }
}

/* A value in one line, its type given or told from its look. */
static void values(void **state)
{
    static const struct { const char *json, *type, *words; } cases[] = {
        {"{\"value\":7.90,\"unit\":\"%\"}", "Quantity", "7.90 %"},
        {"{\"value\":5,\"comparator\":\"<\",\"code\":\"mg\"}", NULL, "< 5 mg"},
        {"{\"value\":3,\"code\":\"1\",\"system\":\"http://unitsofmeasure.org\"}", "Quantity", "3"},
        {"{\"text\":\"Flu shot\",\"coding\":[{\"display\":\"Influenza\"}]}", NULL, "Flu shot"},
        {"{\"coding\":[{\"code\":\"x\"},{\"display\":\"Influenza\"}]}", NULL, "Influenza"},
        {"{\"coding\":[{\"code\":\"x\",\"system\":\"http://nowhere\"}]}", NULL, "x"},
        {"{\"system\":\"http://hl7.org/fhir/administrative-gender\",\"code\":\"female\"}", NULL, "Female"},
        {"{\"start\":\"2020-07-01\",\"end\":\"2021-08\"}", NULL, "1 Jul 2020 to Aug 2021"},
        {"{\"start\":\"2020-07-01\",\"end\":\"2020-07-01\"}", NULL, "1 Jul 2020"},
        {"{\"start\":\"2020\"}", NULL, "since 2020"},
        {"{\"end\":\"2020\"}", NULL, "until 2020"},
        {"{\"line\":[\"1 Main St\",\"Apt 2\"],\"city\":\"Town\",\"state\":\"MA\",\"postalCode\":\"02134\"}", NULL, "1 Main St, Apt 2, Town, MA 02134"},
        {"{\"text\":\"behind the mill\",\"use\":\"home\"}", "Address", "behind the mill"},
        {"\"2026-11-23T14:05:00Z\"", "DateTime", "23 Nov 2026 14:05"},
        {"\"1954-07-01\"", "Date", "1 Jul 1954"},
        {"\"no date\"", "Date", "no date"},
        {"true", "Boolean", "yes"},
        {"false", NULL, "no"},
        {"1.10", "Decimal", "1.10"},
        {"{\"low\":{\"value\":1,\"unit\":\"mg\"},\"high\":{\"value\":2,\"unit\":\"mg\"}}", NULL, "1 mg - 2 mg"},
        {"{\"numerator\":{\"value\":1},\"denominator\":{\"value\":128}}", NULL, "1 : 128"},
        {"{\"value\":12.50,\"currency\":\"USD\"}", NULL, "12.50 USD"},
        {"{\"reference\":\"Patient/1\",\"display\":\"Ama\"}", NULL, "Ama"},
        {"{\"reference\":\"Patient/1\"}", NULL, "Patient/1"},
        {"{\"system\":\"phone\",\"value\":\"555-0100\",\"use\":\"home\"}", NULL, "555-0100 (home)"},
        {"{\"system\":\"http://mrn\",\"value\":\"42\",\"type\":{\"text\":\"MRN\"}}", NULL, "MRN 42"},
        {"{\"repeat\":{\"frequency\":2,\"period\":1,\"periodUnit\":\"d\"}}", NULL, "2 times every day"},
        {"{\"repeat\":{\"period\":8,\"periodUnit\":\"h\"}}", NULL, "every 8 hours"},
        {"{\"repeat\":{\"dayOfWeek\":[\"mon\",\"fri\"],\"timeOfDay\":[\"08:00:00\"]}}", NULL, "Monday, Friday, 08:00"},
        {"{\"repeat\":{\"frequency\":1,\"frequencyMax\":3,\"period\":1,\"periodUnit\":\"wk\"}}", NULL, "1 to 3 times every week"},
        {"{\"code\":{\"text\":\"BID\"}}", "Timing", "BID"},
        {"{\"text\":\"one at night\"}", "Dosage", "one at night"},
        {"{\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"unit\":\"tablet\"}}],\"asNeededBoolean\":true}", NULL, "1 tablet, as needed"},
        {"{\"contentType\":\"image/png\",\"title\":\"Scan\"}", NULL, "Scan"},
        {"{\"text\":\"said so\",\"time\":\"2026-01-02\"}", NULL, "said so (2 Jan 2026)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc = read_doc(cases[i].json);
        struct buf out = {0};

        value_words(&out, doc_root(doc), cases[i].type);
        assert_string_equal(buf_text(&out), cases[i].words);
        buf_done(&out);
        doc_free(doc);
    }
}

static void choices_and_extensions(void **state)
{
    struct doc *doc = read_doc("{\"valueSet\":\"x\",\"valueQuantity\":{\"value\":1},\"extension\":[{\"url\":\"a\",\"valueCode\":\"c\"},{\"url\":\"b\"}]}");
    const char *type;

    (void)state;
    assert_string_equal(node_str(choice_value(doc_root(doc), "value", &type), "value"), "1");
    assert_string_equal(type, "Quantity");
    assert_null(choice_value(doc_root(doc), "onset", &type));
    assert_string_equal(type, "");
    assert_string_equal(node_text(extension_value(doc_root(doc), "a")), "c");
    assert_non_null(extension_find(doc_root(doc), "b"));
    assert_null(extension_value(doc_root(doc), "b"));
    assert_null(extension_find(NULL, "a"));
    doc_free(doc);
}

static void concepts(void **state)
{
    struct doc *doc = read_doc("[{\"coding\":[{\"system\":\"s\",\"code\":\"a\"},{\"system\":\"t\",\"code\":\"b\"}]},{\"coding\":[{\"code\":\"c\"}]}]");
    struct node *all = doc_root(doc), *first = node_first(all);

    (void)state;
    assert_true(concept_has(first, "t", "b"));
    assert_true(concept_has(first, NULL, "a"));
    assert_true(concept_has(all, NULL, "c"));
    assert_false(concept_has(first, "s", "b"));
    assert_false(concept_has(NULL, NULL, "a"));
    assert_string_equal(concept_code(first, "t"), "b");
    assert_string_equal(concept_code(first, NULL), "a");
    assert_string_equal(concept_code(first, "u"), "");
    doc_free(doc);
}

static void references(void **state)
{
    static const struct { const char *text; bool good; const char *type, *id; } cases[] = {
        {"Patient/1", true, "Patient", "1"},
        {"Patient/1/_history/2", true, "Patient", "1"},
        {"https://server/fhir/Patient/a-b.c", true, "Patient", "a-b.c"},
        {"https://server/fhir/Patient/1/_history/9", true, "Patient", "1"},
        {"#contained", false, "", ""},
        {"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", false, "", ""},
        {"Patient", false, "", ""},
        {"Patient/", false, "", ""},
        {"Patient/a b", false, "", ""},
        {"Patient?identifier=x", false, "", ""},
        {"Person2/1", false, "", ""},
        {"x/Patient/1", false, "", ""},
        {"", false, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc = doc_new(NULL);
        char type[40], id[65];

        node_set_str(doc, doc_root(doc), "reference", cases[i].text);
        if (reference_split(doc_root(doc), type, sizeof type, id, sizeof id) != cases[i].good)
            fail_msg("%s", cases[i].text);
        if (cases[i].good) {
            assert_string_equal(type, cases[i].type);
            assert_string_equal(id, cases[i].id);
            assert_true(reference_is(doc_root(doc), type, id));
        }
        doc_free(doc);
    }
}

/* A document must never be taken for another person's. */
static void whose_record(void **state)
{
    static const struct { const char *json, *id; } cases[] = {
        {"{\"resourceType\":\"Patient\",\"id\":\"p\"}", "p"},
        {"{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/p\"}}", "p"},
        {"{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Group/p\"}}", ""},
        {"{\"resourceType\":\"Task\",\"for\":{\"reference\":\"Patient/p\"},\"focus\":{\"reference\":\"Patient/q\"}}", "p"},
        {"{\"resourceType\":\"Coverage\",\"beneficiary\":{\"reference\":\"Patient/p\"},\"subscriber\":{\"reference\":\"Patient/q\"}}", "p"},
        {"{\"resourceType\":\"Appointment\",\"participant\":[{\"actor\":{\"reference\":\"Practitioner/x\"}},{\"actor\":{\"reference\":\"Patient/p\"}}]}", "p"},
        {"{\"resourceType\":\"Account\",\"subject\":[{\"reference\":\"Device/d\"},{\"reference\":\"http://s/Patient/p\"}]}", "p"},
        {"{\"resourceType\":\"Immunization\",\"patient\":{\"reference\":\"Patient/p/_history/1\"}}", "p"},
        {"{\"resourceType\":\"Group\",\"member\":[{\"entity\":{\"reference\":\"Patient/p\"}}]}", ""},
        {"{\"resourceType\":\"Organization\",\"id\":\"o\"}", ""},
        {"{\"resourceType\":\"Observation\",\"subject\":{\"display\":\"somebody\"}}", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc = read_doc(cases[i].json);
        assert_string_equal(resource_patient(doc_root(doc)), cases[i].id);
        doc_free(doc);
    }
}

static void sets_references(void **state)
{
    struct doc *doc = doc_new("Task");
    char *text;

    (void)state;
    reference_set(doc, doc_root(doc), "for", "Patient", "p1");
    text = doc_text(doc, NULL);
    assert_string_equal(text, "{\"resourceType\":\"Task\",\"for\":{\"reference\":\"Patient/p1\"}}");
    free(text);
    doc_free(doc);
}

static void checks_resources(void **state)
{
    static const struct { const char *json, *why; } cases[] = {
        {"{\"resourceType\":\"Patient\",\"id\":\"a-B.9\",\"birthDate\":\"1954-07\"}", NULL},
        {"{\"resourceType\":\"Patient\"}", NULL},       /* import gives an id */
        {"{\"resourceType\":\"Observation\",\"issued\":\"2026-11-23T08:00:00.123+05:30\",\"subject\":{\"reference\":\"#p\"}}", NULL},
        {"{\"resourceType\":\"Encounter\",\"period\":{\"start\":\"2016-12-31T23:59:60Z\"}}", NULL},   /* a leap second */
        {"{\"resourceType\":\"Task\",\"for\":{\"reference\":\"Patient?identifier=s|1\"},\"focus\":{\"reference\":\"urn:uuid:1\"}}", NULL},
        {"{\"resourceType\":\"Basic\",\"extension\":[{\"url\":\"http://x\",\"valueReference\":{\"reference\":\"Mapping/1\"}}]}", NULL},     /* another maker's */
        {"{\"resourceType\":\"GraphDefinition\",\"start\":\"Patient\"}", NULL},
        {"[]", "this is not a resource: a JSON object is expected"},
        {"{\"id\":\"1\"}", "/1: resourceType is missing"},
        {"{\"resourceType\":\"Patiens\",\"id\":\"1\"}", "/1: resourceType is not a resource type of FHIR R4"},
        {"{\"resourceType\":\"Patient\",\"id\":\"a_b\"}", "Patient: id is not a FHIR id (1 to 64 letters, digits, - and .)"},
        {"{\"resourceType\":\"Patient\",\"id\":7}", "Patient/7: id is not a FHIR id (1 to 64 letters, digits, - and .)"},
        {"{\"resourceType\":\"Patient\",\"id\":\"12345678901234567890123456789012345678901234567890123456789012345\"}",
         "Patient: id is not a FHIR id (1 to 64 letters, digits, - and .)"},
        {"{\"resourceType\":\"Patient\",\"id\":\"1\",\"birthDate\":\"1954-02-30\"}", "Patient/1: birthDate is no day of the calendar"},
        {"{\"resourceType\":\"Patient\",\"id\":\"1\",\"birthDate\":\"7/1/1954\"}", "Patient/1: birthDate is not a FHIR date or time"},
        {"{\"resourceType\":\"Patient\",\"id\":\"1\",\"birthDate\":\"1954-07-01 \"}", "Patient/1: birthDate is not a FHIR date or time"},
        {"{\"resourceType\":\"Patient\",\"id\":\"1\",\"name\":[{},{\"period\":{\"start\":\"2020-13\"}}]}", "Patient/1: name[1].period.start is no day of the calendar"},
        {"{\"resourceType\":\"Observation\",\"id\":\"1\",\"effectiveDateTime\":\"2026-11-23T25:00:00Z\"}", "Observation/1: effectiveDateTime is not a FHIR date or time"},
        {"{\"resourceType\":\"Observation\",\"id\":\"1\",\"effectiveDateTime\":\"2026-11-23T08:00:00\"}", "Observation/1: effectiveDateTime is not a FHIR date or time"},
        {"{\"resourceType\":\"Task\",\"id\":\"1\",\"for\":{\"reference\":\"Patients/1\"}}", "Task/1: for.reference is not a reference of the form Type/id with a FHIR R4 resource type"},
        {"{\"resourceType\":\"Task\",\"id\":\"1\",\"for\":{\"reference\":\"\"}}", "Task/1: for.reference is an empty reference"},
        {"{\"resourceType\":\"Task\",\"id\":\"1\",\"for\":{\"reference\":\"Patient/1 \"}}", "Task/1: for.reference is a reference with white space in it"},
        {"{\"resourceType\":\"Task\",\"id\":\"1\",\"contained\":[{\"resourceType\":\"X\"}]}", "Task/1: contained[0].resourceType is not a resource type of FHIR R4"},
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc = read_doc(cases[i].json);
        enum rc rc = resource_check(doc_root(doc), &err);

        if (rc != (cases[i].why ? RC_INVALID : RC_OK))
            fail_msg("%s: %s", cases[i].json, rc == RC_OK ? "accepted" : err.text);
        if (cases[i].why)
            assert_string_equal(err.text, cases[i].why);
        doc_free(doc);
    }
}

static void reads_whole_resources(void **state)
{
    struct doc *doc = read_doc(
        "{\"resourceType\":\"Condition\",\"id\":\"c\",\"text\":{\"div\":\"<div>no</div>\"},\"code\":{\"text\":\"Asthma\"},\"onsetDateTime\":\"2020-03\","
        "\"stage\":[{\"summary\":{\"text\":\"II\"},\"type\":{\"text\":\"x\"}}],\"abatementBoolean\":false,\"recordedDate\":\"2020-04-05\","
        "\"extension\":[{\"url\":\"http://x/care-note\",\"valueString\":\"ok\"}],\"bodySite\":[{\"text\":\"chest\"},{\"text\":\"arm\"}]}");
    struct buf out = {0};

    (void)state;
    resource_readable(&out, doc_root(doc));
    assert_string_equal(buf_text(&out),
        "Id\tc\nCode\tAsthma\nOnset\tMar 2020\nStage\t\n  Summary\tII\n  Type\tx\nAbatement\tno\nRecorded date\t5 Apr 2020\n"
        "Care note\tok\nBody site\tchest\nBody site\tarm\n");
    buf_done(&out);
    doc_free(doc);
}

/* The kiosk and the translations of a form go by it. */
static void language_to_speak(void **state)
{
    static const struct { const char *communication, *tag; } cases[] = {
        { "[]", "" },
        { "[{\"language\":{\"coding\":[{\"code\":\"es-MX\"}]}}]", "es-MX" },
        { "[{\"language\":{\"coding\":[{\"code\":\"es\"}]}},{\"language\":{\"coding\":[{\"code\":\"en\"}]}}]", "es" },
        { "[{\"language\":{\"coding\":[{\"code\":\"es\"}]}},{\"language\":{\"coding\":[{\"code\":\"en\"}]},\"preferred\":true}]", "en" },
        { "[{\"language\":{\"text\":\"spanish\"}}]", "es" },         /* named at the desk, without a code */
        { "[{\"language\":{\"text\":\"Spanish\",\"coding\":[{\"code\":\"ca\"}]}}]", "ca" },     /* the code is surer */
        { "[{\"language\":{\"text\":\"signs\"}}]", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = mem_printf("{\"resourceType\":\"Patient\",\"communication\":%s}", cases[i].communication);
        struct doc *doc = read_doc(text);

        assert_string_equal(language_spoken(doc_root(doc)), cases[i].tag);
        doc_free(doc);
        free(text);
    }
    assert_string_equal(language_spoken(NULL), "");
}

static int set_up(void **state)
{
    (void)state;
    clock_set_zone("UTC");
    clock_set_now("2026-11-22T10:00:00");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names), cmocka_unit_test(values), cmocka_unit_test(choices_and_extensions), cmocka_unit_test(concepts),
        cmocka_unit_test(references), cmocka_unit_test(whose_record), cmocka_unit_test(sets_references), cmocka_unit_test(checks_resources),
        cmocka_unit_test(reads_whole_resources), cmocka_unit_test(language_to_speak),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
