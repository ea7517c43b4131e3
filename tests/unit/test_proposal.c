/* If this fails, a form writes what nobody confirmed, writes it twice, undoes a correction, or writes on another record. */
#include "tests/unit/directory.h"

#include "base/mem.h"
#include "desk/patient.h"
#include "intake/extract/proposal.h"

#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define CORE "http://hl7.org/fhir/StructureDefinition/"
#define OBSERVED "\"extension\":[{\"url\":\"" SDC "observationExtract\",\"valueBoolean\":true}]"
#define CODED(link, code, more) "{\"linkId\":\"" link "\",\"type\":\"decimal\",\"text\":\"" link "\",\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]" more "}"
#define DEFINED(link, path) "{\"linkId\":\"" link "\",\"type\":\"string\",\"definition\":\"" CORE path "\"}"

static const char form_json[] =
    "{\"resourceType\":\"Questionnaire\",\"id\":\"f\",\"url\":\"urn:f\",\"version\":\"1\",\"status\":\"active\",\"title\":\"A form\","
    "\"extension\":[{\"url\":\"" SDC "itemExtractionContext\",\"valueCode\":\"Patient\"}],\"item\":["
    CODED("weight", "29463-7", "," OBSERVED) ","
    "{\"linkId\":\"bp\",\"type\":\"group\",\"text\":\"Panel\",\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}]," OBSERVED ",\"item\":["
    CODED("sys", "8480-6", "") "," CODED("dia", "8462-4", "") "]},"
    DEFINED("family", "Patient#Patient.name.family") ","
    "{\"linkId\":\"t\",\"type\":\"group\",\"definition\":\"" CORE "Patient#Patient.telecom\",\"item\":[" DEFINED("system", "Patient#Patient.telecom.system") ","
    DEFINED("use", "Patient#Patient.telecom.use") "," DEFINED("phone", "Patient#Patient.telecom.value") "]},"
    "{\"linkId\":\"im\",\"type\":\"group\",\"extension\":[{\"url\":\"" SDC "itemExtractionContext\",\"valueCode\":\"Immunization\"}],\"item\":["
    DEFINED("lot", "Immunization#Immunization.lotNumber") "]},"
    "{\"linkId\":\"rp\",\"type\":\"group\",\"extension\":[{\"url\":\"" SDC "itemExtractionContext\",\"valueCode\":\"RelatedPerson\"}],\"item\":["
    DEFINED("kin", "RelatedPerson#RelatedPerson.name.text") "]}]}";

static const char patient_json[] =
    "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"use\":\"official\",\"text\":\"Ann Testing\",\"family\":\"Testing\",\"given\":[\"Ann\"]}],"
    "\"telecom\":[{\"system\":\"phone\",\"use\":\"mobile\",\"value\":\"555-0100\",\"rank\":1},{\"system\":\"phone\",\"use\":\"home\",\"value\":\"555-0101\"}]}";

#define A(link, value) "{\"linkId\":\"" link "\",\"answer\":[{" value "}]}"
#define G(link, items) "{\"linkId\":\"" link "\",\"item\":[" items "]}"
#define WEIGHT A("weight", "\"valueDecimal\":71.50")
#define PHONE G("t", A("system", "\"valueString\":\"phone\"") "," A("use", "\"valueString\":\"mobile\"") "," A("phone", "\"valueString\":\"555-0142\""))

static void put_response(struct directory *d, const char *id, const char *patient, const char *more, const char *items)
{
    char *json = mem_printf("{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"%s\",\"questionnaire\":\"urn:f|1\",\"status\":\"completed\","
                            "\"subject\":{\"reference\":\"Patient/%s\"},\"authored\":\"2026-11-23T08:00:00-05:00\",\"author\":{\"reference\":\"Practitioner/staff-1\"}%s,\"item\":[%s]}",
                            id, patient, more, items);

    directory_put(d, json);
    free(json);
}

static void seed(struct directory *d)
{
    patient_guards();
    directory_put(d, form_json);
    directory_put(d, patient_json);
    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p2\",\"name\":[{\"family\":\"Another\"}]}");
}

static void open_proposals(struct directory *d, const char *response, struct proposals *out)
{
    struct grant grant = directory_grant("form extract", "p1");
    struct err err = {0};

    if (proposals_open(d->st, &grant, response, out, &err) != RC_OK)
        fail_msg("%s: %s", response, err_text(&err));
}

/* take: which, as a string of x and . by number. */
static enum rc take(struct directory *d, struct proposals *p, const char *which, struct err *err)
{
    struct grant grant = directory_grant("form extract", "p1");
    bool marked[20] = { false };

    for (size_t i = 0; which[i]; i++)
        marked[i] = which[i] == 'x';
    return proposals_take(d->st, &grant, p, marked, err);
}

