/* Somebody would be checked in without being identified, double-booked in silence, or lost from the day. */
#include "tests/unit/directory.h"

#include "desk/appointment.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"

static char *book(struct directory *d, const char *patient, const char *time, const char *clinician, char **overlap)
{
    struct grant grant = directory_grant("appointment book", patient);
    struct booking b = {.patient = patient, .day = "2026-11-23", .time = time, .clinician = clinician, .reason = "review"};
    char *id = NULL;

    ASSERT_OK(appointment_book(d->st, &grant, &b, &id, overlap, err));
    return id;
}

static void people(struct directory *d)
{
    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Hall"));
}

/* 9:30 in the clinic is 14:30 UTC in November; the list shows clinic time. */
static void books_in_clinic_time(void **state)
{
    struct directory *d = *state;
    struct appointment_list list;
    struct doc *doc;
    char *id;

    people(d);
    id = book(d, "p1", "9:30", "Dr Patel", NULL);
    doc = directory_get(d, "Appointment", id);
    assert_string_equal(node_str(doc_root(doc), "start"), "2026-11-23T14:30:00.000Z");
    doc_free(doc);
    ASSERT_OK(appointment_list(d->st, "2026-11-23", NULL, &list, err));
    assert_int_equal(list.n, 1);
    assert_string_equal(list.appointment[0].start, "2026-11-23 09:30:00");
    assert_string_equal(list.appointment[0].clinician_name, "Dr Patel");
    appointment_list_done(&list);
    free(id);
}

static void warns_of_overlaps(void **state)
{
    struct directory *d = *state;
    char *overlap = NULL;

    people(d);
    directory_put(d, PERSON("p3", "Ruiz"));
    free(book(d, "p1", "9:30", "Dr Patel", &overlap));
    assert_null(overlap);
    free(book(d, "p2", "9:40", "Dr Patel", &overlap));
    assert_non_null(overlap);
    assert_non_null(strstr(overlap, "09:30"));
    free(overlap);
    overlap = NULL;
    free(book(d, "p3", "9:40", "patel", &overlap));     /* as the desk types it */
    assert_non_null(overlap);
    assert_non_null(strstr(overlap, "Dr Patel at 09:30"));
    free(overlap);
    overlap = NULL;
    free(book(d, "p1", "9:45", "Dr Okoye", &overlap));
    assert_non_null(overlap);
    free(overlap);
    overlap = NULL;
    free(book(d, "p2", "10:00", "Dr Patel", &overlap));
    assert_null(overlap);
}

static void check_in_needs_a_second_identifier(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("appointment arrive", "p1");
    struct appointment_list list;
    char *id;

    people(d);
    id = book(d, "p1", "8:00", "Dr Patel", NULL);
    ASSERT_RC(RC_INVALID, appointment_arrive(d->st, &grant, id, "", err));
    ASSERT_OK(appointment_arrive(d->st, &grant, id, "birthday", err));
    ASSERT_OK(appointment_list(d->st, "2026-11-23", NULL, &list, err));
    assert_string_equal(list.appointment[0].status, "arrived");
    assert_int_equal(list.appointment[0].waiting_min, 0);
    assert_non_null(strstr(list.appointment[0].why, "arrived 08:14"));
    appointment_list_done(&list);
    free(id);
}

/* Next week's visit would be checked in by a slip on the record; it may only be cancelled. */
static void nobody_comes_before_the_day(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("appointment", "p1");
    struct booking b = {.patient = "p1", .day = "2026-11-30", .time = "8:00", .clinician = "Dr Patel"};
    struct err refused = {0};
    char *id = NULL;

    people(d);
    ASSERT_OK(appointment_book(d->st, &grant, &b, &id, NULL, err));
    assert_int_equal(appointment_arrive(d->st, &grant, id, "birthday", &refused), RC_INVALID);
    assert_non_null(strstr(err_text(&refused), "Mon 30 Nov, not today"));
    ASSERT_RC(RC_INVALID, appointment_to_clinician(d->st, &grant, id, err));
    ASSERT_RC(RC_INVALID, appointment_noshow(d->st, &grant, id, "forgot", err));
    ASSERT_OK(appointment_cancel(d->st, &grant, id, "moved", err));
    free(id);
}

/* The whole life of a visit, and that what is over stays over. */
static void steps_follow_each_other(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("appointment", "p1");
    char *id;

    people(d);
    id = book(d, "p1", "8:00", "Dr Patel", NULL);
    ASSERT_RC(RC_INVALID, appointment_noshow(d->st, &grant, id, "", err));
    ASSERT_OK(appointment_arrive(d->st, &grant, id, "birthday", err));
    ASSERT_OK(appointment_to_clinician(d->st, &grant, id, err));
    ASSERT_OK(appointment_done_visit(d->st, &grant, id, err));
    ASSERT_RC(RC_INVALID, appointment_noshow(d->st, &grant, id, "did not come", err));
    ASSERT_RC(RC_INVALID, appointment_cancel(d->st, &grant, id, "late", err));
    free(id);
}

static void left_unseen_is_not_a_no_show(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("appointment", "p1");
    struct appointment_list list;
    char *came, *never;

    people(d);
    came = book(d, "p1", "8:00", "Dr Patel", NULL);
    ASSERT_OK(appointment_arrive(d->st, &grant, came, "birthday", err));
    ASSERT_OK(appointment_left_unseen(d->st, &grant, came, "could not wait", err));
    never = book(d, "p1", "11:00", "Dr Patel", NULL);
    ASSERT_OK(appointment_noshow(d->st, &grant, never, "no call", err));
    ASSERT_OK(appointment_list(d->st, "2026-11-23", "p1", &list, err));
    assert_true(list.appointment[0].left_unseen);
    assert_non_null(strstr(list.appointment[0].why, "left unseen"));
    assert_false(list.appointment[1].left_unseen);
    assert_non_null(strstr(list.appointment[1].why, "did not come"));
    appointment_list_done(&list);
    free(came);
    free(never);
}

static void alike_names_of_a_day_are_said(void **state)
{
    struct directory *d = *state;
    struct appointment_list list;

    people(d);
    directory_put(d, PERSON("p3", "Marsh"));
    free(book(d, "p1", "9:00", "Dr Patel", NULL));
    free(book(d, "p2", "9:30", "Dr Patel", NULL));
    free(book(d, "p3", "10:00", "Dr Patel", NULL));
    ASSERT_OK(appointment_list(d->st, "2026-11-23", NULL, &list, err));
    assert_string_equal(list.appointment[0].like, list.appointment[2].id);
    assert_string_equal(list.appointment[1].like, "");
    assert_string_equal(list.appointment[2].like, list.appointment[0].id);
    appointment_list_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(books_in_clinic_time), DIRECTORY_TEST(warns_of_overlaps),
        DIRECTORY_TEST(check_in_needs_a_second_identifier), DIRECTORY_TEST(steps_follow_each_other),
        DIRECTORY_TEST(nobody_comes_before_the_day), DIRECTORY_TEST(left_unseen_is_not_a_no_show), DIRECTORY_TEST(alike_names_of_a_day_are_said),
    };

    appointment_guards();
    return cmocka_run_group_tests_name("appointment", tests, NULL, NULL);
}
