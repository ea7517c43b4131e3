/* server.h - asking the server through the agent, and reading its answer: what handlers, the command line
 * and the desk share. Nobody waits in here: the agent answers when it can, within a second or so. */
#ifndef FRONTDESK_ACTION_SERVER_H
#define FRONTDESK_ACTION_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "action/action.h"
#include "desk/find.h"

/* Is there a server to ask? */
bool server_is_set(const struct context *ctx);
/* Put a request for the agent, with its audit row: {"request": number}. criteria may be NULL. RC_INVALID
 * when no server is configured. */
enum rc server_ask(struct context *ctx, const struct grant *grant, const char *kind, const char *criteria,
                   struct doc **result, struct err *err);
/* What was typed at Find, as the agent asks it (sync/find.h); owned JSON, NULL when it says too little. */
char *server_criteria(struct context *ctx, const char *typed);

/* Look for the answer once. RC_BUSY: not yet. RC_OK fills result (owned); any other code says why there
 * is none. A finished answer is removed: it is in the asker's hands now. */
enum rc server_answer(struct context *ctx, int64_t number, struct doc **result, struct err *err);
/* The people of an answer to "find". */
void server_hits(const struct node *result, struct hits *out);
#endif
