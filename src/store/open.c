#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/schema.h"

/* WAL shares memory between processes: it needs one machine and a real file system. */
static const struct { long magic; const char *name; } unfit[] = {
    { NFS_SUPER_MAGIC, "NFS" }, { SMB_SUPER_MAGIC, "SMB" }, { 0xff534d42, "CIFS" }, { 0xfe534d42, "SMB" },
    { FUSE_SUPER_MAGIC, "FUSE" }, { V9FS_MAGIC, "9p" }, { AFS_SUPER_MAGIC, "AFS" }, { CODA_SUPER_MAGIC, "Coda" },
    { 0x00c36400, "Ceph" }, { 0x0bd00bd0, "Lustre" }, { 0x01161970, "GFS2" }, { 0x7461636f, "OCFS2" },
    { 0x786f4256, "a shared folder of a virtual machine" },
};

/* What every connection runs with; read back, because a PRAGMA that does not take says nothing. */
static const struct { const char *set, *ask, *want; } settings[] = {
    { "PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal" },
    { "PRAGMA synchronous = FULL", "PRAGMA synchronous", "2" },
    { "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1" },
    { "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0" },
    { "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1" },
    { "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2" },
    { "PRAGMA mmap_size = 0", "PRAGMA mmap_size", "0" },
    { "PRAGMA secure_delete = ON", "PRAGMA secure_delete", "1" },
    { "PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_autocheckpoint", "0" },
    { "PRAGMA cache_size = -8000", "PRAGMA cache_size", "-8000" },
};

static const struct { int id, value; } limits[] = {
    { SQLITE_LIMIT_LENGTH, 256 << 20 }, { SQLITE_LIMIT_SQL_LENGTH, 100000 }, { SQLITE_LIMIT_EXPR_DEPTH, 100 },
    { SQLITE_LIMIT_ATTACHED, 0 }, { SQLITE_LIMIT_COMPOUND_SELECT, 50 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 4 },
};

static const struct { int option, value; } switches[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 }, { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
    { SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 }, { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    { SQLITE_DBCONFIG_DQS_DML, 0 }, { SQLITE_DBCONFIG_DQS_DDL, 0 }, { SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
};

char *store_path(const char *dir, const char *name)
{
    return mem_printf("%s/%s", dir, name);
}

enum rc store_sqlite_error(sqlite3 *db, int code, const char *what, struct err *err)
{
    int kind = code & 0xff;
    enum rc rc = kind == SQLITE_BUSY || kind == SQLITE_LOCKED ? RC_BUSY
               : kind == SQLITE_IOERR || kind == SQLITE_FULL || kind == SQLITE_READONLY || kind == SQLITE_CANTOPEN ? RC_IO : RC_DB;

    /* A constraint names its columns; any other message may quote what somebody typed. */
    if (kind == SQLITE_CONSTRAINT)
        return err_set(err, rc, "SQLite: %s", sqlite3_errmsg(db));
    if (kind == SQLITE_FULL)
        return err_set(err, rc, _("The disk is full. Nothing was written."));
    return err_set(err, rc, "SQLite: %s (%d) in: %.120s", sqlite3_errstr(code), code, what);
}

static enum rc set_one(sqlite3 *db, size_t i, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    const char *got = NULL;
    int code = sqlite3_exec(db, settings[i].set, NULL, NULL, NULL);
    bool ok;

    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(db, settings[i].ask, -1, &stmt, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW)
        got = (const char *)sqlite3_column_text(stmt, 0);
    ok = got && !strcmp(got, settings[i].want);
    sqlite3_finalize(stmt);
    if (ok)
        return RC_OK;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return store_sqlite_error(db, code, settings[i].set, err);
    return err_set(err, RC_DB, _("The database does not take the setting \"%s\"; it cannot be used safely."), settings[i].set);
}

enum rc store_settings(sqlite3 *db, struct err *err)
{
    enum rc rc = RC_OK;
    int now;

    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, GATE_WAIT_MS);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        sqlite3_limit(db, limits[i].id, limits[i].value);
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (sqlite3_db_config(db, switches[i].option, switches[i].value, &now) != SQLITE_OK || now != switches[i].value)
            return err_set(err, RC_DB, _("This SQLite refuses the safety switch %d."), switches[i].option);
    for (size_t i = 0; i < sizeof settings / sizeof *settings && rc == RC_OK; i++)
        rc = set_one(db, i, err);
    return rc;
}

enum rc store_check_place(const char *dir, struct err *err)
{
    struct statfs fs;

    if (statfs(dir, &fs) != 0)
        return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, _("Cannot use the data directory %s: %s"), dir, strerror(errno));
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++)
        if ((unsigned long)fs.f_type == (unsigned long)unfit[i].magic)
            return err_set(err, RC_INVALID, _("%s lies on %s. The database needs a disk of this machine: network and shared"
                           " file systems damage it."), dir, unfit[i].name);
    return RC_OK;
}

