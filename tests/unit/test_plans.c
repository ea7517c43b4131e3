/* A clinic that has been at work for years would wait at every key: what is asked often must read only
 * the rows it shows. Each question is asked with few and with many rows beside the point. */
#include "tests/unit/directory.h"

#include <time.h>

#include "desk/appointment.h"
#include "desk/sent.h"
#include "desk/task.h"
#include "store/outbox.h"
#include "store/standing.h"

enum { BESIDE = 40000, TIMES = 60 };

#define MANY "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) "

static void days_visits(struct directory *d)
{
    struct appointment_list list;

    ASSERT_OK(appointment_list(d->st, "2026-11-23", NULL, &list, err));
    appointment_list_done(&list);
}

static void persons_visits(struct directory *d)
{
    struct appointment_list list;

    ASSERT_OK(appointment_list(d->st, NULL, "p1", &list, err));
    appointment_list_done(&list);
}

static void due_tasks(struct directory *d)
{
    struct task_list list;

    ASSERT_OK(task_list(d->st, NULL, NULL, "2026-11-23", &list, err));
    task_list_done(&list);
}

static void persons_tasks(struct directory *d)
{
    struct task_list list;

    ASSERT_OK(task_list(d->st, NULL, "p1", NULL, &list, err));
    task_list_done(&list);
}

static void waiting_for_a_create(struct directory *d)
{
    assert_int_equal(standing_create(d->st, "Patient", "p1"), 1);
}

/* Unchanged at the server: nothing of it stays queued. */
static void told_what_is_known(struct directory *d)
{
    struct grant grant = directory_grant("sync pull", "");
    struct doc *doc = directory_get(d, "Patient", "p2");

    grant.origin = ORIGIN_SYNC;
    ASSERT_OK(store_put_remote(d->st, &grant, doc, "1", "2026-11-23T08:14:00Z", err));
    doc_free(doc);
}

static void refused_writes(struct directory *d)
{
    struct outbox_row *row;
    int n;

    ASSERT_OK(outbox_list(d->st, OUTBOX_REFUSED, INT64_MAX, 100, &row, &n, err));
    assert_int_equal(n, 0);
    free(row);
}

static void where_a_record_stands(struct directory *d)
{
    struct sent_counts counts;

    assert_int_equal(sent_of(d->st, 1), SENT_WAITS);
    ASSERT_OK(sent_count(d->st, "p1", &counts, err));
    assert_int_equal(counts.n[SENT_WAITS], 1);
}

static const struct { const char *name; void (*ask)(struct directory *d); const char *beside; } rows[] = {
    { "visits of a day", days_visits,
      MANY "INSERT INTO appointment SELECT 1000 + i, 'a' || i, 'x', '2020-01-01 08:00:00', '2020-01-01 08:20:00', 'fulfilled', '', '', '', '', '', 0 FROM n" },
    { "visits of a person", persons_visits,
      MANY "INSERT INTO appointment SELECT 1000 + i, 'a' || i, 'x', '2020-01-01 08:00:00', '2020-01-01 08:20:00', 'fulfilled', '', '', '', '', '', 0 FROM n" },
    { "follow-ups due", due_tasks,
      MANY "INSERT INTO task SELECT 1000 + i, 't' || i, 'x', '', 'completed', '2020-01-01', '', '', 'routine', '', '', '', 0, '' FROM n" },
    { "follow-ups of a person", persons_tasks,
      MANY "INSERT INTO task SELECT 1000 + i, 't' || i, 'x', '', 'completed', '2020-01-01', '', '', 'routine', '', '', '', 0, '' FROM n" },
    { "waiting for a create", waiting_for_a_create, MANY "INSERT INTO outbox(seq, key, queued) SELECT 1000 + i, 1000 + i, 0 FROM n" },
    { "a pulled document", told_what_is_known, MANY "INSERT INTO outbox(seq, key, queued) SELECT 1000 + i, 1000 + i, 0 FROM n" },
    { "where a record stands", where_a_record_stands, MANY "INSERT INTO outbox(seq, key, queued) SELECT 1000 + i, 1000 + i, 0 FROM n" },
    { "refused writes", refused_writes,
      MANY "INSERT INTO outbox(seq, key, queued) SELECT 1000 + i, 1000 + i, 0 FROM n" },
};

/* Time on the processor, so that a busy machine makes no difference. */
static double cost(struct directory *d, void (*ask)(struct directory *))
{
    clock_t began;

    ask(d);
    began = clock();
    for (int i = 0; i < TIMES; i++)
        ask(d);
    return (double)(clock() - began) / CLOCKS_PER_SEC;
}

static void many_rows_beside_cost_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct directory *d = NULL;
        double few, many;

        assert_int_equal(directory_setup((void **)&d), 0);
        directory_put(d, PERSON("p1", "Marsh"));
        directory_put(d, PERSON("p2", "Okafor"));
        few = cost(d, rows[i].ask);
        ASSERT_OK(store_begin(d->st, err));
        ASSERT_OK(query_run(d->st, err, rows[i].beside, ""));
        ASSERT_OK(store_end(d->st, RC_OK, err));
        many = cost(d, rows[i].ask);
        if (many > 4 * few + 0.02)
            fail_msg("%s: %.1f ms with few rows, %.1f ms with %d more", rows[i].name, 1000 * few, 1000 * many, BESIDE);
        directory_teardown((void **)&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(many_rows_beside_cost_nothing) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
