/* The day begins on Today: what is left out here, or stands without its reason, is forgotten. */
#include "tests/screen/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each section stands with its count, and each row ends with why it is here. */
static void every_row_says_why(void **state)
{
    static const struct { const char *row, *why; } rows[] = {
        { "Evans, Gwen ", "arrived 07:38, waiting 3" },      /* 35 or 36 min, by the second of the start */
        { "Smith, John", "14 min late" },
        { "García López, José", "interpreter: Spanish" },
        { "Marsh, Tobias", "result is in" },
        { "Bauer, Ruth", "cardiology has not" },
        { "Petrov, Irina", "question" },
    };
    struct terminal *t = desk_open(24, 80);

    (void)state;
    assert_string_equal(terminal_cells(t, 0, 0, 20), " Today  Mon 23 Nov");
    desk_row_says(t, "ARRIVALS", "8 of 14");
    desk_row_says(t, "FOLLOW-UPS", "mine 5 due, 2 late");
    desk_row_says(t, "MESSAGES", "2 open, oldest 26 h");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        desk_row_says(t, rows[i].row, rows[i].why);
    assert_false(terminal_shows(t, "1990"));        /* ages, never birth dates: eyes around the desk */
    desk_quit(t);
}

/* "like 8" points at the row of the other one, by the number on the screen. */
static void look_alikes_point_at_each_other(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char one[16], other[16];

    (void)state;
    snprintf(one, sizeof one, "like %s", desk_number(t, "López García"));
    snprintf(other, sizeof other, "like %s", desk_number(t, "García López"));
    desk_row_says(t, "García López, José", one);
    desk_row_says(t, "López García, José", other);
    desk_quit(t);
}

/* Digits collect on line 23 with the name they mean, and open with Enter. */
static void digits_open_a_row(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char typed[40];

    (void)state;
    snprintf(typed, sizeof typed, "%s_   Bauer, Ruth", desk_number(t, "Bauer, Ruth"));
    terminal_send(t, desk_number(t, "Bauer, Ruth"));
    desk_sees(t, typed);
    assert_int_equal(terminal_row_of(t, typed), 22);
    terminal_send(t, "\x7f\x7f");
    desk_sees_no_more(t, "_   Bauer");
    desk_on_row(t, "Bauer, Ruth", "\r");
    desk_sees(t, "TIMELINE");
    desk_sees(t, "Bauer, Ruth");
    desk_quit(t);
}

/* A range that holds a row the verb does not fit is refused whole, naming it; nothing is done. */
static void a_range_with_a_misfit_is_refused_whole(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char range[32];

    (void)state;
    snprintf(range, sizeof range, "NS%s-%s\r", desk_number(t, "López García"), desk_number(t, "Marsh, Tobias"));
    desk_walk(t, range, "nothing was done", NULL);
    desk_sees(t, "Marsh, Tobias");
    assert_false(terminal_shows(t, "reason:"));
    terminal_send(t, "NS90\r");
    desk_sees(t, "there is no row 90");
    terminal_send(t, "QQ1\r");
    desk_sees(t, "not a verb");
    assert_false(terminal_shows(t, "did not come"));
    desk_quit(t);
}

/* A verb on two rows repeats both names before it acts; afterwards they keep their numbers. */
static void a_verb_names_its_rows_and_numbers_stay(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char one[8], range[32];

    (void)state;
    strcpy(one, desk_number(t, "López García"));
    snprintf(range, sizeof range, "NS%s,%s\r", desk_number(t, "Nguyen, Linh"), one);
    desk_walk(t, range, "Nguyen, Linh; López García", "1", "not known", "\r", "2 rows, saved", NULL);
    desk_row_says(t, "López García", "done");
    assert_string_equal(desk_number(t, "López García"), one);
    terminal_send(t, "\x0c");                       /* ^L: finished rows go, numbers are dealt anew */
    desk_sees_no_more(t, "López García");
    assert_string_equal(desk_number(t, "García López"), "6");
    desk_quit(t);
}

/* v shows a section whole with those seen and gone; v or Esc returns. o turns whose follow-ups. */
static void sections_open_whole(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "v", "14 of 14", NULL);
    desk_row_says(t, "Hall, Dee", "seen");
    desk_row_says(t, "Li, Wei", "cancelled");
    desk_row_says(t, "da Silva, Ana", "interpreter: Portuguese");
    desk_walk(t, "\x1b", "8 of 14", "o", "the desk's", "o", "everybody's", "o", "Showing mine", NULL);
    desk_quit(t);
}

/* A key that means nothing says so, and the burst typed after it runs no commands. */
static void a_name_typed_at_the_list_runs_nothing(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    terminal_send(t, "yalzq");
    desk_sees(t, "does nothing here");
    desk_sees(t, "ARRIVALS");
    assert_false(terminal_ended(t));
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_says_why), cmocka_unit_test(look_alikes_point_at_each_other), cmocka_unit_test(digits_open_a_row),
        cmocka_unit_test(a_range_with_a_misfit_is_refused_whole), cmocka_unit_test(a_name_typed_at_the_list_runs_nothing),
        cmocka_unit_test(sections_open_whole), cmocka_unit_test(a_verb_names_its_rows_and_numbers_stay),
    };

    return cmocka_run_group_tests_name("today", tests, desk_setup, desk_teardown);
}
