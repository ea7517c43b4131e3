/* If this fails, forms ask what the record knows, show a value of the wrong day or unit, or of somebody else. */
#include "tests/unit/directory.h"

#include "base/mem.h"
#include "intake/sitting/populate.h"
#include "intake/sitting/prefill.h"
#include "intake/sitting/sitting.h"
#include "intake/sitting/upgrade.h"

#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define CORE "http://hl7.org/fhir/StructureDefinition/"
#define EXPRESSION(url, more, language, text) "{\"url\":\"" url "\",\"valueExpression\":{" more "\"language\":\"" language "\",\"expression\":\"" text "\"}}"
#define QUERY(name, text) EXPRESSION(CORE "variable", "\"name\":\"" name "\",", "application/x-fhir-query", text)
#define INITIAL(text) "\"extension\":[" EXPRESSION(SDC "initialExpression", "", "text/fhirpath", text) "]"
#define ITEM(link, type, more) "{\"linkId\":\"" link "\",\"text\":\"" link "\",\"type\":\"" type "\"," more "}"
#define FORM(extensions, items) "{\"resourceType\":\"Questionnaire\",\"id\":\"form\",\"url\":\"http://example.org/form\",\"status\":\"active\",\"title\":\"A form\"," \
    "\"extension\":[" extensions "],\"item\":[" items "]}"
#define VALUE(id, code, day, value) "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]}," \
    "\"subject\":{\"reference\":\"Patient/p1\"},\"effectiveDateTime\":\"" day "\"," value "}"
#define QUANTITY(value, unit) "\"valueQuantity\":{\"value\":" value ",\"unit\":\"" unit "\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"" unit "\"}"
#define MEDICATION(id, text, day) "{\"resourceType\":\"MedicationRequest\",\"id\":\"" id "\",\"status\":\"active\",\"intent\":\"order\",\"medicationCodeableConcept\":{\"text\":\"" text "\"}," \
    "\"subject\":{\"reference\":\"Patient/p1\"},\"authoredOn\":\"" day "\"}"

static void people(struct directory *d)
{
    directory_put(d, PERSON("p1", "Testing"));
    directory_put(d, PERSON("p2", "Another"));
}

static void start(struct directory *d, const char *form, struct sitting *s)
{
    struct grant grant = directory_grant("form fill", "p1");

    directory_put(d, form);
    ASSERT_OK(sitting_start(d->st, &grant, "form", "p1", s, err));
}

static void save(struct directory *d, struct sitting *s, const char *path)
{
    struct grant grant = directory_grant("form fill", "p1");

    ASSERT_OK(sitting_save(d->st, &grant, s, path, path, err));
}

static void again(struct directory *d, struct sitting *s)
{
    struct grant grant = directory_grant("form fill", "p1");
    char id[72];

    strcpy(id, s->draft.id);
    sitting_done(s);
    ASSERT_OK(sitting_resume(d->st, &grant, id, s, err));
}

static void assert_answer(const struct sitting *s, const char *path, const char *wanted, const char *from)
{
    const struct form_row *row = form_row_by_path(s->form, path);
    char *words;

    if (!row)
        fail_msg("%s is not asked", path);
    words = form_answer_words(s->form, row, 0);
    if (strcmp(words, wanted) || strcmp(row->from_record, from))
        fail_msg("%s: '%s' '%s', not '%s' '%s'", path, words, row->from_record, wanted, from);
    free(words);
}

static const char height_form[] = FORM(QUERY("height", "Observation?code=http://loinc.org|8302-2&_count=1&_sort=-date&patient={{%patient.id}}"),
    ITEM("cm", "decimal", INITIAL("%height.entry.resource.value.value")) "," ITEM("born", "date", INITIAL("%patient.birthDate")) ","
    ITEM("today", "date", INITIAL("today()")) "," ITEM("other", "string", "\"maxLength\":40"));

static void heights(struct directory *d)
{
    people(d);
    directory_put(d, VALUE("h1", "8302-2", "2026-05-12", QUANTITY("172.5", "cm")));
    directory_put(d, VALUE("h0", "8302-2", "2024-05-12", QUANTITY("171", "cm")));
}

