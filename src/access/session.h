/* session.h - who is signed in here. A token for this terminal session, its hash in the database. */
#ifndef FRONTDESK_SESSION_H
#define FRONTDESK_SESSION_H

#include <stdbool.h>

#include "access/staff.h"

struct session {
    struct staff staff;
    char sid[72];           /* hash of the token, as in the database */
    char token[72];         /* the token itself, for session_save; "" once resumed */
    enum origin origin;     /* ORIGIN_DESK or ORIGIN_CLI */
    char handed[72];        /* Patient id: the screen is in that person's own hands, and authz allows intake for them
                             * and nothing else; "" otherwise */
};
void session_done(struct session *s);   /* frees and wipes; the session in the database stays open */

/* Check name and password; failures are counted and slowed (1, 2, 4 ... 900 s from the 4th, stop at
 * 100), audited, and take as long for unknown names. RC_DENIED says how long to wait.
 * out->origin says beforehand where from; the rest is filled on RC_OK only. */
enum rc session_open(struct store *st, const char *name, const char *password, int idle_s,
                     struct session *out, struct err *err);
/* Keep the token in the user's runtime directory (0600), keyed by this terminal session (sid, its
 * start, the controlling terminal) and data directory. dir: as store_dir() says it. */
enum rc session_save(const struct session *s, const char *dir, struct err *err);
/* Take up what session_save kept, if it is still valid, not idle too long and not older than 12 h;
 * counts as an act. RC_DENIED otherwise. origin is ORIGIN_CLI. */
enum rc session_resume(struct store *st, struct session *out, struct err *err);
enum rc session_touch(struct store *st, struct session *s, struct err *err);   /* an act happened; RC_DENIED when it was ended elsewhere */
enum rc session_close(struct store *st, struct session *s, struct err *err);    /* ends it everywhere, forgets the kept token */
/* The screen goes into a patient's hands (kiosk), on record. The kept token is forgotten and the session in the
 * database marked, so that neither a kill nor a restart opens the desk again without a sign-in. */
enum rc session_hand_over(struct store *st, struct session *s, const char *patient, struct err *err);
/* Staff have it back: after session_unlock, or the PIN of the sitting; on record. */
enum rc session_take_back(struct store *st, struct session *s, struct err *err);
/* Idle lock: the account's password again; counted and slowed as at sign-in. */
enum rc session_unlock(struct store *st, struct session *s, const char *password, struct err *err);
#endif
