/* Text in a record takes over the terminal: moves the cursor, writes the clipboard, turns letters round,
 * or breaks the columns so that a fact stands beside the wrong name. */
#include "tests/screen/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENT(id, family, given, born) \
    "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"name\":[{\"use\":\"official\",\"family\":\"" family "\",\"given\":[\"" given "\"]}]," \
    "\"gender\":\"female\",\"birthDate\":\"" born "\",\"telecom\":[{\"system\":\"phone\",\"value\":\"413-555-0\\u001b[31m666\",\"use\":\"mobile\"}]}\n"
#define EIGHTY "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* As it stands in the file: \u001b is what a JSON parser makes an escape of. */
static const char people[] =
    PATIENT("h1", "Hostile", "\\u001b[2J\\u001b[1;1HClear", "1970-01-01")
    PATIENT("h2", "Hostile", "\\u001b]52;c;ZXZpbA==\\u0007Clip", "1970-01-02")
    PATIENT("h3", "Hostile", "\\u009b31mCsi", "1970-01-03")
    PATIENT("h4", "Hostile", "\\u202eesrever\\u202c Bidi", "1970-01-04")
    PATIENT("h5", "Hostile", "\\u2066iso\\u2069late", "1970-01-05")
    PATIENT("h6", "Hostile", "Back\\b\\b\\b\\bspace", "1970-01-06")
    PATIENT("h7", "Hostile", "\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e", "1970-01-07")                    /* wide */
    PATIENT("h8", "Hostile", "Zalgo\\u0301\\u0302\\u0303\\u0304\\u0305\\u0306\\u0307\\u0308\\u0309", "1970-01-08")
    PATIENT("h9", "Hostile", EIGHTY, "1970-01-09")
    PATIENT("h10", "Hostile", "New\\nline\\rand\\ttab", "1970-01-10")
    PATIENT("h11", "Hostile", "Zero\\u200b\\u200d\\ufeffwidth", "1970-01-11")
    PATIENT("h12", "Hostile", "\\u001bP+q544e\\u001b\\\\Dcs", "1970-01-12");

static int setup(void **state)
{
    int rc = desk_setup(state);

    if (rc == 0)
        desk_import(people);
    return rc;
}

/* What must never be sent, whoever's text it came with. */
static void assert_clean(struct terminal *t)
{
    static const char *const hostile[] = {
        "\x1b]52", "\x1b]0", "\x1bP+q", "\x07", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\xac", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xe2\x80\x8b",
        "\x1b[31m666", "\x1b[2J\x1b[1;1HClear", "Back\b",
    };
    size_t len;
    const char *bytes = terminal_bytes(t, &len);

    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        if (memmem(bytes, len, hostile[i], strlen(hostile[i])) != NULL) {
            print_error("hostile text %zu reached the terminal\n", i);
            fail();
        }
}

/* In the results every birth date stands in the same column, whatever the name before it holds. */
static void names_in_results_keep_their_columns(void **state)
{
    struct terminal *t = desk_open(40, 80);
    int column = -1, rows = 0;

    (void)state;
    terminal_mark(t);
    desk_walk(t, "/", "Enter open", "hostile", "12 found", NULL);
    for (int day = 1; day <= 12; day++) {           /* every row is painted */
        char born[16];

        snprintf(born, sizeof born, "1970-01-%02d", day);
        desk_sees(t, born);
    }
    for (int row = 0; row < 40; row++) {
        const char *date = strstr(terminal_row(t, row), "1970-01-");

        if (!date)
            continue;
        for (int col = 0; col < 70; col++)
            if (strncmp(terminal_cells(t, row, col, 8), "1970-01-", 8) == 0) {
                assert_true(column < 0 || column == col);
                column = col;
                rows++;
            }
    }
    assert_int_equal(rows, 12);
    assert_clean(t);
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
}

/* Each of them opened: banner, entry, raw JSON; and met again on Today, in the question before a verb, and parked. */
static void every_screen_that_shows_a_name(void **state)
{
    static const char *const born[] = { "1970-01-01", "1970-01-02", "1970-01-04", "1970-01-07", "1970-01-09", "1970-01-12" };
    struct terminal *t = desk_open(24, 80);

    (void)state;
    terminal_mark(t);
    for (size_t i = 0; i < sizeof born / sizeof *born; i++) {
        desk_walk(t, "/", "Enter open", "hostile ", "12 found", NULL);
        desk_walk(t, born[i], "1 found", "\r", "TIMELINE", NULL);
        assert_int_equal(terminal_row_of(t, "Hostile, "), 1);
        assert_int_equal(terminal_row_of(t, "TIMELINE"), 4);
        desk_walk(t, "l", "v visit at the desk", "\x1b", "i intake", "T", "parked: Hostile", NULL);
    }
    desk_walk(t, " ", "TIMELINE", "w", "clinician", "\x1b]52;c;x\x07" "patel\r", "reason", "\r", "saved", "T", "ARRIVALS", NULL);
    desk_sees(t, "walk-in");
    assert_clean(t);
    desk_quit(t);
}

/* The screen under it is what was drawn, not what the text wished: the frame stands. */
static void the_frame_stands(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "/", "Enter open", "1970-01-01", "1 found", "\r", "TIMELINE", NULL);
    assert_int_equal(terminal_row_of(t, " Record"), 0);
    desk_sees(t, "OPEN ");
    desk_walk(t, "e", "Family name", NULL);
    desk_row_says(t, "Given names", "Clear");
    terminal_send(t, "\x1b");
    desk_sees(t, "TIMELINE");
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_in_results_keep_their_columns), cmocka_unit_test(every_screen_that_shows_a_name), cmocka_unit_test(the_frame_stands),
    };

    return cmocka_run_group_tests_name("hostile", tests, setup, desk_teardown);
}
