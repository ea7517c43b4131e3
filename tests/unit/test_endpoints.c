/* The clinic's token would be handed to a stranger: someone between, a captive network, a server that is
 * not what it was. Each bad endpoint is met by a whole pass of the agent and writes down what it hears. */
#include "tests/unit/directory.h"
#include "tests/unit/endpoint.h"

#include <zlib.h>

#include "base/config.h"
#include "store/sync_state.h"
#include "sync/agent.h"
#include "sync/http.h"

#define CANARY "canary-token-0815"
#define STATEMENT(version) "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\",\"fhirVersion\":\"" version "\",\"rest\":[{\"mode\":\"server\"}]}"

/* ---- certificates ---- */

static struct cert ca, other_ca, middle, no_ca, leaf, self, expired, early, elsewhere, orphan, from_no_ca, of_other, for_clients, weak, sha1;

static struct cert leaf_of(const struct cert *issuer, struct cert_wish wish)
{
    wish.name = "127.0.0.1";
    wish.names = wish.names ? wish.names : "IP:127.0.0.1,DNS:localhost";
    wish.issuer = issuer;
    return cert_make(wish);
}

static void make_certificates(void)
{
    ca = cert_make((struct cert_wish){ .name = "test CA", .basic = "critical,CA:TRUE" });
    other_ca = cert_make((struct cert_wish){ .name = "another CA", .basic = "critical,CA:TRUE" });
    middle = cert_make((struct cert_wish){ .name = "test CA between", .basic = "critical,CA:TRUE", .issuer = &ca });
    no_ca = cert_make((struct cert_wish){ .name = "test no CA", .basic = "critical,CA:FALSE", .issuer = &ca });
    leaf = leaf_of(&ca, (struct cert_wish){ 0 });
    self = leaf_of(NULL, (struct cert_wish){ 0 });
    expired = leaf_of(&ca, (struct cert_wish){ .from_s = -3 * DAY_S, .to_s = -60 });
    early = leaf_of(&ca, (struct cert_wish){ .from_s = DAY_S, .to_s = 3 * DAY_S });
    elsewhere = leaf_of(&ca, (struct cert_wish){ .names = "DNS:fhir.example.org" });
    orphan = leaf_of(&middle, (struct cert_wish){ 0 });
    from_no_ca = leaf_of(&no_ca, (struct cert_wish){ 0 });
    of_other = leaf_of(&other_ca, (struct cert_wish){ 0 });
    for_clients = leaf_of(&ca, (struct cert_wish){ .use = "clientAuth" });
    weak = leaf_of(&ca, (struct cert_wish){ .rsa_bits = 1024 });
    sha1 = leaf_of(&ca, (struct cert_wish){ .digest = EVP_sha1() });
}

/* ---- how they behave ---- */

static void answer_good(struct peer *p)
{
    while (peer_hear(p) && peer_answer(p, "200 OK", "Content-Type: application/fhir+json\r\n", STATEMENT("4.0.1")))
        ;
}

/* One answer from the row, then the line stays open until the other side goes. */
static void answer_said(struct peer *p)
{
    if (peer_hear(p) && peer_say(p, p->plan->ctx))
        peer_hear(p);
}
static void answer_said_and_close(struct peer *p)
{
    if (peer_hear(p))
        peer_say(p, p->plan->ctx);
}
static void close_at_once(struct peer *p) { (void)p; }
static void close_after_request(struct peer *p) { peer_hear(p); }

static void cut_handshake(struct peer *p)
{
    char hello[16];

    if (read(p->fd, hello, sizeof hello) > 0)
        peer_say_n(p, "\x16\x03\x03\x00\x40\x02\x00", 7);  /* the beginning of a ServerHello */
}

