/* The server would meet a reference before what it refers to, or a ring in pieces. */
#include "tests/unit/directory.h"
#include "tests/unit/shrink.h"

#include "sync/order.h"

enum { NODES = 9 };

/* Resources that refer to each other; those of one act were written together by a person. */
struct graph {
    unsigned n;
    bool refers[NODES][NODES];
    unsigned act[NODES];
    bool is_there[NODES];       /* at the server already: nobody waits for it */
    bool is_asked[NODES];
    int64_t seq[NODES];
};

static void draw_graph(struct tape *tape, struct graph *g)
{
    g->n = 1 + tape_draw(tape, NODES);
    for (unsigned i = 0; i < g->n; i++) {
        g->act[i] = tape_chance(tape, 3) && i > 0 ? g->act[i - 1] : i;
        g->is_there[i] = tape_chance(tape, 8);
        g->is_asked[i] = i == 0 || tape_draw(tape, 2);
        for (unsigned edges = tape_draw(tape, 3); edges > 0; edges--)
            g->refers[i][tape_draw(tape, g->n)] = true;
    }
}

/* ---- the real thing ---- */

static void put_node(struct directory *d, const struct graph *g, unsigned case_number, unsigned i)
{
    struct grant grant = directory_grant("form finish", "");
    struct buf json = { 0 };
    struct doc *doc = NULL;

    buf_printf(&json, "{\"resourceType\":\"Observation\",\"id\":\"c%un%u\",\"status\":\"final\",\"hasMember\":[", case_number, i);
    for (unsigned k = 0; k < g->n; k++)
        if (g->refers[i][k])
            buf_printf(&json, "{\"reference\":\"Observation/c%un%u\"},", case_number, k);
    buf_add(&json, "{\"display\":\"last\"}]}");
    ASSERT_OK(doc_parse(buf_text(&json), json.len, &doc, err));
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
    buf_done(&json);
}

static int64_t seq_of(struct directory *d, const char *id)
{
    struct query *q = query_open(d->st, "SELECT o.seq FROM outbox o JOIN resource r ON r.key = o.key WHERE r.type = 'Observation' AND r.id = ?1");

    query_bind(q, 1, id);
    int64_t seq = query_next(q) ? query_int(q, 0) : 0;
    assert_int_equal(query_end(q, NULL), RC_OK);
    return seq;
}

static void put_graph(struct directory *d, struct graph *g, unsigned case_number)
{
    char id[24];

    for (unsigned i = 0; i < g->n; i++) {
        if (i == 0 || g->act[i] != g->act[i - 1])
            ASSERT_OK(store_begin(d->st, err));
        put_node(d, g, case_number, i);
        snprintf(id, sizeof id, "c%un%u", case_number, i);
        g->seq[i] = seq_of(d, id);
        if (g->is_there[i])
            ASSERT_OK(query_run(d->st, err, "UPDATE resource SET base_version = '1' WHERE id = ?1", "t", id));
        if (i + 1 == g->n || g->act[i + 1] != g->act[i])
            ASSERT_OK(store_end(d->st, RC_OK, err));
    }
}

/* ---- what it should be, by trying all pairs ---- */

struct oracle { bool waits[NODES][NODES], leads[NODES][NODES]; };

/* waits: over references alone; leads: over references and acts. */
static void close_over(const struct graph *g, bool has_units, struct oracle *o)
{
    for (unsigned i = 0; i < g->n; i++)
        for (unsigned k = 0; k < g->n; k++) {
            o->waits[i][k] = i != k && g->refers[i][k] && !g->is_there[k];
            o->leads[i][k] = o->waits[i][k] || (has_units && i != k && g->act[i] == g->act[k]);
        }
    for (unsigned via = 0; via < g->n; via++)
        for (unsigned i = 0; i < g->n; i++)
            for (unsigned k = 0; k < g->n; k++) {
                o->waits[i][k] = o->waits[i][k] || (o->waits[i][via] && o->waits[via][k]);
                o->leads[i][k] = o->leads[i][k] || (o->leads[i][via] && o->leads[via][k]);
            }
}

struct place { size_t row, group; bool is_placed; };

static const char *check_groups(const struct graph *g, const struct oracle *o, const struct order *order, const struct place *place)
{
    for (unsigned i = 0; i < g->n; i++)
        for (unsigned k = 0; k < g->n && place[i].is_placed; k++) {
            bool is_one = i == k || (o->leads[i][k] && o->leads[k][i]);
            if (place[k].is_placed && (place[i].group == place[k].group) != is_one)
                return "one group is what leads to each other";
            bool is_ring = o->waits[i][k] && o->waits[k][i];
            if (is_ring && !order->group[place[i].group].is_ring)
                return "a ring is called one";
            bool is_first = i != k && g->refers[i][k] && !g->is_there[k] && !order->group[place[i].group].is_ring;
            if (is_first && place[k].row > place[i].row)
                return "what is referred to goes first";
        }
    return NULL;
}

static const char *check_rings(const struct graph *g, const struct oracle *o, const struct order *order, const struct place *place)
{
    for (size_t group = 0; group < order->n_groups; group++) {
        bool is_ring = false;
        for (unsigned i = 0; i < g->n; i++)
            is_ring = is_ring || (place[i].is_placed && place[i].group == group && o->waits[i][i]);
        if (order->group[group].is_ring && !is_ring)
            return "only a ring is called one";
    }
    return NULL;
}

