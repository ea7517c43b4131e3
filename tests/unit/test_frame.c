/* If this breaks, the status line says "synced" when it is not, the palette finds nothing, or the plot
 * of a measurement falls where it rises. */
#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/sync_state.h"
#include "ui/frame.h"
#include "ui/fuzzy.h"
#include "ui/plot.h"

#define MIN 60000LL
#define HOUR (60 * MIN)
#define DAY (24 * HOUR)
static const int64_t now = 1795440000000;      /* 2026-11-23T13:20:00Z */

static const struct { struct sync_status sync; long long backup_ago; const char *words, *brief; } states[] = {
    { { .configured = false }, 0, "this machine only, no backup yet", "this machine only" },
    { { .configured = false }, 2 * DAY, "this machine only, backup 2 d old", "this machine only" },
    { { .configured = true }, 0, "never synced", "never synced" },
    { { .configured = true, .unsent = 4, .oldest_ms = now - HOUR, .problem = "offline", .outcome = PASS_OFFLINE }, 0, "never synced, 4 unsent", "never synced" },
    { { .configured = true, .last_ok_ms = now - MIN }, 0, "✓ synced 13:19", "✓ 13:19" },
    /* Nobody has been at work since: the sign would say what nobody knows. */
    { { .configured = true, .last_ok_ms = now - 3 * HOUR }, 0, "synced 3 h ago", "synced 3 h ago" },
    { { .configured = true, .last_ok_ms = now - 3 * HOUR, .running = true }, 0, "✓ synced 10:20", "✓ 10:20" },
    { { .configured = true, .last_ok_ms = now - 3 * DAY, .running = true }, 0, "synced 3 d ago", "synced 3 d ago" },
    { { .configured = true, .last_ok_ms = now - MIN, .unsent = 3, .oldest_ms = now - 2 * HOUR, .refused = 1 }, 0, "3 unsent, oldest 2 h, 1 refused", "1 refused" },
    { { .configured = true, .last_ok_ms = now - MIN, .unsent = 1, .in_doubt = 1, .oldest_ms = now - MIN }, 0, "1 unsent, oldest 1 min", "1 unsent" },
    { { .configured = true, .last_ok_ms = now - 3 * HOUR, .unsent = 12, .oldest_ms = now - HOUR, .problem = "no route", .outcome = PASS_OFFLINE }, 0, "offline 3 h, 12 unsent", "offline 3 h" },
    { { .configured = true, .last_ok_ms = now - 3 * HOUR, .problem = "no route", .outcome = PASS_OFFLINE, .running = true }, 0, "offline 3 h", "offline 3 h" },
    { { .configured = true, .last_ok_ms = now - 3 * HOUR, .problem = "401", .outcome = PASS_SHUT_OUT }, 0, "shut out 3 h", "shut out 3 h" },
    { { .configured = true, .last_ok_ms = now - 3 * HOUR, .problem = "no Task", .outcome = PASS_PARTLY }, 0, "synced in part 3 h", "synced in part 3 h" },
    { { .configured = true, .last_ok_ms = now - MIN, .conflicts = 2 }, 0, "2 in conflict", "2 in conflict" },
    { { .configured = true, .last_ok_ms = now - MIN, .files = 2 }, 0, "files to send: 2", "2 unsent" },
    { { .configured = true, .last_ok_ms = now - MIN, .files_refused = 1 }, 0, "files refused: 1", "files refused: 1" },
};

static void says_the_truth_about_sync(void **state)
{
    (void)state;
    clock_set_zone("UTC");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct frame_sync out;

        frame_sync_words(&states[i].sync, now, states[i].backup_ago ? now - states[i].backup_ago : 0, &out);
        assert_string_equal(out.words, states[i].words);
        assert_string_equal(out.brief, states[i].brief);
    }
}

static void palette_finds_by_letters(void **state)
{
    (void)state;
    assert_true(fuzzy_score("nosh", "appointment noshow") > 0);
    assert_true(fuzzy_score("tc", "task complete") > fuzzy_score("tc", "contact list"));
    assert_true(fuzzy_score("show pat", "patient show") > 0);
    assert_true(fuzzy_score("", "anything") > 0);
    assert_int_equal(fuzzy_score("xyz", "task complete"), 0);
    assert_int_equal(fuzzy_score("task zz", "task complete"), 0);
}

static void plot_rises_with_the_value(void **state)
{
    static const struct plot_point points[] = { { 1, "2024-01-01" }, { 2, "2025-01-01" }, { 3, "2026-01-01" } };
    struct grid grid = { 0 };
    struct canvas canvas;
    char *top, *foot;
    double value;

    (void)state;
    grid_resize(&grid, 4, 60);
    canvas = (struct canvas){ &grid, 0, 0, 4, 60 };
    plot_draw(&canvas, points, 3);
    top = grid_row_text(&grid, 0);
    foot = grid_row_text(&grid, 3);
    assert_memory_equal(top, "      3", 7);
    assert_non_null(strstr(top, "█"));
    assert_true(strstr(top, "█") - top > 15);    /* only the last column reaches the top */
    assert_non_null(strstr(foot, "2024-01-01"));
    assert_non_null(strstr(foot, "2026-01-01"));
    free(top);
    free(foot);
    grid_resize(&grid, 1, 5);
    plot_draw(&canvas, points, 3);               /* no room: nothing, and no crash */
    grid_done(&grid);
    assert_true(plot_number("7.9 %", &value) && value > 7.89 && value < 7.91);
    assert_true(plot_number("about -3", &value) && value < -2.9);
    assert_true(plot_number("PHQ-9 7, mild", &value) && value > 6.9 && value < 7.1);      /* not -9 */
    assert_false(plot_number("PHQ-9 ? (5 of 9)", &value));      /* not known is no 5 */
    assert_true(plot_number("PHQ-9 7, mild (9 of 9)", &value) && value > 6.9 && value < 7.1);
    assert_false(plot_number("not done", &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_the_truth_about_sync), cmocka_unit_test(palette_finds_by_letters), cmocka_unit_test(plot_rises_with_the_value),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
