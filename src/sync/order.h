/* order.h - references first: in which order queued creates go, so that the server never meets a
 * reference to what it has not got yet (SYNC.md 4.2, "Order"). */
#ifndef FRONTDESK_SYNC_ORDER_H
#define FRONTDESK_SYNC_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"

struct store;

/* Rows that go together: one, or several that refer to each other in a ring. */
struct order_group { int64_t *seq; size_t n; };
struct order { struct order_group *group; size_t n, cap; };

/* The outbox row seq and the creates it refers to, directly or not, those first. Chains longer than
 * ORDER_DEPTH are cut: what comes too early is blocked and tried again. */
enum { ORDER_DEPTH = 200 };
enum rc order_from(struct store *st, int64_t seq, struct order *out, struct err *err);
void order_done(struct order *order);

/* A create of somebody else's that this document refers to and that has not reached the server: fills
 * name (Type/id) and returns its row; 0 when there is none. seq: the document's own row. */
int64_t order_waits_for(struct store *st, const struct doc *doc, int64_t seq, char *name, size_t name_size);
#endif
