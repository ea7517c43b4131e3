/* pass.h - the log of exchanges with the server that a person can read: one row for each pass that
 * did or failed something. Passes that did nothing, or failed as the one before, count up in one row. */
#ifndef FRONTDESK_PASS_H
#define FRONTDESK_PASS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

enum pass_outcome {
    PASS_DONE,
    PASS_PARTLY,        /* went through, but something in it could not be done */
    PASS_OFFLINE,       /* the server was not reached, or gave no whole answer */
    PASS_SHUT_OUT,      /* the server does not accept us, or could not prove who it is */
    PASS_FAILED,        /* for a reason on this machine */
    PASS_STOPPED,       /* broken off by whoever ended the agent */
    PASS_COUNT
};
const char *pass_outcome_name(enum pass_outcome outcome);       /* "done", "offline" ... */
enum pass_outcome pass_outcome_of(const char *name);            /* PASS_DONE for "" and what is no name */

struct pass {
    int64_t id, passes;         /* how many the row stands for; set by pass_end */
    int64_t started_ms, ended_ms;
    int64_t pushed, pulled, conflicts, refused;     /* in these passes */
    int64_t requests, bytes_out, bytes_in;          /* as they went over the wire */
    enum pass_outcome outcome;
    char problem[240];          /* codes, types and counts, never people; "" none */
};

/* A pass is over: the log and the status line learn it in one transaction. A pass that was broken
 * off leaves the status line as it was. Only the newest thousand rows are kept. */
enum rc pass_end(struct store *st, const struct pass *pass, struct err *err);
/* Newest first; owned array, free() it. */
enum rc pass_list(struct store *st, int limit, struct pass **out, size_t *n, struct err *err);
#endif
