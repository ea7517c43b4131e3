/* A form taken to its newer version would drop an answer without a word, or could not be taken back. */
#include "tests/unit/kill_case.h"
#include "tests/unit/other_desk.h"

#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/sitting/aside.h"
#include "intake/sitting/sitting.h"
#include "intake/sitting/upgrade.h"

#define OPTION(code, display) "{\"valueCoding\":{\"code\":\"" code "\",\"display\":\"" display "\"}}"
#define Q(id, version, items) "{\"resourceType\":\"Questionnaire\",\"id\":\"" id "\",\"url\":\"http://example.org/f\",\"version\":\"" version "\",\"status\":\"active\"," \
    "\"title\":\"Form\",\"item\":[" items "]}"
static const char first[] = Q("f1", "1",
    "{\"linkId\":\"same\",\"type\":\"string\",\"text\":\"Same?\"},{\"linkId\":\"words\",\"type\":\"string\",\"text\":\"Old words?\"},"
    "{\"linkId\":\"gone\",\"type\":\"string\",\"text\":\"Gone?\"},{\"linkId\":\"never\",\"type\":\"string\",\"text\":\"Never answered?\"},"
    "{\"linkId\":\"type\",\"type\":\"string\",\"text\":\"How old?\"},{\"linkId\":\"wider\",\"type\":\"integer\",\"text\":\"How much?\"},"
    "{\"linkId\":\"kept\",\"type\":\"choice\",\"answerOption\":[" OPTION("a", "Red") "," OPTION("b", "Blue") "]},"
    "{\"linkId\":\"dropped\",\"type\":\"choice\",\"answerOption\":[" OPTION("a", "Red") "," OPTION("b", "Blue") "]},"
    "{\"linkId\":\"many\",\"type\":\"string\",\"repeats\":true,\"text\":\"Which?\"},"
    "{\"linkId\":\"child\",\"type\":\"group\",\"repeats\":true,\"item\":[{\"linkId\":\"called\",\"type\":\"string\"}]},"
    "{\"linkId\":\"why\",\"type\":\"string\"}");
static const char second[] = Q("f2", "2",
    "{\"linkId\":\"same\",\"type\":\"string\",\"text\":\"Same?\"},{\"linkId\":\"words\",\"type\":\"string\",\"text\":\"New words?\"},"
    "{\"linkId\":\"type\",\"type\":\"integer\",\"text\":\"How old?\"},{\"linkId\":\"wider\",\"type\":\"decimal\",\"text\":\"How much?\"},"
    "{\"linkId\":\"kept\",\"type\":\"choice\",\"answerOption\":[" OPTION("a", "Scarlet") "," OPTION("b", "Blue") "]},"
    "{\"linkId\":\"dropped\",\"type\":\"choice\",\"answerOption\":[" OPTION("b", "Blue") "," OPTION("c", "Green") "]},"
    "{\"linkId\":\"many\",\"type\":\"string\",\"text\":\"Which?\"},"
    "{\"linkId\":\"family\",\"type\":\"group\",\"item\":[{\"linkId\":\"child\",\"type\":\"group\",\"repeats\":true,\"item\":[{\"linkId\":\"called\",\"type\":\"string\"}]}]},"
    "{\"linkId\":\"why\",\"type\":\"string\"},{\"linkId\":\"new\",\"type\":\"string\",\"text\":\"New?\",\"required\":true}");

static struct grant intake(void)
{
    return directory_grant("intake", "p1");
}

static void answer(struct directory *d, struct sitting *s, const char *path, const char *typed)
{
    struct grant grant = intake();

    if (form_type_answer(s->form, path, typed, NULL) != RC_OK)
        fail_msg("%s = %s", path, typed);
    ASSERT_OK(sitting_save(d->st, &grant, s, path, path, err));
}

/* A draft in the first version, answered all over; then the second version comes. */
static void begin(struct directory *d, char id[72])
{
    static const struct { const char *path, *typed; } answers[] = {
        { "same", "one" }, { "words", "two" }, { "gone", "three" }, { "type", "forty" }, { "wider", "10" }, { "kept", "1" },
        { "dropped", "1" }, { "many", "x; y" }, { "child[0]/called", "Ann" }, { "child[1]/called", "Bob" },
    };
    struct grant grant = intake();
    struct sitting s;

    directory_put(d, PERSON("p1", "Testing"));
    directory_put(d, first);
    ASSERT_OK(sitting_start(d->st, &grant, "f1", "p1", &s, err));
    ASSERT_OK(form_repeat(s.form, "child[0]", err));
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        answer(d, &s, answers[i].path, answers[i].typed);
    ASSERT_OK(form_set_absent(s.form, "why", "asked-declined", err));
    ASSERT_OK(sitting_save(d->st, &grant, &s, "why", "why", err));
    strcpy(id, s.draft.id);
    sitting_done(&s);
}

static const struct upgrade_line *line(const struct upgrade *u, enum upgrade_kind kind, const char *link_id)
{
    for (size_t i = 0; i < u->n; i++)
        if (u->line[i].kind == kind && strcmp(u->line[i].link_id, link_id) == 0)
            return &u->line[i];
    fail_msg("%s is not named as kind %d", link_id, (int)kind);
    return NULL;
}

