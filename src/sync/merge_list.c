#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sync/merge_keys.h"
#include "sync/merge_walk.h"

struct three { struct merge_keys base, local, remote; };

/* What is in the list afterwards: for each element of the server its node or NULL when it was
 * removed, and for each local one the node that was added for it. */
struct outcome { struct node **remote, **local; };

/* ---- one question or several ---- */

static bool has_addition(const struct merge_keys *side, const struct merge_keys *base, const struct merge_keys *other)
{
    for (size_t i = 0; i < side->n; i++) {
        const struct node *same = merge_keys_find(other, side->key[i]);
        if (!merge_keys_find(base, side->key[i]) && !(same && node_equal(same, side->element[i])))
            return true;
    }
    return false;
}

/* An element that one side replaced by something of its own, and that the other side replaced or
 * changed too, is one question, not two answers. */
static bool is_one_question(const struct three *t)
{
    bool adds_here = has_addition(&t->local, &t->base, &t->remote);
    bool adds_there = has_addition(&t->remote, &t->base, &t->local);

    for (size_t i = 0; (adds_here || adds_there) && i < t->base.n; i++) {
        const struct node *before = t->base.element[i];
        const struct node *here = merge_keys_find(&t->local, t->base.key[i]);
        const struct node *there = merge_keys_find(&t->remote, t->base.key[i]);
        if (!here && !there ? adds_here && adds_there
            : !here         ? adds_here && !node_equal(before, there)
            : !there        ? adds_there && !node_equal(before, here)
                            : false)
            return true;
    }
    return false;
}

/* ---- elements ---- */

static void assign(struct merge_walk *w, struct node *out, const struct node *value)
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

/* False when the element is not to be there. */
static bool merge_element(struct merge_walk *w, struct node *out, const struct node *base, const struct node *local)
{
    if (!local) {               /* removed here */
        if (!base)
            return true;        /* or never here: the server's addition */
        if (!node_equal(base, out))
            merge_walk_field(w, "");
        return false;
    }
    if (node_equal(local, out) || (base && node_equal(base, local)))
        return true;
    if (base && !node_equal(base, out) && merge_has_common(local, out)) {
        merge_walk_object(w, out, base, local, "");
        return true;
    }
    if (!base || !node_equal(base, out))
        merge_walk_field(w, "");
    assign(w, out, local);
    return true;
}

static void merge_elements(struct merge_walk *w, struct node *list, const struct three *t, struct outcome *o)
{
    for (size_t i = 0; i < t->remote.n; i++) {
        struct node *e = t->remote.element[i];
        if (merge_element(w, e, merge_keys_find(&t->base, t->remote.key[i]), merge_keys_find(&t->local, t->remote.key[i])))
            o->remote[i] = e;
        else
            node_remove(w->doc, e);
    }
    for (size_t i = 0; i < t->local.n; i++) {
        const struct node *before = merge_keys_find(&t->base, t->local.key[i]);
        if (merge_keys_find(&t->remote, t->local.key[i]) || (before && node_equal(before, t->local.element[i])))
            continue;           /* there too, or removed by the server and untouched here */
        if (before)
            merge_walk_field(w, "");
        o->local[i] = node_add_copy(w->doc, list, t->local.element[i]);
    }
}

/* ---- order ---- */

/* Where the elements that all three have stand in the base, in the order of side. */
static size_t *common_order(const struct three *t, const struct merge_keys *side, size_t *n)
{
    size_t *at = mem_array(side->n + 1, sizeof *at);

    *n = 0;
    for (size_t i = 0; i < side->n; i++) {
        long in_base = merge_keys_at(&t->base, side->key[i]);
        if (in_base != KEY_ABSENT && merge_keys_find(&t->local, side->key[i]) && merge_keys_find(&t->remote, side->key[i]))
            at[(*n)++] = (size_t)in_base;
    }
    return at;
}

static bool is_rising(const size_t *at, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (at[i - 1] > at[i])
            return false;
    return true;
}

/* The order is that of the side that changed it; two orders are a person's to choose from. */
static bool order_is_local(struct merge_walk *w, const struct three *t)
{
    size_t n;
    size_t *here = common_order(t, &t->local, &n), *there = common_order(t, &t->remote, &n);
    bool moved_here = !is_rising(here, n), moved_there = !is_rising(there, n);
    bool is_local = moved_here && (!moved_there || memcmp(here, there, n * sizeof *here) != 0);

    if (is_local && moved_there)
        merge_walk_field(w, "");
    free(here);
    free(there);
    return is_local;
}

/* The order to be: a list of nodes, chained by number; entry 0 is the head. */
struct entry { struct node *node; const char *key; size_t next; };
struct sequence { struct entry *entry; size_t n; };

static size_t insert_after(struct sequence *s, size_t at, struct node *node, const char *key)
{
    s->entry[s->n] = (struct entry){ node, key, s->entry[at].next };
    s->entry[at].next = s->n;
    return s->n++;
}

/* The node that stands for the nth element of side in the result. */
static struct node *outcome_of(const struct three *t, const struct outcome *o, const struct merge_keys *side, size_t i)
{
    if (side == &t->remote)
        return o->remote[i];
    long there = merge_keys_at(&t->remote, side->key[i]);
    return there == KEY_ABSENT ? o->local[i] : o->remote[there];
}

/* All of lead in its order; what only the other side has follows what it stands behind there, and
 * what lead put at that place. */
