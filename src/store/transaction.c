#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/internal.h"
#include "store/query.h"
#include "store/schema.h"

static const char sql_begin[] = "BEGIN IMMEDIATE";
static const char sql_commit[] = "COMMIT";
static const char sql_rollback[] = "ROLLBACK";
static const char sql_user_version[] = "PRAGMA user_version";
static const char sql_data_version[] = "PRAGMA data_version";
static const char sql_change[] =
    "INSERT INTO change(name, n) VALUES (?1, 1) ON CONFLICT(name) DO UPDATE SET n = n + 1";
static const char sql_changes[] = "SELECT name, n FROM change";
static const char sql_meta[] = "SELECT value FROM meta WHERE name = ?1";
static const char sql_set_meta[] =
    "INSERT INTO meta(name, value) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value";

static const char *const change_names[CHANGE_COUNT] = {
    [CHANGE_PERSON] = "person", [CHANGE_EVENT] = "event", [CHANGE_TASK] = "task",
    [CHANGE_APPOINTMENT] = "appointment", [CHANGE_CONTACT] = "contact",
    [CHANGE_QUESTIONNAIRE] = "questionnaire", [CHANGE_DRAFT] = "draft", [CHANGE_CONFLICT] = "conflict",
    [CHANGE_OUTBOX] = "outbox", [CHANGE_QUARANTINE] = "quarantine", [CHANGE_STAFF] = "staff",
};

static int64_t ask_int(struct store *st, const char *sql)
{
    struct query *q = query_open(st, sql);
    int64_t value = query_next(q) ? query_int(q, 0) : -1;

    query_end(q, NULL);
    return value;
}

/* Another process may have upgraded the file since we opened it. */
static enum rc same_schema(struct store *st, struct err *err)
{
    if (ask_int(st, sql_user_version) == schema_version)
        return RC_OK;
    return err_set(err, RC_DB, _("The database was upgraded by a newer frontdesk. Leave and start the newer one; nothing was changed."));
}

static enum rc begin_first(struct store *st, struct err *err)
{
    enum rc rc = gate_enter(&st->gate, GATE_WAIT_MS, err);

    if (rc != RC_OK)
        return rc;
    st->tx.depth = 1;
    rc = query_run(st, err, sql_begin, "");
    if (rc == RC_OK && (rc = same_schema(st, err)) != RC_OK)
        query_run(st, NULL, sql_rollback, "");
    if (rc != RC_OK) {
        st->tx.depth = 0;
        gate_leave(&st->gate);
        return rc;
    }
    st->tx.doomed = RC_OK;
    st->tx.changed = 0;
    st->tx.next_seq = 0;
    st->tx.writes[0] = sqlite3_total_changes64(st->db);
    st->tx.outbox_seq = 0;
    st->tx.audit_rows = 0;
    if (st->has_known)
        memset(st->known, 0, sizeof st->known);
    st->has_known = false;
    st->tx.now_ms = clock_now_ms();
    clock_instant(st->tx.now_ms, st->tx.now);
    return RC_OK;
}

enum rc store_begin(struct store *st, struct err *err)
{
    if (st->tx.depth == 0)
        return begin_first(st, err);
    if (st->tx.depth == STORE_NESTING)
        mem_fatal("transactions nested too deep");
    st->tx.writes[st->tx.depth++] = sqlite3_total_changes64(st->db);
    return RC_OK;
}

bool store_is_wanted(struct store *st)
{
    return gate_is_wanted(&st->gate);
}

static enum rc write_changes(struct store *st, struct err *err)
{
    enum rc rc = RC_OK;

    for (int i = 0; i < CHANGE_COUNT && rc == RC_OK; i++)
        if (st->tx.changed & 1u << i)
            rc = query_run(st, err, sql_change, "t", change_names[i]);
    if (st->tx.changed)
        st->changes_known = false;
    return rc;
}

static enum rc end_last(struct store *st, enum rc rc, struct err *err)
{
    enum rc rolled;

    if (rc == RC_OK && st->tx.doomed != RC_OK)
        rc = err_set(err, st->tx.doomed, _("A part of this failed, so nothing was written."));
    if (rc == RC_OK)
        rc = acts_write(st, err);
    if (rc == RC_OK)
        rc = outbox_write_seq(st, err);
    if (rc == RC_OK)
        rc = write_changes(st, err);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_commit, "");
    if (rc != RC_OK && !sqlite3_get_autocommit(st->db)) {   /* some failures roll back by themselves */
        rolled = query_run(st, NULL, sql_rollback, "");
        if (rolled != RC_OK)
            log_line("store", "rollback failed: %s", rc_name(rolled));
    }
    st->tx.depth = 0;
    if (rc == RC_OK) {
        st->audit_rows += st->tx.audit_rows;
        checkpoint_after_commit(st);
    }
    gate_leave(&st->gate);
    if (rc != RC_OK)
        acts_write_failed(st, rc);
    acts_done(st);
    return rc;
}

enum rc store_end(struct store *st, enum rc rc, struct err *err)
{
    if (st->tx.depth == 0)
        mem_fatal("store_end without store_begin");
    if (st->tx.depth == 1)
        return end_last(st, rc, err);
    st->tx.depth--;
    if (rc != RC_OK && st->tx.doomed == RC_OK &&
        sqlite3_total_changes64(st->db) != st->tx.writes[st->tx.depth])
        st->tx.doomed = rc;
    return rc;
}

void store_changed(struct store *st, enum change change)
{
    st->tx.changed |= 1u << change;
}

static int change_by_name(const char *name)
{
    for (int i = 0; i < CHANGE_COUNT; i++)
        if (!strcmp(change_names[i], name))
            return i;
    return -1;
}

void store_touch(struct store *st, const char *name)
{
    int i = change_by_name(name);

    if (i < 0 || st->tx.depth == 0)
        mem_fatal("a change was named that nobody counts, or outside a transaction");
    store_changed(st, (enum change)i);
}

static void load_changes(struct store *st)
{
    struct query *q = query_open(st, sql_changes);
    int i;

    while (query_next(q))
        if ((i = change_by_name(query_text(q, 0))) >= 0)
            st->change[i] = query_int(q, 1);
    st->changes_known = query_end(q, NULL) == RC_OK;
}

int64_t store_changes(struct store *st, const char *name)
{
    int i = change_by_name(name);
    int64_t version = ask_int(st, sql_data_version);

    if (i < 0)
        mem_fatal("a change counter nobody keeps was asked for");
    /* data_version moves for every commit of others, also those that show nothing. */
    if (!st->changes_known || version != st->data_version) {
        st->data_version = version;
        load_changes(st);
    }
    return st->change[i];
}

const char *store_meta(struct store *st, const char *name)
{
    struct query *q = query_open(st, sql_meta);

    query_bind(q, 1, name);
    buf_clear(&st->meta);
    if (query_next(q))
        buf_add(&st->meta, query_text(q, 0));
    query_end(q, NULL);
    return buf_text(&st->meta);
}

enum rc store_set_meta(struct store *st, const char *name, const char *value, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return store_end(st, query_run(st, err, sql_set_meta, "tt", name, value), err);
}

int64_t store_rowid(struct store *st)
{
    return sqlite3_last_insert_rowid(st->db);
}

int store_rows_changed(struct store *st)
{
    return sqlite3_changes(st->db);
}
