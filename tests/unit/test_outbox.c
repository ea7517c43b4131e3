/* An edit would never reach the server, reach it twice, or overwrite what the server said. */
#include "tests/unit/directory.h"

#include "store/outbox.h"
#include "store/standing.h"

static const struct grant agent = { .origin = ORIGIN_SYNC, .staff = "system", .role = "agent", .action = "sync push", .category = "sync", .purpose = "TREAT" };

static const int64_t far = INT64_MAX;

/* The only due row; released by the next call. */
static struct outbox_row only(struct directory *d)
{
    struct outbox_row *row, copy;
    int n;

    ASSERT_OK(outbox_list(d->st, -1, far, 10, &row, &n, err));
    assert_int_equal(n, 1);
    copy = *row;
    free(row);
    return copy;
}

static struct outbox_row send(struct directory *d)
{
    struct outbox_row listed = only(d), sent;

    ASSERT_OK(outbox_take(d->st, listed.seq, &sent, err));
    outbox_row_done(&listed);
    return sent;
}

static void edit(struct directory *d, const char *gender)
{
    struct grant grant = directory_grant("patient edit", "");
    struct doc *doc = directory_get(d, "Patient", "p1");

    doc_set(doc, "gender", gender);
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
}

static int64_t rows(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM outbox");
}

static void queued_edits_squash(void **state)
{
    struct directory *d = *state;
    struct outbox_row row;

    directory_put(d, PERSON("p1", "Marsh"));
    edit(d, "female");
    edit(d, "other");
    row = only(d);
    assert_int_equal(row.state, OUTBOX_QUEUED);
    assert_true(row.is_create);
    assert_int_equal(row.rev, 0);
    assert_string_equal(row.type, "Patient");
    assert_string_equal(row.id, "p1");
    assert_non_null(strstr(row.body, "other"));
    outbox_row_done(&row);
}

