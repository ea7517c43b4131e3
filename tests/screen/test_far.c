/* Somebody whose record is only at the server is not found at the desk, or the desk says nothing when
 * the server cannot be asked. The real program and the real agent, against a server of canned answers. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "store/query.h"
#include "store/store.h"
#include "tests/unit/fhir_endpoint.h"

#define PATIENT(id, given, born) "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-11-20T10:00:00Z\"}," \
    "\"name\":[{\"family\":\"Quillfeather\",\"given\":[\"" given "\"]}],\"gender\":\"female\",\"birthDate\":\"" born "\"}"
#define VISIT "{\"resourceType\":\"Encounter\",\"id\":\"far-visit\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-11-20T10:00:00Z\"}," \
    "\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/far-1\"},\"type\":[{\"text\":\"wound care\"}],\"period\":{\"start\":\"2026-10-01T10:00:00Z\"}}"
#define SET(entries) "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[" entries "]}"

static const struct canned canned[] = {
    { "GET /fhir/metadata", "200 OK", NULL,
      "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"4.0.1\",\"rest\":[{\"mode\":\"server\",\"resource\":["
      "{\"type\":\"Patient\",\"interaction\":[{\"code\":\"search-type\"}],\"operation\":[{\"name\":\"everything\"}]},"
      "{\"type\":\"Encounter\",\"interaction\":[{\"code\":\"search-type\"}]}]}]}" },
    { "POST /fhir/Patient/_search", "200 OK", NULL,
      SET("{\"resource\":" PATIENT("far-1", "Ottilie", "1970-01-02") "},{\"resource\":" PATIENT("far-2", "Bruno", "1931-05-06") "}") },
    { "GET /fhir/Patient/far-1", "200 OK", NULL, PATIENT("far-1", "Ottilie", "1970-01-02") },
    { "GET /fhir/Patient/far-1/$everything?_count=500", "200 OK", NULL, SET("{\"resource\":" VISIT "}") },
    { "GET /fhir/Patient?_sort=_lastUpdated,_id", "200 OK", NULL, SET("") },
    { "GET /fhir/Encounter?_sort=_lastUpdated,_id", "200 OK", NULL, SET("") },
    { NULL, NULL, NULL, NULL },
};

static struct endpoint_plan plan;
static struct endpoint server;

static int setup(void **state)
{
    char folder[160], path[192], text[512];
    FILE *f;

    if (desk_setup(state) != 0)
        return -1;
    fhir_certificates();
    plan = fhir_plan(canned);
    plan.is_parallel = true;
    server = endpoint_start(&plan);
    snprintf(folder, sizeof folder, "%s/.config", getenv("HOME"));
    mkdir(folder, 0700);
    strcat(folder, "/frontdesk");
    mkdir(folder, 0700);
    snprintf(path, sizeof path, "%s/config", folder);
    snprintf(text, sizeof text, "server = { url = \"https://127.0.0.1:%d/fhir\"; ca_file = \"%s\"; connect_timeout_s = 5; };\n", server.port, fhir_ca_path);
    f = fopen(path, "w");
    return f && fputs(text, f) >= 0 && fclose(f) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    endpoint_stop(&server);
    fhir_certificates_done();
    return desk_teardown(state);    /* the agent leaves with its directory */
}

/* Nobody here by that name; asked, the server names two; the one opened is fetched and is whole. */
static void a_person_of_the_servers_is_opened(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char *text;

    (void)state;
    desk_walk(t, "/", "Enter open", "quillf", "nobody found", "\t", "> ", "\x1b[F", "ask the server too", "\r", "AT THE SERVER", NULL);
    desk_row_says(t, "Quillfeather, Ottilie", "1970-01-02");
    desk_row_says(t, "Quillfeather, Bruno", "server");
    text = desk_run(0, "patient", "find", "quillf", "--json", NULL);
    assert_string_equal(text, "[]\n");                  /* shown, not kept */
    free(text);
    desk_walk(t, "j", "> ", "\r", "TIMELINE", NULL);
    desk_sees(t, "Quillfeather, Ottilie");
    desk_sees(t, "wound care");
    desk_sees(t, "the whole record has come from the server");
    text = desk_run(0, "audit", "list", "--patient", "far-1", "--json", NULL);
    assert_non_null(strstr(text, "\"action\":\"patient fetch\""));
    assert_non_null(strstr(text, "\"action\":\"sync record\""));
    free(text);
    assert_true(endpoint_heard(&server, "name=quillf&"));
    assert_false(endpoint_heard(&server, "?name"));
    desk_quit(t);
}

/* As if it had been fetched on an earlier day than the desk's, whose clock stands. */
static void asked_for_long_ago(void)
{
    struct err err = { RC_OK, "" };
    struct store *st;

    clock_set_now(DESK_NOW);
    assert_int_equal(store_open(desk_dir(), 0, &st, &err), RC_OK);
    assert_int_equal(store_begin(st, &err), RC_OK);
    assert_int_equal(store_end(st, query_run(st, &err, "UPDATE asked_for SET until = ?1", "i", clock_now_ms() + (int64_t)29 * 24 * 60 * 60 * 1000), &err), RC_OK);
    store_close(st);
}

/* No pull brings what changes there: opened another day, it is asked for anew. */
static void opened_again_it_comes_again(void **state)
{
    struct terminal *t;

    (void)state;
    asked_for_long_ago();
    t = desk_open(24, 80);
    desk_find(t, "quillf", "Quillfeather, Ottilie");
    desk_sees(t, "the whole record has come from the server");
    desk_quit(t);
}

/* The same from a script. */
static void a_script_waits_for_the_answer(void **state)
{
    char *text = desk_run(0, "patient", "find", "quillf", "--server", "--json", NULL);

    (void)state;
    assert_non_null(strstr(text, "\"id\":\"far-2\",\"name\":\"Quillfeather, Bruno\""));
    free(text);
    text = desk_run(0, "patient", "fetch", "far-1", "--json", NULL);
    assert_string_equal(text, "{\"documents\":2,\"whole\":true}\n");
    free(text);
    free(desk_run(1, "patient", "fetch", "far-9", NULL));
    free(desk_run(1, "patient", "find", "x", "--server", NULL));     /* too little to ask for */
}

/* The line is cut: it says so, in the row that asked, and everything else goes on. */
static void without_the_server_it_says_so(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    endpoint_stop(&server);
    desk_walk(t, "/", "Enter open", "quillf", "1 found", "\t", "> ", "\x1b[F", "ask the server too", "\r", "the server cannot be asked now: offline", NULL);
    asked_for_long_ago();
    desk_walk(t, "k", "register", "k", "> ", "\r", "TIMELINE", NULL);
    desk_sees(t, "what is shown may be old or a part: offline");
    free(desk_run(1, "patient", "find", "quillf", "--server", NULL));
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_of_the_servers_is_opened), cmocka_unit_test(opened_again_it_comes_again), cmocka_unit_test(a_script_waits_for_the_answer),
        cmocka_unit_test(without_the_server_it_says_so),
    };

    return cmocka_run_group_tests_name("far", tests, setup, teardown);
}
