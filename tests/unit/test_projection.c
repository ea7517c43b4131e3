/* A screen would show what no document says, or miss what one does; a reindex would change something. */
#include "tests/unit/directory.h"

#include "base/crypto.h"
#include "store/projection.h"

#define ABOUT "\"subject\":{\"reference\":\"Patient/p1\"}"
#define CODE(words) "\"code\":{\"coding\":[{\"system\":\"urn:x\",\"code\":\"c1\"}],\"text\":\"" words "\"}"

/* The event row of each type, written out by hand from FHIR R4 and SCREENS. */
static void events_by_type(void **state)
{
    static const struct { const char *json, *row; } cases[] = {
        {"{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"type\":[{\"text\":\"Diabetes review\"}]," ABOUT
         ",\"participant\":[{\"individual\":{\"display\":\"Dr Patel\"}}],\"period\":{\"start\":\"2026-10-30T14:00:00Z\"}}",
         "2026-10-30 10:00:00|visit|finished|Diabetes review|Dr Patel|"},
        {"{\"resourceType\":\"Observation\",\"id\":\"e\",\"status\":\"final\"," CODE("Hemoglobin A1c") "," ABOUT
         ",\"effectiveDateTime\":\"2026-10-30\",\"valueQuantity\":{\"value\":7.90,\"unit\":\"%\"}}",
         "2026-10-30|measurement|final|Hemoglobin A1c|7.90 %|c1"},      /* a date stays a date; digits stay */
        {"{\"resourceType\":\"Observation\",\"id\":\"e\",\"status\":\"final\"," CODE("Blood pressure") "," ABOUT ",\"component\":["
         "{\"code\":{\"text\":\"Systolic\"},\"valueQuantity\":{\"value\":120,\"unit\":\"mmHg\"}},"
         "{\"code\":{\"text\":\"Diastolic\"},\"valueQuantity\":{\"value\":80,\"unit\":\"mmHg\"}}]}",
         "|measurement|final|Blood pressure|Systolic 120 mmHg, Diastolic 80 mmHg|c1"},
        {"{\"resourceType\":\"Condition\",\"id\":\"e\",\"clinicalStatus\":{\"coding\":[{\"code\":\"resolved\"}]}," CODE("Asthma") "," ABOUT
         ",\"onsetDateTime\":\"1990\",\"abatementDateTime\":\"2001-05-06\"}",
         "1990|condition|resolved|Asthma|until 2001-05-06|c1"},
        {"{\"resourceType\":\"Condition\",\"id\":\"e\",\"verificationStatus\":{\"coding\":[{\"code\":\"entered-in-error\"}]}," CODE("Asthma") "," ABOUT "}",
         "|condition|entered-in-error|Asthma||c1"},
        {"{\"resourceType\":\"AllergyIntolerance\",\"id\":\"e\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]}," CODE("Penicillin")
         ",\"criticality\":\"high\",\"patient\":{\"reference\":\"Patient/p1\"},\"reaction\":[{\"manifestation\":[{\"text\":\"hives\"},{\"text\":\"cough\"}]}]}",
         "|allergy|active|Penicillin|high, hives, cough|c1"},
        {"{\"resourceType\":\"MedicationRequest\",\"id\":\"e\",\"status\":\"active\",\"intent\":\"order\",\"medicationCodeableConcept\":{\"text\":\"Metformin 500 mg\"}," ABOUT
         ",\"authoredOn\":\"2026-01-02\",\"dosageInstruction\":[{\"text\":\"one twice a day\"}]}",
         "2026-01-02|medication|active|Metformin 500 mg|one twice a day|"},
        {"{\"resourceType\":\"Goal\",\"id\":\"e\",\"lifecycleStatus\":\"active\",\"description\":{\"text\":\"A1c under 7\"}," ABOUT
         ",\"achievementStatus\":{\"coding\":[{\"code\":\"in-progress\"}]},\"startDate\":\"2026-02-03\"}",
         "2026-02-03|goal|active|A1c under 7|in-progress|"},
        {"{\"resourceType\":\"Coverage\",\"id\":\"e\",\"status\":\"active\",\"beneficiary\":{\"reference\":\"Patient/p1\"},\"payor\":[{\"display\":\"Medicare\"}],"
         "\"period\":{\"start\":\"2020-01-01\",\"end\":\"2026-12-31\"}}",
         "2020-01-01|coverage|active|Medicare|until 2026-12-31|"},
        {"{\"resourceType\":\"ServiceRequest\",\"id\":\"e\",\"status\":\"active\",\"intent\":\"order\",\"category\":[{\"text\":\"referral\",\"coding\":[{\"code\":\"referral\"}]}],"
         "\"code\":{\"text\":\"Cardiology\"}," ABOUT ",\"authoredOn\":\"2026-09-12\"}",
         "2026-09-12|referral|active|Cardiology||"},
        {"{\"resourceType\":\"Flag\",\"id\":\"e\",\"status\":\"active\",\"code\":{\"text\":\"falls\"}," ABOUT "}", "|alert|active|falls||"},
        {"{\"resourceType\":\"VisionPrescription\",\"id\":\"e\",\"status\":\"active\",\"created\":\"2026-03-04\",\"patient\":{\"reference\":\"Patient/p1\"},"
         "\"dateWritten\":\"2026-03-04\",\"prescriber\":{\"display\":\"x\"},\"lensSpecification\":[{\"product\":{\"text\":\"lens\"},\"eye\":\"right\"}]}",
         "2026-03-04|other|active|Vision prescription||"},
        {"{\"resourceType\":\"Communication\",\"id\":\"e\",\"status\":\"not-done\"," ABOUT ",\"sent\":\"2026-11-19T15:00:00-05:00\",\"medium\":[{\"coding\":[{\"code\":\"PHONE\"}]}],"
         "\"reasonCode\":[{\"text\":\"A1c result\"}],\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/contact-outcome\",\"valueCode\":\"none\"}]}",
         "2026-11-19 15:00:00|call out|not-done|none|A1c result|none"},
        {"{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"e\",\"status\":\"completed\",\"questionnaire\":\"http://x.example/phq9|1\"," ABOUT
         ",\"authored\":\"2026-10-30T10:00:00-04:00\",\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/score\","
         "\"extension\":[{\"url\":\"name\",\"valueString\":\"PHQ-9\"},{\"url\":\"value\",\"valueDecimal\":7},{\"url\":\"band\",\"valueString\":\"mild\"}]}]}",
         "2026-10-30 10:00:00|form|completed||PHQ-9 7, mild|http://x.example/phq9|1"},
        {"{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"e\",\"status\":\"completed\",\"questionnaire\":\"http://x.example/phq9|1\"," ABOUT
         ",\"authored\":\"2026-10-30T10:00:00-04:00\",\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/score\","
         "\"extension\":[{\"url\":\"name\",\"valueString\":\"PHQ-9\"},{\"url\":\"answered\",\"valueInteger\":5},{\"url\":\"of\",\"valueInteger\":9}]}]}",
         "2026-10-30 10:00:00|form|completed||PHQ-9 ? [5/9]|http://x.example/phq9|1"},
    };
    struct directory *d = *state;

    directory_put(d, PERSON("p1", "Marsh"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct query *q;
        char row[400] = "";

        ASSERT_OK(store_begin(d->st, err));
        struct doc *doc = NULL;
        ASSERT_OK(doc_parse(cases[i].json, strlen(cases[i].json), &doc, err));
        const struct projection *p = projection_for(doc_type(doc));
        ASSERT_OK(p->write(d->st, 9000, doc_root(doc), err));
        q = query_open(d->st, "SELECT at || '|' || kind || '|' || status || '|' || title || '|' || detail || '|' || code FROM event WHERE key = 9000");
        if (query_next(q))
            snprintf(row, sizeof row, "%s", query_text(q, 0));
        ASSERT_OK(query_end(q, err));
        if (strcmp(row, cases[i].row) != 0)
            fail_msg("%s:\n  is      %s\n  must be %s", doc_type(doc), row, cases[i].row);
        ASSERT_OK(p->erase(d->st, 9000, err));
        assert_int_equal(directory_number(d, "SELECT count(*) FROM event"), 0);
        doc_free(doc);
        ASSERT_OK(store_end(d->st, RC_OK, err));
    }
}

/* What is about nobody, and what only traces other resources, has no place on a timeline. */
static void no_event_for_others(void **state)
{
    struct directory *d = *state;

    directory_put(d, "{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"Clinic\"}");
    directory_put(d, "{\"resourceType\":\"Provenance\",\"id\":\"v\",\"target\":[{\"reference\":\"Patient/p1\"}],\"recorded\":\"2026-01-01T00:00:00Z\","
                     "\"agent\":[{\"who\":{\"reference\":\"Patient/p1\"}}]}");
    assert_int_equal(directory_number(d, "SELECT count(*) FROM event"), 0);
}

static char *text_of(struct directory *d, const char *sql)
{
    struct query *q = query_open(d->st, sql);
    char *text = strdup(query_next(q) ? query_text(q, 0) : "(none)");

    assert_int_equal(query_end(q, NULL), RC_OK);
    return text;
}

static void assert_text(struct directory *d, const char *sql, const char *want)
{
    char *is = text_of(d, sql);

    assert_string_equal(is, want);
    free(is);
}

static void a_person_as_listed(void **state)
{
    static const char sql[] = "SELECT name || '|' || usual || '|' || birth || '|' || birth_estimated || '|' || sex || '|' || mrn || '|' || phone"
                              " || '|' || deceased || '|' || active || '|' || test || '|' || merged_into || '|' || language || '|' || interpreter"
                              " FROM person WHERE id = 'p1'";
    static const struct { const char *json, *row; } cases[] = {
        {"{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"use\":\"official\",\"family\":\"Doe\",\"given\":[\"Jane\"]}]}",
         "Doe, Jane|||0|||||1|0|||0"},
        {"{\"resourceType\":\"Patient\",\"id\":\"p1\",\"meta\":{\"security\":[{\"code\":\"HTEST\"}]},\"active\":false,"
         "\"name\":[{\"use\":\"usual\",\"given\":[\"Pepe\"]},{\"use\":\"official\",\"family\":\"Roe\",\"given\":[\"José\"]}],\"gender\":\"male\",\"birthDate\":\"1954\","
         "\"_birthDate\":{\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/birth-estimated\",\"valueBoolean\":true}]},"
         "\"identifier\":[{\"type\":{\"coding\":[{\"code\":\"MR\"}]},\"value\":\"A1\"},{\"system\":\"https://frontdesk.example/fhir/record-number\",\"value\":\"004512\"}],"
         "\"telecom\":[{\"system\":\"phone\",\"value\":\"1\",\"use\":\"old\"},{\"system\":\"phone\",\"value\":\"2\"},{\"system\":\"phone\",\"value\":\"3 3\",\"use\":\"mobile\"}],"
         "\"deceasedDateTime\":\"2024-02-03\",\"link\":[{\"type\":\"replaced-by\",\"other\":{\"reference\":\"Patient/p9\"}}],"
         "\"communication\":[{\"language\":{\"coding\":[{\"code\":\"en\"}]}},{\"language\":{\"coding\":[{\"code\":\"es\"}],\"text\":\"Spanish\"},\"preferred\":true}],"
         "\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired\",\"valueBoolean\":true}]}",
         "Roe, José|Pepe|1954|1|M|004512|3 3|2024-02-03|0|1|p9|Spanish|1"},
    };
    struct directory *d = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc = NULL;

        ASSERT_OK(store_begin(d->st, err));
        ASSERT_OK(doc_parse(cases[i].json, strlen(cases[i].json), &doc, err));
        ASSERT_OK(projection_for("Patient")->write(d->st, 9000, doc_root(doc), err));
        assert_text(d, sql, cases[i].row);
        ASSERT_OK(projection_for("Patient")->erase(d->st, 9000, err));
        ASSERT_OK(store_end(d->st, RC_OK, err));
        doc_free(doc);
    }
    assert_int_equal(directory_number(d, "SELECT (SELECT count(*) FROM name_word) + (SELECT count(*) FROM name_variant) + (SELECT count(*) FROM person_key)"), 0);
}

