/* source.c - sourceQueries (SDC): a Bundle of requests that travels with the form. %id is the Bundle of what
 * they answered, an entry for each request in its place. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "intake/model.h"

static const struct node *contained_batch(const struct form *form, const char *id)
{
    for (const struct node *c = node_first(node_get(form->root->node, "contained")); c; c = node_next(c))
        if (!strcmp(node_str(c, "id"), id) && !strcmp(node_str(c, "resourceType"), "Bundle") &&
            node_path(c, "entry[0].request.url"))
            return c;
    return NULL;
}

/* A request that cannot be asked, or gives nothing, is an empty answer: the others keep their number. */
static void add_answer(struct form *form, const char *url, struct doc *bundle)
{
    struct node *entry = node_add_object(bundle, node_set_array(bundle, doc_root(bundle), "entry"));
    struct fp_result result = {0};
    const struct node *found = NULL;
    struct query *query = NULL;

    if (query_compile(url, &query, NULL) == RC_OK && query_eval(form, query, form->top, &result, NULL) == RC_OK && result.n)
        found = fp_value_node(fp_result_at(&result, 0));
    if (found)
        node_set_copy(bundle, entry, "resource", found);
    else
        node_set_str(bundle, node_set_object(bundle, entry, "resource"), "resourceType", "Bundle");
    node_set_str(bundle, node_set_object(bundle, entry, "response"), "status", found ? "200" : "404");
    fp_result_done(&result);
    query_free(query);
}

bool source_queries(struct form *form, const char *name, struct fp_result *out)
{
    const struct node *batch = contained_batch(form, name);
    struct doc *bundle;
    char *key;

    if (!batch || !form->context.search)
        return false;
    key = mem_printf("#%s", name);
    for (size_t i = 0; i < form->n_searches; i++)
        if (!strcmp(form->search[i].query, key)) {
            fp_result_add_node(out, doc_root(form->search[i].bundle));
            free(key);
            return true;
        }
    bundle = doc_new("Bundle");
    node_set_str(bundle, doc_root(bundle), "type", "batch-response");
    for (const struct node *e = node_first(node_get(batch, "entry")); e; e = node_next(e))
        add_answer(form, node_path_str(e, "request.url"), bundle);
    MEM_ROOM(form->search, form->n_searches, form->cap_searches);
    form->search[form->n_searches++] = (struct search){ .query = key, .bundle = bundle };
    fp_result_add_node(out, doc_root(bundle));
    return true;
}
