/* A patient stands on a screen nobody watches, or work is lost because somebody locked it. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

static bool bytes_hold(struct terminal *t, const char *text)
{
    size_t len;
    const char *bytes = terminal_bytes(t, &len);

    return memmem(bytes, len, text, strlen(text)) != NULL;
}

/* ^Z hides everything at once: nothing of a patient on the screen, nor in a byte sent after it. */
static void nothing_of_a_patient_is_left(void **state)
{
    static const char *const secrets[] = { "Evans", "Gwen", "1951", "005472", "-0122", "knee", "Okafor", "García" };
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "evans", "Evans, Gwen");
    desk_walk(t, "l", "how:", NULL);
    terminal_settle(t, 30);
    terminal_mark(t);
    terminal_send(t, "\x1a");
    desk_sees(t, "Locked. The work of demo is kept.");
    desk_sees(t, "somebody else signs in");
    terminal_send(t, "?/:jk\x1b[A\x0c\x10");            /* keys and a repaint bring nothing back */
    desk_sees(t, "Password: ");
    terminal_settle(t, 30);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        assert_false(terminal_shows(t, secrets[i]));
        assert_false(bytes_hold(t, secrets[i]));
    }
    terminal_kill(t, 15);
}

/* The password returns to the very place; then a PIN of the sitting does, a few tries long. */
static void a_pin_returns_to_the_very_place(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "evans", "Evans, Gwen");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "GAD-7", "\r");
    desk_walk(t, "", "Answers are", "\r", "^N next problem", "1", "1 of 7", NULL);
    desk_stands_on(t, "2.");
    desk_walk(t, "\x1a", "Locked.", "wrong password here\r", "not", NULL);
    assert_false(terminal_shows(t, "Evans"));
    desk_walk(t, DESK_PASSWORD "\r", "A PIN for this sitting?", "12\r", "four to six digits", "\x15" "4711\r", "unlocks until you sign out", NULL);
    desk_stands_on(t, "2.");
    desk_sees(t, "1 of 7");
    desk_walk(t, "\x1a", "PIN or password", "1234\r", "2 tries left", "1234\r", "1 tries left", "4711\r", "1 of 7", NULL);
    desk_walk(t, "\x1a", "PIN or password", "1\r", "not", "1234\r", "2 tries", "1234\r", "1 tries", "1234\r", "Your password", "4711\r", "not", NULL);
    desk_walk(t, DESK_PASSWORD "\r", "A PIN for this sitting?", "\r", "1 of 7", "\x1b", "parked:", NULL);
    desk_quit(t);
}

/* Tab: somebody else signs in; the first one's half-filled form waits as a draft. */
static void somebody_else_signs_in(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_add_staff("rlee", "R. Lee", "front-desk");
    desk_find(t, "marsh", "Marsh, Tobias");
    desk_walk(t, "\x1a", "Locked.", "\t", "Sign in", NULL);
    assert_false(terminal_shows(t, "Marsh"));
    terminal_send(t, "rlee\r" DESK_PASSWORD "\r");
    desk_sees(t, "/ find");
    desk_sees(t, "R. Lee");
    terminal_send(t, " ");                          /* the first one's parked record is not hers */
    desk_sees(t, "Nobody was opened yet");
    desk_quit(t);
}

/* Nobody was told the demo's password for longer than a blink: the lock says it, and it opens. */
static void the_demo_can_be_unlocked(void **state)
{
    struct terminal *t = desk_start_demo("shown", 24, 80);

    (void)state;
    desk_walk(t, "", "ARRIVALS", "\x1a", "Locked.", "", "made-up people only", "made-up people only\r", "A PIN for this sitting", "\r", "ARRIVALS", NULL);
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_a_patient_is_left), cmocka_unit_test(a_pin_returns_to_the_very_place), cmocka_unit_test(somebody_else_signs_in),
        cmocka_unit_test(the_demo_can_be_unlocked),
    };

    return cmocka_run_group_tests_name("lock", tests, desk_setup, desk_teardown);
}
