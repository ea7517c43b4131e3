/* If this fails, answers typed at the desk are lost, land on another person, or a person in danger is missed. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/other_desk.h"

#include "base/mem.h"
#include "fhir/extension_urls.h"
#include "intake/sitting/sitting.h"

#define CHOICE(link, code, more) "{\"linkId\":\"" link "\",\"type\":\"choice\",\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]," \
    "\"answerOption\":[{\"valueCoding\":{\"system\":\"http://loinc.org\",\"code\":\"LA6568-5\",\"display\":\"Not at all\"}}," \
    "{\"valueCoding\":{\"system\":\"http://loinc.org\",\"code\":\"LA6569-3\",\"display\":\"Several days\"}}]" more "}"

static const char form_json[] =
    "{\"resourceType\":\"Questionnaire\",\"id\":\"intake\",\"status\":\"active\",\"title\":\"Intake\",\"version\":\"2\",\"item\":["
    "{\"linkId\":\"name\",\"type\":\"string\",\"required\":true},"
    "{\"linkId\":\"first\",\"type\":\"string\",\"initial\":[{\"valueString\":\"usual\"}]},"
    "{\"linkId\":\"smokes\",\"type\":\"boolean\"},"
    "{\"linkId\":\"since\",\"type\":\"date\",\"enableWhen\":[{\"question\":\"smokes\",\"operator\":\"=\",\"answerBoolean\":true}]},"
    "{\"linkId\":\"child\",\"type\":\"group\",\"repeats\":true,\"item\":[{\"linkId\":\"called\",\"type\":\"string\"},{\"linkId\":\"born\",\"type\":\"date\"}]},"
    "{\"linkId\":\"weight\",\"type\":\"decimal\"}," CHOICE("nine", "44260-8", "") "]}";

static void seed(struct directory *d)
{
    directory_put(d, form_json);
    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Testing\"}]}");
    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p2\",\"name\":[{\"family\":\"Another\"}]}");
}

static void type_and_save(struct directory *d, struct sitting *s, const char *path, const char *typed, const char *next)
{
    struct grant grant = directory_grant("form fill", "p1");
    struct err err = {0};

    if (form_type_answer(s->form, path, typed, &err) != RC_OK || sitting_save(d->st, &grant, s, path, next, &err) != RC_OK)
        fail_msg("%s: %s", path, err_text(&err));
}

static void start_form(struct directory *d, const char *id, struct sitting *s)
{
    struct grant grant = directory_grant("form fill", "p1");
    struct err err = {0};

    if (sitting_start(d->st, &grant, id, "p1", s, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
}

static void start(struct directory *d, struct sitting *s)
{
    start_form(d, "intake", s);
}

static void resume(struct directory *d, const char *id, struct sitting *s)
{
    struct grant grant = directory_grant("form fill", "p1");
    struct err err = {0};

    if (sitting_resume(d->st, &grant, id, s, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
}

static void assert_words(const struct form *form, const char *path, const char *wanted)
{
    const struct form_row *row = form_row_by_path(form, path);
    char *words;

    if (!row)
        fail_msg("%s is not asked", path);
    words = form_answer_words(form, row, 0);
    assert_string_equal(words, wanted);
    free(words);
}

/* The desk is killed, not closed, after the last save; another process takes the form up. */
static void a_killed_desk_resumes_with_every_answer_at_the_same_field(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    struct err err = {0};
    char id[72];
    int fd[2], status;
    pid_t pid;

    seed(d);
    store_close(d->st);
    d->st = NULL;
    assert_int_equal(pipe(fd), 0);
    if ((pid = fork()) == 0) {
        struct grant grant = directory_grant("form fill", "p1");

        store_open(d->path, 0, &d->st, &err);
        start(d, &s);
        type_and_save(d, &s, "name", "Testing", "first");
        type_and_save(d, &s, "first", "", "smokes");
        type_and_save(d, &s, "smokes", "y", "since");
        type_and_save(d, &s, "since", "1990", "child[0]/called");
        form_repeat(s.form, "child[0]", &err);
        type_and_save(d, &s, "child[1]/called", "Second", "child[1]/born");
        type_and_save(d, &s, "weight", "72.50", "weight");
        form_set_absent(s.form, "nine", "asked-declined", &err);
        sitting_save(d->st, &grant, &s, "nine", "child[1]/born", &err);
        form_type_answer(s.form, "weight", "99", &err);     /* typed, but never reported as saved */
        if (write(fd[1], s.draft.id, sizeof s.draft.id) < 0)
            _exit(1);
        raise(SIGKILL);
    }
    assert_int_equal(read(fd[0], id, sizeof id), (ssize_t)sizeof id);
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
    close(fd[0]);
    close(fd[1]);

    assert_int_equal(store_open(d->path, 0, &d->st, &err), RC_OK);
    resume(d, id, &s);
    assert_string_equal(s.draft.position, "child[1]/born");
    assert_words(s.form, "name", "Testing");
    assert_words(s.form, "first", "");          /* cleared stays cleared */
    assert_words(s.form, "since", "1990");
    assert_words(s.form, "child[0]/called", "");
    assert_words(s.form, "child[1]/called", "Second");
    assert_words(s.form, "weight", "72.50");
    assert_string_equal(form_row_by_path(s.form, "nine")->absent, "asked-declined");
    assert_int_equal(s.draft.answered, 6);
    sitting_done(&s);
}

