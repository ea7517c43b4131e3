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

/* The ids of a group, in the order they go, into out. */
static const char *group_ids(struct directory *d, const struct order *order, size_t group, char *out, size_t size)
{
    const struct order_group *g = &order->group[group];

    out[0] = '\0';
    for (size_t i = g->first; i < g->first + g->n; i++) {
        struct query *q = query_open(d->st, "SELECT r.id FROM outbox o JOIN resource r ON r.key = o.key WHERE o.seq = ?1");
        query_bind_int(q, 1, order->row[i].seq);
        assert_true(query_next(q));
        snprintf(out + strlen(out), size - strlen(out), "%s ", query_text(q, 0));
        assert_int_equal(query_end(q, NULL), RC_OK);
    }
    return out;
}

static void assert_order(struct directory *d, const char *from, bool has_units, const char *const *groups, size_t n)
{
    int64_t seq = row_of(d, from);
    struct order order;
    char ids[120];

    ASSERT_OK(order_rows(d->st, &seq, 1, has_units, &order, err));
    assert_int_equal(order.n_groups, n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(group_ids(d, &order, i, ids, sizeof ids), groups[i]);
    order_done(&order);
}

static void references_come_first(void **state)
{
    struct directory *d = *state;

    directory_put(d, REFERRING("Observation", "o1", "Encounter/e1"));
    directory_put(d, REFERRING("Encounter", "e1", "Patient/p1"));
    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Other"));
    assert_order(d, "o1", true, (const char *const[]){ "p1 ", "e1 ", "o1 " }, 3);
}

/* Servers look for the form of answers, though it is a canonical. */
static void the_form_comes_before_its_answers(void **state)
{
    struct directory *d = *state;

    directory_put(d, "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"a1\",\"status\":\"completed\","
                     "\"questionnaire\":\"http://forms.example/Questionnaire/f1|2\"}");
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"f1\",\"status\":\"active\"}");
    assert_order(d, "a1", false, (const char *const[]){ "f1 ", "a1 " }, 2);
}

static void a_ring_goes_together(void **state)
{
    struct directory *d = *state;
    int64_t seq;
    struct order order;

    directory_put(d, REFERRING("Observation", "o1", "Encounter/e1"));
    directory_put(d, "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"subject\":{\"reference\":\"Patient/p1\"},"
                     "\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/c1\"}}]}");
    directory_put(d, "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":\"Patient/p1\"},"
                     "\"encounter\":{\"reference\":\"Encounter/e1\"}}");
    directory_put(d, PERSON("p1", "Marsh"));
    seq = row_of(d, "o1");
    ASSERT_OK(order_rows(d->st, &seq, 1, false, &order, err));
    assert_int_equal(order.n_groups, 3);
    assert_int_equal(order.row[order.group[0].first].seq, row_of(d, "p1"));
    assert_int_equal(order.group[1].n, 2);
    assert_true(order.group[1].is_ring);
    assert_false(order.group[2].is_ring);
    assert_int_equal(order.row[order.group[2].first].seq, row_of(d, "o1"));
    order_done(&order);
}

static void put_by_person(struct directory *d, const struct grant *grant, const char *json)
{
    struct doc *doc = NULL;

    ASSERT_OK(doc_parse(json, strlen(json), &doc, err));
    ASSERT_OK(store_put(d->st, grant, doc, err));
    doc_free(doc);
}

/* Written by a person in one act: in one Bundle, its own references first, so that it can also be taken apart. */
static void a_piece_of_work_goes_together(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("form finish", "");
    int64_t seq;
    struct order order;
    char ids[120];

    directory_put(d, PERSON("p1", "Marsh"));
    ASSERT_OK(store_begin(d->st, err));
    put_by_person(d, &grant, REFERRING("Observation", "o1", "QuestionnaireResponse/q1"));
    put_by_person(d, &grant, REFERRING("Communication", "k1", "Patient/p1"));
    put_by_person(d, &grant, REFERRING("QuestionnaireResponse", "q1", "Patient/p1"));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_OK(store_begin(d->st, err));
    directory_put(d, REFERRING("Observation", "o2", "Patient/p1"));
    directory_put(d, REFERRING("Observation", "o3", "Patient/p1"));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    seq = row_of(d, "k1");
    ASSERT_OK(order_rows(d->st, &seq, 1, true, &order, err));
    assert_int_equal(order.n_groups, 2);
    assert_string_equal(group_ids(d, &order, 0, ids, sizeof ids), "p1 ");
    assert_int_equal(order.group[1].n, 3);
    assert_false(order.group[1].is_ring);
    group_ids(d, &order, 1, ids, sizeof ids);
    assert_true(strstr(ids, "q1 ") < strstr(ids, "o1 "));
    order_done(&order);
    assert_order(d, "k1", false, (const char *const[]){ "p1 ", "k1 " }, 2);
    assert_order(d, "o2", true, (const char *const[]){ "p1 ", "o2 " }, 2);     /* an import is no piece of work */
}

static void what_the_server_has_is_not_waited_for(void **state)
{
    struct directory *d = *state;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, REFERRING("Encounter", "e1", "Patient/p1"));
    assert_order(d, "e1", false, (const char *const[]){ "p1 ", "e1 " }, 2);
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(store_end(d->st, query_run(d->st, err, "UPDATE resource SET base_version = '1' WHERE id = 'p1'", ""), err));
    assert_order(d, "e1", false, (const char *const[]){ "e1 " }, 1);
}

static void a_long_chain_is_cut_not_followed_for_ever(void **state)
{
    struct directory *d = *state;
    int64_t seq;
    struct order order;
    char json[160];

    for (int i = 0; i < 2 * ORDER_DEPTH; i++) {
        snprintf(json, sizeof json, "{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"hasMember\":[{\"reference\":\"Observation/o%d\"}]}", i, i + 1);
        directory_put(d, json);
    }
    seq = row_of(d, "o0");
    ASSERT_OK(order_rows(d->st, &seq, 1, false, &order, err));
    assert_in_range(order.n, ORDER_DEPTH / 2, ORDER_DEPTH);
    assert_int_equal(order.row[order.n - 1].seq, seq);
    order_done(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(references_come_first), DIRECTORY_TEST(the_form_comes_before_its_answers),
        DIRECTORY_TEST(a_ring_goes_together), DIRECTORY_TEST(a_piece_of_work_goes_together),
        DIRECTORY_TEST(what_the_server_has_is_not_waited_for), DIRECTORY_TEST(a_long_chain_is_cut_not_followed_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
