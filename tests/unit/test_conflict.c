/* One of two people's edits would be thrown away, or a decision overwrite a third. */
#include "tests/unit/directory.h"

#include "store/conflict.h"
#include "store/outbox.h"
#include "store/standing.h"

static struct grant sync_of(void)
{
    struct grant grant = directory_grant("sync", "");

    grant.origin = ORIGIN_SYNC;
    return grant;
}

/* p1 came from the server as version 1, became female here and male there (version 2). */
static int64_t disagree(struct directory *d)
{
    struct grant sync = sync_of(), desk = directory_grant("patient edit", "p1");
    struct conflict *list;
    struct doc *doc, *server;
    int64_t id;
    size_t n;

    ASSERT_OK(doc_parse(PERSON("p1", "Marsh"), strlen(PERSON("p1", "Marsh")), &doc, err));
    ASSERT_OK(store_put_remote(d->st, &sync, doc, "1", "2026-11-23T08:00:00Z", err));
    server = doc_copy(doc);
    doc_set(server, "gender", "male");
    doc_set(doc, "gender", "female");
    ASSERT_OK(store_put(d->st, &desk, doc, err));
    ASSERT_OK(conflict_open(d->st, "Patient", "p1", server, "2", "2026-11-23T08:05:00Z", "[\"gender\"]", "agent", err));
    ASSERT_OK(conflict_list(d->st, &list, &n, err));
    assert_int_equal(n, 1);
    id = list[0].id;
    assert_string_equal(list[0].patient, "p1");
    assert_string_equal(list[0].fields, "[\"gender\"]");
    conflict_done(&list[0]);
    free(list);
    doc_free(doc);
    doc_free(server);
    return id;
}

static int64_t held(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM outbox WHERE state = 3");
}

static void keeps_all_three(void **state)
{
    struct directory *d = *state;
    int64_t id = disagree(d);
    struct conflict c;

    assert_int_equal(held(d), 1);
    ASSERT_OK(conflict_get(d->st, id, &c, err));
    assert_string_equal(node_str(doc_root(c.base), "gender"), "");
    assert_string_equal(node_str(doc_root(c.here), "gender"), "female");
    assert_string_equal(node_str(doc_root(c.server), "gender"), "male");
    assert_string_equal(c.remote_version, "2");
    conflict_done(&c);
    ASSERT_RC(RC_NOT_FOUND, conflict_get(d->st, id + 1, &c, err));
}

static void decided_goes_out_on_the_servers_version(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("conflict resolve", "p1");
    int64_t id = disagree(d), before = store_changes(d->st, "conflict");
    struct standing s;
    struct conflict c;

    ASSERT_OK(conflict_get(d->st, id, &c, err));
    doc_set(c.here, "gender", "other");
    ASSERT_OK(conflict_decide(d->st, &grant, id, c.here, err));
    assert_true(store_changes(d->st, "conflict") > before);
    ASSERT_OK(standing_get(d->st, "Patient", "p1", &s, err));
    assert_string_equal(s.version, "2");
    assert_non_null(strstr(s.base_body, "\"male\""));
    assert_non_null(strstr(s.body, "other"));
    assert_int_not_equal(s.queued_seq, 0);
    assert_int_equal(held(d), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'conflict resolve' AND writes = 1"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM history WHERE body LIKE '%female%'"), 1);
    ASSERT_RC(RC_NOT_FOUND, conflict_decide(d->st, &grant, id, c.here, err));    /* decided once */
    standing_done(&s);
    conflict_done(&c);
}