static void take_all(struct directory *d, const char *response, const char *which)
{
    struct proposals p;
    struct err err = {0};

    open_proposals(d, response, &p);
    if (take(d, &p, which, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
    proposals_done(&p);
}

static struct doc *stored(struct directory *d, const char *type, const char *id)
{
    struct doc *doc = NULL;
    struct err err = {0};

    if (store_get(d->st, type, id, &doc, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
    return doc;
}

static int64_t count(struct directory *d, const char *sql)
{
    struct query *q = query_open(d->st, sql);
    int64_t n = query_next(q) ? query_int(q, 0) : -1;

    query_end(q, NULL);
    return n;
}

static const char sql_all[] = "SELECT count(*) FROM resource";

static void assert_states(const struct proposals *p, const char *wanted)
{
    static const char letters[] = "NCWR";
    char is[20] = "";

    for (size_t i = 0; i < p->n; i++)
        is[i] = letters[p->proposal[i].state];
    assert_string_equal(is, wanted);
}

/* Nothing is there before it is taken; then all of it is, with where it came from; and a second time nothing more. */
static void what_is_taken_is_written_once(void **state)
{
    struct directory *d = *state;
    struct proposals p;
    struct doc *doc;
    int64_t before;
    char id[72];

    seed(d);
    put_response(d, "r1", "p1", "", WEIGHT "," PHONE "," G("rp", A("kin", "\"valueString\":\"Bob\"")));
    before = count(d, sql_all);
    open_proposals(d, "r1", &p);
    assert_states(&p, "NNC");      /* the weight; the inner context first, then the person */
    assert_int_equal(count(d, sql_all), before);
    assert_int_equal(take(d, &p, "x..", NULL), RC_OK);
    assert_int_equal(count(d, sql_all), before + 1);
    snprintf(id, sizeof id, "%s", doc_id(p.proposal[0].doc));
    proposals_done(&p);

    doc = stored(d, "Observation", id);
    assert_string_equal(node_path_str(doc_root(doc), "valueQuantity.value"), "71.50");
    assert_string_equal(node_path_str(doc_root(doc), "derivedFrom[0].reference"), "QuestionnaireResponse/r1");
    doc_free(doc);

    open_proposals(d, "r1", &p);
    assert_states(&p, "WNC");
    assert_string_equal(p.proposal[0].why, "already written");
    assert_int_equal(take(d, &p, "xxx", NULL), RC_OK);
    assert_int_equal(count(d, sql_all), before + 4);        /* the person of kin, and a Provenance for each of the two */
    proposals_done(&p);
    open_proposals(d, "r1", &p);
    assert_states(&p, "WWW");
    assert_int_equal(proposals_waiting(&p), 0);
    assert_int_equal(take(d, &p, "xxx", NULL), RC_OK);
    assert_int_equal(count(d, sql_all), before + 4);
    assert_int_equal(count(d, "SELECT count(*) FROM resource WHERE type = 'Provenance' AND body LIKE '%QuestionnaireResponse/r1%'"), 2);
    proposals_done(&p);
}

/* Old beside new; what the form does not speak of stays as it was, to the byte order of its members. */
static void a_change_touches_only_what_the_form_says(void **state)
{
    struct directory *d = *state;
    struct proposals p;
    struct doc *doc;

    seed(d);
    put_response(d, "r1", "p1", "", A("family", "\"valueString\":\"Newname\"") "," PHONE);
    open_proposals(d, "r1", &p);
    assert_states(&p, "C");
    assert_int_equal(p.proposal[0].n_differences, 2);
    assert_string_equal(p.proposal[0].difference[0].before, "Ann Testing");
    assert_string_equal(p.proposal[0].difference[0].after, "Ann Newname");
    assert_non_null(strstr(p.proposal[0].difference[1].before, "555-0100"));
    assert_non_null(strstr(p.proposal[0].difference[1].after, "555-0142"));
    assert_null(strstr(p.proposal[0].difference[1].after, "555-0101"));
    assert_int_equal(take(d, &p, "x", NULL), RC_OK);
    proposals_done(&p);
    doc = stored(d, "Patient", "p1");
    assert_string_equal(node_path_str(doc_root(doc), "name[0].family"), "Newname");
    assert_string_equal(node_path_str(doc_root(doc), "name[0].given[0]"), "Ann");
    assert_string_equal(node_path_str(doc_root(doc), "name[0].text"), "");      /* words of the old name do not outlive it */
    assert_int_equal(node_count(node_get(doc_root(doc), "telecom")), 2);
    assert_string_equal(node_path_str(doc_root(doc), "telecom[0].value"), "555-0142");
    assert_string_equal(node_path_str(doc_root(doc), "telecom[0].rank"), "1");
    assert_string_equal(node_path_str(doc_root(doc), "telecom[1].value"), "555-0101");
    doc_free(doc);
}

/* Somebody changed or struck out what was written: the form does not bring it back. Amended, it does say what is new. */
static void a_correction_stays_and_an_amendment_is_offered(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("resource put", "p1");
    struct proposals p;
    struct doc *doc;
    char id[72];

    seed(d);
    put_response(d, "r1", "p1", "", WEIGHT "," PHONE);
    take_all(d, "r1", "xx");
    open_proposals(d, "r1", &p);
    snprintf(id, sizeof id, "%s", doc_id(p.proposal[0].doc));
    proposals_done(&p);

    doc = stored(d, "Observation", id);
    node_set_number(doc, node_get(doc_root(doc), "valueQuantity"), "value", "17.50");
    assert_int_equal(store_put(d->st, &grant, doc, NULL), RC_OK);
    doc_free(doc);
    doc = stored(d, "Patient", "p1");
    doc_set(doc, "telecom[0].value", "555-0199");
    assert_int_equal(store_put(d->st, &grant, doc, NULL), RC_OK);
    doc_free(doc);
    open_proposals(d, "r1", &p);
    assert_states(&p, "WW");
    proposals_done(&p);

    doc = stored(d, "QuestionnaireResponse", "r1");
    doc_set(doc, "status", "amended");
    doc_set(doc, "authored", "2026-11-23T09:00:00-05:00");
    node_set_number(doc, node_path(doc_root(doc), "item[0].answer[0]"), "valueDecimal", "72.0");
    assert_int_equal(store_put(d->st, &grant, doc, NULL), RC_OK);
    doc_free(doc);
    open_proposals(d, "r1", &p);
    assert_states(&p, "CC");
    assert_string_equal(node_path_str(doc_root(p.proposal[0].doc), "valueQuantity.value"), "72.0");
    assert_string_equal(node_str(doc_root(p.proposal[0].doc), "status"), "amended");
    proposals_done(&p);

    doc = stored(d, "Observation", id);
    doc_set(doc, "status", "entered-in-error");
    assert_int_equal(store_put(d->st, &grant, doc, NULL), RC_OK);
    doc_free(doc);
    open_proposals(d, "r1", &p);
    assert_states(&p, "WC");
    assert_non_null(strstr(p.proposal[0].why, "entered in error"));
    proposals_done(&p);
}

/* What FHIR needs and the form does not say is not written, and the rest of the act neither. */
static void what_is_incomplete_is_refused_with_the_reason(void **state)
{
    struct directory *d = *state;
    struct proposals p;
    struct err err = {0};
    int64_t before;

    seed(d);
    put_response(d, "r1", "p1", "", WEIGHT "," G("im", A("lot", "\"valueString\":\"x\"")));
    before = count(d, sql_all);
    open_proposals(d, "r1", &p);
    assert_states(&p, "NR");
    assert_non_null(strstr(p.proposal[1].why, "vaccineCode"));
    assert_int_equal(take(d, &p, "xx", &err), RC_INVALID);
    assert_non_null(strstr(err_text(&err), "vaccineCode"));
    assert_int_equal(count(d, sql_all), before);
    proposals_done(&p);
}

/* A panel is kept without the member that was not taken; a server has what is referred to before it is. */
static void a_panel_is_written_after_its_members_and_without_those_left(void **state)
{
    struct directory *d = *state;
    struct proposals p;
    struct doc *panel;
    struct query *q;

    seed(d);
    put_response(d, "r1", "p1", "", G("bp", A("sys", "\"valueDecimal\":120") "," A("dia", "\"valueDecimal\":80")));
    open_proposals(d, "r1", &p);
    assert_states(&p, "NNN");
    assert_int_equal(node_count(node_get(doc_root(p.proposal[0].doc), "hasMember")), 2);
    assert_int_equal(take(d, &p, "xx.", NULL), RC_OK);
    panel = stored(d, "Observation", doc_id(p.proposal[0].doc));
    assert_int_equal(node_count(node_get(doc_root(panel), "hasMember")), 1);
    q = query_open(d->st, "SELECT id FROM resource WHERE type = 'Observation' ORDER BY key");
    assert_true(query_next(q));
    assert_string_equal(query_text(q, 0), doc_id(p.proposal[1].doc));
    query_end(q, NULL);
    doc_free(panel);
    proposals_done(&p);
    open_proposals(d, "r1", &p);
    assert_states(&p, "CWN");
    assert_int_equal(take(d, &p, "x.x", NULL), RC_OK);
    panel = stored(d, "Observation", doc_id(p.proposal[0].doc));
    assert_int_equal(node_count(node_get(doc_root(panel), "hasMember")), 2);
    doc_free(panel);
    proposals_done(&p);
}

/* The record moved on between showing and taking: nothing is written over it. */
static void a_record_that_changed_since_is_not_written_over(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("resource put", "p1");
    struct proposals p, now;
    struct err err = {0};
    struct doc *doc;
    int64_t before;

    seed(d);
    put_response(d, "r1", "p1", "", WEIGHT "," PHONE);
    open_proposals(d, "r1", &p);
    doc = stored(d, "Patient", "p1");
    doc_set(doc, "gender", "female");
    assert_int_equal(store_put(d->st, &grant, doc, NULL), RC_OK);
    doc_free(doc);
    before = count(d, sql_all);
    assert_int_equal(take(d, &p, "xx", &err), RC_STALE);
    assert_int_equal(count(d, sql_all), before);        /* the weight neither: all or nothing */
    open_proposals(d, "r1", &now);
    assert_string_not_equal(p.mark, now.mark);
    proposals_done(&now);
    proposals_done(&p);
}

static const struct { const char *response, *patient, *grant, *status; enum rc rc; const char *says; } gates[] = {
    { "g1", "p2", "p1", "completed", RC_DENIED, "another patient" },
    { "g2", "p1", "", "completed", RC_DENIED, "another patient" },
    { "g3", "p1", "p1", "in-progress", RC_INVALID, "only a finished form" },
    { "g4", "p1", "p1", "entered-in-error", RC_INVALID, "only a finished form" },
    { "nowhere", NULL, "p1", NULL, RC_NOT_FOUND, "nowhere" },
};

static void only_a_finished_form_of_this_person_is_opened(void **state)
{
    struct directory *d = *state;

    seed(d);
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
        struct grant grant = directory_grant("form extract", gates[i].grant), put = directory_grant("resource put", "");
        struct proposals p;
        struct err err = {0};

        if (gates[i].patient) {
            struct doc *doc;

            put_response(d, gates[i].response, gates[i].patient, "", WEIGHT);
            doc = stored(d, "QuestionnaireResponse", gates[i].response);
            doc_set(doc, "status", gates[i].status);
            store_put(d->st, &put, doc, NULL);
            doc_free(doc);
        }
        assert_int_equal(proposals_open(d->st, &grant, gates[i].response, &p, &err), gates[i].rc);
        if (!strstr(err_text(&err), gates[i].says))
            fail_msg("%s: %s", gates[i].response, err_text(&err));
    }
}

/* The desk's own rules hold: a birth date in the future does not come in through a form. */
static void the_rules_of_the_desk_hold(void **state)
{
    struct directory *d = *state;
    struct proposals p;
    struct err err = {0};
    int64_t before;

    seed(d);
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"g\",\"url\":\"urn:g\",\"status\":\"active\",\"extension\":[{\"url\":\"" SDC "itemExtractionContext\",\"valueCode\":\"Patient\"}],"
                     "\"item\":[{\"linkId\":\"b\",\"type\":\"date\",\"definition\":\"" CORE "Patient#Patient.birthDate\"}]}");
    directory_put(d, "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"r9\",\"questionnaire\":\"urn:g\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/p1\"},"
                     "\"authored\":\"2026-11-23T08:00:00-05:00\",\"item\":[" A("b", "\"valueDate\":\"2090-01-01\"") "]}");
    before = count(d, "SELECT rev FROM resource WHERE id = 'p1'");
    open_proposals(d, "r9", &p);
    assert_states(&p, "C");
    assert_int_equal(take(d, &p, "x", &err), RC_INVALID);
    assert_non_null(strstr(err_text(&err), "future"));
    assert_int_equal(count(d, "SELECT rev FROM resource WHERE id = 'p1'"), before);
    proposals_done(&p);
}

/* Many rows of one act are one act. */
static void taking_is_one_act(void **state)
{
    struct directory *d = *state;
    int64_t before;

    seed(d);
    put_response(d, "r1", "p1", "", WEIGHT "," PHONE);
    before = count(d, "SELECT count(*) FROM audit");
    take_all(d, "r1", "xx");
    assert_int_equal(count(d, "SELECT count(*) FROM audit"), before + 1);
    assert_int_equal(count(d, "SELECT count(DISTINCT act) FROM resource WHERE type IN ('Observation', 'Provenance') OR id = 'p1'"), 1);
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, directory_setup, directory_teardown)
    const struct CMUnitTest tests[] = {
        EACH(what_is_taken_is_written_once), EACH(a_change_touches_only_what_the_form_says), EACH(a_correction_stays_and_an_amendment_is_offered),
        EACH(what_is_incomplete_is_refused_with_the_reason), EACH(a_panel_is_written_after_its_members_and_without_those_left),
        EACH(a_record_that_changed_since_is_not_written_over), EACH(only_a_finished_form_of_this_person_is_opened), EACH(the_rules_of_the_desk_hold),
        EACH(taking_is_one_act),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
