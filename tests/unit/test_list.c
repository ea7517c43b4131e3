/* If this breaks, a number typed at a list acts on another row than the one read. */
#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/list.h"

static const struct list_column columns[] = { { "name", 10, false, false }, { "why", 0, false, false } };
static struct list_group two_groups[2] = { { "FIRST", "", columns, 2 }, { "SECOND", "", columns, 2 } };

static void add(struct list *list, int group, const char *id, const char *why)
{
    struct list_row *row = list_add(list, group, "Task", id, "p1", id);

    list_set(row, 0, STYLE_PLAIN, id);
    list_set(row, 1, STYLE_PLAIN, why);
}

static void load(struct list *list, const char *first, const char *second)
{
    char id[2] = "";

    list_begin(list);
    for (; *first; first++)
        add(list, 0, (id[0] = *first, id), "due");
    for (; *second; second++)
        add(list, 1, (id[0] = *second, id), "open");
    list_end(list, true);
}

/* Rows as "1a 2b 3c" in the order they stand. */
static void assert_rows(const struct list *list, const char *want)
{
    char have[200] = "";

    for (size_t i = 0; i < list->n; i++)
        sprintf(have + strlen(have), "%s%d%s%s", i ? " " : "", list->row[i].number, list->row[i].target.id,
                list->row[i].mark == LIST_DONE ? "!" : list->row[i].mark == LIST_CHANGED ? "*" : "");
    assert_string_equal(have, want);
}

static void numbers_stay(void **state)
{
    struct list list = { .group = two_groups, .n_groups = 2 };

    (void)state;
    load(&list, "abc", "xy");
    assert_rows(&list, "1a 2b 3c 4x 5y");
    list_go(&list, 3);
    load(&list, "ac", "xy");                    /* b is finished: it stays, marked */
    assert_rows(&list, "1a 2b! 3c 4x 5y");
    load(&list, "adc", "wxy");                  /* new ones take the next number, where they belong */
    assert_rows(&list, "1a 6d 2b! 3c 7w 4x 5y");
    assert_string_equal(list_at(&list)->target.id, "c");        /* nothing moved under the cursor */
    load(&list, "adbc", "wxy");
    assert_rows(&list, "1a 6d 2b 3c 7w 4x 5y");
    list_empty(&list);
    load(&list, "ac", "y");                     /* ^L numbers anew */
    assert_rows(&list, "1a 2c 3y");
    list_done(&list);
}

static void changes_are_marked(void **state)
{
    struct list list = { .group = two_groups, .n_groups = 2 };

    (void)state;
    load(&list, "ab", "");
    list_begin(&list);
    add(&list, 0, "a", "moved");
    add(&list, 0, "b", "due");
    list_end(&list, true);
    assert_rows(&list, "1a 2b");                /* our own act is no news */
    list.marks_changes = true;
    list_begin(&list);
    add(&list, 0, "a", "waiting 5 min");
    add(&list, 0, "b", "due");
    list_end(&list, true);
    assert_rows(&list, "1a* 2b");
    list_begin(&list);
    add(&list, 0, "a", "waiting 6 min");
    add(&list, 0, "b", "due");
    list_end(&list, true);
    assert_rows(&list, "1a* 2b");               /* minutes that tick are none either */
    list_done(&list);
}

static const struct { const char *text, *rows; } ranges[] = {
    { "3", "3" }, { "2-4", "2 3 4" }, { "1,3", "1 3" }, { "1,3-5", "1 3 4 5" }, { " 2 - 3", NULL }, { "2, 4", "2 4" },
    { "", NULL }, { "6", NULL }, { "0", NULL }, { "4-2", NULL }, { "1-9999999", NULL }, { "x", NULL }, { "2a", NULL }, { "-3", NULL },
};

static void ranges_name_rows(void **state)
{
    struct list list = { .group = two_groups, .n_groups = 2 };

    (void)state;
    load(&list, "abc", "xy");
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        struct list_pick pick;
        struct err err = { RC_OK, "" };
        char have[100] = "";
        enum rc rc = list_range(&list, ranges[i].text, &pick, &err);

        for (size_t k = 0; k < pick.n; k++)
            sprintf(have + strlen(have), "%s%d", k ? " " : "", pick.row[k]->number);
        if ((rc == RC_OK) != (ranges[i].rows != NULL))
            print_error("range \"%s\"\n", ranges[i].text);
        assert_int_equal(rc == RC_OK, ranges[i].rows != NULL);
        assert_string_equal(have, ranges[i].rows ? ranges[i].rows : "");
        assert_true(rc == RC_OK || err.text[0]);
        list_pick_done(&pick);
    }
    list_done(&list);
}

static char *painted(struct list *list, int rows, int line)
{
    struct grid grid = { 0 };
    struct canvas canvas;
    char *text;

    grid_resize(&grid, rows, 40);
    canvas = (struct canvas){ &grid, 0, 0, rows, 40 };
    list_draw(list, &canvas);
    text = grid_row_text(&grid, line < 0 ? grid.cursor_row : line);
    grid_done(&grid);
    return text;
}

/* However small the window, the cursor's row is in it, with its number. */
static void cursor_is_always_drawn(void **state)
{
    struct list list = { .group = two_groups, .n_groups = 2 };
    char want[40];

    (void)state;
    load(&list, "abcdefghij", "klmnop");
    for (int rows = 1; rows < 25; rows++)
        for (int number = 16; number >= 1; number--) {
            char *text;

            list_go(&list, number);
            text = painted(&list, rows, -1);
            snprintf(want, sizeof want, ">%3d  %c", number, 'a' + number - 1);
            assert_memory_equal(text, want, strlen(want));
            free(text);
        }
    list_go(&list, 1);
    char *head = painted(&list, 24, 0);
    assert_string_equal(head, "   FIRST");
    free(head);
    list_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_stay), cmocka_unit_test(changes_are_marked),
        cmocka_unit_test(ranges_name_rows), cmocka_unit_test(cursor_is_always_drawn),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
