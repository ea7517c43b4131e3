#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/backup.h"
#include "store/copy.h"
#include "store/internal.h"

/* Nothing is deleted: the old files get second names first, then the new database takes the name
 * in one rename. Killed at any point, the directory holds either the old database or the new one. */

static enum rc open_only(const char *path, int flags, sqlite3 **db, struct err *err)
{
    int code = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);

    return code == SQLITE_OK ? RC_OK : store_sqlite_error(*db, code, path, err);
}

/* A sound copy of ours, under the new name beside the old file. */
static const char sql_end_sessions[] =
    "UPDATE session SET closed = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE closed IS NULL AND sid IS NOT ?1";

/* Nobody who was signed in when the copy was made is signed in by it, but the person who restores. */
static enum rc end_sessions(const char *path, const char *keep_sid, struct err *err)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    enum rc rc = open_only(path, SQLITE_OPEN_READWRITE, &db, err);

    if (rc == RC_OK && (sqlite3_prepare_v2(db, sql_end_sessions, -1, &stmt, NULL) != SQLITE_OK ||
                        sqlite3_bind_text(stmt, 1, keep_sid, -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE))
        rc = store_sqlite_error(db, sqlite3_errcode(db), path, err);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return rc;
}

static enum rc bring(const char *from, const char *to, const char *keep_sid, struct err *err)
{
    sqlite3 *db = NULL;
    int version = 0;
    enum rc rc;

    if (access(from, R_OK) != 0)
        return err_set(err, RC_NOT_FOUND, _("There is no backup at %s."), from);
    rc = open_only(from, SQLITE_OPEN_READONLY, &db, err);
    if (rc == RC_OK && (rc = store_user_version(db, &version, err)) == RC_OK && version == 0)
        rc = err_set(err, RC_INVALID, _("%s is empty; it is no backup of frontdesk."), from);
    if (rc == RC_OK) {
        unlink(to);             /* left by one that was killed */
        rc = copy_database(db, to, err);
    }
    sqlite3_close(db);
    return rc == RC_OK ? end_sessions(to, keep_sid, err) : rc;
}

static int64_t unsent(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    int64_t n = -1;

    if (sqlite3_prepare_v2(db, "SELECT count(*) FROM outbox", -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
        n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

/* Move what the log holds into the old file, so that it is whole by itself. A damaged one may not
 * allow it; then its log is set aside with it. */
static int64_t fold_log(const char *path)
{
    sqlite3 *db = NULL;
    int64_t left = -1;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
        store_settings(db, NULL) == RC_OK) {
        left = unsent(db);
        log_line("restore", "the database set aside holds %lld unsent writes", (long long)left);
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    } else {
        log_line("restore", "the database set aside cannot be read; its unsent writes are not counted");
    }
    sqlite3_close(db);
    return left;
}

static enum rc second_name(const char *old, const char *new, const char *suffix, struct err *err)
{
    char *from = mem_printf("%s%s", old, suffix), *to = mem_printf("%s%s", new, suffix);
    enum rc rc = RC_OK;

    if (link(from, to) != 0 && errno != ENOENT)
        rc = err_set(err, RC_IO, _("Cannot set the old database aside as %s: %s"), to, strerror(errno));
    free(from);
    free(to);
    return rc;
}

static char *aside_name(const char *dir)
{
    char now[CLOCK_TEXT], *path = NULL;

    clock_instant(clock_now_ms(), now);
    for (int i = 0; !path || access(path, F_OK) == 0; i++) {
        free(path);
        path = mem_printf("%s/aside-%.4s%.2s%.2s-%.2s%.2s%.2s%.0d.db", dir, now, now + 5, now + 8, now + 11, now + 14, now + 17, i);
    }
    return path;
}

static void drop_name(const char *path, const char *suffix)
{
    char *name = mem_printf("%s%s", path, suffix);

    unlink(name);
    free(name);
}

/* The old log must not lie beside the new file: SQLite would read it as the new one's. */
static enum rc replace(const char *dir, const char *path, const char *fresh, struct aside *aside, struct err *err)
{
    struct aside old = { NULL, 0 };
    enum rc rc = RC_OK;

    if (access(path, F_OK) == 0) {
        old = (struct aside){ aside_name(dir), fold_log(path) };
        if ((rc = second_name(path, old.path, "", err)) == RC_OK && (rc = second_name(path, old.path, "-wal", err)) == RC_OK)
            rc = copy_sync_parent(path, err);
    }
    if (rc == RC_OK) {
        drop_name(path, "-wal");
        drop_name(path, "-shm");
        if (rename(fresh, path) != 0)
            rc = err_set(err, RC_IO, _("Cannot put the backup in place: %s"), strerror(errno));
        else
            rc = copy_sync_parent(path, err);
    }
    if (aside && rc == RC_OK)
        *aside = old;
    else
        free(old.path);
    return rc;
}

static enum rc restore_alone(const char *dir, const char *from, const char *keep_sid, struct aside *aside, struct err *err)
{
    char *path = store_path(dir, "frontdesk.db"), *fresh = store_path(dir, "frontdesk.db.restored");
    enum rc rc = bring(from, fresh, keep_sid, err);

    if (rc == RC_OK)
        rc = replace(dir, path, fresh, aside, err);
    if (rc != RC_OK)
        unlink(fresh);
    free(path);
    free(fresh);
    return rc;
}

enum rc backup_restore(const char *dir, const char *path, const char *keep_sid, struct aside *aside, struct err *err)
{
    struct gate gate;
    enum rc rc = store_make_dir(dir, err);

    if (aside)
        *aside = (struct aside){ NULL, 0 };
    if (rc != RC_OK || (rc = store_check_place(dir, err)) != RC_OK || (rc = gate_open(&gate, dir, err)) != RC_OK)
        return rc;
    if ((rc = gate_enter(&gate, GATE_WAIT_MS, err)) == RC_OK) {
        rc = presence_alone(&gate) ? restore_alone(dir, path, keep_sid, aside, err)
                                   : err_set(err, RC_BUSY, _("Somebody has the database open. Leave frontdesk everywhere, then restore."));
        gate_leave(&gate);
    }
    gate_close(&gate);
    return rc;
}
