#include "sync/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sync/merge_rules.h"

/* The merged document starts as a copy of the remote one and is edited towards the local one, so
 * that what nobody here touched stays byte for byte as the server wrote it. In what follows `out`
 * is therefore both the remote value and the place of the result. */
struct walk {
    struct doc *doc;
    struct merge *merge;
    const char *type;
    const char *list_path;      /* inside a keyed list: the path that stands for all of it */
    bool has_base;
    bool is_one_sided;          /* the server changed nothing: no rule for people applies */
};

static void merge_object(struct walk *w, struct node *out, const struct node *base,
                         const struct node *local, const char *path);

void merge_add_field(struct merge *m, const char *path)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (strcmp(m->field[i], path) == 0)
            return;
    MEM_ROOM(m->field, m->n_fields, m->cap);
    m->field[m->n_fields++] = mem_dup(path);
}

static void add_field(struct walk *w, const char *path)
{
    merge_add_field(w->merge, w->list_path ? w->list_path : path);
}

static char *path_join(const char *path, const char *member)
{
    return *path ? mem_printf("%s.%s", path, member) : mem_dup(member);
}

/* ---- units: members that are taken or left together ---- */

static bool in_unit(const struct node *member, const char *unit)
{
    char name[UNIT_NAME];

    merge_unit_name(node_name(member), name);
    return strcmp(name, unit) == 0;
}

static bool unit_within(const struct node *a, const struct node *b, const char *unit)
{
    for (const struct node *m = node_first(a); m; m = node_next(m))
        if (in_unit(m, unit)) {
            const struct node *other = node_get(b, node_name(m));
            if (!other || !node_equal(m, other))
                return false;
        }
    return true;
}

static bool unit_equal(const struct node *a, const struct node *b, const char *unit)
{
    return unit_within(a, b, unit) && unit_within(b, a, unit);
}

/* Make the unit in out what it is in from. */
static void unit_take(struct walk *w, struct node *out, const struct node *from, const char *unit)
{
    struct node *next;

    for (struct node *m = node_first(out); m; m = next) {
        next = node_next(m);
        if (in_unit(m, unit) && !node_get(from, node_name(m)))
            node_remove(w->doc, m);
    }
    for (const struct node *m = node_first(from); m; m = node_next(m))
        if (in_unit(m, unit))
            node_set_copy(w->doc, out, node_name(m), m);
}

static void unit_report(struct walk *w, const struct node *side, const struct node *other,
                        const char *unit, const char *path)
{
    for (const struct node *m = node_first(side); m; m = node_next(m)) {
        const struct node *there = node_get(other, node_name(m));
        if (!in_unit(m, unit) || (there && node_equal(m, there)))
            continue;
        char *member = path_join(path, node_name(m));
        add_field(w, member);
        free(member);
    }
}

/* Both changed it and no machine decides: the local value stands, each member of it is a field. */
static void unit_conflict(struct walk *w, struct node *out, const struct node *local,
                          const char *unit, const char *path)
{
    unit_report(w, local, out, unit, path);
    unit_report(w, out, local, unit, path);
    unit_take(w, out, local, unit);
}

/* The unit is a plain member everywhere: no choice of types, no extension of a primitive beside it. */
static bool unit_is_plain(const struct node *a, const struct node *b, const struct node *c, const char *unit)
{
    char *shadow = mem_printf("_%s", unit);
    bool is_plain = !strchr(unit, '[') && !node_get(a, shadow) && !node_get(b, shadow) && !node_get(c, shadow);

    free(shadow);
    return is_plain;
}

/* ---- lists whose elements have an identity ---- */

struct keyed {
    struct node **element;      /* elements as they were before any edit */
    char **key;
    size_t n;
};

static bool keyed_init(struct keyed *k, const struct node *list, enum list_key kind, bool by_value)
{
    k->n = node_count(list);
    k->key = merge_list_keys(list, kind, by_value);
    k->element = mem_array(k->n + 1, sizeof(struct node *));
    size_t i = 0;
    for (struct node *e = node_first(list); e; e = node_next(e))
        k->element[i++] = e;
    return k->key != NULL;
}

static void keyed_done(struct keyed *k)
{
    merge_keys_free(k->key, k->n);
    free(k->element);
}

static struct node *keyed_find(const struct keyed *k, const char *key)
{
    for (size_t i = 0; i < k->n; i++)
        if (strcmp(k->key[i], key) == 0)
            return k->element[i];
    return NULL;
}

static bool has_addition(const struct keyed *side, const struct keyed *base, const struct keyed *other)
{
    for (size_t i = 0; i < side->n; i++) {
        const struct node *same = keyed_find(other, side->key[i]);
        if (!keyed_find(base, side->key[i]) && !(same && node_equal(same, side->element[i])))
            return true;
    }
    return false;
}

