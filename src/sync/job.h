/* job.h - one write on its way: carries out what the planner decides until nothing is left to do now. */
#ifndef FRONTDESK_SYNC_JOB_H
#define FRONTDESK_SYNC_JOB_H

#include <stdbool.h>

#include "base/err.h"
#include "store/outbox.h"
#include "sync/planner.h"

struct central;

enum job_end {
    JOB_SETTLED,        /* done, merged, in conflict, refused or blocked */
    JOB_WAITS,          /* to be tried later; the server had trouble */
    JOB_TYPE_CLOSED,    /* no right to write this type */
    JOB_CLOSED,         /* nothing can be sent at all: err of the pass says why */
};

/* Takes row. RC_OK and how it ended, or what the database said. why is filled for JOB_CLOSED. */
enum rc job_run(struct central *c, struct outbox_row *row, enum job_end *end, struct err *why, struct err *err);

/* What stands in the outbox and on the Sync screen for a write that waits or was refused. */
enum rc job_set(struct central *c, int64_t seq, const struct plan *plan, int status, const char *words, struct err *err);
uint32_t job_random(void);
#endif
