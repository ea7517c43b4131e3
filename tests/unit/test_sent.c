/* If this breaks, a record that never reached the server looks as if it had, or one that did looks as if
 * it had not. */
#include "tests/unit/directory.h"

#include "desk/sent.h"
#include "store/outbox.h"

#define ADA "6c0f7b0a-0000-4000-8000-000000000001"
#define CLEO "6c0f7b0a-0000-4000-8000-000000000003"
#define BEN "6c0f7b0a-0000-4000-8000-000000000002"

static void put_person(struct directory *d, const char *id)
{
    char json[200];

    snprintf(json, sizeof json, "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"Test\"}]}", id);
    directory_put(d, json);
}

static void put_local(struct directory *d, const char *id)
{
    struct grant grant = directory_grant("import", "");
    struct doc *doc = doc_new("Patient");

    grant.origin = ORIGIN_IMPORT;
    doc_set(doc, "id", id);
    doc_set(doc, "name[0].family", "Test");
    ASSERT_OK(store_put_local(d->st, &grant, doc, err));
    doc_free(doc);
}

static void put_visit(struct directory *d, const char *id, const char *patient)
{
    char json[400];

    snprintf(json, sizeof json, "{\"resourceType\":\"Encounter\",\"id\":\"%s\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},"
             "\"subject\":{\"reference\":\"Patient/%s\"},\"period\":{\"start\":\"2026-11-01\"}}", id, patient);
    directory_put(d, json);
}

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

static enum sent sent_at(struct directory *d, const char *type, const char *id)
{
    return sent_of(d->st, sent_key(d->st, type, id));
}

static void a_record_says_where_it_stands(void **state)
{
    struct directory *d = *state;
    struct outbox_row row;
    struct grant grant = directory_grant("sync push", "");
    int64_t seq;

    put_person(d, ADA);
    assert_int_equal(sent_at(d, "Patient", ADA), SENT_WAITS);
    seq = seq_of(d, "Patient", ADA);
    ASSERT_OK(outbox_take(d->st, seq, &row, err));
    outbox_row_done(&row);
    assert_int_equal(sent_at(d, "Patient", ADA), SENT_ON_ITS_WAY);
    ASSERT_OK(outbox_set(d->st, seq, OUTBOX_IN_DOUBT, 0, 0, NULL, err));
    assert_int_equal(sent_at(d, "Patient", ADA), SENT_ON_ITS_WAY);     /* never "sent" before the server said so */
    ASSERT_OK(outbox_set(d->st, seq, OUTBOX_REFUSED, 0, 422, "no", err));
    assert_int_equal(sent_at(d, "Patient", ADA), SENT_REFUSED);
    ASSERT_OK(outbox_set(d->st, seq, OUTBOX_CONFLICT, 0, 409, NULL, err));
    assert_int_equal(sent_at(d, "Patient", ADA), SENT_CONFLICT);
    ASSERT_OK(outbox_set(d->st, seq, OUTBOX_QUEUED, 0, 0, NULL, err));
    ASSERT_OK(outbox_take(d->st, seq, &row, err));
    outbox_row_done(&row);
    ASSERT_OK(outbox_done(d->st, &grant, seq, "1", "2026-11-23T13:14:00Z", NULL, err));
    assert_int_equal(sent_at(d, "Patient", ADA), SENT_DONE);
}

/* Counted from the short side: the same whichever that is. */
static void a_person_is_counted_whole(void **state)
{
    struct directory *d = *state;
    struct sent_counts counts;
    char words[120], id[40];

    put_person(d, ADA);
    put_person(d, BEN);
    put_visit(d, "visit-1", ADA);
    put_visit(d, "visit-2", ADA);
    put_visit(d, "visit-3", BEN);
    ASSERT_OK(outbox_set(d->st, seq_of(d, "Encounter", "visit-2"), OUTBOX_REFUSED, 0, 422, "no", err));
    for (int round = 0; round < 2; round++) {
        ASSERT_OK(sent_count(d->st, ADA, &counts, err));
        sent_counts_words(&counts, words, sizeof words);
        assert_string_equal(words, "1 refused, 2 not sent");
        ASSERT_OK(sent_count(d->st, BEN, &counts, err));
        sent_counts_words(&counts, words, sizeof words);
        assert_string_equal(words, "2 not sent");
        ASSERT_OK(store_begin(d->st, err));
        for (int i = 0; round == 0 && i < 2100; i++) {
            snprintf(id, sizeof id, "other-%d", i);
            put_visit(d, id, "nobody-here");
        }
        ASSERT_OK(store_end(d->st, RC_OK, err));
    }
    ASSERT_OK(sent_count(d->st, CLEO, &counts, err));
    sent_counts_words(&counts, words, sizeof words);
    assert_string_equal(words, "");
    put_local(d, CLEO);
    ASSERT_OK(sent_count(d->st, CLEO, &counts, err));
    sent_counts_words(&counts, words, sizeof words);
    assert_string_equal(words, "only here");       /* brought in not to be sent: nothing waits, and the server has nothing */
    ASSERT_OK(sent_count(d->st, "not-there", &counts, err));
    sent_counts_words(&counts, words, sizeof words);
    assert_string_equal(words, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_says_where_it_stands, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_person_is_counted_whole, directory_setup, directory_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
