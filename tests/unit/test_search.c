/* If this fails, a form is filled in with the wrong measurement, with somebody else's, or not at all. */
#include "tests/unit/directory.h"

#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/search.h"

#define LOINC "{\"system\":\"http://loinc.org\",\"code\":\""
#define OBSERVATION(id, patient, codings, day, more) "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\"," \
    "\"code\":{\"coding\":[" codings "]},\"subject\":{\"reference\":\"Patient/" patient "\"},\"effectiveDateTime\":\"" day "\"" more "}"

static const char *const record[] = {
    PERSON("p1", "Testing"), PERSON("p2", "Another"),
    OBSERVATION("h1", "p1", LOINC "8302-2\"}", "2026-05-12", ",\"valueQuantity\":{\"value\":172.5,\"unit\":\"cm\"}"),
    OBSERVATION("h2", "p1", LOINC "8302-2\"}", "2026-11-20T09:00:00-05:00", ",\"encounter\":{\"reference\":\"Encounter/e1\"}"),
    OBSERVATION("h3", "p1", "{\"system\":\"urn:local\",\"code\":\"HT\"}," LOINC "8302-2\"}", "2025-01-01", ""),
    OBSERVATION("w1", "p1", LOINC "29463-7\"}", "2026-06-01", ",\"category\":[{\"coding\":[{\"code\":\"vital-signs\"}]}]"),
    OBSERVATION("partial", "p1", LOINC "3141-9\"}", "2026-06", ""),
    "{\"resourceType\":\"Observation\",\"id\":\"wrong\",\"status\":\"entered-in-error\",\"code\":{\"coding\":[" LOINC "8302-2\"}]},"
        "\"subject\":{\"reference\":\"Patient/p1\"},\"effectiveDateTime\":\"2026-11-22\"}",
    "{\"resourceType\":\"Observation\",\"id\":\"stay\",\"status\":\"final\",\"code\":{\"coding\":[" LOINC "8867-4\"}]},"
        "\"subject\":{\"reference\":\"Patient/p1\"},\"effectivePeriod\":{\"start\":\"2026-03-01\",\"end\":\"2026-03-31\"}}",
    OBSERVATION("theirs", "p2", LOINC "8302-2\"}", "2026-11-21", ""),
    "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":\"active\"}]},"
        "\"category\":[{\"coding\":[{\"code\":\"problem-list-item\"}]}],\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"44054006\"}]},"
        "\"subject\":{\"reference\":\"Patient/p1\"},\"onsetDateTime\":\"2019\"}",
    "{\"resourceType\":\"Condition\",\"id\":\"c2\",\"clinicalStatus\":{\"coding\":[{\"code\":\"resolved\"}]},\"code\":{\"text\":\"Cold\"},"
        "\"subject\":{\"reference\":\"Patient/p1\"},\"onsetDateTime\":\"2026-02-01\"}",
    "{\"resourceType\":\"Condition\",\"id\":\"c3\",\"verificationStatus\":{\"coding\":[{\"code\":\"entered-in-error\"}]},\"code\":{\"text\":\"Flu\"},"
        "\"subject\":{\"reference\":\"Patient/p1\"}}",
    "{\"resourceType\":\"Medication\",\"id\":\"med\",\"code\":{\"text\":\"Metformin\"}}",
    "{\"resourceType\":\"MedicationRequest\",\"id\":\"m1\",\"status\":\"active\",\"intent\":\"order\",\"medicationReference\":{\"reference\":\"Medication/med\"},"
        "\"subject\":{\"reference\":\"Patient/p1\"},\"authoredOn\":\"2026-10-01\"}",
    "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/p1\"},"
        "\"period\":{\"start\":\"2026-11-20T08:50:00-05:00\",\"end\":\"2026-11-20T09:20:00-05:00\"}}",
    "{\"resourceType\":\"Practitioner\",\"id\":\"d1\",\"active\":true,\"name\":[{\"family\":\"Patel\",\"given\":[\"Asha\"]}],"
        "\"communication\":[{\"coding\":[{\"system\":\"urn:ietf:bcp:47\",\"code\":\"es\"}]}]}",
    "{\"resourceType\":\"Practitioner\",\"id\":\"d2\",\"active\":false,\"name\":[{\"family\":\"Garc\\u00eda\"}]}",
    "{\"resourceType\":\"Location\",\"id\":\"l1\",\"name\":\"County\"}",
    "{\"resourceType\":\"Location\",\"id\":\"l2\",\"name\":\"Town\",\"partOf\":{\"reference\":\"Location/l1\"}}",
    "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"r1\",\"status\":\"completed\",\"questionnaire\":\"http://example.org/q|2\","
        "\"subject\":{\"reference\":\"Patient/p1\"},\"authored\":\"2026-09-09T10:00:00Z\"}",
    "{\"resourceType\":\"RelatedPerson\",\"id\":\"rp\",\"active\":true,\"patient\":{\"reference\":\"Patient/p1\"},\"name\":[{\"family\":\"Testing\"}]}",
    "{\"resourceType\":\"Group\",\"id\":\"g1\",\"type\":\"person\",\"actual\":true,\"member\":[{\"entity\":{\"reference\":\"Patient/p2\"}}]}",
};

