/* lint.h - what a form does that it should not, beyond what opening it already met. For check.c. */
#ifndef FRONTDESK_LINT_H
#define FRONTDESK_LINT_H

struct form;

void lint_items(struct form *form);         /* illegal combinations: que-1 to que-13, SDC, limits that exclude one another */
void lint_extensions(struct form *form);    /* what is asked for and not done here */
void lint_extraction(struct form *form);    /* what it asks to be made of its answers and cannot be */
void lint_expressions(struct form *form);   /* strict reading, names nobody declares, circles */
void lint_shape(struct form *form);         /* members R4 does not have, or of another kind */
#endif
