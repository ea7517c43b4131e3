/* function_fhir.c - what FHIR adds to FHIRPath: extensions, values of primitives, references. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

static bool call_extension(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result argument;
    const struct fp_value *url;
    const char *want;

    if (!fp_argument(ev, call, 0, &argument) || !fp_single(ev, call, &argument, &url))
        return false;
    want = url ? fp_text(ev->arena, url) : "";
    for (size_t i = 0; i < input->n; i++) {
        struct fp_result extensions = fp_empty(ev);
        if (input->value[i].node)
            fp_children(&extensions, &input->value[i], "extension");
        for (size_t k = 0; k < extensions.n; k++)
            if (strcmp(node_str(extensions.value[k].node, "url"), want) == 0)
                fp_add(out, extensions.value[k]);
    }
    return true;
}

static bool has_value(const struct fp_value *value)
{
    return value->kind != FP_NODE || node_text(value->node) != NULL;
}

static bool call_has_value(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    fp_add_bool(out, input->n == 1 && has_value(&input->value[0]));
    return true;
}

static bool call_get_value(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;

    (void)ev, (void)call;
    if (input->n != 1 || !has_value(&input->value[0]))
        return true;
    v = fp_simple(&input->value[0]);
    v.node = NULL;
    fp_add(out, v);
    return true;
}

static const struct node *root_of(const struct node *node)
{
    while (node_parent(node))
        node = node_parent(node);
    return node;
}

/* "#id" is a contained resource of the document, "#" the document itself. */
static const struct node *find_contained(const struct node *node, const char *id)
{
    const struct node *root = root_of(node);

    if (!*id)
        return root;
    for (const struct node *n = node_first(node_get(root, "contained")); n; n = node_next(n))
        if (strcmp(node_str(n, "id"), id) == 0)
            return n;
    return NULL;
}

/* Whether an entry of a Bundle is what a reference names: by its full URL, or by type and id. */
static bool is_entry(const struct node *entry, const char *reference)
{
    const char *url = node_str(entry, "fullUrl"), *slash = strchr(reference, '/');
    const struct node *resource = node_get(entry, "resource");
    size_t type = slash ? (size_t)(slash - reference) : 0, n = strlen(url), k = strlen(reference);

    if (strcmp(url, reference) == 0 || (slash && n > k && url[n - k - 1] == '/' && strcmp(url + n - k, reference) == 0))
        return true;
    return slash && strncmp(node_str(resource, "resourceType"), reference, type) == 0 && !node_str(resource, "resourceType")[type] &&
           strcmp(node_str(resource, "id"), slash + 1) == 0;
}

static const struct node *find_entry(const struct node *node, const char *reference)
{
    const struct node *root = root_of(node);

    if (strcmp(node_str(root, "resourceType"), "Bundle") != 0)
        return NULL;
    for (const struct node *e = node_first(node_get(root, "entry")); e; e = node_next(e))
        if (is_entry(e, reference))
            return node_get(e, "resource");
    return NULL;
}

/* Contained resources, entries of the same Bundle, and what the caller knows; nothing is fetched. */
static bool call_resolve(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    for (size_t i = 0; i < input->n; i++) {
        const struct node *node = input->value[i].node, *found;
        const char *text = node_is(node, NODE_OBJECT) ? node_str(node, "reference") : fp_text(ev->arena, &input->value[i]);

        if (!fp_step(ev, call))
            return false;
        found = *text == '#' ? find_contained(node ? node : ev->env->resource, text + 1) : *text ? find_entry(node ? node : ev->env->resource, text) : NULL;
        if (!found && *text && *text != '#' && ev->env->reference)
            found = ev->env->reference(ev->env->ctx, text);
        fp_result_add_node(out, found);
    }
    return true;
}

const struct fp_function fp_functions_fhir[] = {
    {"extension", 1, 1, call_extension}, {"hasValue", 0, 0, call_has_value}, {"getValue", 0, 0, call_get_value}, {"resolve", 0, 0, call_resolve},
    {NULL, 0, 0, NULL},
};
