/* agent.h - the sync agent: one per data directory, elected by a file lock and shown by a lease. */
#ifndef FRONTDESK_SYNC_AGENT_H
#define FRONTDESK_SYNC_AGENT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"

struct auth;
struct store;

struct agent {
    struct store *st;
    const struct config *config;
    bool is_staying;                    /* passes follow: what takes long may be done in pieces */
    const volatile sig_atomic_t *stop;  /* becomes true: end soon, leaving everything resumable */
    int lock_fd;                        /* -1: another agent has the lock */
    char holder[40];                    /* our name on the lease */
    int64_t lease_renewal;              /* monotonic ms */
    struct auth *auth;                  /* owned; from the first pass on, so that tokens last from pass to pass */
};

/* What a pass did, and how things stand after it. */
struct agent_report {
    int64_t pushed, pulled;                 /* in this pass */
    int64_t conflicts, refused, unsent;     /* open now */
    bool has_more;                          /* the nightly comparison goes on: soon */
    int64_t retry_after_ms;                 /* the server asked to be left alone for so long, -1 not */
};
char *agent_report_json(const struct agent_report *report);     /* owned */

/* Take the lock of the directory when nobody has it: lock_fd >= 0 then. RC_IO when there can be none. */
enum rc agent_lock(struct agent *agent, struct err *err);
void agent_unlock(struct agent *agent);

/* Show that we are at work; cheap enough to call often. */
void agent_lease(struct agent *agent);

/* One pass, under the lock: push, pull, and push what the pull merged. The sync status is written
 * whatever comes; report is filled whatever comes. is_asked_for: a person waits. */
enum rc agent_pass(struct agent *agent, bool is_asked_for, struct agent_report *report, struct err *err);

/* Answer what the desk asks of the server, when it asks anything (sync/requests.h). Under the lock; a server
 * that cannot be asked is answered with why, and is a failure here too. */
enum rc agent_answer(struct agent *agent, struct err *err);
/* `frontdesk-agent --answer`: the same once; nothing is left to do when another agent is there. */
enum rc agent_answer_once(struct agent *agent, struct err *err);

/* `frontdesk-agent --once`: a pass of our own, or one asked of the agent that runs already. */
enum rc agent_once(struct agent *agent, struct agent_report *report, struct err *err);
/* Stay: pass after pass, requests of the desk, and the nightly care. Returns when told to stop, or
 * at once with RC_BUSY when another agent is there. */
enum rc agent_stay(struct agent *agent, struct err *err);

/* Care that is due: a check after an unclean end and every night, a copy every night. Problems go to
 * the log and the status line. */
void agent_care(struct agent *agent);
/* What is done once a night; name: what store_meta keeps the last time under. */
bool care_is_due(struct store *st, const char *name);
void care_note(struct store *st, const char *name);
#endif
