/* merge_laws.h - what every merge owes, whatever the documents (SYNC.md 4.3), for the property test
 * and the fuzzer. The oracle walks base, local, remote and the merge side by side and knows nothing
 * of how the merge is made: it edits nothing, it only asks whether each value is where it should be. */
#ifndef FRONTDESK_TESTS_MERGE_LAWS_H
#define FRONTDESK_TESTS_MERGE_LAWS_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fhir/document.h"
#include "sync/merge.h"
#include "sync/merge_rules.h"

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

/* ---- side by side ---- */

struct laws {
    const struct merge *m;
    const char *type;
    const char *broken;
    struct buf *why;
};

/* base, local, remote and merged value of one place. */
struct place { const struct node *b, *l, *r, *m; };

static inline void laws_break(struct laws *laws, const char *law, const char *path)
{
    if (laws->broken)
        return;
    laws->broken = law;
    buf_printf(laws->why, "%s: at \"%s\"\n", law, path);
}

static inline struct place place_get(const struct place *p, const char *name)
{
    return (struct place){ node_get(p->b, name), node_get(p->l, name), node_get(p->r, name), node_get(p->m, name) };
}

static inline bool place_is(const struct place *p, enum node_kind kind)
{
    return node_is(p->b, kind) && node_is(p->l, kind) && node_is(p->r, kind);
}

/* One value: who changed it has it, and what both changed is reported. */
static inline void check_value(struct laws *laws, const struct place *p, const char *path)
{
    if (laws_is_reported(laws->m, path))
        return;
    if (laws_same(p->l, p->r) ? !laws_same(p->m, p->l)
        : laws_same(p->b, p->l) ? !laws_same(p->m, p->r)
        : laws_same(p->b, p->r) ? !laws_same(p->m, p->l)
                                : false)
        laws_break(laws, "what one side changed is taken", path);
    if (!laws_same(p->l, p->r) && !laws_same(p->b, p->l) && !laws_same(p->b, p->r))
        laws_break(laws, "what both sides changed is reported", path);
}

static inline void check_object(struct laws *laws, const struct place *p, const char *path, bool is_root);

/* How an element is told apart, written anew: system and value, system and use, and so on. */
static inline char *element_name(const struct node *e, const char *list, bool by_value)
{
    static const struct { const char *list, *a, *b; } names[] = {
        { "identifier", "system", "value" }, { "telecom", "system", "use" }, { "coding", "system", "code" },
        { "tag", "system", "code" }, { "security", "system", "code" }, { "extension", "url", "url" },
        { "name", "use", "use" }, { "item", "linkId", "linkId" },
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].list, list) == 0) {
            const char *const part[] = { node_str(e, names[i].a), node_str(e, names[i].b), by_value ? node_str(e, "value") : "" };
            struct buf out = { 0 };
            for (size_t k = 0; k < 3; k++) {
                json_write_string(&out, part[k]);
                buf_add(&out, "|");
            }
            return buf_take(&out);
        }
    return NULL;
}

/* The nth element of that name: -1 counts how often it is there. */
static inline const struct node *element_named(const struct node *list, const char *member, bool by_value,
                                               const char *name, int turn)
{
    for (const struct node *e = node_first(list); e; e = node_next(e)) {
        char *own = element_name(e, member, by_value);
        bool is_it = own && strcmp(own, name) == 0 && turn-- == 0;
        free(own);
        if (is_it)
            return e;
    }
    return NULL;
}

static inline int element_turn(const struct node *list, const struct node *element, const char *member, bool by_value)
{
    char *name = element_name(element, member, by_value);
    int turn = 0;

    for (const struct node *e = node_first(list); e && e != element; e = node_next(e)) {
        char *own = element_name(e, member, by_value);
        turn += strcmp(own, name) == 0;
        free(own);
    }
    free(name);
    return turn;
}

static inline bool is_told_apart(const struct node *list, const char *member, bool by_value)
{
    for (const struct node *e = node_first(list); e; e = node_next(e)) {
        char *name = node_is(e, NODE_OBJECT) ? element_name(e, member, by_value) : NULL;
        bool is_alone = name && (strcmp(member, "item") == 0 || element_turn(list, e, member, by_value) == 0);
        free(name);
        if (!is_alone)
            return false;
    }
    return true;
}

static inline struct place place_element(const struct place *p, const struct node *from, const struct node *e,
                                         const char *member, bool by_value)
{
    char *name = element_name(e, member, by_value);
    int turn = element_turn(from, e, member, by_value);
    struct place at = { element_named(p->b, member, by_value, name, turn), element_named(p->l, member, by_value, name, turn),
                        element_named(p->r, member, by_value, name, turn), element_named(p->m, member, by_value, name, turn) };

    free(name);
    return at;
}

/* Those that share a link id are as many on every side. */
static inline bool has_equal_turns(const struct place *p, const char *member)
{
    const struct node *const sides[] = { p->b, p->l, p->r };

    for (size_t i = 0; i < 3; i++)
        for (const struct node *e = node_first(sides[i]); e; e = node_next(e)) {
            struct place at = place_element(p, sides[i], e, member, false);
            if (element_turn(sides[i], e, member, false) > 0 && (!at.b || !at.l || !at.r))
                return false;
        }
    return true;
}

