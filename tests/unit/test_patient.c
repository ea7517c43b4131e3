/* A person would be registered with other words than were typed, or the banner keep silent. */
#include "tests/unit/directory.h"

#include "desk/patient.h"

static char *registered(struct directory *d, const struct registration *r)
{
    struct grant grant = directory_grant("patient register", "");
    char *id = NULL;

    ASSERT_OK(patient_register(d->st, &grant, r, &id, err));
    return id;
}

static void edited(struct directory *d, const char *id, const struct registration *r)
{
    struct grant grant = directory_grant("patient edit", id);

    ASSERT_OK(patient_edit(d->st, &grant, id, r, err));
}

static void registers_as_typed(void **state)
{
    static const struct registration r = {
        .family = "García López", .given = "José María", .usual = "Pepe", .birth = "1954-07", .birth_estimated = true, .sex = "male",
        .phone = "(413) 555-1187 x3", .mrn = "004512", .language = "es", .address = "12 Elm St, Apt 4", .interpreter = 1,
    };
    struct directory *d = *state;
    char *id = registered(d, &r);
    struct doc *doc = directory_get(d, "Patient", id);
    struct person p;

    assert_string_equal(node_path_str(doc_root(doc), "name[0].given[1]"), "María");
    assert_string_equal(node_path_str(doc_root(doc), "telecom[0].value"), "(413) 555-1187 x3");
    assert_string_equal(node_path_str(doc_root(doc), "address[0].text"), "12 Elm St, Apt 4");
    doc_free(doc);
    ASSERT_OK(person_get(d->st, id, &p, err));
    assert_string_equal(p.name, "García López, José María");
    assert_string_equal(p.usual, "Pepe");
    assert_string_equal(p.birth, "1954-07");
    assert_true(p.birth_estimated && p.needs_interpreter && p.is_active);
    assert_string_equal(p.sex, "M");
    assert_string_equal(p.mrn, "004512");
    assert_string_equal(p.language, "Spanish");         /* the desk says the word, the document keeps the code */
    person_done(&p);
    free(id);
}

/* NULL leaves a field, "" clears it; what the desk does not know stays. */
static void an_edit_touches_one_thing(void **state)
{
    static const struct registration clear = {.phone = "", .usual = "", .interpreter = -1}, birth = {.birth = "1970-02-03", .interpreter = -1};
    struct directory *d = *state;
    struct doc *doc;

    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"x-unknown\":{\"n\":1.10},\"name\":[{\"use\":\"official\",\"family\":\"Marsh\",\"given\":[\"Tobias\"]},"
                     "{\"use\":\"usual\",\"given\":[\"Toby\"]}],\"telecom\":[{\"system\":\"phone\",\"value\":\"5550142\"}],\"birthDate\":\"1970-01-01\","
                     "\"_birthDate\":{\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/birth-estimated\",\"valueBoolean\":true}]}}");
    edited(d, "p1", &clear);
    edited(d, "p1", &birth);
    doc = directory_get(d, "Patient", "p1");
    char *text = doc_text(doc, NULL);
    assert_string_equal(text, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"x-unknown\":{\"n\":1.10},\"name\":[{\"use\":\"official\",\"family\":\"Marsh\",\"given\":[\"Tobias\"]}],"
                              "\"birthDate\":\"1970-02-03\"}");
    free(text);
    doc_free(doc);
}

/* A new family name keeps the old one to be found by; a corrected letter does not. */
static void a_new_name_keeps_the_former(void **state)
{
    static const struct registration slip = {.family = "Marsh", .interpreter = -1}, married = {.family = "Delacroix", .interpreter = -1};
    struct directory *d = *state;
    struct doc *doc;

    directory_put(d, PERSON("p1", "Mrash"));
    edited(d, "p1", &slip);
    doc = directory_get(d, "Patient", "p1");
    assert_int_equal(node_count(node_get(doc_root(doc), "name")), 1);
    doc_free(doc);
    edited(d, "p1", &married);
    doc = directory_get(d, "Patient", "p1");
    assert_int_equal(node_count(node_get(doc_root(doc), "name")), 2);
    assert_string_equal(node_path_str(doc_root(doc), "name[0].family"), "Delacroix");
    assert_string_equal(node_path_str(doc_root(doc), "name[1].family"), "Marsh");
    assert_string_equal(node_path_str(doc_root(doc), "name[1].use"), "old");
    assert_string_equal(node_path_str(doc_root(doc), "name[1].period.end"), "2026-11-23");
    doc_free(doc);
}