static void taking_the_servers_is_clean(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("conflict resolve", "p1");
    int64_t id = disagree(d);
    struct conflict c;

    ASSERT_OK(conflict_get(d->st, id, &c, err));
    ASSERT_OK(conflict_decide(d->st, &grant, id, c.server, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE base_body IS NULL AND base_version = '2'"), 1);
    conflict_done(&c);
}

/* Edits go on while it is open; none of them is sent, and a decision made on an older text is refused. */
static void stays_a_conflict_while_edited(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("conflict resolve", "p1"), sync = sync_of();
    int64_t id = disagree(d);
    struct doc *doc, *newer;
    struct conflict c;

    ASSERT_OK(conflict_get(d->st, id, &c, err));
    doc = directory_get(d, "Patient", "p1");
    doc_set(doc, "gender", "unknown");
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    assert_int_equal(held(d), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 1);
    ASSERT_RC(RC_STALE, conflict_decide(d->st, &grant, id, c.here, err));
    conflict_done(&c);
    /* The server moves again: the same conflict, with the newer text, and the base it began with. */
    newer = doc_copy(doc);
    doc_set(newer, "gender", "male");
    doc_set(newer, "language", "es");
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(conflict_open(d->st, "Patient", "p1", newer, "3", "2026-11-23T08:09:00Z", "[\"gender\"]", "agent", err));
    doc_set(doc, "language", "es");
    ASSERT_OK(standing_rebase(d->st, &sync, doc, newer, "3", "2026-11-23T08:09:00Z", err));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    assert_int_equal(held(d), 1);
    ASSERT_OK(conflict_get(d->st, id, &c, err));
    assert_string_equal(c.remote_version, "3");
    assert_string_equal(node_str(doc_root(c.base), "gender"), "");
    assert_string_equal(node_str(doc_root(c.here), "language"), "es");
    conflict_done(&c);
    doc_free(doc);
    doc_free(newer);
}

static void deleted_there_is_dropped_or_made_again(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("conflict resolve", "p1");
    int64_t id = disagree(d);
    struct standing s;
    struct conflict c;

    ASSERT_RC(RC_INVALID, conflict_decide(d->st, &grant, id, NULL, err));        /* it is still there */
    ASSERT_OK(conflict_open(d->st, "Patient", "p1", NULL, NULL, NULL, "[]", "agent", err));
    ASSERT_OK(conflict_get(d->st, id, &c, err));
    assert_null(c.server);
    assert_null(c.remote_version);
    ASSERT_OK(conflict_decide(d->st, &grant, id, c.here, err));
    ASSERT_OK(standing_get(d->st, "Patient", "p1", &s, err));
    assert_string_equal(s.version, "");
    assert_int_not_equal(s.queued_seq, 0);
    standing_done(&s);
    conflict_done(&c);
    ASSERT_OK(conflict_open(d->st, "Patient", "p1", NULL, NULL, NULL, "[]", "agent", err));
    ASSERT_OK(conflict_decide(d->st, &grant, id + 1, NULL, err));
    assert_false(store_has(d->st, "Patient", "p1"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE deleted = 1 AND body LIKE '%female%'"), 1);
}

/* Or somebody else's making it again would overwrite ours without a word. */
static void made_again_is_an_edit_until_the_server_has_it(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("conflict resolve", "p1");
    int64_t id = disagree(d);
    struct standing s;
    struct conflict c;

    ASSERT_OK(conflict_open(d->st, "Patient", "p1", NULL, "3", NULL, "[]", "agent", err));
    ASSERT_OK(conflict_get(d->st, id, &c, err));
    ASSERT_OK(conflict_decide(d->st, &grant, id, c.here, err));
    conflict_done(&c);
    ASSERT_OK(standing_get(d->st, "Patient", "p1", &s, err));
    assert_true(s.is_dirty);
    assert_null(s.base_body);
    assert_string_equal(s.version, "3");
    standing_done(&s);
    ASSERT_OK(conflict_open(d->st, "Patient", "p1", NULL, "4", NULL, "[]", "agent", err));
    ASSERT_OK(conflict_get(d->st, id + 1, &c, err));
    assert_null(c.base);
    conflict_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(made_again_is_an_edit_until_the_server_has_it),
        DIRECTORY_TEST(keeps_all_three), DIRECTORY_TEST(decided_goes_out_on_the_servers_version),
        DIRECTORY_TEST(taking_the_servers_is_clean), DIRECTORY_TEST(stays_a_conflict_while_edited),
        DIRECTORY_TEST(deleted_there_is_dropped_or_made_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
