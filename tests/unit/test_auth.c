/* The clinic would be locked out of its server in the middle of the day, or its token read by others: how
 * we prove who we are, against a token endpoint and a FHIR server that check every claim. */
#include "tests/unit/directory.h"
#include "tests/unit/endpoint.h"
#include "tests/unit/jws.h"

#include <fcntl.h>
#include <strings.h>
#include <time.h>

#include "base/config.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/secret.h"
#include "store/sync_state.h"
#include "sync/agent.h"
#include "sync/auth.h"
#include "sync/http.h"

#define STATEMENT "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\",\"fhirVersion\":\"4.0.1\",\"rest\":[{\"mode\":\"server\"}]}"

static struct cert ca, leaf, strange, ours;
static EVP_PKEY *ec_key, *rsa_key, *other_key;

/* The store at the true time: assertions and certificates are checked against it. */
static int setup(void **state)
{
    struct directory *d = calloc(1, sizeof *d);

    strcpy(d->path, "/tmp/frontdesk-auth-XXXXXX");
    *state = d;
    return mkdtemp(d->path) && store_open(d->path, STORE_CREATE, &d->st, NULL) == RC_OK ? 0 : -1;
}
#define AUTH_TEST(f) cmocka_unit_test_setup_teardown(f, setup, directory_teardown)