static void what_may_not_be_typed(void **state)
{
    static const struct { struct registration r; const char *why; } cases[] = {
        {{.birth = "1970-01-01"}, "no name"}, {{.family = "A", .birth = "2026-11-24"}, "born tomorrow"},
        {{.family = "A", .birth = "1970-02-30"}, "no such day"},
    };
    struct directory *d = *state;
    struct grant grant = directory_grant("patient register", "");
    char *id = NULL;

    patient_guards();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ASSERT_RC(RC_INVALID, patient_register(d->st, &grant, &cases[i].r, &id, err));
        assert_null(id);
    }
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 0);
}

/* A merged record is edited in its survivor. */
static void a_merged_record_is_closed(void **state)
{
    static const struct registration r = {.phone = "5550100", .interpreter = -1};
    struct directory *d = *state;
    struct grant grant = directory_grant("patient edit", "p1");

    patient_guards();
    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"A\"}],\"link\":[{\"type\":\"replaced-by\",\"other\":{\"reference\":\"Patient/p2\"}}]}");
    ASSERT_RC(RC_INVALID, patient_edit(d->st, &grant, "p1", &r, err));
}

static void marks_that_must_be_seen(void **state)
{
    static const struct { struct person p; const char *label; } cases[] = {
        {{.name = (char *)(uintptr_t)"Roe, Ann", .usual = (char *)(uintptr_t)"", .deceased = (char *)(uintptr_t)"", .merged_into = (char *)(uintptr_t)"", .is_active = true}, "Roe, Ann"},
        {{.name = (char *)(uintptr_t)"Roe, Ann", .usual = (char *)(uintptr_t)"Nan", .deceased = (char *)(uintptr_t)"2024-02-03", .merged_into = (char *)(uintptr_t)"", .is_active = true, .is_test = true},
         "Roe, Ann \"Nan\" †2024 (test)"},
        {{.name = (char *)(uintptr_t)"", .usual = (char *)(uintptr_t)"", .deceased = (char *)(uintptr_t)"yes", .merged_into = (char *)(uintptr_t)"x", .is_active = false}, "(no name) † (merged)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *label = person_label(&cases[i].p);
        assert_string_equal(label, cases[i].label);
        free(label);
    }
}

static void hostile_names_are_cleaned(void **state)
{
    struct directory *d = *state;
    struct person p;
    char *label;

    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"\\u202eA\\u001b[2J\",\"given\":[\"\\u009b31mB\"]}]}");
    ASSERT_OK(person_get(d->st, "p1", &p, err));
    label = person_label(&p);
    assert_null(strchr(label, '\x1b'));
    assert_null(strstr(label, "\xe2\x80\xae"));
    assert_null(strstr(label, "\xc2\x9b"));
    free(label);
    person_done(&p);
}

static void the_second_identifier(void **state)
{
    struct person p = {.birth = (char *)(uintptr_t)"1954-07-01"}, partial = {.birth = (char *)(uintptr_t)"1954-07"}, none = {.birth = (char *)(uintptr_t)""};

    (void)state;
    assert_true(patient_birthday_is(&p, 1, 7));
    assert_false(patient_birthday_is(&p, 7, 1));
    assert_false(patient_birthday_is(&partial, 0, 7));
    assert_false(patient_birthday_is(&none, 0, 0));
}

