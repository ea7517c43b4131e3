/* A form writes into the record what nobody confirmed, or what was left for later is lost. */
#include "tests/screen/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char form[] =
    "{\"resourceType\":\"Questionnaire\",\"id\":\"weigh\",\"url\":\"urn:x-test:weigh\",\"version\":\"1\",\"status\":\"active\",\"title\":\"Weight and language\","
    "\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-itemExtractionContext\",\"valueCode\":\"Patient\"}],\"item\":["
    "{\"linkId\":\"w\",\"text\":\"Weight\",\"type\":\"decimal\",\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"}],\"extension\":["
    "{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract\",\"valueBoolean\":true},"
    "{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-unit\",\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}]},"
    "{\"linkId\":\"m\",\"text\":\"Marital status\",\"type\":\"string\",\"definition\":\"http://hl7.org/fhir/StructureDefinition/Patient#Patient.maritalStatus.text\"}]}";

/* From Today: the form filled and finished with one person. */
static void finish_form(struct terminal *t, const char *who, const char *name)
{
    desk_find(t, who, name);
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "Weight and language", "\r");
    desk_sees(t, "Answers are");
    desk_walk(t, "\r", "^N next problem", "71.50\r", "saved", "Kept secret\r", "saved", "\x06", "TO BE WRITTEN INTO THE RECORD", NULL);
}

static void assert_record(const char *patient, const char *text, bool wanted)
{
    char *out = desk_run(0, "patient", "show", patient, "--json", NULL);

    assert_int_equal(strstr(out, text) != NULL, wanted);
    free(out);
}

static void assert_marital(const char *patient, bool wanted)
{
    char reference[90], *out;

    snprintf(reference, sizeof reference, "Patient/%s", patient);
    out = desk_run(0, "resource", "get", reference, "--json", NULL);
    assert_int_equal(strstr(out, "Kept secret") != NULL, wanted);
    free(out);
}

/* The id of somebody found by name; borrowed until the next call. */
static const char *id_of(const char *name)
{
    static char id[72];
    char *out = desk_run(0, "patient", "find", name, "--json", NULL), *at = strstr(out, "\"id\":\"");

    assert_non_null(at);
    strncpy(id, at + 6, sizeof id - 1);
    id[strcspn(id, "\"")] = '\0';
    free(out);
    return id;
}

/* Old beside new, one taken off, the rest written; the one left is offered again from its row and from nowhere else. */
static void what_is_marked_is_written_and_the_rest_is_kept(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char id[72];

    (void)state;
    desk_import(form);
    strcpy(id, id_of("quinn"));
    finish_form(t, "quinn", "Quinn, Patrick");
    desk_sees(t, "finished and saved");
    desk_row_says(t, "Observation", "71.50 kg");
    desk_row_says(t, "Patient  ", "Kept secret added");
    desk_sees(t, "2 of 2 marked");
    assert_record(id, "71.50", false);              /* the answer stands in the form alone */
    desk_on_row(t, "Kept secret added", "\r");
    desk_walk(t, "", "1 of 2 marked", "w", "1 written; 1 left", NULL);
    desk_sees(t, "TIMELINE");
    desk_row_says(t, "measurement", "71.50 kg");
    assert_record(id, "71.50", true);
    assert_marital(id, false);
    desk_on_row(t, "Weight and language", "E");
    desk_row_says(t, "Observation", "already written");
    desk_row_says(t, "Patient  ", "[x]");
    desk_walk(t, "w", "1 written into the record", NULL);
    assert_marital(id, true);
    desk_on_row(t, "Weight and language", "E");
    desk_sees(t, "Nothing is left to write");
    desk_walk(t, "w", "Nothing is marked", "\x1b", "TIMELINE", NULL);
    desk_quit(t);
}

/* Esc writes nothing and says where it is found again; keys typed ahead while the form was finished confirm nothing. */
static void esc_leaves_it_for_later_and_nothing_is_confirmed_ahead(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char id[72];

    (void)state;
    desk_import(form);
    strcpy(id, id_of("walsh"));
    desk_find(t, "walsh", "Walsh, Niamh");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "Weight and language", "\r");
    desk_sees(t, "Answers are");
    desk_walk(t, "\r", "^N next problem", "71.50\r", "saved", NULL);
    terminal_send(t, "\x06wwww");
    desk_sees(t, "1 of 1 marked");
    assert_record(id, "71.50", false);
    desk_walk(t, "\x1b", "Left for later", NULL);
    desk_sees(t, "TIMELINE");
    assert_record(id, "71.50", false);
    desk_on_row(t, "Weight and language", "E");
    desk_walk(t, "", "1 of 1 marked", "a", "0 of 1 marked", "a", "1 of 1 marked", "w", "1 written into the record", NULL);
    assert_record(id, "71.50", true);
    desk_quit(t);
}

/* Another desk changed the person while it was shown: it is worked out anew, and neither edit is lost. */
static void a_change_from_elsewhere_is_seen(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char id[72], reference[90], *out;

    (void)state;
    desk_import(form);
    strcpy(id, id_of("petrov"));
    snprintf(reference, sizeof reference, "Patient/%s", id);
    finish_form(t, "petrov", "Petrov");
    out = desk_run(0, "patient", "edit", id, "--phone", "555 446 9999", NULL);
    free(out);
    desk_sees(t, "-9999");
    desk_walk(t, "w", "2 written", NULL);
    assert_record(id, "71.50", true);
    assert_marital(id, true);                       /* both edits stand */
    out = desk_run(0, "resource", "get", reference, "--json", NULL);
    assert_non_null(strstr(out, "9999"));
    free(out);
    desk_quit(t);
}

/* A form that gives the person another name is not taken with the rest: somebody has to say so. */
static void who_the_person_is_changes_only_by_a_mark(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"called\",\"url\":\"urn:x-test:called\",\"status\":\"active\",\"title\":\"Weight and language\","
                "\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-itemExtractionContext\",\"valueCode\":\"Patient\"}],\"item\":["
                "{\"linkId\":\"f\",\"text\":\"Family name\",\"type\":\"string\",\"definition\":\"http://hl7.org/fhir/StructureDefinition/Patient#Patient.name.family\"},"
                "{\"linkId\":\"m\",\"text\":\"Marital status\",\"type\":\"string\",\"definition\":\"http://hl7.org/fhir/StructureDefinition/Patient#Patient.maritalStatus.text\"}]}");
    desk_find(t, "quinn", "Quinn, Patrick");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "Weight and language", "\r");
    desk_sees(t, "Answers are");
    desk_walk(t, "\r", "^N next problem", "Otherwise\r", "saved", "x\r", "saved", "\x06", "TO BE WRITTEN INTO THE RECORD", NULL);
    desk_sees(t, "0 of 1 marked");
    desk_row_says(t, "[ ]", "Name, Marital status");
    desk_sees(t, "changes who the person is");
    desk_walk(t, "w", "Nothing is marked", "\r", "1 of 1 marked", "w", "1 written into the record", NULL);
    desk_sees(t, "Otherwise");
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_marked_is_written_and_the_rest_is_kept, desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(esc_leaves_it_for_later_and_nothing_is_confirmed_ahead, desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(a_change_from_elsewhere_is_seen, desk_setup, desk_teardown),
        cmocka_unit_test_setup_teardown(who_the_person_is_changes_only_by_a_mark, desk_setup, desk_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
