/* Somebody who is here is not called, or the wrong one is: the life of a visit at the desk. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

/* The birthday is asked and never shown; a wrong one checks nobody in; then what may have changed is asked. */
static void check_in_asks_the_birthday(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_on_row(t, "Smith, John", "a");
    desk_sees(t, "Ask the birthday");
    assert_false(terminal_shows(t, "9 Sep"));
    assert_false(terminal_shows(t, "1990"));
    desk_walk(t, "8 9\r", "not the birthday on record", NULL);
    desk_row_says(t, "5  08:00 Smith", "14 min late");
    desk_walk(t, "\x15" "9 sep\r", "Same?", NULL);
    desk_sees(t, "Smith, John: saved");
    desk_sees(t, "mobile -0103");                   /* the tail only: the patient says the rest */
    desk_walk(t, "\r", "/ find", NULL);
    desk_row_says(t, "5  08:00 Smith", "arrived 08:14, waiting 0 min");
    desk_sees(t, "Smith, John: saved");             /* what was saved stays on line 23 */
    desk_quit(t);
}

/* Who cannot say it is checked in with the reason; what changed is opened where it is typed. */
static void cannot_say_it_and_a_new_phone(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_on_row(t, "Nguyen, Linh", "a");
    desk_sees(t, "Ask the birthday");
    desk_walk(t, ".\r", "Not asked, because", "4", "emergency", "\r", "Same?", "1", "Edit", NULL);
    desk_stands_on(t, "> ");
    desk_stands_on(t, "Phone");
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_row_says(t, "Nguyen, Linh", "arrived 08:14");
    desk_quit(t);
}

/* Keys that were typed before the question was painted do not answer it. */
static void keys_ahead_do_not_check_in(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_on_row(t, "García López", "a1 7\r");
    desk_sees(t, "held");
    desk_sees(t, "Enter check in");
    desk_row_says(t, "08:25 García López", "interpreter");
    assert_false(terminal_shows(t, "Same?"));
    desk_walk(t, "\x1b", "/ find", NULL);
    desk_quit(t);
}

static void seen_left_and_done(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char *list;

    (void)state;
    terminal_send(t, "WC");
    desk_on_row(t, "Okafor, Ada", "\r");
    desk_row_says(t, "07:55 Okafor", "with the clinician");
    terminal_send(t, "DN");
    desk_on_row(t, "Taylor, Wendell", "\r");
    desk_row_says(t, "07:10 Taylor", "done");       /* the row stays, marked, with its number */
    terminal_send(t, "LU");
    desk_on_row(t, "Evans, Gwen   ", "\r");
    desk_walk(t, "1", "waited too long", "\r", "saved", NULL);
    desk_row_says(t, "07:40 Evans", "done");
    desk_walk(t, "v", "14 of 14", NULL);
    desk_row_says(t, "Evans, Gwen", "left unseen; waited too long");
    desk_row_says(t, "Taylor, Wendell", "seen");
    list = desk_run(0, "appointment", "list", "--json", NULL);
    assert_non_null(strstr(list, "noshow"));
    free(list);
    desk_quit(t);
}

/* A cancelled visit keeps who asked for it. */
static void cancelled_with_its_reason(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    terminal_send(t, "CA");
    desk_on_row(t, "López García", "\r");
    desk_sees(t, "1 the patient asked");
    desk_sees(t, "6 other");                        /* what line 24 has no room for stands over the question */
    desk_walk(t, "\r", "an answer is needed", "1", "the patient asked", "\r", "saved", "A", "14 of 14", NULL);
    desk_row_says(t, "López García", "cancelled: patient asked");
    desk_quit(t);
}

static void a_walk_in_waits_at_once(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "marsh", "Marsh, Tobias");
    desk_walk(t, "w", "clinician", "patel\r", "reason", "sore throat\r", "saved", "T", "of 15", NULL);
    desk_row_says(t, "08:14 Marsh", "walk-in 08:14, waiting 0 min");
    desk_quit(t);
}

/* A follow-up with a time is a visit; the day is echoed in full, an overlap is said and booked all the same. */
static void a_follow_up_with_a_time_books(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "evans", "Evans, Gwen");
    desk_walk(t, "f", "about", "1", "due", "2w 9:30 patel", "→ Mon 7 Dec 09:30 patel", "\r", "whose", "\r", "saved", NULL);
    desk_row_says(t, "Mon 7 Dec 09:30", "Dr Patel, call back");
    terminal_send(t, "T");
    desk_sees(t, "ARRIVALS");
    desk_find(t, "marsh", "Marsh, Tobias");
    desk_walk(t, "b", "day and time", "2w 9:40", "→ Mon 7 Dec 09:40", "\r", "clinician", "patel\r", "reason", "\r",
              "overlaps Dr Patel at 09:30", NULL);
    desk_row_says(t, "Mon 7 Dec 09:40", "booked");
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_in_asks_the_birthday), cmocka_unit_test(cannot_say_it_and_a_new_phone), cmocka_unit_test(keys_ahead_do_not_check_in),
        cmocka_unit_test(seen_left_and_done), cmocka_unit_test(cancelled_with_its_reason), cmocka_unit_test(a_walk_in_waits_at_once),
        cmocka_unit_test(a_follow_up_with_a_time_books),
    };

    return cmocka_run_group_tests_name("arrivals", tests, desk_setup, desk_teardown);
}