#define EXT(name, value) "{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/" name "\"," value "}"
static void the_banner_tells(void **state)
{
    struct directory *d = *state;
    struct banner b;

    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"García López\",\"given\":[\"José\"]}],\"birthDate\":\"1954-07-01\",\"gender\":\"male\","
                     "\"telecom\":[{\"system\":\"phone\",\"use\":\"mobile\",\"value\":\"413-555-1187\",\"extension\":[" EXT("no-voicemail", "\"valueBoolean\":true") ","
                     EXT("contact-permission", "\"valueCode\":\"ok\"") "]},{\"system\":\"sms\",\"value\":\"413-555-1187\",\"extension\":[" EXT("contact-permission", "\"valueCode\":\"no\"") "]},"
                     "{\"system\":\"phone\",\"use\":\"work\",\"value\":\"413-555-9999\",\"extension\":[" EXT("safe-contact", "\"valueBoolean\":true") "]}]}");
    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p2\",\"name\":[{\"family\":\"Gara\",\"given\":[\"Josef\"]}],\"birthDate\":\"1954-07-10\",\"gender\":\"male\"}");
    directory_put(d, "{\"resourceType\":\"Flag\",\"id\":\"f\",\"status\":\"active\",\"code\":{\"text\":\"falls\"},\"subject\":{\"reference\":\"Patient/p1\"}}");
    directory_put(d, "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"code\":{\"text\":\"penicillin\"},\"patient\":{\"reference\":\"Patient/p1\"}}");
    directory_put(d, "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a2\",\"clinicalStatus\":{\"coding\":[{\"code\":\"resolved\"}]},\"code\":{\"text\":\"milk\"},\"patient\":{\"reference\":\"Patient/p1\"}}");
    directory_put(d, "{\"resourceType\":\"Coverage\",\"id\":\"c1\",\"status\":\"active\",\"beneficiary\":{\"reference\":\"Patient/p1\"},\"payor\":[{\"display\":\"Old Plan\"}],\"period\":{\"start\":\"2025-01-01\",\"end\":\"2025-12-31\"}}");
    directory_put(d, "{\"resourceType\":\"Coverage\",\"id\":\"c2\",\"status\":\"active\",\"beneficiary\":{\"reference\":\"Patient/p1\"},\"payor\":[{\"display\":\"Medicare\"}],\"period\":{\"start\":\"2019-07-01\"}}");
    directory_put(d, "{\"resourceType\":\"Task\",\"id\":\"t1\",\"status\":\"requested\",\"intent\":\"order\",\"for\":{\"reference\":\"Patient/p1\"}}");
    directory_put(d, "{\"resourceType\":\"Goal\",\"id\":\"g1\",\"lifecycleStatus\":\"active\",\"description\":{\"text\":\"walk\"},\"subject\":{\"reference\":\"Patient/p1\"}}");
    ASSERT_OK(banner_load(d->st, "p1", &b, err));
    assert_string_equal(b.age, "72");
    assert_int_equal(b.n_alerts, 2);
    assert_string_equal(b.alert[0], "falls");
    assert_string_equal(b.alert[1], "penicillin");
    assert_string_equal(b.cover, "Medicare");
    assert_string_equal(b.phone_rule, "mobile -1187 (no voicemail)");
    assert_string_equal(b.permissions, "calls ok, no SMS");
    assert_string_equal(b.confidential, "only work -9999");
    assert_true(b.has_namesake);
    assert_int_equal(b.open_tasks, 1);
    assert_int_equal(b.open_goals, 1);
    banner_done(&b);
    ASSERT_RC(RC_NOT_FOUND, banner_load(d->st, "nobody", &b, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(registers_as_typed), DIRECTORY_TEST(an_edit_touches_one_thing), DIRECTORY_TEST(a_new_name_keeps_the_former),
        DIRECTORY_TEST(what_may_not_be_typed), DIRECTORY_TEST(a_merged_record_is_closed), cmocka_unit_test(marks_that_must_be_seen),
        DIRECTORY_TEST(hostile_names_are_cleaned), cmocka_unit_test(the_second_identifier), DIRECTORY_TEST(the_banner_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
