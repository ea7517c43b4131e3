/* What a person asked for would be done otherwise: another day, another person, another decision. */
#include "tests/unit/action_case.h"

#include "action/arg.h"
#include "store/conflict.h"

static void birthdays_are_asked_not_shown(void **state)
{
    static const struct { const char *said; bool fits; } said[] = {
        { "1 7", true }, { "0107", true }, { "1 jul", true }, { "jul 1", true }, { "7/1", true },  /* the clinic types month first */
        { "1.7.", true }, { "1954-07-01", true }, { "1 jul 1954", true },
        { "7 1", false }, { "1/7", false }, { "2 jul", false }, { "", false }, { "jul", false }, { "soon", false },
    };
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);

    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Marsh\"}],\"birthDate\":\"1954-07-01\"}");
    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"p2\",\"name\":[{\"family\":\"Marsh\"}],\"birthDate\":\"1954\"}");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        char *id = MADE(&ctx, ACTION_APPOINTMENT_BOOK, "patient", "p1", "day", "today", "time", "9:00");
        enum rc rc = RUN(&ctx, ACTION_APPOINTMENT_ARRIVE, NULL, "id", id, "birthday", said[i].said, NULL);

        if ((rc == RC_OK) != said[i].fits)
            fail_msg("\"%s\": %s", said[i].said, rc_name(rc));
        free(id);
    }
    {
        char *id = MADE(&ctx, ACTION_APPOINTMENT_BOOK, "patient", "p2", "day", "today", "time", "9:00");

        assert_int_equal(RUN(&ctx, ACTION_APPOINTMENT_ARRIVE, NULL, "id", id, "birthday", "1 7", NULL), RC_INVALID);
        assert_int_equal(RUN(&ctx, ACTION_APPOINTMENT_ARRIVE, NULL, "id", id, NULL), RC_INVALID);
        assert_int_equal(RUN(&ctx, ACTION_APPOINTMENT_ARRIVE, NULL, "id", id, "unchecked", "cannot say it", NULL), RC_OK);
        free(id);
    }
    context_end(&ctx);
}

/* The clock stands at Monday 23 November 2026. */
static void days_and_times_are_typed_any_way(void **state)
{
    static const struct { const char *typed, *day, *time, *rest; } rows[] = {
        { "2w", "2026-12-07", "", "" }, { "2w 9:30 patel", "2026-12-07", "09:30", "patel" },
        { "fri 2pm", "2026-11-27", "14:00", "" }, { "12 mar 9:30 Dr Patel", "2027-03-12", "09:30", "Dr Patel" },
        { "2026-12-03", "2026-12-03", "", "" }, { "tomorrow", "2026-11-24", "", "" },
        { "3/12", "2027-03-12", "", "" }, { "fri bogus", "2026-11-27", "", "bogus" },
    };
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_ADMINISTRATOR);
    struct when when;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ASSERT_OK(when_parse(ctx.config, rows[i].typed, &when, err));
        assert_string_equal(when.day, rows[i].day);
        assert_string_equal(when.time, rows[i].time);
        assert_string_equal(when.rest, rows[i].rest);
    }
    ASSERT_RC(RC_INVALID, when_parse(ctx.config, "nonsense", &when, err));
    context_end(&ctx);
}

/* A promise with a time of day is a visit; without one it is a follow-up. */
static void a_follow_up_with_a_time_books(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    struct doc *result = NULL;

    directory_put(d, PERSON("p1", "Marsh"));
    assert_int_equal(RUN(&ctx, ACTION_TASK_ADD, &result, "patient", "p1", "due", "2w 9:30 patel", NULL), RC_OK);
    assert_int_equal(strncmp(node_str(doc_root(result), "resource"), "Appointment/", 12), 0);
    doc_free(result);
    result = NULL;
    assert_int_equal(RUN(&ctx, ACTION_TASK_ADD, &result, "patient", "p1", "due", "2w 9:40 patel", NULL), RC_OK);
    assert_true(node_str(doc_root(result), "overlap")[0]);
    doc_free(result);
    assert_int_equal(RUN(&ctx, ACTION_TASK_ADD, NULL, "patient", "p1", "due", "2w patel", NULL), RC_INVALID);
    context_end(&ctx);
}

/* What was shown is what is undone: a named act that is no longer the last one is left alone. */
static void undo_is_of_the_last_act(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    struct doc *doc;

    directory_put(d, PERSON("p1", "Marsh"));
    assert_int_equal(RUN(&ctx, ACTION_UNDO, NULL, NULL), RC_NOT_FOUND);
    assert_int_equal(RUN(&ctx, ACTION_PATIENT_EDIT, NULL, "patient", "p1", "phone", "555-0101", NULL), RC_OK);
    assert_int_equal(RUN(&ctx, ACTION_UNDO, NULL, "act", "1", NULL), RC_STALE);
    assert_int_equal(RUN(&ctx, ACTION_UNDO, NULL, NULL), RC_OK);
    doc = directory_get(d, "Patient", "p1");
    assert_null(node_get(doc_root(doc), "telecom"));
    doc_free(doc);
    context_end(&ctx);
}

