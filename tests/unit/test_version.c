/* Old answers would open in questions that were never asked, or a version that was used would be gone. */
#include "tests/unit/directory.h"

#include "base/mem.h"
#include "fhir/canonical.h"
#include "fhir/extension_urls.h"
#include "intake/sitting/sitting.h"
#include "intake/sitting/version.h"

#define URL "http://example.org/form"
#define FORM(id, version, more, text) "{\"resourceType\":\"Questionnaire\",\"id\":\"" id "\",\"url\":\"" URL "\",\"version\":\"" version "\",\"status\":\"active\"," more \
    "\"title\":\"Form\",\"item\":[{\"linkId\":\"1\",\"type\":\"string\",\"text\":\"" text "\"}]}"
#define ANSWER(canonical, authored) "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"r\",\"questionnaire\":\"" canonical "\",\"status\":\"completed\"," \
    "\"subject\":{\"reference\":\"Patient/p1\"},\"authored\":\"" authored "\",\"item\":[{\"linkId\":\"1\",\"text\":\"As it was asked\",\"answer\":[{\"valueString\":\"yes\"}]}]}"

static struct doc *parsed(const char *json)
{
    struct doc *doc = NULL;

    ASSERT_OK(doc_parse(json, strlen(json), &doc, err));
    return doc;
}

/* Another text under the same id, as an import with --update or the agent brings it. */
static void update(struct directory *d, const char *json)
{
    struct grant grant = directory_grant("import", "");
    struct doc *doc = parsed(json), *now = directory_get(d, "Questionnaire", doc_id(doc));

    doc_set_rev(doc, doc_rev(now));
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(now);
    doc_free(doc);
}

static void opens_as(struct directory *d, const char *response, const char *question, bool says)
{
    struct doc *doc = parsed(response);
    struct sitting s;
    char *words;

    ASSERT_OK(sitting_view(d->st, doc, &s, err));
    assert_string_equal(form_row(s.form, 0)->text, question);
    assert_int_equal(s.note != NULL, says);
    words = form_answer_words(s.form, form_row(s.form, 0), 0);
    assert_string_equal(words, "yes");
    free(words);
    sitting_done(&s);
    doc_free(doc);
}

static void seed(struct directory *d)
{
    directory_put(d, PERSON("p1", "Testing"));
    directory_put(d, FORM("f", "1", "", "First"));
}

static void old_answers_open_in_their_version_after_an_update(void **state)
{
    struct directory *d = *state;

    seed(d);
    update(d, FORM("f", "2", "", "Second"));
    update(d, FORM("f", "3", "", "Third"));
    opens_as(d, ANSWER(URL "|1", "2026-11-20"), "First", false);
    opens_as(d, ANSWER(URL "|2", "2026-11-20"), "Second", false);
    opens_as(d, ANSWER(URL "|3", "2026-11-20"), "Third", false);
}

/* The new version came under an id of its own, and the old resource was deleted at the server. */
static void and_after_it_was_replaced_by_another_and_deleted(void **state)
{
    struct grant grant = directory_grant("sync", "");
    struct directory *d = *state;
    struct doc *old;

    seed(d);
    directory_put(d, FORM("g", "2", "", "Second"));
    grant.origin = ORIGIN_SYNC;
    old = directory_get(d, "Questionnaire", "f");
    ASSERT_OK(store_put_remote(d->st, &grant, old, "1", "2026-11-20T08:00:00Z", err));
    ASSERT_OK(store_delete_remote(d->st, &grant, "Questionnaire", "f", err));
    assert_false(store_has(d->st, "Questionnaire", "f"));
    opens_as(d, ANSWER(URL "|1", "2026-11-20"), "First", false);
    opens_as(d, ANSWER(URL "|2", "2026-11-20"), "Second", false);
    doc_free(old);
}

