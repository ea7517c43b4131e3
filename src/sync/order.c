#include "sync/order.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/query.h"
#include "store/standing.h"
#include "sync/answer.h"

static const char sql_body[] =
    "SELECT coalesce(o.body, r.body) FROM outbox o JOIN resource r ON r.key = o.key WHERE o.seq = ?1";

/* Tarjan's strongly connected components, over the part of the outbox that can be reached from one
 * row: they come out with what is referred to first, rings as one (SIAM J. Comput. 1972;1:146-160). */
struct visit { int64_t seq; size_t low; bool is_open; };
struct walk {
    struct store *st;
    struct visit *visit;
    size_t n, cap;
    size_t *stack;
    size_t depth, stack_cap;
    int level;
    struct order *out;
    struct err *err;
};
struct targets { struct store *st; int64_t own; int64_t *seq; size_t n, cap; };

static enum rc load(struct store *st, int64_t seq, struct doc **out, struct err *err)
{
    struct query *q = query_open(st, sql_body);
    enum rc rc = RC_NOT_FOUND;

    *out = NULL;
    query_bind_int(q, 1, seq);
    if (query_next(q))
        rc = doc_parse(query_text(q, 0), query_bytes(q, 0), out, err);
    enum rc ended = query_end(q, err);
    return ended != RC_OK ? ended : rc;
}

static bool add_target(void *ctx, const char *type, const char *id)
{
    struct targets *t = ctx;
    int64_t seq = standing_create(t->st, type, id);

    if (seq == 0 || seq == t->own)
        return true;
    for (size_t i = 0; i < t->n; i++)
        if (t->seq[i] == seq)
            return true;
    MEM_ROOM(t->seq, t->n, t->cap);
    t->seq[t->n++] = seq;
    return true;
}

static void close_group(struct walk *w, size_t root)
{
    struct order *o = w->out;
    struct order_group group = { 0 };
    size_t at = w->depth;

    while (w->stack[--at] != root)
        ;
    group.n = w->depth - at;
    group.seq = mem_array(group.n, sizeof *group.seq);
    for (size_t i = 0; i < group.n; i++) {
        struct visit *v = &w->visit[w->stack[at + i]];
        group.seq[i] = v->seq;
        v->is_open = false;
    }
    w->depth = at;
    MEM_ROOM(o->group, o->n, o->cap);
    o->group[o->n++] = group;
}

static size_t find_visit(const struct walk *w, int64_t seq)
{
    size_t i = 0;

    while (i < w->n && w->visit[i].seq != seq)
        i++;
    return i;
}

static enum rc visit(struct walk *w, int64_t seq)
{
    size_t me = w->n;
    struct targets t = { .st = w->st, .own = seq };
    struct doc *doc;
    enum rc rc = load(w->st, seq, &doc, w->err);

    if (rc != RC_OK)
        return rc;
    answer_each_reference(doc_root(doc), add_target, &t);
    doc_free(doc);
    MEM_ROOM(w->visit, w->n, w->cap);
    w->visit[w->n++] = (struct visit){ .seq = seq, .low = me, .is_open = true };
    MEM_ROOM(w->stack, w->depth, w->stack_cap);
    w->stack[w->depth++] = me;
    w->level++;
    for (size_t i = 0; i < t.n && rc == RC_OK && w->level < ORDER_DEPTH; i++) {
        size_t other = find_visit(w, t.seq[i]);
        if (other == w->n)
            rc = visit(w, t.seq[i]);
        if (rc == RC_OK && w->visit[other].is_open && w->visit[other].low < w->visit[me].low)
            w->visit[me].low = w->visit[other].low;
    }
    w->level--;
    free(t.seq);
    if (rc == RC_OK && w->visit[me].low == me)
        close_group(w, me);
    return rc;
}

enum rc order_from(struct store *st, int64_t seq, struct order *out, struct err *err)
{
    struct walk w = { .st = st, .out = out, .err = err };

    *out = (struct order){ 0 };
    enum rc rc = visit(&w, seq);
    free(w.visit);
    free(w.stack);
    if (rc != RC_OK)
        order_done(out);
    return rc;
}

void order_done(struct order *order)
{
    for (size_t i = 0; i < order->n; i++)
        free(order->group[i].seq);
    free(order->group);
    *order = (struct order){ 0 };
}

struct waiting { struct store *st; int64_t own, seq; char *name; size_t size; };

static bool is_waited_for(void *ctx, const char *type, const char *id)
{
    struct waiting *w = ctx;
    int64_t seq = standing_create(w->st, type, id);

    if (seq == 0 || seq == w->own)
        return true;
    w->seq = seq;
    snprintf(w->name, w->size, "%s/%s", type, id);
    return false;
}

int64_t order_waits_for(struct store *st, const struct doc *doc, int64_t seq, char *name, size_t name_size)
{
    struct waiting w = { .st = st, .own = seq, .name = name, .size = name_size };

    answer_each_reference(doc_root(doc), is_waited_for, &w);
    return w.seq;
}