static void seed(struct directory *d)
{
    for (size_t i = 0; i < sizeof record / sizeof *record; i++)
        directory_put(d, record[i]);
}

/* The ids an answer holds, in order. */
static char *ids_of(const struct doc *bundle)
{
    struct buf ids = {0};

    for (const struct node *e = node_first(node_get(doc_root(bundle), "entry")); e; e = node_next(e))
        buf_printf(&ids, "%s%s", ids.len ? " " : "", node_path_str(e, "resource.id"));
    return ids.len ? buf_take(&ids) : mem_dup("");
}

static const struct { const char *query, *ids; } cases[] = {
    { "Observation?code=http://loinc.org|8302-2&_count=1&_sort=-date&patient=p1", "h2" },
    { "Observation?code=http%3A//loinc.org%7C8302-2&subject=Patient/p1", "h2 h1 h3" },    /* encoded; a second coding counts */
    { "Observation?code=8302-2&_sort=date", "h3 h1 h2" },
    { "Observation?code=8302-2&_sort=date&_count=1", "h3" },
    { "Observation?code=HT", "h3" },
    { "Observation?code=urn:local|8302-2", "" },                                          /* another system's code */
    { "Observation?code=|8302-2", "" },
    { "Observation?code=http://loinc.org|", "h2 w1 partial h1 stay h3" },
    { "Observation?code=29463-7,3141-9,http://loinc.org|8867-4", "w1 partial stay" },
    { "Observation?code=a,b,c,d,e,8302-2", "h2 h1 h3" }, { "Observation?code=a,b,c,8302-2", "h2 h1 h3" },
    { "Observation?category=vital-signs", "w1" },
    { "Observation?category:not=vital-signs&code=29463-7,8867-4", "stay" },
    { "Observation?code=8302-2&date=ge2026-05-12", "h2 h1" },
    { "Observation?code=8302-2&date=gt2026-05-12", "h2" },
    { "Observation?code=8302-2&date=le2026-05-12", "h1 h3" },
    { "Observation?code=8302-2&date=lt2026-05-12", "h3" },
    { "Observation?code=8302-2&date=2026", "h2 h1" },
    { "Observation?code=8302-2&date=2026-11-20", "h2" },
    { "Observation?code=8302-2&date=ge2026-01-01&date=lt2026-06-01", "h1" },
    { "Observation?code=8302-2&date=gt2026-11-20T08:59:59-05:00", "h2" },
    { "Observation?code=8302-2&date=gt2026-11-20T14:00:00Z", "" },
    { "Observation?code=3141-9&date=ge2026-06-15", "partial" },                           /* some day in June */
    { "Observation?code=8867-4&date=ge2026-03-20", "stay" },                              /* a period that goes on */
    { "Observation?encounter=Encounter/e1", "h2" },
    { "Observation?encounter=e1", "h2" },
    { "Observation?_id=h1,h3", "h1 h3" },
    { "Observation?_id=theirs", "" },
    { "Observation?status=final&code=8302-2&_count=0", "" },
    { "Observation?value-concept:missing=true&code=8302-2&_count=2", "h2 h1" },
    { "Condition?clinical-status=active", "c1" },
    { "Condition?clinical-status=http://terminology.hl7.org/CodeSystem/condition-clinical|active,resolved", "c2 c1" },
    { "Condition?category=problem-list-item&code=44054006", "c1" },
    { "Condition?onset-date=lt2020", "c1" },
    { "Condition", "c2 c1" },
    { "MedicationRequest?status=active&_include=MedicationRequest:medication", "m1 med" },
    { "Encounter?date=2026-11-20&class=AMB", "e1" },
    { "Patient?_id=p1", "p1" }, { "Patient", "p1" }, { "Patient?birthdate=1970-01-01", "p1" },
    { "Practitioner?communication=es&active=true", "d1" }, { "Practitioner?name=garc", "d2" }, { "Practitioner?family:exact=Patel", "d1" },
    { "Location?partof=Location/l1", "l2" }, { "Location?name:contains=oun", "l1" },
    { "QuestionnaireResponse?questionnaire=http://example.org/q&status=completed", "r1" },
    { "QuestionnaireResponse?questionnaire=http://example.org/q|1", "" },
    { "QuestionnaireResponse?authored=ge2026-09-09", "r1" },
    { "RelatedPerson?patient=Patient/p1", "rp" },
    { "Immunization?patient=p1", "" },
};

