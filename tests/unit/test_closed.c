/* A visit would be booked for somebody who died, or a promise made on a record nobody looks at any more. */
#include "tests/unit/action_case.h"

#define MERGED(id, into) "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"active\":false,\"name\":[{\"family\":\"Marsh\"}]," \
                         "\"link\":[{\"type\":\"replaced-by\",\"other\":{\"reference\":\"Patient/" into "\"}}]}"
#define DEAD "{\"resourceType\":\"Patient\",\"id\":\"dead\",\"name\":[{\"family\":\"Gone\"}],\"deceasedBoolean\":true}"

static void a_merged_record_takes_nothing_new(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    char *task;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("old", "Marsh"));
    task = MADE(&ctx, ACTION_TASK_ADD, "patient", "old", "due", "2w");
    directory_put(d, "{\"resourceType\":\"Communication\",\"id\":\"c1\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/p1\"}}");
    {
        struct grant grant = directory_grant("merge", "");
        struct doc *doc = directory_get(d, "Patient", "old");

        grant.origin = ORIGIN_SYNC;
        doc_set(doc, "link[0].type", "replaced-by");
        doc_set(doc, "link[0].other.reference", "Patient/p1");
        ASSERT_OK(store_put(d->st, &grant, doc, err));
        doc_free(doc);
    }
    assert_int_equal(RUN(&ctx, ACTION_TASK_ADD, NULL, "patient", "old", "due", "2w", NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_TASK_ADD, NULL, "patient", "old", "due", "2w 9:30", NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_APPOINTMENT_WALK_IN, NULL, "patient", "old", NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_CONTACT_LOG, NULL, "patient", "old", "medium", "call", "outcome", "none", NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_CORRECT, NULL, "resource", "Communication/c1", "as", "move", "to", "old", "reason", "x", NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_TASK_COMPLETE, NULL, "id", task, NULL), RC_OK);
    assert_int_equal(RUN(&ctx, ACTION_UNDO, NULL, NULL), RC_OK);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type IN ('Appointment', 'Communication')"), 1);
    free(task);
    context_end(&ctx);
}

static void the_dead_are_not_booked(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    struct banner banner;

    directory_put(d, DEAD);
    assert_int_equal(RUN(&ctx, ACTION_APPOINTMENT_BOOK, NULL, "patient", "dead", "when", "2w 9:30", NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_APPOINTMENT_WALK_IN, NULL, "patient", "dead", NULL), RC_DENIED);
    /* the family is still called, and a visit of before can be written down */
    assert_int_equal(RUN(&ctx, ACTION_CONTACT_LOG, NULL, "patient", "dead", "medium", "call", "outcome", "reached", NULL), RC_OK);
    assert_int_equal(RUN(&ctx, ACTION_APPOINTMENT_BOOK, NULL, "patient", "dead", "day", "2026-11-20", "time", "9:30", NULL), RC_OK);
    ASSERT_OK(banner_load(d->st, "dead", &banner, err));
    assert_int_equal(banner.n_alerts, 0);
    banner_done(&banner);
    context_end(&ctx);
}

/* Booked before the news came: the banner says so until they are cancelled. */
static void visits_left_behind_are_listed(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    struct appointment_list list;
    struct banner banner;
    char *visit;

    directory_put(d, PERSON("dead", "Gone"));
    visit = MADE(&ctx, ACTION_APPOINTMENT_BOOK, "patient", "dead", "when", "2w 9:30");
    {
        struct grant grant = directory_grant("sync pull", "");
        struct doc *doc = directory_get(d, "Patient", "dead");

        grant.origin = ORIGIN_SYNC;
        node_set_bool(doc, doc_root(doc), "deceasedBoolean", true);
        ASSERT_OK(store_put(d->st, &grant, doc, err));
        doc_free(doc);
    }
    ASSERT_OK(appointment_list(d->st, "2026-12-07", NULL, &list, err));
    assert_non_null(strstr(list.appointment[0].why, "deceased"));
    appointment_list_done(&list);
    ASSERT_OK(banner_load(d->st, "dead", &banner, err));
    assert_int_equal(banner.n_alerts, 1);
    assert_non_null(strstr(banner.alert[0], "1 visit"));
    banner_done(&banner);
    assert_int_equal(RUN(&ctx, ACTION_APPOINTMENT_CANCEL, NULL, "id", visit, "reason", "deceased", NULL), RC_OK);
    ASSERT_OK(banner_load(d->st, "dead", &banner, err));
    assert_int_equal(banner.n_alerts, 0);
    banner_done(&banner);
    free(visit);
    context_end(&ctx);
}

static enum rc link_to(struct directory *d, const char *id, const char *into)
{
    struct grant grant = directory_grant("resource put", "");
    struct doc *doc = directory_get(d, "Patient", id);
    struct err err = { RC_OK, "" };
    enum rc rc;

    doc_set(doc, "link[0].type", "replaced-by");
    doc_set(doc, "link[0].other.reference", into);
    rc = store_put(d->st, &grant, doc, &err);
    doc_free(doc);
    return rc;
}

static void no_record_replaces_itself(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_ADMINISTRATOR);

    directory_put(d, PERSON("a", "Marsh"));
    directory_put(d, MERGED("b", "c"));
    directory_put(d, MERGED("c", "a"));
    directory_put(d, MERGED("x", "y"));
    directory_put(d, MERGED("y", "x"));
    assert_int_equal(link_to(d, "a", "Patient/a"), RC_INVALID);
    assert_int_equal(link_to(d, "a", "Patient/b"), RC_INVALID);
    assert_int_equal(link_to(d, "a", "Patient/x"), RC_INVALID);
    directory_put(d, PERSON("e", "Marsh"));
    assert_int_equal(link_to(d, "a", "Patient/e"), RC_OK);
    context_end(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(a_merged_record_takes_nothing_new),
        DIRECTORY_TEST(the_dead_are_not_booked),
        DIRECTORY_TEST(visits_left_behind_are_listed),
        DIRECTORY_TEST(no_record_replaces_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
