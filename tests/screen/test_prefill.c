/* What the record says by now is put over an answer nobody asked to change, or is nowhere to be seen. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define HEIGHT(id, day, value) "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8302-2\"}]}," \
    "\"subject\":{\"reference\":\"Patient/tall\"},\"effectiveDateTime\":\"" day "\",\"valueQuantity\":{\"value\":" value ",\"unit\":\"cm\",\"code\":\"cm\"}}"

static void seed(void)
{
    desk_import("{\"resourceType\":\"Patient\",\"id\":\"tall\",\"active\":true,\"name\":[{\"family\":\"Tallman\",\"given\":[\"Tess\"]}],\"gender\":\"female\",\"birthDate\":\"1980-02-03\"}");
    desk_import(HEIGHT("old-height", "2026-05-12", "171"));
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"measures\",\"url\":\"http://example.org/measures\",\"status\":\"active\",\"title\":\"AA measures\",\"item\":["
        "{\"linkId\":\"cm\",\"text\":\"Height in cm\",\"type\":\"decimal\",\"extension\":[{\"url\":\"" SDC "initialExpression\",\"valueExpression\":{\"language\":\"text/fhirpath\","
        "\"expression\":\"%h.entry.resource.value.value\"}},{\"url\":\"http://hl7.org/fhir/StructureDefinition/variable\",\"valueExpression\":{\"name\":\"h\","
        "\"language\":\"application/x-fhir-query\",\"expression\":\"Observation?code=http://loinc.org|8302-2&_count=1&_sort=-date&patient={{%patient.id}}\"}}]},"
        "{\"linkId\":\"family\",\"text\":\"Family name now\",\"type\":\"string\",\"extension\":[{\"url\":\"" SDC "initialExpression\",\"valueExpression\":{\"language\":\"text/fhirpath\","
        "\"expression\":\"%patient.name.family\"}}]},{\"linkId\":\"note\",\"text\":\"Anything else\",\"type\":\"string\"}]}");
}

static void what_differs_is_taken_one_by_one(void **state)
{
    struct terminal *t;
    char *drafts;

    (void)state;
    seed();
    t = desk_open(24, 80);
    desk_find(t, "tallman", "Tallman, Tess");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "AA measures", "\r");
    desk_walk(t, "", "Anything else", "\r", "171", NULL);
    desk_import(HEIGHT("new-height", "2026-11-22", "172.5"));
    desk_walk(t, "\x14", "record says", NULL);
    desk_row_says(t, "Height in cm", "172.5");
    desk_row_says(t, "Height in cm", "from 22 Nov 2026");
    desk_sees_no_more(t, "Family name now");            /* the same in both: no difference */
    desk_walk(t, "\x1b", "Anything else", NULL);        /* left alone: nothing is changed */
    desk_row_says(t, "Height in cm", "171");
    desk_walk(t, "\x14", "record says", "\r", "taken, saved", "\x1b", "Anything else", NULL);
    desk_row_says(t, "Height in cm", "172.5");
    desk_walk(t, "\x14", "says nothing else", "\x1b", "Anything else", NULL);
    desk_walk(t, "\x1b", "parked:", NULL);
    desk_quit(t);
    drafts = desk_run(0, "form", "drafts", "--patient", "tall", "--json", NULL);
    assert_non_null(strstr(drafts, "\"progress\":\"2 of 3\""));
    free(drafts);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_differs_is_taken_one_by_one) };

    return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