/* ---- conflicts ----------------------------------------------------------------------------- */

#define HERE(gender, marital) "{\"resourceType\":\"Patient\",\"id\":\"c1\",\"name\":[{\"family\":\"Ruiz\"}],\"gender\":\"" gender "\"," \
    "\"maritalStatus\":{\"text\":\"" marital "\"},\"multipleBirthInteger\":1}"

static struct doc *parsed(const char *text)
{
    struct doc *doc = NULL;

    ASSERT_OK(doc_parse(text, strlen(text), &doc, err));
    return doc;
}

/* Two fields differ on both sides; server NULL: it was deleted there. The number as text, owned. */
static char *disagree(struct directory *d, const char *server_text)
{
    struct grant sync = directory_grant("sync", ""), desk = directory_grant("patient edit", "c1");
    struct doc *base = parsed(HERE("unknown", "single")), *here, *server = server_text ? parsed(server_text) : NULL;
    struct conflict *list;
    char *number;
    size_t n;

    sync.origin = ORIGIN_SYNC;
    ASSERT_OK(store_put_remote(d->st, &sync, base, "1", "2026-11-23T08:00:00Z", err));
    here = parsed(HERE("female", "married"));
    doc_set_rev(here, doc_rev(base));
    ASSERT_OK(store_put(d->st, &desk, here, err));
    ASSERT_OK(conflict_open(d->st, "Patient", "c1", server, server ? "2" : NULL, server ? "2026-11-23T08:05:00Z" : NULL,
                            server ? "[\"gender\",\"maritalStatus\"]" : "[]", "agent", err));
    ASSERT_OK(conflict_list(d->st, &list, &n, err));
    number = mem_printf("%lld", (long long)list[0].id);
    for (size_t i = 0; i < n; i++)
        conflict_done(&list[i]);
    free(list);
    doc_free(base);
    doc_free(here);
    doc_free(server);
    return number;
}

static void assert_decided(struct directory *d, const char *gender, const char *marital)
{
    struct doc *doc = directory_get(d, "Patient", "c1");

    assert_string_equal(node_str(doc_root(doc), "gender"), gender);
    assert_string_equal(node_path_str(doc_root(doc), "maritalStatus.text"), marital);
    assert_string_equal(node_str(doc_root(doc), "multipleBirthInteger"), "1");
    doc_free(doc);
}

static void conflicts_are_decided_field_by_field(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    char *id = disagree(d, HERE("male", "widowed"));
    struct doc *result = NULL;

    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_SHOW, &result, "id", id, NULL), RC_OK);
    assert_string_equal(node_path_str(doc_root(result), "values[0].before"), "unknown");
    assert_string_equal(node_path_str(doc_root(result), "values[0].here"), "female");
    assert_string_equal(node_path_str(doc_root(result), "values[0].server"), "male");
    doc_free(result);
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "field", "gender=server", NULL), RC_INVALID);    /* one is open */
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "here", "field", "name=server", NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "here", "field", "gender={", NULL), RC_INVALID);
    assert_decided(d, "female", "married");
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "field", "gender=server",
                         "field", "maritalStatus={\"text\":\"divorced\"}", NULL), RC_OK);
    assert_decided(d, "male", "divorced");
    /* Who decided what, without a value in it. */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'conflict resolve' AND outcome = 0"
                                      " AND detail LIKE '%gender=server maritalStatus=typed'"), 1);
    assert_int_equal(RUN(&ctx, ACTION_RESOURCE_HISTORY, &result, "resource", "Patient/c1", NULL), RC_OK);
    assert_string_equal(node_str(node_at(doc_root(result), 0), "action"), "conflict resolve");
    assert_non_null(strstr(node_str(node_at(doc_root(result), 0), "detail"), "gender=server"));
    doc_free(result);
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "here", NULL), RC_NOT_FOUND);
    free(id);
    context_end(&ctx);
}

/* The agent brought a newer version while somebody was deciding on the older one. */
static void nobody_decides_on_what_was_not_shown(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    char *id = disagree(d, HERE("male", "widowed"));
    struct doc *newer = parsed(HERE("other", "widowed"));

    ASSERT_OK(conflict_open(d->st, "Patient", "c1", newer, "3", "2026-11-23T08:10:00Z", "[\"gender\"]", "agent", err));
    doc_free(newer);
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "server", "rev", "2", "server-version", "2", NULL), RC_STALE);
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "server", "rev", "1", "server-version", "3", NULL), RC_STALE);
    assert_decided(d, "female", "married");
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "server", "rev", "2", "server-version", "3", NULL), RC_OK);
    assert_decided(d, "other", "married");
    free(id);
    context_end(&ctx);
}

