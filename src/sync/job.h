/* job.h - one write on its way: carries out what the planner decides, one request at a time, until nothing
 * is left to do now. Several can be on their way together; each has at most one lane. */
#ifndef FRONTDESK_SYNC_JOB_H
#define FRONTDESK_SYNC_JOB_H

#include <stdbool.h>

#include "base/err.h"
#include "store/outbox.h"
#include "sync/central.h"
#include "sync/planner.h"

enum job_question { JOB_WRITE, JOB_READ, JOB_HISTORY };

struct job {
    struct central *c;
    struct outbox_row row;      /* owned */
    struct plan_op op;
    struct plan plan;           /* the last; how it ended once nothing is on its way */
    int lane;                   /* the request on its way, -1 none */
    enum job_question question;
    bool is_fresh;              /* frozen, and did not leave since */
    bool is_kept;               /* the server has it and nothing of that is written here: job_keep */
    struct err why;             /* of PASS_OVER */
    char *wire;                 /* owned; the body as sent, where that is not row.body */
    struct doc *ours;           /* what we send, once it had to be looked at */
    struct http_answer answer;  /* to the write, or of the read that failed */
    struct doc *said;           /* the answer's body, NULL when it is no JSON */
    struct remote remote;       /* what was read */
    struct doc *older;          /* our write, found among older versions */
    char version[72], updated[40];  /* of the text that confirms ours */
    const struct doc *echo;     /* that text: said, remote.doc or older */
    char waits_for[160];        /* what blocks it: Type/id */
};

/* Takes row, as outbox_take (is_fresh) or outbox_get gave it, and begins; a lane must be free. troubles
 * as in plan_op. Returns what the database said; RC_NOT_FOUND: the row went meanwhile. */
enum rc job_start(struct job *job, struct central *c, struct outbox_row *row, bool is_fresh, int troubles,
                  struct err *err);
/* Its lane was answered: takes answer, and goes on. A lane must be free. */
enum rc job_answered(struct job *job, struct http_answer *answer, struct err *err);
/* Write down that the server has it, in a transaction of the caller's or its own. */
enum rc job_keep(struct job *job, struct err *err);
void job_done(struct job *job);

/* What the answer to a write was, for the planner: kind, status and retry_after_ms. */
void job_event(struct central *c, const struct http_answer *answer, struct plan_event *event);
/* What stands in the outbox and on the Sync screen for a write that waits or was refused. */
enum rc job_set(struct central *c, int64_t seq, const struct plan *plan, int status, const char *words, struct err *err);
uint32_t job_random(void);
#endif
