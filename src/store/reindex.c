#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"

/* Shadow tables new_X are filled from the documents in chunks that hold the gate for a moment each,
 * while everybody goes on writing to the live ones. Every write carries the number of its act, and
 * acts only grow: so what changed meanwhile is done again, from the lowest number not yet seen, until
 * little is left, and the last of it in the one transaction that swaps the names. The former tables
 * are emptied in chunks too. A run that was killed leaves shadow tables behind, which the next clears.
 * An index keeps its name for life in SQLite, so its shadow's name takes or loses the prefix. */

enum { CHUNK_MS = 15 };

static const char sql_tables[] =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE ?1 ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'";
static const char sql_virtual[] =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE ?1 ESCAPE '\\' AND sql LIKE 'CREATE VIRTUAL%'";
static const char sql_definition[] = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1";
static const char sql_indexes[] =
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL";
static const char sql_walk[] = "SELECT key, body, deleted FROM resource WHERE key > ?1 ORDER BY key";
static const char sql_since[] =
    "SELECT key, body, deleted, act FROM resource WHERE act >= ?1 AND (act > ?1 OR key > ?2) ORDER BY act, key";
static const char sql_next_act[] = "SELECT coalesce(max(seq), 0) + 1 FROM audit";
static const char sql_total[] = "SELECT count(*) FROM resource";

struct names { char **name; size_t n, cap; };
/* Where the catching up stands: every document written by (act, key) or before is in the shadows. */
struct run {
    struct store *st;
    int64_t key, act;
    int64_t done, total;
    int64_t until_ms;           /* end of this chunk */
    bool (*progress)(void *ctx, int64_t done, int64_t total);
    void *ctx;
};

static void names_done(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->name[i]);
    free(names->name);
    *names = (struct names){0};
}

static enum rc run_text(struct store *st, struct err *err, const char *fmt, const char *a, const char *b)
{
    char *sql = NULL;
    int code;

    if (asprintf(&sql, fmt, a, b) < 0)
        mem_fatal("out of memory");
    code = sqlite3_exec(st->db, sql, NULL, NULL, NULL);
    free(sql);
    return code == SQLITE_OK ? RC_OK : err_set(err, RC_DB, _("The index could not be rebuilt: %s"), sqlite3_errmsg(st->db));
}

static enum rc ask_names(struct store *st, const char *sql, const char *like, struct names *out, struct err *err)
{
    struct query *q = query_open(st, sql);

    query_bind(q, 1, like);
    while (query_next(q)) {
        MEM_ROOM(out->name, out->n, out->cap);
        out->name[out->n++] = mem_dup(query_text(q, 0));
    }
    return query_end(q, err);
}

static int64_t ask_int(struct store *st, const char *sql)
{
    struct query *q = query_open(st, sql);
    int64_t value = query_next(q) ? query_int(q, 0) : 0;

    query_end(q, NULL);
    return value;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && !strcmp(text + n - m, end);
}

/* Empty one ordinary table, a little at a time. Of a full-text table stay its settings and the first
 * rows of its data, the structure: without them it could not even be dropped. */
static enum rc empty_table(struct store *st, const char *table, struct err *err)
{
    const char *delete = ends_with(table, "_name_data") ? "DELETE FROM \"%s\" WHERE id > 10 LIMIT 300" : "DELETE FROM \"%s\" LIMIT 300";
    enum rc rc = RC_OK;
    int64_t before, until;
    bool more = true;

    while (more && rc == RC_OK && (rc = store_begin(st, err)) == RC_OK) {
        until = clock_monotonic_ms() + CHUNK_MS;
        do {
            before = sqlite3_total_changes64(st->db);
            rc = run_text(st, err, delete, table, NULL);
            more = sqlite3_total_changes64(st->db) > before;
        } while (more && rc == RC_OK && clock_monotonic_ms() < until);
        rc = store_end(st, rc, err);
    }
    return rc;
}

static enum rc drop_all(struct store *st, const struct names *names, struct err *err)
{
    enum rc rc = names->n ? store_begin(st, err) : RC_OK;

    if (rc != RC_OK || !names->n)
        return rc;
    for (size_t i = 0; i < names->n && rc == RC_OK; i++)
        rc = run_text(st, err, "DROP TABLE IF EXISTS \"%s\"", names->name[i], NULL);
    return store_end(st, rc, err);
}

/* Remove every table with this prefix. Full-text tables hide theirs (X_data, X_content ...) from
 * writes in defensive mode; emptied first, dropping them takes no time. */
static enum rc clear(struct store *st, const char *like, struct err *err)
{
    struct names plain = {0}, virtual = {0};
    enum rc rc = ask_names(st, sql_tables, like, &plain, err);

