/* An answer somebody gave would be gone after a crash, or a form come back on the wrong patient. */
#include "tests/unit/directory.h"

#include "store/draft.h"

static struct draft start(struct directory *d, const char *patient, const char *owner)
{
    struct grant grant = directory_grant("form fill", patient);
    struct draft draft = { .questionnaire = strdup("phq9@3"), .title = strdup("PHQ-9"), .position = strdup("1"),
                           .source = strdup("{\"kind\":\"here\"}"), .total = 9 };

    snprintf(draft.patient, sizeof draft.patient, "%s", patient);
    snprintf(draft.owner, sizeof draft.owner, "%s", owner);
    ASSERT_OK(draft_new(d->st, &grant, &draft, err));
    assert_int_equal(strlen(draft.id), 36);
    return draft;
}

static void reopen(struct directory *d)
{
    store_close(d->st);
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
}

static void resumes_where_it_stopped(void **state)
{
    struct directory *d = *state;
    struct draft draft = start(d, "p1", "staff-1"), found;
    struct draft_answer *answer;
    size_t n;

    ASSERT_OK(draft_save_answer(d->st, draft.id, "1", "[{\"valueDecimal\":1.10}]", NULL, "2", 1, 9, "staff-1", err));
    ASSERT_OK(draft_save_answer(d->st, draft.id, "2", NULL, "asked-declined", "3", 2, 9, "staff-2", err));
    ASSERT_OK(draft_save_answer(d->st, draft.id, "3", "[{\"valueInteger\":1}]", NULL, "4", 3, 9, "staff-2", err));
    ASSERT_OK(draft_save_answer(d->st, draft.id, "3", "[{\"valueInteger\":2}]", NULL, "4", 3, 9, "staff-2", err));
    ASSERT_OK(draft_save_answer(d->st, draft.id, "4", "[{\"valueInteger\":0}]", NULL, "5", 4, 9, "staff-2", err));
    ASSERT_OK(draft_save_answer(d->st, draft.id, "4", NULL, NULL, "4", 3, 9, "staff-2", err));
    ASSERT_OK(draft_set_source(d->st, draft.id, "{\"kind\":\"paper\"}", err));
    ASSERT_OK(draft_save_position(d->st, draft.id, "7", err));
    reopen(d);
    ASSERT_OK(draft_get(d->st, draft.id, &found, err));
    assert_string_equal(found.patient, "p1");
    assert_string_equal(found.owner, "staff-1");
    assert_string_equal(found.questionnaire, "phq9@3");
    assert_string_equal(found.title, "PHQ-9");
    assert_string_equal(found.position, "7");
    assert_string_equal(found.source, "{\"kind\":\"paper\"}");
    assert_int_equal(found.answered, 3);
    assert_int_equal(found.total, 9);
    ASSERT_OK(draft_answers(d->st, draft.id, &answer, &n, err));
    assert_int_equal(n, 3);
    assert_string_equal(answer[0].value, "[{\"valueDecimal\":1.10}]");
    assert_null(answer[0].absent);
    assert_null(answer[1].value);
    assert_string_equal(answer[1].absent, "asked-declined");
    assert_string_equal(answer[2].value, "[{\"valueInteger\":2}]");
    for (size_t i = 0; i < n; i++)
        draft_answer_done(&answer[i]);
    free(answer);
    draft_done(&found);
    draft_done(&draft);
    /* One row of the audit for the sitting, none for each answer; nothing goes to the server. */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE patient = 'p1' AND detail LIKE '%phq9@3%'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 0);
}

static size_t listed(struct directory *d, const char *patient, const char *owner)
{
    struct draft *draft;
    size_t n;

    ASSERT_OK(draft_list(d->st, patient, owner, &draft, &n, err));
    for (size_t i = 0; i < n; i++)
        draft_done(&draft[i]);
    free(draft);
    return n;
}

static void lists_what_is_open(void **state)
{
    struct directory *d = *state;
    struct draft a = start(d, "p1", "staff-1"), b = start(d, "p1", "staff-2"), c = start(d, "p2", "staff-1");
    int64_t before = store_changes(d->st, "draft");

    assert_int_equal(listed(d, NULL, NULL), 3);
    assert_int_equal(listed(d, "p1", NULL), 2);
    assert_int_equal(listed(d, NULL, "staff-1"), 2);
    assert_int_equal(listed(d, "p2", "staff-2"), 0);
    ASSERT_OK(draft_close(d->st, a.id, "finished", NULL, err));
    ASSERT_OK(draft_close(d->st, b.id, "discarded", "left early", err));
    assert_int_equal(listed(d, NULL, NULL), 1);
    assert_true(store_changes(d->st, "draft") > before);
    /* Off the list, kept; and no longer to be written to. */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft WHERE state = 'discarded' AND reason = 'left early'"), 1);
    ASSERT_RC(RC_NOT_FOUND, draft_save_answer(d->st, a.id, "1", "[]", NULL, "1", 1, 9, "staff-1", err));
    ASSERT_RC(RC_NOT_FOUND, draft_close(d->st, a.id, "discarded", NULL, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM draft_answer"), 0);
    ASSERT_RC(RC_INVALID, draft_close(d->st, c.id, "lost", NULL, err));
    draft_done(&a);
    draft_done(&b);
    draft_done(&c);
}

static void stays_with_its_patient(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form fill", "p2");
    struct draft draft = { .questionnaire = strdup("phq9@3"), .patient = "p1", .owner = "staff-1" };

    ASSERT_RC(RC_DENIED, draft_new(d->st, &grant, &draft, err));
    ASSERT_RC(RC_DENIED, draft_new(d->st, NULL, &draft, err));
    assert_int_equal(listed(d, NULL, NULL), 0);
    draft_done(&draft);
}

/* Handed over: on the other's list, with who and why; only an open one, and never past the patient. */
static void is_handed_to_a_colleague(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form hand", "p1"), other = directory_grant("form hand", "p2");
    struct draft draft = start(d, "p1", "staff-1"), found;

    ASSERT_OK(draft_save_answer(d->st, draft.id, "1", "[{\"valueInteger\":1}]", NULL, "2", 1, 9, "staff-1", err));
    ASSERT_RC(RC_NOT_FOUND, draft_hand(d->st, &other, draft.id, "staff-2", "", err));
    ASSERT_OK(draft_hand(d->st, &grant, draft.id, "staff-2", "at lunch", err));
    assert_int_equal(listed(d, NULL, "staff-1"), 0);
    assert_int_equal(listed(d, NULL, "staff-2"), 1);
    ASSERT_OK(draft_get(d->st, draft.id, &found, err));
    assert_string_equal(found.handed_by, "staff-1");
    assert_string_equal(found.handed_why, "at lunch");
    assert_int_equal(found.answered, 1);
    draft_done(&found);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'form hand' AND detail LIKE '%to=staff-2%' AND patient = 'p1'"), 1);
    ASSERT_OK(draft_hand(d->st, &grant, draft.id, "", "", err));
    assert_int_equal(listed(d, NULL, ""), 1);
    ASSERT_OK(draft_close(d->st, draft.id, "finished", NULL, err));
    ASSERT_RC(RC_NOT_FOUND, draft_hand(d->st, &grant, draft.id, "staff-2", "", err));
    draft_done(&draft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(resumes_where_it_stopped), DIRECTORY_TEST(lists_what_is_open), DIRECTORY_TEST(stays_with_its_patient),
        DIRECTORY_TEST(is_handed_to_a_colleague),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
