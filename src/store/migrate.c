#include <stdlib.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"
#include "store/schema.h"

static enum rc ask(sqlite3 *db, const char *sql, int *value, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

    if (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW)
        *value = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW ? RC_OK : store_sqlite_error(db, code, sql, err);
}

enum rc store_user_version(sqlite3 *db, int *version, struct err *err)
{
    int application = 0, tables = 0;
    enum rc rc = ask(db, "PRAGMA user_version", version, err);

    if (rc != RC_OK || (rc = ask(db, "PRAGMA application_id", &application, err)) != RC_OK ||
        (rc = ask(db, "SELECT count(*) FROM sqlite_schema", &tables, err)) != RC_OK)
        return rc;
    if ((tables > 0 || *version != 0) && application != STORE_APPLICATION_ID)
        return err_set(err, RC_INVALID, _("This file is a database of another program."));
    if (*version > schema_version)
        return err_set(err, RC_INVALID, _("This database was written by a newer frontdesk (schema %d; this one knows %d)."
                       " Use the newer program; nothing was changed."), *version, schema_version);
    return RC_OK;
}

static enum rc run(struct store *st, const char *sql, struct err *err)
{
    int code = sqlite3_exec(st->db, sql, NULL, NULL, NULL);

    if (code == SQLITE_OK)
        return RC_OK;
    return err_set(err, RC_DB, _("The database could not be upgraded: %s"), sqlite3_errmsg(st->db));
}

static enum rc born(struct store *st, struct err *err)
{
    char id[CRYPTO_UUID], now[CLOCK_TEXT], *sql;
    enum rc rc;

    crypto_uuid(id);
    clock_instant(clock_now_ms(), now);
    sql = mem_printf("INSERT INTO meta(name, value) VALUES ('database_id', '%s'), ('created', '%s')", id, now);
    rc = run(st, sql, err);
    free(sql);
    return rc;
}

static enum rc steps(struct store *st, int from, struct err *err)
{
    char *stamp = mem_printf("PRAGMA application_id = %d; PRAGMA user_version = %d", STORE_APPLICATION_ID, schema_version);
    enum rc rc = run(st, "BEGIN IMMEDIATE", err);

    for (int i = from; i < schema_version && rc == RC_OK; i++)
        rc = run(st, schema_migrations[i], err);
    if (rc == RC_OK && from == 0)
        rc = born(st, err);
    if (rc == RC_OK && (rc = run(st, stamp, err)) == RC_OK)
        rc = run(st, "COMMIT", err);
    if (rc != RC_OK && !sqlite3_get_autocommit(st->db))
        run(st, "ROLLBACK", NULL);
    free(stamp);
    return rc;
}

/* Inside the gate: nobody writes between the copy and the change. */
enum rc store_migrate(struct store *st, unsigned flags, struct err *err)
{
    int version = 0;
    enum rc rc = store_user_version(st->db, &version, err);

    if (rc != RC_OK || version == schema_version)
        return rc;
    if (version == 0 && !(flags & STORE_CREATE))
        return err_set(err, RC_NOT_FOUND, _("There is no database at %s."), st->dir);
    if (flags & STORE_NO_MIGRATE)
        return err_set(err, RC_INVALID, _("The database has the older schema %d and must be upgraded first."), version);
    if (version > 0 && (rc = backup_before(st, version, err)) != RC_OK)
        return rc;
    if ((rc = steps(st, version, err)) == RC_OK)
        log_line("store", "schema %d to %d", version, schema_version);
    return rc;
}
