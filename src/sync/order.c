#include "sync/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/document.h"
#include "store/query.h"
#include "store/standing.h"
#include "sync/answer.h"

static const char sql_body[] =
    "SELECT coalesce(o.body, r.body) FROM outbox o JOIN resource r ON r.key = o.key WHERE o.seq = ?1";
/* What a person (origins 0 and 1) wrote in the same act and is still queued. The indexes lead from the
 * row to its act and from there to the others. */
static const char sql_unit[] =
    "SELECT u.seq FROM outbox o JOIN resource r ON r.key = o.key JOIN audit a ON a.seq = r.act"
    " JOIN resource s ON s.act = a.seq JOIN outbox u ON u.key = s.key AND u.state = 0"
    " WHERE o.seq = ?1 AND o.state = 0 AND a.origin IN (0, 1) AND a.writes BETWEEN 2 AND ?2 AND u.seq <> o.seq";

/* Tarjan's strongly connected components, over the part of the outbox that can be reached from some
 * rows: they come out with what is referred to first, rings as one (SIAM J. Comput. 1972;1:146-160). A
 * piece of work is made a ring by edges between its parts. */
struct visit {
    int64_t seq;
    int64_t *target, *part;     /* true references, and the rest of its unit */
    size_t n_targets, n_parts;
    size_t low;
    bool is_open;
};
struct walk {
    struct store *st;
    bool has_units;
    struct visit *visit;
    size_t n, cap;
    size_t *bucket, n_buckets;  /* positions in visit plus one, by seq */
    size_t *stack, depth, stack_cap;
    int level;
    struct order *out;
    size_t row_cap, group_cap;
    struct err *err;
};
struct seqs { struct store *st; int64_t own, *seq; size_t n, cap; };

/* ---- which visit a row has ---- */

static size_t bucket_of(const struct walk *w, int64_t seq)
{
    size_t i = (size_t)seq * 2654435761u & (w->n_buckets - 1);

    while (w->bucket[i] && w->visit[w->bucket[i] - 1].seq != seq)
        i = (i + 1) & (w->n_buckets - 1);
    return i;
}

static size_t find_visit(const struct walk *w, int64_t seq)
{
    size_t at = w->n_buckets ? w->bucket[bucket_of(w, seq)] : 0;

    return at ? at - 1 : w->n;
}

static size_t add_visit(struct walk *w, int64_t seq)
{
    MEM_ROOM(w->visit, w->n, w->cap);
    w->visit[w->n] = (struct visit){ .seq = seq, .low = w->n, .is_open = true };
    if (2 * (w->n + 1) > w->n_buckets) {
        free(w->bucket);
        w->n_buckets = w->n_buckets ? 2 * w->n_buckets : 256;
        w->bucket = mem_array(w->n_buckets, sizeof *w->bucket);
        for (size_t i = 0; i < w->n; i++)
            w->bucket[bucket_of(w, w->visit[i].seq)] = i + 1;
    }
    w->bucket[bucket_of(w, seq)] = w->n + 1;
    return w->n++;
}

/* ---- what it leads to ---- */

static void add_seq(struct seqs *s, int64_t seq)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->seq[i] == seq)
            return;
    MEM_ROOM(s->seq, s->n, s->cap);
    s->seq[s->n++] = seq;
}

static bool add_target(void *ctx, const char *type, const char *id)
{
    struct seqs *s = ctx;
    int64_t seq = standing_create(s->st, type, id);

    if (seq != 0 && seq != s->own)
        add_seq(s, seq);
    return true;
}

static enum rc load_targets(struct walk *w, struct visit *v)
{
    struct query *q = query_open(w->st, sql_body);
    struct seqs found = { .st = w->st, .own = v->seq };
    struct doc *doc = NULL;
    enum rc rc = RC_OK;         /* no row: it went as part of something else meanwhile */

    query_bind_int(q, 1, v->seq);
    if (query_next(q))
        rc = doc_parse(query_text(q, 0), query_bytes(q, 0), &doc, w->err);
    enum rc ended = query_end(q, w->err);
    if (doc)
        answer_each_reference(doc_root(doc), add_target, &found);
    doc_free(doc);
    v->target = found.seq;
    v->n_targets = found.n;
    return ended != RC_OK ? ended : rc;
}

static enum rc load_parts(struct walk *w, struct visit *v)
{
    struct query *q = query_open(w->st, sql_unit);
    struct seqs found = { .own = v->seq };