/* Deleted at the server, edited here: the front desk may have an allergy made again, not let it go. */
static void an_allergy_is_not_dropped_by_the_desk(void **state)
{
    static const char text[] = "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a1\",\"patient\":{\"reference\":\"Patient/c1\"},\"code\":{\"text\":\"Latex\"}}";
    struct directory *d = *state;
    struct context desk = context_of(d, ROLE_FRONT_DESK);
    struct conflict *list;
    char id[24];
    size_t n;

    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"c1\",\"name\":[{\"family\":\"Ruiz\"}]}");
    directory_put(d, text);
    ASSERT_OK(conflict_open(d->st, "AllergyIntolerance", "a1", NULL, NULL, NULL, "[]", "agent", err));
    ASSERT_OK(conflict_list(d->st, &list, &n, err));
    snprintf(id, sizeof id, "%lld", (long long)list[0].id);
    conflict_done(&list[0]);
    free(list);
    assert_int_equal(RUN(&desk, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "server", NULL), RC_DENIED);
    assert_true(store_has(d->st, "AllergyIntolerance", "a1"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'conflict resolve' AND outcome = 4"), 1);
    assert_int_equal(RUN(&desk, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "here", NULL), RC_OK);
    assert_true(store_has(d->st, "AllergyIntolerance", "a1"));
    context_end(&desk);
}

static void one_side_can_be_taken_whole(void **state)
{
    static const struct { const char *take, *gender, *marital; } rows[] = {
        { "here", "female", "married" }, { "server", "male", "" }, { "before", "unknown", "single" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct directory *fresh = NULL;
        struct context other;
        char *id;

        assert_int_equal(directory_setup((void **)&fresh), 0);
        other = context_of(fresh, ROLE_FRONT_DESK);
        /* the server removed maritalStatus */
        id = disagree(fresh, "{\"resourceType\":\"Patient\",\"id\":\"c1\",\"name\":[{\"family\":\"Ruiz\"}],\"gender\":\"male\",\"multipleBirthInteger\":1}");
        assert_int_equal(RUN(&other, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", rows[i].take, NULL), RC_OK);
        assert_decided(fresh, rows[i].gender, rows[i].marital);
        free(id);
        context_end(&other);
        directory_teardown((void **)&fresh);
    }
}

static void what_was_deleted_there_is_dropped_or_made_again(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    char *id = disagree(d, NULL);

    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, NULL), RC_INVALID);
    assert_int_equal(RUN(&ctx, ACTION_CONFLICT_RESOLVE, NULL, "id", id, "take", "server", NULL), RC_OK);
    assert_false(store_has(d->st, "Patient", "c1"));
    free(id);
    context_end(&ctx);
}

static char *file_with(struct directory *d, const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", d->path, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* Answers are filed under whoever gave them, not under whom the command names; nor on a merged record. */
static void a_response_of_another_person_is_refused(void **state)
{
    struct directory *d = *state;
    struct context ctx = context_of(d, ROLE_FRONT_DESK);
    char *form = file_with(d, "q.json", "{\"resourceType\":\"Questionnaire\",\"status\":\"active\",\"item\":[{\"linkId\":\"1\",\"type\":\"string\",\"text\":\"?\"}]}");
    char *other = file_with(d, "r.json", "{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\",\"subject\":{\"reference\":\"Patient/p2\"},"
                                         "\"item\":[{\"linkId\":\"1\",\"answer\":[{\"valueString\":\"theirs\"}]}]}");
    char *answers = file_with(d, "a.json", "{\"1\":\"mine\"}");

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Other"));
    directory_put(d, "{\"resourceType\":\"Patient\",\"id\":\"old\",\"name\":[{\"family\":\"Marsh\"}],\"link\":[{\"type\":\"replaced-by\",\"other\":{\"reference\":\"Patient/p1\"}}]}");
    assert_int_equal(RUN(&ctx, ACTION_FORM_FILL, NULL, "questionnaire", form, "patient", "p1", "answers", other, NULL), RC_DENIED);
    assert_int_equal(RUN(&ctx, ACTION_FORM_FILL, NULL, "questionnaire", form, "patient", "old", "answers", answers, NULL), RC_DENIED);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'QuestionnaireResponse'"), 0);
    assert_int_equal(RUN(&ctx, ACTION_FORM_FILL, NULL, "questionnaire", form, "patient", "p2", "answers", other, NULL), RC_OK);
    free(form);
    free(other);
    free(answers);
    context_end(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(birthdays_are_asked_not_shown),
        DIRECTORY_TEST(days_and_times_are_typed_any_way),
        DIRECTORY_TEST(a_follow_up_with_a_time_books),
        DIRECTORY_TEST(undo_is_of_the_last_act),
        DIRECTORY_TEST(conflicts_are_decided_field_by_field),
        DIRECTORY_TEST(an_allergy_is_not_dropped_by_the_desk),
        DIRECTORY_TEST(nobody_decides_on_what_was_not_shown),
        cmocka_unit_test(one_side_can_be_taken_whole),
        DIRECTORY_TEST(what_was_deleted_there_is_dropped_or_made_again),
        DIRECTORY_TEST(a_response_of_another_person_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
