#include "store/projection_rows.h"

#include <stdio.h>

#include "base/utf8.h"
#include "fhir/datatype.h"
#include "store/query.h"

static const char sql_insert[] =
    "INSERT INTO ~questionnaire(key, id, url, version, status, title, items) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char sql_erase[] = "DELETE FROM ~questionnaire WHERE key = ?1";

enum { UNTITLED = 60 };     /* cells of the first words of a form without a title */

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

/* The first words of the form: what an unnamed one is known by. */
static const char *first_words(const struct node *holder)
{
    const char *words = "";

    for (const struct node *item = node_first(node_get(holder, "item")); item != NULL && words[0] == '\0'; item = node_next(item))
        words = node_str(item, "text")[0] ? node_str(item, "text") : first_words(item);
    return words;
}

/* An id is for programs: a form without title and name is called by its first words, in quotes, which also
 * sorts it behind those that have a name. */
static void title_of(const struct node *root, char *out, size_t size)
{
    const char *words = node_str(root, "title")[0] ? node_str(root, "title") : node_str(root, "name");
    size_t len;

    if (words[0] != '\0') {
        snprintf(out, size, "%s", words);
        return;
    }
    words = first_words(root);
    len = utf8_clip(words, UNTITLED);
    snprintf(out, size, "\"%.*s%s\"", (int)len, words, words[len] ? "..." : "");
}

enum rc questionnaire_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    char title[600];

    title_of(root, title, sizeof title);
    return query_run(st, err, sql_insert, "ittttti", key, node_str(root, "id"), node_str(root, "url"),
                     node_str(root, "version"), node_str(root, "status"), title, items_in(root));
}

enum rc questionnaire_erase(struct store *st, int64_t key, struct err *err)
{
    return query_run(st, err, sql_erase, "i", key);
}
