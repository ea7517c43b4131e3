/* push_window.h - some rows of the outbox on their way together, over all lanes, references first. What
 * leaves is made durable for several at once, and so is what the server was found to have. */
#ifndef FRONTDESK_SYNC_PUSH_WINDOW_H
#define FRONTDESK_SYNC_PUSH_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct central;

/* What holds for a whole pass. */
struct push {
    struct central *c;
    int64_t now_ms;             /* of the pass: what was put off in it stays put off */
    bool is_over;               /* nothing more can be sent in this pass */
    int troubles;               /* writes in a row that came to nothing */
    char **closed;              /* owned; types we may not write */
    size_t n_closed, closed_cap;
    struct err why;             /* of is_over, RC_OK: told to stop */
};

enum { WINDOW_ROWS = 256 };
/* Send n (at most WINDOW_ROWS) rows and the creates they refer to. One bad write stops nothing but what
 * refers to it. */
enum rc push_window(struct push *push, const int64_t *seq, size_t n, struct err *err);
#endif
