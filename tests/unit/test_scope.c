/* Another clinic's patients would lie on this clinic's machine, or this clinic's own would go missing. */
#include "tests/unit/world.h"

#include "store/asked_for.h"
#include "store/quarantine.h"
#include "sync/belong.h"
#include "sync/pull.h"
#include "sync/scope.h"

static void a_scope_is_one_or_more_searches(void **state)
{
    static const struct { const char *text; size_t n; const char *first, *last; } cases[] = {
        { "", 0, "", "" }, { " ; ;", 0, "", "" },
        { "organization=elm", 1, "organization=elm", "organization=elm" },
        { "?organization=elm&active=true&", 1, "organization=elm&active=true", "organization=elm&active=true" },
        { " organization=elm ; general-practitioner=kim;", 2, "organization=elm", "general-practitioner=kim" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scope scope;

        scope_read(cases[i].text, &scope);
        assert_int_equal(scope.n, cases[i].n);
        if (scope.n > 0) {
            assert_string_equal(scope.query[0], cases[i].first);
            assert_string_equal(scope.query[scope.n - 1], cases[i].last);
        }
        scope_done(&scope);
    }
}

static void a_patient_tells_whose_they_are(void **state)
{
    static const char patient[] = "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"managingOrganization\":{\"reference\":\"Organization/elm\"},"
        "\"generalPractitioner\":[{\"display\":\"x\"},{\"reference\":\"https://a.example/fhir/Practitioner/kim\"}],"
        "\"meta\":{\"tag\":[{\"system\":\"http://s\",\"code\":\"c\"},{\"code\":\"d\"}]}}";
    static const struct { const char *why, *scope; enum scope_verdict verdict; const char *field; } cases[] = {
        { "everybody", "", SCOPE_IN, NULL },
        { "by id", "organization=elm", SCOPE_IN, NULL },
        { "by reference", "organization=Organization/elm", SCOPE_IN, NULL },
        { "by address", "organization=https://a.example/fhir/Organization/elm", SCOPE_IN, NULL },
        { "of another type", "organization=Practitioner/elm", SCOPE_OUT, "managingOrganization" },
        { "an end of an id is none", "organization=xelm", SCOPE_OUT, "managingOrganization" },
        { "another", "organization=oak", SCOPE_OUT, "managingOrganization" },
        { "one of several", "organization=oak,elm", SCOPE_IN, NULL },
        { "the second in the list", "general-practitioner=kim", SCOPE_IN, NULL },
        { "both", "organization=elm&general-practitioner=kim", SCOPE_IN, NULL },
        { "not both", "organization=elm&general-practitioner=lee", SCOPE_OUT, "generalPractitioner" },
        { "either", "organization=oak;general-practitioner=kim", SCOPE_IN, NULL },
        { "neither", "organization=oak;general-practitioner=lee", SCOPE_OUT, NULL },
        { "tag", "_tag=http://s|c", SCOPE_IN, NULL },
        { "tag of another system", "_tag=http://t|c", SCOPE_OUT, "meta.tag" },
        { "tag of no system", "_tag=|d", SCOPE_IN, NULL },
        { "tag of no system, which has one", "_tag=|c", SCOPE_OUT, "meta.tag" },
        { "tag of any system", "_tag=c", SCOPE_IN, NULL },
        { "any tag of a system", "_tag=http://s|", SCOPE_IN, NULL },
        { "what only a server knows", "active=true", SCOPE_ASK, NULL },
        { "and what is known settles it", "active=true&organization=oak", SCOPE_OUT, "managingOrganization" },
        { "or leaves it open", "active=true&organization=elm", SCOPE_ASK, NULL },
        { "a modifier", "organization:missing=true", SCOPE_ASK, NULL },
        { "encoded", "_tag=http%3A%2F%2Fs|c", SCOPE_ASK, NULL },
    };
    struct doc *doc = NULL;

    (void)state;
    assert_int_equal(doc_parse(patient, strlen(patient), &doc, NULL), RC_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scope scope;
        const char *field;

        scope_read(cases[i].scope, &scope);
        if (scope_of(&scope, doc_root(doc), &field) != cases[i].verdict || (cases[i].field && strcmp(field, cases[i].field) != 0))
            fail_msg("%s: %s", cases[i].why, field);
        scope_done(&scope);
    }
    doc_free(doc);
}

/* ---- on a database, with a server ---- */

#define ELM ",\"managingOrganization\":{\"reference\":\"Organization/elm\"}"
#define OAK ",\"managingOrganization\":{\"reference\":\"Organization/oak\"}"
#define ABOUT(patient) ",\"status\":\"final\",\"code\":{\"text\":\"zebrafish\"},\"subject\":{\"reference\":\"Patient/" patient "\"}"
#define AT(s) "2026-11-23T12:00:0" s ".000Z"

static const char *const types[] = { "Patient", "Observation", "Organization" };

static int64_t quarantined(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM quarantine WHERE closed IS NULL");
}

static void what_the_server_sends_beyond_the_scope_is_set_aside(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    world_start(&x, d, types, 3);
    x.c.scope = "organization=elm";
    world_put(&x, WORLD_LISTED, "Patient", "in", "1", AT("1"), ELM);
    world_put(&x, WORLD_LISTED, "Patient", "out", "1", AT("2"), OAK);
    world_put(&x, WORLD_LISTED, "Observation", "of-in", "1", AT("3"), ABOUT("in"));
    world_put(&x, WORLD_LISTED, "Observation", "of-out", "1", AT("4"), ABOUT("out"));
    world_put(&x, WORLD_LISTED, "Observation", "of-none", "1", AT("5"), ",\"status\":\"final\",\"code\":{\"text\":\"x\"}");
    world_put(&x, WORLD_LISTED, "Organization", "oak", "1", AT("1"), "");
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 4);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE id IN ('out', 'of-out')"), 0);
    assert_int_equal(quarantined(d), 2);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE reason LIKE 'Observation/of-out %subject%Patient/out%'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE reason LIKE 'Patient/out %managingOrganization%'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE body LIKE '%zebrafish%' OR body LIKE '%oak%'"), 0);
    assert_non_null(strstr(x.c.problem, "2"));
    world_stop(&x);
}

