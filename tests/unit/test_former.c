/* Answers to an older version of a form could not be read at a desk that knows only the newest. */
#include "tests/unit/world.h"

#include "intake/sitting/version.h"
#include "sync/pull.h"

#define FORM(version, title) ",\"url\":\"http://forms.example/f\",\"version\":\"" version "\",\"status\":\"active\",\"title\":\"" title "\""
#define OLDER(n, version, title) "{\"resource\":{\"resourceType\":\"Questionnaire\",\"id\":\"q1\",\"meta\":{\"versionId\":\"" n "\"," \
    "\"lastUpdated\":\"2026-11-2" n "T08:00:00.000Z\"}" FORM(version, title) "}}"
#define ANSWERS(version) ",\"status\":\"completed\",\"questionnaire\":\"http://forms.example/f|" version "\",\"subject\":{\"reference\":\"Patient/p1\"}"

static const char *const types[] = { "Questionnaire", "QuestionnaireResponse" };

static void start(struct world_desk *x, struct directory *d)
{
    world_start(x, d, types, 2);
    world_put(x, WORLD_LISTED, "Questionnaire", "q1", "3", "2026-11-23T08:00:00.000Z", FORM("3.0", "newest"));
    strcpy(x->world->body, "/Questionnaire/q1/_history");
    strcpy(x->world->instead, "{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[" OLDER("3", "3.0", "newest") ","
           OLDER("2", "1.0", "corrected") "," OLDER("1", "1.0", "first") "]}");
}

static int asked(struct world_desk *x)
{
    int n = 0;

    for (const char *p = x->world->asked; (p = strstr(p, "/_history")); p++)
        n++;
    return n;
}

static void the_version_that_answers_name_is_fetched(void **state)
{
    struct directory *d = *state;
    struct world_desk x;
    struct doc *form = NULL;
    enum version_match match;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "QuestionnaireResponse", "r1", "1", "2026-11-23T09:00:00.000Z", ANSWERS("1.0"));
    ASSERT_OK(pull_all(&x.c, err));
    struct doc *response = directory_get(d, "QuestionnaireResponse", "r1");
    ASSERT_OK(version_of_response(d->st, response, &form, &match, err));
    assert_string_equal(node_str(doc_root(form), "title"), "corrected");
    char *name = version_name(form);
    doc_free(form);
    ASSERT_OK(version_load(d->st, name, &form, err));
    assert_string_equal(node_str(doc_root(form), "version"), "1.0");
    doc_free(form);
    form = directory_get(d, "Questionnaire", "q1");
    assert_string_equal(node_str(doc_root(form), "version"), "3.0");
    assert_int_equal(doc_rev(form), 1);
    doc_free(form);
    doc_free(response);
    free(name);
    world_put(&x, WORLD_LISTED, "QuestionnaireResponse", "r2", "1", "2026-11-23T09:01:00.000Z", ANSWERS("1.0"));
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(asked(&x), 1);
    world_stop(&x);
}

static void one_that_nobody_has_is_asked_for_once_a_day(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "QuestionnaireResponse", "r1", "1", "2026-11-23T09:00:00.000Z", ANSWERS("0.1"));
    ASSERT_OK(pull_all(&x.c, err));
    world_put(&x, WORLD_LISTED, "QuestionnaireResponse", "r2", "1", "2026-11-23T09:01:00.000Z", ANSWERS("0.1"));
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(asked(&x), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM history"), 0);
    world_stop(&x);
}

static void the_newest_needs_no_asking(void **state)
{
    struct directory *d = *state;
    struct world_desk x;

    start(&x, d);
    world_put(&x, WORLD_LISTED, "QuestionnaireResponse", "r1", "1", "2026-11-23T09:00:00.000Z", ANSWERS("3.0"));
    ASSERT_OK(pull_all(&x.c, err));
    assert_int_equal(asked(&x), 0);
    world_stop(&x);
}

int main(void)
{
    http_start();
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(the_version_that_answers_name_is_fetched), DIRECTORY_TEST(one_that_nobody_has_is_asked_for_once_a_day),
        DIRECTORY_TEST(the_newest_needs_no_asking),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    return failed;
}