    if (rc == RC_OK)
        rc = ask_names(st, sql_virtual, like, &virtual, err);
    sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    for (size_t i = 0; i < plain.n && rc == RC_OK; i++)
        if (!ends_with(plain.name[i], "_name_config"))
            rc = empty_table(st, plain.name[i], err);
    sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (rc == RC_OK && (rc = drop_all(st, &virtual, err)) == RC_OK)
        rc = drop_all(st, &plain, err);
    names_done(&plain);
    names_done(&virtual);
    return rc;
}

/* "CREATE UNIQUE INDEX person_id ON person(id)": the same text with one name for another, the first
 * time it stands between what is no part of a name. */
static void rename_in(struct buf *out, const char *sql, const char *from, const char *to)
{
    const char *at = strstr(sql, from);

    while (at && (strchr("abcdefghijklmnopqrstuvwxyz_", at[-1]) || strchr("abcdefghijklmnopqrstuvwxyz_", at[strlen(from)])))
        at = strstr(at + 1, from);
    if (!at)
        mem_fatal("a table definition without its name");
    buf_add_n(out, sql, (size_t)(at - sql));
    buf_add(out, to);
    buf_add(out, at + strlen(from));
}

static enum rc make_index(struct store *st, const char *table, const char *shadow, const char *name, const char *sql, struct err *err)
{
    struct buf named = {0}, placed = {0};
    char *other = strncmp(name, "new_", 4) ? mem_printf("new_%s", name) : mem_dup(name + 4);
    const char *on = strstr(sql, " ON ");
    enum rc rc;

    if (!on)
        mem_fatal("an index on nothing");
    rename_in(&named, sql, name, other);
    on = strstr(buf_text(&named), " ON ");
    buf_add_n(&placed, buf_text(&named), (size_t)(on - buf_text(&named)));
    rename_in(&placed, on, table, shadow);
    rc = run_text(st, err, "%s", buf_text(&placed), NULL);
    buf_done(&named);
    buf_done(&placed);
    free(other);
    return rc;
}

static enum rc make_indexes(struct store *st, const char *table, const char *shadow, struct err *err)
{
    struct query *q = query_open(st, sql_indexes);
    struct names name = {0}, text = {0};
    enum rc rc;

    query_bind(q, 1, table);
    while (query_next(q)) {
        MEM_ROOM(name.name, name.n, name.cap);
        MEM_ROOM(text.name, text.n, text.cap);
        name.name[name.n++] = mem_dup(query_text(q, 0));
        text.name[text.n++] = mem_dup(query_text(q, 1));
    }
    rc = query_end(q, err);
    for (size_t i = 0; i < name.n && rc == RC_OK; i++)
        rc = make_index(st, table, shadow, name.name[i], text.name[i], err);
    names_done(&name);
    names_done(&text);
    return rc;
}

static enum rc make_shadow(struct store *st, const char *table, struct err *err)
{
    char *shadow = mem_printf("new_%s", table);
    struct query *q = query_open(st, sql_definition);
    struct buf sql = {0};
    enum rc rc;

    query_bind(q, 1, table);
    if (query_next(q))
        rename_in(&sql, query_text(q, 0), table, shadow);
    rc = query_end(q, err);
    if (rc == RC_OK && (rc = run_text(st, err, "%s", buf_text(&sql), NULL)) == RC_OK)
        rc = make_indexes(st, table, shadow, err);
    buf_done(&sql);
    free(shadow);
    return rc;
}

static enum rc make_shadows(struct run *run, struct err *err)
{
    enum rc rc = store_begin(run->st, err);

    if (rc != RC_OK)
        return rc;
    run->act = ask_int(run->st, sql_next_act);      /* everything written from now on is done again */
    for (const char *const *table = projection_tables; *table && rc == RC_OK; table++)
        rc = make_shadow(run->st, *table, err);
    return store_end(run->st, rc, err);
}

/* The document in the row of q, into the shadow tables; again when it may be there already. */
static enum rc project_row(struct run *run, struct query *q, bool again, struct err *err)
{
    const struct projection *p;
    int64_t key = query_int(q, 0);
    bool is_deleted = query_int(q, 2) != 0;
    struct doc *doc = NULL;
    enum rc rc = doc_parse(query_text(q, 1), query_bytes(q, 1), &doc, err);

