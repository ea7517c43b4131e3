/* pass_words.h - one row of the log of passes as a person reads it. */
#ifndef FRONTDESK_PASS_WORDS_H
#define FRONTDESK_PASS_WORDS_H

#include <stddef.h>

#include "store/pass.h"

const char *pass_outcome_words(enum pass_outcome outcome);      /* translated: "done", "offline" */
/* "sent 3, received 12, 1 conflict", "nothing new, 14 times", "the server cannot be reached, 9 times". */
void pass_words(const struct pass *pass, char *out, size_t size);
/* "12 requests, 34 kB" */
void pass_wire_words(const struct pass *pass, char *out, size_t size);
#endif