static void each_parameter_finds_what_it_names(void **state)
{
    struct directory *d = *state;

    seed(d);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *bundle = NULL;
        struct err err = {0};
        char *ids;

        if (store_search(d->st, "p1", cases[i].query, &bundle, &err) != RC_OK)
            fail_msg("%s: %s", cases[i].query, err_text(&err));
        ids = ids_of(bundle);
        if (strcmp(ids, cases[i].ids) != 0)
            fail_msg("%s: '%s', not '%s'", cases[i].query, ids, cases[i].ids);
        assert_string_equal(node_str(doc_root(bundle), "type"), "searchset");
        free(ids);
        doc_free(bundle);
    }
}

static const struct { const char *query; enum rc rc; const char *says; } refused[] = {
    { "Observation?code=8302-2&patient=p2", RC_DENIED, "another person" },
    { "Observation?subject=Patient/p1,Patient/p2", RC_DENIED, "another person" },
    { "Observation?subject=Group/g1", RC_DENIED, "another person" },
    { "Patient?_id=p2", RC_DENIED, "another person" },
    { "Patient/p2", RC_DENIED, "another person" },
    { "Observation/theirs", RC_DENIED, "another person" },
    { "Group/g1", RC_DENIED, "another person" },                    /* tells of people, though of none by itself */
    { "Observation?flavour=1", RC_INVALID, "flavour" },
    { "Observation?code:in=http://example.org/vs", RC_INVALID, "code:in" },
    { "Observation?subject.name=x", RC_INVALID, "subject.name" },
    { "Observation?date=yesterday", RC_INVALID, "date" },
    { "Observation?patient=", RC_INVALID, "patient" },
    { "Observation?_sort=-value", RC_INVALID, "value" },
    { "Observation?_count=many", RC_INVALID, "_count" },
    { "Practitioner?patient=p1", RC_INVALID, "patient" },
    { "Provenance?target=Patient/p1", RC_INVALID, "target" },
    { "Provenance", RC_INVALID, "Provenance" },
    { "Nothing?code=1", RC_INVALID, "Nothing" },
    { "Observation/$stats?code=1", RC_INVALID, "no search" },
    { "ValueSet/$expand?url=x", RC_INVALID, "no search" },
    { "$everything", RC_INVALID, "everything" },
    { "https://elsewhere.example/fhir/Observation?code=1", RC_INVALID, "another server" },
    { "Organization/none", RC_NOT_FOUND, "none" },
};

