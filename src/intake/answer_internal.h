/* answer_internal.h - one value while it is read. For answer.c and answer_choice.c only. */
#ifndef FRONTDESK_ANSWER_INTERNAL_H
#define FRONTDESK_ANSWER_INTERNAL_H

#include "intake/model.h"

/* One value being read. */
struct reading {
    const struct form *form;
    const struct inst *inst;
    const struct item *item;
    const char *typed;
    struct doc *doc;
    struct node *answer;
    struct err *err;
};

/* One of the options that are offered, or, where another answer is taken, what was typed. */
enum rc answer_choice(struct reading *r);
#endif