/* Each row once, and its targets are its references. */
static const char *find_places(const struct graph *g, const struct order *order, struct place *place)
{
    size_t row = 0;

    for (size_t group = 0; group < order->n_groups; group++) {
        if (order->group[group].first != row)
            return "groups stand side by side";
        for (size_t end = row + order->group[group].n; row < end; row++) {
            unsigned i = 0;
            while (i < g->n && g->seq[i] != order->row[row].seq)
                i++;
            if (i == g->n || place[i].is_placed)
                return "each row stands there once";
            place[i] = (struct place){ row, group, true };
        }
    }
    return row == order->n ? NULL : "each row is in a group";
}

static const char *check_targets(const struct graph *g, const struct order *order, const struct place *place)
{
    for (unsigned i = 0; i < g->n; i++) {
        size_t n = 0;
        for (unsigned k = 0; k < g->n && place[i].is_placed; k++)
            n += i != k && g->refers[i][k] && !g->is_there[k];
        if (place[i].is_placed && order->row[place[i].row].n_targets != n)
            return "targets are what it refers to and the server lacks";
        if (place[i].is_placed && order_find(order, g->seq[i]) != place[i].row)
            return "a row is found where it stands";
    }
    return NULL;
}

static const char *check_reach(const struct graph *g, const struct oracle *o, const struct place *place)
{
    for (unsigned k = 0; k < g->n; k++) {
        bool is_reached = g->is_asked[k];
        for (unsigned i = 0; i < g->n; i++)
            is_reached = is_reached || (g->is_asked[i] && o->leads[i][k]);
        if (place[k].is_placed != is_reached)
            return "all that is led to stands there, and nothing else";
    }
    return NULL;
}

static const char *order_is_right(struct directory *d, const struct graph *g, bool has_units)
{
    struct oracle o;
    struct order order;
    struct place place[NODES] = { 0 };
    int64_t asked[NODES];
    size_t n = 0;

    for (unsigned i = g->n; i-- > 0;)
        if (g->is_asked[i])
            asked[n++] = g->seq[i];
    ASSERT_OK(order_rows(d->st, asked, n, has_units, &order, err));
    close_over(g, has_units, &o);
    const char *broken = find_places(g, &order, place);
    broken = broken ? broken : check_reach(g, &o, place);
    broken = broken ? broken : check_targets(g, &order, place);
    broken = broken ? broken : check_groups(g, &o, &order, place);
    broken = broken ? broken : check_rings(g, &o, &order, place);
    order_done(&order);
    return broken;
}

struct cases { struct directory *d; unsigned n; };

static const char *orders_hold(struct tape *tape, void *ctx, struct buf *why)
{
    struct cases *cases = ctx;
    struct graph g = { 0 };

    draw_graph(tape, &g);
    put_graph(cases->d, &g, cases->n++);
    for (unsigned i = 0; i < g.n; i++) {
        buf_printf(why, "  %u%s%s, act %u, refers to", i, g.is_asked[i] ? ", asked for" : "", g.is_there[i] ? ", at the server" : "", g.act[i]);
        for (unsigned k = 0; k < g.n; k++)
            if (g.refers[i][k])
                buf_printf(why, " %u", k);
        buf_add(why, "\n");
    }
    const char *broken = order_is_right(cases->d, &g, false);
    return broken ? broken : order_is_right(cases->d, &g, true);
}

static void any_graph_is_put_in_order(void **state)
{
    struct cases cases = { .d = *state };

    shrink_run("test_order_graphs", 400, orders_hold, &cases);
}

/* ---- long ones ---- */

static void put_chain(struct directory *d, const char *name, unsigned n)
{
    char json[160];

    ASSERT_OK(store_begin(d->st, err));
    for (unsigned i = 0; i < n; i++) {
        snprintf(json, sizeof json, "{\"resourceType\":\"Observation\",\"id\":\"%s%u\",\"status\":\"final\",\"hasMember\":[{\"reference\":\"Observation/%s%u\"}]}",
                 name, i, name, i + 1);
        directory_put(d, json);
    }
    ASSERT_OK(store_end(d->st, RC_OK, err));
}

static void assert_chain_is_turned_round(struct directory *d, const char *name, unsigned n)
{
    char id[24];
    struct order order;

    put_chain(d, name, n);
    snprintf(id, sizeof id, "%s0", name);
    int64_t first = seq_of(d, id);
    ASSERT_OK(order_rows(d->st, &first, 1, true, &order, err));
    assert_int_equal(order.n, n);
    for (unsigned i = 0; i < n; i++) {
        snprintf(id, sizeof id, "%s%u", name, n - 1 - i);
        assert_int_equal(order.row[i].seq, seq_of(d, id));
    }
    order_done(&order);
}

static void fifty_and_two_hundred_levels_go_from_the_bottom(void **state)
{
    assert_chain_is_turned_round(*state, "fifty", 50);
    assert_chain_is_turned_round(*state, "most", ORDER_DEPTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(any_graph_is_put_in_order), DIRECTORY_TEST(fifty_and_two_hundred_levels_go_from_the_bottom),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
