/* If this breaks, whoever has to mend a refused record reads a server's code in place of the field and
 * what to do, or is sent to the wrong field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "desk/field_words.h"
#include "desk/refusal.h"

/* What servers say, each in its own way. */
static const struct { const char *type; int status; const char *words, *kind, *path, *label, *field; } cases[] = {
    { "Patient", 400, "400: HAPI-0450: Failed to parse request body as JSON resource. Error was: HAPI-1821: [element=\"birthDate\"] Invalid attribute value \"1985-13-45\": Invalid date/time format: \"1985-13-45\"",
      "date", "birthDate", "Born", "birth" },
    { "Patient", 400, "400: HAPI-0450: Failed to parse request body as JSON resource. Error was: HAPI-1821: [element=\"gender\"] Invalid attribute value \"x\": Unknown AdministrativeGender code 'x'",
      "code", "gender", "Sex", "sex" },
    { "Task", 400, "400: HAPI-0450: [element=\"status\"] Invalid attribute value \"foo\": Unknown TaskStatus code 'foo'", "code", "status", "status", "" },
    { "Encounter", 400, "400: HAPI-1094: Resource Patient/7d4a not found, specified in path: Encounter.subject", "reference", "subject", "person", "" },
    { "Patient", 422, "422: Patient.name: minimum required = 1, but only found 0 (from http://example.org/StructureDefinition/p) (Patient.name)", "required", "name", "Family name", "family" },
    { "Patient", 422, "422: The value provided ('xx') was not found in the value set 'Languages' (Patient.communication[0].language)",
      "code", "communication[0].language", "Language", "language" },
    { "Patient", 400, "400: HAPI-0960: Can not create resource with ID[12], no resource with this ID exists and clients may only assign IDs which contain at least one non-numeric character", "id", "", "", "" },
    { "Observation", 400, "400: HAPI-1822: Resource is missing required element 'url' in parent element 'Observation.extension'", "required", "extension", "additional entry", "" },
    { "Patient", 412, "412: HAPI-0825: HAPI-0550: The operation has failed with a unique index constraint failure", "duplicate", "", "", "" },
    { "Patient", 422, "422: Missing required property (Patient.telecom[1].system)", "required", "telecom[1].system", "Phone", "phone" },
    { "Patient", 400, "400: Invalid additional property \"foo\" (Patient.foo)", "unknown", "foo", "foo", "" },
    { "Patient", 400, "400: Unrecognized property 'nickname' (Line[1] Col[80])", "unknown", "nickname", "nickname", "" },
    { "Patient", 422, "422: Instance count is 0, which is not within the specified cardinality of 1..* (Patient.identifier)", "required", "identifier", "record number", "" },
    { "Appointment", 422, "422: Constraint failed: app-3: 'Only proposed or cancelled appointments can be missing start/end dates' (Appointment)", "required", "", "", "" },
    { "Patient", 422, "422: Rule pat-1: 'SHALL at least contain a contact's details' failed (Patient.contact[0])", "rule", "contact[0]", "contact person", "" },
    { "Patient", 422, "422: required (/f:Patient/f:name[1]/f:given)", "required", "name.given", "Given names", "given" },
    { "Patient", 422, "422: death date is before birth date (Patient.deceasedDateTime)", "order", "deceasedDateTime", "death", "" },
    { "Patient", 422, "422: the birthDate lies in the future: invalid", "value", "birthDate", "Born", "birth" },
    { "DocumentReference", 413, "413: too large for the server", "size", "", "", "" },
    { "Patient", 403, "403: HAPI-0333: Access denied by rule: no matching rule", "rights", "", "", "" },
    { "Patient", 415, "415: the server does not take this format", "format", "", "", "" },
    { "Patient", 409, "409: the server has another version", "version", "", "", "" },
    { "Patient", 0, "the server does not take new resources with an id of ours", "own-id", "", "", "" },
    { "Patient", 422, "422: computer says no", "other", "", "", "" },
    { "Patient", 422, "", "other", "", "", "" },
    { "Patient", 0, NULL, "other", "", "", "" },
    /* Another type's name in the text is not ours, and a longer one is not it. */
    { "Patient", 422, "422: PatientContact.name is missing", "required", "", "", "" },
};

static void words_become_a_field_and_a_fix(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refusal r;

        refusal_read(cases[i].type, cases[i].status, cases[i].words, &r);
        if (strcmp(r.kind, cases[i].kind) != 0 || strcmp(r.path, cases[i].path) != 0 || strcmp(r.label, cases[i].label) != 0 ||
            strcmp(r.field, cases[i].field) != 0)
            fail_msg("%s\n  kind %s, path %s, label %s, field %s", cases[i].words, r.kind, r.path, r.label, r.field);
        assert_true(r.what && *r.what && r.fix && *r.fix);
    }
}

static void the_row_reads(void **state)
{
    struct refusal r;
    char words[200], small[12];

    (void)state;
    refusal_read("Patient", 400, cases[0].words, &r);
    refusal_words(&r, words, sizeof words);
    assert_string_equal(words, "Born: not a date the server takes");
    refusal_read("Patient", 422, "422: computer says no", &r);
    refusal_words(&r, words, sizeof words);
    assert_string_equal(words, "not taken as it is");
    refusal_words(&r, small, sizeof small);
    assert_string_equal(small, "not taken a");
}

static void paths_have_names(void **state)
{
    char plain[40];

    (void)state;
    assert_string_equal(field_label("Patient", "name[0].given[1]"), "Family name");
    field_plain_path("Patient", "Patient.name[0].given[1]", plain, sizeof plain);
    assert_string_equal(plain, "name.given");
    assert_string_equal(field_label("Patient", plain), "Given names");
    assert_string_equal(field_label("Task", "restriction.period.end"), "due");
    assert_string_equal(field_label("Basic", "birthDate"), "birth date");
    assert_string_equal(field_label("Patient", "names"), "names");
    field_plain_path("Patient", "extension[3", plain, sizeof plain);
    assert_string_equal(plain, "extension");
    field_plain_path("Patient", "extension:race.value", plain, sizeof plain);
    assert_string_equal(plain, "extension.value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_become_a_field_and_a_fix), cmocka_unit_test(the_row_reads), cmocka_unit_test(paths_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