static void arrange(const struct three *t, const struct outcome *o, const struct merge_keys *lead,
                    const struct merge_keys *other, struct sequence *s)
{
    size_t *entry_of = mem_array(lead->n + 1, sizeof *entry_of), at = 0;

    s->n = 1;
    for (size_t i = 0; i < lead->n; i++) {
        struct node *node = outcome_of(t, o, lead, i);
        if (node)
            entry_of[i] = at = insert_after(s, at, node, lead->key[i]);
    }
    at = 0;
    for (size_t i = 0; i < other->n; i++) {
        struct node *node = outcome_of(t, o, other, i);
        long in_lead = merge_keys_at(lead, other->key[i]);
        if (!node)
            continue;
        if (in_lead != KEY_ABSENT) {
            at = entry_of[in_lead];
            continue;
        }
        for (size_t next = s->entry[at].next; next && !merge_keys_find(other, s->entry[next].key); next = s->entry[at].next)
            at = next;
        at = insert_after(s, at, node, other->key[i]);
    }
    free(entry_of);
}

static bool is_arranged(const struct node *list, const struct sequence *s)
{
    const struct node *e = node_first(list);

    for (size_t i = s->entry[0].next; i; i = s->entry[i].next, e = node_next(e))
        if (s->entry[i].node != e)
            return false;
    return true;
}

static void put_in_order(struct merge_walk *w, struct node *list, const struct three *t, const struct outcome *o)
{
    struct sequence s = { .entry = mem_array(t->local.n + t->remote.n + 1, sizeof *s.entry) };
    size_t n = node_count(list);

    if (order_is_local(w, t))
        arrange(t, o, &t->local, &t->remote, &s);
    else
        arrange(t, o, &t->remote, &t->local, &s);
    if (!is_arranged(list, &s)) {
        for (size_t i = s.entry[0].next; i; i = s.entry[i].next)
            node_add_copy(w->doc, list, s.entry[i].node);
        while (n-- > 0)
            node_remove(w->doc, node_first(list));
    }
    free(s.entry);
}

/* ---- lists ---- */

/* False when nothing is left of what each side kept a part of. */
static bool merge_three(struct merge_walk *w, struct node *out, const struct node *local, const struct three *t,
                        const char *member, const char *path)
{
    const char *outer = w->list_path;
    bool was_empty = (node_get(out, member) && t->remote.n == 0) || (node_get(local, member) && t->local.n == 0);
    struct node *list = node_set_array(w->doc, out, member);
    struct outcome o = { mem_array(t->remote.n + 1, sizeof(struct node *)), mem_array(t->local.n + 1, sizeof(struct node *)) };

    w->list_path = outer ? outer : path;
    merge_elements(w, list, t, &o);
    put_in_order(w, list, t, &o);
    w->list_path = outer;
    free(o.remote);
    free(o.local);
    if (node_count(list) > 0 || was_empty)
        return true;
    node_remove(w->doc, list);          /* FHIR has no empty lists */
    return t->local.n == 0 || t->remote.n == 0;
}

/* False when some element cannot be told apart. */
static bool three_init(struct three *t, const struct node *base, const struct node *local, const struct node *remote,
                       enum list_key kind, bool by_value)
{
    bool has_keys = merge_keys_init(&t->base, base, kind, by_value);

    has_keys = merge_keys_init(&t->local, local, kind, by_value) && has_keys;
    has_keys = merge_keys_init(&t->remote, remote, kind, by_value) && has_keys;
    if (!has_keys || kind != KEY_LINK_ID)
        return has_keys;
    return merge_keys_turns_in(&t->base, &t->local) && merge_keys_turns_in(&t->local, &t->remote) &&
           merge_keys_turns_in(&t->remote, &t->base);
}

static void three_done(struct three *t)
{
    merge_keys_done(&t->base);
    merge_keys_done(&t->local);
    merge_keys_done(&t->remote);
}

/* Merged by value as some two shared system and use, but no two do any more: the next look would tell
 * them apart otherwise, and see edits that nobody made. */
static bool is_ambiguous(const struct node *base, const struct node *merged, enum list_key kind)
{
    struct merge_keys b, m;
    bool is_told_apart = merge_keys_init(&b, base, kind, false);

    is_told_apart = merge_keys_init(&m, merged, kind, false) && is_told_apart;
    merge_keys_done(&b);
    merge_keys_done(&m);
    return is_told_apart;
}

static bool is_list(const struct node *object, const char *member)
{
    const struct node *list = node_get(object, member);

    return !list || node_is(list, NODE_ARRAY);
}

bool merge_walk_list(struct merge_walk *w, struct node *out, const struct node *base, const struct node *local,
                     const char *member, const char *path)
{
    enum list_key kind = merge_list_key(member);
    bool is_done = false, may_be = kind != KEY_NONE && is_list(out, member) && is_list(base, member) && is_list(local, member);

    for (int by_value = 0; may_be && by_value <= (kind == KEY_TELECOM); by_value++) {
        struct three t;
        if (!three_init(&t, node_get(base, member), node_get(local, member), node_get(out, member), kind, by_value)) {
            three_done(&t);
            continue;
        }
        is_done = !is_one_question(&t) && merge_three(w, out, local, &t, member, path) &&
                  !(by_value && is_ambiguous(node_get(base, member), node_get(out, member), kind));
        three_done(&t);
        if (!is_done)
            merge_walk_field(w, path);
        break;
    }
    return is_done;
}