/* An element that both sides replaced by something of their own is one question, not two answers. */
static bool both_replaced(const struct keyed *base, const struct keyed *local, const struct keyed *remote)
{
    for (size_t i = 0; i < base->n; i++)
        if (!keyed_find(local, base->key[i]) && !keyed_find(remote, base->key[i]))
            return has_addition(local, base, remote) && has_addition(remote, base, local);
    return false;
}

static void element_assign(struct walk *w, struct node *out, const struct node *value)
{
    struct node *next;

    for (struct node *m = node_first(out); m; m = next) {
        next = node_next(m);
        if (!node_get(value, node_name(m)))
            node_remove(w->doc, m);
    }
    for (const struct node *m = node_first(value); m; m = node_next(m))
        node_set_copy(w->doc, out, node_name(m), m);
}

static void merge_element(struct walk *w, struct node *out, const struct node *base, const struct node *local)
{
    if (!local) {               /* removed here */
        if (!base)
            return;             /* or never here: the server's addition */
        if (!node_equal(base, out))
            add_field(w, "");
        node_remove(w->doc, out);
    } else if (node_equal(local, out) || (base && node_equal(base, local))) {
        return;
    } else if (base && !node_equal(base, out)) {
        merge_object(w, out, base, local, "");
    } else {
        if (!base)
            add_field(w, "");
        element_assign(w, out, local);
    }
}

static void merge_elements(struct walk *w, struct node *out, const struct keyed *base,
                           const struct keyed *local, const struct keyed *remote)
{
    for (size_t i = 0; i < remote->n; i++)
        merge_element(w, remote->element[i], keyed_find(base, remote->key[i]),
                      keyed_find(local, remote->key[i]));
    for (size_t i = 0; i < local->n; i++) {
        if (keyed_find(remote, local->key[i]))
            continue;
        const struct node *before = keyed_find(base, local->key[i]);
        if (before && node_equal(before, local->element[i]))
            continue;           /* the server removed what nobody here touched */
        if (before)
            add_field(w, "");
        node_add_copy(w->doc, out, local->element[i]);
    }
}

/* False when the elements cannot be told apart, or are one question as a whole. */
static bool merge_list(struct walk *w, struct node *out, const struct node *base,
                       const struct node *local, const char *member, const char *path)
{
    enum list_key kind = merge_list_key(member);
    bool is_done = false;

    for (int by_value = 0; kind != KEY_NONE && !is_done && by_value <= (kind == KEY_TELECOM); by_value++) {
        struct keyed b = { 0 }, l = { 0 }, r = { 0 };
        bool has_keys = keyed_init(&b, base, kind, by_value);
        has_keys = keyed_init(&l, local, kind, by_value) && has_keys;
        has_keys = keyed_init(&r, out, kind, by_value) && has_keys;
        if (has_keys && both_replaced(&b, &l, &r)) {
            kind = KEY_NONE;
        } else if (has_keys) {
            const char *outer = w->list_path;
            w->list_path = outer ? outer : path;
            merge_elements(w, out, &b, &l, &r);
            w->list_path = outer;
            is_done = true;
        }
        keyed_done(&b);
        keyed_done(&l);
        keyed_done(&r);
    }
    return is_done;
}

/* ---- objects ---- */

/* Task and Appointment go up a ladder: of two steps up the higher one holds. */
static bool merge_status(struct walk *w, struct node *out, const struct node *base, const struct node *local)
{
    int b = merge_status_rank(w->type, node_str(base, "status"));
    int l = merge_status_rank(w->type, node_str(local, "status"));
    int r = merge_status_rank(w->type, node_str(out, "status"));

    if (b < 0 || l <= b || r <= b)
        return false;
    if (l > r)
        unit_take(w, out, local, "status");
    return true;
}

/* Text that a machine wrote from the other members is the server's to write. */
static bool is_generated_text(const struct node *out, const struct node *local)
{
    return strcmp(node_path_str(out, "text.status"), "generated") == 0 &&
           strcmp(node_path_str(local, "text.status"), "generated") == 0;
}

/* The parts of a plain member that both sides changed. False: it is one question. */
static bool merge_parts(struct walk *w, struct node *out, const struct node *base,
                        const struct node *local, const char *unit, const char *path)
{
    struct node *r = node_get(out, unit), *l = node_get(local, unit), *b = node_get(base, unit);

    if (node_is(r, NODE_OBJECT) && node_is(l, NODE_OBJECT) && node_is(b, NODE_OBJECT)) {
        merge_object(w, r, b, l, path);
        return true;
    }
    return node_is(r, NODE_ARRAY) && node_is(l, NODE_ARRAY) && (!b || node_is(b, NODE_ARRAY)) &&
           merge_list(w, r, b, l, unit, path);
}