static void answer_plain(struct peer *p)
{
    char hello[16];

    if (read(p->fd, hello, sizeof hello) > 0)
        peer_say(p, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
}

/* A line of the row over and over, until nobody listens any more. */
static void answer_endless(struct peer *p)
{
    if (peer_hear(p) && peer_say(p, "HTTP/1.1 200 OK\r\n"))
        while (peer_say(p, p->plan->ctx))
            ;
}
static void answer_flood(struct peer *p)
{
    if (peer_hear(p))
        while (peer_say(p, p->plan->ctx))
            ;
}

static void answer_huge(struct peer *p)
{
    static char much[1 << 16];

    if (peer_hear(p) && peer_say(p, "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 100000000000\r\n\r\n"))
        while (peer_say_n(p, memset(much, ' ', sizeof much), sizeof much))
            ;
}

/* A hundred megabytes of spaces as one gzip member, made before anybody waits for it. */
static struct { char packed[1 << 20]; unsigned long len; } bomb;

static void make_bomb(void)
{
    enum { PIECES = 100 };
    static char spaces[1 << 20];
    z_stream z = { .next_out = (Bytef *)bomb.packed, .avail_out = sizeof bomb.packed };

    memset(spaces, ' ', sizeof spaces);
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    for (int i = 0; i < PIECES; i++) {
        z.next_in = (Bytef *)spaces;
        z.avail_in = sizeof spaces;
        deflate(&z, Z_NO_FLUSH);
    }
    deflate(&z, Z_FINISH);
    bomb.len = z.total_out;
    deflateEnd(&z);
}

static void answer_bomb(struct peer *p)
{
    char head[128];

    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n", bomb.len);
    if (peer_hear(p) && peer_say(p, head) && peer_say_n(p, bomb.packed, bomb.len))
        peer_hear(p);
}

/* Four bytes a second: never quite silent. */
static void answer_drip(struct peer *p)
{
    if (peer_hear(p) && peer_say(p, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
        while (peer_say(p, " "))
            usleep(250 * 1000);
}

/* ---- how they speak TLS ---- */

static void anything_goes(SSL_CTX *ctx)
{
    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
}
static void only_tls_1_1(SSL_CTX *ctx) { anything_goes(ctx); SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION); }
static void only_tls_1_0(SSL_CTX *ctx) { anything_goes(ctx); SSL_CTX_set_max_proto_version(ctx, TLS1_VERSION); }
static void no_identity(SSL_CTX *ctx)
{
    anything_goes(ctx);
    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(ctx, "aNULL:@SECLEVEL=0");
}
static void asks_for_ours(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca.x509);
}
static void asks_for_ours_1_2(SSL_CTX *ctx) { asks_for_ours(ctx); SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION); }

/* ---- the table ---- */

#define HEAD(status) "HTTP/1.1 " status "\r\n"
#define JSON "Content-Type: application/fhir+json\r\n"
#define TLS(what, which, says) { what, { .serve = answer_good, .cert = &which }, says, true }
#define SAYS(what, text, says) { what, { .serve = answer_said, .cert = &leaf, .ctx = (char[]){ text } }, says, false }

