/* A promise would be lost, shown to the wrong person or on the wrong day. */
#include "tests/unit/directory.h"

#include "desk/task.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"

static char *make(struct directory *d, const char *patient, const char *due, const char *owner)
{
    struct grant grant = directory_grant("task add", patient);
    struct task_new t = {.patient = patient, .title = "call about result", .due = due, .owner = owner, .due_time = "09:00"};
    char *id = NULL;

    ASSERT_OK(task_create(d->st, &grant, &t, &id, err));
    return id;
}

static size_t due(struct directory *d, const char *owner, const char *day)
{
    struct task_list list;
    size_t n;

    ASSERT_OK(task_list(d->st, owner, NULL, day, &list, err));
    n = list.n;
    task_list_done(&list);
    return n;
}

static void lists_by_day_and_owner(void **state)
{
    struct directory *d = *state;

    directory_put(d, PERSON("p1", "Marsh"));
    free(make(d, "p1", "2026-11-20", "staff-1"));
    free(make(d, "p1", "2026-11-23", "staff-1"));
    free(make(d, "p1", "2026-11-24", "staff-1"));
    free(make(d, "p1", "2026-11-23", ""));
    assert_int_equal(due(d, "staff-1", "2026-11-23"), 2);
    assert_int_equal(due(d, NULL, "2026-11-23"), 3);
    assert_int_equal(due(d, "", "2026-11-23"), 1);
    assert_int_equal(due(d, NULL, NULL), 4);
}

/* Snooze hides until its day and leaves the promise; reschedule moves the promise and wakes it. */
static void snooze_is_not_reschedule(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("task snooze", "p1");
    struct doc *doc;
    char *id;

    directory_put(d, PERSON("p1", "Marsh"));
    id = make(d, "p1", "2026-11-23", "staff-1");
    ASSERT_OK(task_snooze(d->st, &grant, id, "2026-11-25", err));
    assert_int_equal(due(d, NULL, "2026-11-23"), 0);
    doc = directory_get(d, "Task", id);
    assert_string_equal(node_path_str(doc_root(doc), "restriction.period.end"), "2026-11-23");
    assert_string_equal(node_path_str(doc_root(doc), "restriction.period.start"), "2026-11-25");
    doc_free(doc);
    ASSERT_OK(task_reschedule(d->st, &grant, id, "2026-11-24", "14:30", "asked for it", err));
    doc = directory_get(d, "Task", id);
    assert_string_equal(node_path_str(doc_root(doc), "restriction.period.end"), "2026-11-24");
    assert_string_equal(node_path_str(doc_root(doc), "restriction.period.start"), "");
    assert_string_equal(node_text(extension_value(doc_root(doc), EXT_DUE_TIME)), "14:30:00");
    assert_string_equal(node_path_str(doc_root(doc), "note[0].text"), "asked for it");
    doc_free(doc);
    assert_int_equal(due(d, NULL, "2026-11-24"), 1);
    free(id);
}

static void attempts_count_and_explain(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("contact log", "p1");
    struct task_list list;
    char *id;

    directory_put(d, PERSON("p1", "Marsh"));
    id = make(d, "p1", "2026-11-23", "staff-1");
    ASSERT_OK(task_attempt(d->st, &grant, id, "none", "2026-11-24", "09:00", err));
    ASSERT_OK(task_attempt(d->st, &grant, id, "voicemail", "2026-11-25", NULL, err));
    ASSERT_OK(task_list(d->st, NULL, "p1", NULL, &list, err));
    assert_int_equal(list.n, 1);
    assert_int_equal(list.task[0].attempts, 2);
    assert_non_null(strstr(list.task[0].why, "2 attempts"));
    assert_non_null(strstr(list.task[0].why, "voicemail"));
    assert_string_equal(list.task[0].due, "2026-11-25");
    task_list_done(&list);
    free(id);
}

static void ends_only_once_and_cancel_says_why(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("task cancel", "p1");
    char *id;

    directory_put(d, PERSON("p1", "Marsh"));
    id = make(d, "p1", "2026-11-23", "staff-1");
    ASSERT_RC(RC_INVALID, task_cancel(d->st, &grant, id, "", err));
    ASSERT_OK(task_cancel(d->st, &grant, id, "moved away", err));
    ASSERT_RC(RC_INVALID, task_complete(d->st, &grant, id, NULL, err));
    assert_int_equal(due(d, NULL, NULL), 0);
    free(id);
}

static void refuses_what_is_no_day(void **state)
{
    static const char *const bad[] = {"2026-02-30", "2026-11", "tomorrow", "2026-11-23T10:00:00Z"};
    struct directory *d = *state;
    struct grant grant = directory_grant("task add", "p1");

    directory_put(d, PERSON("p1", "Marsh"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct task_new t = {.patient = "p1", .title = "x", .due = bad[i]};

        ASSERT_RC(RC_INVALID, task_create(d->st, &grant, &t, NULL, err));
    }
    assert_int_equal(directory_number(d, "SELECT count(*) FROM task"), 0);
}

/* A follow-up opened on one record cannot land on another. */
static void stays_with_its_patient(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("task add", "p2");
    struct task_new t = {.patient = "p1", .title = "x", .due = "2026-11-23"};

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Hall"));
    ASSERT_RC(RC_DENIED, task_create(d->st, &grant, &t, NULL, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM task"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(lists_by_day_and_owner), DIRECTORY_TEST(snooze_is_not_reschedule),
        DIRECTORY_TEST(attempts_count_and_explain), DIRECTORY_TEST(ends_only_once_and_cancel_says_why),
        DIRECTORY_TEST(refuses_what_is_no_day), DIRECTORY_TEST(stays_with_its_patient),
    };

    task_guards();
    return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
