/* A fact of the record is missed, or shown where it must not be: banner, timeline, filters, panels, entries. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

static void open_garcia(struct terminal *t)
{
    desk_walk(t, "/", "Enter open", "004512", "1 found", NULL);
    terminal_send(t, "\r");
    desk_sees(t, "TIMELINE");
    desk_sees(t, "OPEN ");
}

/* What must be known before a word is said stands in the banner, and stays while the list scrolls. */
static void the_banner_never_scrolls_away(void **state)
{
    static const char *const facts[] = { "García López, José", "\"Pepe\"", "1 Jul 1954 (72)", "! Penicillin", "! falls", "Spanish, interpreter", "no voicemail", "Medicare" };
    struct terminal *t = desk_open(24, 80);

    (void)state;
    open_garcia(t);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        desk_sees(t, facts[i]);
    desk_sees(t, "004512");
    desk_sees(t, "2 follow-ups   1 referral   1 goal");
    desk_walk(t, "\x1b[F", ">", "\x1b[6~", "García López", NULL);
    assert_int_equal(terminal_row_of(t, "García López"), 1);
    assert_int_equal(terminal_row_of(t, "interpreter"), 2);
    desk_quit(t);
}

/* A call nobody took and an open follow-up say so in words, not in codes. */
static void statuses_are_words_of_the_desk(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "marsh", "Marsh, Tobias");
    desk_row_says(t, "no answer", "not reached");
    desk_row_says(t, "follow-up ", "open");
    assert_false(terminal_shows(t, "in-progress"));
    desk_on_row(t, "follow-up ", "\r");
    desk_row_says(t, "   For ", "Marsh, Tobias");           /* and an entry names people, not ids */
    desk_row_says(t, "   Owner ", "demo");
    desk_quit(t);
}

/* t and a letter: one kind of event; Esc: everything again. */
static void filters_by_kind(void **state)
{
    static const struct { const char *letter, *row, *gone; } kinds[] = {
        { "v", "Diabetes review", "Cardiology referral" }, { "m", "Metformin", "Foot check" }, { "a", "Penicillin", "Metformin" },
    };
    struct terminal *t = desk_open(24, 80);

    (void)state;
    open_garcia(t);
    desk_walk(t, "t", "d conditions", "", "t everything", "\x1b", "i intake", NULL);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        desk_walk(t, "t", "Show:", kinds[i].letter, kinds[i].row, NULL);
        desk_sees_no_more(t, kinds[i].gone);
        desk_walk(t, "\x1b", "TIMELINE", "\x1b[H", ">  1", NULL);
    }
    desk_quit(t);
}

/* p walks the panels, each with its own rows, and comes round. */
static void panels_come_round(void **state)
{
    static const char *const panels[] = { "conditions  ", "allergies  ", "medications  ", "immunizations  ", "goals and care plans  ", "coverage  ", "contacts" };
    struct terminal *t = desk_open(24, 80);

    (void)state;
    open_garcia(t);
    for (size_t i = 0; i < sizeof panels / sizeof *panels; i++)
        desk_walk(t, "p", panels[i], NULL);
    desk_walk(t, "\x1b", "TIMELINE", NULL);
    desk_quit(t);
}

/* An entry in words, as it is stored with J, and back where one was. */
static void an_entry_in_words_and_as_stored(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    open_garcia(t);
    desk_on_row(t, "Dr Patel, diabetes review", "\r");
    desk_walk(t, "", "Entry", "", "booked", "J", "\"resourceType\": \"Appointment\"", "J", "Status", "\x1b", "TIMELINE", NULL);
    desk_stands_on(t, "diabetes review");
    desk_quit(t);
}

/* A measurement stands with its unit. */
static void a_measurement_stands_with_its_unit(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    open_garcia(t);
    desk_on_row(t, "Hemoglobin A1c", "\r");
    desk_walk(t, "", "Entry", "", "7.9 %", NULL);
    desk_quit(t);
}

/* From 120 columns a panel stands beside the timeline. */
static void a_wide_screen_shows_a_panel_beside(void **state)
{
    struct terminal *t = desk_open(40, 120);

    (void)state;
    open_garcia(t);
    desk_sees(t, "TIMELINE");
    desk_sees(t, "Metformin");
    desk_row_says(t, "2019 Metformin", "goal         A1c under 7");
    desk_quit(t);
}

/* One key goes back to the person before. */
static void space_goes_to_the_one_before(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    open_garcia(t);
    desk_walk(t, "/", "Enter open", "haddad", "Haddad, Samira", "\r", "TIMELINE", NULL);
    desk_row_says(t, "Haddad, Samira", "29 Feb 1984");
    desk_walk(t, " ", "1 Jul 1954", NULL);
    assert_int_equal(terminal_row_of(t, "García López"), 1);
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_banner_never_scrolls_away), cmocka_unit_test(statuses_are_words_of_the_desk), cmocka_unit_test(filters_by_kind), cmocka_unit_test(panels_come_round),
        cmocka_unit_test(an_entry_in_words_and_as_stored), cmocka_unit_test(a_measurement_stands_with_its_unit),
        cmocka_unit_test(a_wide_screen_shows_a_panel_beside), cmocka_unit_test(space_goes_to_the_one_before),
    };

    return cmocka_run_group_tests_name("record", tests, desk_setup, desk_teardown);
}
