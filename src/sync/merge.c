#include "sync/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sync/merge_rules.h"
#include "sync/merge_walk.h"

void merge_add_field(struct merge *m, const char *path)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (strcmp(m->field[i], path) == 0)
            return;
    MEM_ROOM(m->field, m->n_fields, m->cap);
    m->field[m->n_fields++] = mem_dup(path);
}

void merge_walk_field(struct merge_walk *w, const char *path)
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
    const char *own = node_name(member) + (*node_name(member) == '_');
    char name[UNIT_NAME];

    if (*own != *unit || strncmp(own, unit, strcspn(unit, "[")) != 0)
        return false;           /* nearly always, and without a look at the tables */
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
static void unit_take(struct merge_walk *w, struct node *out, const struct node *from, const char *unit)
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

static void unit_report(struct merge_walk *w, const struct node *side, const struct node *other,
                        const char *unit, const char *path)
{
    for (const struct node *m = node_first(side); m; m = node_next(m)) {
        const struct node *there = node_get(other, node_name(m));
        if (!in_unit(m, unit) || (there && node_equal(m, there)))
            continue;
        char *member = path_join(path, node_name(m));
        merge_walk_field(w, member);
        free(member);
    }
}

/* Both changed it and no machine decides: the local value stands, each member of it is a field. */
static void unit_conflict(struct merge_walk *w, struct node *out, const struct node *local,
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

/* ---- objects ---- */

static bool is_root(const struct merge_walk *w, const char *path)
{
    return !*path && !w->list_path;
}

/* Task and Appointment go up a ladder: of two steps up the higher one holds. */
static bool merge_status(struct merge_walk *w, struct node *out, const struct node *base, const struct node *local)
{
    int b = merge_status_rank(w->type, node_str(base, "status"));
    int l = merge_status_rank(w->type, node_str(local, "status"));
    int r = merge_status_rank(w->type, node_str(out, "status"));

    if (b < 0 || l <= b || r <= b || l == r || !unit_is_plain(base, local, out, "status"))
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

/* The parts of an object that all three have. */
static bool merge_parts(struct merge_walk *w, struct node *out, const struct node *base,
                        const struct node *local, const char *unit, const char *path)
{
    struct node *r = node_get(out, unit);
    const struct node *l = node_get(local, unit), *b = node_get(base, unit);

    if (!node_is(r, NODE_OBJECT) || !node_is(l, NODE_OBJECT) || !node_is(b, NODE_OBJECT) || !merge_has_common(l, r) ||
        merge_is_one_value(r) || merge_is_one_value(l) || merge_is_one_value(b))
        return false;
    merge_walk_object(w, r, b, l, path);
    return true;
}

/* No machine merges it, whatever its parts. */
static bool is_for_person(const struct merge_walk *w, const char *unit, const char *path)
{
    return strcmp(unit, "modifierExtension") == 0 ||
           (is_root(w, path) && (strcmp(unit, "text") == 0 || merge_is_for_person(w->type, unit)));
}

static bool merge_by_rule(struct merge_walk *w, struct node *out, const struct node *base,
                          const struct node *local, const char *unit, const char *path)
{
    if (!w->has_base)
        return false;
    if (is_root(w, path) && strcmp(unit, "text") == 0 && is_generated_text(out, local))
        return true;
    if (is_for_person(w, unit, path))
        return false;
    if (is_root(w, path) && strcmp(unit, "status") == 0 && merge_status(w, out, base, local))
        return true;
    if (!unit_is_plain(base, local, out, unit))
        return false;
    char *inner = path_join(path, unit);
    bool is_done = merge_parts(w, out, base, local, unit, inner) || merge_walk_list(w, out, base, local, unit, inner);
    free(inner);
    return is_done;
}

static bool is_object_or_absent(const struct node *object, const char *member)
{
    const struct node *value = node_get(object, member);

    return !value || node_is(value, NODE_OBJECT);
}

/* meta has members of the server and members of everybody. */
static bool merge_meta(struct merge_walk *w, struct node *out, const struct node *base, const struct node *local)
{
    if (!is_object_or_absent(out, "meta") || !is_object_or_absent(base, "meta") || !is_object_or_absent(local, "meta"))
        return false;
    struct node *meta = node_set_object(w->doc, out, "meta");
    merge_walk_object(w, meta, node_get(base, "meta"), node_get(local, "meta"), "meta");
    if (node_count(meta) == 0)
        node_remove(w->doc, meta);
    return true;
}

static void merge_unit(struct merge_walk *w, struct node *out, const struct node *base,
                       const struct node *local, const char *unit, const char *path)
{
    if (unit_equal(local, out, unit))
        return;
    if (w->has_base && unit_equal(base, local, unit))
        return;
    if (is_root(w, path) && strcmp(unit, "meta") == 0 && merge_meta(w, out, base, local))
        return;
    if (w->has_base && unit_equal(base, out, unit))
        unit_take(w, out, local, unit);
    else if (!merge_by_rule(w, out, base, local, unit, path))
        unit_conflict(w, out, local, unit, path);
}

/* The units of an object that are not the server's alone. */
static void collect_units(const struct merge_walk *w, const struct node *object, const char *path,
                          char (**units)[UNIT_NAME], size_t *n, size_t *cap)
{
    bool is_meta = !w->list_path && strcmp(path, "meta") == 0;

    for (const struct node *m = node_first(object); m; m = node_next(m)) {
        char name[UNIT_NAME];
        merge_unit_name(node_name(m), name);
        bool is_known = is_meta && merge_is_servers(name);
        for (size_t i = 0; !is_known && i < *n; i++)
            is_known = strcmp((*units)[i], name) == 0;
        if (!is_known) {
            MEM_ROOM(*units, *n, *cap);
            memcpy((*units)[(*n)++], name, sizeof name);
        }
    }
}

/* A modifier extension can turn the meaning of all that stands beside it. */
static bool modifier_changed(const struct node *out, const struct node *base, const struct node *local)
{
    return !unit_equal(base, local, "modifierExtension") || !unit_equal(base, out, "modifierExtension");
}

void merge_walk_object(struct merge_walk *w, struct node *out, const struct node *base,
                       const struct node *local, const char *path)
{
    char (*units)[UNIT_NAME] = NULL;
    size_t n = 0, cap = 0;
    bool at_root = is_root(w, path);
    bool is_whole = (at_root && !w->is_one_sided && merge_is_whole_for_person(w->type)) ||
                    (!(at_root && w->is_one_sided) && modifier_changed(out, base, local));

    collect_units(w, out, path, &units, &n, &cap);
    collect_units(w, local, path, &units, &n, &cap);
    collect_units(w, base, path, &units, &n, &cap);
    for (size_t i = 0; i < n; i++) {
        bool is_about = at_root && (strcmp(units[i], "meta") == 0 || strcmp(units[i], "text") == 0);
        if (is_whole && !is_about)
            unit_conflict(w, out, local, units[i], path);
        else
            merge_unit(w, out, base, local, units[i], path);
    }
    free(units);
}

static bool is_said_by(const struct node *object, const struct node *other)
{
    for (const struct node *m = node_first(object); m; m = node_next(m)) {
        const struct node *there = node_get(other, node_name(m));
        bool is_about = strcmp(node_name(m), "meta") == 0 || strcmp(node_name(m), "text") == 0;
        if (!is_about && !(there && node_equal(m, there)))
            return false;
    }
    return true;
}

/* Equal but for what stands about the resource rather than in it: meta and text. */
static bool says_the_same(const struct node *a, const struct node *b)
{
    return is_said_by(a, b) && is_said_by(b, a);
}

void merge_documents(const struct doc *base, const struct doc *local, const struct doc *remote,
                     struct merge *out)
{
    const struct node *b = base ? doc_root(base) : NULL;
    *out = (struct merge){ .merged = doc_copy(remote) };
    struct merge_walk w = { .doc = out->merged, .merge = out, .type = doc_type(remote), .has_base = base != NULL };

    w.is_one_sided = base && (says_the_same(b, doc_root(local)) || says_the_same(b, doc_root(remote)));
    merge_walk_object(&w, doc_root(out->merged), b, doc_root(local), "");
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
