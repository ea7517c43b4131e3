/* If this fails, what a form writes lands in the wrong element, or as a list where FHIR has one value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fhir/structure.h"

/* name NULL: the element is not known. */
static const struct { const char *structure, *asked, *name, *type; bool is_list, is_required; } elements[] = {
    { "Patient", "name", "name", "HumanName", true, false },
    { "Patient", "birthDate", "birthDate", "date", false, false },
    { "Patient", "id", "id", "string", false, false },                          /* of Resource */
    { "Patient", "extension", "extension", "Extension", true, false },          /* of DomainResource */
    { "Patient", "contact", "contact", "Patient.contact", true, false },
    { "Patient.contact", "gender", "gender", "code", false, false },
    { "Patient", "deceasedBoolean", "deceasedBoolean", "boolean", false, false },
    { "Observation", "value", "value", "", false, false },
    { "Observation", "value[x]", "value", "", false, false },
    { "Observation", "valueCodeableConcept", "valueCodeableConcept", "CodeableConcept", false, false },
    { "Observation", "valueDateTime", "valueDateTime", "dateTime", false, false },
    { "Observation", "valueDecimal", NULL, NULL, false, false },                /* an Observation has no decimal */
    { "Observation", "status", "status", "code", false, true },
    { "Observation", "component", "component", "Observation.component", true, false },
    { "Observation.component", "code", "code", "CodeableConcept", false, true },
    { "Extension", "valueHumanName", "valueHumanName", "HumanName", false, false },
    { "Extension", "valuePatient", NULL, NULL, false, false },
    { "Age", "value", "value", "decimal", false, false },
    { "Questionnaire.item", "item", "item", "Questionnaire.item", true, false },    /* made of itself */
    { "Timing.repeat", "count", "count", "positiveInt", false, false },
    { "VisionPrescription.lensSpecification", "eye", "eye", "code", false, true },
    { "Account", "status", "status", "code", false, true },                     /* first and last of the table */
    { "Patient", "nam", NULL, NULL, false, false },
    { "Patients", "name", NULL, NULL, false, false },
    { "", "name", NULL, NULL, false, false },
};

static void elements_are_found_with_type_and_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        struct structure_element e;
        bool found = structure_element(elements[i].structure, elements[i].asked, &e);

        if (found != (elements[i].name != NULL))
            fail_msg("%s.%s", elements[i].structure, elements[i].asked);
        if (!found)
            continue;
        assert_string_equal(e.name, elements[i].name);
        assert_string_equal(e.type, elements[i].type);
        assert_int_equal(e.is_list, elements[i].is_list);
        assert_int_equal(e.is_required, elements[i].is_required);
    }
}

static void structures_are_known(void **state)
{
    static const char *const known[] = { "Patient", "Account", "VisionPrescription", "xxx", "HumanName", "Age", "Patient.contact" };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(structure_known(known[i]), strcmp(known[i], "xxx") != 0);
}

static void a_choice_says_what_it_may_be(void **state)
{
    struct structure_element e;
    char name[STRUCTURE_NAME];

    (void)state;
    assert_true(structure_element("Observation", "value", &e));
    assert_true(structure_choice(&e, "Quantity", name));
    assert_string_equal(name, "valueQuantity");
    assert_true(structure_choice(&e, "dateTime", name));
    assert_string_equal(name, "valueDateTime");
    assert_false(structure_choice(&e, "date", name));
    assert_true(structure_element("Extension", "value", &e));
    assert_true(structure_choice(&e, "Coding", name));
    assert_false(structure_choice(&e, "Observation", name));
}

static void elements_come_in_the_order_of_the_standard(void **state)
{
    struct structure_element e;

    (void)state;
    assert_true(structure_element_at("HumanName", 0, &e));
    assert_string_equal(e.name, "use");
    assert_true(structure_element_at("HumanName", 6, &e));
    assert_string_equal(e.name, "period");
    assert_false(structure_element_at("HumanName", 7, &e));
    assert_false(structure_element_at("Nobody", 0, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_found_with_type_and_number),
        cmocka_unit_test(structures_are_known),
        cmocka_unit_test(a_choice_says_what_it_may_be),
        cmocka_unit_test(elements_come_in_the_order_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