static void a_form_changed_meanwhile_is_resumed_as_it_was_begun(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    struct doc *doc = NULL;
    struct grant grant = directory_grant("import", "");
    struct err err = {0};
    char id[72];

    seed(d);
    start(d, &s);
    type_and_save(d, &s, "name", "Testing", "first");
    strcpy(id, s.draft.id);
    sitting_done(&s);
    assert_int_equal(store_get(d->st, "Questionnaire", "intake", &doc, &err), RC_OK);
    doc_set(doc, "item[0].linkId", "renamed");
    assert_int_equal(store_put(d->st, &grant, doc, &err), RC_OK);
    doc_free(doc);
    resume(d, id, &s);
    assert_words(s.form, "name", "Testing");
    sitting_done(&s);
}

static void a_repetition_taken_out_is_gone_after_resuming(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form fill", "p1");
    struct sitting s;
    struct err err = {0};
    char id[72];

    seed(d);
    start(d, &s);
    strcpy(id, s.draft.id);
    for (int i = 0; i < 2; i++)
        form_repeat(s.form, "child[0]", &err);
    type_and_save(d, &s, "child[0]/called", "One", NULL);
    type_and_save(d, &s, "child[1]/called", "Two", NULL);
    type_and_save(d, &s, "child[2]/called", "Three", NULL);
    assert_int_equal(form_unrepeat(s.form, "child[1]", &err), RC_OK);
    assert_int_equal(sitting_save(d->st, &grant, &s, NULL, "weight", &err), RC_OK);
    sitting_done(&s);
    resume(d, id, &s);
    assert_words(s.form, "child[0]/called", "One");
    assert_words(s.form, "child[1]/called", "Three");
    assert_null(form_row_by_path(s.form, "child[2]/called"));
    sitting_done(&s);
}

static void what_a_form_works_out_goes_on_after_resuming(void **state)
{
    struct directory *d = *state;
    struct sitting s;
    char id[72];

    seed(d);
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"sum\",\"status\":\"active\",\"item\":[{\"linkId\":\"a\",\"type\":\"integer\"},"
                  "{\"linkId\":\"s\",\"type\":\"integer\",\"readOnly\":true,\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression\","
                  "\"valueExpression\":{\"language\":\"text/fhirpath\",\"expression\":\"%resource.item.where(linkId='a').answer.value + 1\"}}]}]}");
    start_form(d, "sum", &s);
    strcpy(id, s.draft.id);
    for (int round = 0; round < 2; round++) {
        type_and_save(d, &s, "a", "4", NULL);
        assert_words(s.form, "s", "5");
        sitting_done(&s);
        resume(d, id, &s);
        assert_words(s.form, "s", "5");
        type_and_save(d, &s, "a", "", NULL);
        assert_words(s.form, "s", "");
        sitting_done(&s);
        resume(d, id, &s);
    }
    sitting_done(&s);
}

