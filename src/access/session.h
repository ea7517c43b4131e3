/* session.h - who is signed in here. A token for this terminal session, its hash in the database. */
#ifndef FRONTDESK_SESSION_H
#define FRONTDESK_SESSION_H

#include <stdbool.h>

#include "access/staff.h"

struct session {
    struct staff staff;
    char sid[72];           /* hash of the token, as in the database */
    enum origin origin;     /* ORIGIN_DESK or ORIGIN_CLI */
};
void session_done(struct session *s);

/* Check name and password; failures are counted and slowed (1, 2, 4 ... 900 s from the 4th, stop at
 * 100), audited, and take as long for unknown names. RC_DENIED says how long to wait. */
enum rc session_open(struct store *st, const char *name, const char *password, int idle_s,
                     struct session *out, struct err *err);
/* Keep the token in the user's runtime directory (0600), keyed by this terminal session (sid) and data directory. */
enum rc session_save(const struct session *s, const char *dir, struct err *err);
/* Take up what session_save kept, if it is still valid and not idle too long. RC_DENIED otherwise. */
enum rc session_resume(struct store *st, struct session *out, struct err *err);
enum rc session_touch(struct store *st, struct session *s, struct err *err);   /* an act happened */
enum rc session_close(struct store *st, struct session *s, struct err *err);
/* Idle lock: the account's password again. */
enum rc session_unlock(struct store *st, struct session *s, const char *password, struct err *err);
#endif
