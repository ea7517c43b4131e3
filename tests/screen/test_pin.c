/* Whoever was shut out would go on reading behind a PIN; what was filled in a form would stand in the
 * audit as if it had only been looked at. */
#include "tests/screen/desk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct terminal *open_locked_with_pin(const char *name)
{
    struct terminal *t;

    desk_add_staff(name, "B. Stone", "front-desk");
    t = desk_open_with(24, 80, name, NULL);
    desk_find(t, "evans", "Evans");
    terminal_send(t, "\x1a");
    desk_sees(t, "Locked.");
    assert_false(terminal_shows(t, "Evans"));
    terminal_send(t, DESK_PASSWORD "\r");
    desk_sees(t, "4 to 6 digits");
    terminal_send(t, "4711\r");
    desk_sees(t, "this PIN unlocks");
    terminal_send(t, "\x1a");
    desk_sees(t, "Locked.");
    return t;
}

static void a_pin_returns_to_the_very_place(void **state)
{
    struct terminal *t = open_locked_with_pin("bstone");

    (void)state;
    terminal_send(t, "0815\r");
    desk_sees(t, "2 tries left");
    terminal_send(t, "4711\r");
    desk_sees(t, "Evans");
    desk_quit(t);
}

static void a_pin_does_not_open_what_was_ended_elsewhere(void **state)
{
    struct terminal *t = open_locked_with_pin("cstone");

    (void)state;
    free(desk_run(0, "user", "disable", "cstone", NULL));
    terminal_send(t, "4711\r");
    desk_sees_no_more(t, "Locked.");
    assert_false(terminal_shows(t, "Evans"));
    desk_sees(t, "this session has ended");
    terminal_send(t, "\x03");
    assert_int_equal(terminal_end(t), 0);
}

static void a_form_begun_is_written_down_as_one(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char *audit;

    (void)state;
    desk_find(t, "evans", "Evans");
    desk_walk(t, "i", "PHQ-9", "\r", "Answers are", NULL);
    audit = desk_run(0, "audit", "list", "--limit", "40", "--json", NULL);
    assert_non_null(strstr(audit, "\"action\":\"intake\",\"category\":\"form\""));
    free(audit);
    terminal_kill(t, SIGKILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pin_returns_to_the_very_place),
        cmocka_unit_test(a_pin_does_not_open_what_was_ended_elsewhere),
        cmocka_unit_test(a_form_begun_is_written_down_as_one),
    };

    return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
