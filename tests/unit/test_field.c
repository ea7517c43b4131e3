/* If this breaks, typing a name goes wrong: accents are cut in half, a paste brings line breaks, a
 * password stays readable. */
#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/field.h"

static void press(void *ctx, struct key key)
{
    field_key(ctx, &key);
    key_done(&key);
}

static void type(struct field *field, const char *bytes)
{
    struct key_decoder d = { 0 };

    key_feed(&d, bytes, strlen(bytes), press, field);
    key_decoder_done(&d);
}

#define LEFT "\033[D"
#define RIGHT "\033[C"
#define HOME "\033[H"
#define END "\033[F"

static const struct { const char *bytes, *text, *why; } cases[] = {
    { "Okafor", "Okafor", "letters" },
    { "Garc\xc3\xad" "a\x7f\x7f", "Garc", "Backspace takes a whole accented letter" },
    { "e\xcc\x81x" LEFT LEFT "\x7f" "a", "ae\xcc\x81x", "a letter and its mark are one step" },
    { "e\xcc\x81x" HOME "\033[3~", "x", "Delete takes the letter with its mark" },
    { "abc" HOME "1" END "2", "1abc2", "Home and End" },
    { "ac" LEFT "b" RIGHT "d", "abcd", "typing in the middle" },
    { "one two\x17", "one ", "^W clears a word" },
    { "one two" LEFT LEFT LEFT "\x0b", "one ", "^K clears to the end" },
    { "anything\x15" "new", "new", "^U clears" },
    { "one two" "\033[1;5D" "2 ", "one 2 two", "a word back" },
    { "\033[200~12 Elm St\nApt 4\t\033[201~", "12 Elm St Apt 4", "pasted line breaks part words" },
    { "\033[200~a\033[31mb\a\033[201~", "a[31mb", "pasted control characters are refused" },
    { "a\033[200~\xff\xfe\033[201~b", "ab", "a paste that is no UTF-8 is refused whole" },
    { LEFT "\x7f\033[3~" RIGHT, "", "nothing happens in an empty field" },
};

static void edits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct field field = { 0 };

        type(&field, cases[i].bytes);
        if (strcmp(field_text(&field), cases[i].text) != 0)
            print_error("%s\n", cases[i].why);
        assert_string_equal(field_text(&field), cases[i].text);
        assert_true(field.at <= field.len && strlen(field_text(&field)) == field.len);
        field_done(&field);
    }
}

static void keeps_its_limit(void **state)
{
    struct field field = { .limit = 5 };

    (void)state;
    type(&field, "abc\xc3\xa9\xc3\xa9");
    assert_string_equal(field_text(&field), "abc\xc3\xa9");
    field_insert(&field, "zz");
    assert_string_equal(field_text(&field), "abc\xc3\xa9");
    field_done(&field);
}

static char *drawn(const struct field *field, int width, int *cursor)
{
    struct grid grid = { 0 };
    struct canvas canvas;
    char *text;

    grid_resize(&grid, 1, 20);
    canvas = (struct canvas){ &grid, 0, 0, 1, 20 };
    field_draw(field, &canvas, 0, 2, width, true);
    *cursor = grid.cursor_col;
    text = grid_row_text(&grid, 0);
    grid_done(&grid);
    return text;
}

/* The hardware cursor stays inside the box, where the next letter goes. */
static void cursor_is_in_the_box(void **state)
{
    struct field field = { 0 };
    int cursor;
    char *text;

    (void)state;
    type(&field, "abc");
    text = drawn(&field, 6, &cursor);
    assert_string_equal(text, "  abc");
    assert_int_equal(cursor, 5);
    free(text);
    type(&field, "defghij");
    text = drawn(&field, 6, &cursor);
    assert_int_equal(cursor, 7);
    assert_string_equal(text, "  fghij");
    free(text);
    field_set(&field, "\xe6\x9d\x8e\xe5\xb0\x8f");
    text = drawn(&field, 6, &cursor);
    assert_int_equal(cursor, 6);                /* two cells each */
    free(text);
    field_done(&field);
}

static void secrets_are_not_drawn(void **state)
{
    struct field field = { .is_secret = true };
    int cursor;
    char *text;

    (void)state;
    type(&field, "p\xc3\xa4ss");
    text = drawn(&field, 10, &cursor);
    assert_string_equal(text, "  ****");
    assert_int_equal(cursor, 6);
    free(text);
    field_done(&field);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits), cmocka_unit_test(keeps_its_limit),
        cmocka_unit_test(cursor_is_in_the_box), cmocka_unit_test(secrets_are_not_drawn),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
