/* ring.h - new resources that refer to each other in a ring go in one transaction Bundle, since none
 * of them can go first. The same guarded PUTs as one by one, so that repeating it is safe. */
#ifndef FRONTDESK_SYNC_RING_H
#define FRONTDESK_SYNC_RING_H

#include "base/err.h"
#include "sync/job.h"
#include "sync/order.h"

struct central;

enum { RING_MOST = 100 };
/* Send the rows of a group. When the answer is lost or disputed the rows are in doubt, and each is
 * looked for by itself later. */
enum rc ring_run(struct central *c, const struct order_group *group, enum job_end *end, struct err *why,
                 struct err *err);
#endif
