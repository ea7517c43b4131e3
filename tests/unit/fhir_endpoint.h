/* fhir_endpoint.h - a FHIR server of canned answers on loopback, and a pass that speaks to it. */
#ifndef FRONTDESK_TESTS_FHIR_ENDPOINT_H
#define FRONTDESK_TESTS_FHIR_ENDPOINT_H

#include "tests/unit/directory.h"
#include "tests/unit/endpoint.h"

#include "access/authz.h"
#include "base/mem.h"
#include "sync/central.h"
#include "sync/http.h"

/* method and path of a request ("GET /fhir/Patient/p1"), compared up to the blank or & after it. NULL ends.
 * status NULL: the connection is cut instead. In body every $BASE stands for the base address. */
struct canned { const char *request, *status, *headers, *body; };

static struct cert fhir_ca, fhir_leaf;
static char fhir_dir[] = "/tmp/frontdesk-fhir-XXXXXX", fhir_ca_path[64];

static inline void fhir_say(struct peer *p, const struct canned *c)
{
    struct buf body = { 0 };

    for (const char *at = c->body; *at;) {
        const char *mark = strstr(at, "$BASE");

        buf_add_n(&body, at, mark ? (size_t)(mark - at) : strlen(at));
        if (!mark)
            break;
        buf_printf(&body, "https://127.0.0.1:%d/fhir", p->port);
        at = mark + 5;
    }
    peer_answer(p, c->status, c->headers ? c->headers : "", buf_text(&body));
    buf_done(&body);
}

static inline void fhir_serve(struct peer *p)
{
    static const struct canned none = { "", "404 Not Found", NULL, "{\"resourceType\":\"OperationOutcome\"}" };

    while (peer_hear(p)) {
        const struct canned *c = p->plan->ctx;

        for (; c->request; c++) {
            size_t len = strlen(c->request);
            if (strncmp(p->request, c->request, len) == 0 && strchr(" &", p->request[len]))
                break;
        }
        if (c->request && !c->status)
            return;
        fhir_say(p, c->request ? c : &none);
    }
}

static inline void fhir_certificates(void)
{
    if (!mkdtemp(fhir_dir))
        abort();
    snprintf(fhir_ca_path, sizeof fhir_ca_path, "%s/ca.pem", fhir_dir);
    fhir_ca = cert_make((struct cert_wish){ .name = "test ca", .basic = "critical,CA:TRUE" });
    fhir_leaf = cert_make((struct cert_wish){ .name = "127.0.0.1", .names = "IP:127.0.0.1", .issuer = &fhir_ca });
    cert_save(&fhir_ca, fhir_ca_path, NULL);
}

static inline void fhir_certificates_done(void)
{
    unlink(fhir_ca_path);
    rmdir(fhir_dir);
    cert_done(&fhir_leaf);
    cert_done(&fhir_ca);
}

/* For cmocka_run_group_tests. */
static inline int fhir_group_start(void **state)
{
    (void)state;
    http_start();
    fhir_certificates();
    return 0;
}

static inline int fhir_group_end(void **state)
{
    (void)state;
    fhir_certificates_done();
    http_end();
    return 0;
}

static inline struct endpoint_plan fhir_plan(const struct canned *canned)
{
    return (struct endpoint_plan){ .serve = fhir_serve, .cert = &fhir_leaf, .ctx = (void *)(uintptr_t)canned };
}

/* A pass against it that knows these types, NULL-ended. */
static inline struct central fhir_central(struct directory *d, const struct endpoint *e, const char *const *types)
{
    struct central c = { .st = d->st, .scope = "", .page_size = 50, .retry_after_ms = -1 };
    char url[64];

    snprintf(url, sizeof url, "https://127.0.0.1:%d/fhir", e->port);
    const struct http_settings settings = { .base_url = url, .ca_file = fhir_ca_path, .connect_timeout_s = 5,
                                            .stall_s = 5, .most_body = 1 << 20 };
    assert_int_equal(http_open(&settings, &c.http, NULL), RC_OK);
    authz_system(ORIGIN_SYNC, "sync push", &c.push);
    authz_system(ORIGIN_SYNC, "sync pull", &c.pull);
    c.caps.type = mem_array(40, sizeof *c.caps.type);
    for (; types && *types; types++)
        c.caps.type[c.caps.n_types++] = mem_dup(*types);
    return c;
}

static inline void fhir_central_done(struct central *c)
{
    capability_done(&c->caps);
    http_close(c->http);
}
#endif
