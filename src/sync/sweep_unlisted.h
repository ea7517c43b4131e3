/* sweep_unlisted.h - between sweep.c and its second half: what is here and the server did not list. */
#ifndef FRONTDESK_SYNC_SWEEP_UNLISTED_H
#define FRONTDESK_SYNC_SWEEP_UNLISTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sync/belong.h"
#include "sync/types.h"

struct central;

struct sweep_work {
    struct central *c;
    struct belong belong;
    int64_t until_ms;           /* monotonic, 0: no end */
    bool is_paused;             /* the budget is spent: no failure */
    bool is_restored;           /* the server is thought to have lost something */
    int status;                 /* of the last answer, as in walk.h */
    int64_t asked;              /* losses left to a person so far */
};

/* Ask for each by id: deleted there, no longer ours, lost there, or only not listed. after: resource.key. */
enum rc sweep_unlisted_rows(struct sweep_work *w, const struct sync_type *type, int64_t after, struct err *err);
#endif
