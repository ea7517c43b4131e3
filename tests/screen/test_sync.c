/* What did not reach the server goes unnoticed, or two people's edits are settled by a machine. */
#include "tests/screen/desk.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "fhir/document.h"
#include "store/conflict.h"
#include "store/outbox.h"
#include "store/pass.h"
#include "store/query.h"
#include "store/store.h"
#include "store/sync_state.h"

#define RUIZ "3aef7c66-3494-522d-9d20-bc04ff56e767"

/* The line says what is true: no server here, so nothing pretends to be sent. */
static void the_line_tells_the_truth(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_row_says(t, "/ find", "this machine only");
    desk_walk(t, "Y", " Sync", NULL);
    desk_sees(t, "no server");
    desk_walk(t, "s", "server", NULL);              /* a pass is not claimed to have run */
    assert_false(terminal_shows(t, "✓ synced"));
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
}

/* As the agent leaves it: both sides changed the phone of Ruiz, Carmen since they last agreed. */
static void make_conflict(void)
{
    struct err err = { RC_OK, "" };
    struct doc *server = NULL;
    struct store *st;
    char now[CLOCK_TEXT];

    free(desk_run(0, "patient", "edit", RUIZ, "--phone", "413-555-0177", NULL));
    clock_set_now(DESK_NOW);
    assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
    assert_int_equal(store_get(st, "Patient", RUIZ, &server, &err), RC_OK);
    doc_set(server, "telecom[0].value", "413-555-0123");
    clock_instant(clock_now_ms(), now);
    assert_int_equal(store_begin(st, &err), RC_OK);
    assert_int_equal(store_end(st, conflict_open(st, "Patient", RUIZ, server, "7", now, "[\"telecom\"]", "sync", &err), &err), RC_OK);
    doc_free(server);
    store_close(st);
}

/* Both values stand side by side; nothing is decided by Enter alone; the choice is kept. */
static void a_conflict_is_decided_by_a_person(void **state)
{
    struct terminal *t;
    char *doc;

    (void)state;
    make_conflict();
    t = desk_open(24, 80);
    desk_row_says(t, "conflict", "Ruiz, Carmen");
    desk_on_row(t, "Ruiz, Carmen", "\r");
    desk_sees(t, "Conflict");
    desk_sees(t, "here       413-555-0177 (mobile)");             /* whole, under the columns */
    desk_sees(t, "server     413-555-0123 (mobile)");
    desk_sees(t, "undecided");
    desk_walk(t, "\r", "not decided yet", "2", ">  1", NULL);
    desk_sees_no_more(t, "undecided");
    desk_walk(t, "\r", "decided, saved", NULL);
    doc = desk_run(0, "patient", "find", "ruiz", "--json", NULL);
    assert_non_null(strstr(doc, "0123"));
    free(doc);
    doc = desk_run(0, "conflict", "list", "--json", NULL);
    assert_null(strstr(doc, "Patient"));
    free(doc);
    doc = desk_run(0, "audit", "list", "--patient", RUIZ, "--json", NULL);
    assert_non_null(strstr(doc, "\"action\":\"conflict show\""));     /* looked at, before it was decided */
    free(doc);
    desk_quit(t);
}

/* Typed instead: neither side's number, but the one the patient says; Esc leaves it open. */
static void a_conflict_decided_by_typing(void **state)
{
    struct terminal *t;
    char *json;

    (void)state;
    make_conflict();
    t = desk_open(24, 80);
    desk_on_row(t, "Ruiz, Carmen", "\r");
    desk_walk(t, "", "undecided", "e", "Phone:", "413-555-0999\r", "\"value\":\"413-555-0999\"", "\x1b", "ARRIVALS", NULL);
    json = desk_run(0, "conflict", "list", "--json", NULL);
    assert_non_null(strstr(json, "Patient"));
    free(json);
    desk_on_row(t, "Ruiz, Carmen", "\r");
    desk_walk(t, "", "undecided", "e", "Phone:", "413-555-0999\r", "\"value\":\"413-555-0999\"", "\r", "decided, saved", NULL);
    json = desk_run(0, "resource", "get", "Patient/" RUIZ, NULL);
    assert_non_null(strstr(json, "413-555-0999"));
    assert_non_null(strstr(json, "mobile"));        /* the rest of the entry stays */
    free(json);
    desk_quit(t);
}

#define SERVER "https://central.invalid/fhir"

/* The desk with a server in its settings. The agent it starts finds the lock taken and leaves: nothing here
 * depends on a network. The descriptor is to be closed at the end. */
static struct terminal *open_with_server(int rows, int cols, int *lock)
{
    static char home[PATH_MAX];
    char path[PATH_MAX];

    snprintf(home, sizeof home, "XDG_CONFIG_HOME=%s/..", desk_dir());
    snprintf(path, sizeof path, "%s/../frontdesk", desk_dir());
    mkdir(path, 0700);
    desk_file("frontdesk/config", "server = { url = \"" SERVER "\"; };\n");
    snprintf(path, sizeof path, "%s/agent.lock", desk_dir());
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(*lock >= 0 && flock(*lock, LOCK_EX | LOCK_NB) == 0);
    return desk_open_with(rows, cols, "demo", (const char *const[]){ home, NULL });
}

