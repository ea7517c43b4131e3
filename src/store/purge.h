/* purge.h - what is no longer ours to keep goes from this machine: the document, what it said before,
 * and what screens and searches read of it. The server keeps it; this is no deletion there. The audit
 * stays: it holds ids, no texts. */
#ifndef FRONTDESK_PURGE_H
#define FRONTDESK_PURGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/grant.h"

struct store;

/* One resource. RC_STALE when something of it was not sent yet or waits for a person: then nothing
 * goes. RC_OK also when it was never here. */
enum rc store_purge(struct store *st, const struct grant *grant, const char *type, const char *id, struct err *err);
/* A Patient and everything about them, drafts that are closed too. RC_STALE as above, for any part
 * of it, an open draft included: then nothing goes. *rows (may be NULL): resources that went. */
enum rc store_purge_patient(struct store *st, const struct grant *grant, const char *patient, int64_t *rows,
                            struct err *err);
/* Was it first written at this desk, not brought by the server? Such a person stays. */
bool store_is_own(struct store *st, const char *type, const char *id);
/* After purges: names leave the search index and the write-ahead log too, in steps that nobody waits for. */
enum rc store_scrub(struct store *st, struct err *err);
#endif
