#include "sync/auth.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/secret.h"
#include "sync/private_file.h"
#include "sync/token_endpoint.h"

enum {
    BODY_MOST = 64 * 1024 * 1024,
    VALUE_MOST = SECRET_MOST + 16,
    LASTS_UNSAID_S = 300,       /* what SMART recommends at most */
    EARLY_MOST_S = 30,          /* a token is given up this much before its end, or in the last fifth of its life */
};

struct auth {
    struct store *st;
    const struct config *config;
    const volatile sig_atomic_t *stop;
    const struct way *way;
    struct http_credentials credentials;
    struct secret tls_key;
    bool is_trusted;
    char *value;                /* locked: what Authorization says, "" nothing */
    int64_t until_ms;           /* monotonic; 0: as long as it is accepted */
    char *token_url;            /* the endpoint found, NULL not yet */
};

static const char *setting(const struct auth *auth, const char *name)
{
    return config_text(auth->config, name);
}

static void set_value(struct auth *auth, const char *token)
{
    mem_wipe(auth->value, VALUE_MOST);
    snprintf(auth->value, VALUE_MOST, "Bearer %s", token);
}

/* ---- the ways ---- */

/* From its file, else the sealed one, else none at all: a server may want none. */
static enum rc token_renew(struct auth *auth, struct err *err)
{
    const char *path = setting(auth, "server.token_file");
    struct secret token = { 0 };
    enum rc rc = *path ? private_file_read("server.token_file", path, &token, err) : secret_get(auth->st, "token", &token, NULL);

    mem_wipe(auth->value, VALUE_MOST);
    if (!*path && rc == RC_NOT_FOUND)
        return RC_OK;
    if (!*path && rc != RC_OK)
        rc = secret_get(auth->st, "token", &token, err);
    if (rc == RC_OK && !token_is_plain(token.text))
        rc = err_set(err, RC_INVALID, _("%s must hold one token and nothing else."), *path ? path : "token");
    if (rc == RC_OK)
        set_value(auth, token.text);
    secret_done(&token);
    return rc;
}

static enum rc find_endpoint(struct auth *auth, struct err *err)
{
    struct http_settings settings;
    const char *configured = setting(auth, "server.token_url");

    if (auth->token_url)
        return RC_OK;
    if (*configured) {
        auth->token_url = mem_dup(configured);
        return RC_OK;
    }
    auth_http_settings(auth, &settings);
    return token_endpoint_find(&settings, &auth->token_url, err);
}

static void take_grant(struct auth *auth, const struct token_grant *grant)
{
    int64_t lasts_s = grant->lasts_s > 0 ? grant->lasts_s : LASTS_UNSAID_S;
    int64_t early_s = lasts_s / 5 < EARLY_MOST_S ? lasts_s / 5 : EARLY_MOST_S;

    set_value(auth, grant->token.text);
    auth->until_ms = clock_monotonic_ms() + (lasts_s - early_s) * 1000;
    log_line("sync", "got an access token for %lld s", (long long)lasts_s);
}

/* secret_name: what is sealed here that proves us. */
static enum rc ask_endpoint(struct auth *auth, const char *secret_name, bool is_key, struct err *err)
{
    struct token_request request = {
        .client_id = setting(auth, "server.client_id"), .scope = setting(auth, "server.auth_scope"),
        .key_id = setting(auth, "server.client_key_id"),
    };
    struct token_grant grant = { { NULL, 0 }, 0 };
    struct secret secret = { 0 };
    enum rc rc = find_endpoint(auth, err);

    mem_wipe(auth->value, VALUE_MOST);
    if (rc == RC_OK)
        rc = secret_get(auth->st, secret_name, &secret, err);
    if (rc == RC_OK) {
        auth_http_settings(auth, &request.http);
        request.url = auth->token_url;
        request.client_secret = is_key ? NULL : secret.text;
        request.key = is_key ? &secret : NULL;
        rc = token_endpoint_ask(&request, &grant, err);
    }
    if (rc == RC_OK) {
        take_grant(auth, &grant);
    } else {                        /* it may have moved: look where it is, next time */
        free(auth->token_url);
        auth->token_url = NULL;
    }
    secret_done(&secret);
    secret_done(&grant.token);
    return rc;
}

static enum rc secret_renew(struct auth *auth, struct err *err)
{
    return ask_endpoint(auth, "client-secret", false, err);
}

