/* merge_compare.h - when two documents say the same to a merge, and what it left to a person. */
#ifndef FRONTDESK_TESTS_MERGE_COMPARE_H
#define FRONTDESK_TESTS_MERGE_COMPARE_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fhir/document.h"
#include "sync/merge.h"

/* ---- texts ---- */

static inline char *laws_text(const struct node *node)
{
    struct buf out = { 0 };

    node_canonical(&out, node);
    return buf_take(&out);
}

static inline bool laws_same(const struct node *a, const struct node *b)
{
    return a == b || (a && b && node_equal(a, b));
}

static inline bool laws_is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

/* Without what only the server writes. */
static inline struct doc *laws_bare(const struct doc *doc)
{
    static const char *const servers[] = { "versionId", "lastUpdated", "source" };
    struct doc *copy = doc_copy(doc);
    struct node *root = doc_root(copy), *meta = node_get(root, "meta");

    for (size_t i = 0; node_is(meta, NODE_OBJECT) && i < 3; i++)
        node_remove_name(copy, meta, servers[i]);
    for (size_t i = 0; node_is(meta, NODE_OBJECT) && i < 3; i++) {
        char *shadow = mem_printf("_%s", servers[i]);
        node_remove_name(copy, meta, shadow);
        free(shadow);
    }
    if (node_is(meta, NODE_OBJECT) && node_count(meta) == 0)
        node_remove(copy, meta);
    return copy;
}

/* Text for reading that a machine wrote on both sides is the server's, whatever it says. */
static inline bool laws_is_generated(const struct node *a, const struct node *b)
{
    return strcmp(node_path_str(a, "text.status"), "generated") == 0 && strcmp(node_path_str(b, "text.status"), "generated") == 0;
}

static inline bool laws_same_bare(const struct doc *a, const struct doc *b)
{
    struct doc *x = laws_bare(a), *y = laws_bare(b);
    bool is_same = node_equal(doc_root(x), doc_root(y));

    doc_free(x);
    doc_free(y);
    return is_same;
}

static inline int laws_by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The text of a value with the elements of its lists in the order of their texts. */
static inline char *laws_unordered(const struct node *node)
{
    size_t n = 0, count = node_count(node);
    char **part = mem_array(count + 1, sizeof *part);
    struct buf out = { 0 };

    if (!node_is(node, NODE_ARRAY) && !node_is(node, NODE_OBJECT)) {
        free(part);
        return node ? laws_text(node) : mem_dup("");
    }
    for (const struct node *m = node_first(node); m; m = node_next(m)) {
        char *value = laws_unordered(m);
        part[n++] = mem_printf("%s:%s", node_name(m), value);
        free(value);
    }
    qsort(part, n, sizeof *part, laws_by_text);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&out, "%s,", part[i]);
        free(part[i]);
    }
    buf_add(&out, node_is(node, NODE_ARRAY) ? "]" : "}");
    free(part);
    return buf_take(&out);
}

static inline bool laws_has_empty(const struct node *node)
{
    if ((node_is(node, NODE_ARRAY) || node_is(node, NODE_OBJECT)) && node_count(node) == 0)
        return true;
    for (const struct node *m = node_first(node); m; m = node_next(m))
        if (laws_has_empty(m))
            return true;
    return false;
}

/* ---- fields ---- */

static inline bool laws_has_field(const struct merge *m, const char *path)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (strcmp(m->field[i], path) == 0)
            return true;
    return false;
}

static inline bool laws_same_fields(const struct merge *a, const struct merge *b)
{
    for (size_t i = 0; i < a->n_fields; i++)
        if (!laws_has_field(b, a->field[i]))
            return false;
    return a->n_fields == b->n_fields;
}

static inline bool laws_starts(const char *path, const char *start)
{
    size_t len = strlen(start);

    return strncmp(path, start, len) == 0 && (path[len] == '\0' || path[len] == '.');
}

/* The path, what it is part of, or a part of it is left to a person. */
static inline bool laws_is_reported(const struct merge *m, const char *path)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (laws_starts(path, m->field[i]) || laws_starts(m->field[i], path))
            return true;
    return false;
}

static inline void laws_remove_fields(struct doc *doc, const struct merge *m)
{
    for (size_t i = 0; i < m->n_fields; i++) {
        struct node *at = doc_root(doc);
        for (const char *step = m->field[i]; at && *step;) {
            size_t len = strcspn(step, ".");
            char *name = mem_dup_n(step, len);
            at = node_get(at, name);
            free(name);
            step += len + (step[len] == '.');
        }
        while (at && at != doc_root(doc)) {     /* and what that empties */
            struct node *parent = node_parent(at);
            node_remove(doc, at);
            at = node_count(parent) == 0 ? parent : NULL;
        }
    }
}
#endif
