/* The server would refuse what refers to something it has not got yet. */
#include "tests/unit/directory.h"

#include "sync/order.h"

#define REFERRING(type, id, to) "{\"resourceType\":\"" type "\",\"id\":\"" id "\",\"status\":\"final\",\"subject\":{\"reference\":\"" to "\"}}"

static int64_t row_of(struct directory *d, const char *id)
{
    struct query *q = query_open(d->st, "SELECT o.seq FROM outbox o JOIN resource r ON r.key = o.key WHERE r.id = ?1");

    query_bind(q, 1, id);
    int64_t seq = query_next(q) ? query_int(q, 0) : 0;
    assert_int_equal(query_end(q, NULL), RC_OK);
    return seq;
}

static void references_come_first(void **state)
{
    struct directory *d = *state;
    struct order order;

    directory_put(d, REFERRING("Observation", "o1", "Encounter/e1"));
    directory_put(d, REFERRING("Encounter", "e1", "Patient/p1"));
    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Other"));
    ASSERT_OK(order_from(d->st, row_of(d, "o1"), &order, err));
    assert_int_equal(order.n, 3);
    assert_int_equal(order.group[0].seq[0], row_of(d, "p1"));
    assert_int_equal(order.group[1].seq[0], row_of(d, "e1"));
    assert_int_equal(order.group[2].seq[0], row_of(d, "o1"));
    order_done(&order);
}

static void a_ring_goes_together(void **state)
{
    struct directory *d = *state;
    struct order order;

    directory_put(d, REFERRING("Observation", "o1", "Encounter/e1"));
    directory_put(d, "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"subject\":{\"reference\":\"Patient/p1\"},"
                     "\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/c1\"}}]}");
    directory_put(d, "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":\"Patient/p1\"},"
                     "\"encounter\":{\"reference\":\"Encounter/e1\"}}");
    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(order_from(d->st, row_of(d, "o1"), &order, err));
    assert_int_equal(order.n, 3);
    assert_int_equal(order.group[0].seq[0], row_of(d, "p1"));
    assert_int_equal(order.group[1].n, 2);
    assert_int_equal(order.group[2].seq[0], row_of(d, "o1"));
    order_done(&order);
}

static void what_the_server_has_is_not_waited_for(void **state)
{
    struct directory *d = *state;
    struct doc *doc = NULL;
    struct order order;
    char name[80];

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, REFERRING("Encounter", "e1", "Patient/p1"));
    doc = directory_get(d, "Encounter", "e1");
    assert_int_equal(order_waits_for(d->st, doc, row_of(d, "e1"), name, sizeof name), row_of(d, "p1"));
    assert_string_equal(name, "Patient/p1");
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(store_end(d->st, query_run(d->st, err, "UPDATE resource SET base_version = '1' WHERE id = 'p1'", ""), err));
    assert_int_equal(order_waits_for(d->st, doc, row_of(d, "e1"), name, sizeof name), 0);
    ASSERT_OK(order_from(d->st, row_of(d, "e1"), &order, err));
    assert_int_equal(order.n, 1);
    order_done(&order);
    doc_free(doc);
}

static void a_long_chain_is_cut_not_followed_for_ever(void **state)
{
    struct directory *d = *state;
    struct order order;
    char json[160];

    for (int i = 0; i < 2 * ORDER_DEPTH; i++) {
        snprintf(json, sizeof json, "{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"hasMember\":[{\"reference\":\"Observation/o%d\"}]}", i, i + 1);
        directory_put(d, json);
    }
    ASSERT_OK(order_from(d->st, row_of(d, "o0"), &order, err));
    assert_in_range(order.n, ORDER_DEPTH / 2, ORDER_DEPTH);
    assert_int_equal(order.group[order.n - 1].seq[0], row_of(d, "o0"));
    order_done(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(references_come_first), DIRECTORY_TEST(a_ring_goes_together),
        DIRECTORY_TEST(what_the_server_has_is_not_waited_for), DIRECTORY_TEST(a_long_chain_is_cut_not_followed_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
