/* Stops that nobody may walk past by one more key: a patient in danger. */
#include "tests/screen/desk.h"

static struct terminal *begin(const char *form)
{
    struct terminal *t = desk_open(24, 80);

    desk_find(t, "johansson", "Johansson, Elsa");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, form, "\r");
    desk_sees(t, "Answers are");
    return t;
}

/* Item 9 above 0: Esc, Enter and other keys leave the question where it is; t and Enter take it away. */
static void self_harm_is_not_passed_by_esc(void **state)
{
    struct terminal *t = begin("  PHQ-9 ");

    (void)state;
    desk_walk(t, "\r", "^F finish", "00000000", "8 of 9 answered", "1", "THOUGHTS OF SELF-HARM", NULL);
    desk_walk(t, "\x1b", "cannot be left", NULL);
    desk_sees(t, "STOP. Tell the clinician");
    desk_walk(t, "\r", "an answer is needed", NULL);
    assert_false(terminal_shows(t, ": an answer"));
    desk_walk(t, "t\r", "follow-up for the clinician", NULL);
    desk_walk(t, "\x1b", "TIMELINE", NULL);
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(self_harm_is_not_passed_by_esc),
    };

    return cmocka_run_group_tests(tests, desk_setup, desk_teardown);
}
