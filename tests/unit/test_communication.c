/* A call would vanish, a message stay unanswered unseen, or a next step be forgotten. */
#include "tests/unit/directory.h"

#include "desk/communication.h"
#include "desk/task.h"

static char *log_one(struct directory *d, struct contact_new c)
{
    struct grant grant = directory_grant("contact log", c.patient);
    char *id = NULL;

    ASSERT_OK(contact_log(d->st, &grant, &c, &id, err));
    return id;
}

/* "No answer, try again tomorrow" makes the call and its follow-up, together. */
static void next_step_makes_a_follow_up(void **state)
{
    struct directory *d = *state;
    struct task_list tasks;
    char *id;

    directory_put(d, PERSON("p1", "Marsh"));
    id = log_one(d, (struct contact_new){.patient = "p1", .direction = "out", .medium = "call", .outcome = "none",
                                         .reason = "A1c result", .next_title = "call again", .next_due = "2026-11-24", .next_time = "09:00"});
    ASSERT_OK(task_list(d->st, NULL, "p1", NULL, &tasks, err));
    assert_int_equal(tasks.n, 1);
    assert_string_equal(tasks.task[0].due, "2026-11-24");
    assert_string_equal(tasks.task[0].owner, "staff-1");
    task_list_done(&tasks);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE writes = 2"), 1);
    free(id);
}

static void attempt_moves_its_follow_up(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("task add", "p1");
    struct task_new t = {.patient = "p1", .title = "tell the result", .due = "2026-11-20"};
    struct task_list tasks;
    char *task = NULL;

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(task_create(d->st, &grant, &t, &task, err));
    free(log_one(d, (struct contact_new){.patient = "p1", .direction = "out", .medium = "call", .outcome = "none",
                                         .task = task, .next_due = "2026-11-24"}));
    ASSERT_OK(task_list(d->st, NULL, "p1", NULL, &tasks, err));
    assert_int_equal(tasks.n, 1);
    assert_int_equal(tasks.task[0].attempts, 1);
    assert_string_equal(tasks.task[0].due, "2026-11-24");
    task_list_done(&tasks);
    free(task);
}

static void inbound_waits_until_answered(void **state)
{
    struct directory *d = *state;
    struct contact_list waiting;
    char *in;

    directory_put(d, PERSON("p1", "Petrov"));
    in = log_one(d, (struct contact_new){.patient = "p1", .direction = "in", .medium = "message", .outcome = "received", .note = "Is it fasting?"});
    ASSERT_OK(contact_waiting(d->st, &waiting, err));
    assert_int_equal(waiting.n, 1);
    assert_string_equal(waiting.contact[0].note, "Is it fasting?");
    contact_list_done(&waiting);
    free(log_one(d, (struct contact_new){.patient = "p1", .direction = "out", .medium = "call", .outcome = "reached", .answers = in}));
    ASSERT_OK(contact_waiting(d->st, &waiting, err));
    assert_int_equal(waiting.n, 0);
    contact_list_done(&waiting);
    free(in);
}

static void refuses_words_it_does_not_know(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("contact log", "p1");
    struct contact_new bad[] = {
        {.patient = "p1", .direction = "up", .medium = "call", .outcome = "none"},
        {.patient = "p1", .direction = "out", .medium = "pigeon", .outcome = "none"},
        {.patient = "p1", .direction = "out", .medium = "call", .outcome = "maybe"},
    };

    directory_put(d, PERSON("p1", "Marsh"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ASSERT_RC(RC_INVALID, contact_log(d->st, &grant, &bad[i], NULL, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM contact"), 0);
}

/* A number that must not be called is never offered; a safe one comes before all others. */
static void dialling_honors_the_rules(void **state)
{
    static const char barred[] =
        "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Haddad\"}],\"telecom\":["
        "{\"system\":\"phone\",\"value\":\"413-555-0100\",\"use\":\"home\",\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/contact-permission\",\"valueCode\":\"no\"}]},"
        "{\"system\":\"phone\",\"value\":\"413-555-0101\",\"use\":\"work\"},"
        "{\"system\":\"phone\",\"value\":\"413-555-0102\",\"use\":\"mobile\",\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/safe-contact\",\"valueBoolean\":true},{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/no-voicemail\",\"valueBoolean\":true}]}]}";
    struct directory *d = *state;
    char *words;

    directory_put(d, barred);
    words = contact_dial_words(d->st, "p1", NULL);
    assert_non_null(strstr(words, "413-555-0102"));
    assert_non_null(strstr(words, "no voicemail"));
    assert_null(strstr(words, "0100"));
    free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(next_step_makes_a_follow_up), DIRECTORY_TEST(attempt_moves_its_follow_up),
        DIRECTORY_TEST(inbound_waits_until_answered), DIRECTORY_TEST(refuses_words_it_does_not_know),
        DIRECTORY_TEST(dialling_honors_the_rules),
    };

    task_guards();
    return cmocka_run_group_tests_name("communication", tests, NULL, NULL);
}
