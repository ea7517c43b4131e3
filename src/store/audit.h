/* audit.h - one row for each act, written in the act's own transaction; reads of a record too.
 * Rows can be added, never changed or removed. An audit row's number is also the number of the
 * act: history rows carry it, and undo names it. */
#ifndef FRONTDESK_AUDIT_H
#define FRONTDESK_AUDIT_H

#include <stdint.h>

#include "base/err.h"
#include "store/grant.h"

struct store;

/* A view of one person's record, or of one resource (type/id may be NULL): committed before it is painted. */
enum rc audit_view(struct store *st, const struct grant *grant, const char *patient,
                   const char *type, const char *id, struct err *err);
/* An act that wrote no resource (sign-in, refusal, export). outcome: 0 done, 4 refused, 8 failed
 * (FHIR AuditEvent.outcome). detail: ids, counts and codes only; may be NULL. */
enum rc audit_event(struct store *st, const struct grant *grant, int outcome, const char *detail,
                    struct err *err);
/* Inside a transaction: the number of the act being written (the row is made at its first put). */
int64_t audit_act(struct store *st, const struct grant *grant);
/* Rows this process has committed since it opened the database. */
int64_t audit_committed(const struct store *st);
/* Add ids, counts and codes to the row of the act being written, before its transaction ends. */
void audit_detail(struct store *st, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#endif
