/* throttle.h - inside src/access: counting and slowing guesses at one account. */
#ifndef FRONTDESK_THROTTLE_H
#define FRONTDESK_THROTTLE_H

#include <stdint.h>

#include "access/staff.h"

struct throttle { int failures; int64_t wait_until; };

/* Seconds to wait after so many failures in a row: 0 for three, then 1, 2, 4 ... 900. */
int throttle_wait_s(int failures);
/* May the account be tried at now? RC_DENIED says how long to wait, or that it is stopped. */
enum rc throttle_check(const struct throttle *t, int64_t now_ms, struct err *err);
#endif
