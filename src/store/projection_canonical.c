#include "store/projection_rows.h"

#include "store/query.h"

static const char sql_insert[] = "INSERT INTO ~canonical(key, type, id, url, version) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char sql_erase[] = "DELETE FROM ~canonical WHERE key = ?1";

enum rc canonical_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    if (node_str(root, "url")[0] == '\0')
        return RC_OK;
    return query_run(st, err, sql_insert, "itttt", key, node_str(root, "resourceType"), node_str(root, "id"),
                     node_str(root, "url"), node_str(root, "version"));
}

enum rc canonical_erase(struct store *st, int64_t key, struct err *err)
{
    return query_run(st, err, sql_erase, "i", key);
}