static const char *write_in(struct directory *d, const char *name, const char *text, mode_t mode)
{
    static char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", d->path, name);
    unlink(path);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static struct config *config_of(struct directory *d, int port, const char *more)
{
    char text[2048], trusted[128];
    struct config *config = NULL;

    snprintf(trusted, sizeof trusted, "%s/ca.pem", d->path);
    cert_save(&ca, trusted, NULL);
    snprintf(text, sizeof text, "server = { url = \"https://127.0.0.1:%d/fhir\"; ca_file = \"%s\"; stall_s = 30; connect_timeout_s = 30; %s };\n",
             port, trusted, more);
    ASSERT_OK(config_load(write_in(d, "config", text, 0600), &config, NULL, err));
    return config;
}

static void seal(struct directory *d, const char *name, const char *text)
{
    struct grant grant = directory_grant("secret set", "");

    ASSERT_OK(secret_set(d->st, &grant, name, text, strlen(text), err));
}

static void a_token_only_we_can_read(void **state)
{
    static const struct { const char *text; mode_t mode; enum rc rc; } rows[] = {
        { "abc.DEF-123_~+/=\n", 0600, RC_OK }, { "abc", 0400, RC_OK }, { "abc", 0640, RC_DENIED }, { "abc", 0604, RC_DENIED },
        { "", 0600, RC_IO }, { "\n", 0600, RC_IO }, { "abc\r\nX-Other: 1", 0600, RC_INVALID }, { "two words", 0600, RC_INVALID },
    };
    struct directory *d = *state;
    char more[200], path[128], link[128];

    snprintf(path, sizeof path, "%s/token", d->path);
    snprintf(link, sizeof link, "%s/link", d->path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows + 3; i++) {
        bool is_row = i < sizeof rows / sizeof *rows;
        enum rc want = is_row ? rows[i].rc : i == sizeof rows / sizeof *rows + 1 ? RC_DENIED : RC_IO;
        struct auth *auth;

        if (is_row)
            write_in(d, "token", rows[i].text, rows[i].mode);
        else if (i == sizeof rows / sizeof *rows)           /* a link: whoever may write there decides what we read */
            assert_int_equal(symlink(path, link), 0);
        snprintf(more, sizeof more, "token_file = \"%s\";", is_row ? path : i == sizeof rows / sizeof *rows ? link : i == sizeof rows / sizeof *rows + 1 ? d->path : "/nonexistent");
        struct config *config = config_of(d, 1, more);
        ASSERT_OK(auth_open(d->st, config, NULL, &auth, err));
        if (auth_ready(auth, NULL) != want)
            fail_msg("case %zu", i);
        auth_close(auth);
        config_free(config);
    }
}

/* ---- a token endpoint and a FHIR server that check every claim ---- */

#define CLIENT "desk one:1"
#define SECRET "canary:s3cret & more%"

enum { JTIS = 32 };
static struct mock {                /* shared with both */
    EVP_PKEY *key;                  /* registered for CLIENT; inherited, not shared */
    char kid[40];
    const char *always;             /* the token endpoint's answer whatever is asked, with its status; NULL: as it should be */
    const char *status, *headers;
    long skew_s;                    /* its clock */
    bool hides_date;                /* and it does not say what it is */
    int lasts_s;
    char jti[JTIS][48], assertion[4096];
    int n_asked, n_given;           /* requests for a token, and tokens given */
    int n_served, n_refused;        /* by the FHIR server */
    int drop_after;                 /* it forgets the token after so many; 0 never */
    bool takes_none;                /* it accepts no token whatever */
    char token[40];                 /* the one it takes */
    const char *metadata;           /* public, whatever it is */
    char discovery[200];            /* what .well-known/smart-configuration says; "" 404 */
} *mock;

static char *form_field(const char *body, const char *name, char *out, size_t size)
{
    const char *at = body;
    size_t n = 0;

    for (size_t len = strlen(name); at && (strncmp(at, name, len) != 0 || at[len] != '='); at = (at = strchr(at, '&')) ? at + 1 : NULL)
        ;
    for (at = at ? strchr(at, '=') + 1 : ""; *at && *at != '&' && n + 1 < size; at++) {
        out[n++] = *at;
        if (*at == '%' && at[1] && at[2]) {
            char hex[3] = { at[1], at[2], 0 };
            out[n - 1] = (char)strtol(hex, NULL, 16);
            at += 2;
        }
    }
    out[n] = '\0';
    return out;
}

static bool is_new_jti(const char *jti)
{
    for (int i = 0; i < JTIS; i++) {
        if (strcmp(mock->jti[i], jti) == 0)
            return false;
        if (!mock->jti[i][0]) {
            snprintf(mock->jti[i], sizeof mock->jti[i], "%s", jti);
            return true;
        }
    }
    return false;
}

/* SMART App Launch, "Server obligations" for asymmetric clients. */
static bool assertion_is_good(const char *assertion, int port)
{
    struct doc *header = jws_part(assertion, 0), *claims = jws_part(assertion, 1);
    const struct node *h = header ? doc_root(header) : NULL, *c = claims ? doc_root(claims) : NULL;
    long now = (long)time(NULL) + mock->skew_s, exp = strtol(node_str(c, "exp"), NULL, 10);
    char aud[64];

    snprintf(aud, sizeof aud, "https://127.0.0.1:%d/oauth/token", port);
    bool is_good = h && c && jws_verifies(mock->key, assertion) && strcmp(node_str(h, "kid"), mock->kid) == 0 &&
                   strcmp(node_str(h, "alg"), EVP_PKEY_is_a(mock->key, "EC") ? "ES384" : "RS384") == 0 &&
                   strcmp(node_str(h, "typ"), "JWT") == 0 && strcmp(node_str(c, "iss"), CLIENT) == 0 &&
                   strcmp(node_str(c, "sub"), CLIENT) == 0 && strcmp(node_str(c, "aud"), aud) == 0 &&
                   exp > now && exp <= now + 300 && is_new_jti(node_str(c, "jti"));
    doc_free(header);
    doc_free(claims);
    return is_good;
}

/* "desk one:1" and the secret, form-encoded, joined, in base64 (RFC 6749, 2.3.1). */
static bool basic_is_good(const char *request)
{
    return strstr(request, "Authorization: Basic ZGVzayUyMG9uZSUzQTE6Y2FuYXJ5JTNBczNjcmV0JTIwJTI2JTIwbW9yZSUyNQ==\r\n") != NULL;
}

static void give_token(struct peer *p, const char *date)
{
    char body[256], lasts[40] = "";

    snprintf(mock->token, sizeof mock->token, "canary-token-%d", ++mock->n_given);
    if (mock->lasts_s)
        snprintf(lasts, sizeof lasts, ",\"expires_in\":%d", mock->lasts_s);
    snprintf(body, sizeof body, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\"%s,\"scope\":\"system/*.cruds\"}", mock->token, lasts);
    peer_answer(p, "200 OK", date, body);
}

static void serve_tokens(struct peer *p)
{
    char type[120], grant[40], date[80] = "";
    time_t at;

    while (peer_hear(p)) {
        const char *body = p->request + p->head_len;

        mock->n_asked++;
        at = time(NULL) + mock->skew_s;
        if (!mock->hides_date)
            strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", gmtime(&at));
        form_field(body, "client_assertion_type", type, sizeof type);
        form_field(body, "client_assertion", mock->assertion, sizeof mock->assertion);
        bool is_ours = mock->key ? strcmp(type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") == 0 &&
                                       !strstr(p->request, "Authorization") && assertion_is_good(mock->assertion, p->port)
                                 : basic_is_good(p->request);
        if (mock->always)
            peer_answer(p, mock->status, mock->headers, mock->always);
        else if (strncmp(p->request, "POST /oauth/token HTTP/1.1\r\n", 28) != 0 ||
                 strcmp(form_field(body, "grant_type", grant, sizeof grant), "client_credentials") != 0)
            peer_answer(p, "400 Bad Request", date, "{\"error\":\"invalid_request\"}");
        else if (!is_ours)
            peer_answer(p, "401 Unauthorized", date, "{\"error\":\"invalid_client\"}");
        else
            give_token(p, date);
    }
}

static void serve_fhir(struct peer *p)
{
    char wanted[80];

    while (peer_hear(p)) {
        snprintf(wanted, sizeof wanted, "\r\nAuthorization: Bearer %s\r\n", mock->token);
        if (strncmp(p->request, "GET /fhir/metadata ", 19) == 0) {
            peer_answer(p, "200 OK", "", mock->metadata);
        } else if (strstr(p->request, "/.well-known/smart-configuration ")) {
            peer_answer(p, mock->discovery[0] ? "200 OK" : "404 Not Found", "", mock->discovery);
        } else if (!mock->token[0] || mock->takes_none || !strstr(p->request, wanted)) {
            mock->n_refused++;
            peer_answer(p, "401 Unauthorized", "WWW-Authenticate: Bearer\r\n", "{\"resourceType\":\"OperationOutcome\"}");
        } else {
            peer_answer(p, "200 OK", "", "{\"resourceType\":\"Patient\"}");
            if (++mock->n_served == mock->drop_after)
                mock->token[0] = '\0';
        }
    }
}

static const struct endpoint_plan token_plan = { .serve = serve_tokens, .cert = &leaf }, fhir_plan = { .serve = serve_fhir, .cert = &leaf, .is_parallel = true };

/* ---- both of them, and us ---- */

struct scene { struct directory *d; struct endpoint tokens, fhir; struct config *config; struct auth *auth; struct http *http; };

/* key NULL: client_secret_basic. more: settings besides. */
static struct scene scene_of(void **state, EVP_PKEY *key, const char *kid, const char *more)
{
    struct scene s = { .d = *state };
    char settings[512];

    memset(mock, 0, sizeof *mock);
    mock->key = key;
    mock->lasts_s = 300;
    mock->metadata = STATEMENT;
    snprintf(mock->kid, sizeof mock->kid, "%s", kid);
    s.tokens = endpoint_start(&token_plan);
    s.fhir = endpoint_start(&fhir_plan);
    snprintf(mock->discovery, sizeof mock->discovery, "{\"token_endpoint\":\"https://127.0.0.1:%d/oauth/token\"}", s.tokens.port);
    snprintf(settings, sizeof settings, "auth = \"%s\"; client_id = \"" CLIENT "\"; %s",
             key ? "private_key_jwt" : "client_secret_basic", more);
    s.config = config_of(s.d, s.fhir.port, settings);
    return s;
}

static enum rc scene_open(struct scene *s, struct err *why)
{
    struct http_settings settings;

    ASSERT_OK(auth_open(s->d->st, s->config, NULL, &s->auth, err));
    auth_trust(s->auth);
    auth_http_settings(s->auth, &settings);
    ASSERT_OK(http_open(&settings, &s->http, err));
    return auth_ready(s->auth, why);
}

static void scene_done(struct scene *s)
{
    http_close(s->http);
    auth_close(s->auth);
    config_free(s->config);
    endpoint_stop(&s->tokens);
    endpoint_stop(&s->fhir);
}

static int get(struct scene *s)
{
    struct http_answer answer = { 0 };

    http_send(s->http, &(struct http_request){ .method = "GET", .path = "Patient/1" }, &answer);
    int status = answer.outcome == HTTP_ANSWERED ? answer.status : -1;
    http_answer_done(&answer);
    return status;
}

static char *pem_of(EVP_PKEY *pkey)
{
    static char text[4096];
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;

    PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL);
    long len = BIO_get_mem_data(bio, &data);
    snprintf(text, sizeof text, "%.*s", (int)len, data);
    BIO_free(bio);
    return text;
}

static void a_client_secret_gets_a_token_and_goes_nowhere_else(void **state)
{
    struct scene s = scene_of(state, NULL, "", "");

    seal(s.d, "client-secret", SECRET);
    ASSERT_OK(scene_open(&s, err));
    assert_int_equal(get(&s), 200);
    assert_int_equal(get(&s), 200);
    assert_int_equal(mock->n_given, 1);                             /* kept, not asked for each time */
    assert_int_equal(mock->n_refused, 0);
    assert_false(endpoint_heard(&s.tokens, "canary-token"));        /* the FHIR token does not go to the token endpoint */
    assert_false(endpoint_heard(&s.fhir, "Basic"));                 /* nor the secret to the FHIR server */
    assert_false(endpoint_heard(&s.fhir, "canary:s3cret"));
    assert_true(endpoint_heard(&s.tokens, "scope=system%2F%2A.cruds"));
    /* The endpoint moves: a failure makes us look again. */
    endpoint_stop(&s.tokens);
    mock->token[0] = '\0';
    assert_int_equal(get(&s), 401);
    s.tokens = endpoint_start(&token_plan);
    snprintf(mock->discovery, sizeof mock->discovery, "{\"token_endpoint\":\"https://127.0.0.1:%d/oauth/token\"}", s.tokens.port);
    assert_int_equal(get(&s), 200);
    scene_done(&s);
}

static void a_key_signs_each_request_anew(void **state)
{
    static const struct { EVP_PKEY **key; const char *kid; } keys[] = { { &ec_key, "desk-2026" }, { &rsa_key, "desk-2026" } };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct scene s = scene_of(state, *keys[i].key, keys[i].kid, "client_key_id = \"desk-2026\";");

        seal(s.d, "client-key", pem_of(*keys[i].key));
        ASSERT_OK(scene_open(&s, err));
        assert_int_equal(get(&s), 200);
        mock->token[0] = '\0';                                      /* forgotten there: another one is needed */
        assert_int_equal(get(&s), 200);
        assert_int_equal(mock->n_given, 2);
        assert_true(mock->jti[1][0] && strcmp(mock->jti[0], mock->jti[1]) != 0);
        assert_false(endpoint_heard(&s.fhir, mock->assertion));
        scene_done(&s);
    }
}