/* A colleague goes on with a draft that still stands open here: nobody's answers are written over. */
static void two_people_at_one_draft_keep_each_others_answers(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form fill", "p1");
    struct sitting s, t;
    struct doc *response;
    struct err err = {0};
    char *id = NULL;

    seed(d);
    start(d, &s);
    type_and_save(d, &s, "name", "Testing", NULL);
    type_and_save(d, &s, "weight", "70", NULL);
    resume(d, s.draft.id, &t);
    type_and_save(d, &t, "smokes", "n", NULL);
    type_and_save(d, &t, "weight", "", NULL);
    type_and_save(d, &s, "first", "Mine", NULL);
    assert_words(s.form, "smokes", "No");           /* and theirs is seen at once */
    assert_words(s.form, "weight", "");
    assert_int_equal(sitting_finish(d->st, &grant, &t, &id, &err), RC_STALE);      /* it had not seen mine */
    assert_words(t.form, "first", "Mine");
    assert_int_equal(sitting_finish(d->st, &grant, &t, &id, &err), RC_OK);
    response = directory_get(d, "QuestionnaireResponse", id);
    assert_string_equal(node_path_str(doc_root(response), "item[1].answer[0].valueString"), "Mine");
    assert_int_equal(form_type_answer(s.form, "name", "late", &err), RC_OK);
    assert_int_equal(sitting_save(d->st, &grant, &s, "name", NULL, &err), RC_NOT_FOUND);
    doc_free(response);
    free(id);
    sitting_done(&t);
    sitting_done(&s);
}

/* They answer while finishing waits for its turn to write: the response would lack it, and the draft be gone. */
static void an_answer_given_while_the_form_is_finished_is_in_it(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form fill", "p1");
    struct other_desk other;
    struct sitting s;
    struct doc *response;
    struct err err = {0};
    char *id = NULL;

    seed(d);
    other_desk_start(d, &other);
    start(d, &s);
    type_and_save(d, &s, "name", "Testing", NULL);
    other_desk_answers(&other, s.draft.id, "first", "Theirs");
    assert_int_equal(sitting_finish(d->st, &grant, &s, &id, &err), RC_STALE);
    other_desk_end(&other);
    assert_int_equal(sitting_finish(d->st, &grant, &s, &id, &err), RC_STALE);       /* it is on the screen now */
    assert_int_equal(sitting_finish(d->st, &grant, &s, &id, &err), RC_OK);
    response = directory_get(d, "QuestionnaireResponse", id);
    assert_string_equal(node_path_str(doc_root(response), "item[1].answer[0].valueString"), "Theirs");
    doc_free(response);
    free(id);
    sitting_done(&s);
}

static void finishing_keeps_the_response_and_closes_the_draft(void **state)
{
    const struct form_source source = { "phone", "", "" };
    struct directory *d = *state;
    struct grant grant = directory_grant("form fill", "p1");
    struct sitting s;
    struct doc *response = NULL;
    struct err err = {0};
    char *id = NULL;

    seed(d);
    start(d, &s);
    assert_int_equal(sitting_finish(d->st, &grant, &s, &id, &err), RC_INVALID);     /* name is missing */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE state = 'open'"), 1);
    type_and_save(d, &s, "name", "Testing", "first");
    assert_int_equal(sitting_set_source(d->st, &grant, &s, &source, &err), RC_OK);
    assert_int_equal(sitting_finish(d->st, &grant, &s, &id, &err), RC_OK);
    assert_int_equal(store_get(d->st, "QuestionnaireResponse", id, &response, &err), RC_OK);
    assert_string_equal(node_path_str(doc_root(response), "status"), "completed");
    assert_string_equal(node_path_str(doc_root(response), "subject.reference"), "Patient/p1");
    assert_string_equal(node_path_str(doc_root(response), "extension[0].url"), EXT_ANSWERS_FROM);
    assert_string_equal(node_path_str(doc_root(response), "extension[0].valueCode"), "phone");
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE state = 'open'"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Flag', 'Task')"), 0);
    doc_free(response);
    free(id);
    sitting_done(&s);
}

static void item_nine_calls_a_clinician_once_and_at_once(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form fill", "p1");
    struct sitting s;
    struct doc *task = NULL;
    struct err err = {0};
    char *id;

    seed(d);
    start(d, &s);
    type_and_save(d, &s, "nine", "0", NULL);
    assert_int_equal(sitting_safety(d->st, &grant, &s, &err), RC_OK);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Flag', 'Task')"), 0);
    type_and_save(d, &s, "nine", "1", NULL);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Flag', 'Task')"), 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(sitting_safety(d->st, &grant, &s, &err), RC_OK);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Flag'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Task'"), 1);
    id = mem_printf("%s-safety", s.draft.id);
    assert_int_equal(store_get(d->st, "Task", id, &task, &err), RC_OK);
    assert_string_equal(node_path_str(doc_root(task), "priority"), "stat");
    assert_string_equal(node_path_str(doc_root(task), "for.reference"), "Patient/p1");
    assert_string_equal(node_path_str(doc_root(task), "restriction.period.end"), "2026-11-23");
    doc_free(task);
    free(id);
    type_and_save(d, &s, "name", "Testing", NULL);
    assert_int_equal(sitting_finish(d->st, &grant, &s, NULL, &err), RC_OK);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Task'"), 1);
    sitting_done(&s);
}

