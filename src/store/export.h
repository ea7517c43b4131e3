/* export.h - how far the bulk export of a first pull came, so that it goes on after any stop: asked for,
 * listed, and of each file how many lines are in. */
#ifndef FRONTDESK_STORE_EXPORT_H
#define FRONTDESK_STORE_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

struct export_state {
    char status[512];       /* where the server tells how far it is, below its base; "" = never asked */
    char at[40];            /* transactionTime of the list of files; "" = not listed yet */
    bool is_over;           /* done or given up: never begun again */
};
struct export_file { int64_t n, line; char type[40], path[768]; };

/* what: server and setting. A state of nothing when there was none. */
enum rc export_get(struct store *st, const char *what, struct export_state *out, struct err *err);
enum rc export_begin(struct store *st, const char *what, const char *status, struct err *err);
enum rc export_listed(struct store *st, const char *what, const char *at, const struct export_file *file, size_t n,
                      struct err *err);
bool export_next(struct store *st, const char *what, struct export_file *out);     /* false: none is left */
enum rc export_position(struct store *st, const char *what, const struct export_file *file, bool is_done, struct err *err);
enum rc export_over(struct store *st, const char *what, struct err *err);
#endif