/* The mock's own teeth: the same assertion twice is refused, and so is every claim that is wrong. */
static void a_replayed_assertion_is_refused(void **state)
{
    struct scene s = scene_of(state, ec_key, "k", "client_key_id = \"k\";");
    char base[64], form[8192];
    struct http_answer answer = { 0 };
    struct http *http;

    seal(s.d, "client-key", pem_of(ec_key));
    ASSERT_OK(scene_open(&s, err));
    struct http_settings settings;
    auth_http_settings(s.auth, &settings);
    snprintf(base, sizeof base, "https://127.0.0.1:%d", s.tokens.port);
    settings.base_url = base;
    ASSERT_OK(http_open(&settings, &http, err));
    snprintf(form, sizeof form, "grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=%s",
             mock->assertion);
    http_send(http, &(struct http_request){ .method = "POST", .path = "oauth/token", .body = form, .authorization = "",
                                            .content_type = "application/x-www-form-urlencoded" }, &answer);
    assert_int_equal(answer.status, 401);
    assert_int_equal(mock->n_given, 1);
    http_answer_done(&answer);
    http_close(http);
    scene_done(&s);
}

static void a_wrong_kid_or_key_is_told_in_words(void **state)
{
    static const struct { const char *kid; EVP_PKEY **key; } wrong[] = { { "another", &ec_key }, { "k", &other_key } };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char more[80];
        struct err err = { 0 };

        snprintf(more, sizeof more, "client_key_id = \"%s\";", wrong[i].kid);
        struct scene s = scene_of(state, ec_key, "k", more);
        seal(s.d, "client-key", pem_of(*wrong[i].key));
        assert_int_equal(scene_open(&s, &err), RC_DENIED);
        assert_non_null(strstr(err.text, "(invalid_client): it does not know this client, its secret or its key"));
        assert_int_equal(mock->n_asked, 1);
        assert_int_equal(get(&s), -1);                              /* and nothing goes to the server without */
        assert_int_equal(mock->n_refused + mock->n_served, 0);
        scene_done(&s);
    }
}