static inline bool is_keyed(const struct place *p, const char *member, bool by_value)
{
    return (strcmp(member, "item") != 0 || has_equal_turns(p, member)) &&
            is_told_apart(p->b, member, by_value) && is_told_apart(p->l, member, by_value) &&
           is_told_apart(p->r, member, by_value);
}

/* Of the elements all have: is the one before the other as this list has it? */
static inline bool is_before(const struct node *list, const struct node *a, const struct node *b)
{
    for (const struct node *e = node_first(list); e && e != b; e = node_next(e))
        if (e == a)
            return true;
    return false;
}

/* Neighbours that one side turned round stay so, and two orders are a person's. */
static inline void check_order(struct laws *laws, const struct place *p, const char *member, bool by_value, const char *path)
{
    bool here = false, there = false, apart = false, as_here = true, as_there = true;

    for (const struct node *x = node_first(p->b); x; x = node_next(x))
        for (const struct node *y = node_next(x); y; y = node_next(y)) {
            struct place a = place_element(p, p->b, x, member, by_value), b = place_element(p, p->b, y, member, by_value);
            if (!a.l || !a.r || !b.l || !b.r)
                continue;
            bool l = is_before(p->l, a.l, b.l), r = is_before(p->r, a.r, b.r);
            here = here || !l;
            there = there || !r;
            apart = apart || l != r;
            if (!a.m || !b.m)
                continue;
            as_here = as_here && is_before(p->m, a.m, b.m) == l;
            as_there = as_there && is_before(p->m, a.m, b.m) == r;
        }
    if (here && there && apart)
        laws_break(laws, "two orders are a person's", path);
    else if (here ? !as_here : !as_there)
        laws_break(laws, "an order that one side changed is taken", path);
}

/* Something of its own that the other side has not got. */
static inline bool adds_own(const struct place *p, const struct node *side, const char *member, bool by_value)
{
    for (const struct node *e = node_first(side); e; e = node_next(e)) {
        struct place at = place_element(p, side, e, member, by_value);
        if (!at.b && !laws_same(at.l, at.r))
            return true;
    }
    return false;
}

/* What somebody replaced and somebody else replaced or changed never stands there twice, unasked. */
static inline void check_replaced(struct laws *laws, const struct place *p, const char *member, bool by_value, const char *path)
{
    bool adds_here = adds_own(p, p->l, member, by_value), adds_there = adds_own(p, p->r, member, by_value);

    for (const struct node *e = node_first(p->b); e; e = node_next(e)) {
        struct place at = place_element(p, p->b, e, member, by_value);
        bool replaced_here = !at.l && adds_here, replaced_there = !at.r && adds_there;
        if ((replaced_here && replaced_there) || (replaced_here && at.r && !laws_same(at.b, at.r)) ||
            (replaced_there && at.l && !laws_same(at.b, at.l)))
            laws_break(laws, "what both sides replaced is one question", path);
    }
}

static inline bool has_common(const struct place *p)
{
    for (const struct node *m = node_first(p->l); m; m = node_next(m))
        if (node_get(p->r, node_name(m)))
            return true;
    return false;
}

static inline void check_element(struct laws *laws, const struct place *p, const char *path)
{
    if (place_is(p, NODE_OBJECT) && has_common(p))
        check_object(laws, p, path, false);
    else
        check_value(laws, p, path);
}

static inline void check_list(struct laws *laws, const struct place *p, const char *member, bool by_value, const char *path)
{
    const struct node *const sides[] = { p->b, p->l, p->r };

    if (!is_told_apart(p->m, member, by_value))
        laws_break(laws, "no element twice", path);
    if (laws->broken || laws_is_reported(laws->m, path))
        return;                 /* the list as a whole is one question */
    for (size_t i = 0; i < 3; i++)
        for (const struct node *e = node_first(sides[i]); e; e = node_next(e)) {
            struct place at = place_element(p, sides[i], e, member, by_value);
            check_element(laws, &at, path);
        }
    check_replaced(laws, p, member, by_value, path);
    check_order(laws, p, member, by_value, path);
}

static inline bool is_one_value(const struct node *o)
{
    static const char *const tells[] = { "reference", "identifier", "numerator", "denominator", "contentType", "data",
                                         "hash", "periodUnit", "durationUnit", NULL };

    for (const struct node *m = node_first(o); m; m = node_next(m))
        if (laws_is_one_of(node_name(m), tells))
            return true;
    return node_is(node_get(o, "value"), NODE_NUMBER);
}

static inline bool is_persons(const char *type, const char *member)
{
    static const char *const persons[] = { "identifier", "name", "birthDate", "gender", "deceasedBoolean", "deceasedDateTime", NULL };

    return laws_is_one_of(member, persons) || (strcmp(type, "QuestionnaireResponse") == 0 && strcmp(member, "item") == 0);
}

