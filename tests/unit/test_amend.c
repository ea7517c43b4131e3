/* A finished form would be changed without a trace, over somebody else's change, or lose what the form does not know. */
#include "tests/unit/kill_case.h"

#include "base/mem.h"
#include "desk/correct.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/sitting/aside.h"
#include "intake/sitting/history.h"
#include "intake/sitting/sitting.h"

#define NINE "{\"linkId\":\"nine\",\"type\":\"choice\",\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"44260-8\"}]," \
    "\"answerOption\":[{\"valueCoding\":{\"code\":\"LA6568-5\",\"display\":\"Not at all\"}},{\"valueCoding\":{\"code\":\"LA6569-3\",\"display\":\"Several days\"}}]}"
static const char form_json[] =
    "{\"resourceType\":\"Questionnaire\",\"id\":\"f\",\"url\":\"http://example.org/f\",\"version\":\"1\",\"status\":\"active\",\"title\":\"Form\",\"item\":["
    "{\"linkId\":\"a\",\"type\":\"string\",\"text\":\"First?\",\"required\":true},{\"linkId\":\"b\",\"type\":\"string\",\"text\":\"Second?\"},"
    "{\"linkId\":\"c\",\"type\":\"string\",\"text\":\"Third?\"}," NINE "]}";
/* As another program wrote it: members, ids and an item that our form knows nothing of. */
static const char response_json[] =
    "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"r\",\"questionnaire\":\"http://example.org/f|1\",\"status\":\"completed\",\"language\":\"en\","
    "\"extension\":[{\"url\":\"http://other.example/x\",\"valueString\":\"kept\"}],"
    "\"subject\":{\"reference\":\"Patient/p1\"},\"encounter\":{\"reference\":\"Encounter/e1\"},\"authored\":\"2026-11-20T08:00:00Z\",\"item\":["
    "{\"id\":\"one\",\"linkId\":\"a\",\"text\":\"First?\",\"answer\":[{\"id\":\"answer-one\",\"valueString\":\"A\"}]},"
    "{\"linkId\":\"b\",\"answer\":[{\"valueString\":\"B\"}]},{\"linkId\":\"elsewhere\",\"answer\":[{\"valueDecimal\":1.10}]}]}";

static void seed(struct directory *d)
{
    directory_put(d, PERSON("p1", "Testing"));
    directory_put(d, form_json);
    directory_put(d, response_json);
}

static struct sitting amend(struct directory *d, const char *why)
{
    struct grant grant = directory_grant("form amend", "p1");
    struct sitting s;

    ASSERT_OK(sitting_amend(d->st, &grant, "r", why, &s, err));
    return s;
}

static void answer(struct directory *d, struct sitting *s, const char *path, const char *typed)
{
    struct grant grant = directory_grant("intake", "p1");

    ASSERT_OK(form_type_answer(s->form, path, typed, err));
    ASSERT_OK(sitting_save(d->st, &grant, s, path, path, err));
}

static enum rc finish(struct directory *d, struct sitting *s, struct err *err)
{
    struct grant grant = directory_grant("intake", "p1");

    return sitting_finish(d->st, &grant, s, NULL, err);
}

/* Somebody else's change to the response, past our draft. */
static void change_meanwhile(struct directory *d, const char *path, const char *value)
{
    struct grant grant = directory_grant("resource put", "p1");
    struct doc *doc = directory_get(d, "QuestionnaireResponse", "r");

    assert_true(doc_set(doc, path, value));
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
}

static const char *part(const struct doc *doc, const char *url, const char *name)
{
    const char *text = node_text(extension_value(extension_find(doc_root(doc), url), name));

    return text ? text : "";
}