static void a_clock_that_is_wrong_is_found_out(void **state)
{
    static const long skews[] = { 3600, -3600, 86400L * 400 };

    for (size_t i = 0; i < sizeof skews / sizeof *skews; i++) {
        struct scene s = scene_of(state, ec_key, "k", "client_key_id = \"k\";");

        seal(s.d, "client-key", pem_of(ec_key));
        mock->skew_s = skews[i];
        ASSERT_OK(scene_open(&s, err));
        assert_int_equal(mock->n_asked, 2);                         /* expired there, then by its own clock */
        assert_int_equal(get(&s), 200);
        scene_done(&s);
    }
    /* Where it does not say its time, an expired assertion stays one. */
    struct scene s = scene_of(state, ec_key, "k", "client_key_id = \"k\";");
    seal(s.d, "client-key", pem_of(ec_key));
    mock->skew_s = 3600;
    mock->hides_date = true;
    ASSERT_RC(RC_DENIED, scene_open(&s, err));
    assert_int_equal(mock->n_asked, 1);
    scene_done(&s);
}

static void a_token_that_runs_out_is_got_anew(void **state)
{
    struct scene s = scene_of(state, NULL, "", "");
    int64_t now = clock_now_ms();

    seal(s.d, "client-secret", SECRET);
    clock_hold(now, 1000000);
    ASSERT_OK(scene_open(&s, err));
    clock_hold(now, 1000000 + 269 * 1000);
    assert_int_equal(get(&s), 200);
    assert_int_equal(mock->n_given, 1);
    clock_hold(now, 1000000 + 271 * 1000);                          /* half a minute before its end */
    assert_int_equal(get(&s), 200);
    assert_int_equal(mock->n_given, 2);
    assert_int_equal(mock->n_refused, 0);                           /* before the server noticed */
    scene_done(&s);
}

