/* If this breaks, the types of elements are wrong: dates become texts and expressions of forms are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "fhir/model.h"

static void finds_types_and_bases(void **state)
{
    static const struct { const char *type, *base; bool resource, primitive; } rows[] = {
        {"Patient", "DomainResource", true, false}, {"Bundle", "Resource", true, false}, {"Age", "Quantity", false, false}, {"code", "string", false, true},
        {"uuid", "uri", false, true}, {"Questionnaire.item", "BackboneElement", false, false}, {"Timing.repeat", "Element", false, false},
        {"xhtml", "Element", false, true}, {"Account", "DomainResource", true, false}, {"VisionPrescription", "DomainResource", true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned type = model_find(rows[i].type);

        assert_int_not_equal(type, MODEL_NO_TYPE);
        assert_string_equal(model_name(type), rows[i].type);
        assert_string_equal(model_name(model_base(type)), rows[i].base);
        assert_int_equal(model_is_resource(type), rows[i].resource);
        assert_int_equal(model_is_primitive(type), rows[i].primitive);
    }
    assert_int_equal(model_find("Patience"), MODEL_NO_TYPE);
    assert_true(model_derives(model_find("code"), model_find("Element")));
    assert_false(model_derives(model_find("string"), model_find("code")));
}

static void finds_members(void **state)
{
    static const struct { const char *type, *member, *is; bool many; } rows[] = {
        {"Patient", "name", "HumanName", true}, {"Patient", "id", "id", false}, {"Patient", "extension", "Extension", true},
        {"Patient", "birthDate", "date", false}, {"HumanName", "given", "string", true}, {"Questionnaire.item", "item", "Questionnaire.item", true},
        {"Patient", "deceased", NULL, false}, {"Observation.component", "value", NULL, false}, {"Age", "value", "decimal", false},
        {"Patient", "given", "", false}, {"HumanName", "give", "", false}, {"HumanName", "given1", "", false},
    };
    struct model_member member;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool has = rows[i].is == NULL || *rows[i].is;

        assert_int_equal(model_member(model_find(rows[i].type), rows[i].member, &member), has);
        assert_int_equal(member.is_many, rows[i].many);
        assert_int_equal(member.choice != NULL, rows[i].is == NULL);
        if (rows[i].is && *rows[i].is)
            assert_string_equal(model_name(member.type), rows[i].is);
    }
}

static void knows_what_must_be_there(void **state)
{
    static const struct { const char *type, *member; bool needed; } rows[] = {
        {"Observation", "status", true}, {"Observation", "code", true}, {"Observation", "value", false}, {"Observation.component", "code", true},
        {"Condition", "subject", true}, {"Condition", "code", false}, {"MedicationStatement", "medication", true}, {"Patient", "name", false},
        {"Extension", "url", true},
    };
    struct model_member member;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(model_member(model_find(rows[i].type), rows[i].member, &member));
        assert_int_equal(member.is_needed, rows[i].needed);
    }
}

static void reads_choices_by_their_names(void **state)
{
    static const struct { const char *type, *member, *is; } rows[] = {
        {"Observation", "valueQuantity", "Quantity"}, {"Observation", "valueCodeableConcept", "CodeableConcept"}, {"Observation", "value", ""},
        {"Observation", "valueAttachment", ""}, {"Extension", "valueAttachment", "Attachment"}, {"Extension", "valueUri", "uri"},
        {"Patient", "multipleBirthInteger", "integer"}, {"Patient", "deceasedDateTime", "dateTime"}, {"Patient", "nameHumanName", ""},
        {"QuestionnaireResponse.item.answer", "valueBoolean", "boolean"}, {"MedicationRequest", "medicationReference", "Reference"},
    };
    unsigned stem = 0;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(model_name(model_json_member(model_find(rows[i].type), rows[i].member)), rows[i].is);
    assert_string_equal(model_name(model_choice_suffix("valueCodeableConcept", &stem)), "CodeableConcept");
    assert_int_equal(stem, 5);
    assert_int_equal(model_choice_suffix("birthDay", &stem), MODEL_NO_TYPE);
}

/* Names are found by halving: every list has to be in order. */
static void every_member_is_found_again(void **state)
{
    struct model_member member;

    (void)state;
    for (unsigned type = 0; *model_name(type); type++) {
        const char *name;

        assert_int_equal(model_find(model_name(type)), type);
        for (unsigned i = 0; (name = model_member_name(type, i)); i++)
            assert_true(model_member(type, name, &member));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_types_and_bases), cmocka_unit_test(finds_members), cmocka_unit_test(knows_what_must_be_there), cmocka_unit_test(reads_choices_by_their_names),
        cmocka_unit_test(every_member_is_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
