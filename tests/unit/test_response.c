/* If this fails, a finished form is kept with the wrong head, or a bad response passes as good. */
#include "tests/unit/intake_case.h"

#include "base/clock.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/check/check.h"

#define ITEMS "{\"linkId\":\"a\",\"text\":\"A?\",\"type\":\"string\",\"required\":true},{\"linkId\":\"b\",\"type\":\"boolean\"}," \
    "{\"linkId\":\"d\",\"type\":\"display\",\"text\":\"Read this\"}," \
    "{\"linkId\":\"g\",\"type\":\"group\",\"enableWhen\":[{\"question\":\"b\",\"operator\":\"=\",\"answerBoolean\":true}]," \
    "\"item\":[{\"linkId\":\"c\",\"type\":\"integer\"},{\"linkId\":\"e\",\"type\":\"string\",\"item\":[{\"linkId\":\"f\",\"type\":\"string\"}]}]}"

static void the_head_says_what_who_when_and_from_where(void **state)
{
    const struct form_source source = { "paper", "2026-11-20", "" };
    struct opened o = case_open(ITEMS);
    struct doc *r = NULL;
    struct err err = {0};

    (void)state;
    case_type(o.form, "a", "x");
    assert_int_equal(form_response(o.form, "r1", "completed", "p1", "s1", &source, &r, &err), RC_OK);
    assert_string_equal(doc_type(r), "QuestionnaireResponse");
    assert_string_equal(doc_id(r), "r1");
    assert_string_equal(node_path_str(doc_root(r), "questionnaire"), "Questionnaire/q");
    assert_string_equal(node_path_str(doc_root(r), "status"), "completed");
    assert_string_equal(node_path_str(doc_root(r), "subject.reference"), "Patient/p1");
    assert_string_equal(node_path_str(doc_root(r), "source.reference"), "Patient/p1");
    assert_string_equal(node_path_str(doc_root(r), "author.reference"), "Practitioner/s1");
    assert_string_equal(node_path_str(doc_root(r), "authored"), "2026-11-23T08:14:00-05:00");
    assert_string_equal(node_path_str(doc_root(r), "extension[0].valueCode"), "paper");
    assert_string_equal(node_path_str(doc_root(r), "extension[1].valueDate"), "2026-11-20");
    assert_string_equal(node_path_str(doc_root(r), "item[0].text"), "A?");
    doc_free(r);
    case_close(&o);
}

static void somebody_else_is_named_as_the_source(void **state)
{
    const struct form_source source = { "other", "", "his daughter" };
    struct opened o = case_open(ITEMS);
    struct doc *r = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(form_response(o.form, "r1", "in-progress", "p1", "s1", &source, &r, &err), RC_OK);
    assert_string_equal(node_path_str(doc_root(r), "source.display"), "his daughter");
    assert_string_equal(node_path_str(doc_root(r), "source.reference"), "");
    doc_free(r);
    case_close(&o);
}

/* A visit that is only a booked appointment has no Encounter to name. */
static void the_visit_it_was_filled_at_is_named(void **state)
{
    static const char *const visits[] = { "{\"resourceType\":\"Encounter\",\"id\":\"v1\"}", "{\"resourceType\":\"Encounter\"}" };
    struct opened o = case_open(ITEMS);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct form_context context = { 0 };
        struct doc *visit = NULL, *r = NULL;
        struct form *form = NULL;

        assert_int_equal(doc_parse(visits[i], strlen(visits[i]), &visit, NULL), RC_OK);
        context.encounter = visit;
        assert_int_equal(form_open(o.questionnaire, &context, &form, NULL), RC_OK);
        assert_int_equal(form_response(form, "r1", "in-progress", "p1", "s1", NULL, &r, NULL), RC_OK);
        assert_string_equal(node_path_str(doc_root(r), "encounter.reference"), i == 0 ? "Encounter/v1" : "");
        doc_free(r);
        form_close(form);
        doc_free(visit);
    }
    case_close(&o);
}

static void what_is_not_complete_cannot_be_completed(void **state)
{
    struct opened o = case_open(ITEMS);
    struct doc *r = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(form_response(o.form, "r1", "completed", "p1", "s1", NULL, &r, &err), RC_INVALID);
    assert_null(r);
    assert_int_equal(form_response(o.form, "r1", "in-progress", "p1", "s1", NULL, &r, &err), RC_OK);
    doc_free(r);
    case_close(&o);
}

