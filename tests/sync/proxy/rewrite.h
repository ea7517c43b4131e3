/* rewrite.h - answers that are not what the server said. */
#ifndef FRONTDESK_TESTS_PROXY_REWRITE_H
#define FRONTDESK_TESTS_PROXY_REWRITE_H

#include <stdbool.h>

#include "message.h"

/* A whole answer with that status and an OperationOutcome. retry is what Retry-After shall be: "" none,
 * "date" ten seconds from now as a date, "absurd" a number past every bound, else itself. */
void rewrite_status(struct message *answer, int status, const char *retry);

bool rewrite_knows(const char *kind);
/* The answer's body made wrong in one way; it must be unchunked. */
void rewrite_body(const char *kind, const struct message *request, struct message *answer);
#endif
