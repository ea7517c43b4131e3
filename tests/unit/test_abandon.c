/* If this breaks, giving a refused write up loses something else: the person under twelve visits, the text the
 * server has, or an allergy that only a clinician may let go. */
#include "tests/unit/directory.h"

#include "action/action.h"
#include "desk/sent.h"
#include "store/outbox.h"
#include "store/standing.h"
#include "tests/unit/accounts.h"

static int64_t seq_of(struct directory *d, const char *type, const char *id)
{
    struct query *q = query_open(d->st, "SELECT o.seq FROM outbox o JOIN resource r ON r.key = o.key WHERE r.type = ?1 AND r.id = ?2");
    int64_t seq;

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    seq = query_next(q) ? query_int(q, 0) : 0;
    query_end(q, NULL);
    return seq;
}

static int64_t refuse(struct directory *d, const char *type, const char *id)
{
    int64_t seq = seq_of(d, type, id);

    ASSERT_OK(outbox_set(d->st, seq, OUTBOX_REFUSED, 0, 422, "422: no", err));
    return seq;
}

static void put_remote(struct directory *d, const char *json)
{
    struct grant grant = directory_grant("sync pull", "");
    struct doc *doc = NULL;

    grant.origin = ORIGIN_SYNC;
    ASSERT_OK(doc_parse(json, strlen(json), &doc, err));
    ASSERT_OK(store_put_remote(d->st, &grant, doc, "3", "2026-11-20T08:00:00Z", err));
    doc_free(doc);
}

static void edit_phone(struct directory *d)
{
    struct grant grant = directory_grant("patient edit", "p1");
    struct doc *doc = NULL;

    ASSERT_OK(store_get(d->st, "Patient", "p1", &doc, err));
    doc_set(doc, "telecom[0].value", "555-0177");
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
}

#define MARSH "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Marsh\"}],\"telecom\":[{\"system\":\"phone\",\"value\":\"555-0142\"}]}"
#define VISIT "{\"resourceType\":\"Encounter\",\"id\":\"v1\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/p1\"}}"
#define ALLERGY "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a1\",\"patient\":{\"reference\":\"Patient/p1\"},\"code\":{\"text\":\"Latex\"}}"

/* The server's text is the record again, nothing of it waits, and what was given up can still be read. */
static void an_edit_goes_back_to_the_servers_text(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("sync drop", "p1");
    struct doc *doc = NULL;
    int64_t seq;

    put_remote(d, MARSH);
    edit_phone(d);
    seq = refuse(d, "Patient", "p1");
    ASSERT_OK(standing_abandon(d->st, &grant, seq, err));
    ASSERT_OK(store_get(d->st, "Patient", "p1", &doc, err));
    assert_string_equal(node_path_str(doc_root(doc), "telecom.value"), "555-0142");
    doc_free(doc);
    assert_int_equal(sent_of(d->st, sent_key(d->st, "Patient", "p1")), SENT_DONE);
    ASSERT_OK(store_get_rev(d->st, "Patient", "p1", 2, &doc, err));
    assert_string_equal(node_path_str(doc_root(doc), "telecom.value"), "555-0177");
    doc_free(doc);
}

static void a_new_record_goes_unless_others_name_it(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("sync drop", ""), other = directory_grant("sync drop", "p2");
    struct doc *doc = NULL;
    int64_t person, visit;

    directory_put(d, MARSH);
    directory_put(d, VISIT);
    person = refuse(d, "Patient", "p1");
    visit = seq_of(d, "Encounter", "v1");
    ASSERT_RC(RC_INVALID, standing_abandon(d->st, &grant, person, err));    /* a visit hangs on it */
    ASSERT_RC(RC_INVALID, standing_abandon(d->st, &grant, visit, err));     /* and was not refused itself */
    refuse(d, "Encounter", "v1");
    ASSERT_RC(RC_DENIED, standing_abandon(d->st, &other, visit, err));
    ASSERT_OK(standing_abandon(d->st, &grant, visit, err));
    assert_false(store_has(d->st, "Encounter", "v1"));
    assert_int_equal(seq_of(d, "Encounter", "v1"), 0);
    ASSERT_OK(store_get_rev(d->st, "Encounter", "v1", 1, &doc, err));
    doc_free(doc);
    ASSERT_OK(standing_abandon(d->st, &grant, person, err));
    assert_false(store_has(d->st, "Patient", "p1"));
    ASSERT_RC(RC_NOT_FOUND, standing_abandon(d->st, &grant, person, err));
}

/* A clinician may let an allergy go, the front desk may not; either is on record once, with the reason. */
static void what_protects_is_not_dropped_by_the_desk(void **state)
{
    struct directory *d = *state;
    static const struct { enum role role; enum rc rc; } who[] = { { ROLE_FRONT_DESK, RC_DENIED }, { ROLE_CLINICIAN, RC_OK } };
    char seq[24];

    directory_put(d, MARSH);
    directory_put(d, ALLERGY);
    snprintf(seq, sizeof seq, "%lld", (long long)refuse(d, "AllergyIntolerance", "a1"));
    for (size_t i = 0; i < 2; i++) {
        struct arg arg[] = { { "seq", seq }, { "reason", "mistake" } };
        struct context ctx = { .st = d->st, .origin = ORIGIN_DESK };
        struct err err = { RC_OK, "" };
        int64_t before;

        accounts_add(d, role_name(who[i].role), role_name(who[i].role), who[i].role, "no hash");
        ctx.session = accounts_session(role_name(who[i].role));
        before = directory_number(d, "SELECT count(*) FROM audit");
        assert_int_equal(action_run(&ctx, ACTION_SYNC_DROP, &(struct args){ arg, 2 }, NULL, &err), who[i].rc);
        assert_int_equal(store_has(d->st, "AllergyIntolerance", "a1"), who[i].rc != RC_OK);
        assert_int_equal(directory_number(d, "SELECT count(*) FROM audit"), before + 1);
    }
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'sync drop' AND outcome = 4 AND patient = 'p1'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'sync drop' AND outcome = 0 AND detail LIKE '%reason=mistake%'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_edit_goes_back_to_the_servers_text, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_new_record_goes_unless_others_name_it, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(what_protects_is_not_dropped_by_the_desk, directory_setup, directory_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