enum rc store_make_dir(const char *dir, struct err *err)
{
    char *path = mem_dup(dir);
    int failed = 0;

    for (char *p = path + 1; *p && !failed; p++)
        if (*p == '/') {
            *p = '\0';
            failed = mkdir(path, 0700) != 0 && errno != EEXIST ? errno : 0;
            *p = '/';
        }
    if (!failed && mkdir(path, 0700) != 0 && errno != EEXIST)
        failed = errno;
    free(path);
    return failed ? err_set(err, RC_IO, _("Cannot make the data directory %s: %s"), dir, strerror(failed)) : RC_OK;
}

/* Only before SQLite has it open: closing a descriptor drops the process's locks on the file. */
static enum rc make_file(const char *path, unsigned flags, struct err *err)
{
    struct stat have;
    int fd;

    if (stat(path, &have) == 0)
        return RC_OK;
    if (errno != ENOENT || !(flags & STORE_CREATE))
        return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, _("There is no database at %s."), path);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return err_set(err, RC_IO, _("Cannot make %s: %s"), path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return RC_OK;
}

void store_is_bulk(struct store *st, bool is_bulk)
{
    sqlite3_exec(st->db, is_bulk ? "PRAGMA cache_size = -131072" : "PRAGMA cache_size = -8000", NULL, NULL, NULL);
    if (!is_bulk)
        sqlite3_db_release_memory(st->db);
}

static int on_commit(void *ctx, sqlite3 *db, const char *name, int frames)
{
    struct store *st = ctx;

    (void)db;
    (void)name;
    st->wal_frames = frames;
    return SQLITE_OK;
}

/* One thread, so no locks around every allocation. Takes effect only before the first connection of
 * a process; later calls change nothing. */
static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum rc open_file(struct store *st, const char *path, struct err *err)
{
    enum rc rc;
    int code;

    configure_library();
    code = sqlite3_open_v2(path, &st->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        rc = store_sqlite_error(st->db, code, "open", err);
    else if ((rc = store_settings(st->db, err)) == RC_OK)
        sqlite3_wal_hook(st->db, on_commit, st);
    if (rc == RC_DB)
        log_line("store", "cannot open: %s; the file is left as it is", err ? err->text : rc_name(rc));
    return rc;
}

static enum rc open_inside(struct store *st, const char *path, unsigned flags, struct err *err)
{
    enum rc rc = gate_enter(&st->gate, GATE_WAIT_MS, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = open_file(st, path, err)) == RC_OK && (rc = store_migrate(st, flags, err)) == RC_OK)
        rc = presence_arrive(&st->gate, &st->was_unclean, err);
    gate_leave(&st->gate);
    return rc;
}

static void store_free(struct store *st)
{
    query_cache_done(st);
    sqlite3_close(st->db);
    gate_close(&st->gate);
    acts_done(st);
    buf_done(&st->meta);
    buf_done(&st->body);
    free(st->dir);
    free(st);
}

enum rc store_open(const char *dir, unsigned flags, struct store **out, struct err *err)
{
    struct store *st = mem_alloc(sizeof *st);
    char *path = store_path(dir, "frontdesk.db");
    enum rc rc = flags & STORE_CREATE ? store_make_dir(dir, err) : RC_OK;

    *out = NULL;
    st->dir = mem_dup(dir);
    st->gate = (struct gate){ -1, -1, -1, false };
    if (rc == RC_OK && (rc = store_check_place(dir, err)) == RC_OK && (rc = make_file(path, flags, err)) == RC_OK &&
        (rc = gate_open(&st->gate, dir, err)) == RC_OK)
        rc = open_inside(st, path, flags, err);
    free(path);
    if (rc != RC_OK) {
        store_free(st);
        return rc;
    }
    *out = st;
    return RC_OK;
}

void store_close(struct store *st)
{
    bool is_last;

    if (!st)
        return;
    while (st->tx.depth > 0)
        store_end(st, RC_CANCELLED, NULL);
    if (gate_enter(&st->gate, 1000, NULL) == RC_OK) {
        is_last = presence_leave(&st->gate);
        if (is_last)
            sqlite3_wal_checkpoint_v2(st->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        query_cache_done(st);
        sqlite3_close(st->db);
        st->db = NULL;
        gate_leave(&st->gate);
    }
    store_free(st);
}

const char *store_dir(const struct store *st)
{
    return st->dir;
}

bool store_was_unclean(const struct store *st)
{
    return st->was_unclean;
}
