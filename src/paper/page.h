/* page.h - the one paginator: lines of known height go onto pages, whatever will draw them.
 * A unit (a question with its help and options) is not split where it fits on a page; one that is
 * taller leaves at least LEAST lines on either side of the break. The header row of a table is repeated. */
#ifndef FRONTDESK_PAPER_PAGE_H
#define FRONTDESK_PAPER_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct page_line {
    double gap, height;         /* white above it, but not at the top of a page; itself */
    int unit;
    size_t repeat;              /* 1 + number of the line to be repeated over it at the top of a page; 0 none */
    void *own;                  /* of who draws it; not freed here */
};
struct page_plan {
    struct page_line *line; size_t n, cap;
    size_t *start; size_t n_pages, cap_pages;   /* first line of each page */
};
struct page_line *page_add(struct page_plan *plan, struct page_line line);     /* borrowed until the next */
/* Set the page starts; room is the height of a page's body. There is always one page. */
void page_break(struct page_plan *plan, double room);
size_t page_end(const struct page_plan *plan, size_t page);     /* the line after the last one of a page */
void page_done(struct page_plan *plan);

/* Widths of a table's columns out of width: the first has a double share. */
double page_column(double width, size_t n, size_t i);
#endif
