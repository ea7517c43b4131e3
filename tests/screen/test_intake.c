/* An answer is lost, a form cannot be gone on with, or a thought of self-harm is passed over. */
#include "tests/screen/desk.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* From Today: a form of somebody, by its number in the list, past the question where answers come from. */
static void start_form(struct terminal *t, const char *who, const char *name, const char *form)
{
    desk_find(t, who, name);
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, form, "\r");
    desk_sees(t, "Answers are");
    desk_walk(t, "\r", "^N next problem", NULL);
}

static void leave_form(struct terminal *t)
{
    desk_walk(t, "\x1b", "parked:", NULL);
}

/* Where answers come from is asked first, with the date on the paper. */
static void the_source_is_asked_first(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "quinn", "Quinn, Patrick");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "GAD-7", "\r");
    desk_walk(t, "", "Answers are", "", "1 given now", "2", "from paper", "\r", "dated", "30 nov", "30 nov", "\r", "From the paper of 30 Nov 2025", NULL);
    terminal_send(t, "1111111\r");
    desk_sees(t, "finished and saved");
    desk_row_says(t, " form ", "GAD-7");
    desk_quit(t);
}

/* A question that does not apply is not there; the answer that makes it apply brings it, and says so. */
static void questions_appear_and_go(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    start_form(t, "kim", "Kim, Min-jun", "Health habits");
    desk_stands_on(t, "Do you smoke");
    assert_false(terminal_shows(t, "How many cigarettes"));
    desk_walk(t, "1", "saved", NULL);
    desk_sees(t, "What do you use?");
    desk_stands_on(t, "What do you use?");
    desk_sees(t, "appear");
    desk_walk(t, "1\x1b[B", "How many cigarettes", "20\r", "For how many years", "10\r", "Pack years", NULL);
    desk_row_says(t, "Pack years", "10");           /* worked out: 20 a day is a pack, for ten years */
    desk_walk(t, "\x1b[A\x1b[A\x1b[A\x1b[A", "saved", NULL);
    leave_form(t);
    desk_quit(t);
}

/* An error stands under its field, the cursor stays; ^N goes to what is left to fix, ^G to a section;
 * a reason for no answer is an answer. */
static void errors_sections_and_reasons(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    start_form(t, "singh", "Singh, Harpreet", "Health habits");
    desk_walk(t, "\x07", "section", "2\r", "Movement", NULL);
    desk_stands_on(t, "On how many days");
    desk_walk(t, "abc\r", "A whole number", NULL);
    desk_stands_on(t, "On how many days");
    desk_walk(t, "\x15" "3\r", "minutes on such a day", "\x0e", "to fix", NULL);
    desk_stands_on(t, "Do you smoke");
    desk_walk(t, "\x06", "to fix", NULL);           /* it cannot be finished yet */
    desk_stands_on(t, "Do you smoke");
    desk_walk(t, "-", "declined", "d", "saved", NULL);
    desk_sees(t, "declined");
    desk_walk(t, "\x0e", "Nothing to fix", "\x06", "finished and saved", NULL);
    desk_sees(t, "TIMELINE");
    desk_row_says(t, "Health habits", "form");
    desk_quit(t);
}

/* Ten digits and Enter; the score and what it means are said at the end, and stand on the record. */
static void the_phq_9_is_ten_digits_and_enter(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    start_form(t, "walsh", "Walsh, Niamh", "  PHQ-9  ");
    terminal_send(t, "1210101001\r");
    desk_sees(t, "PHQ-9");
    desk_sees(t, "TIMELINE");
    desk_sees(t, "finished and saved");
    desk_row_says(t, "finished and saved", "6");
    desk_row_says(t, " form ", "PHQ-9");
    desk_quit(t);
}

/* Item 9 above 0: stopped at once, with what to do and whom to call; a key typed ahead does not pass it. */
static void thoughts_of_self_harm_stop_the_form(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char *tasks;

    (void)state;
    start_form(t, "jones", "Jones, Latoya", "  PHQ-9  ");
    terminal_send(t, "00000000");
    desk_stands_on(t, "  9. ");
    terminal_send(t, "1t\r");
    desk_sees(t, "THOUGHTS OF SELF-HARM");
    desk_sees(t, "988");
    desk_sees(t, "STOP");
    desk_sees(t, "held");
    terminal_send(t, "\r");
    desk_sees(t, "THOUGHTS OF SELF-HARM");
    desk_walk(t, "t\r", "on the record", NULL);
    tasks = desk_run(0, "task", "list", "--json", NULL);
    assert_non_null(strstr(tasks, "safety"));
    free(tasks);
    leave_form(t);
    desk_quit(t);
}

/* Nothing can be written: the stop is shown all the same and says so, the cursor stays with the answer,
 * and both are kept with the next key. (Another writer holds the gate: the program waits for it twice.) */