/* wanted: the expression of the one error, NULL for none. */
static const struct { const char *status, *items, *wanted; } verdicts[] = {
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]}", NULL },
    { "completed", "{\"linkId\":\"b\",\"answer\":[{\"valueBoolean\":false}]}", "QuestionnaireResponse" },
    { "in-progress", "{\"linkId\":\"b\",\"answer\":[{\"valueBoolean\":false}]}", NULL },
    { "in-progress", "{\"linkId\":\"b\",\"answer\":[{\"valueString\":\"x\"}]}", "QuestionnaireResponse.item[0]" },
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"nowhere\"}", "QuestionnaireResponse.item[1]" },
    { "completed", "{\"linkId\":\"b\",\"answer\":[{\"valueBoolean\":false}]},{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]}", "QuestionnaireResponse.item[1]" },     /* out of order */
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"y\"}]}", "QuestionnaireResponse.item[1]" },
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"d\"}", NULL },       /* a display item may be kept */
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"d\",\"answer\":[{\"valueString\":\"y\"}]}", "QuestionnaireResponse.item[1]" },
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"g\",\"item\":[{\"linkId\":\"c\",\"answer\":[{\"valueInteger\":1}]}]}", "QuestionnaireResponse.item[1].item[0]" },   /* answered, not asked */
    { "in-progress", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"g\",\"item\":[{\"linkId\":\"c\",\"answer\":[{\"valueInteger\":1}]}]}", NULL },
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"b\",\"answer\":[{\"valueBoolean\":true}]},{\"linkId\":\"g\",\"item\":[{\"linkId\":\"c\",\"answer\":[{\"valueInteger\":1}]}]}", NULL },
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}],\"item\":[{\"linkId\":\"f\"}]}", "QuestionnaireResponse.item[0]" },
    { "completed", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\",\"item\":[{\"linkId\":\"f\",\"answer\":[{\"valueString\":\"z\"}]}]}]}", "QuestionnaireResponse.item[0].answer[0].item[0]" },    /* f belongs below e */
    { "done", "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]}", "QuestionnaireResponse" },
};

static void a_response_is_judged_where_it_is_wrong(void **state)
{
    struct doc *questionnaire = case_questionnaire(ITEMS);
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        char *json = mem_printf("{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"%s\",\"item\":[%s]}", verdicts[i].status, verdicts[i].items);
        struct doc *response = case_document(json), *outcome = NULL;
        const char *where = "none";
        int errors = -1;

        assert_int_equal(questionnaire_check(questionnaire, response, &outcome, &errors, NULL), RC_OK);
        for (const struct node *n = node_first(node_get(doc_root(outcome), "issue")); n; n = node_next(n))
            if (!strcmp(node_str(n, "severity"), "error"))
                where = node_path_str(n, "expression[0]");
        if (errors != (verdicts[i].wanted != NULL) || strcmp(where, verdicts[i].wanted ? verdicts[i].wanted : "none")) {
            print_error("%s: %d errors, at %s\n", json, errors, where);
            failures++;
        }
        doc_free(outcome);
        doc_free(response);
        free(json);
    }
    doc_free(questionnaire);
    assert_int_equal(failures, 0);
}

/* A form that has a linkId twice gets an answer for each of the two, in order, and no third. */
static void a_linkid_that_stands_twice_is_answered_twice(void **state)
{
    static const char *const responses[] = {
        "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"y\"}]}",
        "{\"linkId\":\"a\",\"answer\":[{\"valueString\":\"x\"}]},{\"linkId\":\"a\"},{\"linkId\":\"a\"}",
    };
    struct doc *questionnaire = case_questionnaire("{\"linkId\":\"a\",\"type\":\"string\"},{\"linkId\":\"a\",\"type\":\"string\"}");

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char *json = mem_printf("{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\",\"item\":[%s]}", responses[i]);
        struct doc *response = case_document(json), *outcome = NULL;
        size_t wrong = 0;

        assert_int_equal(questionnaire_check(questionnaire, response, &outcome, NULL, NULL), RC_OK);
        for (const struct node *n = node_first(node_get(doc_root(outcome), "issue")); n; n = node_next(n))
            wrong += !strncmp(node_path_str(n, "expression[0]"), "QuestionnaireResponse", 21);
        assert_int_equal(wrong > 0, i > 0);
        doc_free(outcome);
        doc_free(response);
        free(json);
    }
    doc_free(questionnaire);
}

/* The id of an option is not copied into answers, where it would stand twice; a required group of words
 * alone stands in what is finished. */