/* What the last passes did and what the server can do can be read at the desk; a failed pass is not called synced. */
static void the_log_and_the_abilities(void **state)
{
    struct err err = { RC_OK, "" };
    struct terminal *t;
    struct store *st;
    int64_t now;
    int lock;

    (void)state;
    clock_set_now(DESK_NOW);
    now = clock_now_ms();
    assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
    assert_int_equal(server_set_caps(st, SERVER, "{\"guard\":\"none\",\"takesIds\":false,\"newer\":\"odd\"}", &err), RC_OK);
    assert_int_equal(pass_end(st, &(struct pass){ .started_ms = now, .ended_ms = now, .pushed = 3, .pulled = 12, .requests = 7, .bytes_in = 5000 }, &err), RC_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pass_end(st, &(struct pass){ .started_ms = now, .ended_ms = now, .outcome = PASS_SHUT_OUT, .problem = "401" }, &err), RC_OK);
    store_close(st);
    t = open_with_server(24, 80, &lock);
    desk_row_says(t, "/ find", "shut out");
    desk_walk(t, "Y", "LATEST PASSES", NULL);
    desk_sees(t, "State       401");
    desk_sees(t, "This server gives ids of its own");
    desk_row_says(t, "401, 3 times", "shut out");
    desk_row_says(t, "sent 3, received 12", "7 requests, 5 kB");
    desk_walk(t, "\x1b[F", "newer: odd", NULL);
    desk_sees(t, "overwrites one of the same id");
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
    close(lock);
}

static int64_t number_of(struct store *st, const char *sql)
{
    struct query *q = query_open(st, sql);
    int64_t n = query_next(q) ? query_int(q, 0) : 0;

    query_end(q, NULL);
    return n;
}

/* A refused write is work: the row names the field, opens it where it is changed, and saving sends it again. */
static void a_refused_write_is_mended_where_it_stands(void **state)
{
    struct err err = { RC_OK, "" };
    struct terminal *t;
    struct store *st;
    int64_t seq;

    (void)state;
    free(desk_run(0, "patient", "edit", RUIZ, "--phone", "413-555-0177", NULL));
    clock_set_now(DESK_NOW);
    assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
    seq = number_of(st, "SELECT max(seq) FROM outbox");
    assert_int_equal(outbox_set(st, seq, OUTBOX_REFUSED, 0, 422, "422: Missing required property (Patient.telecom[0].value)", &err), RC_OK);
    t = desk_open(30, 80);
    desk_row_says(t, "refused", "Phone: missing");
    desk_on_row(t, "Phone: missing", "\r");
    desk_row_says(t, "it says here", "413-555-0177");
    desk_row_says(t, "what to do", "Fill it in.");
    desk_row_says(t, "the server's words", "422: Missing required property");
    desk_sees(t, "(Patient.telecom[0].value)");         /* nothing of it is lost */
    desk_walk(t, "\r", "Born", NULL);
    desk_stands_on(t, "413-555-0177");
    desk_sees(t, "Fill it in.");
    desk_walk(t, "\x15" "413-555-0188\x06", "Save Ruiz", "\r", "Saved.", NULL);
    assert_int_equal(number_of(st, "SELECT count(*) FROM outbox WHERE state = 5"), 0);
    desk_row_says(t, " refused ", "done");
    /* And what cannot be mended is given up with a reason; a person that visits hang on is not. */
    assert_int_equal(outbox_set(st, number_of(st, "SELECT max(seq) FROM outbox"), OUTBOX_REFUSED, 0, 422, "422: computer says no", &err), RC_OK);
    desk_row_says(t, "refused", "not taken as it is");
    desk_on_row(t, "not taken as it is", "\r");
    desk_walk(t, "", "computer says no", "X", "why", "1\r", "cannot be dropped", "\x1b", "Esc back", "\x1b", "ARRIVALS", NULL);
    free(desk_run(0, "contact", "log", "--patient", RUIZ, "--medium", "call", "--outcome", "none", NULL));
    assert_int_equal(outbox_set(st, number_of(st, "SELECT max(seq) FROM outbox"), OUTBOX_REFUSED, 0, 400, "400: HAPI-0450: [element=\"sent\"] Invalid date/time format", &err), RC_OK);
    desk_row_says(t, "when: not a date", "refused");
    desk_on_row(t, "when: not a date", "\r");
    desk_walk(t, "", "HAPI-0450", "X", "why", "1\r", "saved", NULL);
    desk_sees(t, "refused no more");
    store_close(st);
    desk_quit(t);
}

/* A record says of itself what the server does not have, in words; without a server nothing is owed to one. */
static void a_record_says_what_was_not_sent(void **state)
{
    struct terminal *t = desk_open(24, 80);
    int lock;

    (void)state;
    desk_find(t, "marsh", "Marsh, Tobias");
    assert_false(terminal_shows(t, "at the server"));
    assert_false(terminal_shows(t, "not sent"));
    desk_quit(t);
    t = open_with_server(24, 80, &lock);
    desk_find(t, "marsh", "Marsh, Tobias");
    desk_row_says(t, "OPEN ", "only here");         /* the demo people are not for a server */
    desk_walk(t, "l", "call", "ctx", "note", "\r", "saved", NULL);
    desk_row_says(t, "OPEN ", "not sent");
    desk_row_says(t, " reached ", "not sent");
    desk_on_row(t, " reached ", "\r");
    desk_row_says(t, "   server ", "not sent");
    desk_quit(t);
    close(lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_tells_the_truth), cmocka_unit_test(a_record_says_what_was_not_sent), cmocka_unit_test(the_log_and_the_abilities),
        cmocka_unit_test(a_refused_write_is_mended_where_it_stands),
        cmocka_unit_test(a_conflict_is_decided_by_a_person), cmocka_unit_test(a_conflict_decided_by_typing),
    };

    return cmocka_run_group_tests_name("sync", tests, desk_setup, desk_teardown);
}