#define INBOUND(id) "{\"resourceType\":\"Communication\",\"id\":\"" id "\",\"status\":\"completed\"," ABOUT \
    ",\"sender\":{\"reference\":\"Patient/p1\"},\"received\":\"2026-11-22T06:00:00-05:00\",\"medium\":[{\"coding\":[{\"code\":\"SMSWRIT\"}]}]," \
    "\"payload\":[{\"contentString\":\"Is the test fasting?\"}]}"
#define ANSWER(id, to, status) "{\"resourceType\":\"Communication\",\"id\":\"" id "\",\"status\":\"" status "\"," ABOUT \
    ",\"sent\":\"2026-11-22T08:00:00-05:00\",\"inResponseTo\":[{\"reference\":\"Communication/" to "\"}]}"

/* An answer ends the waiting whether it comes after or before; a mistaken one does not. */
static void an_answer_ends_waiting(void **state)
{
    static const char waiting[] = "SELECT count(*) FROM contact WHERE waits = 1";
    struct directory *d = *state;
    struct grant grant = directory_grant("import", "");
    struct doc *doc;

    directory_put(d, INBOUND("i1"));
    assert_int_equal(directory_number(d, waiting), 1);
    directory_put(d, ANSWER("a1", "i1", "completed"));
    assert_int_equal(directory_number(d, waiting), 0);
    directory_put(d, ANSWER("a2", "i2", "completed"));
    directory_put(d, INBOUND("i2"));
    assert_int_equal(directory_number(d, waiting), 0);
    doc = directory_get(d, "Communication", "a1");
    node_set_str(doc, doc_root(doc), "status", "entered-in-error");
    grant.origin = ORIGIN_IMPORT;
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
    assert_int_equal(directory_number(d, waiting), 1);
}

