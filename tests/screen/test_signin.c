/* Somebody without the password gets in, or somebody with it does not; a new directory has no account
 * but the one made at its first start. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

static void a_wrong_password_says_so_and_the_right_one_opens(void **state)
{
    struct terminal *t = desk_start(24, 80);

    (void)state;
    desk_stands_on(t, "> Name");
    assert_false(terminal_shows(t, "Evans"));       /* nothing of a patient before sign-in */
    terminal_send(t, "demo\r");
    desk_stands_on(t, "> Password");
    terminal_send(t, "not this one at all\r");
    desk_sees(t, "do not fit");
    assert_false(terminal_shows(t, "not this one"));
    terminal_send(t, DESK_PASSWORD);
    terminal_settle(t, 50);
    assert_false(terminal_shows(t, "quiet morning"));
    terminal_send(t, "\r");
    desk_sees(t, "ARRIVALS");
    desk_quit(t);
}

/* An unknown name gets the same words as a wrong password: names are not given away. */
static void an_unknown_name_is_not_given_away(void **state)
{
    struct terminal *t = desk_start(24, 80);

    (void)state;
    terminal_send(t, "nobody\rany password will do\r");
    desk_sees(t, "do not fit");
    terminal_send(t, "\x03");
    assert_int_equal(terminal_end(t), 0);
}

static void a_new_directory_makes_its_administrator(void **state)
{
    struct terminal *t = desk_start_new("new", 24, 80);

    (void)state;
    desk_sees(t, "First start");
    desk_sees(t, "A new data directory");
    desk_walk(t, "Harbor Clinic\r", "Time zone", "\x15" "Nowhere/Land\r", "does not know that zone", "\x15" "America/New_York\r", "Administrator",
              "\r", "a name to sign in", "mlee\r", "Shown as", "M. Lee\r", "Password", "short\r", "15", NULL);
    terminal_send(t, "\x15" "a long quiet password\r");
    desk_walk(t, "another long password\r", "not the same", "\x15" "a long quiet password\r", "Other machines",
              "\r", "In a crisis", "\r", "Backups", "\r", "Made-up", NULL);
    assert_false(terminal_shows(t, "a long quiet"));
    desk_walk(t, "\r", "Set up.", NULL);
    desk_sees(t, "Nobody is booked for today");     /* an empty screen says why, and which key makes the first */
    desk_sees(t, "M. Lee");
    desk_quit(t);
    t = desk_start_new("new", 24, 80);               /* the account is there, and no other */
    desk_sees(t, "Harbor Clinic");
    terminal_send(t, "demo\r" DESK_PASSWORD "\r");
    desk_sees(t, "do not fit");
    terminal_send(t, "\x1b[A\x15" "mlee\r");
    desk_sees(t, "> Password");
    terminal_send(t, "a long quiet password\r");
    desk_sees(t, "Nobody is booked");
    desk_quit(t);
}

/* Nothing is kept of a first start that was given up. */
static void a_first_start_given_up_keeps_nothing(void **state)
{
    struct terminal *t = desk_start_new("half", 24, 80);

    (void)state;
    desk_sees(t, "First start");
    desk_walk(t, "Harbor Clinic\r", "Time zone", "\r", "Administrator", NULL);
    terminal_send(t, "\x03");
    assert_int_equal(terminal_end(t), 0);
    t = desk_start_new("half", 24, 80);
    desk_sees(t, "First start");
    terminal_send(t, "\x03");
    assert_int_equal(terminal_end(t), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_password_says_so_and_the_right_one_opens), cmocka_unit_test(an_unknown_name_is_not_given_away),
        cmocka_unit_test(a_new_directory_makes_its_administrator), cmocka_unit_test(a_first_start_given_up_keeps_nothing),
    };

    return cmocka_run_group_tests_name("signin", tests, desk_setup, desk_teardown);
}