static void what_cannot_be_answered_is_named_and_nobody_else_is_told(void **state)
{
    struct directory *d = *state;

    seed(d);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct doc *bundle = NULL;
        struct err err = {0};
        enum rc rc = store_search(d->st, "p1", refused[i].query, &bundle, &err);

        if (rc != refused[i].rc || bundle || !strstr(err_text(&err), refused[i].says))
            fail_msg("%s: %s, %s", refused[i].query, rc_name(rc), err_text(&err));
        assert_null(strstr(err_text(&err), "p2"));
    }
}

/* Whatever is asked, by whatever road, nothing in the answer is of the other person. */
static void no_answer_holds_another_persons_data(void **state)
{
    struct directory *d = *state;
    static const char *const types[] = { "Observation", "Condition", "Encounter", "Patient", "RelatedPerson", "Group", "QuestionnaireResponse", "Practitioner" };

    seed(d);
    directory_put(d, OBSERVATION("panel", "p1", LOINC "85354-9\"}", "2026-11-01", ",\"hasMember\":[{\"reference\":\"Observation/theirs\"},{\"reference\":\"Observation/h1\"}]"));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct doc *bundle = NULL;
        size_t len;
        char *text;

        if (store_search(d->st, "p1", types[i], &bundle, NULL) == RC_OK) {
            text = doc_text(bundle, &len);
            assert_null(strstr(text, "Patient/p2"));
            assert_null(strstr(text, "\"p2\""));
            free(text);
        }
        doc_free(bundle);
    }
    {
        struct doc *bundle = NULL;
        char *ids;

        ASSERT_OK(store_search(d->st, "p1", "Observation?code=85354-9&_include=Observation:has-member", &bundle, err));
        ids = ids_of(bundle);
        assert_string_equal(ids, "panel h1");
        free(ids);
        doc_free(bundle);
    }
    {   /* for nobody: only what is about no patient */
        struct doc *bundle = NULL;

        ASSERT_RC(RC_DENIED, store_search(d->st, "", "Observation?code=8302-2", &bundle, err));
        ASSERT_OK(store_search(d->st, "", "Practitioner", &bundle, err));
        doc_free(bundle);
        ASSERT_OK(store_search(d->st, "", "Patient", &bundle, err));
        assert_null(node_get(doc_root(bundle), "entry"));
        doc_free(bundle);
    }
}

static void a_read_gives_the_resource_itself(void **state)
{
    struct directory *d = *state;
    struct doc *doc = NULL;

    seed(d);
    ASSERT_OK(store_search(d->st, "p1", "Patient/p1", &doc, err));
    assert_string_equal(doc_type(doc), "Patient");
    doc_free(doc);
    ASSERT_OK(store_search(d->st, "p1", "Medication/med", &doc, err));
    assert_string_equal(doc_id(doc), "med");
    doc_free(doc);
}

static void what_is_left_out_is_said_in_the_answer(void **state)
{
    struct directory *d = *state;
    struct doc *bundle = NULL;

    seed(d);
    ASSERT_OK(store_search(d->st, "p1", "Encounter?_revinclude=Observation:encounter", &bundle, err));
    assert_string_equal(node_path_str(doc_root(bundle), "entry[0].resource.id"), "e1");
    assert_string_equal(node_path_str(doc_root(bundle), "entry[1].search.mode"), "outcome");
    assert_non_null(strstr(node_path_str(doc_root(bundle), "entry[1].resource.issue[0].diagnostics"), "_revinclude"));
    doc_free(bundle);
    ASSERT_OK(store_search(d->st, "p1", "Observation?code=8302-2&_summary=count", &bundle, err));
    assert_string_equal(node_str(doc_root(bundle), "total"), "3");
    assert_null(node_get(doc_root(bundle), "entry"));
    doc_free(bundle);
}