/* Dropped by the server in the middle: one new token, that request once more, and no more than that. */
static void a_401_in_the_middle_costs_one_repeat(void **state)
{
    struct scene s = scene_of(state, NULL, "", "");

    seal(s.d, "client-secret", SECRET);
    mock->drop_after = 2;
    ASSERT_OK(scene_open(&s, err));
    for (int i = 0; i < 3; i++)
        assert_int_equal(get(&s), 200);
    assert_int_equal(mock->n_refused, 1);
    assert_int_equal(mock->n_given, 2);
    mock->takes_none = true;
    assert_int_equal(get(&s), 401);
    assert_int_equal(mock->n_refused, 3);                           /* the request, and its one repeat */
    assert_int_equal(mock->n_given, 3);
    scene_done(&s);
}

/* All lanes meet the same 401: they share the new token. */
static void four_at_once_need_one_new_token(void **state)
{
    struct scene s = scene_of(state, NULL, "", "");

    seal(s.d, "client-secret", SECRET);
    ASSERT_OK(scene_open(&s, err));
    mock->token[0] = '\0';
    for (int i = 0; i < HTTP_LANES; i++)
        assert_true(http_begin(s.http, &(struct http_request){ .method = "PUT", .path = "Patient/1", .body = "{\"resourceType\":\"Patient\"}" }) >= 0);
    for (int i = 0; i < HTTP_LANES; i++) {
        struct http_answer answer = { 0 };

        assert_true(http_wait(s.http, HTTP_ANY, &answer) >= 0);
        assert_int_equal(answer.status, 200);
        http_answer_done(&answer);
    }
    assert_int_equal(mock->n_given, 2);
    assert_in_range(mock->n_refused, 1, HTTP_LANES);                /* the last may set off when the new one is there */
    assert_int_equal(mock->n_served, HTTP_LANES);
    scene_done(&s);
}

