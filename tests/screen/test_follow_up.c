/* A promise to a patient is lost, moved without a word, or made on the wrong day; a call is dialled that
 * must not be, or not logged. */
#include "tests/screen/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void sees_task(const char *text)
{
    char *tasks = desk_run(0, "task", "list", "--json", NULL);

    if (!strstr(tasks, text))
        fprintf(stderr, "no \"%s\" in %s\n", text, tasks);
    assert_non_null(strstr(tasks, text));
    free(tasks);
}

/* The number and its rules are seen before anybody dials; the letters are echoed as a path. */
static void the_number_is_seen_before_the_call(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_on_row(t, "Bauer, Ruth", "l");
    desk_sees(t, "mobile 413-555-0175, attempt");
    desk_walk(t, "c", "call out ▸", "n", "no answer ▸", "t", "try tomorrow ▸", "left a word with her son", "her son", "\x1b", "next step", NULL);
    desk_walk(t, "\r", "her son", "\r", "saved", NULL);         /* Esc went back one question and kept what was typed */
    sees_task("2026-11-24");
    desk_find(t, "004512", "García López");
    desk_walk(t, "l", "no voicemail, attempt 1", "", "v visit at the desk", "\x1b", "i intake", NULL);
    desk_quit(t);
}

/* An answered message is gone from Today, and stands on the record. */
static void a_message_answered(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_on_row(t, "Petrov, Irina", "l");
    desk_walk(t, "", "how", "c", "outcome", "t", "next step", "x", "note", "fasting from ten\r", "saved", NULL);
    desk_row_says(t, "Petrov, Irina", "done");
    desk_on_row(t, "Petrov, Irina", "\r");
    desk_sees(t, "TIMELINE");
    desk_row_says(t, "fasting from ten", "call");
    desk_quit(t);
}

/* Days as people type them, each echoed in full before Enter. */
static void days_as_they_are_typed(void **state)
{
    static const struct { const char *typed, *echo; } days[] = {
        { "2w", "→ Mon 7 Dec" }, { "+10d", "→ Thu 3 Dec" }, { "fri", "→ Fri 27 Nov" }, { "3/12", "→ Fri 12 Mar 2027" }, { "tomorrow", "→ Tue 24 Nov" },
    };
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "evans", "Evans, Gwen");
    desk_walk(t, "f", "about", "1", "due", NULL);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        terminal_send(t, "\x15");
        desk_walk(t, days[i].typed, days[i].echo, NULL);
    }
    desk_walk(t, "\x15" "someday\r", "due", NULL);
    desk_sees(t, "someday");
    desk_walk(t, "\x15" "+10d", "→ Thu 3 Dec", "\r", "whose", "\r", "follow-up: Evans, Gwen, saved", NULL);
    desk_row_says(t, "call back", "follow-up");
    sees_task("2026-12-03");
    desk_quit(t);
}

/* Hidden until a day, the promise stays; moved, the promise moves: two verbs, two meanings. */
static void snoozed_and_moved_are_two_things(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_on_row(t, "Marsh, Tobias", "z");
    desk_walk(t, "", "hide until", "thu", "→ Thu 26 Nov", "\r", "saved", NULL);
    desk_row_says(t, "Marsh, Tobias", "done");
    sees_task("2026-11-20");                        /* still promised for Friday last */
    desk_on_row(t, "Johansson, Elsa", "r");
    desk_walk(t, "", "new day", "mon", "→ Mon 30 Nov", "\r", "reason", "son asks\r", "saved", NULL);
    sees_task("2026-11-30");
    desk_quit(t);
}

static void done_cancelled_and_handed_over(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_add_staff("rlee", "R. Lee", "care-manager");
    terminal_send(t, "F");
    desk_sees(t, "follow-ups");
    desk_on_row(t, "send knee exercise", "c");
    desk_walk(t, "", "outcome", "1", "done", "\r", "saved", NULL);
    terminal_send(t, "CA");
    desk_on_row(t, "Jones, Latoya", "\r");
    desk_walk(t, "", "reason", "3", "declined", "\r", "saved", NULL);
    terminal_send(t, "HO");
    desk_on_row(t, "not answered, 72 d", "\r");
    desk_walk(t, "", "to whom", "rlee\r", "saved", NULL);
    desk_quit(t);
    t = desk_open_with(24, 80, "rlee", NULL);
    desk_row_says(t, "chase cardiology", "not answered, 72 d");
    assert_false(terminal_shows(t, "send knee"));
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_is_seen_before_the_call), cmocka_unit_test(a_message_answered), cmocka_unit_test(days_as_they_are_typed),
        cmocka_unit_test(snoozed_and_moved_are_two_things), cmocka_unit_test(done_cancelled_and_handed_over),
    };

    return cmocka_run_group_tests_name("follow_up", tests, desk_setup, desk_teardown);
}
