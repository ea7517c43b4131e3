/* A patient who fills a form alone gets at somebody else's record, or what they answered is lost or seen by others. */
#include "tests/screen/desk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What may not be seen by the patient whose form it is. */
static const char *const secrets[] = {
    "Today", "TIMELINE", "ARRIVALS", "García", "Okafor", "palette", "record", "/ find", "parked", "synced", "this machine only", "08:14",
};

static void shows_nothing_else(struct terminal *t)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (terminal_shows(t, secrets[i])) {
            terminal_dump(t);
            fail_msg("the kiosk shows \"%s\"", secrets[i]);
        }
}

/* From Today: a form of somebody handed over, on its welcome page. */
static struct terminal *hand_over(const char *who, const char *name, const char *form)
{
    struct terminal *t = desk_open(24, 80);

    desk_find(t, who, name);
    desk_walk(t, "K", "Go to the form", NULL);
    desk_on_row(t, form, "K");
    desk_walk(t, "", "Hand this screen over?", "\r", "Press Enter to begin", NULL);
    return t;
}

static void take_back(struct terminal *t)
{
    desk_walk(t, "\x1b", "For staff", DESK_PASSWORD "\r", "^N next problem", NULL);
}

static char *audit_of(const char *word)
{
    char *out = desk_run(0, "audit", "list", "--limit", "30", "--json", NULL);

    if (!strstr(out, word))
        fail_msg("the audit does not hold %s: %s", word, out);
    return out;
}

/* The way through: welcome, questions, thanks, staff, who look it through and finish. The answers are the patient's own. */
static void a_form_from_hand_to_hand(void **state)
{
    struct terminal *t = hand_over("marsh", "Marsh, Tobias", "GAD-7");
    char *out, *id;

    (void)state;
    desk_sees(t, "Hello, Tobias.");
    shows_nothing_else(t);
    assert_false(terminal_shows(t, "Marsh"));
    assert_false(terminal_shows(t, "1971"));
    desk_walk(t, "\r", "0 of 7 answered", "2", "1 of 7", "\r", "Enter again goes on without", "2", "2 of 7", "1", "3 of 7", "1", "4 of 7", "1", "5 of 7", "1", "6 of 7", NULL);
    shows_nothing_else(t);
    assert_false(terminal_shows(t, "of 21"));           /* no score is shown to who is being scored */
    desk_walk(t, "1", "That was the last question", "\r", "Please hand the device back", NULL);
    shows_nothing_else(t);
    take_back(t);
    desk_sees(t, "Marsh, Tobias");
    desk_walk(t, "\x06", "finished and saved", NULL);
    desk_quit(t);
    out = desk_run(0, "patient", "find", "marsh", "--json", NULL);
    id = strstr(out, "\"id\":\"") + 6;
    *strchr(id, '"') = '\0';
    id = desk_run(0, "patient", "show", id, "--kinds", "form", "--json", NULL);
    free(out);
    out = strstr(id, "QuestionnaireResponse/");
    assert_non_null(out);
    *strchr(out, '"') = '\0';
    out = desk_run(0, "resource", "get", out, NULL);
    assert_non_null(strstr(out, "\"kiosk\""));
    assert_non_null(strstr(out, "\"source\":{\"reference\":\"Patient/"));
    free(out);
    free(id);
    free(audit_of("handed to the patient"));
    free(audit_of("taken back by staff"));
}

/* Whatever is pressed leads to the form or to the staff's sign-in, never past it. */
static void no_key_leads_out(void **state)
{
    static const char *const keys[] = {
        "q", ":", ":quit\r", "/", " ", "?", "T", "A", "F", "Y", "n", "\x03", "\x1a", "\x1c", "\x04", "\x10", "\x0c", "\x06", "\x0e", "\x07",
        "\x1b", "\x1b[11~", "\x1bOP", "\x1b[5~", "\x1b[6~", "\x1b[2~", "\t", "\x1b[Z", "\x1b[200~/garcia\r\x1b[201~", "NS 3-5\r", "u", "x", "\x1b:", "\x1b/",
        "\x1b[<0;5;5M", "\x1b]0;x\x07", "\x12", "\x15",
    };
    struct terminal *t = hand_over("walsh", "Walsh, Niamh", "GAD-7");

    (void)state;
    terminal_send(t, "\r");
    desk_sees(t, "0 of 7 answered");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i], "\t") == 0 && terminal_shows(t, "For staff"))
            terminal_send(t, "\x1b");                   /* there Tab is the sign-in of somebody else: below */
        terminal_send(t, keys[i]);
        terminal_settle(t, 20);
        shows_nothing_else(t);
        assert_false(terminal_ended(t));
        assert_false(terminal_shows(t, "Walsh"));
    }
    terminal_resize(t, 12, 44);
    terminal_settle(t, 50);
    shows_nothing_else(t);
    terminal_resize(t, 40, 120);
    terminal_settle(t, 50);
    shows_nothing_else(t);
    kill(terminal_pid(t), SIGTSTP);
    kill(terminal_pid(t), SIGCONT);
    terminal_settle(t, 50);
    shows_nothing_else(t);
    assert_false(terminal_ended(t));
    terminal_resize(t, 24, 80);
    if (!terminal_shows(t, "For staff"))
        desk_walk(t, "\x1b", "For staff", NULL);
    desk_walk(t, "not the password\r", "do not fit", NULL);
    shows_nothing_else(t);
    desk_walk(t, "\x1b", "Enter  on", "\x03", "For staff", DESK_PASSWORD "\r", "^N next problem", NULL);
    terminal_kill(t, SIGKILL);
}