#define VISIT(id, status, day) "{\"resourceType\":\"Encounter\",\"id\":\"" id "\",\"status\":\"" status "\",\"class\":{\"code\":\"AMB\"}," ABOUT \
    ",\"period\":{\"start\":\"" day "\"}}"

/* Seen is the last visit that took place, whichever came first: the visit or the person. */
static void seen_follows_visits(void **state)
{
    struct directory *d = *state;

    directory_put(d, VISIT("v1", "finished", "2020-01-01"));
    directory_put(d, PERSON("p1", "Marsh"));
    assert_text(d, "SELECT seen FROM person", "2020-01-01");
    directory_put(d, VISIT("v2", "finished", "2024-01-01"));
    directory_put(d, VISIT("v3", "finished", "2022-01-01"));
    directory_put(d, VISIT("v4", "cancelled", "2025-01-01"));
    directory_put(d, VISIT("v5", "planned", "2026-12-01"));
    assert_text(d, "SELECT seen FROM person", "2024-01-01");
}

/* Every projection table, row by row, in one hash each. */
static void dump(struct directory *d, char out[][CRYPTO_HEX])
{
    static const char *const dumps[] = {
        "SELECT json_array(key,id,name,words,usual,sort,birth,birth_estimated,sex,mrn,phone,deceased,active,test,merged_into,language,interpreter,seen) FROM person ORDER BY key",
        "SELECT json_array(kind,value,key) FROM person_key ORDER BY 1", "SELECT word FROM name_word ORDER BY 1",
        "SELECT json_array(variant,word) FROM name_variant ORDER BY 1",
        "SELECT json_array(key,patient,at,kind,status,title,detail,code) FROM event ORDER BY key",
        "SELECT json_array(key,id,patient,owner,status,due,due_time,hidden_until,priority,code,title,reason,attempts,last_outcome) FROM task ORDER BY key",
        "SELECT json_array(key,id,patient,start,end,status,clinician,clinician_name,reason,cancel_reason,arrived,walk_in) FROM appointment ORDER BY key",
        "SELECT json_array(key,id,patient,at,direction,medium,outcome,reason,note,waits,answers) FROM contact ORDER BY key",
        "SELECT json_array(key,id,url,version,status,title,items) FROM questionnaire ORDER BY key",
        "SELECT group_concat(rowid) FROM (SELECT rowid FROM person_name WHERE person_name MATCH '\"m\"* OR \"p\"* OR \"1970\"' ORDER BY rowid)",
    };

    for (size_t i = 0; i < 10; i++) {
        struct query *q = query_open(d->st, dumps[i]);
        struct buf all = {0};

        while (query_next(q))
            buf_printf(&all, "%s\n", query_text(q, 0));
        assert_int_equal(query_end(q, NULL), RC_OK);
        assert_true(all.len > 0);
        crypto_sha256_hex(all.data, all.len, out[i]);
        buf_done(&all);
    }
}

