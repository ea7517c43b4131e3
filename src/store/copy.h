/* copy.h - whole, checked copies of a database file; shared by backup and restore. */
#ifndef FRONTDESK_STORE_COPY_H
#define FRONTDESK_STORE_COPY_H

#include <sqlite3.h>

#include "base/err.h"

/* Every page into path, a new file (0600), checked and synced; closed when it returns. */
enum rc copy_database(sqlite3 *from, const char *path, struct err *err);
/* Run an integrity pragma; RC_DB with the first complaint. */
enum rc copy_verify(sqlite3 *db, const char *check, struct err *err);
enum rc copy_sync(const char *path, struct err *err);
enum rc copy_sync_parent(const char *path, struct err *err);
#endif