static void a_first_value_says_where_it_is_from_until_a_person_answers(void **state)
{
    struct directory *d = *state;
    struct sitting s;

    heights(d);
    start(d, height_form, &s);
    assert_answer(&s, "cm", "172.5", "from 12 May 2026");
    assert_answer(&s, "born", "1 Jan 1970", "from the record");
    assert_answer(&s, "today", "23 Nov 2026", "");          /* nobody's record */
    directory_put(d, VALUE("h2", "8302-2", "2026-11-22", QUANTITY("173", "cm")));
    again(d, &s);                                           /* left before anything was typed */
    assert_answer(&s, "cm", "172.5", "from 12 May 2026");
    ASSERT_OK(form_type_answer(s.form, "other", "x", err));
    save(d, &s, "other");
    again(d, &s);
    assert_answer(&s, "cm", "172.5", "from 12 May 2026");   /* what was shown stays, also when the record goes on */
    ASSERT_OK(form_type_answer(s.form, "cm", "174", err));
    save(d, &s, "cm");
    assert_answer(&s, "cm", "174", "");
    again(d, &s);
    assert_answer(&s, "cm", "174", "");
    ASSERT_OK(form_type_answer(s.form, "cm", "", err));
    save(d, &s, "cm");
    again(d, &s);
    assert_answer(&s, "cm", "", "");                        /* cleared stays cleared */
    sitting_done(&s);
}

static void what_was_read_of_the_patient_is_on_record(void **state)
{
    struct directory *d = *state;
    struct sitting s;

    heights(d);
    start(d, height_form, &s);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE patient = 'p1' AND detail LIKE 'draft=%read for it: Observation=1'"), 1);
    save(d, &s, "other");
    save(d, &s, "other");       /* nothing more was read */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE detail LIKE '%read for it%'"), 1);
    sitting_done(&s);
}

/* A form made to pull somebody else's record gets nothing, says so, and stays fillable. */
static void a_form_for_one_never_shows_anothers(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    bool said = false;

    heights(d);
    directory_put(d, "{\"resourceType\":\"Observation\",\"id\":\"theirs\",\"status\":\"final\",\"code\":{\"text\":\"HIV\"},\"subject\":{\"reference\":\"Patient/p2\"},"
        "\"valueString\":\"positive\"}");
    start(d, FORM(QUERY("a", "Observation?patient=p2") "," QUERY("b", "Observation/theirs") "," QUERY("c", "Patient/p2") "," QUERY("d", "Observation?_id=theirs"),
        ITEM("a", "string", INITIAL("%a.entry.resource.value")) "," ITEM("b", "string", INITIAL("%b.value")) ","
        ITEM("c", "string", INITIAL("%c.name.family")) "," ITEM("d", "string", INITIAL("%d.entry.resource.value"))), &s);
    for (const char *path = "abcd"; *path; path++)
        assert_answer(&s, (char[]){ *path, '\0' }, "", "");
    for (size_t i = 0; i < form_defects(s.form); i++)
        said |= strstr(form_defect(s.form, i), "another person") != NULL;
    assert_true(said);
    ASSERT_OK(form_type_answer(s.form, "a", "typed", err));
    sitting_done(&s);
}