static void says(const struct sitting *s, const char *path, const char *words)
{
    const struct form_row *row = form_row_by_path(s->form, path);
    char *is;

    if (!row)
        fail_msg("%s is not asked", path);
    is = form_answer_words(s->form, row, 0);
    assert_string_equal(is, words);
    free(is);
}

static void the_plan_names_what_is_lost_new_and_changed(void **state)
{
    struct directory *d = *state;
    struct grant grant = intake();
    struct upgrade u;
    char id[72];

    begin(d, id);
    ASSERT_RC(RC_NOT_FOUND, upgrade_plan(d->st, &grant, id, &u, err));
    directory_put(d, second);
    ASSERT_OK(upgrade_plan(d->st, &grant, id, &u, err));
    assert_string_equal(u.from, "version 1");
    assert_string_equal(u.to, "version 2");
    assert_int_equal(u.n_kept, 7);
    assert_string_equal(line(&u, UPGRADE_LOST, "gone")->before, "three");
    assert_string_equal(line(&u, UPGRADE_LOST, "gone")->text, "Gone?");
    assert_string_equal(line(&u, UPGRADE_LOST, "type")->before, "forty");
    assert_string_equal(line(&u, UPGRADE_LOST, "dropped")->before, "Red");
    assert_string_equal(line(&u, UPGRADE_LOST, "many")->before, "x; y");
    assert_true(line(&u, UPGRADE_NEW, "new")->is_required);
    assert_string_equal(line(&u, UPGRADE_CHANGED, "words")->before, "Old words?");
    assert_string_equal(line(&u, UPGRADE_CHANGED, "words")->text, "New words?");
    line(&u, UPGRADE_CHANGED, "dropped");
    line(&u, UPGRADE_GONE, "never");
    assert_int_equal(u.n, 9);
    upgrade_done(&u);
    /* Looking decides nothing. */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE questionnaire = 'f1@1' AND state = 'open'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft"), 1);
}

static void upgrading_keeps_every_answer_somewhere(void **state)
{
    struct directory *d = *state;
    struct grant grant = intake(), other = directory_grant("intake", "p2");
    struct doc *response;
    struct upgrade u;
    struct sitting s;
    char id[72], *finished;

    begin(d, id);
    directory_put(d, second);
    ASSERT_RC(RC_DENIED, upgrade_apply(d->st, &other, id, NULL, &u, err));
    ASSERT_RC(RC_STALE, upgrade_apply(d->st, &grant, id, "f2@9", &u, err));
    ASSERT_OK(upgrade_apply(d->st, &grant, id, "f2@1", &u, err));
    upgrade_done(&u);
    ASSERT_OK(sitting_resume(d->st, &grant, id, &s, err));
    assert_string_equal(s.draft.questionnaire, "f2@1");
    says(&s, "same", "one");
    says(&s, "words", "two");
    says(&s, "wider", "10");
    says(&s, "kept", "Scarlet");
    says(&s, "dropped", "");
    says(&s, "family/child[0]/called", "Ann");
    says(&s, "family/child[1]/called", "Bob");
    assert_string_equal(form_row_by_path(s.form, "why")->absent, "asked-declined");
    assert_int_equal(s.draft.answered, 7);
    assert_int_equal(aside_count(s.draft.aside), 4);
    answer(d, &s, "new", "now");
    ASSERT_OK(sitting_finish(d->st, &grant, &s, &finished, err));
    sitting_done(&s);
    assert_string_equal(finished, id);
    response = directory_get(d, "QuestionnaireResponse", id);
    assert_string_equal(node_str(doc_root(response), "questionnaire"), "http://example.org/f|2");
    assert_string_equal(node_text(extension_value(extension_find(doc_root(response), EXT_ASIDE), "answer")), "three");
    assert_non_null(strstr(node_text(extension_value(extension_find(doc_root(response), EXT_ASIDE), "why")), "version 1"));
    doc_free(response);
    free(finished);
}

/* A colleague answers after the plan was made and before it is written: looked at again, the answer goes along. */
static void an_answer_given_meanwhile_goes_along(void **state)
{
    struct directory *d = *state;
    struct grant grant = intake();
    struct other_desk other;
    struct upgrade u;
    struct sitting s;
    char id[72];

    other_desk_start(d, &other);
    begin(d, id);
    directory_put(d, second);
    other_desk_answers(&other, id, "same", "theirs");
    ASSERT_RC(RC_STALE, upgrade_apply(d->st, &grant, id, NULL, &u, err));
    other_desk_end(&other);
    ASSERT_OK(upgrade_apply(d->st, &grant, id, NULL, &u, err));
    upgrade_done(&u);
    ASSERT_OK(sitting_resume(d->st, &grant, id, &s, err));
    says(&s, "same", "theirs");
    sitting_done(&s);
}