static void nothing_is_written_for_another_patient(void **state)
{
    struct directory *d = *state;
    struct grant other = directory_grant("form fill", "p2");
    struct sitting s, t;
    struct err err = {0};

    seed(d);
    start(d, &s);
    type_and_save(d, &s, "name", "Testing", NULL);
    form_type_answer(s.form, "nine", "1", NULL);
    assert_int_equal(sitting_start(d->st, &other, "intake", "p1", &t, &err), RC_DENIED);
    assert_int_equal(sitting_resume(d->st, &other, s.draft.id, &t, &err), RC_DENIED);
    assert_int_equal(sitting_save(d->st, &other, &s, "name", NULL, &err), RC_DENIED);
    assert_int_equal(sitting_safety(d->st, &other, &s, &err), RC_DENIED);
    assert_int_equal(sitting_finish(d->st, &other, &s, NULL, &err), RC_DENIED);
    assert_int_equal(sitting_discard(d->st, &other, &s, "no", &err), RC_DENIED);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Flag', 'Task', 'QuestionnaireResponse')"), 0);
    sitting_done(&s);
}

static void a_discarded_form_says_why(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form discard", "p1");
    struct sitting s;
    struct err err = {0};

    seed(d);
    start(d, &s);
    assert_int_equal(sitting_discard(d->st, &grant, &s, "", &err), RC_INVALID);
    assert_int_equal(sitting_discard(d->st, &grant, &s, "opened by mistake", &err), RC_OK);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE state = 'discarded' AND reason = 'opened by mistake'"), 1);
    sitting_done(&s);
}

static void the_form_used_most_is_offered_first(void **state)
{
    struct directory *d = *state;
    struct form_choice *choice = NULL;
    struct sitting s;
    struct err err = {0};
    size_t n = 0;

    seed(d);
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"a\",\"status\":\"active\",\"title\":\"A\",\"item\":[{\"linkId\":\"x\",\"type\":\"string\"}]}");
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"b9\",\"url\":\"http://example.org/b\",\"version\":\"9\",\"status\":\"active\",\"title\":\"B\",\"item\":[{\"linkId\":\"x\",\"type\":\"string\"}]}");
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"b10\",\"url\":\"http://example.org/b\",\"version\":\"10\",\"status\":\"active\",\"title\":\"B\",\"item\":[{\"linkId\":\"x\",\"type\":\"string\"}]}");
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"old\",\"status\":\"retired\",\"title\":\"Old\",\"item\":[{\"linkId\":\"x\",\"type\":\"string\"}]}");
    start(d, &s);
    sitting_done(&s);
    assert_int_equal(sitting_choices(d->st, &choice, &n, &err), RC_OK);
    assert_int_equal(n, 5);
    assert_string_equal(choice[0].id, "intake");
    assert_true(choice[0].used[0] && !choice[0].is_retired);
    assert_string_equal(choice[0].title, "Intake");
    assert_string_equal(choice[0].version, "2");
    assert_string_equal(choice[1].id, "a");
    assert_string_equal(choice[1].used, "");
    assert_true(choice[4].is_retired);
    for (size_t i = 2; i < 4; i++)
        assert_int_equal(choice[i].is_older, strcmp(choice[i].id, "b9") == 0);
    for (size_t i = 0; i < n; i++)
        form_choice_done(&choice[i]);
    free(choice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(a_killed_desk_resumes_with_every_answer_at_the_same_field), DIRECTORY_TEST(a_form_changed_meanwhile_is_resumed_as_it_was_begun),
        DIRECTORY_TEST(a_repetition_taken_out_is_gone_after_resuming),
        DIRECTORY_TEST(what_a_form_works_out_goes_on_after_resuming), DIRECTORY_TEST(two_people_at_one_draft_keep_each_others_answers),
        DIRECTORY_TEST(an_answer_given_while_the_form_is_finished_is_in_it),
        DIRECTORY_TEST(finishing_keeps_the_response_and_closes_the_draft),
        DIRECTORY_TEST(item_nine_calls_a_clinician_once_and_at_once), DIRECTORY_TEST(nothing_is_written_for_another_patient),
        DIRECTORY_TEST(a_discarded_form_says_why), DIRECTORY_TEST(the_form_used_most_is_offered_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
