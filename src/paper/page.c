#include "paper/page.h"

#include <stdlib.h>

#include "base/mem.h"

enum { LEAST = 2 };

struct page_line *page_add(struct page_plan *plan, struct page_line line)
{
    MEM_ROOM(plan->line, plan->n, plan->cap);
    plan->line[plan->n] = line;
    return &plan->line[plan->n++];
}

/* Lines from..to, standing one under the other. */
static double height_of(const struct page_plan *plan, size_t from, size_t to, bool at_top)
{
    double sum = 0;

    for (size_t i = from; i < to; i++)
        sum += (i == from && at_top ? 0 : plan->line[i].gap) + plan->line[i].height;
    return sum;
}

static void start_page(struct page_plan *plan, size_t line)
{
    MEM_ROOM(plan->start, plan->n_pages, plan->cap_pages);
    plan->start[plan->n_pages++] = line;
}

static double repeated(const struct page_plan *plan, size_t i)
{
    size_t header = plan->line[i].repeat;

    return header ? plan->line[header - 1].height : 0;
}

/* A unit taller than a page: line by line, never with a lone line on either side. Returns what is used of the last page. */
static double break_unit(struct page_plan *plan, size_t from, size_t to, double used, double room)
{
    size_t first = from;        /* of this unit on this page */

    if (used > 0 && used + height_of(plan, from, from + LEAST < to ? from + LEAST : to, false) > room) {
        start_page(plan, from);
        used = repeated(plan, from);
    }
    for (size_t i = from; i < to; i++) {
        double more = (used > 0 ? plan->line[i].gap : 0) + plan->line[i].height;

        if (used > 0 && used + more > room) {
            if (to - i < LEAST && i - first > LEAST)
                i = to - LEAST;
            start_page(plan, i);
            first = i;
            used = repeated(plan, i);
            more = plan->line[i].height;
        }
        used += more;
    }
    return used;
}

void page_break(struct page_plan *plan, double room)
{
    double used = 0;

    plan->n_pages = 0;
    start_page(plan, 0);
    for (size_t from = 0, to; from < plan->n; from = to) {
        double height;

        for (to = from + 1; to < plan->n && plan->line[to].unit == plan->line[from].unit; to++)
            continue;
        height = height_of(plan, from, to, used <= 0);
        if (used + height <= room) {
            used += height;
        } else if (repeated(plan, from) + height_of(plan, from, to, true) <= room) {
            start_page(plan, from);
            used = repeated(plan, from) + height_of(plan, from, to, true);
        } else {
            used = break_unit(plan, from, to, used, room);
        }
    }
}

size_t page_end(const struct page_plan *plan, size_t page)
{
    return page + 1 < plan->n_pages ? plan->start[page + 1] : plan->n;
}

void page_done(struct page_plan *plan)
{
    free(plan->line);
    free(plan->start);
    *plan = (struct page_plan){ 0 };
}

double page_column(double width, size_t n, size_t i)
{
    return n == 1 ? width : width * (i == 0 ? 2 : 1) / (double)(n + 1);
}
