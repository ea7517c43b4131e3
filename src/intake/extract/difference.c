/* difference.c - what differs between two documents, member by member, in the words the desk reads them in. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "intake/extract/merge_element.h"

/* "Label\twords\n" of a member read with its nested parts: the label of the first line, the words of all. */
static char *label_and_words(const char *type, const char *name, const struct node *value, struct buf *words)
{
    struct doc *alone = doc_new(type);
    struct buf lines = {0};
    char *label = NULL;

    node_set_copy(alone, doc_root(alone), name, value);
    resource_readable(&lines, doc_root(alone));
    doc_free(alone);
    for (char *line = lines.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        char *tab = strchr(line, '\t');
        const char *text = tab ? tab + 1 : line + strspn(line, " ");

        *end = '\0';
        if (tab)
            *tab = '\0';
        if (!label)
            label = mem_dup(line);
        if (*text)
            buf_printf(words, "%s%s%s%s", words->len ? ", " : "", *line == ' ' && tab ? line + strspn(line, " ") : "", *line == ' ' && tab ? " " : "", text);
    }
    buf_done(&lines);
    return label;
}

static bool has_equal(const struct node *list, const struct node *entry)
{
    for (const struct node *n = node_first(list); n; n = node_next(n))
        if (node_equal(n, entry))
            return true;
    return false;
}

/* Of a list, the entries that the other does not have. */
static char *side(const char *type, const char *name, const struct node *value, const struct node *other, struct buf *words)
{
    struct doc *some;
    struct node *list;
    char *label = NULL;

    if (!value)
        return NULL;
    if (!node_is(value, NODE_ARRAY) || !node_is(node_first(value), NODE_OBJECT))
        return label_and_words(type, name, value, words);
    some = doc_new(NULL);
    list = node_set_array(some, doc_root(some), name);
    for (const struct node *n = node_first(value); n; n = node_next(n))
        if (!has_equal(other, n))
            node_add_copy(some, list, n);
    if (node_count(list))
        label = label_and_words(type, name, list, words);
    doc_free(some);
    return label;
}

static void add(struct difference **out, size_t *n, size_t *cap, const char *type, const char *name, const struct node *before, const struct node *after)
{
    struct buf was = {0}, is = {0};
    char *label = side(type, name, before, after, &was), *again = side(type, name, after, before, &is);

    if (!label) {
        label = again;
        again = NULL;
    }
    free(again);
    MEM_ROOM(*out, *n, *cap);
    (*out)[(*n)++] = (struct difference){ label ? label : mem_dup(name), mem_dup(buf_text(&was)), mem_dup(buf_text(&is)) };
    buf_done(&was);
    buf_done(&is);
}

/* Of a new resource, whose it is, where it comes from and who wrote it goes without saying. */
static bool is_shown(const struct node *member, bool is_new)
{
    static const char *const hidden[] = { "resourceType", "id", "meta", "subject", "patient", "status", "issued", "performer", "derivedFrom" };

    for (size_t i = 0; i < (is_new ? sizeof hidden / sizeof *hidden : 3); i++)
        if (!strcmp(node_name(member), hidden[i]))
            return false;
    return true;
}

size_t differences(const struct doc *before, const struct doc *after, struct difference **out)
{
    const struct node *was = before ? doc_root(before) : NULL, *is = doc_root(after);
    size_t n = 0, cap = 0;

    *out = NULL;
    for (const struct node *m = node_first(is); m; m = node_next(m))
        if (is_shown(m, !before) && !node_equal(node_get(was, node_name(m)), m))
            add(out, &n, &cap, doc_type(after), node_name(m), node_get(was, node_name(m)), m);
    for (const struct node *m = node_first(was); m; m = node_next(m))
        if (is_shown(m, false) && !node_get(is, node_name(m)))
            add(out, &n, &cap, doc_type(after), node_name(m), m, NULL);
    return n;
}

void differences_done(struct difference *difference, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(difference[i].label);
        free(difference[i].before);
        free(difference[i].after);
    }
    free(difference);
}

/* --- A line for a resource --- */

static void add_words(struct buf *out, const char *before, const struct node *node, const char *type)
{
    struct buf words = {0};

    if (node_is(node, NODE_ARRAY))
        node = node_first(node);
    if (!strcmp(type, "name") && node_is(node, NODE_OBJECT))
        name_family_first(&words, node);
    else if (node_is(node, NODE_OBJECT) && !*type)
        concept_words(&words, node);
    else if (node)
        value_words(&words, node, type);
    if (words.len)
        buf_printf(out, "%s%s", out->len ? before : "", buf_text(&words));
    buf_done(&words);
}

char *resource_summary(const struct doc *doc)
{
    static const char *const titles[] = { "code", "medicationCodeableConcept", "vaccineCode", "name", "type", "description", "relationship", "category" };
    const struct node *root = doc_root(doc), *value;
    const char *type = "";
    struct buf out = {0};

    for (size_t i = 0; i < sizeof titles / sizeof *titles && !out.len; i++)
        if ((value = node_get(root, titles[i])))
            add_words(&out, "", value, !strcmp(titles[i], "name") ? "name" : "");
    if ((value = choice_value(root, "value", &type)))
        add_words(&out, ": ", value, type);
    return out.len ? buf_take(&out) : mem_dup("");
}