static void the_stop_is_shown_when_nothing_can_be_written(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char path[300], *tasks;
    int gate;

    (void)state;
    start_form(t, "petrov", "Petrov", "  PHQ-9  ");
    terminal_send(t, "00000000");
    desk_stands_on(t, "  9. ");
    snprintf(path, sizeof path, "%s/gate", desk_dir());
    gate = open(path, O_RDWR | O_CLOEXEC);
    assert_true(gate >= 0 && flock(gate, LOCK_EX) == 0);
    terminal_send(t, "1");
    terminal_settle(t, 6000);
    desk_sees(t, "THOUGHTS OF SELF-HARM");
    desk_sees(t, "NOT on record.");
    close(gate);
    desk_walk(t, "t\r", "NOT on the record yet", NULL);
    desk_stands_on(t, "  9. ");
    terminal_send(t, "\r");
    desk_sees(t, "THOUGHTS OF SELF-HARM");
    desk_sees_no_more(t, "NOT on record.");
    desk_walk(t, "t\r", "on the record", NULL);
    tasks = desk_run(0, "task", "list", "--json", NULL);
    assert_non_null(strstr(tasks, "Petrov"));
    free(tasks);
    leave_form(t);
    desk_quit(t);
}

/* kill -9 in the middle: every answer is there, and the cursor stands where it stood. */
static void power_lost_in_the_middle(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    start_form(t, "rossi", "Rossi, Giulia", "GAD-7");
    for (int i = 1; i <= 4; i++) {
        char next[16];

        snprintf(next, sizeof next, "%d of ", i);
        desk_walk(t, i % 2 ? "1" : "2", next, NULL);
    }
    desk_stands_on(t, "5.");
    terminal_kill(t, SIGKILL);
    t = desk_open(24, 80);
    desk_row_says(t, "draft", "Rossi, Giulia");
    desk_on_row(t, "Rossi, Giulia", "\r");
    desk_sees(t, "^N next problem");
    desk_stands_on(t, "5.");
    desk_sees(t, "4 of ");
    desk_walk(t, "333", "15 of 21, severe", NULL);
    leave_form(t);
    desk_quit(t);
}

/* Somebody else goes on with it, and the list says who left it when. */
static void another_person_goes_on(void **state)
{
    struct terminal *t;

    (void)state;
    desk_add_staff("rlee", "R. Lee", "front-desk");
    t = desk_open(24, 80);
    start_form(t, "tanaka", "Tanaka, Yuki", "AUDIT-C");
    desk_walk(t, "1", "saved", NULL);
    terminal_kill(t, SIGKILL);
    t = desk_open_with(24, 80, "rlee", NULL);
    desk_find(t, "tanaka", "Tanaka, Yuki");
    desk_walk(t, "i", "HALF-FILLED", NULL);
    desk_row_says(t, "AUDIT-C", "by demo");
    terminal_send(t, "1\r");
    desk_sees(t, "^N next problem");
    desk_stands_on(t, "2.");
    desk_sees(t, "1 of ");
    leave_form(t);
    desk_quit(t);
}

/* A colleague's answer in the same draft brings a question above the cursor: the cursor still goes to the next one. */
static void a_question_brought_by_a_colleague_does_not_move_the_cursor(void **state)
{
    struct terminal *t, *other;

    (void)state;
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"pets\",\"url\":\"urn:x-test:pets\",\"status\":\"active\",\"title\":\"Pets at home\",\"item\":["
                "{\"linkId\":\"a\",\"text\":\"Any pets?\",\"type\":\"boolean\"},"
                "{\"linkId\":\"x\",\"text\":\"How many?\",\"type\":\"integer\",\"enableWhen\":[{\"question\":\"a\",\"operator\":\"=\",\"answerBoolean\":true}]},"
                "{\"linkId\":\"b\",\"text\":\"Plants?\",\"type\":\"string\"},{\"linkId\":\"c\",\"text\":\"Smoke alarm?\",\"type\":\"string\"}]}");
    t = desk_open(24, 80);
    start_form(t, "rossi", "Rossi, Giulia", "Pets at home");
    terminal_send(t, "\x1b[B");
    desk_stands_on(t, "Plants?");
    other = desk_open(24, 80);
    desk_find(other, "rossi", "Rossi, Giulia");
    desk_walk(other, "i", "HALF-FILLED", NULL);
    desk_on_row(other, "Pets at home", "\r");
    desk_walk(other, "", "^N next problem", "\x1b[A\x1b[A", "Any pets?", "y", "saved", NULL);
    terminal_kill(other, SIGKILL);
    desk_walk(t, "ferns\r", "How many?", NULL);
    desk_stands_on(t, "Smoke alarm?");
    terminal_kill(t, SIGKILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_lost_in_the_middle), cmocka_unit_test(the_source_is_asked_first), cmocka_unit_test(questions_appear_and_go), cmocka_unit_test(errors_sections_and_reasons),
        cmocka_unit_test(the_phq_9_is_ten_digits_and_enter), cmocka_unit_test(thoughts_of_self_harm_stop_the_form),
        cmocka_unit_test(the_stop_is_shown_when_nothing_can_be_written),
        cmocka_unit_test(another_person_goes_on), cmocka_unit_test(a_question_brought_by_a_colleague_does_not_move_the_cursor),
    };

    return cmocka_run_group_tests_name("intake", tests, desk_setup, desk_teardown);
}
