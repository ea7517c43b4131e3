/* The acts done a hundred times a day would cost more keys than promised (SCREENS: key budgets). Each
 * sequence is counted from Today; names, dates and other data of the patient do not count. */
#include "tests/screen/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys sent since the test began, one a byte: none of the budget's keys is longer. */
static struct { int keys; } count;

static void press(struct terminal *t, const char *keys)
{
    count.keys += (int)strlen(keys);
    terminal_send(t, keys);
}

/* Data of the patient: sent, not counted. */
static void type(struct terminal *t, const char *data)
{
    terminal_send(t, data);
}

static void begin(struct terminal **t)
{
    *t = desk_open(24, 80);
    count.keys = 0;
}

/* find by three letters and year, open: 12 with the data */
static void find_and_open(void **state)
{
    struct terminal *t;

    (void)state;
    begin(&t);
    press(t, "/");
    assert_true(terminal_wait(t, "Find"));
    press(t, "eva 51");
    assert_true(terminal_wait(t, "1 found"));
    press(t, "\r");
    assert_true(terminal_wait(t, "TIMELINE"));
    assert_true(terminal_wait(t, "Evans, Gwen"));
    assert_true(count.keys <= 12);
    desk_quit(t);
}

/* back to the last person: Space */
static void back_to_the_last_person(void **state)
{
    struct terminal *t;

    (void)state;
    begin(&t);
    desk_walk(t, "/", "Find", "eva 51", "1 found", "\r", "TIMELINE", "T", "ARRIVALS", NULL);
    press(t, " ");
    assert_true(terminal_wait(t, "TIMELINE"));
    assert_true(terminal_wait(t, "Evans, Gwen"));
    assert_int_equal(count.keys, 1);
    desk_quit(t);
}

/* check in a row, second identifier said: row a (day, month as said) Enter */
static void check_in(void **state)
{
    struct terminal *t;
    const char *row;

    (void)state;
    begin(&t);
    row = desk_number(t, "Smith, John");
    type(t, row);       /* the row's number is one key at up to nine rows */
    count.keys = 1;
    press(t, "a");
    assert_true(terminal_wait(t, "birthday"));
    type(t, "9 9");
    press(t, "\r");
    assert_true(terminal_wait(t, "Same?"));
    press(t, "\r");
    assert_true(terminal_wait(t, "arrived 08:14"));
    assert_true(count.keys <= 4);
    desk_quit(t);
}

/* rows did not come, with reason: NS 3-5 Enter 1 Enter */
static void did_not_come(void **state)
{
    struct terminal *t;
    char rows[20];

    (void)state;
    begin(&t);
    snprintf(rows, sizeof rows, "%s-", desk_number(t, "Nguyen, Linh"));
    strcat(rows, desk_number(t, "García López"));
    press(t, "NS");
    press(t, rows);
    press(t, "\r");
    assert_true(terminal_wait(t, "reason:"));
    press(t, "1");
    press(t, "\r");
    assert_true(terminal_wait(t, "did not come"));
    assert_true(count.keys <= 8);
    desk_quit(t);
}

/* called, no answer, try tomorrow: row l c n t Enter */
static void no_answer_try_tomorrow(void **state)
{
    struct terminal *t;

    (void)state;
    begin(&t);
    terminal_send(t, desk_number(t, "Bauer, Ruth"));
    count.keys = 1;
    press(t, "l");
    assert_true(terminal_wait(t, "how"));
    press(t, "c");
    press(t, "n");
    press(t, "t");
    press(t, "\r");
    assert_true(terminal_wait(t, "saved"));
    assert_true(count.keys <= 6);
    free(desk_run(0, "task", "list", "--json", NULL));
    desk_quit(t);
}

/* follow-up in two weeks, mine: Space f 1 2w Enter Enter */
static void follow_up_in_two_weeks(void **state)
{
    struct terminal *t;
    char *tasks;

    (void)state;
    begin(&t);
    desk_walk(t, "/", "Find", "eva 51", "1 found", "\r", "TIMELINE", "T", "ARRIVALS", NULL);
    count.keys = 0;
    press(t, " ");
    assert_true(terminal_wait(t, "TIMELINE"));
    press(t, "f");
    assert_true(terminal_wait(t, "about"));
    press(t, "1");
    press(t, "2w");
    assert_true(terminal_wait(t, "Mon 7 Dec"));     /* echoed in full before Enter */
    press(t, "\r");
    press(t, "\r");
    assert_true(terminal_wait(t, "saved"));
    assert_true(count.keys <= 8);
    tasks = desk_run(0, "task", "list", "--json", NULL);
    assert_non_null(strstr(tasks, "2026-12-07"));
    free(tasks);
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find_and_open), cmocka_unit_test(back_to_the_last_person), cmocka_unit_test(check_in),
        cmocka_unit_test(did_not_come), cmocka_unit_test(no_answer_try_tomorrow), cmocka_unit_test(follow_up_in_two_weeks),
    };

    return cmocka_run_group_tests_name("budget", tests, desk_setup, desk_teardown);
}
