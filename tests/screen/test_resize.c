/* A window is pulled larger or smaller and the desk falls over, or shows what is not there. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

/* 120x40, 20x6, 1x1 and back: alive, the foot on the last line, no row past the edge. */
static void pull(struct terminal *t, const char *wide, const char *back)
{
    terminal_resize(t, 40, 120);
    desk_sees(t, wide);
    terminal_resize(t, 6, 20);
    terminal_settle(t, 60);
    terminal_resize(t, 2, 4);
    terminal_settle(t, 60);
    terminal_send(t, "\x0c");                        /* ^L on top: a repaint loses nothing */
    terminal_resize(t, 24, 80);
    desk_sees(t, wide);
    desk_sees(t, back);
    assert_false(terminal_ended(t));
}

static void at_every_screen(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    pull(t, "FOLLOW-UPS", "/ find");
    assert_int_equal(terminal_row_of(t, "/ find"), 23);
    desk_walk(t, "/", "Enter open", "garc", "García López", NULL);
    pull(t, "1954-07-01", "Enter open");
    desk_walk(t, "\x15" "evans", "1 found", "\r", "TIMELINE", NULL);
    pull(t, "knee pain", "Enter open");
    assert_int_equal(terminal_row_of(t, "Evans, Gwen"), 1);
    desk_walk(t, "l", "how:", NULL);
    pull(t, "how:", "c call out");                  /* a question stays asked */
    desk_walk(t, "\x1b", "i intake", "?", "Help  Record", NULL);
    pull(t, "Help  Record", "Esc back");
    desk_walk(t, "\x1b", "TIMELINE", ":", "All that can be done", NULL);
    pull(t, "All that can be done", "Esc back");
    desk_walk(t, "\x1b", "TIMELINE", "i", "START A FORM", NULL);
    desk_on_row(t, "GAD-7", "\r");
    desk_walk(t, "", "Answers are", "\r", "^N next problem", "1", "1 of 7", NULL);
    pull(t, "1 of 7", "^N next problem");
    desk_stands_on(t, "2.");
    desk_walk(t, "\x1b", "parked:", NULL);
    desk_walk(t, "n", "Family name", "Moss", "Moss", NULL);
    pull(t, "Moss", "Address");
    desk_walk(t, "\x1b", "parked: Register", "Y", " Sync", NULL);
    pull(t, " Sync", "Esc back");
    desk_walk(t, "\x1a", "Locked.", NULL);
    pull(t, "Locked.", "Tab somebody else");
    desk_walk(t, DESK_PASSWORD "\r", "A PIN", "\r", " Sync", "T", "ARRIVALS", NULL);
    desk_quit(t);
}

/* Wider columns show more: what was cut at 80 is whole at 120. */
static void a_wider_screen_shows_more(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_sees(t, "chase cardiology re…");
    terminal_resize(t, 40, 120);
    desk_sees(t, "chase cardiology referral");
    desk_sees(t, "cardiology has not answered");
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(at_every_screen), cmocka_unit_test(a_wider_screen_shows_more) };

    return cmocka_run_group_tests_name("resize", tests, desk_setup, desk_teardown);
}
