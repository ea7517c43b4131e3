/* If this fails, a form that asks the record shows nothing, asks again at every key, or takes another's list. */
#include "intake_case.h"

#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define CORE "http://hl7.org/fhir/StructureDefinition/"
#define QUERY(name, text) "{\"url\":\"" CORE "variable\",\"valueExpression\":{\"name\":\"" name "\",\"language\":\"application/x-fhir-query\",\"expression\":\"" text "\"}}"
#define CALCULATED(text) "{\"url\":\"" SDC "calculatedExpression\",\"valueExpression\":{\"language\":\"text/fhirpath\",\"expression\":\"" text "\"}}"

struct record { char asked[400]; int times; };

static enum rc search(void *ctx, const char *query, struct doc **bundle, struct err *err)
{
    struct record *record = ctx;

    snprintf(record->asked, sizeof record->asked, "%s", query);
    record->times++;
    if (strstr(query, "refused"))
        return err_set(err, RC_INVALID, "this cannot be asked");
    *bundle = case_document("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":"
        "{\"resourceType\":\"Observation\",\"id\":\"o\",\"valueQuantity\":{\"value\":172.5,\"unit\":\"cm\"}}}]}");
    return RC_OK;
}

static struct form *open_with(const struct doc *questionnaire, struct record *record)
{
    struct form *form = NULL;
    struct err err = {0};

    if (form_open(questionnaire, &(struct form_context){ .search = search, .ctx = record }, &form, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
    return form;
}

static const char *words_at(struct form *form, const char *path, char *out, size_t size)
{
    const struct form_row *row = form_row_by_path(form, path);
    char *words = row ? form_answer_words(form, row, 0) : mem_dup("no row");

    snprintf(out, size, "%s", words);
    free(words);
    return out;
}

static void a_variable_is_what_the_record_answers(void **state)
{
    struct doc *questionnaire = case_questionnaire(
        "{\"linkId\":\"g\",\"type\":\"group\",\"extension\":[" QUERY("height", "Observation?code={{%resource.item.where(linkId='g').item.where(linkId='code').answer.value}}&_count=1") "],\"item\":["
        "{\"linkId\":\"code\",\"type\":\"string\"},{\"linkId\":\"other\",\"type\":\"string\"},"
        "{\"linkId\":\"cm\",\"type\":\"decimal\",\"extension\":[" CALCULATED("%height.entry.resource.value.value") "]}]}");
    struct record record = {0};
    struct form *form = open_with(questionnaire, &record);
    char words[80];

    (void)state;
    assert_int_equal(record.times, 0);                      /* an empty part: there is nothing to ask */
    assert_string_equal(words_at(form, "g/cm", words, sizeof words), "");
    case_type(form, "g/code", "8302-2&x=y");                /* a value cannot add a parameter */
    assert_string_equal(record.asked, "Observation?code=8302-2%26x%3Dy&_count=1");
    assert_string_equal(words_at(form, "g/cm", words, sizeof words), "172.5");
    case_type(form, "g/other", "one");
    case_type(form, "g/other", "two");
    assert_int_equal(record.times, 1);                      /* asked once for the same words */
    form_close(form);
    doc_free(questionnaire);
}

static void a_query_nobody_can_answer_leaves_the_form_fillable(void **state)
{
    struct doc *questionnaire = case_questionnaire(
        "{\"linkId\":\"cm\",\"type\":\"decimal\",\"extension\":[" QUERY("height", "refused") "," CALCULATED("%height.entry.resource.value.value") "]}");
    struct record record = {0};
    struct form *form = open_with(questionnaire, &record), *alone = NULL;
    char words[80];

    (void)state;
    case_type(form, "cm", "170");
    assert_string_equal(words_at(form, "cm", words, sizeof words), "170");
    assert_int_equal(form_open(questionnaire, NULL, &alone, NULL), RC_OK);      /* nobody to ask at all */
    case_type(alone, "cm", "171");
    form_close(alone);
    form_close(form);
    doc_free(questionnaire);
}

static void names_of_the_launch_context_are_the_form_s_own(void **state)
{
    struct doc *patient = case_document("{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\"}");
    struct doc *questionnaire = case_document("{\"resourceType\":\"Questionnaire\",\"status\":\"active\",\"extension\":[{\"url\":\"" SDC "launchContext\",\"extension\":["
        "{\"url\":\"name\",\"valueCoding\":{\"code\":\"LaunchPatient\"}},{\"url\":\"type\",\"valueCode\":\"Patient\"}]}],"
        "\"item\":[{\"linkId\":\"a\",\"type\":\"string\",\"extension\":[" CALCULATED("%LaunchPatient.gender") "]}]}");
    struct form *form = NULL;
    char words[80];

    (void)state;
    assert_int_equal(form_open(questionnaire, &(struct form_context){ .patient = patient }, &form, NULL), RC_OK);
    assert_string_equal(words_at(form, "a", words, sizeof words), "female");
    form_close(form);
    doc_free(questionnaire);
    doc_free(patient);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_is_what_the_record_answers), cmocka_unit_test(a_query_nobody_can_answer_leaves_the_form_fillable),
        cmocka_unit_test(names_of_the_launch_context_are_the_form_s_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
