/* The terminal itself: colors are needed to read it, a step floods a slow line, a screen reader loses its
 * place, or a closed window leaves the terminal broken. */
#include "tests/screen/desk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* A step on a list costs at most 60 bytes, and moves nothing but the mark. */
static void a_step_costs_sixty_bytes(void **state)
{
    static const char *const steps[] = { "j", "j", "k", "\x1b[B", "\x1b[A", "j", "j", "j", "j" };
    struct terminal *t = desk_open(24, 80);
    size_t len;

    (void)state;
    terminal_settle(t, 100);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        terminal_mark(t);
        terminal_send(t, steps[i]);
        terminal_settle(t, 60);
        terminal_bytes(t, &len);
        assert_in_range(len, 1, 60);
    }
    desk_quit(t);
}

/* The hardware cursor stands beside the selected row's number, which is in reverse video. */
static void the_cursor_is_the_selection(void **state)
{
    struct terminal *t = desk_open(24, 80);
    int row, col;

    (void)state;
    desk_stands_on(t, "Taylor, Wendell");
    terminal_send(t, "jj");
    desk_stands_on(t, ">  3");
    terminal_settle(t, 30);
    terminal_cursor(t, &row, &col);
    assert_in_range(col, 0, 6);
    assert_true(terminal_is_reverse(t, row, 3));
    assert_false(terminal_is_reverse(t, row, 20));  /* five cells, no bar */
    assert_false(terminal_is_reverse(t, row - 1, 3));
    desk_walk(t, "/", "Enter open", "eva", "eva", NULL);
    desk_stands_on(t, "/ eva");
    terminal_settle(t, 30);
    terminal_cursor(t, &row, &col);
    assert_int_equal(col, 6);                       /* behind the last letter typed */
    desk_walk(t, "\x1b", "ARRIVALS", "n", "Family name", "Mo\r", "Given", NULL);
    desk_stands_on(t, "Given names");
    desk_walk(t, "\x1b", "parked: Register", NULL);
    desk_quit(t);
}

/* Without color every state still has its word: late, waiting, done, cancelled. */
static void readable_without_color(void **state)
{
    static const char *const no_color[] = { "NO_COLOR=1", NULL };
    struct terminal *t = desk_open_with(24, 80, "demo", no_color);

    (void)state;
    desk_sees(t, "14 min late");
    desk_sees(t, "waiting 3");                   /* 35 or 36 min, by the second of the start */
    desk_sees(t, "3 d late");
    assert_false(terminal_has_color(t));
    desk_walk(t, "/", "Enter open", "gar", "look alike", NULL);
    desk_row_says(t, "look alike", "!");
    desk_row_says(t, "Garner, Paul", "†2024");
    assert_false(terminal_has_color(t));
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
    t = desk_open(24, 80);                          /* the check can fail: by default there is color */
    assert_true(terminal_has_color(t));
    desk_quit(t);
}

/* A terminal without colors or UTF-8 gets plain signs and no byte above 127 of the frame. */
static void plain_signs_where_there_is_no_utf_8(void **state)
{
    static const char *const plain[] = { "LANG=C", "LC_ALL=C", "TERM=vt100", NULL };
    struct terminal *t = desk_open_with(24, 80, "demo", plain);
    size_t len;
    const char *bytes = terminal_bytes(t, &len);

    (void)state;
    desk_sees(t, "----");
    for (size_t i = 0; i < len; i++)
        assert_in_range((unsigned char)bytes[i], 0, 127);
    assert_false(terminal_has_color(t));
    desk_quit(t);
}

/* The window is closed, or the machine goes down: the program ends by itself and leaves the terminal as it was. */
static void signals_end_it_cleanly(void **state)
{
    static const int signals[] = { SIGTERM, SIGHUP };
    size_t len;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct terminal *t = desk_open(24, 80);
        const char *bytes;

        desk_find(t, "evans", "Evans, Gwen");
        terminal_mark(t);
        kill(terminal_pid(t), signals[i]);
        while (terminal_take(t))
            continue;
        bytes = terminal_bytes(t, &len);
        assert_non_null(memmem(bytes, len, "\x1b[?1049l", 8));      /* the other screen is back */
        assert_false(terminal_shows(t, "Evans"));
        assert_true(WIFEXITED(terminal_end(t)));
    }
}

/* ^S and ^Q are the terminal's, never commands; a pasted name goes to the box, not to commands. */
static void pasted_text_runs_nothing(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "\x13\x11", "^S does nothing here", NULL);
    desk_walk(t, "\x1b[200~quinn\rq\x1b[201~", "Tab choices", NULL);
    desk_sees(t, "quinn");
    assert_false(terminal_ended(t));
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_costs_sixty_bytes), cmocka_unit_test(the_cursor_is_the_selection), cmocka_unit_test(readable_without_color),
        cmocka_unit_test(plain_signs_where_there_is_no_utf_8), cmocka_unit_test(signals_end_it_cleanly), cmocka_unit_test(pasted_text_runs_nothing),
    };

    return cmocka_run_group_tests_name("glass", tests, desk_setup, desk_teardown);
}