#define SUM(id, version, words) Q(id, version, "{\"linkId\":\"a\",\"type\":\"integer\",\"text\":\"" words "\"}," SUMMED("s") "," SUMMED("t"))
#define SUMMED(link) "{\"linkId\":\"" link "\",\"type\":\"integer\",\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression\"," \
    "\"valueExpression\":{\"language\":\"text/fhirpath\",\"expression\":\"%resource.item.where(linkId='a').answer.value + 1\"}}]}"

/* What the form works out follows; what a person took away or typed over stays as they left it. */
static void worked_out_values_stay_as_they_were_left(void **state)
{
    struct directory *d = *state;
    struct grant grant = intake();
    struct upgrade u;
    struct sitting s;
    char id[72];

    directory_put(d, PERSON("p1", "Testing"));
    directory_put(d, SUM("f1", "1", "How many?"));
    ASSERT_OK(sitting_start(d->st, &grant, "f1", "p1", &s, err));
    answer(d, &s, "a", "4");
    says(&s, "s", "5");
    answer(d, &s, "s", "");
    strcpy(id, s.draft.id);
    sitting_done(&s);
    directory_put(d, SUM("f2", "2", "How many now?"));
    ASSERT_OK(upgrade_apply(d->st, &grant, id, NULL, &u, err));
    upgrade_done(&u);
    ASSERT_OK(sitting_resume(d->st, &grant, id, &s, err));
    says(&s, "s", "");
    says(&s, "t", "5");
    answer(d, &s, "a", "6");
    says(&s, "s", "");
    says(&s, "t", "7");
    sitting_done(&s);
}

static void it_can_be_taken_back(void **state)
{
    struct directory *d = *state;
    struct grant grant = intake();
    struct upgrade u;
    struct sitting s, open;
    char id[72];

    begin(d, id);
    ASSERT_OK(sitting_resume(d->st, &grant, id, &open, err));
    directory_put(d, second);
    ASSERT_RC(RC_NOT_FOUND, upgrade_back(d->st, &grant, id, err));
    ASSERT_OK(upgrade_apply(d->st, &grant, id, NULL, &u, err));
    upgrade_done(&u);
    ASSERT_OK(form_type_answer(open.form, "same", "in the old version", err));      /* a screen that still shows it */
    ASSERT_RC(RC_STALE, sitting_save(d->st, &grant, &open, "same", NULL, err));
    ASSERT_RC(RC_STALE, sitting_finish(d->st, &grant, &open, NULL, err));
    sitting_done(&open);
    ASSERT_OK(sitting_resume(d->st, &grant, id, &s, err));
    answer(d, &s, "new", "typed since");
    sitting_done(&s);
    ASSERT_OK(upgrade_back(d->st, &grant, id, err));
    ASSERT_OK(sitting_resume(d->st, &grant, id, &s, err));
    assert_string_equal(s.draft.questionnaire, "f1@1");
    says(&s, "gone", "three");
    says(&s, "dropped", "Red");
    assert_int_equal(aside_count(s.draft.aside), 0);
    assert_int_equal(s.draft.answered, 11);
    sitting_done(&s);
    ASSERT_RC(RC_NOT_FOUND, upgrade_back(d->st, &grant, id, err));       /* once */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft_answer WHERE value LIKE '%typed since%'"), 1);
    ASSERT_OK(upgrade_apply(d->st, &grant, id, NULL, &u, err));          /* and forward again */
    upgrade_done(&u);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE state = 'open'"), 1);
}

/* Forward, or back where it is forward already. */
static bool turn(struct directory *d, void *ctx)
{
    struct grant grant = intake();
    struct upgrade u;

    if (upgrade_apply(d->st, &grant, ctx, NULL, &u, NULL) != RC_OK)
        return upgrade_back(d->st, &grant, ctx, NULL) == RC_OK;
    upgrade_done(&u);
    return true;
}

/* One version or the other, with all its answers. */
static void is_one_or_the_other(struct directory *d, void *ctx)
{
    int64_t answers = directory_number(d, "SELECT count(*) FROM draft_answer a JOIN draft d ON d.id = a.draft WHERE d.state = 'open'");
    bool is_first = directory_number(d, "SELECT count(*) FROM draft WHERE state = 'open' AND questionnaire = 'f1@1'") == 1;

    (void)ctx;
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE state = 'open'"), 1);
    assert_int_equal(answers, is_first ? 11 : 7);
}

static void killed_at_any_point_it_is_one_or_the_other(void **state)
{
    struct directory *d = *state;
    char id[72];

    begin(d, id);
    directory_put(d, second);
    kill_everywhere(d, turn, id, 30, is_one_or_the_other);
    assert_true(directory_number(d, "SELECT count(*) FROM draft") > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(the_plan_names_what_is_lost_new_and_changed), DIRECTORY_TEST(upgrading_keeps_every_answer_somewhere),
        DIRECTORY_TEST(an_answer_given_meanwhile_goes_along), DIRECTORY_TEST(worked_out_values_stay_as_they_were_left), DIRECTORY_TEST(it_can_be_taken_back), DIRECTORY_TEST(killed_at_any_point_it_is_one_or_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