static void an_amendment_is_the_next_revision_and_keeps_the_rest(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    struct doc *now, *before;

    seed(d);
    s = amend(d, "misheard");
    assert_string_equal(s.draft.amends, "r");
    answer(d, &s, "b", "B2");
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    now = directory_get(d, "QuestionnaireResponse", "r");
    assert_int_equal(doc_rev(now), 2);
    assert_string_equal(node_path_str(doc_root(now), "status"), "amended");
    assert_string_equal(node_path_str(doc_root(now), "questionnaire"), "http://example.org/f|1");
    assert_string_equal(node_path_str(doc_root(now), "language"), "en");
    assert_string_equal(node_path_str(doc_root(now), "encounter.reference"), "Encounter/e1");
    assert_string_equal(node_text(extension_value(doc_root(now), "http://other.example/x")), "kept");
    assert_string_equal(node_path_str(doc_root(now), "item[0].id"), "one");
    assert_string_equal(node_path_str(doc_root(now), "item[0].answer[0].id"), "answer-one");
    assert_string_equal(node_path_str(doc_root(now), "item[1].answer[0].valueString"), "B2");
    assert_string_equal(node_path_str(doc_root(now), "item[2].linkId"), "elsewhere");
    assert_string_equal(node_path_str(doc_root(now), "item[2].answer[0].valueDecimal"), "1.10");
    assert_string_equal(part(now, EXT_AMENDMENT, "why"), "misheard");
    assert_string_equal(node_path_str(doc_root(now), "author.reference"), "Practitioner/staff-1");
    ASSERT_OK(store_get_rev(d->st, "QuestionnaireResponse", "r", 1, &before, err));
    assert_string_equal(node_path_str(doc_root(before), "item[1].answer[0].valueString"), "B");
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 3);     /* one document, not a second one */
    doc_free(before);
    doc_free(now);
}