/* A version that is not here is never taken for another: the answers stand with their own words. */
static void a_version_that_is_not_here_is_said_to_be(void **state)
{
    struct directory *d = *state;
    struct doc *doc = parsed(ANSWER(URL "|9", "2026-11-20")), *out;
    struct sitting s;
    struct err why = { RC_OK, "" };

    seed(d);
    assert_int_equal(version_of_response(d->st, doc, &out, NULL, &why), RC_NOT_FOUND);
    assert_non_null(strstr(why.text, "only: 1"));
    ASSERT_OK(sitting_view(d->st, doc, &s, err));
    assert_non_null(strstr(s.note, "not here"));
    sitting_done(&s);
    doc_free(doc);
    opens_as(d, ANSWER(URL "|9", "2026-11-20"), "As it was asked", true);
    opens_as(d, ANSWER("http://example.org/other", "2026-11-20"), "As it was asked", true);
}

/* Edited without a new number: the digest tells the texts apart, the day does where there is none. */
static void texts_of_one_version_are_told_apart(void **state)
{
    struct directory *d = *state;
    struct doc *first, *marked = parsed(ANSWER(URL "|1", "2026-11-23T08:14:30-05:00")), *found;
    enum version_match match;

    seed(d);
    first = directory_get(d, "Questionnaire", "f");
    version_mark(marked, first);
    clock_set_now("2026-11-24T08:14");
    update(d, FORM("f", "1", "", "Edited"));
    ASSERT_OK(version_of_response(d->st, marked, &found, &match, err));
    assert_int_equal(match, VERSION_SAME);
    assert_string_equal(node_path_str(doc_root(found), "item[0].text"), "First");
    doc_free(found);
    opens_as(d, ANSWER(URL "|1", "2026-11-23T12:00:00-05:00"), "First", true);
    opens_as(d, ANSWER(URL "|1", "2026-11-25"), "Edited", true);
    opens_as(d, ANSWER(URL, "2026-11-25"), "Edited", true);
    update(d, FORM("f", "1", "\"date\":\"2026-11-24\",", "Edited"));      /* reads as before: no third text */
    opens_as(d, ANSWER(URL "|1", "2026-11-25"), "Edited", true);
    update(d, FORM("f", "2", "", "First"));                                        /* the same text under another number */
    ASSERT_OK(version_of_response(d->st, marked, &found, &match, err));
    assert_string_equal(node_path_str(doc_root(found), "version"), "1");
    doc_free(found);
    doc_free(first);
    doc_free(marked);
}

static void finished_forms_carry_their_digest(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form fill", "p1");
    struct sitting s;
    struct doc *response, *found;
    enum version_match match;
    char *id;

    seed(d);
    ASSERT_OK(sitting_start(d->st, &grant, "f", "p1", &s, err));
    ASSERT_OK(form_type_answer(s.form, "1", "yes", err));
    ASSERT_OK(sitting_save(d->st, &grant, &s, "1", NULL, err));
    ASSERT_OK(sitting_finish(d->st, &grant, &s, &id, err));
    sitting_done(&s);
    update(d, FORM("f", "1", "", "Edited"));
    response = directory_get(d, "QuestionnaireResponse", id);
    ASSERT_OK(version_of_response(d->st, response, &found, &match, err));
    assert_int_equal(match, VERSION_SAME);
    assert_string_equal(node_path_str(doc_root(found), "item[0].text"), "First");
    doc_free(found);
    doc_free(response);
    free(id);
}

static void a_retired_form_is_not_started(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form fill", "p1");
    struct sitting s;
    struct form_choice *choice;
    size_t n;

    seed(d);
    update(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"f\",\"url\":\"" URL "\",\"version\":\"1\",\"status\":\"retired\",\"title\":\"Form\","
              "\"item\":[{\"linkId\":\"1\",\"type\":\"string\",\"text\":\"First\"}]}");
    ASSERT_RC(RC_DENIED, sitting_start(d->st, &grant, "f", "p1", &s, err));
    opens_as(d, ANSWER(URL "|1", "2026-11-20"), "First", false);
    ASSERT_OK(sitting_choices(d->st, &choice, &n, err));
    assert_int_equal(n, 1);
    assert_true(choice[0].is_retired);
    form_choice_done(&choice[0]);
    free(choice);
}