static void the_visit_and_who_is_signed_in_are_known(void **state)
{
    struct directory *d = *state;
    static const char form[] = FORM("{\"url\":\"" SDC "launchContext\",\"extension\":[{\"url\":\"name\",\"valueCoding\":{\"code\":\"encounter\"}},{\"url\":\"type\",\"valueCode\":\"Encounter\"}]}",
        ITEM("reason", "string", INITIAL("%encounter.reasonCode.text")) "," ITEM("visit", "string", INITIAL("%encounter.id")) "," ITEM("who", "string", INITIAL("%user.name.family")));
    struct sitting s;

    people(d);
    directory_put(d, "{\"resourceType\":\"Practitioner\",\"id\":\"staff-1\",\"name\":[{\"family\":\"Patel\"}]}");
    directory_put(d, "{\"resourceType\":\"Appointment\",\"id\":\"a1\",\"status\":\"arrived\",\"start\":\"2026-11-23T13:00:00Z\",\"end\":\"2026-11-23T13:20:00Z\","
        "\"reasonCode\":[{\"text\":\"check-up\"}],\"participant\":[{\"actor\":{\"reference\":\"Patient/p1\"},\"status\":\"accepted\"},"
        "{\"actor\":{\"reference\":\"Practitioner/staff-1\"},\"status\":\"accepted\"}]}");
    start(d, form, &s);
    assert_answer(&s, "reason", "check-up", "from 23 Nov 2026");
    assert_answer(&s, "visit", "", "");                     /* told by the appointment: not a resource of its own */
    assert_answer(&s, "who", "Patel", "");
    sitting_done(&s);
    directory_put(d, "{\"resourceType\":\"Encounter\",\"id\":\"old\",\"status\":\"in-progress\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/p1\"},"
        "\"period\":{\"start\":\"2019-01-01\"}}");
    directory_put(d, "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"in-progress\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/p1\"},"
        "\"reasonCode\":[{\"text\":\"cough\"}],\"period\":{\"start\":\"2026-11-23T12:30:00Z\"}}");
    {
        struct grant grant = directory_grant("form fill", "p1");

        ASSERT_OK(sitting_start(d->st, &grant, "form", "p1", &s, err));
    }
    assert_answer(&s, "visit", "e1", "from 23 Nov 2026");
    assert_answer(&s, "reason", "cough", "from 23 Nov 2026");
    sitting_done(&s);
}

/* The requests that travel with a form are answered each in its place, also where one finds nothing. */
static void queries_that_travel_with_the_form_keep_their_places(void **state)
{
    struct directory *d = *state;
    static const char form[] = "{\"resourceType\":\"Questionnaire\",\"id\":\"form\",\"status\":\"active\",\"contained\":[{\"resourceType\":\"Bundle\",\"id\":\"Queries\",\"type\":\"batch\",\"entry\":["
        "{\"request\":{\"method\":\"GET\",\"url\":\"Observation?flavour=1\"}},{\"request\":{\"method\":\"GET\",\"url\":\"Condition?patient={{%patient.id}}\"}},"
        "{\"request\":{\"method\":\"GET\",\"url\":\"Observation?code=8302-2&_count=1&_sort=-date&patient={{%patient.id}}\"}}]}],"
        "\"extension\":[{\"url\":\"" SDC "sourceQueries\",\"valueReference\":{\"reference\":\"#Queries\"}}],"
        "\"item\":[" ITEM("cm", "decimal", INITIAL("%Queries.entry[2].resource.entry.resource.value.value")) ","
        ITEM("ill", "boolean", INITIAL("%Queries.entry[1].resource.entry.resource.exists()")) "]}";
    struct sitting s;

    heights(d);
    start(d, form, &s);
    assert_answer(&s, "cm", "172.5", "from 12 May 2026");
    assert_answer(&s, "ill", "No", "from the record");
    sitting_done(&s);
}

#define GROUP(language, context, more) "{\"linkId\":\"med\",\"type\":\"group\",\"repeats\":true,\"extension\":[" \
    EXPRESSION(SDC "itemPopulationContext", "\"name\":\"med\",", language, context) "],\"item\":[" \
    ITEM("name", "string", INITIAL("%med.medication.text")) "," \
    ITEM("since", "date", "\"readOnly\":true,\"extension\":[" EXPRESSION(SDC "calculatedExpression", "", "text/fhirpath", "%med.authoredOn") "]") "]" more "}"

static const char medicines_form[] = FORM(QUERY("all", "MedicationRequest?patient={{%patient.id}}&status=active"),
    GROUP("text/fhirpath", "%all.entry.resource", "") "," ITEM("other", "string", "\"maxLength\":40"));

static void medicines(struct directory *d)
{
    people(d);
    directory_put(d, MEDICATION("m1", "Metformin", "2026-01-01"));
    directory_put(d, MEDICATION("m2", "Ramipril", "2026-02-02"));
    directory_put(d, MEDICATION("m3", "Aspirin", "2026-03-03"));
}

