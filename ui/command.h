/* command.h - digits and two-letter verbs typed at a list. */
#ifndef FRONTDESK_COMMAND_H
#define FRONTDESK_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct app;

/* "NS 3-5", "ns 3,5": act on the rows of the top screen. False when it does not begin with a verb. */
bool command_verb(struct app *app, const char *text);
/* Words for line 23 of what is being collected. */
void command_words(struct app *app, char *out, size_t size);
#endif
