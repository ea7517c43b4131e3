/* merge_laws.h - what every merge owes, whatever the documents (SYNC.md 4.3), for the property test
 * and the fuzzer. */
#ifndef FRONTDESK_TESTS_MERGE_LAWS_H
#define FRONTDESK_TESTS_MERGE_LAWS_H

#include "tests/unit/merge_oracle.h"

/* ---- fields are justified ---- */

static inline struct place place_of_field(const struct place *root, const char *path, size_t len)
{
    struct place at = *root;

    for (const char *step = path; step < path + len;) {
        size_t n = strcspn(step, ".");
        char *name = mem_dup_n(step, n);
        at = place_get(&at, name);
        free(name);
        step += n + (step[n] == '.');
    }
    return at;
}

/* Some member of the unit a field is part of differs. */
static inline bool unit_differs(const struct node *a, const struct node *b, const char *name)
{
    char unit[UNIT_NAME], other[UNIT_NAME];

    merge_unit_name(name, unit);
    for (int turn = 0; turn < 2; turn++)
        for (const struct node *m = node_first(turn ? b : a); m; m = node_next(m)) {
            merge_unit_name(node_name(m), other);
            if (strcmp(unit, other) == 0 && !laws_same(m, node_get(turn ? a : b, node_name(m))))
                return true;
        }
    return false;
}

static inline void check_field(struct laws *laws, const struct place *root, const char *path)
{
    const char *last = strrchr(path, '.');
    struct place object = place_of_field(root, path, last ? (size_t)(last - path) : 0);
    const char *name = last ? last + 1 : path;

    if (!unit_differs(object.l, object.r, name))
        laws_break(laws, "a field differs on both sides", path);
    if (!is_all_persons(laws, &object, !last) && !(unit_differs(object.b, object.l, name) && unit_differs(object.b, object.r, name)))
        laws_break(laws, "a field was changed on both sides", path);
}

/* ---- values ---- */

/* Every scalar of node stands at the same path, list numbers aside, in one of the two; so does every
 * object that is one value, as a whole. */
static inline bool stands_in(const struct node *value, const struct node *const *from, size_t n, bool is_whole)
{
    for (size_t i = 0; i < n; i++)
        if (is_whole || (!node_is(value, NODE_ARRAY) && !node_is(value, NODE_OBJECT))
                ? node_equal(value, from[i]) : node_kind(value) == node_kind(from[i]))
            return true;
    return false;
}

struct places { const struct node **node; size_t n, cap; };

static inline void gather(const struct node *container, const char *name, struct places *out)
{
    bool is_list = node_is(container, NODE_ARRAY);

    for (const struct node *e = is_list ? node_first(container) : node_get(container, name); e; e = is_list ? node_next(e) : NULL) {
        MEM_ROOM(out->node, out->n, out->cap);
        out->node[out->n++] = e;
    }
}

static inline void check_not_invented(struct laws *laws, const struct node *m, const struct places *from, const char *path)
{
    for (const struct node *child = node_first(m); child && !laws->broken; child = node_next(child)) {
        struct places at = { 0 };
        char *inner = mem_printf("%s.%s", path, node_name(child));
        bool is_whole = *node_name(child) && node_is(child, NODE_OBJECT) && is_one_value(child);
        for (size_t i = 0; i < from->n; i++)
            gather(from->node[i], node_name(child), &at);
        if (!stands_in(child, at.node, at.n, is_whole))
            laws_break(laws, "no value is invented", inner);
        check_not_invented(laws, child, &at, inner);
        free(inner);
        free(at.node);
    }
}

/* ---- all of them ---- */

static inline void check_plain_laws(struct laws *laws, const struct doc *base, const struct doc *x)
{
    struct merge m;

    merge_documents(base, base, x, &m);
    if (m.n_fields || !node_equal(doc_root(m.merged), doc_root(x)))
        laws_break(laws, "merge(b,b,r) = r", m.n_fields ? m.field[0] : "");
    merge_done(&m);
    merge_documents(base, x, base, &m);
    if (m.n_fields || !laws_same_bare(m.merged, x))
        laws_break(laws, "merge(b,l,b) = l", m.n_fields ? m.field[0] : "");
    merge_done(&m);
    merge_documents(base, x, x, &m);
    if (m.n_fields || !node_equal(doc_root(m.merged), doc_root(x)))
        laws_break(laws, "merge(b,x,x) = x", m.n_fields ? m.field[0] : "");
    merge_done(&m);
    merge_documents(NULL, x, x, &m);
    if (m.n_fields || !node_equal(doc_root(m.merged), doc_root(x)))
        laws_break(laws, "merge(-,x,x) = x", m.n_fields ? m.field[0] : "");
    merge_done(&m);
}

