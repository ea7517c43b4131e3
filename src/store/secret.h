/* secret.h - what this machine proves itself with to the server, sealed at rest.
 *
 * The key is in the file machine.key of the data directory (0600), which no backup holds. So a copy of the
 * database, a backup, or a disk that lost the file gives nobody a usable secret; whoever can read the whole
 * directory as its owner can, as the agent does. */
#ifndef FRONTDESK_SECRET_H
#define FRONTDESK_SECRET_H

#include <stddef.h>

#include "base/err.h"
#include "store/grant.h"

struct store;

enum { SECRET_MOST = 16 * 1024 };

/* Seal text under name, in place of what was there. Audited by name. Makes the key when there is none. */
enum rc secret_set(struct store *st, const struct grant *grant, const char *name, const char *text, size_t len, struct err *err);
/* RC_NOT_FOUND when there is none by that name. */
enum rc secret_remove(struct store *st, const struct grant *grant, const char *name, struct err *err);

/* Owned, in locked memory, ends with a NUL; secret_done wipes it. */
struct secret { char *text; size_t len; };
/* RC_NOT_FOUND when there is none by that name, RC_DENIED when the key here is not the one it was sealed with. */
enum rc secret_get(struct store *st, const char *name, struct secret *out, struct err *err);
void secret_done(struct secret *secret);

/* Which there are, never what they are: name, when (instant) and by whom (staff id). */
enum rc secret_each(struct store *st, void (*each)(void *ctx, const char *name, const char *at, const char *by), void *ctx,
                    struct err *err);
#endif
