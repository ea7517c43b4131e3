/* Somebody new cannot find out what the desk can do, or cannot take back what they did. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

/* Help is of the screen one is on: its keys, verbs and what they do. */
static void help_is_of_this_screen(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "?", "Help  Today", NULL);
    desk_row_says(t, "Arrived: ask the birthday", ":AR ");
    desk_row_says(t, "Find a person", " / ");
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_find(t, "evans", "Evans, Gwen");
    desk_walk(t, "?", "Help  Record", NULL);
    desk_row_says(t, "Show one kind of event", " t ");
    desk_walk(t, "\x1b", "TIMELINE", NULL);
    desk_quit(t);
}

/* The palette finds an action by letters of its name, shows its key, and does it. */
static void the_palette_finds_and_does(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, ":", "All that can be done", "clsday", "close day", "\r", "before the desk closes", NULL);
    desk_walk(t, "\x1b", "8 of 14", "\x10", "All that can be done", "folups", "follow-ups", NULL);
    desk_row_says(t, "follow-ups", " F ");
    desk_walk(t, "\x1b", "8 of 14", ":ns 3\r", "5 work or family", "\x1b", "/ find", NULL);      /* a verb, with Caps Lock in the way */
    desk_walk(t, ":", "All that can be done", "zzzzqq", "", NULL);
    desk_walk(t, "\x1b", "8 of 14", NULL);
    desk_quit(t);
}

/* u names the last act, its person and time, and undoes it after Enter. */
static void the_last_act_is_undone(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    terminal_send(t, "NS");
    desk_on_row(t, "Smith, John", "\r");
    desk_walk(t, "", "reason", "2\r", "saved", NULL);
    desk_row_says(t, "Smith, John", "done");
    desk_walk(t, "u", "Undo: did not come, Smith, John, 08:14", "\r", "Undone.", NULL);
    desk_row_says(t, "08:00 Smith, John", "14 min late");
    desk_quit(t);
}

/* An older entry is corrected, not deleted: by mistake, with the reason, and the trace stays. */
static void an_older_entry_is_corrected(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "004512", "García López");
    desk_on_row(t, "no answer: eye check", "x");
    desk_walk(t, "", "by mistake", "1", "reason", "another patient was called\r", "entered in error", NULL);
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_is_of_this_screen), cmocka_unit_test(the_palette_finds_and_does), cmocka_unit_test(the_last_act_is_undone),
        cmocka_unit_test(an_older_entry_is_corrected),
    };

    return cmocka_run_group_tests_name("help", tests, desk_setup, desk_teardown);
}