static void a_group_is_made_for_each_item_of_its_context(void **state)
{
    struct directory *d = *state;
    struct sitting s;

    medicines(d);
    start(d, medicines_form, &s);
    assert_answer(&s, "med[0]/name", "Aspirin", "from 3 Mar 2026");
    assert_answer(&s, "med[1]/name", "Ramipril", "from 2 Feb 2026");
    assert_answer(&s, "med[2]/name", "Metformin", "from 1 Jan 2026");
    assert_answer(&s, "med[2]/since", "1 Jan 2026", "");
    assert_null(form_row_by_path(s.form, "med[3]/name"));
    ASSERT_OK(form_unrepeat(s.form, "med[1]", err));        /* no longer taken: it must not come back */
    save(d, &s, "other");
    directory_put(d, MEDICATION("m4", "Statin", "2026-04-04"));
    again(d, &s);
    assert_answer(&s, "med[0]/name", "Aspirin", "from 3 Mar 2026");
    assert_answer(&s, "med[1]/name", "Metformin", "from 1 Jan 2026");
    assert_answer(&s, "med[1]/since", "1 Jan 2026", "");    /* worked out of what is no longer bound: kept */
    assert_string_equal(form_row_by_path(s.form, "med[1]/since")->note, "");
    assert_null(form_row_by_path(s.form, "med[2]/name"));
    ASSERT_OK(form_repeat(s.form, "med[0]", err));
    assert_answer(&s, "med[2]/name", "", "");
    sitting_done(&s);
}

static void a_query_gives_its_resources_and_an_empty_one_a_blank_group(void **state)
{
    struct directory *d = *state;
    struct sitting s;

    medicines(d);
    start(d, FORM("", GROUP("application/x-fhir-query", "MedicationRequest?status=active&patient={{%patient.id}}", "") ","
        "{\"linkId\":\"all\",\"type\":\"string\",\"repeats\":true,\"extension\":[" EXPRESSION(SDC "itemPopulationContext", "\"name\":\"every\",", "application/x-fhir-query", "MedicationRequest") ","
        EXPRESSION(SDC "initialExpression", "", "text/fhirpath", "%every.medication.text") "]},"
        "{\"linkId\":\"one\",\"type\":\"group\",\"extension\":[" EXPRESSION(SDC "itemPopulationContext", "\"name\":\"one\",", "application/x-fhir-query", "MedicationRequest") "],\"item\":["
        ITEM("name", "string", INITIAL("%one.medication.text")) "]}"), &s);
    assert_answer(&s, "med[2]/name", "Metformin", "from 1 Jan 2026");
    assert_int_equal(form_row_by_path(s.form, "all")->n_answers, 3);
    assert_answer(&s, "one/name", "", "");                  /* three for a group that does not repeat: which of them? */
    sitting_done(&s);
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"none\",\"status\":\"active\",\"item\":[" GROUP("application/x-fhir-query", "MedicationRequest?status=stopped", "") "]}");
    {
        struct grant grant = directory_grant("form fill", "p1");

        ASSERT_OK(sitting_start(d->st, &grant, "none", "p1", &s, err));
    }
    assert_answer(&s, "med[0]/name", "", "");
    assert_null(form_row_by_path(s.form, "med[1]/name"));
    sitting_done(&s);
}

#define LINKED(link, type, code, period, unit, more) ITEM(link, type, "\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}],\"extension\":[" \
    "{\"url\":\"" SDC "observationLinkPeriod\",\"valueDuration\":{\"value\":" period ",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mo\"}}," \
    "{\"url\":\"" CORE "questionnaire-unit\",\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"" unit "\",\"display\":\"" unit "\"}}]" more)

