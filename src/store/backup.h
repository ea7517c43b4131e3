/* backup.h - copies through SQLite's backup API: whole, checked, renamed into place. */
#ifndef FRONTDESK_BACKUP_H
#define FRONTDESK_BACKUP_H

#include <stdint.h>

#include "base/err.h"

struct store;

/* Copy to path (a new file; "" makes DIR/backup/frontdesk-YYYYMMDD-HHMMSS.db), integrity-checked,
 * synced, renamed, directory synced. *made (may be NULL) is set to the owned path. Audited. */
struct grant;
enum rc backup_make(struct store *st, const struct grant *grant, const char *path, char **made, struct err *err);
/* The database that was in the way: under which name it lies now, and what in it never reached the server. */
struct aside {
    char *path;             /* owned; NULL: there was none */
    int64_t unsent;         /* -1: it could not be read */
};
/* Put a checked copy in place of DIR's database while nobody has it open. The old one is set aside
 * under a new name, never deleted; aside (may be NULL) says where. Whoever was signed in when the copy was
 * made no longer is, but for the session keep_sid (NULL none) of the person who restores. */
enum rc backup_restore(const char *dir, const char *path, const char *keep_sid, struct aside *aside, struct err *err);
#endif