/* An age that was worked out on the day of the answers is shown as it was, not as it would be today. */
static void nothing_is_worked_out_anew_in_old_answers(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    struct doc *doc = parsed("{\"resourceType\":\"QuestionnaireResponse\",\"questionnaire\":\"http://example.org/age\",\"status\":\"completed\","
        "\"subject\":{\"reference\":\"Patient/p1\"},\"item\":[{\"linkId\":\"a\",\"answer\":[{\"valueInteger\":4}]},{\"linkId\":\"s\",\"answer\":[{\"valueInteger\":99}]}]}");
    char *words;

    seed(d);
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"age\",\"url\":\"http://example.org/age\",\"status\":\"active\",\"item\":[{\"linkId\":\"a\",\"type\":\"integer\"},"
                  "{\"linkId\":\"s\",\"type\":\"integer\",\"readOnly\":true,\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression\","
                  "\"valueExpression\":{\"language\":\"text/fhirpath\",\"expression\":\"%resource.item.where(linkId='a').answer.value + 1\"}}]}]}");
    ASSERT_OK(sitting_view(d->st, doc, &s, err));
    words = form_answer_words(s.form, form_row_by_path(s.form, "s"), 0);
    assert_string_equal(words, "99");
    free(words);
    sitting_done(&s);
    doc_free(doc);
}

static void versions_are_ordered_as_people_number_them(void **state)
{
    static const struct { const char *less, *more; } pairs[] = {
        { "2.9", "2.10" }, { "1", "2" }, { "", "1" }, { "2025-11", "2026-01" }, { "1.0", "1.0.1" }, { "1.0.0-beta", "1.0.1" }, { "v2", "v10" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (canonical_version_order(pairs[i].less, pairs[i].more) >= 0 || canonical_version_order(pairs[i].more, pairs[i].less) <= 0)
            fail_msg("%s, %s", pairs[i].less, pairs[i].more);
    assert_int_equal(canonical_version_order("1.02", "1.2"), 0);
}

static void the_newest_is_found_and_never_an_older_one(void **state)
{
    struct directory *d = *state;
    struct doc *first, *newest;

    seed(d);
    first = directory_get(d, "Questionnaire", "f");
    ASSERT_RC(RC_NOT_FOUND, version_newest(d->st, first, &newest, err));
    directory_put(d, FORM("g", "10", "", "Tenth"));
    directory_put(d, FORM("h", "9", "", "Ninth"));
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"i\",\"url\":\"" URL "\",\"version\":\"11\",\"status\":\"retired\",\"item\":[{\"linkId\":\"1\",\"type\":\"string\"}]}");
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"j\",\"url\":\"" URL "\",\"version\":\"12\",\"status\":\"draft\",\"item\":[{\"linkId\":\"1\",\"type\":\"string\"}]}");
    ASSERT_OK(version_newest(d->st, first, &newest, err));
    assert_string_equal(doc_id(newest), "g");
    doc_free(first);
    ASSERT_RC(RC_NOT_FOUND, version_newest(d->st, newest, &first, err));
    doc_free(newest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(old_answers_open_in_their_version_after_an_update), DIRECTORY_TEST(and_after_it_was_replaced_by_another_and_deleted),
        DIRECTORY_TEST(a_version_that_is_not_here_is_said_to_be), DIRECTORY_TEST(texts_of_one_version_are_told_apart),
        DIRECTORY_TEST(finished_forms_carry_their_digest), DIRECTORY_TEST(a_retired_form_is_not_started),
        DIRECTORY_TEST(nothing_is_worked_out_anew_in_old_answers), DIRECTORY_TEST(versions_are_ordered_as_people_number_them),
        DIRECTORY_TEST(the_newest_is_found_and_never_an_older_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
