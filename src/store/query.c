#include "store/query.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/internal.h"

struct query {
    struct store *st;
    const char *sql;
    sqlite3_stmt *stmt;
    bool is_shadow;         /* prepared for the shadow tables */
    bool is_open;
    bool writes;
    int code;               /* the first failure, SQLITE_OK until then */
    struct err problem;     /* a failure that is not SQLite's */
};

static size_t slot_of(const struct query_cache *cache, const char *sql)
{
    return ((uintptr_t)sql >> 3) * 0x9e3779b97f4a7c15u >> 20 & (cache->cap - 1);
}

static void cache_put(struct query_cache *cache, struct query *q)
{
    size_t i = slot_of(cache, q->sql);

    while (cache->slot[i])
        i = (i + 1) & (cache->cap - 1);
    cache->slot[i] = q;
    cache->n++;
}

static void cache_grow(struct query_cache *cache)
{
    struct query_cache old = *cache;

    cache->cap = old.cap ? 2 * old.cap : 128;
    cache->slot = mem_array(cache->cap, sizeof *cache->slot);
    cache->n = 0;
    for (size_t i = 0; i < old.cap; i++)
        if (old.slot[i])
            cache_put(cache, old.slot[i]);
    free(old.slot);
}

/* Names of projection tables carry a tilde (projection.h). */
static char *with_tables(const char *sql, bool is_shadow)
{
    struct buf text = {0};

    for (; *sql; sql++)
        if (*sql != '~')
            buf_char(&text, *sql);
        else if (is_shadow)
            buf_add(&text, "new_");
    return buf_take(&text);
}

static void prepare(struct query *q)
{
    char *sql = with_tables(q->sql, q->is_shadow);

    q->code = sqlite3_prepare_v3(q->st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL);
    if (q->code == SQLITE_OK)
        q->writes = !sqlite3_stmt_readonly(q->stmt);
    else    /* our own text is wrong, or the file is: both worth the whole message */
        err_set(&q->problem, RC_DB, "SQLite: %s in: %.200s", sqlite3_errmsg(q->st->db), sql);
    free(sql);
}

static struct query *query_new(struct store *st, const char *sql)
{
    struct query *q = mem_alloc(sizeof *q);

    q->st = st;
    q->sql = sql;
    q->is_shadow = st->is_shadow;
    if (2 * (st->cache.n + 1) > st->cache.cap)
        cache_grow(&st->cache);
    cache_put(&st->cache, q);
    return q;
}

/* One in use is passed over: the same statement may run inside its own loop. */
static struct query *query_find(struct store *st, const char *sql)
{
    const struct query_cache *cache = &st->cache;

    if (!cache->cap)
        return NULL;
    for (size_t i = slot_of(cache, sql); cache->slot[i]; i = (i + 1) & (cache->cap - 1))
        if (cache->slot[i]->sql == sql && cache->slot[i]->is_shadow == st->is_shadow && !cache->slot[i]->is_open)
            return cache->slot[i];
    return NULL;
}

struct query *query_open(struct store *st, const char *sql)
{
    struct query *q = query_find(st, sql);

    if (!q)
        q = query_new(st, sql);
    q->code = SQLITE_OK;
    q->problem = (struct err){0};
    if (!q->stmt)
        prepare(q);
    if (q->code == SQLITE_OK && q->writes && st->tx.depth == 0) {
        q->code = SQLITE_MISUSE;
        err_set(&q->problem, RC_DB, "a write outside store_begin: %.200s", sql);
    }
    q->is_open = true;
    return q;
}

static void note(struct query *q, int code)
{
    if (q->code == SQLITE_OK && code != SQLITE_OK)
        q->code = code;
}

void query_bind(struct query *q, int i, const char *text)
{
    note(q, q->stmt ? sqlite3_bind_text(q->stmt, i, text, -1, SQLITE_STATIC) : SQLITE_MISUSE);
}

void query_bind_n(struct query *q, int i, const char *text, size_t len)
{
    note(q, q->stmt ? sqlite3_bind_text64(q->stmt, i, text, len, SQLITE_STATIC, SQLITE_UTF8) : SQLITE_MISUSE);
}

void query_bind_int(struct query *q, int i, int64_t value)
{
    note(q, q->stmt ? sqlite3_bind_int64(q->stmt, i, value) : SQLITE_MISUSE);
}

void query_bind_blob(struct query *q, int i, const void *bytes, size_t len)
{
    note(q, q->stmt ? sqlite3_bind_blob64(q->stmt, i, len ? bytes : "", len, SQLITE_STATIC) : SQLITE_MISUSE);
}

bool query_next(struct query *q)
{
    int code;

    if (q->code != SQLITE_OK)
        return false;
    code = sqlite3_step(q->stmt);
    if (code == SQLITE_ROW)
        return true;
    note(q, code == SQLITE_DONE ? SQLITE_OK : code);
    return false;
}

const char *query_text(struct query *q, int column)
{
    const char *text = q->stmt ? (const char *)sqlite3_column_text(q->stmt, column) : NULL;

    return text ? text : "";
}

size_t query_bytes(struct query *q, int column)
{
    return q->stmt ? (size_t)sqlite3_column_bytes(q->stmt, column) : 0;
}

int64_t query_int(struct query *q, int column)
{
    return q->stmt ? sqlite3_column_int64(q->stmt, column) : 0;
}

bool query_is_null(struct query *q, int column)
{
    return !q->stmt || sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

enum rc query_end(struct query *q, struct err *err)
{
    enum rc rc = RC_OK;

    if (q->problem.rc != RC_OK) {
        rc = err_set(err, q->problem.rc, "%s", q->problem.text);
    } else if (q->code != SQLITE_OK) {
        rc = store_sqlite_error(q->st->db, q->code, q->sql, err);
    }
    if (q->stmt) {
        sqlite3_reset(q->stmt);
        sqlite3_clear_bindings(q->stmt);    /* they point into the caller's memory */
    }
    q->is_open = false;
    return rc;
}

enum rc query_run(struct store *st, struct err *err, const char *sql, const char *format, ...)
{
    struct query *q = query_open(st, sql);
    va_list ap;

    va_start(ap, format);
    for (int i = 1; *format; format++, i++)
        if (*format == 't')
            query_bind(q, i, va_arg(ap, const char *));
        else if (*format == 'i')
            query_bind_int(q, i, va_arg(ap, int64_t));
        else
            query_bind(q, i, NULL);
    va_end(ap);
    while (query_next(q))
        ;
    return query_end(q, err);
}

void query_cache_done(struct store *st)
{
    for (size_t i = 0; i < st->cache.cap; i++)
        if (st->cache.slot[i]) {
            sqlite3_finalize(st->cache.slot[i]->stmt);
            free(st->cache.slot[i]);
        }
    free(st->cache.slot);
    st->cache = (struct query_cache){0};
}