static void what_the_endpoint_says_is_told_in_words(void **state)
{
    static const struct { const char *status, *headers, *body, *words; enum rc rc; } rows[] = {
        { "400 Bad Request", "", "{\"error\":\"invalid_client\"}", "does not know this client", RC_DENIED },
        { "400 Bad Request", "", "{\"error\":\"unauthorized_client\"}", "not allowed to act for itself", RC_DENIED },
        { "400 Bad Request", "", "{\"error\":\"invalid_scope\"}", "server.auth_scope", RC_DENIED },
        { "400 Bad Request", "", "{\"error\":\"unsupported_grant_type\"}", "gives no tokens", RC_DENIED },
        { "400 Bad Request", "", "{\"error\":\"something_new\"}", "status 400", RC_DENIED },
        { "404 Not Found", "", "", "status 404", RC_DENIED },
        { "500 Internal Server Error", "", "<html>", "status 500", RC_NET },
        { "429 Too Many Requests", "", "", "status 429", RC_NET },
        { "302 Found", "Location: https://127.0.0.1:1/token\r\n", "", "status 302", RC_NET },      /* not followed */
        { "200 OK", "", "<html>", "no bearer token", RC_NET },
        { "200 OK", "", "{\"token_type\":\"Bearer\"}", "no bearer token", RC_NET },
        { "200 OK", "", "{\"access_token\":\"x\",\"token_type\":\"mac\"}", "no bearer token", RC_NET },
        { "200 OK", "", "{\"access_token\":\"x\\r\\nX-Other: 1\",\"token_type\":\"Bearer\"}", "no bearer token", RC_NET },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s = scene_of(state, NULL, "", "");
        struct err err = { 0 };

        seal(s.d, "client-secret", SECRET);
        mock->always = rows[i].body;
        mock->status = rows[i].status;
        mock->headers = rows[i].headers;
        enum rc rc = scene_open(&s, &err);
        if (rc != rows[i].rc || !strstr(err.text, rows[i].words))
            fail_msg("%zu: %s: %s", i, rc_name(rc), err.text);
        scene_done(&s);
    }
}

static void where_the_endpoint_is_has_to_be_certain(void **state)
{
    static const struct { const char *discovery, *words; enum rc rc; } rows[] = {
        { "", "names no token endpoint", RC_NOT_FOUND }, { "<html>", "names no token endpoint", RC_NOT_FOUND },
        { "{\"token_endpoint\":\"http://127.0.0.1/token\"}", "no https:// address", RC_DENIED },
        { "{\"token_endpoint\":\"https://x@127.0.0.1/token\"}", "https://", RC_INVALID },
        { "{\"token_endpoint\":\"https://127.0.0.1:1/token\"}", "cannot be reached", RC_NET },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s = scene_of(state, NULL, "", "");
        struct err err = { 0 };

        seal(s.d, "client-secret", SECRET);
        snprintf(mock->discovery, sizeof mock->discovery, "%s", rows[i].discovery);
        enum rc rc = scene_open(&s, &err);
        if (rc != rows[i].rc || !strstr(err.text, rows[i].words))
            fail_msg("%zu: %s: %s", i, rc_name(rc), err.text);
        scene_done(&s);
    }
}

/* A stranger at the token endpoint's address: no secret for it. */
static void a_strange_endpoint_hears_nothing(void **state)
{
    static const struct endpoint_plan plan = { .serve = serve_tokens, .cert = &strange };
    struct scene s = scene_of(state, NULL, "", "");
    struct err err = { 0 };

    seal(s.d, "client-secret", SECRET);
    endpoint_stop(&s.tokens);
    s.tokens = endpoint_start(&plan);
    snprintf(mock->discovery, sizeof mock->discovery, "{\"token_endpoint\":\"https://127.0.0.1:%d/oauth/token\"}", s.tokens.port);
    assert_int_equal(scene_open(&s, &err), RC_DENIED);
    assert_non_null(strstr(err.text, "could not prove who it is"));
    assert_true(s.tokens.heard->connections > 0);
    assert_int_equal(s.tokens.heard->len, 0);
    scene_done(&s);
}