/* Somebody else of the staff: their own sign-in, and even there ^C does not lead to a shell. */
static void somebody_else_signs_in(void **state)
{
    struct terminal *t = hand_over("quinn", "Quinn, Patrick", "GAD-7");

    (void)state;
    desk_walk(t, "\r", "answered", "1", "1 of ", "\x1b", "For staff", "\t", "Sign in", "\x03\x04\x03", "Sign in", NULL);
    terminal_settle(t, 30);
    assert_false(terminal_ended(t));
    assert_false(terminal_shows(t, "Quinn"));
    terminal_send(t, "\x15" "demo\r" DESK_PASSWORD "\r");
    desk_sees(t, "/ find");
    desk_row_says(t, "Quinn, Patrick", "draft");
    desk_quit(t);
}

/* Killed or hung up: what was answered is there, the desk is not, also where a sign-in was kept for this terminal. */
static void a_kill_leads_to_the_sign_in(void **state)
{
    struct terminal *t = hand_over("rossi", "Rossi, Giulia", "GAD-7");
    char *out;

    (void)state;
    desk_walk(t, "\r", "0 of 7", "3", "1 of 7", "3", "2 of 7", NULL);
    terminal_kill(t, SIGKILL);
    t = desk_start(24, 80);
    desk_sees(t, "Sign in");
    assert_false(terminal_shows(t, "ARRIVALS"));
    terminal_kill(t, SIGHUP);
    t = desk_open(24, 80);
    desk_row_says(t, "Rossi, Giulia", "draft");
    desk_on_row(t, "Rossi, Giulia", "\r");
    desk_sees(t, "2 of 7");
    terminal_kill(t, SIGKILL);
    out = desk_run(0, "form", "drafts", "--json", NULL);
    free(out);
}

/* The process a shell has started and waits for; 0 when it has none. */
static int child_of(int shell)
{
    char path[80], text[80] = "";
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", shell, shell);
    if ((file = fopen(path, "r"))) {
        if (!fgets(text, sizeof text, file))
            text[0] = '\0';
        fclose(file);
    }
    return (int)strtol(text, NULL, 10);
}

/* Signed in for this terminal, the kiosk by its command, killed: what the same shell starts next asks to sign in, and
 * no subcommand works either. */
static void a_kept_sign_in_does_not_survive_the_kiosk(void **state)
{
    char *people = desk_run(0, "patient", "find", "kim", "--json", NULL), *id = strstr(people, "\"id\":\"") + 6, script[2000];
    const char *argv[] = { "/bin/sh", "-c", script, NULL };
    struct terminal *t;
    int n;

    (void)state;
    *strchr(id, '"') = '\0';
    n = snprintf(script, sizeof script, "f='%s --data %s --now %s'; $f login demo --password-fd 3 3<%s; ", desk_program(), desk_dir(), DESK_NOW,
                 desk_file("secret", DESK_PASSWORD "\n"));
    snprintf(script + n, sizeof script - (size_t)n, "$f kiosk gad-7 --patient %s; $f task list; echo status $?; read line; $f", id);
    t = terminal_start(argv, 24, 80, NULL);
    desk_sees(t, "Hello, Min-jun.");
    desk_walk(t, "\r", "0 of 7", "1", "1 of 7", NULL);
    shows_nothing_else(t);
    assert_true(child_of(terminal_pid(t)) > 0);
    assert_int_equal(kill(child_of(terminal_pid(t)), SIGKILL), 0);
    desk_sees(t, "status 1");
    terminal_send(t, "\n");                         /* the terminal is left raw by a kill */
    desk_sees(t, "Sign in");
    assert_false(terminal_shows(t, "ARRIVALS"));
    terminal_kill(t, SIGKILL);
    free(people);
}

/* Item 9: calm words for the patient, the alert and the task for everybody else at once, and staff are told. */
static void a_thought_of_self_harm_is_told_to_staff(void **state)
{
    struct terminal *t = hand_over("jones", "Jones, Latoya", "  PHQ-9  ");
    char *tasks;

    (void)state;
    desk_walk(t, "\r", "answered", NULL);
    for (int i = 1; i <= 8; i++) {
        char next[24];

        snprintf(next, sizeof next, "%d of ", i);
        desk_walk(t, "1", next, NULL);
    }
    desk_walk(t, "3", "Please tell a member of staff right away", NULL);
    shows_nothing_else(t);
    assert_false(terminal_shows(t, "SELF-HARM"));
    tasks = desk_run(0, "task", "list", "--json", NULL);
    assert_non_null(strstr(tasks, "safety"));
    free(tasks);
    desk_walk(t, "\r", "Enter  on", "\x1b", "For staff", DESK_PASSWORD "\r", "THOUGHTS OF SELF-HARM were answered", NULL);
    terminal_kill(t, SIGKILL);
}

