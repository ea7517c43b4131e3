#include "intake/extract/merge_element.h"

#include <stdio.h>
#include <string.h>

#include "fhir/datatype.h"
#include "fhir/model.h"

/* What makes two entries of a list the same thing. An empty member must be empty in both. */
static const struct { const char *type, *member[2]; } identities[] = {
    { "Identifier", { "system" } }, { "ContactPoint", { "system", "use" } }, { "HumanName", { "use" } }, { "Address", { "use" } },
    { "Extension", { "url" } }, { "Reference", { "reference" } }, { "Coding", { "system", "code" } },
};
/* Types of many parts, that a form may say one part of. All others are replaced whole. */
static const char *const parted[] = { "HumanName", "Address", "ContactPoint", "Identifier", "Dosage", "Timing" };

static bool is_parted(unsigned type)
{
    for (size_t i = 0; i < sizeof parted / sizeof *parted; i++)
        if (!strcmp(parted[i], model_name(type)))
            return true;
    return strchr(model_name(type), '.') != NULL;
}

static unsigned type_of(unsigned of, const char *name)
{
    struct model_member member;

    if (of != MODEL_NO_TYPE && model_member(of, name, &member) && !member.choice)
        return member.type;
    return of == MODEL_NO_TYPE ? MODEL_NO_TYPE : model_json_member(of, name);
}

/* --- Lists --- */

/* Does the entry say all that says does? */
static bool covers(const struct node *entry, const struct node *says)
{
    if (!node_is(says, NODE_OBJECT))
        return node_equal(entry, says);
    for (const struct node *m = node_first(says); m; m = node_next(m))
        if (!node_equal(node_get(entry, node_name(m)), m))
            return false;
    return true;
}

static bool is_same(const struct node *a, const struct node *b, size_t identity)
{
    for (size_t k = 0; k < 2 && identities[identity].member[k]; k++)
        if (strcmp(node_str(a, identities[identity].member[k]), node_str(b, identities[identity].member[k])))
            return false;
    return true;
}

/* The entry of list that says speaks of; NULL: it is a new one. */
static struct node *entry_for(struct node *list, const struct node *says, unsigned type)
{
    const char *name = model_name(type);

    for (struct node *n = node_first(list); n; n = node_next(n))
        if (covers(n, says))
            return n;
    if (!strcmp(name, "HumanName") && !*node_str(says, "use")) {
        const struct node *official = name_official(node_parent(list));

        for (struct node *n = node_first(list); n; n = node_next(n))
            if (n == official)
                return n;
    }
    if (!strcmp(name, "Address") && !*node_str(says, "use") && node_count(list) == 1)
        return node_first(list);
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
        if (!strcmp(identities[i].type, name))
            for (struct node *n = node_first(list); n; n = node_next(n))
                if (is_same(n, says, i))
                    return n;
    return NULL;
}

static void merge_object(struct doc *doc, struct node *into, const struct node *from, unsigned type);

static void merge_list(struct doc *doc, struct node *into, const struct node *from, const char *name, unsigned type)
{
    struct node *list = node_get(into, name);

    if (!node_is(list, NODE_ARRAY) || !node_is(node_first(from), NODE_OBJECT)) {
        node_set_copy(doc, into, name, from);       /* given names are one value, in their order */
        return;
    }
    for (const struct node *says = node_first(from); says; says = node_next(says)) {
        struct node *entry = entry_for(list, says, type);

        if (!entry)
            node_add_copy(doc, list, says);
        else if (!covers(entry, says))
            merge_object(doc, entry, says, type);
    }
}

/* --- Objects --- */

/* Of value[x] there is one: valueString goes when valueQuantity comes. */
static void drop_other_choice(struct doc *doc, struct node *into, const char *name, unsigned type)
{
    unsigned stem = 0, other = 0;
    struct model_member member;
    char base[80];

    if (type == MODEL_NO_TYPE || model_choice_suffix(name, &stem) == MODEL_NO_TYPE)
        return;
    snprintf(base, sizeof base, "%.*s", (int)stem, name);
    if (!model_member(type, base, &member) || !member.choice)
        return;
    for (struct node *n = node_first(into), *next; n; n = next) {
        next = node_next(n);
        if (strcmp(node_name(n), name) && model_choice_suffix(node_name(n), &other) != MODEL_NO_TYPE && other == stem &&
            !strncmp(node_name(n), base, stem))
            node_remove(doc, n);
    }
}

static void merge_member(struct doc *doc, struct node *into, const struct node *m, unsigned type)
{
    const char *name = node_name(m);
    unsigned own = type_of(type, name);

    drop_other_choice(doc, into, name, type);
    if (node_is(m, NODE_ARRAY))
        merge_list(doc, into, m, name, own);
    else if (node_is(m, NODE_OBJECT) && node_is(node_get(into, name), NODE_OBJECT) && is_parted(own))
        merge_object(doc, node_get(into, name), m, own);
    else if (!node_equal(node_get(into, name), m))
        node_set_copy(doc, into, name, m);
}

/* The words of a name or an address go when its parts change and the form says no new words. */
static void merge_object(struct doc *doc, struct node *into, const struct node *from, unsigned type)
{
    const char *name = model_name(type);

    if ((!strcmp(name, "HumanName") || !strcmp(name, "Address")) && !covers(into, from) && !node_get(from, "text"))
        node_remove_name(doc, into, "text");
    for (const struct node *m = node_first(from); m; m = node_next(m))
        merge_member(doc, into, m, type);
}

void merge_element(struct doc *doc, const struct doc *from)
{
    merge_object(doc, doc_root(doc), doc_root(from), model_find(doc_type(doc)));
}