static const struct endpoint_case {
    const char *name;
    struct endpoint_plan plan;
    const char *words;              /* what the status line says, in part */
    bool is_of_tls;                 /* fails before HTTP: also refused when the address is known well */
} cases[] = {
    TLS("another authority", of_other, "leads to no authority this machine trusts"),
    TLS("signed by itself", self, "signed by itself"),
    TLS("expired", expired, "has expired"),
    TLS("not valid yet", early, "not valid yet"),
    TLS("another host", elsewhere, "made out to another name"),
    { "issuer is no CA", { .serve = answer_good, .cert = &from_no_ca, .chain = &no_ca }, "may not issue any", true },
    TLS("intermediate left out", orphan, "does not send the certificates between"),
    TLS("made for clients", for_clients, "not made for servers"),
    { "TLS 1.1", { .serve = answer_good, .cert = &leaf, .tune = only_tls_1_1 }, "only TLS older than 1.2", true },
    { "TLS 1.0", { .serve = answer_good, .cert = &leaf, .tune = only_tls_1_0 }, "only TLS older than 1.2", true },
    { "no identity at all", { .serve = answer_good, .cert = &leaf, .tune = no_identity }, "broke off the handshake", true },
    { "key of 1024 bits", { .serve = answer_good, .cert = &weak, .tune = anything_goes }, "too weak", true },
    { "signed with SHA-1", { .serve = answer_good, .cert = &sha1, .tune = anything_goes }, "no longer safe", true },
    { "HTTP in the open", { .serve = answer_plain, .is_plain = true }, "does not speak TLS", true },
    { "cut in the handshake", { .serve = cut_handshake, .is_plain = true }, "middle of the handshake", true },
    { "closed at once", { .serve = close_at_once, .is_plain = true }, "middle of the handshake", true },
    { "asks for our certificate", { .serve = answer_good, .cert = &leaf, .tune = asks_for_ours }, "asks for a certificate of ours", false },
    { "asks for it over TLS 1.2", { .serve = answer_good, .cert = &leaf, .tune = asks_for_ours_1_2 }, "asks for a certificate of ours", true },
    SAYS("redirect to http", HEAD("301 Moved Permanently") "Location: http://127.0.0.1/fhir/metadata\r\nContent-Length: 0\r\n\r\n", "sends us on to another address"),
    SAYS("redirect to another host", HEAD("307 Temporary Redirect") "Location: https://fhir.example.org/metadata\r\nContent-Length: 0\r\n\r\n", "sends us on to another address"),
    SAYS("captive portal", HEAD("200 OK") "Content-Type: text/html\r\nContent-Length: 31\r\n\r\n<html><body>Welcome!</body></ht", "web page answers"),
    SAYS("captive portal that refuses", HEAD("403 Forbidden") "Content-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "web page answers"),
    SAYS("captive portal that asks", HEAD("511 Network Authentication Required") "Content-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "web page answers"),
    SAYS("JSON of something else", HEAD("200 OK") JSON "Content-Length: 13\r\n\r\n{\"hello\":\"x\"}", "no FHIR server"),
    SAYS("no JSON", HEAD("200 OK") JSON "Content-Length: 5\r\n\r\nhello", "no FHIR server"),
    SAYS("nothing in it", HEAD("200 OK") JSON "Content-Length: 0\r\n\r\n", "no FHIR server"),
    SAYS("FHIR STU3", HEAD("200 OK") JSON "Content-Length: 60\r\n\r\n{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"3.0.2\"}", "speaks FHIR 3.0.2"),
    SAYS("FHIR R5", HEAD("200 OK") JSON "Content-Length: 60\r\n\r\n{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"5.0.0\"}", "speaks FHIR 5.0.0"),
    SAYS("wrong path", HEAD("404 Not Found") "Content-Length: 0\r\n\r\n", "no FHIR server at this path"),
    SAYS("a proxy that asks", HEAD("407 Proxy Authentication Required") "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n", "proxy on the way"),
    SAYS("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "no proper HTTP"),
    SAYS("chunks of no size", HEAD("200 OK") JSON "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n", "no proper HTTP"),
    SAYS("gzip that is none", HEAD("200 OK") JSON "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", "cannot be unpacked"),
    { "closed without an answer", { .serve = close_after_request, .cert = &leaf }, "hung up without an answer", false },
    { "answer cut short", { .serve = answer_said_and_close, .cert = &leaf, .ctx = (char[]){ HEAD("200 OK") JSON "Content-Length: 900\r\n\r\n{\"resourceType\":" } },
      "broke off before the end", false },
    { "headers without end", { .serve = answer_endless, .cert = &leaf, .ctx = (char[]){ "X-More: and more\r\n" } }, "headers without end", false },
    { "a header without end", { .serve = answer_endless, .cert = &leaf, .ctx = (char[]){ "X-More: and more " } }, "headers without end", false },
    { "100 Continue without end", { .serve = answer_flood, .cert = &leaf, .ctx = (char[]){ "HTTP/1.1 100 Continue\r\n\r\n" } }, "headers without end", false },
    { "a body of 100 GB", { .serve = answer_huge, .cert = &leaf }, "too large", false },
    { "a gzip bomb", { .serve = answer_bomb, .cert = &leaf }, "too large", false },
    { "silence", { .serve = answer_said, .cert = &leaf, .ctx = (char[]){ "" } }, "silent for too long", false },
    { "silence in the middle", { .serve = answer_said, .cert = &leaf, .ctx = (char[]){ HEAD("200 OK") JSON "Content-Length: 900\r\n\r\n{\"reso" } },
      "silent for too long", false },
    { "a few bytes a second", { .serve = answer_drip, .cert = &leaf }, "silent for too long", false },
};

/* ---- meeting them ---- */

static char *path_in(const struct directory *d, const char *name)
{
    char *path = malloc(128);

    snprintf(path, 128, "%s/%s", d->path, name);
    return path;
}

static struct config *config_for(const struct directory *d, int port, int stall_s)
{
    char *path = path_in(d, "config"), *token = path_in(d, "token"), *trusted = path_in(d, "ca.pem");
    FILE *f = fopen(token, "w");
    struct config *config = NULL;

    fputs(CANARY "\n", f);
    fclose(f);
    chmod(token, 0600);
    cert_save(&ca, trusted, NULL);
    f = fopen(path, "w");
    fprintf(f, "server = { url = \"https://127.0.0.1:%d/fhir\"; ca_file = \"%s\"; token_file = \"%s\"; stall_s = %d; connect_timeout_s = 30; };\n",
            port, trusted, token, stall_s);
    fclose(f);
    ASSERT_OK(config_load(path, &config, NULL, err));
    free(path);
    free(token);
    free(trusted);
    return config;
}

/* One pass of the agent; what the status line says of it afterwards. */
static enum rc pass(struct directory *d, int port, int stall_s, struct sync_status *status)
{
    struct config *config = config_for(d, port, stall_s);
    struct agent agent = { .st = d->st, .config = config, .lock_fd = -1 };
    struct agent_report report;

    ASSERT_OK(agent_lock(&agent, err));
    enum rc rc = agent_pass(&agent, true, &report, NULL);
    agent_unlock(&agent);
    config_free(config);
    ASSERT_OK(sync_status_get(d->st, status, err));
    return rc;
}

static int n_bad;
#define BAD(...) (print_error(__VA_ARGS__), print_error("\n"), n_bad++)

static void meet(struct directory *d, const struct endpoint_case *c, bool is_known)
{
    struct endpoint e = endpoint_start(&c->plan);
    struct sync_status status;
    char url[64];

    if (is_known) {
        snprintf(url, sizeof url, "https://127.0.0.1:%d/fhir", e.port);
        ASSERT_OK(server_set_caps(d->st, url, "{\"probed\":9000000000000,\"guard\":\"none\",\"takesIds\":true,\"types\":[\"Patient\"]}", err));
    }
    /* Short only where silence is the point: the machine may be busy. */
    if (pass(d, e.port, strstr(c->words, "silent") ? 1 : 30, &status) == RC_OK)
        BAD("%s: not refused", c->name);
    if (!strstr(status.problem, c->words))
        BAD("%s: '%s' does not say '%s'", c->name, status.problem, c->words);
    if (e.heard->connections == 0)
        BAD("%s: was not met", c->name);
    if (endpoint_heard(&e, "canary") || endpoint_heard(&e, "Authorization"))
        BAD("%s: was told the token", c->name);
    if (c->is_of_tls && e.heard->len > 0)
        BAD("%s: was told %zu bytes", c->name, e.heard->len);
    endpoint_stop(&e);
}

static void none_of_them_hears_of_the_token(void **state)
{
    assert_true(sizeof cases / sizeof *cases >= 25);
    n_bad = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        meet(*state, &cases[i], false);
    assert_int_equal(n_bad, 0);
}

/* The address has been ours for long; somebody else sits there now. */
static void nor_where_the_server_was_known(void **state)
{
    n_bad = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].is_of_tls)
            meet(*state, &cases[i], true);
    assert_int_equal(n_bad, 0);
}

/* What the others are measured against: only a FHIR server, or one that asks who we are, hears it. */
static void wants_to_know(struct peer *p)
{
    while (peer_hear(p)) {
        bool is_told = strstr(p->request, "Authorization: Bearer " CANARY "\r\n") != NULL;
        if (!peer_answer(p, is_told ? "200 OK" : "401 Unauthorized", JSON "WWW-Authenticate: Bearer\r\n", is_told ? STATEMENT("4.0.1") : "{}"))
            return;
    }
}

static void a_fhir_server_does(void **state)
{
    static const struct endpoint_plan good[] = { { .serve = answer_good, .cert = &leaf }, { .serve = wants_to_know, .cert = &leaf } };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct endpoint e = endpoint_start(&good[i]);
        struct sync_status status;

        pass(*state, e.port, 30, &status);
        const char *first = memmem(e.heard->bytes, e.heard->len, "\r\n\r\n", 4);
        assert_non_null(first);
        assert_null(memmem(e.heard->bytes, (size_t)(first - e.heard->bytes), "Authorization", 13));     /* not the first words */
        assert_true(endpoint_heard(&e, "Authorization: Bearer " CANARY "\r\n"));
        endpoint_stop(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(none_of_them_hears_of_the_token), DIRECTORY_TEST(nor_where_the_server_was_known), DIRECTORY_TEST(a_fhir_server_does),
    };

    make_certificates();
    make_bomb();
    http_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    return failed;
}