static void somebody_asked_for_is_let_in(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    world_start(&x, d, types, 3);
    x.c.scope = "organization=elm";
    ASSERT_OK(asked_for_add(d->st, "out", clock_now_ms() + 60000, err));
    world_put(&x, WORLD_LISTED, "Patient", "out", "1", AT("2"), OAK);
    world_put(&x, WORLD_LISTED, "Observation", "of-out", "1", AT("4"), ABOUT("out"));
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 2);
    assert_int_equal(quarantined(d), 0);
    world_stop(&x);
}

/* Registered at the server after this pass had asked for Patients. */
static void a_patient_met_by_what_is_about_them_is_taken_in(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    world_start(&x, d, types, 3);
    x.c.scope = "organization=elm";
    world_put(&x, WORLD_HIDDEN, "Patient", "new", "1", AT("2"), ELM);
    world_put(&x, WORLD_LISTED, "Observation", "of-new", "1", AT("4"), ABOUT("new"));
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 2);
    assert_int_equal(quarantined(d), 0);
    world_stop(&x);
}

static void who_comes_into_scope_leaves_the_quarantine(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    world_start(&x, d, types, 3);
    x.c.scope = "organization=elm";
    world_put(&x, WORLD_LISTED, "Patient", "p", "1", AT("2"), OAK);
    world_put(&x, WORLD_LISTED, "Observation", "o", "1", AT("4"), ABOUT("p"));
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(quarantined(d), 2);
    world_put(&x, WORLD_LISTED, "Patient", "p", "2", AT("5"), ELM);
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(quarantined(d), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 2);
    world_put(&x, WORLD_LISTED, "Patient", "p", "3", AT("6"), OAK);     /* and goes again */
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM event"), 0);
    world_stop(&x);
}

static void who_comes_into_scope_brings_what_is_about_them(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    world_start(&x, d, types, 3);
    x.c.scope = "organization=elm";
    world_put(&x, WORLD_LISTED, "Patient", "q", "1", AT("2"), ELM);
    world_put(&x, WORLD_LISTED, "Observation", "of-q", "1", AT("2"), ABOUT("q"));
    ASSERT_OK(pull_all(&x.c, err));
    world_put(&x, WORLD_LISTED, "Patient", "p", "2", AT("5"), ELM);
    world_put(&x, WORLD_LISTED, "Patient", "made", "1", AT("5"), ELM);
    world_put(&x, WORLD_LISTED, "Observation", "of-p", "1", "2026-11-21T09:00:00.000Z", ABOUT("p"));
    strcpy(x.world->fail, "patient=Patient/p");
    strcpy(x.world->fail_status, "500 Internal Server Error");
    x.world->fail_times = 1;
    *x.world->asked = '\0';
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(x.world->fail_times, 0);
    ASSERT_OK(pull_all(&x.c, err));         /* kept in mind over a failure */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE id = 'of-p'"), 1);
    assert_null(strstr(x.world->asked, "Patient/made"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM pull WHERE type LIKE '\\_new%' ESCAPE '\\'"), 0);
    world_stop(&x);
}

static void who_was_registered_here_stays(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    world_start(&x, d, types, 3);
    x.c.scope = "organization=elm";
    directory_put(d, PERSON("mine", "Marsh"));
    world_put(&x, WORLD_LISTED, "Patient", "mine", "1", AT("2"), ",\"name\":[{\"family\":\"Marsh\",\"given\":[\"Test\"]}],\"birthDate\":\"1970-01-01\"");
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(directory_number(d, "SELECT base_version FROM resource"), 1);
    assert_int_equal(quarantined(d), 0);
    world_stop(&x);
}

static void each_query_has_its_own_position(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    world_start(&x, d, types, 3);
    x.c.scope = "organization=elm;general-practitioner=kim";
    world_put(&x, WORLD_LISTED, "Patient", "p", "1", AT("2"), ELM);
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM pull WHERE type = 'Patient' AND watermark <> ''"), 2);
    assert_non_null(strstr(x.world->asked, "/fhir/Observation?patient.general-practitioner=kim&_sort"));
    assert_non_null(strstr(x.world->asked, "/fhir/Organization?_sort"));
    world_stop(&x);
}

int main(void)
{
    http_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scope_is_one_or_more_searches), cmocka_unit_test(a_patient_tells_whose_they_are),
        DIRECTORY_TEST(what_the_server_sends_beyond_the_scope_is_set_aside), DIRECTORY_TEST(somebody_asked_for_is_let_in),
        DIRECTORY_TEST(a_patient_met_by_what_is_about_them_is_taken_in), DIRECTORY_TEST(who_comes_into_scope_leaves_the_quarantine),
        DIRECTORY_TEST(who_comes_into_scope_brings_what_is_about_them),
        DIRECTORY_TEST(who_was_registered_here_stays), DIRECTORY_TEST(each_query_has_its_own_position),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    return failed;
}
