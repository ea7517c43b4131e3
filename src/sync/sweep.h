/* sweep.h - everything in scope compared with the server by id and version (SYNC.md 4.4): what passes
 * missed, what was deleted where no history tells, what left the scope, what the server lost. Goes on
 * where it was broken off. What is edited here or on its way is left to push. */
#ifndef FRONTDESK_SYNC_SWEEP_H
#define FRONTDESK_SYNC_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct central;

/* Right after a pass. budget_ms: after so long it stops and goes on the next time, 0: whatever it takes.
 * *is_over: nothing is left of it. What it found is in store/sweep.h. */
enum rc sweep_run(struct central *c, int64_t budget_ms, bool *is_over, struct err *err);
/* The same when it is time for it. may_take_long: in one go. *has_more: go on soon. */
enum rc sweep_if_due(struct central *c, bool may_take_long, bool *has_more, struct err *err);
#endif