    if (rc != RC_OK)
        return err_set(err, RC_DB, _("The document with key %lld is damaged in the database."), (long long)key);
    p = projection_for(doc_type(doc));
    run->st->is_shadow = true;
    if (again)
        rc = p->erase(run->st, key, err);
    if (rc == RC_OK && !is_deleted)
        rc = p->write(run->st, key, doc_root(doc), err);
    run->st->is_shadow = false;
    doc_free(doc);
    return rc;
}

static bool go_on(const struct run *run)
{
    return clock_monotonic_ms() < run->until_ms;
}

/* One chunk of the first pass, in key order. */
static enum rc walk(struct run *run, bool *finished, struct err *err)
{
    enum rc rc = store_begin(run->st, err), ended;
    struct query *q;
    bool more = true;

    if (rc != RC_OK)
        return rc;
    run->until_ms = clock_monotonic_ms() + CHUNK_MS;
    q = query_open(run->st, sql_walk);
    query_bind_int(q, 1, run->key);
    while (rc == RC_OK && go_on(run) && (more = query_next(q))) {
        if ((rc = project_row(run, q, false, err)) == RC_OK) {
            run->key = query_int(q, 0);
            run->done++;
        }
    }
    ended = query_end(q, rc == RC_OK ? err : NULL);
    *finished = !more;
    return store_end(run->st, rc != RC_OK ? rc : ended, err);
}

static enum rc swap(struct store *st, struct err *err)
{
    enum rc rc = RC_OK;

    for (const char *const *table = projection_tables; *table && rc == RC_OK; table++)
        if ((rc = run_text(st, err, "ALTER TABLE \"%s\" RENAME TO \"old_%s\"", *table, *table)) == RC_OK)
            rc = run_text(st, err, "ALTER TABLE \"new_%s\" RENAME TO \"%s\"", *table, *table);
    for (int change = 0; change < CHANGE_DRAFT; change++)
        store_changed(st, (enum change)change);
    return rc;
}

/* One chunk of what was written meanwhile; when nothing is left, the swap, before anybody can write more. */
static enum rc catch_up(struct run *run, bool *finished, struct err *err)
{
    enum rc rc = store_begin(run->st, err), ended;
    struct query *q;
    bool more = true;

    if (rc != RC_OK)
        return rc;
    run->until_ms = clock_monotonic_ms() + CHUNK_MS;
    q = query_open(run->st, sql_since);
    query_bind_int(q, 1, run->act);
    query_bind_int(q, 2, run->key);
    while (rc == RC_OK && go_on(run) && (more = query_next(q))) {
        if ((rc = project_row(run, q, true, err)) == RC_OK) {
            run->key = query_int(q, 0);
            run->act = query_int(q, 3);
        }
    }
    ended = query_end(q, rc == RC_OK ? err : NULL);
    if (rc == RC_OK && (rc = ended) == RC_OK && !more)
        rc = swap(run->st, err);
    *finished = !more;
    return store_end(run->st, rc, err);
}

static enum rc repeat(struct run *run, enum rc (*chunk)(struct run *, bool *, struct err *), struct err *err)
{
    bool finished = false;
    enum rc rc = RC_OK;

    while (rc == RC_OK && !finished)
        if ((rc = chunk(run, &finished, err)) == RC_OK && run->progress && !finished &&
            !run->progress(run->ctx, run->done, run->total))
            rc = err_set(err, RC_CANCELLED, _("Stopped; the index is as it was."));
    return rc;
}

static enum rc rebuild(struct run *run, struct err *err)
{
    enum rc rc = make_shadows(run, err);

    run->total = ask_int(run->st, sql_total);
    if (rc == RC_OK && (rc = repeat(run, walk, err)) == RC_OK) {
        run->key = -1;
        rc = repeat(run, catch_up, err);
    }
    if (rc == RC_OK && run->progress)
        run->progress(run->ctx, run->total, run->total);
    return rc;
}

enum rc store_reindex(struct store *st, bool (*progress)(void *ctx, int64_t done, int64_t total),
                      void *ctx, struct err *err)
{
    struct run run = { .st = st, .key = INT64_MIN, .progress = progress, .ctx = ctx };
    char *path = store_path(st->dir, "reindex");
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum rc rc = RC_OK, cleared;

    free(path);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0)
        rc = err_set(err, RC_BUSY, _("The index is being rebuilt already."));
    if (rc == RC_OK && (rc = clear(st, "new\\_%", err)) == RC_OK && (rc = clear(st, "old\\_%", err)) == RC_OK) {
        rc = rebuild(&run, err);
        cleared = clear(st, rc == RC_OK ? "old\\_%" : "new\\_%", rc == RC_OK ? err : NULL);
        if (rc == RC_OK)
            rc = cleared;
    }
    if (lock >= 0)
        close(lock);
    return rc;
}