static void what_may_not_be_amended(void **state)
{
    struct grant grant = directory_grant("form amend", "p1"), other = directory_grant("form amend", "p2");
    struct directory *d = *state;
    struct sitting s;
    struct doc *doc = NULL;

    seed(d);
    ASSERT_RC(RC_INVALID, sitting_amend(d->st, &grant, "r", "", &s, err));
    ASSERT_RC(RC_DENIED, sitting_amend(d->st, &other, "r", "why", &s, err));
    ASSERT_RC(RC_NOT_FOUND, sitting_amend(d->st, &grant, "none", "why", &s, err));
    change_meanwhile(d, "questionnaire", "http://example.org/f|7");
    ASSERT_RC(RC_NOT_FOUND, sitting_amend(d->st, &grant, "r", "why", &s, err));     /* never in another version */
    change_meanwhile(d, "questionnaire", "http://example.org/f|1");
    change_meanwhile(d, "status", "in-progress");
    ASSERT_RC(RC_DENIED, sitting_amend(d->st, &grant, "r", "why", &s, err));
    change_meanwhile(d, "status", "completed");
    s = amend(d, "why");
    ASSERT_RC(RC_INVALID, finish(d, &s, err));                                      /* nothing was changed */
    answer(d, &s, "b", "B2");
    change_meanwhile(d, "status", "entered-in-error");
    ASSERT_RC(RC_DENIED, finish(d, &s, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE state = 'open'"), 1);
    sitting_done(&s);
    doc_free(doc);
}

/* The second person is given the draft of the first, with its reason: no two amendments side by side. */
static void one_amendment_at_a_time(void **state)
{
    struct directory *d = *state;
    struct sitting s, again;
    char *text;

    seed(d);
    s = amend(d, "misheard");
    answer(d, &s, "b", "B2");
    again = amend(d, "another reason");
    assert_string_equal(again.draft.id, s.draft.id);
    assert_string_equal(again.draft.why, "misheard");
    text = form_answers_text(again.form, "b");
    assert_string_equal(text, "[{\"valueString\":\"B2\"}]");
    free(text);
    sitting_done(&again);
    sitting_done(&s);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft"), 1);
}

/* Theirs where I said nothing, mine where I did, and both to be seen where we both did. */
static void a_change_meanwhile_is_met_and_never_thrown_away(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    struct doc *now;
    char *aside;

    seed(d);
    s = amend(d, "misheard");
    answer(d, &s, "b", "mine");
    answer(d, &s, "c", "only mine");
    change_meanwhile(d, "item[0].answer[0].valueString", "theirs alone");
    change_meanwhile(d, "item[1].answer[0].valueString", "theirs too");
    ASSERT_RC(RC_STALE, finish(d, &s, err));
    aside = s.draft.aside;
    assert_int_equal(aside_count(aside), 1);
    assert_non_null(strstr(aside, "theirs too"));
    now = directory_get(d, "QuestionnaireResponse", "r");
    assert_string_equal(node_path_str(doc_root(now), "status"), "completed");   /* not written yet */
    doc_free(now);
    sitting_done(&s);
    s = amend(d, NULL);                                                         /* and it is all on disk */
    assert_int_equal(aside_count(s.draft.aside), 1);
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    now = directory_get(d, "QuestionnaireResponse", "r");
    assert_string_equal(node_path_str(doc_root(now), "item[0].answer[0].valueString"), "theirs alone");
    assert_string_equal(node_path_str(doc_root(now), "item[1].answer[0].valueString"), "mine");
    assert_string_equal(node_path_str(doc_root(now), "item[2].answer[0].valueString"), "only mine");
    assert_null(extension_find(doc_root(now), EXT_ASIDE));                      /* it stands in the history */
    doc_free(now);
}

/* A change that touches no answer is simply stood upon. */
static void a_change_beside_the_answers_is_kept(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    struct doc *now;

    seed(d);
    s = amend(d, "misheard");
    answer(d, &s, "b", "mine");
    change_meanwhile(d, "encounter.reference", "Encounter/e2");
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    now = directory_get(d, "QuestionnaireResponse", "r");
    assert_string_equal(node_path_str(doc_root(now), "encounter.reference"), "Encounter/e2");
    assert_string_equal(node_path_str(doc_root(now), "item[1].answer[0].valueString"), "mine");
    doc_free(now);
}

/* The clinician has seen the person. */
static void end_flag(struct directory *d)
{
    struct grant grant = directory_grant("task complete", "p1");
    struct query *q = query_open(d->st, "SELECT id FROM resource WHERE type = 'Flag'");
    struct doc *flag;
    char id[80];

    assert_true(query_next(q));
    snprintf(id, sizeof id, "%s", query_text(q, 0));
    query_end(q, NULL);
    flag = directory_get(d, "Flag", id);
    doc_set(flag, "status", "inactive");
    ASSERT_OK(store_put(d->st, &grant, flag, err));
    doc_free(flag);
}

static void item_nine_stops_an_amendment_too(void **state)
{
    struct directory *d = *state;
    struct sitting s;

    seed(d);
    s = amend(d, "asked again");
    ASSERT_OK(form_choose(s.form, "nine", 1, true, err));
    assert_true(form_safety_stop(s.form));
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Flag', 'Task')"), 2);
    s = amend(d, "another word");
    answer(d, &s, "b", "B3");
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Flag', 'Task')"), 2);    /* whoever was called is called */
    end_flag(d);
    s = amend(d, "and again");
    answer(d, &s, "b", "B4");
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Flag', 'Task')"), 4);
}

static void the_history_says_who_when_why_and_what(void **state)
{
    struct directory *d = *state;
    struct response_versions v;
    struct sitting s;

    seed(d);
    s = amend(d, "misheard");
    answer(d, &s, "b", "");
    answer(d, &s, "c", "new");
    answer(d, &s, "a", "A2");
    clock_set_now("2026-11-24T09:00");
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    s = amend(d, "again");
    answer(d, &s, "a", "A3");
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    ASSERT_OK(response_history(d->st, "r", &v, err));
    assert_int_equal(v.n, 3);
    assert_true(v.version[0].is_current);
    assert_string_equal(v.version[0].why, "again");
    assert_string_equal(v.version[1].why, "misheard");
    assert_string_equal(v.version[1].by, "staff-1");
    assert_string_equal(v.version[1].status, "amended");
    assert_memory_equal(v.version[1].at, "2026-11-24T14:00", 16);
    assert_string_equal(v.version[2].status, "completed");
    assert_string_equal(v.version[2].why, "");
    assert_int_equal(v.version[1].changes.n, 3);
    assert_string_equal(v.version[1].changes.change[0].text, "First?");
    assert_string_equal(v.version[1].changes.change[0].before, "A");
    assert_string_equal(v.version[1].changes.change[0].after, "A2");
    assert_string_equal(v.version[1].changes.change[1].before, "");             /* c is new */
    assert_string_equal(v.version[1].changes.change[2].after, "");              /* b is gone */
    response_versions_done(&v);
    ASSERT_RC(RC_NOT_FOUND, response_history(d->st, "none", &v, err));
}

#define AMENDED(extensions, at, by, b) "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"r\",\"questionnaire\":\"http://example.org/f|1\",\"status\":\"amended\"," \
    "\"extension\":[" extensions "],\"subject\":{\"reference\":\"Patient/p1\"},\"authored\":\"" at "\",\"author\":{\"reference\":\"Practitioner/" by "\"}," \
    "\"item\":[{\"linkId\":\"b\",\"text\":\"Second?\",\"answer\":[{\"valueString\":\"" b "\"}]}]}"
#define BECAUSE(why) "{\"url\":\"" EXT_AMENDMENT "\",\"extension\":[{\"url\":\"why\",\"valueString\":\"" why "\"}]}"

static void pull(struct directory *d, const char *json, const char *version)
{
    struct grant grant = directory_grant("sync pull", "");
    struct doc *doc;

    grant.origin = ORIGIN_SYNC;
    ASSERT_OK(doc_parse(json, strlen(json), &doc, err));
    ASSERT_OK(store_put_remote(d->st, &grant, doc, version, "2026-11-24T20:00:00Z", err));
    doc_free(doc);
}

/* Written at another desk: who, when and why are its own, not those of the pass that brought it. */
static void the_history_of_what_was_pulled_is_the_other_desks(void **state)
{
    struct directory *d = *state;
    struct response_versions v;

    directory_put(d, PERSON("p1", "Testing"));
    directory_put(d, "{\"resourceType\":\"Practitioner\",\"id\":\"north\",\"name\":[{\"text\":\"Nora North\"}]}");
    pull(d, AMENDED(BECAUSE("one"), "2026-11-24T08:00:00-05:00", "north", "B2"), "2");
    pull(d, AMENDED(BECAUSE("one") ",{\"url\":\"http://other.example/x\",\"valueCode\":\"y\"}", "2026-11-24T08:00:00-05:00", "north", "B2"), "3");
    pull(d, AMENDED(BECAUSE("two"), "2026-11-24T09:00:00-05:00", "south", "B3"), "4");
    ASSERT_OK(response_history(d->st, "r", &v, err));
    assert_int_equal(v.n, 2);                                   /* version 3 says nothing new */
    assert_int_equal(v.version[1].rev, 2);
    assert_string_equal(v.version[1].by, "north");
    assert_string_equal(v.version[1].who, "Nora North");
    assert_string_equal(v.version[1].at, "2026-11-24T13:00:00.000Z");
    assert_string_equal(v.version[1].why, "one");
    assert_true(v.version[0].is_current);
    assert_string_equal(v.version[0].by, "south");
    assert_string_equal(v.version[0].why, "two");               /* as many amendments as before, another one */
    assert_string_equal(v.version[0].changes.change[0].before, "B2");
    response_versions_done(&v);
}

/* Undone: the answers of before are the next revision, and the history keeps both. */
static void an_amendment_can_be_undone(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("undo", "p1");
    struct response_versions v;
    struct last_act last;
    struct sitting s;
    struct doc *now;

    seed(d);
    s = amend(d, "misheard");
    answer(d, &s, "b", "B2");
    ASSERT_OK(finish(d, &s, err));
    sitting_done(&s);
    ASSERT_OK(correct_last(d->st, "staff-1", &last, err));
    ASSERT_OK(correct_undo(d->st, &grant, last.act, err));
    last_act_done(&last);
    now = directory_get(d, "QuestionnaireResponse", "r");
    assert_string_equal(node_path_str(doc_root(now), "item[1].answer[0].valueString"), "B");
    assert_string_equal(node_path_str(doc_root(now), "status"), "completed");
    doc_free(now);
    ASSERT_OK(response_history(d->st, "r", &v, err));
    assert_int_equal(v.n, 3);
    assert_string_equal(v.version[0].action, "undo");
    assert_string_equal(v.version[0].changes.change[0].before, "B2");
    response_versions_done(&v);
}

/* --- kill -9 --- */

/* Amend, answer, finish. */
static bool amend_once(struct directory *d, void *ctx)
{
    static int n;
    struct grant grant = directory_grant("form amend", "p1");
    struct sitting s;
    char word[32];
    bool done;

    (void)ctx;
    snprintf(word, sizeof word, "word %d %d", (int)getpid(), n++);
    done = sitting_amend(d->st, &grant, "r", "again", &s, NULL) == RC_OK && form_type_answer(s.form, "b", word, NULL) == RC_OK &&
           sitting_save(d->st, &grant, &s, "b", "c", NULL) == RC_OK && form_type_answer(s.form, "c", word, NULL) == RC_OK &&
           sitting_save(d->st, &grant, &s, "c", "c", NULL) == RC_OK && sitting_finish(d->st, &grant, &s, NULL, NULL) == RC_OK;
    sitting_done(&s);
    return done;
}

/* The response is of one piece, an open draft has all its answers, and somebody can go on with it. */
static void is_of_one_piece(struct directory *d, void *ctx)
{
    struct doc *now = directory_get(d, "QuestionnaireResponse", "r");
    struct sitting s;
    char *text;

    (void)ctx;
    if (doc_rev(now) > 1)
        assert_string_equal(node_path_str(doc_root(now), "item[1].answer[0].valueString"), node_path_str(doc_root(now), "item[2].answer[0].valueString"));
    doc_free(now);
    if (directory_number(d, "SELECT count(*) FROM draft WHERE state = 'open'") == 0)
        return;
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE state = 'open'"), 1);
    s = amend(d, NULL);
    text = form_answers_text(s.form, "a");
    assert_string_equal(text, "[{\"valueString\":\"A\"}]");
    free(text);
    sitting_done(&s);
}

static void killed_at_any_point_it_resumes(void **state)
{
    struct directory *d = *state;

    seed(d);
    kill_everywhere(d, amend_once, NULL, 40, is_of_one_piece);
    assert_true(directory_number(d, "SELECT rev FROM resource WHERE type = 'QuestionnaireResponse'") > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(an_amendment_is_the_next_revision_and_keeps_the_rest), DIRECTORY_TEST(what_may_not_be_amended),
        DIRECTORY_TEST(one_amendment_at_a_time), DIRECTORY_TEST(a_change_meanwhile_is_met_and_never_thrown_away),
        DIRECTORY_TEST(a_change_beside_the_answers_is_kept), DIRECTORY_TEST(item_nine_stops_an_amendment_too),
        DIRECTORY_TEST(the_history_says_who_when_why_and_what),
        DIRECTORY_TEST(the_history_of_what_was_pulled_is_the_other_desks), DIRECTORY_TEST(an_amendment_can_be_undone), DIRECTORY_TEST(killed_at_any_point_it_resumes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