static void the_newest_observation_within_its_period_is_taken(void **state)
{
    struct directory *d = *state;
    struct sitting s;

    people(d);
    directory_put(d, VALUE("old", "29463-7", "2025-10-01", QUANTITY("80", "kg")));
    directory_put(d, VALUE("new", "29463-7", "2026-11-01", QUANTITY("150", "[lb_av]")));
    directory_put(d, VALUE("text", "29463-7", "2026-11-20", "\"valueString\":\"heavy\""));
    directory_put(d, VALUE("of", "29463-7", "2026-11-21", "\"focus\":[{\"reference\":\"RelatedPerson/baby\"}]," QUANTITY("3.5", "kg")));
    directory_put(d, "{\"resourceType\":\"Observation\",\"id\":\"early\",\"status\":\"preliminary\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"}]},"
        "\"subject\":{\"reference\":\"Patient/p1\"},\"effectiveDateTime\":\"2026-11-22\"," QUANTITY("99", "kg") "}");
    directory_put(d, VALUE("temp", "8310-5", "2026-01-01", QUANTITY("37.1", "Cel")));
    directory_put(d, VALUE("smoke", "72166-2", "2026-06-06", "\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"266919005\",\"display\":\"Never\"}]}"));
    directory_put(d, VALUE("bp", "85354-9", "2026-11-11", "\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]}," QUANTITY("128", "mm[Hg]") "},"
        "{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]}," QUANTITY("77", "mm[Hg]") "}]"));
    start(d, FORM("", LINKED("kg", "decimal", "29463-7", "12", "kg", "") "," LINKED("lb", "quantity", "29463-7", "12", "[lb_av]", "") ","
        LINKED("stone", "decimal", "29463-7", "12", "mm[Hg]", "") "," LINKED("temp", "decimal", "8310-5", "3", "Cel", "") ","
        LINKED("smoke", "choice", "72166-2", "12", "1", ",\"answerOption\":[{\"valueCoding\":{\"system\":\"http://snomed.info/sct\",\"code\":\"266919005\",\"display\":\"Never smoked\"}}]") ","
        "{\"linkId\":\"bp\",\"type\":\"group\",\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}],\"item\":["
        LINKED("high", "integer", "8480-6", "12", "mm[Hg]", "") "," LINKED("low", "quantity", "8462-4", "12", "mm[Hg]", "") "]}"), &s);
    assert_answer(&s, "kg", "68.039", "from 1 Nov 2026");   /* in the question's unit */
    assert_answer(&s, "lb", "150 [lb_av]", "from 1 Nov 2026");
    assert_answer(&s, "stone", "", "");                     /* no unit of the same kind */
    assert_answer(&s, "temp", "", "");                      /* too long ago */
    assert_answer(&s, "smoke", "Never", "from 6 Jun 2026");
    assert_answer(&s, "bp/high", "128", "from 11 Nov 2026");
    assert_answer(&s, "bp/low", "77 mm[Hg]", "from 11 Nov 2026");
    sitting_done(&s);
}

/* What {{ }} puts into a search: codes with their systems, several as any of them, references as addresses. */
static void codes_and_references_are_asked_as_searches_say_them(void **state)
{
    struct directory *d = *state;
    struct sitting s;

    directory_put(d, "{\"resourceType\":\"Practitioner\",\"id\":\"d1\",\"name\":[{\"family\":\"Patel\"}],\"communication\":[{\"coding\":[{\"system\":\"urn:ietf:bcp:47\",\"code\":\"pt\"}]}]}");
    directory_put(d, "{\"resourceType\":\"Practitioner\",\"id\":\"d2\",\"name\":[{\"family\":\"Other\"}],\"communication\":[{\"coding\":[{\"system\":\"urn:x\",\"code\":\"pt\"}]}]}");
    directory_put(d, "{\"resourceType\":\"Organization\",\"id\":\"o1\",\"name\":\"Clinic\"}");
    directory_put(d, "{\"resourceType\":\"Location\",\"id\":\"l1\",\"name\":\"Main street\",\"managingOrganization\":{\"reference\":\"Organization/o1\"}}");
    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Testing\"}],\"managingOrganization\":{\"reference\":\"Organization/o1\"},"
        "\"communication\":[{\"language\":{\"coding\":[{\"system\":\"urn:ietf:bcp:47\",\"code\":\"es\"},{\"system\":\"urn:ietf:bcp:47\",\"code\":\"pt\"}]}}]}");
    start(d, FORM(QUERY("who", "Practitioner?communication={{%patient.communication.language}}") "," QUERY("where", "Location?organization={{%patient.managingOrganization}}") ","
        QUERY("none", "Location?organization={{%patient.contact.organization}}"),
        ITEM("who", "string", INITIAL("%who.entry.resource.name.family")) "," ITEM("where", "string", INITIAL("%where.entry.resource.name")) ","
        ITEM("none", "string", INITIAL("%none.entry.resource.name"))), &s);
    assert_answer(&s, "who", "Patel", "from the record");
    assert_answer(&s, "where", "Main street", "from the record");
    assert_answer(&s, "none", "", "");
    assert_int_equal(form_defects(s.form), 0);              /* nothing to ask is no fault of the form */
    sitting_done(&s);
}

