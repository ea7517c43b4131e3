/* order.h - references first: in which order queued creates go, so that the server never meets a
 * reference to what it has not got yet (SYNC.md 4.2, "Order"). */
#ifndef FRONTDESK_SYNC_ORDER_H
#define FRONTDESK_SYNC_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

struct order_row {
    int64_t seq;            /* of the outbox */
    int64_t *target;        /* owned; rows of creates that it refers to, itself never */
    size_t n_targets;
};
/* Rows that go together: one, several of one piece of work, or several that refer to each other in a ring. */
struct order_group { size_t first, n; bool is_ring; };
struct order {
    struct order_row *row;      /* what is referred to stands first, rows of a group side by side */
    size_t n;
    struct order_group *group;
    size_t n_groups;
};

/* The n outbox rows seq and the creates they refer to, directly or not. has_units: what a person wrote in
 * one act goes in one group. Chains longer than ORDER_DEPTH are cut: what comes too early is blocked and
 * tried again. */
enum { ORDER_DEPTH = 200, ORDER_UNIT_MOST = 100 };
enum rc order_rows(struct store *st, const int64_t *seq, size_t n, bool has_units, struct order *out, struct err *err);
void order_done(struct order *order);
/* Position of a row, order->n when it is not there. */
size_t order_find(const struct order *order, int64_t seq);
#endif
