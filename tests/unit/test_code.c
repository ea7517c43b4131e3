/* If this breaks, forms offer wrong choices, or say they know a list they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "fhir/code.h"

static void finds_lists(void **state)
{
    static const struct { const char *canonical; size_t n; const char *first; } cases[] = {
        {"http://hl7.org/fhir/ValueSet/administrative-gender", 4, "male"},
        {"http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1", 4, "male"},
        {"http://hl7.org/fhir/administrative-gender", 4, "male"},
        {"http://hl7.org/fhir/ValueSet/yesnodontknow", 3, "N"},
        {"http://terminology.hl7.org/ValueSet/v2-0136", 2, "N"},
        {"http://hl7.org/fhir/ValueSet/v2-0136", 2, "N"},
        {"http://loinc.org/vs/LL358-3", 4, "LA6568-5"},
        {"http://hl7.org/fhir/us/core/ValueSet/birthsex", 5, "F"},
    };
    struct code_list list;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(code_list_find(cases[i].canonical, &list));
        assert_int_equal(list.n, cases[i].n);
        assert_string_equal(list.code[0].code, cases[i].first);
        for (size_t k = 0; k < list.n; k++)
            assert_true(*list.code[k].system && *list.code[k].code && *list.code[k].display);
    }
    assert_false(code_list_find("http://hl7.org/fhir/ValueSet/nothing", &list));
    assert_false(code_list_find("", &list));
}

static void finds_displays(void **state)
{
    (void)state;
    assert_string_equal(code_display("http://hl7.org/fhir/administrative-gender", "female"), "Female");
    assert_string_equal(code_display("http://terminology.hl7.org/CodeSystem/v3-ParticipationMode", "PHONE"), "telephone");
    assert_string_equal(code_display("http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason", "oth-weath"), "Other: Weather");
    assert_null(code_display("http://hl7.org/fhir/administrative-gender", "f"));
    assert_null(code_display("", "female"));
}

static void knows_resource_types(void **state)
{
    static const char *const known[] = {"Account", "Patient", "Task", "VisionPrescription"};
    static const char *const unknown[] = {"", "patient", "Resource", "DomainResource", "Patients", "zzz"};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(code_resource_type_known(known[i]));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_false(code_resource_type_known(unknown[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_lists), cmocka_unit_test(finds_displays), cmocka_unit_test(knows_resource_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
