/* drafts.h - how a half-filled form is told in a line, on every list that has one. */
#ifndef FRONTDESK_SCREEN_DRAFTS_H
#define FRONTDESK_SCREEN_DRAFTS_H

#include <stdbool.h>

#include "store/draft.h"

struct app;

/* Whose it is: "you", "R. Lee", "the desk"; owned. */
char *draft_owner_words(struct app *app, const struct draft *draft);
/* Why it is where it is: "from R. Lee: at lunch", "changes a finished form: misheard", "left at 07:51 by you"; owned. */
char *draft_why_words(struct app *app, const struct draft *draft);
/* Its form has a newer version that it could go to. */
bool draft_has_newer(struct app *app, const struct draft *draft);
#endif