static void merge_changed_unit(struct walk *w, struct node *out, const struct node *base,
                               const struct node *local, const char *unit, const char *path)
{
    bool is_root = !*path && !w->list_path;
    bool is_person = strcmp(unit, "modifierExtension") == 0 || (is_root && merge_is_for_person(w->type, unit));

    if (!is_person && w->has_base) {
        if (is_root && strcmp(unit, "status") == 0 && merge_status(w, out, base, local))
            return;
        if (is_root && strcmp(unit, "text") == 0 && is_generated_text(out, local))
            return;
        if (unit_is_plain(base, local, out, unit)) {
            char *inner = path_join(path, unit);
            bool is_done = merge_parts(w, out, base, local, unit, inner);
            free(inner);
            if (is_done)
                return;
        }
    }
    unit_conflict(w, out, local, unit, path);
}

/* meta has members of the server and members of everybody. */
static void merge_meta(struct walk *w, struct node *out, const struct node *base, const struct node *local)
{
    struct node *meta = node_set_object(w->doc, out, "meta");

    merge_object(w, meta, node_get(base, "meta"), node_get(local, "meta"), "meta");
    if (node_count(meta) == 0)
        node_remove(w->doc, meta);
}

static void merge_unit(struct walk *w, struct node *out, const struct node *base,
                       const struct node *local, const char *unit, const char *path)
{
    if (unit_equal(local, out, unit))
        return;
    if (w->has_base && unit_equal(base, local, unit))
        return;
    if (strcmp(path, "") == 0 && !w->list_path && strcmp(unit, "meta") == 0)
        merge_meta(w, out, base, local);
    else if (w->has_base && unit_equal(base, out, unit))
        unit_take(w, out, local, unit);
    else
        merge_changed_unit(w, out, base, local, unit, path);
}

static void collect_units(const struct node *object, const char *path, char (**units)[UNIT_NAME],
                          size_t *n, size_t *cap)
{
    for (const struct node *m = node_first(object); m; m = node_next(m)) {
        char *member = path_join(path, node_name(m)), name[UNIT_NAME];
        bool is_known = merge_is_servers(member);

        merge_unit_name(node_name(m), name);
        for (size_t i = 0; !is_known && i < *n; i++)
            is_known = strcmp((*units)[i], name) == 0;
        if (!is_known) {
            MEM_ROOM(*units, *n, *cap);
            memcpy((*units)[(*n)++], name, sizeof name);
        }
        free(member);
    }
}

/* A modifier extension can turn the meaning of all that stands beside it. */
static bool modifier_changed(const struct node *out, const struct node *base, const struct node *local)
{
    return !unit_equal(base, local, "modifierExtension") || !unit_equal(base, out, "modifierExtension");
}

static void merge_object(struct walk *w, struct node *out, const struct node *base,
                         const struct node *local, const char *path)
{
    char (*units)[UNIT_NAME] = NULL;
    size_t n = 0, cap = 0;
    bool is_root = !*path && !w->list_path;
    bool is_whole = !w->is_one_sided &&
                    ((is_root && merge_is_whole_for_person(w->type)) || modifier_changed(out, base, local));

    collect_units(out, path, &units, &n, &cap);
    collect_units(local, path, &units, &n, &cap);
    collect_units(base, path, &units, &n, &cap);
    for (size_t i = 0; i < n; i++) {
        if (is_whole && strcmp(units[i], "meta") != 0 && strcmp(units[i], "text") != 0)
            unit_conflict(w, out, local, units[i], path);
        else
            merge_unit(w, out, base, local, units[i], path);
    }
    free(units);
}

void merge_documents(const struct doc *base, const struct doc *local, const struct doc *remote,
                     struct merge *out)
{
    *out = (struct merge){ .merged = doc_copy(remote) };
    if (base && (doc_equal_content(base, local) || doc_equal_content(local, remote)))
        return;
    struct walk w = { .doc = out->merged, .merge = out, .type = doc_type(remote), .has_base = base != NULL,
                      .is_one_sided = base && doc_equal_content(base, remote) };

    merge_object(&w, doc_root(out->merged), base ? doc_root(base) : NULL, doc_root(local), "");
}

void merge_done(struct merge *merge)
{
    doc_free(merge->merged);
    for (size_t i = 0; i < merge->n_fields; i++)
        free(merge->field[i]);
    free(merge->field);
    *merge = (struct merge){ 0 };
}

char *merge_fields_json(const struct merge *merge)
{
    struct doc *list = doc_new(NULL);
    struct node *array = node_set_array(list, doc_root(list), "fields");
    struct buf text = { 0 };

    for (size_t i = 0; i < merge->n_fields; i++)
        node_add_str(list, array, merge->field[i]);
    node_write(&text, array);
    doc_free(list);
    return buf_take(&text);
}