static void a_resource_answers_a_question_that_asks_for_a_reference(void **state)
{
    struct directory *d = *state;
    struct sitting s;

    medicines(d);
    directory_put(d, "{\"resourceType\":\"Organization\",\"id\":\"o1\",\"name\":\"Clinic\"}");
    start(d, FORM("", ITEM("where", "reference", "\"extension\":[" EXPRESSION(SDC "initialExpression", "", "application/x-fhir-query", "Organization?_id=o1") "]")), &s);
    assert_answer(&s, "where", "Clinic", "from the record");
    sitting_done(&s);
}

/* --- What the record says by now --- */

static struct prefill differences(struct directory *d, struct sitting *s)
{
    struct grant grant = directory_grant("form prefill", "p1");
    struct prefill found;

    ASSERT_OK(prefill_find(d->st, &grant, s, &found, err));
    return found;
}

static void assert_line(const struct prefill *p, size_t i, const char *path, const char *now, const char *record_says, const char *from)
{
    const struct prefill_line *line = i < p->n ? &p->line[i] : NULL;

    if (!line)
        fail_msg("only %zu differences", p->n);
    if (strcmp(line->path, path) || strcmp(line->now, now) || strcmp(line->record, record_says) || strcmp(line->from, from))
        fail_msg("%s: '%s' '%s' '%s'", line->path, line->now, line->record, line->from);
}

static void the_differences_are_shown_and_only_what_is_taken_is_changed(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    struct prefill found;

    heights(d);
    start(d, height_form, &s);
    found = differences(d, &s);
    assert_int_equal(found.n, 0);                           /* just filled in: nothing differs */
    prefill_done(&found);
    ASSERT_OK(form_type_answer(s.form, "born", "1 feb 1971", err));
    ASSERT_OK(form_type_answer(s.form, "today", "1 jan 2026", err));     /* not the record's: never a difference */
    save(d, &s, "born");
    directory_put(d, VALUE("h2", "8302-2", "2026-11-22", QUANTITY("173", "cm")));
    found = differences(d, &s);
    assert_int_equal(found.n, 2);
    assert_line(&found, 0, "cm", "172.5", "173", "from 22 Nov 2026");
    assert_line(&found, 1, "born", "1 Feb 1971", "1 Jan 1970", "from the record");
    assert_answer(&s, "cm", "172.5", "from 12 May 2026");   /* shown, not done */
    ASSERT_OK(prefill_take(&s, &found.line[0], err));
    assert_answer(&s, "cm", "173", "from 22 Nov 2026");
    assert_answer(&s, "born", "1 Feb 1971", "");
    prefill_done(&found);
    save(d, &s, NULL);
    again(d, &s);
    assert_answer(&s, "cm", "173", "from 22 Nov 2026");
    found = differences(d, &s);
    assert_int_equal(found.n, 1);
    prefill_done(&found);
    assert_true(directory_number(d, "SELECT count(*) FROM audit WHERE patient = 'p1' AND action = 'form prefill' AND detail LIKE 'draft=%read for it%'") > 0);
    sitting_done(&s);
}