/* Handed over from the middle of a field, what staff had typed there is kept. */
static void what_was_typed_before_goes_along(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"words\",\"url\":\"urn:x-test:words\",\"status\":\"active\",\"title\":\"In your words\",\"item\":["
                "{\"linkId\":\"a\",\"text\":\"Why are you here?\",\"type\":\"string\"},{\"linkId\":\"b\",\"text\":\"Since when?\",\"type\":\"string\"}]}");
    desk_find(t, "walsh", "Walsh, Niamh");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "In your words", "\r");
    desk_sees(t, "Answers are");
    desk_walk(t, "\r", "^N next problem", "A cough", "A cough", "\x10", "palette", "kiosk\r", "Hand this screen over?", "\r", "Press Enter to begin", "\r", "1 of 2 answered", NULL);
    terminal_kill(t, SIGKILL);
}

/* Somebody of the staff takes questions away in the same draft, at another desk: the kiosk goes on with those there are. */
static void a_colleague_at_the_same_draft_ends_nothing(void **state)
{
    struct terminal *t, *other;

    (void)state;
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"smokes\",\"url\":\"urn:x-test:smokes\",\"status\":\"active\",\"title\":\"Smoke and fire\",\"item\":["
                "{\"linkId\":\"a\",\"text\":\"Do you smoke?\",\"type\":\"boolean\"},"
                "{\"linkId\":\"b\",\"text\":\"Since when?\",\"type\":\"string\",\"enableWhen\":[{\"question\":\"a\",\"operator\":\"=\",\"answerBoolean\":true}]},"
                "{\"linkId\":\"c\",\"text\":\"How many?\",\"type\":\"string\",\"enableWhen\":[{\"question\":\"a\",\"operator\":\"=\",\"answerBoolean\":true}]}]}");
    t = hand_over("rossi", "Rossi, Giulia", "Smoke and fire");
    desk_walk(t, "\r", "Do you smoke?", "1", "Since when?", "1990\r", "How many?", NULL);
    other = desk_open(24, 80);
    desk_find(other, "rossi", "Rossi, Giulia");
    desk_walk(other, "i", "HALF-FILLED", NULL);
    desk_on_row(other, "Smoke and fire", "\r");
    desk_walk(other, "", "^N next problem", "\x1b[A\x1b[A", "Do you smoke?", "n", "saved", NULL);
    terminal_kill(other, SIGKILL);
    desk_walk(t, "ten\r", "That was the last question", "\x1b[A", "Do you smoke?", NULL);
    assert_false(terminal_ended(t));
    terminal_kill(t, SIGKILL);
}

/* Left lying about, it hides the answers; the birth date goes on, three wrong ones are the staff's matter. */
static void left_alone_it_hides(void **state)
{
    struct terminal *t;
    char path[200];

    (void)state;
    snprintf(path, sizeof path, "%s/.config", getenv("HOME"));
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/.config/frontdesk", getenv("HOME"));
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s", desk_file(".config/frontdesk/config", "kiosk = { idle_s = 5; };\n"));
    t = hand_over("tanaka", "Tanaka, Yuki", "GAD-7");
    desk_walk(t, "\r", "0 of 7", "3", "1 of 7", "", "Are you still there?", NULL);
    assert_false(terminal_shows(t, "of 7"));
    shows_nothing_else(t);
    desk_walk(t, "\x1b", "For staff", NULL);
    terminal_send(t, "\x1b");               /* the staff's page is no way around the birth date */
    desk_sees_no_more(t, "For staff");
    assert_true(terminal_shows(t, "Are you still there?"));
    assert_false(terminal_shows(t, "of 7"));
    desk_walk(t, "1/1/1950\r", "not the date of birth", "7/7/2003\r", "Enter  on", "", "Are you still there?", NULL);
    desk_walk(t, "1/1/1950\r", "not the date", "1/2/1950\r", "not the date", "1/3/1950\r", "ask a member of staff", "7/7/2003\r", "Are you still there?", NULL);
    take_back(t);
    desk_sees(t, "1 of 7");
    terminal_kill(t, SIGKILL);
    assert_int_equal(remove(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_from_hand_to_hand), cmocka_unit_test(no_key_leads_out), cmocka_unit_test(somebody_else_signs_in),
        cmocka_unit_test(a_kill_leads_to_the_sign_in), cmocka_unit_test(a_kept_sign_in_does_not_survive_the_kiosk), cmocka_unit_test(a_thought_of_self_harm_is_told_to_staff), cmocka_unit_test(left_alone_it_hides),
        cmocka_unit_test(what_was_typed_before_goes_along),
        cmocka_unit_test(a_colleague_at_the_same_draft_ends_nothing),
    };

    return cmocka_run_group_tests_name("kiosk", tests, desk_setup, desk_teardown);
}