static inline bool is_list_or_absent(const struct place *p)
{
    return (!p->b || node_is(p->b, NODE_ARRAY)) && (!p->l || node_is(p->l, NODE_ARRAY)) &&
           (!p->r || node_is(p->r, NODE_ARRAY)) && (p->b || (p->l && p->r));
}

/* The member has neither a choice of types nor a shadow. */
static inline bool is_plain(const struct place *object, const char *member)
{
    char unit[UNIT_NAME], *shadow = mem_printf("_%s", member);
    struct place s = place_get(object, shadow);

    free(shadow);
    merge_unit_name(member, unit);
    return strcmp(unit, member) == 0 && !s.b && !s.l && !s.r;
}

static inline void check_member(struct laws *laws, const struct place *object, const char *member, const char *path, bool is_root)
{
    struct place p = place_get(object, member);
    bool is_whole = !is_plain(object, member) || strcmp(member, "modifierExtension") == 0 ||
                    (is_root && (is_persons(laws->type, member) || strcmp(member, "text") == 0));
    bool is_list = !is_whole && is_list_or_absent(&p) && merge_list_key(member) != KEY_NONE;

    if (is_list && is_keyed(&p, member, false))
        check_list(laws, &p, member, false, path);
    else if (is_list && strcmp(member, "telecom") == 0 && is_keyed(&p, member, true))
        check_list(laws, &p, member, true, path);
    else if (!is_whole && place_is(&p, NODE_OBJECT) && has_common(&p) && !is_one_value(p.b) && !is_one_value(p.l) && !is_one_value(p.r))
        check_object(laws, &p, path, false);
    else
        check_value(laws, &p, path);
}

/* A status may climb, and only climb. */
static inline bool status_climbs(const struct laws *laws, const struct place *object)
{
    int b = merge_status_rank(laws->type, node_str(object->b, "status"));
    int l = merge_status_rank(laws->type, node_str(object->l, "status"));
    int r = merge_status_rank(laws->type, node_str(object->r, "status"));
    int m = merge_status_rank(laws->type, node_str(object->m, "status"));

    return b >= 0 && l > b && r > b && l != r && is_plain(object, "status") && m == (l > r ? l : r);
}

static inline bool modifier_touched(const struct place *p)
{
    struct place m = place_get(p, "modifierExtension");

    return !laws_same(m.b, m.l) || !laws_same(m.b, m.r);
}

static inline bool says_the_same(const struct node *a, const struct node *b)
{
    for (const struct node *m = node_first(a); m; m = node_next(m))
        if (strcmp(node_name(m), "meta") != 0 && strcmp(node_name(m), "text") != 0 && !laws_same(m, node_get(b, node_name(m))))
            return false;
    return true;
}

/* Both sides changed it, and all of it is a person's as soon as they did. */
static inline bool is_all_persons(const struct laws *laws, const struct place *p, bool is_root)
{
    bool is_whole = is_root && (strcmp(laws->type, "AllergyIntolerance") == 0 || strcmp(laws->type, "Consent") == 0);

    if (!is_whole && !modifier_touched(p))
        return false;
    if (!is_root)
        return !laws_same(p->b, p->l) && !laws_same(p->b, p->r);
    return !(says_the_same(p->b, p->l) && says_the_same(p->l, p->b)) && !(says_the_same(p->b, p->r) && says_the_same(p->r, p->b));
}

static inline bool is_object_or_absent(const struct place *p)
{
    return (!p->b || node_is(p->b, NODE_OBJECT)) && (!p->l || node_is(p->l, NODE_OBJECT)) && (!p->r || node_is(p->r, NODE_OBJECT));
}

static inline void check_member_of(struct laws *laws, const struct place *object, const char *member, const char *outer, bool is_root)
{
    static const char *const about[] = { "meta", "text", NULL };
    char *path = *outer ? mem_printf("%s.%s", outer, member) : mem_dup(member);
    struct place p = place_get(object, member);

    if (is_all_persons(laws, object, is_root) && !(is_root && laws_is_one_of(member, about))) {
        if (!laws_same(p.l, p.r) && !laws_is_reported(laws->m, path))
            laws_break(laws, "what a person must see is reported", path);
    } else if (is_root && strcmp(member, "meta") == 0 && is_object_or_absent(&p)) {
        check_object(laws, &p, path, false);
    } else if (!(is_root && strcmp(member, "text") == 0 && laws_is_generated(object->l, object->r)) &&
               !(is_root && strcmp(member, "status") == 0 && status_climbs(laws, object))) {
        check_member(laws, object, member, path, is_root);
    }
    free(path);
}

static inline void check_object(struct laws *laws, const struct place *p, const char *path, bool is_root)
{
    const struct node *const sides[] = { p->b, p->l, p->r, p->m };

    for (size_t i = 0; i < 4; i++)
        for (const struct node *m = node_first(sides[i]); m && !laws->broken; m = node_next(m))
            check_member_of(laws, p, node_name(m), path, is_root);
}

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
