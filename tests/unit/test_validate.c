/* If this fails, a form is called complete when it is not, or a right answer is called wrong. */
#include "tests/unit/intake_case.h"

#define CORE "http://hl7.org/fhir/StructureDefinition/"
#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define EXT(url, value) "\"extension\":[{\"url\":\"" url "\"," value "}]"
#define KG(name, n) "{\"url\":\"" SDC name "\",\"valueQuantity\":{\"value\":" n ",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}"

/* answers: a JSON list; sentence NULL: nothing wrong, else a part of what is said. */
static const struct { const char *item, *answers, *sentence; } cases[] = {
    { "\"type\":\"string\",\"maxLength\":3", "[{\"valueString\":\"abc\"}]", NULL },
    { "\"type\":\"string\",\"maxLength\":3", "[{\"valueString\":\"abcd\"}]", "At most 3" },
    { "\"type\":\"string\",\"maxLength\":3", "[{\"valueString\":\"\xC3\xA9\xC3\xA9\xC3\xA9\"}]", NULL },      /* characters, not bytes */
    { "\"type\":\"string\"," EXT(CORE "minLength", "\"valueInteger\":2"), "[{\"valueString\":\"a\"}]", "At least 2" },
    { "\"type\":\"string\"", "[{\"valueString\":\"a\\nb\"}]", "One line" },
    { "\"type\":\"text\"", "[{\"valueString\":\"a\\nb\"}]", NULL },
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"[0-9]{5}\""), "[{\"valueString\":\"12345\"}]", NULL },
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"[0-9]{5}\""), "[{\"valueString\":\"123456\"}]", "not written" },    /* the whole value */
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"^\\\\d{3}-\\\\d{4}$\""), "[{\"valueString\":\"555-0142\"}]", NULL },
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"[\\\\w.-]+@(?:[a-z]+\\\\.)+com\""), "[{\"valueString\":\"a-b.c@mail.example.com\"}]", NULL },
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"(?:[\\\\h-]*\\\\d){3}\""), "[{\"valueString\":\"1 2-3\"}]", NULL },
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"(?:[\\\\h-]*\\\\d){3}\""), "[{\"valueString\":\"1 2-\"}]", "not written" },
    { "\"type\":\"date\",\"answerValueSet\":\"http://hl7.org/fhir/ValueSet/administrative-gender\"", "[{\"valueDate\":\"2020-01-01\"}]", NULL },     /* que-5 */
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"(?i)yes|no\""), "[{\"valueString\":\"YES\"}]", NULL },
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"(?=.*x)[a-z]+\""), "[{\"valueString\":\"abc\"}]", "not written" },
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"([a-z])\\\\1\""), "[{\"valueString\":\"abc\"}]", NULL },      /* cannot be had: refuses nobody */
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"((a{1,900}){1,900}){1,900}\""), "[{\"valueString\":\"b\"}]", NULL },
    { "\"type\":\"string\"," EXT(CORE "regex", "\"valueString\":\"[unclosed\""), "[{\"valueString\":\"b\"}]", NULL },
    { "\"type\":\"integer\"," EXT(CORE "minValue", "\"valueInteger\":0"), "[{\"valueInteger\":-1}]", "Not below 0" },
    { "\"type\":\"integer\"," EXT(CORE "maxValue", "\"valueInteger\":10"), "[{\"valueInteger\":10}]", NULL },
    { "\"type\":\"integer\"," EXT(CORE "maxValue", "\"valueInteger\":10"), "[{\"valueInteger\":11}]", "Not above 10" },
    { "\"type\":\"integer\"", "[{\"valueInteger\":1.5}]", "whole number" },
    { "\"type\":\"decimal\"," EXT(CORE "maxDecimalPlaces", "\"valueInteger\":2"), "[{\"valueDecimal\":1.25}]", NULL },
    { "\"type\":\"decimal\"," EXT(CORE "maxDecimalPlaces", "\"valueInteger\":2"), "[{\"valueDecimal\":1.250}]", "At most 2" },       /* written digits */
    { "\"type\":\"decimal\"," EXT(CORE "maxDecimalPlaces", "\"valueInteger\":0"), "[{\"valueDecimal\":5}]", NULL },
    { "\"type\":\"date\"," EXT(CORE "minValue", "\"valueDate\":\"2020-05-01\""), "[{\"valueDate\":\"2020-04\"}]", "Not below" },
    { "\"type\":\"date\"," EXT(CORE "minValue", "\"valueDate\":\"2020-05-01\""), "[{\"valueDate\":\"2020\"}]", NULL },        /* cannot be told */
    { "\"type\":\"date\"", "[{\"valueDate\":\"2025-02-29\"}]", "calendar" },
    { "\"type\":\"date\"", "[{\"valueDate\":\"2024-02-29\"}]", NULL },
    { "\"type\":\"quantity\",\"extension\":[" KG("minQuantity", "50") "," KG("maxQuantity", "90") "]", "[{\"valueQuantity\":{\"value\":60000,\"code\":\"g\"}}]", NULL },
    { "\"type\":\"quantity\",\"extension\":[" KG("minQuantity", "50") "," KG("maxQuantity", "90") "]", "[{\"valueQuantity\":{\"value\":49999.9,\"code\":\"g\"}}]", "Not below 50" },
    { "\"type\":\"quantity\",\"extension\":[" KG("minQuantity", "50") "," KG("maxQuantity", "90") "]", "[{\"valueQuantity\":{\"value\":200,\"code\":\"[lb_av]\"}}]", "Not above 90" },
    { "\"type\":\"quantity\",\"extension\":[" KG("minQuantity", "50") "]", "[{\"valueQuantity\":{\"value\":60,\"code\":\"m\"}}]", "cannot be compared" },
    { "\"type\":\"quantity\"," EXT(CORE "maxValue", "\"valueInteger\":125"), "[{\"valueQuantity\":{\"value\":40,\"code\":\"a\"}}]", NULL },       /* a limit without a unit */
    { "\"type\":\"quantity\"," EXT(CORE "maxValue", "\"valueInteger\":125"), "[{\"valueQuantity\":{\"value\":126,\"code\":\"a\"}}]", "Not above 125" },
    { "\"type\":\"quantity\"", "[{\"valueQuantity\":{\"unit\":\"kg\"}}]", "number is missing" },
    { "\"type\":\"quantity\"," EXT(CORE "questionnaire-unitOption", "\"valueCoding\":{\"code\":\"kg\"}"), "[{\"valueQuantity\":{\"value\":1,\"code\":\"g\"}}]", "unit" },
    { "\"type\":\"choice\",\"answerOption\":[{\"valueCoding\":{\"code\":\"a\"}}]", "[{\"valueCoding\":{\"code\":\"b\"}}]", "not one of the answers" },
    { "\"type\":\"choice\",\"answerOption\":[{\"valueCoding\":{\"code\":\"a\"}}]", "[{\"valueString\":\"a\"}]", "does not take" },
    { "\"type\":\"open-choice\",\"answerOption\":[{\"valueCoding\":{\"code\":\"a\"}}]", "[{\"valueString\":\"jam\"}]", NULL },
    { "\"type\":\"open-choice\",\"answerOption\":[{\"valueCoding\":{\"code\":\"a\"}}]", "[{\"valueInteger\":1}]", "does not take" },
    { "\"type\":\"boolean\"", "[{\"valueBoolean\":true},{\"valueBoolean\":false}]", "Only one" },
    { "\"type\":\"string\",\"repeats\":true," EXT(CORE "questionnaire-maxOccurs", "\"valueInteger\":1"), "[{\"valueString\":\"a\"},{\"valueString\":\"b\"}]", "At most 1" },
    { "\"type\":\"choice\",\"repeats\":true,\"answerOption\":[{\"valueCoding\":{\"code\":\"a\"}},{" EXT(CORE "questionnaire-optionExclusive", "\"valueBoolean\":true") ",\"valueCoding\":{\"code\":\"none\"}}]",
      "[{\"valueCoding\":{\"code\":\"a\"}},{\"valueCoding\":{\"code\":\"none\"}}]", "excludes" },
    { "\"type\":\"attachment\"", "[{\"valueAttachment\":{\"data\":\"AAEC\",\"size\":3}}]", NULL },
    { "\"type\":\"attachment\"", "[{\"valueAttachment\":{\"data\":\"AAE=\",\"size\":3}}]", "size" },
    { "\"type\":\"attachment\"," EXT(CORE "maxSize", "\"valueDecimal\":2"), "[{\"valueAttachment\":{\"data\":\"AAEC\"}}]", "larger" },
    { "\"type\":\"attachment\"," EXT(CORE "mimeType", "\"valueCode\":\"image/png\""), "[{\"valueAttachment\":{\"contentType\":\"text/html\"}}]", "kind of file" },
    { "\"type\":\"attachment\"," EXT(CORE "mimeType", "\"valueCode\":\"image/*\""), "[{\"valueAttachment\":{\"contentType\":\"image/png\"}}]", NULL },
    { "\"type\":\"attachment\"," EXT(CORE "mimeType", "\"valueCode\":\"image/*\""), "[{\"valueAttachment\":{\"contentType\":\"text/plain\"}}]", "kind of file" },
    { "\"type\":\"reference\"", "[{\"valueReference\":{\"reference\":\"Patient/p\"}}]", NULL },
    { "\"type\":\"reference\"", "[{\"valueReference\":{\"reference\":\"Chicken/p\"}}]", "no kind" },
    { "\"type\":\"reference\"," EXT(CORE "questionnaire-referenceResource", "\"valueCode\":\"Practitioner\""), "[{\"valueReference\":{\"reference\":\"https://x.example/fhir/Patient/p\"}}]", "does not take" },
    { "\"type\":\"string\"", "[{}]", "no value" },
    { "\"type\":\"string\"", "[{\"valueString\":5}]", "not written as" },
};

