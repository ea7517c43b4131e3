/* What is typed at Find reaches the server as something else, or an answer is lost, read by another, or
 * given to somebody who may not ask. */
#include "tests/unit/action_case.h"

#include "action/server.h"
#include "store/request.h"

#define SEARCHES(list) "{\"searches\":[" list "]}"

static void what_is_typed_as_a_server_is_asked(void **state)
{
    static const struct { const char *typed, *criteria; } cases[] = {
        { "García", SEARCHES("{\"name\":[\"García\"]}") },                     /* as typed: accents are the server's affair */
        { "Nuñez-Ortiz, Ana", SEARCHES("{\"name\":[\"Nuñez-Ortiz\",\"Ana\"]}") },
        { "garcia 1 jul 1954", SEARCHES("{\"name\":[\"garcia\"],\"birthdate\":[\"1954-07-01\"]}") },
        { "gar 1954", SEARCHES("{\"name\":[\"gar\"],\"birthdate\":[\"1954\"]}") },
        { "gar 5", SEARCHES("{\"name\":[\"gar\"]}") },                         /* a decade is no date */
        { "1954-07-01", SEARCHES("{\"birthdate\":[\"1954-07-01\"]},{\"identifier\":[\"1954-07-01\"]}") },
        { "4512", SEARCHES("{\"identifier\":[\"4512\",\"004512\"]}") },
        { "AB-4512", SEARCHES("{\"identifier\":[\"AB-4512\"]}") },
        { "jul 1954", SEARCHES("{\"name\":[\"jul\"],\"birthdate\":[\"1954\"]}") },
        { "g", NULL }, { "", NULL }, { "  ", NULL },
    };
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *criteria = server_criteria(&ctx, cases[i].typed);

        if (!criteria != !cases[i].criteria || (criteria && strcmp(criteria, cases[i].criteria) != 0))
            fail_msg("%s: %s", cases[i].typed, criteria ? criteria : "(nothing)");
        free(criteria);
    }
    context_end(&ctx);
}

static void asked_once_answered_once(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    struct doc *result = NULL, *answer = NULL;
    struct hits hits;
    struct err why = { RC_OK, "" };

    assert_int_equal(RUN(&ctx, ACTION_PATIENT_FIND, NULL, "query", "quill", "server", "yes", NULL), RC_INVALID);  /* no server */
    config_set_text(ctx.config, "server.url", "https://fhir.example");
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_FIND, NULL, "query", "q", "server", "yes", NULL), RC_INVALID);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM request"), 0);
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_FIND, &result, "query", "quill", "server", "yes", NULL), RC_OK);
    int64_t number = strtoll(node_str(doc_root(result), "request"), NULL, 10);
    doc_free(result);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'patient find' AND detail = 'request=1'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE detail LIKE '%quill%'"), 0);
    assert_int_equal(server_answer(&ctx, number, &answer, &why), RC_BUSY);
    ASSERT_OK(request_finish(d->st, number, "{\"people\":[{\"id\":\"far-1\",\"name\":\"Quill, Ada\",\"sex\":\"F\"}],\"more\":true}", err));
    ASSERT_OK(server_answer(&ctx, number, &answer, err));
    server_hits(doc_root(answer), &hits);
    assert_int_equal(hits.n, 1);
    assert_true(hits.more);
    assert_string_equal(hits.hit[0].name, "Quill, Ada");
    assert_string_equal(hits.hit[0].birth, "");
    hits_done(&hits);
    doc_free(answer);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM request"), 0);       /* read, so gone */
    assert_int_equal(server_answer(&ctx, number, &answer, &why), RC_NOT_FOUND);
    context_end(&ctx);
}

/* An id that is at the server only binds the act and its audit row all the same; what is no id does not. */
static void a_record_from_afar_names_its_patient(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    struct request r;

    config_set_text(ctx.config, "server.url", "https://fhir.example");
    assert_int_equal(RUN(&ctx, ACTION_RECORD_FETCH, NULL, "patient", "../metadata?x", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_RECORD_FETCH, NULL, "patient", "a b", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_RECORD_FETCH, NULL, "patient", "Patient/far-1", NULL), RC_OK);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'patient fetch' AND patient = 'far-1' AND outcome = 0"), 1);
    assert_true(request_take(d->st, false, &r));
    assert_string_equal(r.kind, "record");
    assert_string_equal(r.patient, "far-1");
    assert_string_equal(r.by, ctx.session.staff.id);
    assert_int_equal(request_of(d->st, "record", "far-1", r.by), r.number);
    assert_int_equal(request_of(d->st, "record", "far-1", "another"), 0);
    request_done(&r);
    session_done(&ctx.session);
    assert_int_equal(RUN(&ctx, ACTION_RECORD_FETCH, NULL, "patient", "far-1", NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_FIND, NULL, "query", "quill", "server", "yes", NULL), RC_DENIED);
    config_free(ctx.config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(what_is_typed_as_a_server_is_asked), DIRECTORY_TEST(asked_once_answered_once),
        DIRECTORY_TEST(a_record_from_afar_names_its_patient),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