static void a_canonical_is_found_by_url_and_version(void **state)
{
    struct directory *d = *state;
    struct doc *doc = NULL;

    directory_put(d, "{\"resourceType\":\"ValueSet\",\"id\":\"v1\",\"status\":\"active\",\"url\":\"http://example.org/vs\",\"version\":\"1.10\"}");
    directory_put(d, "{\"resourceType\":\"ValueSet\",\"id\":\"v2\",\"status\":\"active\",\"url\":\"http://example.org/vs\",\"version\":\"1.9\"}");
    directory_put(d, "{\"resourceType\":\"CodeSystem\",\"id\":\"c\",\"status\":\"active\",\"content\":\"complete\",\"url\":\"http://example.org/vs\"}");
    ASSERT_OK(store_canonical(d->st, "ValueSet", "http://example.org/vs", &doc, err));
    assert_string_equal(doc_id(doc), "v1");
    doc_free(doc);
    ASSERT_OK(store_canonical(d->st, "ValueSet", "http://example.org/vs|1.9", &doc, err));
    assert_string_equal(doc_id(doc), "v2");
    doc_free(doc);
    ASSERT_RC(RC_NOT_FOUND, store_canonical(d->st, "ValueSet", "http://example.org/vs|3", &doc, err));
    ASSERT_RC(RC_NOT_FOUND, store_canonical(d->st, "StructureDefinition", "http://example.org/vs", &doc, err));
    ASSERT_OK(store_reindex(d->st, NULL, NULL, err));
    ASSERT_OK(store_canonical(d->st, "CodeSystem", "http://example.org/vs", &doc, err));
    doc_free(doc);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A long life: the newest of one code among ten thousand entries reads one document, not all. */
static void a_long_record_is_asked_at_once(void **state)
{
    struct directory *d = *state;
    struct doc *bundle = NULL;
    double whole, one, none;

    directory_put(d, PERSON("p1", "Testing"));
    ASSERT_OK(store_begin(d->st, err));
    for (int i = 0; i < 10000; i++) {
        char *json = mem_printf(OBSERVATION("o%d", "p1", LOINC "c-%d\"}", "20%02d-%02d-%02d", ",\"note\":[{\"text\":\"%0400d\"}]"),
                                i, i % 40, i / 400, i / 30 % 12 + 1, i % 28 + 1, i);

        directory_put(d, json);
        free(json);
    }
    ASSERT_OK(store_end(d->st, RC_OK, err));
    whole = seconds();
    ASSERT_OK(store_search(d->st, "p1", "Observation?category=none", &bundle, err));
    whole = seconds() - whole;
    doc_free(bundle);
    one = seconds();
    for (int i = 0; i < 10; i++) {
        ASSERT_OK(store_search(d->st, "p1", "Observation?code=http://loinc.org|c-7&_sort=-date&_count=1", &bundle, err));
        assert_int_equal(node_count(node_get(doc_root(bundle), "entry")), 1);
        doc_free(bundle);
    }
    one = (seconds() - one) / 10;
    none = seconds();
    for (int i = 0; i < 10; i++) {                          /* nobody ever measured it: every entry is looked at, no document */
        ASSERT_OK(store_search(d->st, "p1", "Observation?code=http://loinc.org|8302-2&_sort=-date&_count=1", &bundle, err));
        assert_null(node_get(doc_root(bundle), "entry"));
        doc_free(bundle);
    }
    none = (seconds() - none) / 10;
    ASSERT_OK(store_search(d->st, "p1", "Observation", &bundle, err));     /* a bound, and it is said */
    assert_int_equal(node_count(node_get(doc_root(bundle), "entry")), SEARCH_MOST + 1);
    assert_string_equal(node_path_str(node_at(node_get(doc_root(bundle), "entry"), SEARCH_MOST), "search.mode"), "outcome");
    assert_null(node_get(doc_root(bundle), "total"));
    doc_free(bundle);
    print_message("the newest of a code %.2f ms, of one nobody has %.2f ms, every document of 10,000 %.0f ms\n", 1000 * one, 1000 * none, 1000 * whole);
    assert_true(one < whole / 20);
    assert_true(none < whole / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(each_parameter_finds_what_it_names), DIRECTORY_TEST(what_cannot_be_answered_is_named_and_nobody_else_is_told),
        DIRECTORY_TEST(no_answer_holds_another_persons_data), DIRECTORY_TEST(a_read_gives_the_resource_itself),
        DIRECTORY_TEST(what_is_left_out_is_said_in_the_answer), DIRECTORY_TEST(a_canonical_is_found_by_url_and_version),
        DIRECTORY_TEST(a_long_record_is_asked_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
