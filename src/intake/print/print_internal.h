/* print_internal.h - what the parts of printing a form share: print.c and print_table.c. */
#ifndef FRONTDESK_INTAKE_PRINT_INTERNAL_H
#define FRONTDESK_INTAKE_PRINT_INTERNAL_H

#include "intake/model.h"
#include "paper/sheet.h"

/* print.c */
void print_question(struct sheet *sheet, const struct item *item, int depth);      /* a unit begins: text and help */
void print_heading(struct sheet *sheet, const struct item *item, int depth, size_t repetition);
void print_room(struct sheet *sheet, const struct item *item, int depth);          /* boxes to mark, lines to write on */
char *print_answers(const struct inst *inst);

/* print_table.c: groups that are meant as tables (itemControl gtable, grid, table) and fit on paper as one.
 * blank: false when it is none. filled: how many rows of the form the table took, 0 when it is none. */
bool print_blank_table(struct sheet *sheet, const struct item *group, int depth);
size_t print_filled_table(struct sheet *sheet, const struct form *form, size_t row);
#endif
