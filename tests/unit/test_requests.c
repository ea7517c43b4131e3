/* Somebody from another clinic stands at the desk and their record cannot be had; or asking for it puts
 * their name into an address, brings another person's papers along, or is never answered. */
#include "tests/unit/fhir_endpoint.h"

#include "store/asked_for.h"
#include "store/request.h"
#include "sync/everything.h"
#include "sync/find.h"
#include "sync/requests.h"

#define PATIENT(id, family) "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-11-20T10:00:00Z\"}," \
    "\"name\":[{\"family\":\"" family "\",\"given\":[\"Test\"]}],\"gender\":\"female\",\"birthDate\":\"1970-01-02\",\"telecom\":[{\"system\":\"phone\",\"value\":\"555-010-1187\"}]}"
#define OBSERVATION(id, patient) "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-11-20T10:00:00Z\"}," \
    "\"status\":\"final\",\"code\":{\"text\":\"weight\"},\"subject\":{\"reference\":\"Patient/" patient "\"}}"
#define ENTRY(resource) "{\"resource\":" resource "}"
#define SEARCHSET(links, entries) "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[" links "],\"entry\":[" entries "]}"

static const char *const types[] = { "Patient", "Observation", "Organization", "Condition", NULL };

/* ---- pure ---- */

static void what_tells_a_person_goes_into_the_body(void **state)
{
    static const struct { const char *search, *form; } cases[] = {
        { "{\"name\":[\"García\",\"O'Neil\"],\"birthdate\":[\"1954\",\"1854\"]}", "name=Garc%C3%ADa&name=O%27Neil&birthdate=1954%2C1854" },
        { "{\"identifier\":[\"4512\",\"004512\"]}", "identifier=4512%2C004512" },
        { "{\"name\":[\"a,b|c$d\\\\e&f=g\"]}", "name=a%5C%2Cb%5C%7Cc%5C%24d%5C%5Ce%26f%3Dg" },   /* they mean themselves */
        { "{}", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *search = NULL;
        struct buf form = { 0 };

        ASSERT_OK(doc_parse(cases[i].search, strlen(cases[i].search), &search, err));
        find_form(&form, doc_root(search));
        assert_string_equal(buf_text(&form), cases[i].form);
        buf_done(&form);
        doc_free(search);
    }
}

static void the_list_has_an_end(void **state)
{
    struct doc *bundle = doc_new("Bundle"), *result = doc_new(NULL);
    struct node *entries = node_set_array(bundle, doc_root(bundle), "entry");

    (void)state;
    for (int i = 0; i < FIND_MOST + 5; i++) {
        struct node *resource = node_set_object(bundle, node_add_object(bundle, entries), "resource");
        char id[16];

        snprintf(id, sizeof id, "p%d", i / 2 * 2);      /* every second one is there twice */
        node_set_str(bundle, resource, "resourceType", i % 7 == 6 ? "OperationOutcome" : "Patient");
        node_set_str(bundle, resource, "id", id);
    }
    find_take(result, doc_root(bundle));
    assert_int_equal(node_count(node_get(doc_root(result), "people")), 13);
    assert_false(node_bool(doc_root(result), "more"));
    for (int i = 0; i < FIND_MOST; i++) {
        struct node *resource = node_set_object(bundle, node_add_object(bundle, entries), "resource");
        char id[16];

        snprintf(id, sizeof id, "q%d", i);
        node_set_str(bundle, resource, "resourceType", "Patient");
        node_set_str(bundle, resource, "id", id);
    }
    find_take(result, doc_root(bundle));
    assert_int_equal(node_count(node_get(doc_root(result), "people")), FIND_MOST);
    assert_true(node_bool(doc_root(result), "more"));
    doc_free(bundle);
    doc_free(result);
}

/* ---- with a server ---- */

/* Ask, let the agent's part answer, and read it: owned text. */
static char *answered(struct central *c, const char *kind, const char *patient, const char *criteria)
{
    int64_t number = 0;

    ASSERT_OK(request_ask(c->st, kind, patient, criteria, "ada", &number, err));
    requests_answer(c);
    return request_result(c->st, number);
}

static void people_are_asked_for_without_a_trace(void **state)
{
    static const struct canned canned[] = {
        { "POST /fhir/Patient/_search", "200 OK", NULL, SEARCHSET("", ENTRY(PATIENT("far-1", "Quill")) "," ENTRY("{\"resourceType\":\"OperationOutcome\"}")) },
        { NULL, NULL, NULL, NULL },
    };
    struct directory *d = *state;
    struct endpoint_plan plan = fhir_plan(canned);
    struct endpoint e = endpoint_start(&plan);
    struct central c = fhir_central(d, &e, types);
    char *result = answered(&c, "find", NULL, "{\"searches\":[{\"name\":[\"Quill\"],\"birthdate\":[\"1970\"]}]}");

    assert_non_null(strstr(result, "{\"id\":\"far-1\",\"name\":\"Quill, Test\",\"birthDate\":\"1970-01-02\",\"sex\":\"F\",\"phone\":\"-1187\"}"));
    assert_true(endpoint_heard(&e, "POST /fhir/Patient/_search HTTP/"));
    assert_true(endpoint_heard(&e, "name=Quill&birthdate=1970&_count="));
    assert_true(endpoint_heard(&e, "application/x-www-form-urlencoded"));
    assert_false(endpoint_heard(&e, "?name"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM request WHERE criteria IS NOT NULL"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 0);     /* shown, not kept */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'sync find' AND detail LIKE 'request=% found=1'"), 1);
    free(result);
    fhir_central_done(&c);
    endpoint_stop(&e);
}

static int64_t documents(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM resource");
}

/* Two pages; what is another patient's, or of a type nobody keeps, stays out. */
static void the_whole_record_comes_and_nobody_elses(void **state)
{
    static const struct canned canned[] = {
        { "GET /fhir/Patient/far-1", "200 OK", NULL, PATIENT("far-1", "Quill") },
        { "GET /fhir/Patient/far-1/$everything?_count=50", "200 OK", NULL,
          SEARCHSET("{\"relation\":\"next\",\"url\":\"$BASE?_getpages=7\"}", ENTRY(PATIENT("far-1", "Quill")) "," ENTRY(OBSERVATION("o1", "far-1")) ","
                    ENTRY(OBSERVATION("o2", "else")) "," ENTRY(PATIENT("else", "Other")) "," ENTRY("{\"resourceType\":\"AuditEvent\",\"id\":\"a1\"}")) },
        { "GET /fhir?_getpages=7", "200 OK", NULL,
          SEARCHSET("", ENTRY("{\"resourceType\":\"Organization\",\"id\":\"org\",\"meta\":{\"versionId\":\"1\"},\"name\":\"Elm\"}") "," ENTRY(OBSERVATION("o3", "far-1"))) },
        { NULL, NULL, NULL, NULL },
    };
    struct directory *d = *state;
    struct endpoint_plan plan = fhir_plan(canned);
    struct endpoint e = endpoint_start(&plan);
    struct central c = fhir_central(d, &e, types);

    c.caps.has_everything = true;
    char *result = answered(&c, "record", "far-1", NULL);
    assert_non_null(strstr(result, "\"whole\":true"));
    assert_int_equal(documents(d), 4);
    assert_true(store_has(d->st, "Observation", "o3") && store_has(d->st, "Organization", "org"));
    assert_false(store_has(d->st, "Observation", "o2") || store_has(d->st, "Patient", "else"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 0);
    assert_true(asked_for_has(d->st, "far-1"));
    assert_false(asked_for_has(d->st, "else"));
    assert_true(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'sync record' AND patient = 'far-1'") > 0);
    assert_string_equal(c.pull.patient, "");
    free(result);
    result = answered(&c, "record", "far-1", NULL);     /* again: nothing changes */
    assert_int_equal(documents(d), 4);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE rev > 1"), 0);
    free(result);
    fhir_central_done(&c);
    endpoint_stop(&e);
}

/* No $everything, or one that is not ours to use: type by type, and what is not told is said. */
static void without_everything_each_type_is_asked_for(void **state)
{
    static const struct canned canned[] = {
        { "GET /fhir/Patient/far-1", "200 OK", NULL, PATIENT("far-1", "Quill") },
        { "GET /fhir/Patient/far-1/$everything?_count=50", "403 Forbidden", NULL, "{}" },
        { "GET /fhir/Observation?patient=Patient/far-1", "200 OK", NULL, SEARCHSET("", ENTRY(OBSERVATION("o1", "far-1"))) },
        { "GET /fhir/Condition?patient=Patient/far-1", "400 Bad Request", NULL, "{}" },
        { NULL, NULL, NULL, NULL },
    };
    struct directory *d = *state;
    struct endpoint_plan plan = fhir_plan(canned);
    struct endpoint e = endpoint_start(&plan);
    struct central c = fhir_central(d, &e, types);

    c.caps.has_everything = true;
    char *result = answered(&c, "record", "far-1", NULL);
    assert_non_null(strstr(result, "\"documents\":2,\"whole\":false"));
    assert_non_null(strstr(result, "Condition"));
    assert_true(store_has(d->st, "Observation", "o1"));
    free(result);
    fhir_central_done(&c);
    endpoint_stop(&e);
}

/* Every way it may fail is an answer, and what had come stays. */
static void failures_are_answers(void **state)
{
    static const struct canned canned[] = {
        { "GET /fhir/Patient/far-1", "200 OK", NULL, PATIENT("far-1", "Quill") },
        { "GET /fhir/Patient/far-1/$everything?_count=50", NULL, NULL, NULL },
        { "GET /fhir/Patient/gone", "410 Gone", NULL, "{}" },
        { "POST /fhir/Patient/_search", "405 Method Not Allowed", NULL, "{}" },
        { NULL, NULL, NULL, NULL },
    };
    static const struct { const char *kind, *patient, *criteria, *says; } cases[] = {
        { "record", "far-1", NULL, "no whole answer" },
        { "record", "gone", NULL, "the server has no Patient gone" },
        { "record", "never", NULL, "the server has no Patient never" },
        { "find", NULL, "{\"searches\":[{\"name\":[\"Quill\"]}]}", "POST Patient/_search" },
        { "find", NULL, "{\"searches\":[{}]}", "nothing to ask" },
        { "find", NULL, "no json", "error" },
        { "telepathy", NULL, NULL, "does not know how to answer telepathy" },
    };
    struct directory *d = *state;
    struct endpoint_plan plan = fhir_plan(canned);
    struct endpoint e = endpoint_start(&plan);
    struct central c = fhir_central(d, &e, types);

    c.caps.has_everything = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *result = answered(&c, cases[i].kind, cases[i].patient, cases[i].criteria);

        if (!strstr(result, "\"error\":\"") || !strstr(result, cases[i].says) || strstr(result, "Quill"))
            fail_msg("%s: %s", cases[i].says, result);
        free(result);
    }
    assert_true(store_has(d->st, "Patient", "far-1"));
    assert_int_equal(documents(d), 1);
    fhir_central_done(&c);
    endpoint_stop(&e);
}

/* Asked in the midst of a pass that has three requests on their way: the one lane that is left does, page
 * after page, and what was on its way is answered as well; with none left it waits. */
static void one_lane_is_enough(void **state)
{
    static const struct canned canned[] = {
        { "GET /fhir/Patient/far-1", "200 OK", NULL, PATIENT("far-1", "Quill") },
        { "GET /fhir/Patient/far-1/$everything?_count=50", "200 OK", NULL,
          SEARCHSET("{\"relation\":\"next\",\"url\":\"$BASE?_getpages=7\"}", ENTRY(OBSERVATION("o1", "far-1"))) },
        { "GET /fhir?_getpages=7", "200 OK", NULL, SEARCHSET("", ENTRY(OBSERVATION("o3", "far-1"))) },
        { "GET /fhir/slow", "200 OK", NULL, "{}" },
        { NULL, NULL, NULL, NULL },
    };
    struct directory *d = *state;
    struct endpoint_plan plan = fhir_plan(canned);
    plan.is_parallel = true;
    struct endpoint e = endpoint_start(&plan);
    struct central c = fhir_central(d, &e, types);
    struct http_answer answer = { 0 };
    int64_t number = 0;

    c.caps.has_everything = true;
    /* An older text of what is here already has to be asked for by id, between two pages. */
    directory_put(d, OBSERVATION("o1", "far-1"));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, NULL, "DELETE FROM outbox", ""));
    ASSERT_OK(store_end(d->st, query_run(d->st, NULL, "UPDATE resource SET base_version = '9', base_updated = '2026-11-22T10:00:00Z'", ""), err));
    ASSERT_OK(request_ask(d->st, "record", "far-1", NULL, "ada", &number, err));
    for (int i = 0; i < HTTP_LANES; i++)
        assert_true(http_begin(c.http, &(struct http_request){ .method = "GET", .path = "slow" }) >= 0);
    requests_answer(&c);
    assert_true(request_waits(d->st, false));
    http_wait(c.http, HTTP_ANY, &answer);
    http_answer_done(&answer);
    requests_answer(&c);
    char *result = request_result(d->st, number);
    assert_non_null(strstr(result, "\"whole\":true"));
    assert_true(store_has(d->st, "Observation", "o3"));
    free(result);
    for (int i = 1; i < HTTP_LANES; i++) {
        assert_true(http_wait(c.http, HTTP_ANY, &answer) >= 0);
        assert_int_equal(answer.status, 200);
        http_answer_done(&answer);
    }
    fhir_central_done(&c);
    endpoint_stop(&e);
}