static enum rc key_renew(struct auth *auth, struct err *err)
{
    return ask_endpoint(auth, "client-key", true, err);
}

static enum rc none_renew(struct auth *auth, struct err *err)
{
    (void)auth, (void)err;
    return RC_OK;
}

static const struct way {
    const char *name;
    enum rc (*renew)(struct auth *auth, struct err *err);  /* puts the value in place, "" for none */
    bool is_client;         /* needs server.client_id, and what it got lasts from pass to pass */
} ways[] = {
    { "token", token_renew, false },                    /* a bearer token that somebody else looks after */
    { "client_secret_basic", secret_renew, true },      /* OAuth2 client credentials (RFC 6749, 4.4) */
    { "private_key_jwt", key_renew, true },             /* SMART Backend Services */
    { "none", none_renew, false },                      /* only the certificate, or nothing */
};

/* ---- opening ---- */

static const struct way *way_named(const char *name)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, name) == 0)
            return &ways[i];
    return NULL;
}

static enum rc read_tls_key(struct auth *auth, struct err *err)
{
    const char *path = setting(auth, "server.tls_key_file");

    if (!*setting(auth, "server.tls_cert_file"))
        return RC_OK;
    if (*path)
        return private_file_read("server.tls_key_file", path, &auth->tls_key, err);
    return secret_get(auth->st, "tls-key", &auth->tls_key, err);
}

static const char *value(void *ctx, const char *refused, char words[HTTP_WORDS]);

enum rc auth_open(struct store *st, const struct config *config, const volatile sig_atomic_t *stop, struct auth **out,
                  struct err *err)
{
    struct auth *auth = mem_alloc(sizeof *auth);
    enum rc rc = RC_OK;

    *auth = (struct auth){ .st = st, .config = config, .stop = stop, .way = way_named(config_text(config, "server.auth")) };
    auth->credentials = (struct http_credentials){ value, auth };
    auth->value = crypto_secret_new(VALUE_MOST);
    if (auth->way->is_client && !*setting(auth, "server.client_id"))
        rc = err_set(err, RC_INVALID, _("server.client_id is missing: server.auth = %s needs it"), auth->way->name);
    if (rc == RC_OK)
        rc = read_tls_key(auth, err);
    *out = rc == RC_OK ? auth : NULL;
    if (rc != RC_OK)
        auth_close(auth);
    return rc;
}

void auth_close(struct auth *auth)
{
    if (!auth)
        return;
    secret_done(&auth->tls_key);
    crypto_secret_free(auth->value);
    free(auth->token_url);
    free(auth);
}

void auth_http_settings(struct auth *auth, struct http_settings *out)
{
    *out = (struct http_settings){
        .base_url = setting(auth, "server.url"), .ca_file = setting(auth, "server.ca_file"),
        .tls_cert_file = setting(auth, "server.tls_cert_file"), .tls_key = auth->tls_key.text, .tls_key_len = auth->tls_key.len,
        .connect_timeout_s = config_int(auth->config, "server.connect_timeout_s"),
        .stall_s = config_int(auth->config, "server.stall_s"), .most_body = BODY_MOST, .stop = auth->stop, .credentials = &auth->credentials,
    };
}

/* ---- the value ---- */

void auth_trust(struct auth *auth)
{
    auth->is_trusted = true;
}

static bool lasts(const struct auth *auth)
{
    return *auth->value && (!auth->until_ms || clock_monotonic_ms() < auth->until_ms);
}

enum rc auth_ready(struct auth *auth, struct err *err)
{
    return auth->way->is_client && lasts(auth) ? RC_OK : auth->way->renew(auth, err);
}

/* What http asks before each request, and once more after a 401. */
static const char *value(void *ctx, const char *refused, char words[HTTP_WORDS])
{
    struct auth *auth = ctx;
    struct err err = { 0 };
    bool is_stale = auth->way->is_client && !lasts(auth);

    if (!auth->is_trusted)
        return "";
    /* Several requests may be refused with the same old value: only the first gets a new one. */
    if (refused ? strcmp(refused, auth->value) == 0 : is_stale) {
        if (auth->way->renew(auth, &err) != RC_OK) {
            snprintf(words, HTTP_WORDS, "%s", err_text(&err));
            return NULL;
        }
    }
    return auth->value;
}