static void sent_text_is_frozen(void **state)
{
    struct directory *d = *state;
    struct outbox_row sent, again, behind;
    struct outbox_row *list;
    int n;

    directory_put(d, PERSON("p1", "Marsh"));
    behind = only(d);
    edit(d, "female");                      /* between the list and the sending */
    ASSERT_OK(outbox_take(d->st, behind.seq, &sent, err));
    assert_non_null(strstr(sent.body, "female"));
    assert_int_equal(sent.rev, 2);
    assert_int_equal(strlen(sent.op_id), 36);
    outbox_row_done(&behind);
    edit(d, "other");
    assert_int_equal(rows(d), 2);
    again = only(d);                        /* the later edit waits behind the sent one */
    assert_int_equal(again.seq, sent.seq);
    assert_string_equal(again.body, sent.body);
    outbox_row_done(&again);
    ASSERT_OK(outbox_set(d->st, sent.seq, OUTBOX_IN_DOUBT, 0, 0, "timeout", err));
    again = only(d);
    assert_int_equal(again.state, OUTBOX_IN_DOUBT);
    assert_string_equal(again.body, sent.body);
    assert_string_equal(again.op_id, sent.op_id);
    assert_string_equal(again.last_error, "timeout");
    outbox_row_done(&again);
    ASSERT_OK(outbox_done(d->st, &agent, sent.seq, "1", "2026-11-23T08:00:00.000Z", sent.body, err));
    behind = only(d);                       /* on the new base, no longer a create */
    assert_false(behind.is_create);
    assert_string_equal(behind.base_version, "1");
    assert_non_null(strstr(behind.body, "other"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE base_body LIKE '%female%'"), 1);
    ASSERT_OK(outbox_list(d->st, OUTBOX_IN_FLIGHT, far, 10, &list, &n, err));
    assert_int_equal(n, 0);
    free(list);
    outbox_row_done(&behind);
    outbox_row_done(&sent);
}

static void done_is_clean(void **state)
{
    struct directory *d = *state;
    struct outbox_row row;
    struct standing s;
    struct doc *doc;
    char *echo;

    directory_put(d, PERSON("p1", "Marsh"));
    row = only(d);
    ASSERT_RC(RC_INVALID, outbox_done(d->st, &agent, row.seq, "1", "x", NULL, err));     /* never sent */
    outbox_row_done(&row);
    row = send(d);
    ASSERT_OK(outbox_done(d->st, &agent, row.seq, "1", "2026-11-23T08:00:00.000Z", NULL, err));
    assert_int_equal(rows(d), 0);
    ASSERT_OK(standing_get(d->st, "Patient", "p1", &s, err));
    assert_false(s.is_dirty);
    assert_string_equal(s.version, "1");
    assert_string_equal(s.base_body, s.body);
    assert_int_equal(s.rev, 1);
    standing_done(&s);
    outbox_row_done(&row);
    /* The server changed what it took: its text is the document, ours is history. */
    edit(d, "female");
    row = send(d);
    doc = directory_get(d, "Patient", "p1");
    doc_set(doc, "birthDate", "1970-02-02");
    echo = doc_text(doc, NULL);
    ASSERT_OK(outbox_done(d->st, &agent, row.seq, "2", "2026-11-23T08:01:00.000Z", echo, err));
    free(echo);
    doc_free(doc);
    doc = directory_get(d, "Patient", "p1");
    assert_int_equal(doc_rev(doc), 3);
    assert_string_equal(node_str(doc_root(doc), "birthDate"), "1970-02-02");
    assert_int_equal(directory_number(d, "SELECT count(*) FROM person WHERE birth = '1970-02-02'"), 1);
    doc_free(doc);
    outbox_row_done(&row);
}

static void refused_comes_back_with_an_edit(void **state)
{
    struct directory *d = *state;
    struct outbox_row row, sent;

    directory_put(d, PERSON("p1", "Marsh"));
    sent = send(d);
    ASSERT_OK(outbox_set(d->st, sent.seq, OUTBOX_REFUSED, 0, 422, "gender is missing", err));
    row = only(d);
    assert_int_equal(row.state, OUTBOX_REFUSED);
    assert_int_equal(row.last_status, 422);
    outbox_row_done(&row);
    edit(d, "female");
    row = only(d);
    assert_int_equal(row.state, OUTBOX_QUEUED);
    outbox_row_done(&row);
    ASSERT_OK(outbox_take(d->st, sent.seq, &row, err));
    assert_string_not_equal(row.op_id, sent.op_id);     /* another text, another request */
    assert_int_equal(row.attempts, 1);
    outbox_row_done(&row);
    outbox_row_done(&sent);
}

static void an_edit_behind_goes_along(void **state)
{
    static const enum outbox_state back[] = { OUTBOX_QUEUED, OUTBOX_BLOCKED, OUTBOX_REFUSED, OUTBOX_CONFLICT };
    struct directory *d = *state;

    for (size_t i = 0; i < sizeof back / sizeof *back; i++) {
        struct outbox_row row;

        if (i == 0)
            directory_put(d, PERSON("p1", "Marsh"));
        else
            edit(d, i & 1 ? "unknown" : "male");
        row = send(d);
        edit(d, i & 1 ? "female" : "other");
        assert_int_equal(rows(d), 2);
        ASSERT_OK(outbox_set(d->st, row.seq, back[i], 0, 0, NULL, err));
        outbox_row_done(&row);
        row = only(d);
        /* what was refused is not what stands here now */
        assert_int_equal(row.state, back[i] == OUTBOX_REFUSED ? OUTBOX_QUEUED : back[i]);
        assert_non_null(strstr(row.body, i & 1 ? "female" : "other"));
        if (back[i] == OUTBOX_REFUSED || back[i] == OUTBOX_BLOCKED)
            ASSERT_OK(outbox_retry(d->st, row.seq, err));
        outbox_row_done(&row);
    }
}

/* What the agent remembers about a number must never be about another write. */
static void numbers_are_never_used_again(void **state)
{
    struct directory *d = *state;
    struct outbox_row row;
    int64_t first;

    directory_put(d, PERSON("p1", "Marsh"));
    row = send(d);
    first = row.seq;
    ASSERT_OK(outbox_done(d->st, &agent, first, "1", "2026-11-23T08:00:00Z", NULL, err));
    outbox_row_done(&row);
    store_close(d->st);
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
    edit(d, "female");
    row = only(d);
    assert_true(row.seq > first);
    outbox_row_done(&row);
}

static void waits_until_due(void **state)
{
    struct directory *d = *state;
    struct outbox_row *list;
    struct outbox_counts counts;
    int64_t first;
    int n;

    directory_put(d, PERSON("p1", "Marsh"));
    directory_put(d, PERSON("p2", "Okafor"));
    ASSERT_OK(outbox_list(d->st, OUTBOX_QUEUED, 1, 10, &list, &n, err));
    assert_int_equal(n, 2);
    assert_true(list[0].seq < list[1].seq);
    first = list[0].seq;
    outbox_row_done(&list[0]);
    outbox_row_done(&list[1]);
    free(list);
    ASSERT_OK(outbox_set(d->st, first, OUTBOX_QUEUED, 5000, 503, "later", err));
    ASSERT_OK(outbox_list(d->st, OUTBOX_QUEUED, 4999, 10, &list, &n, err));
    assert_int_equal(n, 1);
    assert_string_equal(list[0].id, "p2");
    outbox_row_done(&list[0]);
    free(list);
    ASSERT_OK(outbox_set(d->st, first, OUTBOX_REFUSED, 0, 422, "no", err));
    ASSERT_OK(outbox_count(d->st, &counts, err));
    assert_int_equal(counts.unsent, 2);
    assert_int_equal(counts.refused, 1);
    assert_true(counts.oldest_ms > 0 && counts.oldest_ms <= clock_now_ms());
}

static void merged_on_the_new_base(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("sync", "");
    struct outbox_row row;
    struct standing s;
    struct doc *remote, *merged;

    grant.origin = ORIGIN_SYNC;
    directory_put(d, PERSON("p1", "Marsh"));
    row = send(d);
    ASSERT_OK(outbox_done(d->st, &agent, row.seq, "1", "2026-11-23T08:00:00.000Z", NULL, err));
    outbox_row_done(&row);
    edit(d, "female");
    row = send(d);
    remote = directory_get(d, "Patient", "p1");
    node_remove_name(remote, doc_root(remote), "gender");
    doc_set(remote, "language", "es");
    merged = directory_get(d, "Patient", "p1");
    doc_set(merged, "language", "es");
    ASSERT_OK(standing_rebase(d->st, &grant, merged, remote, "2", "2026-11-23T08:02:00.000Z", err));
    ASSERT_RC(RC_STALE, standing_adopt(d->st, &grant, 2, remote, "2", "2026-11-23T08:02:00.000Z", err));
    outbox_row_done(&row);
    row = only(d);
    assert_int_equal(row.state, OUTBOX_QUEUED);
    assert_string_equal(row.base_version, "2");
    ASSERT_OK(standing_get(d->st, "Patient", "p1", &s, err));
    assert_true(s.is_dirty);
    assert_int_equal(s.queued_seq, row.seq);
    assert_int_equal(s.frozen_seq, 0);
    assert_null(strstr(s.base_body, "female"));
    assert_non_null(strstr(s.body, "female"));
    assert_non_null(strstr(s.body, "\"es\""));
    ASSERT_OK(standing_adopt(d->st, &grant, s.rev, remote, "3", "2026-11-23T08:03:00.000Z", err));
    assert_int_equal(rows(d), 0);
    standing_done(&s);
    ASSERT_OK(standing_get(d->st, "Patient", "p9", &s, err));
    assert_int_equal(s.key, 0);
    doc_free(remote);
    doc_free(merged);
    outbox_row_done(&row);
}

static int due_at(struct directory *d, int64_t now_ms)
{
    struct outbox_row *row;
    int n;

    ASSERT_OK(outbox_list(d->st, -1, now_ms, 10, &row, &n, err));
    for (int i = 0; i < n; i++)
        outbox_row_done(&row[i]);
    free(row);
    return n;
}

/* Put off while the clock stood a year ahead: it would wait that year. */
static void a_clock_set_back_delays_nothing(void **state)
{
    static const int64_t now = 1795000000000, year = 365LL * 24 * 3600 * 1000;
    struct directory *d = *state;
    struct outbox_row row;

    directory_put(d, PERSON("p1", "Marsh"));
    row = only(d);
    ASSERT_OK(outbox_set(d->st, row.seq, OUTBOX_QUEUED, now + 900000, 503, "busy", err));
    assert_int_equal(due_at(d, now), 0);
    assert_int_equal(due_at(d, now + 900000), 1);
    assert_int_equal(due_at(d, now - year), 1);
    outbox_row_done(&row);
    /* nor does what was on its way when it was set back */
    clock_set_now("2026-11-23T08:14");
    row = send(d);
    outbox_row_done(&row);
    clock_set_now("2026-11-22T08:14");
    row = only(d);
    ASSERT_OK(outbox_set(d->st, row.seq, OUTBOX_IN_DOUBT, 1, 0, NULL, err));
    outbox_row_done(&row);
    row = only(d);
    assert_in_range(row.sent_at, 1, clock_now_ms());
    outbox_row_done(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(queued_edits_squash), DIRECTORY_TEST(sent_text_is_frozen), DIRECTORY_TEST(done_is_clean),
        DIRECTORY_TEST(refused_comes_back_with_an_edit), DIRECTORY_TEST(an_edit_behind_goes_along),
        DIRECTORY_TEST(waits_until_due), DIRECTORY_TEST(numbers_are_never_used_again), DIRECTORY_TEST(merged_on_the_new_base),
        DIRECTORY_TEST(a_clock_set_back_delays_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
