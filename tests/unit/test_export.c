/* The first pull of a large clinic takes all night, begins again after every stop, or sends the token to
 * wherever a list of files points. */
#include "tests/unit/fhir_endpoint.h"

#include "store/export.h"
#include "store/quarantine.h"
#include "store/sync_state.h"
#include "sync/belong.h"
#include "sync/export.h"
#include "sync/pull.h"

#define PATIENT(id) "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-11-20T10:00:00Z\"}}"
#define TIME "2026-11-20T12:00:00Z"

/* What the server does, and how often a request came by then. */
struct plot {
    const char *kick_off;       /* status */
    const char *location;       /* of the status; NULL none */
    int waits;                  /* answers 202 so often */
    const char *list_status, *list;
    const char *first_file, *second_file;   /* NULL: the line is cut once, then it is EMPTY */
};
#define LIST(more) "{\"transactionTime\":\"" TIME "\",\"requiresAccessToken\":true,\"output\":[{\"type\":\"Patient\",\"url\":\"$BASE/files/1\"}," \
    "{\"type\":\"Patient\",\"url\":\"files/2\"},{\"type\":\"Binary\",\"url\":\"$BASE/files/1\"}]" more "}"

static int heard_so_far(const struct heard *h, const char *what)
{
    int n = 0;

    for (const char *at = h->bytes, *end = h->bytes + h->len; (at = memmem(at, (size_t)(end - at), what, strlen(what))); at++)
        n++;
    return n;
}

static void serve(struct peer *p)
{
    const struct plot *plot = p->plan->ctx;

    while (peer_hear(p)) {
        struct canned c = { "", "404 Not Found", NULL, "{}" };
        char header[256];

        if (strncmp(p->request, "GET /fhir/$export?", 18) == 0) {
            snprintf(header, sizeof header, "Content-Location: %s\r\n", plot->location ? plot->location : "");
            c = (struct canned){ "", plot->kick_off, plot->location ? header : NULL, "" };
        } else if (strncmp(p->request, "GET /fhir/status/7 ", 19) == 0) {
            bool is_ready = heard_so_far(p->heard, "GET /fhir/status/7 ") > plot->waits;
            c = (struct canned){ "", is_ready ? plot->list_status : "202 Accepted", "Retry-After: 0\r\n", is_ready ? plot->list : "" };
        } else if (strncmp(p->request, "GET /fhir/files/1 ", 18) == 0) {
            c = (struct canned){ "", "200 OK", NULL, plot->first_file };
        } else if (strncmp(p->request, "GET /fhir/files/2 ", 18) == 0) {
            if (!plot->second_file && heard_so_far(p->heard, "GET /fhir/files/2 ") == 1) {
                peer_say(p, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"resourceType\":\"Pat");
                return;
            }
            c = (struct canned){ "", "200 OK", NULL, plot->second_file ? plot->second_file : "\n" PATIENT("p4") };
        }
        fhir_say(p, &c);
    }
}

static enum rc run(struct directory *d, const struct endpoint *e, const char *setting, bool *is_waiting, struct central *c)
{
    static const char *const types[] = { "Patient", "Organization", NULL };
    struct belong belong;
    struct err why = { 0 };

    *c = fhir_central(d, e, types);
    c->caps.has_export = true;
    c->bulk_export = setting;
    c->page_size = 2;
    belong_init(&belong, c);
    enum rc rc = export_pull(c, &belong, is_waiting, &why);
    belong_done(&belong);
    return rc;
}

static char *watermark(struct central *c, const char *type)
{
    char *key = pull_scope_key(c, ""), *mark = pull_watermark(c->st, key, type);

    free(key);
    return mark;
}

static int64_t patients(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Patient'");
}

/* Asked for once, waited for, cut in the second file, gone on with: nothing twice, nothing missing. */
static void it_goes_on_where_it_was(void **state)
{
    static const struct plot plot = { "202 Accepted", "/fhir/status/7", 2, "200 OK", LIST(",\"error\":[]"),
                                      PATIENT("p1") "\r\n" "{\"resourceType\":\"Patient\",\n" PATIENT("p2") "\n\n" PATIENT("p3") "\n", NULL };
    const struct endpoint_plan plan = { .serve = serve, .cert = &fhir_leaf, .ctx = (void *)(uintptr_t)&plot };
    struct directory *d = *state;
    struct endpoint e = endpoint_start(&plan);
    struct central c;
    bool is_waiting;

    assert_int_equal(run(d, &e, "system", &is_waiting, &c), RC_NET);        /* cut */
    assert_int_equal(patients(d), 3);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM quarantine WHERE line = 2"), 1);  /* the half line */
    char *mark = watermark(&c, "Patient");
    assert_string_equal(mark, "");                                          /* not before all of it is here */
    free(mark);
    fhir_central_done(&c);
    assert_int_equal(run(d, &e, "system", &is_waiting, &c), RC_OK);
    assert_false(is_waiting);
    assert_int_equal(patients(d), 4);
    assert_int_equal(heard_so_far(e.heard, "GET /fhir/$export?_type=Organization,Patient HTTP"), 1);
    assert_int_equal(heard_so_far(e.heard, "Prefer: respond-async"), 1);
    assert_int_equal(heard_so_far(e.heard, "GET /fhir/status/7 "), 3);
    assert_int_equal(heard_so_far(e.heard, "GET /fhir/files/2 "), 2);
    assert_true(endpoint_heard(&e, "DELETE /fhir/status/7 "));
    mark = watermark(&c, "Organization");
    assert_string_equal(mark, TIME);
    free(mark);
    fhir_central_done(&c);
    assert_int_equal(run(d, &e, "system", &is_waiting, &c), RC_OK);         /* only the first time */
    assert_int_equal(heard_so_far(e.heard, "$export"), 1);
    fhir_central_done(&c);
    endpoint_stop(&e);
}