static void what_is_new_in_the_record_is_one_more_group(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    struct prefill found;

    medicines(d);
    start(d, medicines_form, &s);
    ASSERT_OK(form_unrepeat(s.form, "med[1]", err));
    save(d, &s, "other");
    directory_put(d, MEDICATION("m4", "Statin", "2026-04-04"));
    again(d, &s);
    found = differences(d, &s);
    assert_int_equal(found.n, 2);                           /* the new one, and the one taken out: both may be wanted */
    assert_line(&found, 0, "med[0]", "", "Statin", "from 4 Apr 2026");
    assert_line(&found, 1, "med[0]", "", "Ramipril", "from 2 Feb 2026");
    ASSERT_OK(prefill_take(&s, &found.line[0], err));
    assert_answer(&s, "med[2]/name", "Statin", "from 4 Apr 2026");
    assert_null(form_row_by_path(s.form, "med[3]/name"));
    prefill_done(&found);
    sitting_done(&s);
}

/* Another version of the form: what was taken out stays out, what is new is filled in. */
static void a_newer_form_fills_in_only_what_is_new(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form upgrade", "p1");
    struct upgrade u = { 0 };
    struct sitting s;
    char *newer;

    medicines(d);
    start(d, medicines_form, &s);
    ASSERT_OK(form_unrepeat(s.form, "med[1]", err));
    save(d, &s, "other");
    newer = mem_printf("%.*s,%s]}", (int)strlen(medicines_form) - 2, medicines_form,
                       ITEM("born", "date", INITIAL("%patient.birthDate")) ",{\"linkId\":\"new\",\"type\":\"group\",\"repeats\":true,\"extension\":["
                       EXPRESSION(SDC "itemPopulationContext", "\"name\":\"one\",", "application/x-fhir-query", "MedicationRequest") "],\"item\":["
                       ITEM("called", "string", INITIAL("%one.medication.text")) "]}");
    memcpy(strstr(newer, "\"id\":\"form\""), "\"id\":\"next\"", strlen("\"id\":\"next\""));
    directory_put(d, newer);
    free(newer);
    ASSERT_OK(upgrade_apply(d->st, &grant, s.draft.id, NULL, &u, err));
    upgrade_done(&u);
    again(d, &s);
    assert_answer(&s, "med[0]/name", "Aspirin", "from 3 Mar 2026");
    assert_answer(&s, "med[1]/name", "Metformin", "from 1 Jan 2026");
    assert_null(form_row_by_path(s.form, "med[2]/name"));
    assert_answer(&s, "born", "1 Jan 1970", "from the record");
    assert_answer(&s, "new[2]/called", "Metformin", "from 1 Jan 2026");
    sitting_done(&s);
}

static void another_patients_grant_finds_nothing_out(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form prefill", "p2");
    struct prefill found;
    struct sitting s;

    heights(d);
    start(d, height_form, &s);
    ASSERT_RC(RC_DENIED, prefill_find(d->st, &grant, &s, &found, err));
    sitting_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(a_first_value_says_where_it_is_from_until_a_person_answers), DIRECTORY_TEST(what_was_read_of_the_patient_is_on_record),
        DIRECTORY_TEST(a_form_for_one_never_shows_anothers), DIRECTORY_TEST(the_visit_and_who_is_signed_in_are_known),
        DIRECTORY_TEST(queries_that_travel_with_the_form_keep_their_places), DIRECTORY_TEST(a_group_is_made_for_each_item_of_its_context),
        DIRECTORY_TEST(a_query_gives_its_resources_and_an_empty_one_a_blank_group),
        DIRECTORY_TEST(the_newest_observation_within_its_period_is_taken),
        DIRECTORY_TEST(codes_and_references_are_asked_as_searches_say_them),
        DIRECTORY_TEST(a_resource_answers_a_question_that_asks_for_a_reference),
        DIRECTORY_TEST(the_differences_are_shown_and_only_what_is_taken_is_changed),
        DIRECTORY_TEST(what_is_new_in_the_record_is_one_more_group), DIRECTORY_TEST(another_patients_grant_finds_nothing_out),
        DIRECTORY_TEST(a_newer_form_fills_in_only_what_is_new),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
