/* The right person is not found, or the wrong one is opened: the one box, its results as typed, and the
 * questions it asks where two people are easily taken for each other. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

/* Somebody with a maiden name, a test record, a merged pair: what the demo people do not have. */
static int setup(void **state)
{
    int rc = desk_setup(state);

    if (rc == 0)
        desk_import(
            "{\"resourceType\":\"Patient\",\"id\":\"former\",\"name\":[{\"use\":\"official\",\"family\":\"Brandt\",\"given\":[\"Żaneta\"]},"
            "{\"use\":\"maiden\",\"family\":\"Wójcik\",\"given\":[\"Żaneta\"]}],\"gender\":\"female\",\"birthDate\":\"1979-03-12\"}\n"
            "{\"resourceType\":\"Patient\",\"id\":\"test\",\"meta\":{\"security\":[{\"code\":\"HTEST\"}]},\"name\":[{\"use\":\"official\",\"family\":\"Brandtest\",\"given\":[\"Zz\"]}],\"birthDate\":\"2000-01-01\"}\n"
            "{\"resourceType\":\"Patient\",\"id\":\"merged\",\"active\":false,\"name\":[{\"use\":\"official\",\"family\":\"Brandtner\",\"given\":[\"Ole\"]}],\"birthDate\":\"1960-06-06\","
            "\"link\":[{\"type\":\"replaced-by\",\"other\":{\"reference\":\"Patient/survivor\"}}]}\n"
            "{\"resourceType\":\"Patient\",\"id\":\"survivor\",\"name\":[{\"use\":\"official\",\"family\":\"Brandtner\",\"given\":[\"Ole\",\"Karl\"]}],\"birthDate\":\"1960-06-06\"}\n");
    return rc;
}

/* Every way a person is asked for leads to the same row, whose last column says which it was. */
static void found_however_they_say_it(void **state)
{
    static const struct { const char *typed, *name, *born; } cases[] = {
        { "garcia lopez", "García López, José", "1954-07-01" },         /* accents folded */
        { "jose garc", "García López, José", "1954-07-01" },            /* parts in any order */
        { "pepe", "García López, José", "1954-07-01" },                 /* the name to use */
        { "eva 51", "Evans, Gwen", "1951-07-19" },                      /* letters and a year */
        { "19 jul 1951", "Evans, Gwen", "1951-07-19" },
        { "7/19/51", "Evans, Gwen", "1951-07-19" },
        { "1951-07-19", "Evans, Gwen", "1951-07-19" },
        { "0122", "Evans, Gwen", "1951-07-19" },                        /* the end of the phone number */
        { "005472", "Evans, Gwen", "1951-07-19" },                      /* the record number */
        { "wojcik", "Brandt, Żaneta", "1979-03-12" },                   /* the maiden name, accents folded */
    };
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "/", "Enter open", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        terminal_send(t, "\x15");
        desk_sees_no_more(t, " found");
        terminal_send(t, cases[i].typed);
        desk_sees(t, cases[i].typed);
        desk_row_says(t, cases[i].name, cases[i].born);
    }
    desk_walk(t, "\x15" "xyzzyq", "nobody found", "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
}

/* The dead, test records and merged ones are marked wherever their names stand. */
static void marks_stand_beside_names(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "/", "Enter open", "garner", "1 found", NULL);
    desk_row_says(t, "Garner, Paul", "†2024");
    desk_walk(t, "\x15" "brandt", "4 found", NULL);
    desk_row_says(t, "Brandtest, Zz", "test");
    desk_row_says(t, "Brandtner, Ole ", "merged");
    desk_walk(t, "\x15" "brandtest", "1 found", "\r", "TIMELINE", NULL);
    desk_row_says(t, "Brandtest, Zz", "(test)");
    desk_walk(t, "/", "Enter open", "garner", "1 found", "\r", "Garner, Paul", NULL);
    desk_row_says(t, "Garner, Paul", "†");
    desk_quit(t);
}

/* Two who look alike: said at once, and Enter asks the birthday before it opens. */
static void a_look_alike_is_asked_for(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "/", "Enter open", "gar 54", "look alike", "\r", "has a look-alike", NULL);
    desk_walk(t, "2 7\r", "not this person's birthday", NULL);
    assert_false(terminal_shows(t, "TIMELINE"));
    desk_walk(t, "\x15" "1 7\r", "TIMELINE", NULL);
    desk_sees(t, "García López, José");
    desk_sees(t, "same or a similar name");
    desk_quit(t);
}

/* An empty box shows who was open lately; Space there returns to the last one; a row after the last registers. */
static void recent_people_and_what_follows(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "evans", "Evans, Gwen");
    desk_walk(t, "T", "ARRIVALS", "/", "RECENT", NULL);
    desk_sees(t, "Evans, Gwen");
    desk_walk(t, " ", "TIMELINE", "/", "Enter open", "qu", "Quinn, Patrick", "\t", "> 1", NULL);
    desk_walk(t, "\x1b[F", "> ", "\r", "Register", NULL);
    desk_row_says(t, "Family name", "qu");
    desk_walk(t, "\x1b", "parked: Register", NULL);
    desk_quit(t);
}

/* Names parts typed in one go with Enter open the one found: type-ahead does not outrun the search. */
static void typing_ahead_opens_the_right_one(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    terminal_send(t, "/haddad\r");
    desk_sees(t, "TIMELINE");
    desk_sees(t, "Haddad, Samira");
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_however_they_say_it), cmocka_unit_test(marks_stand_beside_names), cmocka_unit_test(a_look_alike_is_asked_for),
        cmocka_unit_test(recent_people_and_what_follows), cmocka_unit_test(typing_ahead_opens_the_right_one),
    };

    return cmocka_run_group_tests_name("find", tests, setup, desk_teardown);
}