/* ---- the table ---- */

static int64_t ask(struct directory *d, const char *kind)
{
    int64_t number = 0;

    ASSERT_OK(request_ask(d->st, kind, NULL, strcmp(kind, "find") == 0 ? "{}" : NULL, "ada", &number, err));
    return number;
}

static void what_an_agent_left_is_taken_by_the_next(void **state)
{
    struct directory *d = *state;
    struct request r;
    int64_t sync = ask(d, "sync"), find = ask(d, "find");

    assert_true(request_take(d->st, false, &r));        /* a pass is not for the moment between */
    assert_int_equal(r.number, find);
    assert_string_equal(r.criteria, "{}");
    request_done(&r);
    assert_false(request_take(d->st, false, &r));
    assert_true(request_waits(d->st, true));
    request_reopen(d->st);
    assert_true(request_take(d->st, false, &r) && r.number == find);
    request_done(&r);
    assert_true(request_take(d->st, true, &r) && r.number == sync);
    request_done(&r);
    ASSERT_OK(request_finish(d->st, find, "{}", err));
    request_reopen(d->st);                              /* what is answered stays so */
    assert_true(request_take(d->st, true, &r) && r.number == sync);
    request_done(&r);
}

static void names_do_not_stay(void **state)
{
    struct directory *d = *state;
    int64_t answered_one = ask(d, "find"), waiting = ask(d, "find"), pass = ask(d, "sync");

    ASSERT_OK(request_finish(d->st, answered_one, "{\"people\":[]}", err));
    request_prune(d->st);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM request"), 3);
    clock_set_now("2026-11-23T08:25");
    request_prune(d->st);
    assert_null(request_result(d->st, answered_one));
    char *waits = request_result(d->st, waiting);       /* the agent that answers takes away what was looked for */
    assert_string_equal(waits, "");
    free(waits);
    ASSERT_OK(request_finish(d->st, waiting, "{\"people\":[]}", err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM request WHERE criteria IS NOT NULL"), 0);
    clock_set_now("2026-11-23T08:14");
    assert_true(ask(d, "find") > pass);                 /* a number is never used again */
    request_drop(d->st, pass);
    assert_null(request_result(d->st, pass));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_tells_a_person_goes_into_the_body), cmocka_unit_test(the_list_has_an_end),
        DIRECTORY_TEST(people_are_asked_for_without_a_trace), DIRECTORY_TEST(the_whole_record_comes_and_nobody_elses),
        DIRECTORY_TEST(without_everything_each_type_is_asked_for), DIRECTORY_TEST(failures_are_answers), DIRECTORY_TEST(one_lane_is_enough),
        DIRECTORY_TEST(what_an_agent_left_is_taken_by_the_next), DIRECTORY_TEST(names_do_not_stay),
    };

    return cmocka_run_group_tests(tests, fhir_group_start, fhir_group_end);
}