static void what_is_missing_is_named(void **state)
{
    static const struct { const char *more, *words; enum rc rc; } rows[] = {
        { "auth = \"private_key_jwt\";", "server.client_id is missing", RC_INVALID },
        { "auth = \"private_key_jwt\"; client_id = \"x\"; token_url = \"https://127.0.0.1:1/t\";", "secret set client-key", RC_NOT_FOUND },
        { "auth = \"client_secret_basic\"; client_id = \"x\"; token_url = \"https://127.0.0.1:1/t\";", "secret set client-secret", RC_NOT_FOUND },
        { "tls_cert_file = \"/nonexistent\";", "secret set tls-key", RC_NOT_FOUND },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config *config = config_of(*state, 1, rows[i].more);
        struct auth *auth = NULL;
        struct err err = { 0 };
        enum rc rc = auth_open(((struct directory *)*state)->st, config, NULL, &auth, &err);

        if (rc == RC_OK)
            rc = auth_ready(auth, &err);
        if (rc != rows[i].rc || !strstr(err.text, rows[i].words))
            fail_msg("%zu: %s: %s", i, rc_name(rc), err.text);
        auth_close(auth);
        config_free(config);
    }
}

/* ---- our own certificate ---- */

static void asks_for_ours(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca.x509);
}

static enum rc open_and_get(struct directory *d, int port, const char *more, struct http_answer *answer, struct err *err)
{
    struct config *config = config_of(d, port, more);
    struct http_settings settings;
    struct auth *auth = NULL;
    struct http *http = NULL;
    enum rc rc = auth_open(d->st, config, NULL, &auth, err);

    if (rc == RC_OK) {
        auth_trust(auth);
        auth_http_settings(auth, &settings);
        rc = http_open(&settings, &http, err);
    }
    if (rc == RC_OK && (rc = auth_ready(auth, err)) == RC_OK)
        http_send(http, &(struct http_request){ .method = "GET", .path = "Patient/1" }, answer);
    http_close(http);
    auth_close(auth);
    config_free(config);
    return rc;
}

static void our_certificate_goes_with_any_way(void **state)
{
    static const struct endpoint_plan plan = { .serve = serve_fhir, .cert = &leaf, .tune = asks_for_ours };
    struct directory *d = *state;
    char cert[128], key[128], more[400];
    struct http_answer answer = { 0 };
    struct err why = { 0 };

    memset(mock, 0, sizeof *mock);
    strcpy(mock->token, "canary-token-1");
    struct endpoint e = endpoint_start(&plan);
    snprintf(cert, sizeof cert, "%s/ours.pem", d->path);
    snprintf(key, sizeof key, "%s/ours.key", d->path);
    cert_save(&ours, cert, key);
    chmod(key, 0600);
    seal(d, "token", "canary-token-1");
    snprintf(more, sizeof more, "tls_cert_file = \"%s\"; tls_key_file = \"%s\";", cert, key);
    ASSERT_OK(open_and_get(d, e.port, more, &answer, err));
    assert_int_equal(answer.status, 200);
    http_answer_done(&answer);
    chmod(key, 0644);                                               /* a key that others can read is not used */
    assert_int_equal(open_and_get(d, e.port, more, &answer, &why), RC_DENIED);
    assert_non_null(strstr(why.text, "chmod 600"));
    seal(d, "tls-key", pem_of(ours.key));                           /* the sealed one instead */
    snprintf(more, sizeof more, "tls_cert_file = \"%s\"; auth = \"none\";", cert);
    ASSERT_OK(open_and_get(d, e.port, more, &answer, err));
    assert_int_equal(answer.status, 401);                           /* the certificate was taken; this server wants a token too */
    http_answer_done(&answer);
    seal(d, "tls-key", pem_of(other_key));                          /* and one that is not the certificate's */
    ASSERT_OK(open_and_get(d, e.port, more, &answer, err));
    assert_int_equal(answer.outcome, HTTP_UNREACHED);
    assert_non_null(strstr(answer.words, "our own certificate or its key"));
    http_answer_done(&answer);
    endpoint_stop(&e);
}

/* ---- whole passes ---- */

