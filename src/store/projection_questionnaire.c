#include "store/projection_rows.h"

#include "fhir/datatype.h"
#include "store/query.h"

static const char sql_insert[] =
    "INSERT INTO ~questionnaire(key, id, url, version, status, title, items) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char sql_erase[] = "DELETE FROM ~questionnaire WHERE key = ?1";

/* Items that ask something, at every depth. */
static int64_t items_in(const struct node *holder)
{
    int64_t n = 0;

    for (const struct node *item = node_first(node_get(holder, "item")); item != NULL; item = node_next(item)) {
        const char *type = node_str(item, "type");

        n += (type[0] != 'g' && type[0] != 'd') || (type[0] == 'd' && type[1] != 'i');    /* not group, not display */
        n += items_in(item);
    }
    return n;
}

enum rc questionnaire_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    const char *title = node_str(root, "title");

    if (title[0] == '\0')
        title = node_str(root, "name");
    if (title[0] == '\0')
        title = node_str(root, "id");
    return query_run(st, err, sql_insert, "ittttti", key, node_str(root, "id"), node_str(root, "url"),
                     node_str(root, "version"), node_str(root, "status"), title, items_in(root));
}

enum rc questionnaire_erase(struct store *st, int64_t key, struct err *err)
{
    return query_run(st, err, sql_erase, "i", key);
}