static void reindex_changes_nothing(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("import", "");
    char before[10][CRYPTO_HEX], after[10][CRYPTO_HEX];
    struct doc *doc;

    directory_put(d, ANSWER("a2", "i2", "completed"));
    directory_put(d, INBOUND("i2"));
    directory_put(d, INBOUND("i3"));
    directory_put(d, VISIT("v1", "finished", "2020-01-01"));
    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Petrov\",\"text\":\"x\"},{\"family\":\"Maiden"));
    directory_put(d, VISIT("v2", "finished", "2024-01-01T10:00:00Z"));
    directory_put(d, "{\"resourceType\":\"Task\",\"id\":\"t1\",\"status\":\"requested\",\"intent\":\"order\",\"description\":\"call\",\"for\":{\"reference\":\"Patient/p1\"},"
                     "\"restriction\":{\"period\":{\"end\":\"2026-11-20\"}}}");
    directory_put(d, "{\"resourceType\":\"Appointment\",\"id\":\"ap\",\"status\":\"booked\",\"start\":\"2026-11-23T13:30:00Z\",\"end\":\"2026-11-23T14:00:00Z\","
                     "\"participant\":[{\"actor\":{\"reference\":\"Patient/p1\"},\"status\":\"accepted\"}]}");
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"q1\",\"status\":\"active\",\"title\":\"Health\",\"url\":\"http://x.example/q\",\"item\":[{\"linkId\":\"1\",\"type\":\"string\"}]}");
    doc = directory_get(d, "Patient", "p2");
    node_set_str(doc, node_path(doc_root(doc), "name[0]"), "family", "Petrova");
    doc_set(doc, "telecom[0].system", "phone");
    doc_set(doc, "telecom[0].value", "413-555-0199");
    grant.origin = ORIGIN_IMPORT;
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
    dump(d, before);
    ASSERT_OK(store_reindex(d->st, NULL, NULL, err));
    dump(d, after);
    for (size_t i = 0; i < 10; i++)
        if (strcmp(before[i], after[i]) != 0)
            fail_msg("projection %zu changed", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(events_by_type), DIRECTORY_TEST(no_event_for_others), DIRECTORY_TEST(a_person_as_listed),
        DIRECTORY_TEST(an_answer_ends_waiting), DIRECTORY_TEST(seen_follows_visits), DIRECTORY_TEST(reindex_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
