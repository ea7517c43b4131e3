/* canonical.c - the ValueSets and CodeSystems a form names: what travels in it, then what the record or its
 * server has. Asked once while a form is open, also when there was nothing. */
#include <string.h>

#include "intake/model.h"

static const struct node *contained_find(const struct form *form, const char *type, const char *id, const char *url)
{
    size_t len = strcspn(url, "|");

    for (const struct node *c = node_first(node_get(form->root->node, "contained")); c; c = node_next(c)) {
        const char *own = node_str(c, "url");

        if (strcmp(node_str(c, "resourceType"), type) != 0)
            continue;
        if (*id ? !strcmp(node_str(c, "id"), id) : len && strlen(own) == len && !strncmp(own, url, len))
            return c;
    }
    return NULL;
}

const struct node *form_canonical(struct form *form, const char *type, const char *url)
{
    const struct node *found = *url == '#' ? contained_find(form, type, url + 1, "") : contained_find(form, type, "", url);
    struct doc *doc = NULL;

    if (found || *url == '#' || !*url)
        return found;
    for (size_t i = 0; i < form->n_known; i++)
        if (!strcmp(form->known[i].url, url) && !strcmp(form->known[i].type, type))
            return form->known[i].doc ? doc_root(form->known[i].doc) : NULL;
    if (!form->context.canonical || form->context.canonical(form->context.ctx, type, url, &doc, NULL) != RC_OK)
        doc = NULL;
    MEM_ROOM(form->known, form->n_known, form->cap_known);
    form->known[form->n_known++] = (struct known){ type, mem_dup(url), doc };
    return doc ? doc_root(doc) : NULL;
}