static void pass(struct scene *s, struct sync_status *status)
{
    struct agent agent = { .st = s->d->st, .config = s->config, .lock_fd = -1 };
    struct agent_report report;

    ASSERT_OK(agent_lock(&agent, err));
    agent_pass(&agent, true, &report, NULL);
    agent_unlock(&agent);
    ASSERT_OK(sync_status_get(s->d->st, status, err));
}

/* A captive portal may name any endpoint it likes: nobody asks it, and the secret stays here. */
static void the_secret_waits_for_a_fhir_server(void **state)
{
    struct scene s = scene_of(state, NULL, "", "");
    struct sync_status status;

    seal(s.d, "client-secret", SECRET);
    mock->metadata = "<html><body>Welcome</body></html>";
    pass(&s, &status);
    assert_non_null(strstr(status.problem, "web page answers"));
    assert_int_equal(s.tokens.heard->connections, 0);
    assert_false(endpoint_heard(&s.fhir, "smart-configuration"));
    mock->metadata = STATEMENT;
    pass(&s, &status);
    assert_int_equal(mock->n_given, 1);
    assert_true(endpoint_heard(&s.fhir, "Authorization: Bearer canary-token-1"));
    scene_done(&s);
}

static void a_refused_client_stops_the_pass_and_says_why(void **state)
{
    struct scene s = scene_of(state, NULL, "", "");
    struct sync_status status;

    seal(s.d, "client-secret", "not the one");
    pass(&s, &status);
    assert_non_null(strstr(status.problem, "the token endpoint refused (invalid_client)"));
    assert_int_equal(mock->n_asked, 1);
    assert_int_equal(mock->n_served + mock->n_refused, 0);          /* nothing was tried without */
    scene_done(&s);
}

/* Nothing of all this may stand in the log, whatever went wrong. */
static void no_secret_is_in_the_log(void **state)
{
    struct directory *d = *state;
    char path[128], text[65536] = "";
    struct scene s = scene_of(state, NULL, "", "");

    snprintf(path, sizeof path, "%s/log", d->path);
    log_open(path);
    seal(d, "client-secret", SECRET);
    ASSERT_OK(scene_open(&s, err));
    get(&s);
    mock->takes_none = true;
    get(&s);
    scene_done(&s);
    log_close();
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    assert_non_null(strstr(text, "got an access token"));
    assert_null(strstr(text, "canary"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUTH_TEST(a_token_only_we_can_read), AUTH_TEST(a_client_secret_gets_a_token_and_goes_nowhere_else),
        AUTH_TEST(a_key_signs_each_request_anew), AUTH_TEST(a_replayed_assertion_is_refused),
        AUTH_TEST(a_wrong_kid_or_key_is_told_in_words), AUTH_TEST(a_clock_that_is_wrong_is_found_out),
        AUTH_TEST(a_401_in_the_middle_costs_one_repeat), AUTH_TEST(four_at_once_need_one_new_token),
        AUTH_TEST(what_the_endpoint_says_is_told_in_words), AUTH_TEST(where_the_endpoint_is_has_to_be_certain),
        AUTH_TEST(a_strange_endpoint_hears_nothing), AUTH_TEST(what_is_missing_is_named),
        AUTH_TEST(our_certificate_goes_with_any_way), AUTH_TEST(the_secret_waits_for_a_fhir_server),
        AUTH_TEST(a_refused_client_stops_the_pass_and_says_why), AUTH_TEST(no_secret_is_in_the_log),
        AUTH_TEST(a_token_that_runs_out_is_got_anew),               /* last: it holds the clock */
    };

    mock = mmap(NULL, sizeof *mock, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ca = cert_make((struct cert_wish){ .name = "test CA", .basic = "critical,CA:TRUE" });
    leaf = cert_make((struct cert_wish){ .name = "localhost", .names = "DNS:localhost,IP:127.0.0.1", .issuer = &ca });
    strange = cert_make((struct cert_wish){ .name = "localhost", .names = "DNS:localhost,IP:127.0.0.1" });
    ours = cert_make((struct cert_wish){ .name = "desk", .use = "clientAuth", .issuer = &ca });
    ec_key = EVP_EC_gen("P-384");
    other_key = EVP_EC_gen("P-384");
    rsa_key = EVP_RSA_gen(2048);
    http_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    return failed;
}
