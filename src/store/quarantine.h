/* quarantine.h - incoming data that cannot be kept: file, line, reason and the bytes themselves. */
#ifndef FRONTDESK_QUARANTINE_H
#define FRONTDESK_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

struct quarantined {
    int64_t id, line;
    char *at, *source, *type, *resource_id, *reason;    /* owned */
    char *body; size_t body_len;                        /* owned; only from quarantine_get */
};
void quarantined_done(struct quarantined *row);

/* Keep one; the same bytes from the same place again are not kept twice (*added, may be NULL, tells). */
enum rc quarantine_add(struct store *st, const char *source, int64_t line, const char *type,
                       const char *resource_id, const char *reason, const void *body, size_t len,
                       int *added, struct err *err);
enum rc quarantine_list(struct store *st, struct quarantined **out, size_t *n, struct err *err);
enum rc quarantine_get(struct store *st, int64_t id, struct quarantined *out, struct err *err);
/* Does anything from that place wait, of a type and id when given? */
bool quarantine_has(struct store *st, const char *source, const char *type, const char *resource_id);
/* The resource came in from there: nothing of it waits any more. */
enum rc quarantine_settle(struct store *st, const char *source, const char *type, const char *resource_id,
                          const char *how, struct err *err);
/* It went in at last (or was set aside by a person): out of the list, kept in the table. */
enum rc quarantine_close(struct store *st, int64_t id, const char *how, struct err *err);
#endif
