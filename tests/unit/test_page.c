/* A question stands on one page and its answers on the next, or a line is printed nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "paper/page.h"

/* Units by their heights in lines, a room, and where pages have to start. */
static const struct { const char *why; int unit[8]; double room; size_t start[6]; } cases[] = {
    { "nothing is one empty page", { 0 }, 10, { 0 } },
    { "what fits stays on one page", { 3, 3, 4 }, 10, { 0 } },
    { "a unit that does not fit goes over whole", { 3, 3, 5 }, 10, { 0, 6 } },
    { "each to its page", { 9, 9, 9 }, 10, { 0, 9, 18 } },
    { "taller than a page: it begins where there is room and goes on", { 3, 14 }, 10, { 0, 10 } },
    { "no lone line at its end: two go over", { 11 }, 10, { 0, 9 } },
    { "no lone line at its beginning", { 9, 12 }, 10, { 0, 9, 19 } },
    { "over several pages", { 25 }, 10, { 0, 10, 20 } },
};

static void pages_start_where_they_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page_plan plan = { 0 };
        size_t n = 1;

        for (int u = 0; cases[i].unit[u]; u++)
            for (int k = 0; k < cases[i].unit[u]; k++)
                page_add(&plan, (struct page_line){ .height = 1, .unit = u + 1 });
        page_break(&plan, cases[i].room);
        while (n < 6 && cases[i].start[n])
            n++;
        if (plan.n_pages != n)
            fail_msg("%s: %zu pages, not %zu", cases[i].why, plan.n_pages, n);
        for (size_t p = 0; p < n; p++)
            if (plan.start[p] != cases[i].start[p])
                fail_msg("%s: page %zu starts at line %zu, not %zu", cases[i].why, p + 1, plan.start[p], cases[i].start[p]);
        assert_int_equal(page_end(&plan, n - 1), plan.n);
        page_done(&plan);
    }
}

/* White between units is not counted at the top of a page, and never makes one overflow. */
static void white_is_counted(void **state)
{
    struct page_plan plan = { 0 };

    (void)state;
    for (int u = 0; u < 6; u++)
        page_add(&plan, (struct page_line){ .gap = 1, .height = 2, .unit = u });
    page_break(&plan, 8);                           /* 2, 1 + 2, 1 + 2: three fill eight */
    assert_int_equal(plan.n_pages, 2);
    assert_int_equal(plan.start[1], 3);
    page_done(&plan);
}

/* Where a table goes on, its header stands over it again and has its room. */
static void a_header_is_repeated(void **state)
{
    struct page_plan plan = { 0 };
    double used[4] = { 0 };

    (void)state;
    page_add(&plan, (struct page_line){ .height = 2, .unit = 1 });
    for (int u = 1; u <= 12; u++)
        page_add(&plan, (struct page_line){ .height = 1, .unit = u, .repeat = 1 });
    page_break(&plan, 6);
    assert_int_equal(plan.n_pages, 3);
    for (size_t p = 0; p < plan.n_pages; p++) {
        size_t first = plan.start[p];

        used[p] = plan.line[first].repeat ? plan.line[plan.line[first].repeat - 1].height : 0;
        for (size_t i = first; i < page_end(&plan, p); i++)
            used[p] += plan.line[i].height;
        assert_true(used[p] <= 6);
    }
    page_done(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_start_where_they_may), cmocka_unit_test(white_is_counted), cmocka_unit_test(a_header_is_repeated),
    };

    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
