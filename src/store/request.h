/* request.h - what the desk asks of the agent through the database, and what it is answered.
 * Kinds: "sync" (a pass now), "find" (people at the server), "record" (everything about a patient).
 *
 * The only place where something of a person stands for a while without being a document: what was
 * looked for goes when it is answered, an answer when it was read (request_drop) or after REQUEST_KEPT_MS. */
#ifndef FRONTDESK_STORE_REQUEST_H
#define FRONTDESK_STORE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;

enum { REQUEST_KEPT_MS = 10 * 60 * 1000 };

struct request {
    int64_t number;
    char kind[24], patient[72];     /* "" when it is about nobody known */
    char by[40];                    /* staff id */
    char *criteria;                 /* owned JSON; "" when the kind needs none */
};
void request_done(struct request *request);

/* Ask. patient and criteria may be NULL. */
enum rc request_add(struct store *st, const char *kind, const char *patient, const char *by,
                    int64_t *number, struct err *err);
enum rc request_ask(struct store *st, const char *kind, const char *patient, const char *criteria, const char *by,
                    int64_t *number, struct err *err);

/* The agent: take the oldest that nobody took; passes: those of kind "sync" as well. False when there is
 * none. What was taken by an agent that died is free again after request_reopen, for the lock's owner. */
bool request_take(struct store *st, bool passes, struct request *out);
bool request_waits(struct store *st, bool passes);
void request_reopen(struct store *st);
enum rc request_finish(struct store *st, int64_t number, const char *result, struct err *err);
/* Remove answers that nobody came for; looks before it takes the gate. What is not answered stays for whoever answers
 * next, even if it was asked by another clock. */
void request_prune(struct store *st);

/* The asker: "" while it is not finished, NULL when it is no longer kept. Owned. */
char *request_result(struct store *st, int64_t number);
void request_drop(struct store *st, int64_t number);
/* The newest request of that kind that somebody asked about a patient and has not read the answer of, 0 none. */
int64_t request_of(struct store *st, const char *kind, const char *patient, const char *by);
#endif
