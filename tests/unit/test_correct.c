/* A mistake could not be taken back, or taking it back would destroy somebody else's work. */
#include "tests/unit/directory.h"

#include "desk/communication.h"
#include "desk/correct.h"
#include "desk/patient.h"
#include "desk/task.h"
#include "fhir/datatype.h"

static char *follow_up(struct directory *d)
{
    struct grant grant = directory_grant("task add", "p1");
    struct task_new t = {.patient = "p1", .title = "call", .due = "2026-11-23"};
    char *id = NULL;

    ASSERT_OK(task_create(d->st, &grant, &t, &id, err));
    return id;
}

static int64_t last(struct directory *d)
{
    struct last_act a;
    int64_t act;

    ASSERT_OK(correct_last(d->st, "staff-1", &a, err));
    act = a.act;
    last_act_done(&a);
    return act;
}

static void undo_puts_back_what_was(void **state)
{
    struct directory *d = *state;
    struct grant complete = directory_grant("task complete", "p1"), undo = directory_grant("undo", "p1");
    struct task_list list;
    char *id;

    directory_put(d, PERSON("p1", "Marsh"));
    id = follow_up(d);
    ASSERT_OK(task_complete(d->st, &complete, id, "told", err));
    ASSERT_OK(correct_undo(d->st, &undo, last(d), err));
    ASSERT_OK(task_list(d->st, NULL, "p1", NULL, &list, err));
    assert_int_equal(list.n, 1);
    assert_string_equal(list.task[0].status, "requested");
    task_list_done(&list);
    free(id);
}

/* Undoing an act that made things marks them; nothing is deleted. One undo takes back the whole act. */
static void undo_of_a_creation_is_entered_in_error(void **state)
{
    struct directory *d = *state;
    struct grant log_grant = directory_grant("contact log", "p1"), undo = directory_grant("undo", "p1");
    struct contact_new c = {.patient = "p1", .direction = "out", .medium = "call", .outcome = "none",
                            .next_title = "again", .next_due = "2026-11-24"};

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(contact_log(d->st, &log_grant, &c, NULL, err));
    ASSERT_OK(correct_undo(d->st, &undo, last(d), err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Task', 'Communication')"
                                         " AND json_extract(body, '$.status') = 'entered-in-error'"), 2);
    ASSERT_RC(RC_NOT_FOUND, correct_last(d->st, "staff-1", &(struct last_act){0}, err));
}

static void undo_refuses_when_written_since(void **state)
{
    struct directory *d = *state;
    struct grant one = directory_grant("task complete", "p1"), undo = directory_grant("undo", "p1"), other;
    struct last_act a;
    int64_t act;
    char *id;

    directory_put(d, PERSON("p1", "Marsh"));
    id = follow_up(d);
    act = last(d);
    other = one;
    strcpy(other.staff, "staff-2");
    ASSERT_OK(task_snooze(d->st, &other, id, "2026-11-25", err));
    ASSERT_RC(RC_DENIED, correct_last(d->st, "staff-1", &a, err));
    last_act_done(&a);
    ASSERT_RC(RC_DENIED, correct_undo(d->st, &undo, act, err));
    free(id);
}

static void mistake_is_marked_with_its_reason(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("correct", "p1");
    struct doc *doc;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},"
                     "\"code\":{\"text\":\"asthma\"},\"subject\":{\"reference\":\"Patient/p1\"}}");
    ASSERT_RC(RC_INVALID, correct_mistake(d->st, &grant, "Condition", "c1", "", err));
    ASSERT_OK(correct_mistake(d->st, &grant, "Condition", "c1", "wrong line", err));
    doc = directory_get(d, "Condition", "c1");
    assert_string_equal(node_path_str(doc_root(doc), "verificationStatus.coding[0].code"), "entered-in-error");
    doc_free(doc);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Provenance'"
                                         " AND json_extract(body, '$.reason[0].text') = 'wrong line'"), 1);
}

