/* print.h - a form as a sheet for paper (paper/sheet.h): blank with every question it may ask and room to
 * write, or as it is filled. Knows the form; who it is about and what else stands on each page it is told. */
#ifndef FRONTDESK_INTAKE_PRINT_H
#define FRONTDESK_INTAKE_PRINT_H

#include "intake/form.h"
#include "paper/sheet.h"

/* Blank: every item, also those whose condition does not hold now, each with its condition in words. */
void form_print_blank(const struct form *form, struct sheet *sheet);
/* Filled: what is asked with these answers, scores with "n of m answered". to_fill: what has no answer yet
 * gets room to write (a draft); otherwise it says that there is none. */
void form_print_filled(const struct form *form, bool to_fill, struct sheet *sheet);
/* A response whose form is not here: its own texts and answers. */
void form_print_response(const struct doc *response, struct sheet *sheet);
#endif