/* Killed within a file: the lines that are in are not taken again. */
static void a_line_that_is_in_is_in(void **state)
{
    static const struct plot plot = { "202 Accepted", "/fhir/status/7", 0, "200 OK", LIST(""),
                                      PATIENT("p1") "\n" PATIENT("p2") "\n" PATIENT("p3") "\n", PATIENT("p4") };
    const struct endpoint_plan plan = { .serve = serve, .cert = &fhir_leaf, .ctx = (void *)(uintptr_t)&plot };
    struct directory *d = *state;
    struct endpoint e = endpoint_start(&plan);
    struct export_file files[] = { { .type = "Patient", .path = "files/1" }, { .type = "Patient", .path = "files/2" } };
    struct central c;
    bool is_waiting;
    char what[96];

    snprintf(what, sizeof what, "https://127.0.0.1:%d/fhir/system", e.port);
    ASSERT_OK(export_begin(d->st, what, "status/7", err));
    ASSERT_OK(export_listed(d->st, what, TIME, files, 2, err));
    files[0].line = 2;
    ASSERT_OK(export_position(d->st, what, &files[0], false, err));
    assert_int_equal(run(d, &e, "system", &is_waiting, &c), RC_OK);
    assert_int_equal(patients(d), 2);
    assert_true(store_has(d->st, "Patient", "p3") && store_has(d->st, "Patient", "p4"));
    assert_int_equal(heard_so_far(e.heard, "/fhir/status/7 "), 1);      /* the DELETE */
    fhir_central_done(&c);
    endpoint_stop(&e);
}

/* Whatever the server does otherwise: pages do it, and it is not asked again. */
static void or_else_pages_do_it(void **state)
{
    static const struct { const char *why; struct plot plot; } cases[] = {
        { "not allowed", { .kick_off = "403 Forbidden" } },
        { "not there", { .kick_off = "501 Not Implemented" } },
        { "no address", { .kick_off = "202 Accepted" } },
        { "elsewhere", { .kick_off = "202 Accepted", .location = "https://elsewhere.example/status/7" } },
        { "failed", { .kick_off = "202 Accepted", .location = "/fhir/status/7", .list_status = "500 Oh", .list = "{}" } },
        { "expired", { .kick_off = "202 Accepted", .location = "/fhir/status/7", .list_status = "404 Gone", .list = "{}" } },
        { "no list", { .kick_off = "202 Accepted", .location = "/fhir/status/7", .list_status = "200 OK", .list = "<html>" } },
        { "not everything", { .kick_off = "202 Accepted", .location = "/fhir/status/7", .list_status = "200 OK", .list = LIST(",\"error\":[{\"url\":\"x\"}]") } },
        { "files elsewhere", { .kick_off = "202 Accepted", .location = "/fhir/status/7", .list_status = "200 OK",
                               .list = "{\"transactionTime\":\"" TIME "\",\"output\":[{\"type\":\"Patient\",\"url\":\"https://elsewhere.example/files/1\"}]}" } },
        { "a file that is gone", { .kick_off = "202 Accepted", .location = "/fhir/status/7", .list_status = "200 OK",
                               .list = "{\"transactionTime\":\"" TIME "\",\"output\":[{\"type\":\"Patient\",\"url\":\"files/9\"}]}" } },
    };
    struct directory *d = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct endpoint_plan plan = { .serve = serve, .cert = &fhir_leaf, .ctx = (void *)(uintptr_t)&cases[i].plot };
        struct endpoint e = endpoint_start(&plan);
        struct central c;
        bool is_waiting = false;

        for (int twice = 0; twice < 2; twice++) {
            enum rc rc = run(d, &e, "system", &is_waiting, &c);
            char *mark = watermark(&c, "Patient");

            if (rc != RC_OK || is_waiting || *mark || (twice == 0) != (strstr(c.problem, "pages are pulled") != NULL))
                fail_msg("%s: %s %s", cases[i].why, rc_name(rc), c.problem);
            free(mark);
            fhir_central_done(&c);
        }
        assert_int_equal(heard_so_far(e.heard, "$export"), 1);
        endpoint_stop(&e);
    }
}

static void it_is_not_asked_for_unless_it_is_wanted_and_first(void **state)
{
    static const struct plot plot = { .kick_off = "202 Accepted", .location = "/fhir/status/7", .list_status = "200 OK", .list = LIST("") };
    const struct endpoint_plan plan = { .serve = serve, .cert = &fhir_leaf, .ctx = (void *)(uintptr_t)&plot };
    struct directory *d = *state;
    struct endpoint e = endpoint_start(&plan);
    struct central c;
    bool is_waiting;

    assert_int_equal(run(d, &e, "", &is_waiting, &c), RC_OK);
    char *key = pull_scope_key(&c, "");
    ASSERT_OK(pull_set_watermark(d->st, key, "Patient", "", TIME, err));     /* pages have begun */
    free(key);
    fhir_central_done(&c);
    assert_int_equal(run(d, &e, "system", &is_waiting, &c), RC_OK);
    assert_int_equal(e.heard->requests, 0);
    fhir_central_done(&c);
    endpoint_stop(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(it_goes_on_where_it_was), DIRECTORY_TEST(a_line_that_is_in_is_in), DIRECTORY_TEST(or_else_pages_do_it),
        DIRECTORY_TEST(it_is_not_asked_for_unless_it_is_wanted_and_first),
    };

    return cmocka_run_group_tests(tests, fhir_group_start, fhir_group_end);
}