static void what_is_finished_has_the_shape_others_expect(void **state)
{
    struct opened o = case_open("{\"linkId\":\"g\",\"type\":\"group\",\"required\":true,\"item\":[{\"linkId\":\"d\",\"type\":\"display\",\"text\":\"Read this\"}]},"
                                "{\"linkId\":\"a\",\"type\":\"choice\",\"answerOption\":[{\"valueCoding\":{\"id\":\"i1\",\"code\":\"x\"}}]}");
    struct doc *r = NULL;

    (void)state;
    assert_int_equal(form_choose(o.form, "a", 0, true, NULL), RC_OK);
    assert_int_equal(form_response(o.form, "r1", "completed", "p1", "s1", NULL, &r, NULL), RC_OK);
    assert_string_equal(node_path_str(doc_root(r), "item[0].linkId"), "g");
    assert_string_equal(node_path_str(doc_root(r), "item[0].item[0].linkId"), "d");
    assert_string_equal(node_path_str(doc_root(r), "item[1].answer[0].valueCoding.code"), "x");
    assert_null(node_path(doc_root(r), "item[1].answer[0].valueCoding.id"));
    doc_free(r);
    case_close(&o);
}

static void what_is_no_form_is_said_to_be_none(void **state)
{
    static const char *const texts[] = { "{}", "[]", "5", "{\"resourceType\":\"Patient\"}", "{\"resourceType\":\"Questionnaire\"}", "{\"resourceType\":\"Questionnaire\",\"item\":{}}" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct doc *doc = case_document(texts[i]), *outcome = NULL;
        int errors = 0;

        assert_int_equal(questionnaire_check(doc, NULL, &outcome, &errors, NULL), RC_OK);
        assert_int_equal(errors, 1);
        assert_string_equal(node_path_str(doc_root(outcome), "issue[0].severity"), "fatal");
        doc_free(outcome);
        doc_free(doc);
    }
}

#define SCORED(code) "{\"linkId\":\"" code "\",\"type\":\"choice\",\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}],\"answerOption\":[" \
    "{\"valueCoding\":{\"code\":\"a\",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/ordinalValue\",\"valueDecimal\":0}]}}," \
    "{\"valueCoding\":{\"code\":\"b\",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/ordinalValue\",\"valueDecimal\":2}]}}]}"

static const char *score_part(const struct doc *response, const char *name)
{
    const char *text = node_text(extension_value(extension_find(doc_root(response), EXT_SCORE), name));

    return text ? text : "";
}

/* A score says how many of its questions were answered; while it is not known there is none, and no zero. */
static void a_score_is_never_made_of_nothing(void **state)
{
    struct opened o = case_open(SCORED("44250-9") "," SCORED("44255-8"));
    struct doc *doc = NULL;

    (void)state;
    assert_int_equal(form_choose(o.form, "44250-9", 0, true, NULL), RC_OK);
    assert_int_equal(form_response(o.form, "r", "completed", "p1", "s1", NULL, &doc, NULL), RC_OK);
    assert_string_equal(score_part(doc, "name"), "PHQ-2");
    assert_string_equal(score_part(doc, "value"), "");
    assert_string_equal(score_part(doc, "answered"), "1");
    assert_string_equal(score_part(doc, "of"), "2");
    doc_free(doc);
    assert_int_equal(form_choose(o.form, "44255-8", 1, true, NULL), RC_OK);
    assert_int_equal(form_response(o.form, "r", "completed", "p1", "s1", NULL, &doc, NULL), RC_OK);
    assert_string_equal(score_part(doc, "value"), "2");
    assert_string_equal(score_part(doc, "answered"), "2");
    doc_free(doc);
    case_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_says_what_who_when_and_from_where), cmocka_unit_test(somebody_else_is_named_as_the_source),
        cmocka_unit_test(the_visit_it_was_filled_at_is_named),
        cmocka_unit_test(what_is_not_complete_cannot_be_completed), cmocka_unit_test(a_response_is_judged_where_it_is_wrong),
        cmocka_unit_test(what_is_finished_has_the_shape_others_expect), cmocka_unit_test(a_linkid_that_stands_twice_is_answered_twice), cmocka_unit_test(what_is_no_form_is_said_to_be_none),
        cmocka_unit_test(a_score_is_never_made_of_nothing),
    };

    clock_set_zone("America/New_York");
    clock_set_now("2026-11-23T08:14");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