/* An entry on the wrong person goes to the right one; both records carry the trace. */
static void move_leaves_a_trace_on_both(void **state)
{
    struct directory *d = *state;
    struct grant from = directory_grant("correct", "p1"), to = directory_grant("correct", "p2");
    struct doc *doc;
    char *again = NULL;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Hall"));
    directory_put(d, "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\",\"code\":{\"text\":\"weight\"},"
                     "\"subject\":{\"reference\":\"Patient/p1\",\"display\":\"Marsh\"},\"valueQuantity\":{\"value\":80.10}}");
    ASSERT_OK(correct_move(d->st, &from, &to, "Observation", "o1", "wrong chart", &again, err));
    doc = directory_get(d, "Observation", "o1");
    assert_string_equal(node_str(doc_root(doc), "status"), "entered-in-error");
    doc_free(doc);
    doc = directory_get(d, "Observation", again);
    assert_string_equal(resource_patient(doc_root(doc)), "p2");
    assert_string_equal(node_path_str(doc_root(doc), "subject.display"), "");
    assert_string_equal(node_path_str(doc_root(doc), "valueQuantity.value"), "80.10");
    doc_free(doc);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM event WHERE patient = 'p2' AND kind = 'measurement'"), 1);
    free(again);
}

/* An answer logged on the wrong person: moved, it must not go on answering the first one's message. */
static void a_moved_entry_leaves_the_rest_behind(void **state)
{
    struct directory *d = *state;
    struct grant log_grant = directory_grant("contact log", "p1"), from = directory_grant("correct", "p1"), to = directory_grant("correct", "p2");
    struct contact_new in = {.patient = "p1", .direction = "in", .medium = "message", .outcome = "received"};
    struct contact_new out = {.patient = "p1", .direction = "out", .medium = "call", .outcome = "reached"};
    char *message = NULL, *answer = NULL, *moved = NULL;
    struct doc *doc;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Okafor"));
    ASSERT_OK(contact_log(d->st, &log_grant, &in, &message, err));
    out.answers = message;
    ASSERT_OK(contact_log(d->st, &log_grant, &out, &answer, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM contact WHERE waits = 1"), 0);
    ASSERT_OK(correct_move(d->st, &from, &to, "Communication", answer, "wrong person", &moved, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM contact WHERE waits = 1"), 1);
    doc = directory_get(d, "Communication", moved);
    assert_null(node_get(doc_root(doc), "inResponseTo"));
    assert_string_equal(node_path_str(doc_root(doc), "recipient[0].reference"), "Patient/p2");
    assert_string_equal(node_path_str(doc_root(doc), "sender.reference"), "Practitioner/staff-1");
    doc_free(doc);
    free(message);
    free(answer);
    free(moved);
}

/* Somebody booked a visit for the person just registered: undoing would leave it on an inactive record. */
static void a_registration_in_use_stays(void **state)
{
    static const struct registration r = {.family = "Marsh", .interpreter = -1};
    struct directory *d = *state;
    struct grant enter = directory_grant("patient register", ""), other, undo;
    struct task_new t = {.title = "call", .due = "2026-11-23"};
    char *unused = NULL, *used = NULL;

    ASSERT_OK(patient_register(d->st, &enter, &r, &unused, err));
    undo = directory_grant("undo", unused);
    ASSERT_OK(correct_undo(d->st, &undo, last(d), err));
    ASSERT_OK(patient_register(d->st, &enter, &r, &used, err));
    other = directory_grant("task add", used);
    strcpy(other.staff, "staff-2");
    t.patient = used;
    ASSERT_OK(task_create(d->st, &other, &t, NULL, err));
    undo = directory_grant("undo", used);
    ASSERT_RC(RC_DENIED, correct_undo(d->st, &undo, last(d), err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person WHERE active = 1"), 1);
    free(unused);
    free(used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(undo_puts_back_what_was), DIRECTORY_TEST(undo_of_a_creation_is_entered_in_error),
        DIRECTORY_TEST(undo_refuses_when_written_since), DIRECTORY_TEST(mistake_is_marked_with_its_reason),
        DIRECTORY_TEST(move_leaves_a_trace_on_both), DIRECTORY_TEST(a_registration_in_use_stays),
        DIRECTORY_TEST(a_moved_entry_leaves_the_rest_behind),
    };

    task_guards();
    return cmocka_run_group_tests_name("correct", tests, NULL, NULL);
}
