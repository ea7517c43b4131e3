#include "store/alias.h"

#include "base/mem.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_any[] = "SELECT 1 FROM alias LIMIT 1";
static const char sql_server[] = "SELECT server_id FROM alias WHERE type = ?1 AND id = ?2";
static const char sql_local[] = "SELECT id FROM alias WHERE type = ?1 AND server_id = ?2";
static const char sql_set[] = "INSERT INTO alias(type, id, server_id) VALUES (?1, ?2, ?3) ON CONFLICT(type, id) DO NOTHING";

bool alias_is_any(struct store *st)
{
    struct query *q = query_open(st, sql_any);
    bool is_any = query_next(q);

    query_end(q, NULL);
    return is_any;
}

static char *ask(struct store *st, const char *sql, const char *type, const char *id)
{
    struct query *q = query_open(st, sql);

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    char *other = query_next(q) ? mem_dup(query_text(q, 0)) : NULL;
    query_end(q, NULL);
    return other;
}

char *alias_server_id(struct store *st, const char *type, const char *id)
{
    return ask(st, sql_server, type, id);
}

char *alias_local_id(struct store *st, const char *type, const char *server_id)
{
    return ask(st, sql_local, type, server_id);
}

enum rc alias_set(struct store *st, const char *type, const char *id, const char *server_id, struct err *err)
{
    enum rc rc = store_begin(st, err);

    return rc != RC_OK ? rc : store_end(st, query_run(st, err, sql_set, "ttt", type, id, server_id), err);
}
