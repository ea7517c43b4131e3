/* backup.h - copies through SQLite's backup API: whole, checked, renamed into place. */
#ifndef FRONTDESK_BACKUP_H
#define FRONTDESK_BACKUP_H

#include "base/err.h"

struct store;

/* Copy to path (a new file; "" makes DIR/backup/frontdesk-YYYYMMDD-HHMMSS.db), integrity-checked,
 * synced, renamed, directory synced. *made (may be NULL) is set to the owned path. Audited. */
struct grant;
enum rc backup_make(struct store *st, const struct grant *grant, const char *path, char **made, struct err *err);
/* Put a checked copy in place of DIR's database while nobody has it open. The old one is set aside
 * under a new name, never deleted; *aside (may be NULL) is set to its owned path. */
enum rc backup_restore(const char *dir, const char *path, char **aside, struct err *err);
#endif