static inline void check_again(struct laws *laws, const struct doc *base, const struct merge *m, const struct doc *remote)
{
    struct merge again;

    merge_documents(base, m->merged, remote, &again);
    if (!node_equal(doc_root(again.merged), doc_root(m->merged)) || !laws_same_fields(&again, m))
        laws_break(laws, "merged again nothing changes", again.n_fields ? again.field[0] : "");
    merge_done(&again);
    merge_documents(remote, m->merged, remote, &again);
    if (again.n_fields || !laws_same_bare(again.merged, m->merged))
        laws_break(laws, "on its new base it is a local edit", again.n_fields ? again.field[0] : "");
    merge_done(&again);
}

static inline void check_mirror(struct laws *laws, const struct doc *base, const struct doc *local, const struct doc *remote)
{
    struct merge mirror;

    merge_documents(base, remote, local, &mirror);
    if (!laws_same_fields(&mirror, laws->m))
        laws_break(laws, "the same fields from either side", "");
    struct doc *a = laws_bare(laws->m->merged), *b = laws_bare(mirror.merged);
    laws_remove_fields(a, laws->m);
    laws_remove_fields(b, laws->m);
    if (laws_is_generated(doc_root(local), doc_root(remote))) {
        node_remove_name(a, doc_root(a), "text");
        node_remove_name(b, doc_root(b), "text");
    }
    char *x = laws_unordered(doc_root(a)), *y = laws_unordered(doc_root(b));
    if (strcmp(x, y) != 0)
        laws_break(laws, "the same from either side but for the fields", "");
    free(x);
    free(y);
    doc_free(a);
    doc_free(b);
    merge_done(&mirror);
}

static inline void check_without_base(struct laws *laws, const struct doc *local, const struct doc *remote)
{
    struct merge m;
    struct doc *l = laws_bare(local), *r = laws_bare(remote);

    merge_documents(NULL, l, r, &m);
    if (!node_equal(doc_root(m.merged), doc_root(l)))
        laws_break(laws, "without a base the local text stands", "");
    for (int turn = 0; turn < 2; turn++) {
        const struct node *a = doc_root(turn ? r : l), *b = doc_root(turn ? l : r);
        for (const struct node *x = node_first(a); x; x = node_next(x))
            if (!laws_same(x, node_get(b, node_name(x))) && !laws_is_reported(&m, node_name(x)))
                laws_break(laws, "without a base all that differs is reported", node_name(x));
    }
    merge_done(&m);
    doc_free(l);
    doc_free(r);
}

/* NULL when all laws hold, else the name of one that does not. All three are objects. */
static inline const char *merge_laws_broken(const struct doc *base, const struct doc *local, const struct doc *remote, struct buf *why)
{
    struct merge m;
    struct laws laws = { .m = &m, .type = doc_type(remote), .why = why };

    check_plain_laws(&laws, base, local);
    check_plain_laws(&laws, base, remote);
    merge_documents(base, local, remote, &m);
    check_again(&laws, base, &m, remote);
    check_mirror(&laws, base, local, remote);
    check_without_base(&laws, local, remote);
    struct doc *b = laws_bare(base), *l = laws_bare(local), *r = laws_bare(remote), *bare = laws_bare(m.merged);
    struct place root = { doc_root(b), doc_root(l), doc_root(r), doc_root(bare) };
    check_object(&laws, &root, "", true);
    for (size_t i = 0; i < m.n_fields; i++)
        check_field(&laws, &root, m.field[i]);
    const struct node *sources[] = { doc_root(local), doc_root(remote) };
    check_not_invented(&laws, doc_root(m.merged), &(struct places){ sources, 2, 2 }, "");
    if (laws_has_empty(root.m) && !laws_has_empty(root.b) && !laws_has_empty(root.l) && !laws_has_empty(root.r))
        laws_break(&laws, "no empty object or list", "");
    if (laws.broken) {
        buf_add(why, "  base   ");
        node_write(why, doc_root(base));
        buf_add(why, "\n  local  ");
        node_write(why, doc_root(local));
        buf_add(why, "\n  remote ");
        node_write(why, doc_root(remote));
        buf_add(why, "\n  merged ");
        node_write(why, doc_root(m.merged));
        char *fields = merge_fields_json(&m);
        buf_printf(why, " %s\n", fields);
        free(fields);
    }
    merge_done(&m);
    doc_free(b);
    doc_free(l);
    doc_free(r);
    doc_free(bare);
    return laws.broken;
}
#endif
