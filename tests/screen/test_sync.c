/* What did not reach the server goes unnoticed, or two people's edits are settled by a machine. */
#include "tests/screen/listen.h"

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
static void make_conflict(const char *number)
{
    struct err err = { RC_OK, "" };
    struct doc *server = NULL;
    struct store *st;
    char now[CLOCK_TEXT];

    free(desk_run(0, "patient", "edit", RUIZ, "--phone", "413-555-0177", NULL));
    clock_set_now(DESK_NOW);
    assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
    assert_int_equal(store_get(st, "Patient", RUIZ, &server, &err), RC_OK);
    doc_set(server, "telecom[0].value", number);
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
    make_conflict("413-555-0123");
    t = desk_open(24, 80);
    desk_row_says(t, "conflict", "Ruiz, Carmen");
    desk_on_row(t, "Ruiz, Carmen", "\r");
    desk_sees(t, "Conflict");
    desk_row_says(t, "   here  ", "413-555-0177 (mobile)");             /* whole, under the columns */
    desk_row_says(t, "   server  ", "413-555-0123 (mobile)");
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

/* A server's text of a record that is here, put into a conflict as the agent does it. change and value: where
 * the server differs; NULL: deleted there. */
static void disagree(const char *type, const char *id, const char *change, const char *value, const char *version, const char *fields)
{
    struct err err = { RC_OK, "" };
    struct doc *server = NULL;
    struct store *st;
    char now[CLOCK_TEXT];

    clock_set_now(DESK_NOW);
    assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
    if (change) {
        assert_int_equal(store_get(st, type, id, &server, &err), RC_OK);
        assert_true(doc_set(server, change, value));
    }
    clock_instant(clock_now_ms(), now);
    assert_int_equal(store_begin(st, &err), RC_OK);
    assert_int_equal(store_end(st, conflict_open(st, type, id, server, version, now, fields, "sync", &err), &err), RC_OK);
    doc_free(server);
    store_close(st);
}

/* What one side of a conflict says of a field, from the command line. */
static void assert_person(const char *json_part, bool is_there)
{
    char *doc = desk_run(0, "resource", "get", "Patient/" RUIZ, NULL);

    if (!strstr(doc, json_part) == is_there)
        fail_msg("%s: %s", json_part, doc);
    free(doc);
}

/* Typed instead: neither side's number, but the one the patient says; half a decision is there again after Esc. */
static void a_conflict_decided_by_typing(void **state)
{
    struct terminal *t;
    char *json;

    (void)state;
    make_conflict("413-555-0124");
    t = desk_open(24, 80);
    desk_on_row(t, "Ruiz, Carmen", "\r");
    desk_walk(t, "", "undecided", "e", "Phone:", "413-555-0999\r", "typed", NULL);
    desk_row_says(t, "   typed ", "413-555-0999 (mobile)");
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    json = desk_run(0, "conflict", "list", "--json", NULL);
    assert_non_null(strstr(json, "Patient"));       /* nothing is decided by leaving */
    free(json);
    desk_quit(t);
    t = desk_open(24, 80);                          /* and the choice is there after a restart, too */
    desk_on_row(t, "Ruiz, Carmen", "\r");
    desk_row_says(t, "   typed ", "413-555-0999 (mobile)");
    desk_walk(t, "\r", "decided, saved", NULL);
    assert_person("413-555-0999", true);
    assert_person("mobile", true);                  /* the rest of the entry stays */
    desk_quit(t);
}

/* Two things differ and a third does not: each is asked by itself, ? says why, and what is not JSON stays words. */
static void each_value_is_a_question(void **state)
{
    struct terminal *t;

    (void)state;
    free(desk_run(0, "patient", "edit", RUIZ, "--phone", "413-555-0177", "--birth", "1961-03-04", NULL));
    disagree("Patient", RUIZ, "birthDate", "1961-03-05", "8", "[\"birthDate\",\"address\"]");
    t = desk_open(40, 120);
    desk_on_row(t, "Born", "\r");
    desk_row_says(t, "  Born  ", "4 Mar 1961");
    desk_row_says(t, "  Born  ", "5 Mar 1961");
    assert_false(terminal_shows(t, "  Address"));   /* the same on both sides */
    assert_false(terminal_shows(t, "{"));
    desk_walk(t, "?", "Since both last agreed, you changed this here (08:14)", "?", "   server ", "3", " 0 open",
              "e", "Born:", "last summer\r", "a date is written as", "\x1b", "1 here  2 server", NULL);
    desk_walk(t, "2", " 0 open", "\r", "decided, saved", NULL);
    assert_person("1961-03-05", true);
    desk_quit(t);
}

/* A newer version comes while somebody decides: nothing is decided on the older one, and what is new is marked. */
static void a_newer_version_is_seen_before_it_is_decided_on(void **state)
{
    struct terminal *t;

    (void)state;
    free(desk_run(0, "patient", "edit", RUIZ, "--birth", "1961-03-04", NULL));
    disagree("Patient", RUIZ, "birthDate", "1961-03-06", "9", "[\"birthDate\"]");
    t = desk_open(24, 80);
    desk_on_row(t, "Born", "\r");
    desk_walk(t, "2", " 0 open", NULL);
    disagree("Patient", RUIZ, "birthDate", "1961-03-07", "10", "[\"birthDate\"]");
    desk_sees(t, "look again at what is marked *");
    desk_row_says(t, "Born", "7 Mar 1961");
    desk_row_says(t, "Born", "undecided");
    desk_walk(t, "\r", "not decided yet", NULL);
    assert_person("1961-03-04", true);
    free(desk_run(0, "conflict", "list", NULL));
    desk_walk(t, "1\r", "decided, saved", NULL);
    assert_person("1961-03-04", true);
    desk_quit(t);
}

/* Deleted at the server: kept, or let go; decided elsewhere: said, and not decided twice. */
static void a_deleted_entry_is_kept_or_let_go(void **state)
{
    static const char visit[] = "{\"resourceType\":\"Encounter\",\"id\":\"visit-gone\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},"
                                "\"subject\":{\"reference\":\"Patient/" RUIZ "\"},\"period\":{\"start\":\"2026-11-20\"}}";
    struct terminal *t;
    char *json;

    (void)state;
    desk_import(visit);
    disagree("Encounter", "visit-gone", NULL, NULL, NULL, "[]");
    t = desk_open(24, 80);
    desk_on_row(t, "deleted there", "\r");
    desk_sees(t, "2 drop here too");
    desk_row_says(t, "  from and to", "20 Nov");
    desk_walk(t, "\r", "not decided yet", "?", "made there again", "?", "deleted", "1", " keep", "\r", "decided, saved", NULL);
    free(desk_run(0, "resource", "get", "Encounter/visit-gone", NULL));
    disagree("Encounter", "visit-gone", NULL, NULL, NULL, "[]");
    desk_on_row(t, "deleted there", "\r");
    desk_sees(t, "2 drop here too");
    json = desk_run(0, "conflict", "list", "--json", NULL);
    *strchr(strchr(json, ':') + 2, '"') = '\0';
    free(desk_run(0, "conflict", "resolve", strchr(json, ':') + 2, "--take", "server", NULL));
    free(json);
    desk_sees(t, "has decided this meanwhile");
    free(desk_run(1, "resource", "get", "Encounter/visit-gone", NULL));
    desk_quit(t);
}

/* The same by ear: what is asked is said whole, and answered in words. */
static void a_conflict_by_ear(void **state)
{
    struct terminal *t;
    const char *heard;

    (void)state;
    free(desk_run(0, "patient", "edit", RUIZ, "--birth", "1961-03-04", NULL));
    disagree("Patient", RUIZ, "birthDate", "1961-03-08", "11", "[\"birthDate\"]");
    t = listen_start();
    listen_say(t, ":conflicts");
    heard = listen_say(t, "1");
    assert_non_null(strstr(heard, "1. Born. Before: 7 Mar 1961. here (you, 08:14): 4 Mar 1961. server (08:14): 8 Mar 1961. undecided. Row 1 of 1."));
    assert_non_null(strstr(listen_say(t, "why"), "Since both last agreed, you changed this here"));
    assert_non_null(strstr(listen_say(t, "decide"), "not decided yet"));
    assert_non_null(strstr(listen_say(t, "1 server"), "server. Row 1 of 1."));
    assert_non_null(strstr(listen_say(t, "decide"), "decided, saved"));
    assert_person("1961-03-08", true);
    terminal_kill(t, 15);
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
    desk_sees(t, "This is settled");
    store_close(st);
    desk_quit(t);
}

/* More came to the section: what stood there and is as it was is not called done. */
static void a_row_is_not_done_because_others_came(void **state)
{
    struct err err = { RC_OK, "" };
    struct terminal *t;
    struct store *st;
    char visit[400];

    (void)state;
    clock_set_now(DESK_NOW);
    for (int i = 1; i <= 3; i++) {
        snprintf(visit, sizeof visit, "{\"resourceType\":\"Encounter\",\"id\":\"refused-%d\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},"
                 "\"subject\":{\"reference\":\"Patient/" RUIZ "\"}}", i);
        desk_import(visit);
        assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
        snprintf(visit, sizeof visit, "422: missing (Encounter.period%d)", i);
        assert_int_equal(outbox_set(st, number_of(st, "SELECT max(seq) FROM outbox"), OUTBOX_REFUSED, 0, 422, visit, &err), RC_OK);
        store_close(st);
    }
    desk_import("{\"resourceType\":\"Encounter\",\"id\":\"waits-1\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/" RUIZ "\"}}");
    assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
    assert_int_equal(outbox_set(st, number_of(st, "SELECT max(seq) FROM outbox"), OUTBOX_BLOCKED, 0, 400, "waits for Organization/x, which the server does not know", &err), RC_OK);
    store_close(st);
    t = desk_open(40, 80);
    desk_sees(t, "period3: missing");
    desk_row_says(t, "waits for Organization/x", "  waits ");    /* for ever, unless somebody sees to it */
    desk_import("{\"resourceType\":\"Encounter\",\"id\":\"visit-left\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/" RUIZ "\"}}");
    disagree("Encounter", "visit-left", NULL, NULL, NULL, "[]");
    desk_sees(t, "changed here, deleted there");
    desk_row_says(t, "period1: missing", "refused");
    desk_row_says(t, "period3: missing", "refused");
    assert_false(terminal_shows(t, "done"));
    assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(outbox_set(st, number_of(st, "SELECT max(seq) FROM outbox WHERE state = 5"), OUTBOX_QUEUED, 0, 0, NULL, &err), RC_OK);
    store_close(st);
    desk_row_says(t, "refused", "done");
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
    desk_row_says(t, "   Server ", "not sent");
    desk_quit(t);
    close(lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_tells_the_truth), cmocka_unit_test(a_record_says_what_was_not_sent), cmocka_unit_test(the_log_and_the_abilities),
        cmocka_unit_test(a_refused_write_is_mended_where_it_stands),
        cmocka_unit_test(a_conflict_is_decided_by_a_person), cmocka_unit_test(a_conflict_decided_by_typing),
        cmocka_unit_test(each_value_is_a_question), cmocka_unit_test(a_newer_version_is_seen_before_it_is_decided_on),
        cmocka_unit_test(a_deleted_entry_is_kept_or_let_go), cmocka_unit_test(a_conflict_by_ear), cmocka_unit_test(a_row_is_not_done_because_others_came),
    };

    return cmocka_run_group_tests_name("sync", tests, desk_setup, desk_teardown);
}