    query_bind_int(q, 1, v->seq);
    query_bind_int(q, 2, ORDER_UNIT_MOST);
    while (query_next(q))
        add_seq(&found, query_int(q, 0));
    v->part = found.seq;
    v->n_parts = found.n;
    return query_end(q, w->err);
}

/* ---- groups ---- */

static bool is_placed(const struct order *o, size_t first, const struct visit *v, const struct walk *w, size_t root)
{
    for (size_t i = 0; i < v->n_targets; i++) {
        size_t other = find_visit(w, v->target[i]);
        bool is_inside = other < w->n && w->visit[other].is_open && other >= root;
        for (size_t k = first; is_inside && k < o->n; k++)
            is_inside = o->row[k].seq != v->target[i];
        if (is_inside)
            return false;
    }
    return true;
}

static void place(struct walk *w, struct visit *v)
{
    struct order *o = w->out;

    MEM_ROOM(o->row, o->n, w->row_cap);
    o->row[o->n++] = (struct order_row){ .seq = v->seq, .target = v->target, .n_targets = v->n_targets };
    v->target = NULL;           /* the order's from now on */
    v->n_targets = 0;
}

/* The component above root on the stack becomes a group, its parts by their true references; what is
 * left over after that refers to each other. */
static void close_group(struct walk *w, size_t root)
{
    struct order *o = w->out;
    struct order_group group = { .first = o->n };
    size_t at = w->depth;

    while (w->stack[--at] != root)
        ;
    size_t *member = w->stack + at, left = w->depth - at;
    group.n = left;
    while (left > 0) {
        size_t i = 0;
        while (i < left && !is_placed(o, group.first, &w->visit[member[i]], w, root))
            i++;
        group.is_ring = group.is_ring || i == left;
        i = i == left ? 0 : i;
        place(w, &w->visit[member[i]]);
        w->visit[member[i]].is_open = false;
        memmove(member + i, member + i + 1, (--left - i) * sizeof *member);
    }
    w->depth = at;
    MEM_ROOM(o->group, o->n_groups, w->group_cap);
    o->group[o->n_groups++] = group;
}

static enum rc visit(struct walk *w, int64_t seq);

static enum rc follow(struct walk *w, size_t me, const int64_t *seq, size_t n)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK && w->level < ORDER_DEPTH; i++) {
        size_t other = find_visit(w, seq[i]);
        if (other == w->n)
            rc = visit(w, seq[i]);
        if (rc == RC_OK && w->visit[other].is_open && w->visit[other].low < w->visit[me].low)
            w->visit[me].low = w->visit[other].low;
    }
    return rc;
}

static enum rc visit(struct walk *w, int64_t seq)
{
    size_t me = add_visit(w, seq);
    enum rc rc = load_targets(w, &w->visit[me]);

    if (rc == RC_OK && w->has_units)
        rc = load_parts(w, &w->visit[me]);
    if (rc != RC_OK)
        return rc;
    MEM_ROOM(w->stack, w->depth, w->stack_cap);
    w->stack[w->depth++] = me;
    w->level++;
    rc = follow(w, me, w->visit[me].target, w->visit[me].n_targets);
    if (rc == RC_OK)
        rc = follow(w, me, w->visit[me].part, w->visit[me].n_parts);
    w->level--;
    if (rc == RC_OK && w->visit[me].low == me)
        close_group(w, me);
    return rc;
}

static void walk_done(struct walk *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free(w->visit[i].target);
        free(w->visit[i].part);
    }
    free(w->visit);
    free(w->bucket);
    free(w->stack);
}

enum rc order_rows(struct store *st, const int64_t *seq, size_t n, bool has_units, struct order *out, struct err *err)
{
    struct walk w = { .st = st, .has_units = has_units, .out = out, .err = err };
    enum rc rc = RC_OK;

    *out = (struct order){ 0 };
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (find_visit(&w, seq[i]) == w.n)
            rc = visit(&w, seq[i]);
    walk_done(&w);
    if (rc != RC_OK)
        order_done(out);
    return rc;
}

void order_done(struct order *order)
{
    for (size_t i = 0; i < order->n; i++)
        free(order->row[i].target);
    free(order->row);
    free(order->group);
    *order = (struct order){ 0 };
}

size_t order_find(const struct order *order, int64_t seq)
{
    size_t i = 0;

    while (i < order->n && order->row[i].seq != seq)
        i++;
    return i;
}