static void every_limit_of_an_item_is_kept(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *item = mem_printf("{\"linkId\":\"a\",\"text\":\"a\",%s}", cases[i].item);
        struct opened o = case_open(item);
        struct doc *answers = case_document(cases[i].answers);
        const char *problem;
        struct err err = {0};

        assert_int_equal(form_set_json(o.form, "a", doc_root(answers), &err), RC_OK);
        problem = form_row_by_path(o.form, "a")->problem;
        if (cases[i].sentence ? !strstr(problem, cases[i].sentence) : *problem != '\0') {
            print_error("%s with %s: '%s'\n", cases[i].item, cases[i].answers, problem);
            failures++;
        }
        doc_free(answers);
        case_close(&o);
        free(item);
    }
    assert_int_equal(failures, 0);
}

/* What is missing: problem paths of a form in which nothing was answered but g/x and r[0]/y, where given. */
static const struct { const char *items, *typed, *missing; } missing[] = {
    { "{\"linkId\":\"a\",\"type\":\"string\",\"required\":true}", "", "a" },
    { "{\"linkId\":\"a\",\"type\":\"display\",\"required\":true},{\"linkId\":\"b\",\"type\":\"string\"}", "", "" },
    { "{\"linkId\":\"a\",\"type\":\"string\",\"required\":true,\"readOnly\":true}", "", "" },
    { "{\"linkId\":\"a\",\"type\":\"string\",\"required\":true," EXT(CORE "questionnaire-hidden", "\"valueBoolean\":true") "}", "", "" },
    { "{\"linkId\":\"g\",\"type\":\"group\",\"required\":true,\"item\":[{\"linkId\":\"x\",\"type\":\"string\"},{\"linkId\":\"z\",\"type\":\"string\"}]}", "", "g" },
    { "{\"linkId\":\"g\",\"type\":\"group\",\"required\":true,\"item\":[{\"linkId\":\"x\",\"type\":\"string\"},{\"linkId\":\"z\",\"type\":\"string\"}]}", "g/x", "" },
    { "{\"linkId\":\"g\",\"type\":\"group\",\"required\":true,\"item\":[{\"linkId\":\"x\",\"type\":\"display\"}]}", "", "" },      /* nothing there can be answered */
    { "{\"linkId\":\"g\",\"type\":\"group\",\"item\":[{\"linkId\":\"x\",\"type\":\"string\",\"required\":true}]}", "", "g/x" },
    { "{\"linkId\":\"r\",\"type\":\"group\",\"repeats\":true,\"item\":[{\"linkId\":\"x\",\"type\":\"string\",\"required\":true},{\"linkId\":\"y\",\"type\":\"string\"}]}", "", "" },
    { "{\"linkId\":\"r\",\"type\":\"group\",\"repeats\":true,\"item\":[{\"linkId\":\"x\",\"type\":\"string\",\"required\":true},{\"linkId\":\"y\",\"type\":\"string\"}]}", "r[0]/y", "r[0]/x" },
    { "{\"linkId\":\"a\",\"type\":\"string\",\"repeats\":true," EXT(CORE "questionnaire-minOccurs", "\"valueInteger\":2") "}", "a", "a" },
};

static void what_is_missing_is_found_and_nothing_else(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        struct opened o = case_open(missing[i].items);
        struct buf paths = {0};

        if (*missing[i].typed)
            case_type(o.form, missing[i].typed, "x");
        for (size_t k = 0; k < form_problems(o.form); k++)
            buf_printf(&paths, "%s%s", k ? " " : "", form_problem(o.form, k).path);
        if (strcmp(buf_text(&paths), missing[i].missing)) {
            print_error("%s: '%s' instead of '%s'\n", missing[i].items, buf_text(&paths), missing[i].missing);
            failures++;
        }
        buf_done(&paths);
        case_close(&o);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_limit_of_an_item_is_kept), cmocka_unit_test(what_is_missing_is_found_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
