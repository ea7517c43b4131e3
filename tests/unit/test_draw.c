/* If this breaks, a patient's name writes over the screen, or runs off its edge. */
#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/draw.h"

static struct grid grid;

static struct canvas fresh(int rows, int cols, bool is_ascii)
{
    grid_resize(&grid, rows, cols);
    grid.is_ascii = is_ascii;
    return (struct canvas){ &grid, 0, 0, rows, cols };
}

static void assert_row(int row, const char *want)
{
    char *have = grid_row_text(&grid, row);

    assert_string_equal(have, want);
    free(have);
}

static const struct { const char *text; int width; const char *shown, *why; } cases[] = {
    { "Okafor", 10, "Okafor", "fits" },
    { "García López", 7, "García…", "a cut says so" },
    { "García", 6, "García", "accents count once" },
    { "李小龍", 6, "李小龍", "two cells each" },
    { "李小龍", 5, "李小…", "a wide one never stands half" },
    { "e\xcc\x81t\xc3\xa9", 3, "e\xcc\x81t\xc3\xa9", "marks take no cell" },
};

static void clips_by_cells(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct canvas canvas = fresh(1, 20, false);

        draw_text_in(&canvas, 0, 0, cases[i].width, STYLE_PLAIN, cases[i].text);
        draw_text(&canvas, 0, cases[i].width, STYLE_PLAIN, "|");
        char *have = grid_row_text(&grid, 0);
        char *bar = strchr(have, '|');
        assert_non_null(bar);
        while (bar > have && bar[-1] == ' ')
            bar--;
        *bar = '\0';
        if (strcmp(have, cases[i].shown) != 0)
            print_error("%s: \"%s\"\n", cases[i].why, have);
        assert_string_equal(have, cases[i].shown);
        free(have);
    }
    grid_done(&grid);
}

/* Nothing that could move a terminal's cursor or turn its direction ever stands in a cell. */
static void hostile_text_is_harmless(void **state)
{
    static const char *const hostile[] = {
        "a\033[2Jb", "a\bb", "a\r\nb", "a\xc2\x9b" "31mb", "a\xe2\x80\xae" "b", "a\xef\xbb\xbf" "b", "a\xf3\xa0\x81\x81" "b", "a\x7f" "b", "\xff\xfe",
    };

    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct canvas canvas = fresh(2, 30, false);

        draw_text(&canvas, 0, 0, STYLE_PLAIN, hostile[i]);
        draw_folded(&canvas, 1, 0, 30, 1, STYLE_PLAIN, hostile[i]);
        for (int k = 0; k < 60; k++)
            for (const unsigned char *p = (const unsigned char *)grid.cell[k].text; *p; p++) {
                assert_true(*p >= ' ' && *p != 0x7f);
                assert_false(*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0);
                assert_false(p[0] == 0xe2 && p[1] == 0x80 && p[2] == 0xae);
            }
    }
    grid_done(&grid);
}

static void canvas_clips(void **state)
{
    struct canvas canvas = fresh(4, 20, false), part, none;

    (void)state;
    part = canvas_part(&canvas, 1, 5, 10, 10);  /* asks for more rows than there are */
    assert_int_equal(part.rows, 3);
    draw_text(&part, 0, -2, STYLE_PLAIN, "xxabc");
    draw_text(&part, 2, 8, STYLE_PLAIN, "12345");
    draw_text(&part, 3, 0, STYLE_PLAIN, "below");
    none = canvas_part(&canvas, 9, 0, 1, 5);
    draw_text(&none, 0, 0, STYLE_PLAIN, "nowhere");
    draw_right(&part, 1, 10, STYLE_PLAIN, "right");
    assert_row(0, "");
    assert_row(1, "     abc");
    assert_row(2, "          right");
    assert_row(3, "             1…");
    grid_done(&grid);
}

static void folds_at_spaces(void **state)
{
    struct canvas canvas = fresh(4, 20, false);

    (void)state;
    assert_int_equal(draw_folded(&canvas, 0, 0, 10, 4, STYLE_PLAIN, "one two three four"), 2);
    assert_row(0, "one two");
    assert_row(1, "three four");
    assert_int_equal(draw_folded(&canvas, 2, 0, 5, 1, STYLE_PLAIN, "abcdefghij klm"), 3);
    assert_row(2, "abcde");
    assert_int_equal(draw_folded(&canvas, 0, 0, 10, 0, STYLE_PLAIN, "a\n\nb"), 3);
    grid_done(&grid);
}

static void signs_without_utf8(void **state)
{
    struct canvas canvas = fresh(2, 40, true);

    (void)state;
    draw_text(&canvas, 0, 0, STYLE_PLAIN, "✓ synced  †2024  Muñoz");
    assert_row(0, "ok synced  died 2024  Mu?oz");
    draw_rule(&canvas, 1);
    assert_true(grid.cell[41].text[0] == '-');
    grid_done(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clips_by_cells), cmocka_unit_test(hostile_text_is_harmless), cmocka_unit_test(canvas_clips),
        cmocka_unit_test(folds_at_spaces), cmocka_unit_test(signs_without_utf8),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
