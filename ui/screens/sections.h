/* sections.h - the sections of Today, each able to fill a list: shown short on Today, whole by `v`.
 * Loading reads the database once; adding puts as many rows as there is room for. */
#ifndef FRONTDESK_SECTIONS_H
#define FRONTDESK_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/app.h"
#include "ui/list.h"

enum section { SECTION_ARRIVALS, SECTION_FOLLOW_UPS, SECTION_MESSAGES, SECTION_DECIDE, SECTION_COUNT };
enum whose { WHOSE_MINE, WHOSE_DESK, WHOSE_ALL, WHOSE_COUNT };

/* One row as a section wants it shown; all text owned. */
struct section_row {
    char type[24], id[72], patient[72];
    char *name;
    char *text[5];
    enum style first_style;
    char like[72];              /* id of the row whose person has a name like this one's, "" none */
};
struct section_rows {
    struct section_row *row; size_t n, cap;
    char summary[48];           /* "mine 5 due, 2 late" */
};
void section_rows_done(struct section_rows *rows);

/* Heading and columns of each section, for list.group. */
void sections_groups(struct list_group group[SECTION_COUNT]);
/* Read a section. whole: finished visits and days to come too. */
enum rc section_load(struct app *app, enum section section, enum whose whose, bool whole,
                     struct section_rows *out, struct err *err);
/* Add the first limit rows (0: all) to the list, between list_begin and list_end, and note how many
 * there are. */
void section_add(struct list *list, enum section section, int group, const struct section_rows *rows, int limit);
const char *whose_words(enum whose whose);
#endif
