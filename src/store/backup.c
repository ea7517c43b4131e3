#include "store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/copy.h"
#include "store/internal.h"

/* Backups made without a name are kept to this many; named ones and those before a migration stay. */
enum { KEEP = 14 };

enum rc copy_sync(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (!ok)
        err_set(err, RC_IO, _("Cannot make %s durable: %s"), path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok ? RC_OK : RC_IO;
}

enum rc copy_sync_parent(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash == path ? mem_dup("/") : slash ? mem_dup_n(path, (size_t)(slash - path)) : mem_dup(".");
    enum rc rc = copy_sync(dir, err);

    free(dir);
    return rc;
}

enum rc copy_verify(sqlite3 *db, const char *check, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, check, -1, &stmt, NULL);
    enum rc rc = RC_OK;

    if (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
        rc = err_set(err, RC_DB, _("The database is damaged: %.300s"), (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return rc == RC_OK && code != SQLITE_ROW ? store_sqlite_error(db, code, check, err) : rc;
}

static int copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");

    if (!backup)
        return sqlite3_errcode(to);
    sqlite3_backup_step(backup, -1);    /* in one step: page by page it starts anew at each commit of others */
    return sqlite3_backup_finish(backup);
}

enum rc copy_database(sqlite3 *from, const char *path, struct err *err)
{
    sqlite3 *to = NULL;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), code;
    enum rc rc = RC_OK;

    if (fd < 0)
        return err_set(err, errno == EEXIST ? RC_EXISTS : RC_IO, _("Cannot make %s: %s"), path, strerror(errno));
    close(fd);
    code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = copy_pages(from, to);
    if (code == SQLITE_OK)  /* one file, with no log beside it */
        code = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        rc = store_sqlite_error(to, code, "copy", err);
    if (rc == RC_OK)
        rc = copy_verify(to, "PRAGMA integrity_check(1)", err);
    sqlite3_close(to);
    return rc == RC_OK ? copy_sync(path, err) : rc;
}

/* Copy under a passing name, then into place: a file under the final name is always whole. */
static enum rc copy_to(struct store *st, const char *path, struct err *err)
{
    char *part = mem_printf("%s.part", path);
    enum rc rc;

    if (access(path, F_OK) == 0) {
        rc = err_set(err, RC_EXISTS, _("%s exists already; a backup never overwrites."), path);
    } else {
        unlink(part);       /* left by one that was killed */
        rc = copy_database(st->db, part, err);
        if (rc == RC_OK && rename(part, path) != 0)
            rc = err_set(err, RC_IO, _("Cannot name the backup %s: %s"), path, strerror(errno));
        if (rc == RC_OK)
            rc = copy_sync_parent(path, err);
        else
            unlink(part);
    }
    free(part);
    return rc;
}

/* DIR/backup/START-YYYYMMDD-HHMMSS.db, or -2.db and so on for more than one a second. Owned. */
static char *stamped(struct store *st, const char *start, struct err *err)
{
    char *dir = store_path(st->dir, "backup"), now[CLOCK_TEXT], *path = NULL;

    clock_instant(clock_now_ms(), now);     /* 2026-11-23T13:14:05.123Z */
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        err_set(err, RC_IO, _("Cannot make %s: %s"), dir, strerror(errno));
    } else {
        path = mem_printf("%s/%s-%.4s%.2s%.2s-%.2s%.2s%.2s.db", dir, start, now, now + 5, now + 8, now + 11, now + 14, now + 17);
        for (int i = 2; access(path, F_OK) == 0; i++) {
            free(path);
            path = mem_printf("%s/%s-%.4s%.2s%.2s-%.2s%.2s%.2s-%d.db", dir, start, now, now + 5, now + 8, now + 11, now + 14, now + 17, i);
        }
    }
    free(dir);
    return path;
}

static int is_routine(const struct dirent *entry)
{
    return fnmatch("frontdesk-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9]*.db", entry->d_name, 0) == 0;
}

static void prune(struct store *st)
{
    char *dir = store_path(st->dir, "backup");
    struct dirent **entry = NULL;
    int n = scandir(dir, &entry, is_routine, alphasort);

    for (int i = 0; i < n; i++) {
        if (i < n - KEEP) {
            char *path = store_path(dir, entry[i]->d_name);
            unlink(path);
            free(path);
        }
        free(entry[i]);
    }
    free(entry);
    free(dir);
}

/* When the last good copy was made, for the status line. */
static enum rc note_made(struct store *st, struct err *err)
{
    char now[CLOCK_TEXT];

    clock_instant(clock_now_ms(), now);
    return store_set_meta(st, "backup", now, err);
}

enum rc backup_make(struct store *st, const struct grant *grant, const char *path, char **made, struct err *err)
{
    char *to = path && path[0] ? mem_dup(path) : stamped(st, "frontdesk", err);
    enum rc rc, audited;

    if (made)
        *made = NULL;
    if (!to)
        return RC_IO;
    rc = copy_to(st, to, err);
    if (rc == RC_OK)
        rc = note_made(st, err);
    audited = audit_event(st, grant, rc == RC_OK ? 0 : 8, rc == RC_OK ? "backup" : rc_name(rc), rc == RC_OK ? err : NULL);
    if (rc == RC_OK && (!path || !path[0]))
        prune(st);
    if (rc == RC_OK && audited == RC_OK && made) {
        *made = to;
        to = NULL;
    }
    free(to);
    return rc != RC_OK ? rc : audited;
}

enum rc backup_before(struct store *st, int version, struct err *err)
{
    char *start = mem_printf("before-schema-%d", version + 1), *path = stamped(st, start, err);
    enum rc rc = path ? copy_to(st, path, err) : RC_IO;

    if (rc == RC_OK)
        log_line("store", "backup before the upgrade to schema %d", version + 1);
    free(start);
    free(path);
    return rc;
}
