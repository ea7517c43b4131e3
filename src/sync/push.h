/* push.h - what was written here goes to the server, each write exactly once (SYNC.md 4.2).
 * planner.h says what to do next; this does it: asks, sends, and keeps the outcome. */
#ifndef FRONTDESK_SYNC_PUSH_H
#define FRONTDESK_SYNC_PUSH_H

#include <stdbool.h>

#include "base/err.h"

struct central;

/* Send what is due, what was in doubt first, then in the order of writing with references first.
 * One bad write stops nothing but what refers to it. RC_NET or RC_DENIED when the server as a whole
 * cannot be written to (err says why); everything unsent stays where it was. is_asked_for: a person
 * waits, so that what was put off after a failure is tried now. */
enum rc push_all(struct central *c, bool is_asked_for, struct err *err);
#endif
