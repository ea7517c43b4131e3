/* A record would leave something out, tell it in the wrong order, or slow down as it grows. */
#include "tests/unit/directory.h"

#include "desk/timeline.h"

static void put_event(struct directory *d, const char *id, const char *at, const char *value)
{
    char json[600];

    snprintf(json, sizeof json, "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"4548-4\"}],\"text\":\"A1c\"},"
             "\"subject\":{\"reference\":\"Patient/p1\"},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%s,\"unit\":\"%%\"}}", id, at, value);
    directory_put(d, json);
}

static void add_record(struct directory *d)
{
    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Other"));
    put_event(d, "o1", "2026-01-05", "7.10");
    put_event(d, "o2", "2026-03-05T23:30:00-05:00", "6.9");
    put_event(d, "o3", "2024", "8");
    directory_put(d, "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"code\":{\"text\":\"Asthma\"},\"subject\":{\"reference\":\"Patient/p1\"}}");
    directory_put(d, "{\"resourceType\":\"Condition\",\"id\":\"c2\",\"code\":{\"text\":\"Other's\"},\"subject\":{\"reference\":\"Patient/p2\"}}");
    directory_put(d, "{\"resourceType\":\"Communication\",\"id\":\"m1\",\"status\":\"not-done\",\"subject\":{\"reference\":\"Patient/p1\"},\"sent\":\"2026-11-19T15:00:00-05:00\","
                     "\"medium\":[{\"coding\":[{\"code\":\"PHONE\"}]}],\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/contact-outcome\",\"valueCode\":\"none\"}]}");
    directory_put(d, "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"q1\",\"status\":\"completed\",\"questionnaire\":\"http://x.example/phq9|2\","
                     "\"subject\":{\"reference\":\"Patient/p1\"},\"authored\":\"2026-10-30T10:00:00-04:00\"}");
    directory_put(d, "{\"resourceType\":\"Questionnaire\",\"id\":\"phq9\",\"status\":\"active\",\"title\":\"PHQ-9\",\"url\":\"http://x.example/phq9\"}");
}

/* How much of a score was answered stands beside it, in words. */
static void a_score_says_how_much_was_answered(void **state)
{
    struct directory *d = *state;
    struct events events;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"q1\",\"status\":\"completed\",\"questionnaire\":\"http://x.example/phq9|2\","
                     "\"subject\":{\"reference\":\"Patient/p1\"},\"authored\":\"2026-10-30T10:00:00-04:00\",\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/score\","
                     "\"extension\":[{\"url\":\"name\",\"valueString\":\"PHQ-9 [long]\"},{\"url\":\"value\",\"valueDecimal\":7},{\"url\":\"answered\",\"valueInteger\":8},{\"url\":\"of\",\"valueInteger\":9}]}]}");
    ASSERT_OK(timeline_load(d->st, "p1", NULL, 0, 50, &events, err));
    assert_string_equal(events.event[0].detail, "PHQ-9 [long] 7 (8 of 9)");
    events_done(&events);
}

static void newest_first_and_only_hers(void **state)
{
    static const char *const ids[] = {"m1", "q1", "o2", "o1", "o3", "c1"};
    struct directory *d = *state;
    struct events events;

    add_record(d);
    ASSERT_OK(timeline_load(d->st, "p1", NULL, 0, 50, &events, err));
    assert_int_equal(events.n, 6);
    assert_int_equal(events.total, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(events.event[i].id, ids[i]);
    assert_string_equal(events.event[0].title, "no answer");        /* a code of ours, in words */
    assert_string_equal(events.event[1].title, "PHQ-9");            /* the questionnaire came later */
    assert_string_equal(events.event[2].at, "2026-03-05 23:30:00"); /* clinic-local */
    events_done(&events);
}

static void a_window_and_a_filter(void **state)
{
    struct directory *d = *state;
    struct events events;

    add_record(d);
    ASSERT_OK(timeline_load(d->st, "p1", NULL, 1, 2, &events, err));
    assert_int_equal(events.n, 2);
    assert_int_equal(events.total, 6);
    assert_string_equal(events.event[0].id, "q1");
    assert_string_equal(events.event[1].id, "o2");
    events_done(&events);
    ASSERT_OK(timeline_load(d->st, "p1", "condition,form", 0, 50, &events, err));
    assert_int_equal(events.n, 2);
    assert_int_equal(events.total, 2);
    events_done(&events);
    ASSERT_OK(timeline_load(d->st, "nobody", NULL, 0, 50, &events, err));
    assert_int_equal(events.n, 0);
    events_done(&events);
}

static void the_course_of_a_value(void **state)
{
    struct directory *d = *state;
    struct events events;
    int64_t key;

    add_record(d);
    key = directory_number(d, "SELECT key FROM resource WHERE id = 'o1'");
    ASSERT_OK(timeline_course(d->st, "p1", key, &events, err));
    assert_int_equal(events.n, 3);
    assert_string_equal(events.event[0].detail, "8 %");
    assert_string_equal(events.event[1].detail, "7.10 %");
    assert_string_equal(events.event[2].detail, "6.9 %");
    events_done(&events);
    ASSERT_OK(timeline_course(d->st, "p2", key, &events, err));     /* another person's key shows nothing */
    assert_int_equal(events.n, 0);
    events_done(&events);
}

/* Every kind that an event can have is on some panel, so that no filter hides it for good. */
static void panels_cover_every_kind(void **state)
{
    struct directory *d = *state;
    struct query *q;

    add_record(d);
    q = query_open(d->st, "SELECT DISTINCT kind FROM event");
    while (query_next(q)) {
        bool found = false;

        for (size_t i = 0; i < n_panels; i++)
            found = found || strstr(panels[i].kinds, query_text(q, 0)) != NULL;
        assert_true(found);
    }
    assert_int_equal(query_end(q, NULL), RC_OK);
    for (size_t i = 0; i < n_panels; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(panels[i].letter, panels[j].letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(a_score_says_how_much_was_answered), DIRECTORY_TEST(newest_first_and_only_hers), DIRECTORY_TEST(a_window_and_a_filter), DIRECTORY_TEST(the_course_of_a_value),
        DIRECTORY_TEST(panels_cover_every_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
