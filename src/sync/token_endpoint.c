#include "sync/token_endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sign.h"
#include "fhir/document.h"
#include "sync/jwt.h"

/* An assertion lives shorter than the five minutes that SMART allows; a clock that is wrong by more than a minute
 * is told from the Date of the answer. */
enum { ASSERTION_S = 4 * 60, SKEW_S = 60 };

/* ---- the answer ---- */

/* RFC 6749, 5.2, and what a person does about it. */
static const struct { const char *code, *words; } refusals[] = {
    { "invalid_client", N_("it does not know this client, its secret or its key: see server.client_id, server.client_key_id and what is registered there") },
    { "unauthorized_client", N_("this client is not allowed to act for itself (client_credentials)") },
    { "invalid_scope", N_("it does not grant what server.auth_scope asks for") },
    { "unsupported_grant_type", N_("it gives no tokens to clients that act for themselves (client_credentials)") },
    { "invalid_request", N_("it does not understand the request for a token") },
    { "invalid_grant", N_("it does not accept what was shown to it") },
    { "temporarily_unavailable", N_("it is out of service for the moment") },
};

static enum rc explain(const struct http_answer *answer, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = RC_NET;

    if (doc_parse(buf_text(&answer->body), answer->body.len, &doc, NULL) == RC_OK) {
        const char *code = node_str(doc_root(doc), "error");

        for (size_t i = 0; i < sizeof refusals / sizeof *refusals && rc == RC_NET; i++)
            if (strcmp(code, refusals[i].code) == 0)
                rc = err_set(err, RC_DENIED, _("the token endpoint refused (%s): %s"), refusals[i].code, _(refusals[i].words));
    }
    doc_free(doc);
    if (rc == RC_DENIED)
        return rc;
    return err_set(err, answer->status >= 400 && answer->status < 500 && answer->status != 429 ? RC_DENIED : RC_NET,
                   _("the token endpoint gave no token (status %d)"), answer->status);
}

bool token_is_plain(const char *token)
{
    if (!*token)
        return false;
    for (; *token; token++)
        if (*token <= ' ' || *token > '~')
            return false;
    return true;
}

static enum rc read_grant(struct http_answer *answer, struct token_grant *out, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = doc_parse(buf_text(&answer->body), answer->body.len, &doc, NULL);
    const struct node *root = rc == RC_OK ? doc_root(doc) : NULL;
    const char *token = node_str(root, "access_token");

    if (!token_is_plain(token) || strlen(token) > SECRET_MOST || strcasecmp(node_str(root, "token_type"), "bearer") != 0) {
        rc = err_set(err, RC_NET, "%s", _("the token endpoint answered with something that is no bearer token"));
    } else {
        out->token = (struct secret){ crypto_secret_new(strlen(token) + 1), strlen(token) };
        memcpy(out->token.text, token, out->token.len);
        mem_wipe((void *)(uintptr_t)token, strlen(token));
        out->lasts_s = strtoll(node_str(root, "expires_in"), NULL, 10);
    }
    doc_free(doc);
    return rc;
}

/* ---- the request ---- */

static void add_field(struct buf *form, const char *name, const char *value)
{
    char *text = curl_easy_escape(NULL, value, (int)strlen(value));

    if (!text)
        mem_fatal("curl_easy_escape");
    buf_printf(form, "%s%s=%s", form->len ? "&" : "", name, text);
    curl_free(text);
}

/* RFC 6749, 2.3.1: both parts form-encoded before they are joined. Owned; wiped by the caller. */
static char *basic_value(const struct token_request *r)
{
    char *id = curl_easy_escape(NULL, r->client_id, (int)strlen(r->client_id));
    char *secret = curl_easy_escape(NULL, r->client_secret, (int)strlen(r->client_secret));
    char *pair = mem_printf("%s:%s", id ? id : "", secret ? secret : "");
    struct buf value = { 0 };

    buf_add(&value, "Basic ");
    crypto_base64(pair, strlen(pair), false, &value);
    mem_wipe(pair, strlen(pair));
    free(pair);
    if (secret)
        mem_wipe(secret, strlen(secret));
    curl_free(secret);
    curl_free(id);
    return buf_take(&value);
}

static enum rc add_assertion(const struct token_request *r, int64_t now_s, struct buf *form, struct err *err)
{
    struct sign_key *key = NULL;
    struct buf token = { 0 };
    char id[CRYPTO_UUID], *kid = NULL;
    enum rc rc = jwt_key_read(r->key->text, r->key->len, &key, &kid, err);

    if (rc == RC_OK) {
        crypto_uuid(id);
        jwt_assertion(key, *r->key_id ? r->key_id : kid,
                      &(struct jwt_claims){ .client = r->client_id, .audience = r->url, .id = id, .expires_s = now_s + ASSERTION_S },
                      &token);
        add_field(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        add_field(form, "client_assertion", buf_text(&token));
    }
    buf_done(&token);
    free(kid);
    sign_key_free(key);
    return rc;
}

/* Origin of an https URL, owned; *path is what follows its slash. */
static char *origin_of(const char *url, const char **path)
{
    size_t len = strlen("https://");

    len += strcspn(url + len, "/?#");
    *path = url + len + (url[len] == '/');
    return mem_dup_n(url, len);
}

static enum rc send_to(const struct http_settings *like, const char *url, struct http_request *request,
                       struct http_answer *answer, struct err *err)
{
    struct http_settings settings = *like;
    struct http *http = NULL;
    char *origin = origin_of(url, &request->path);
    enum rc rc;

    settings.base_url = origin;
    settings.credentials = NULL;
    settings.most_body = 1024 * 1024;
    if ((rc = http_open(&settings, &http, err)) == RC_OK)
        http_send(http, request, answer);
    http_close(http);
    free(origin);
    return rc;
}

/* One try, as if it were now_s. */
static enum rc ask(const struct token_request *r, int64_t now_s, struct http_answer *answer, struct err *err)
{
    struct buf form = { 0 };
    char *basic = r->key ? NULL : basic_value(r);
    enum rc rc = RC_OK;

    add_field(&form, "grant_type", "client_credentials");
    if (*r->scope)
        add_field(&form, "scope", r->scope);
    if (r->key)
        rc = add_assertion(r, now_s, &form, err);
    struct http_request request = {
        .method = "POST", .body = buf_text(&form), .accept = "application/json", .prefer = "",
        .content_type = "application/x-www-form-urlencoded", .authorization = basic ? basic : "",
    };
    if (rc == RC_OK)
        rc = send_to(&r->http, r->url, &request, answer, err);
    if (basic)
        mem_wipe(basic, strlen(basic));
    free(basic);
    buf_done(&form);
    return rc;
}

/* How far the endpoint's clock is ahead of ours, 0 when it does not say. */
static int64_t skew_s(const struct http_answer *answer, int64_t now_s)
{
    time_t theirs = answer->date[0] ? curl_getdate(answer->date, NULL) : -1;

    return theirs == -1 ? 0 : (int64_t)theirs - now_s;
}

static bool was_refused(const struct http_answer *answer)
{
    return answer->outcome == HTTP_ANSWERED && (answer->status == 400 || answer->status == 401);
}

enum rc token_endpoint_ask(const struct token_request *r, struct token_grant *out, struct err *err)
{
    struct http_answer answer = { 0 };
    int64_t now_s = clock_now_ms() / 1000;
    enum rc rc = ask(r, now_s, &answer, err);

    *out = (struct token_grant){ { NULL, 0 }, 0 };
    /* An assertion of the wrong time looks like a wrong key: once more, by the endpoint's own clock. */
    int64_t skew = skew_s(&answer, now_s);
    if (rc == RC_OK && r->key && was_refused(&answer) && llabs(skew) > SKEW_S) {
        log_line("sync", "the clock here differs from the token endpoint's by %lld s", (long long)-skew);
        http_answer_done(&answer);
        rc = ask(r, now_s + skew, &answer, err);
    }
    if (rc == RC_OK && answer.outcome == HTTP_UNTRUSTED)
        rc = err_set(err, RC_DENIED, _("the token endpoint could not prove who it is, nothing was sent: %s"), answer.words);
    else if (rc == RC_OK && answer.outcome != HTTP_ANSWERED)
        rc = err_set(err, RC_NET, _("the token endpoint cannot be reached: %s"), answer.words);
    else if (rc == RC_OK && answer.status != 200)
        rc = explain(&answer, err);
    else if (rc == RC_OK)
        rc = read_grant(&answer, out, err);
    if (answer.body.data)
        mem_wipe(answer.body.data, answer.body.len);
    http_answer_done(&answer);
    return rc;
}

enum rc token_endpoint_find(const struct http_settings *settings, char **url, struct err *err)
{
    char *at = mem_printf("%s%s.well-known/smart-configuration", settings->base_url,
                          settings->base_url[strlen(settings->base_url) - 1] == '/' ? "" : "/");
    struct http_request request = { .method = "GET", .accept = "application/json", .authorization = "" };
    struct http_answer answer = { 0 };
    struct doc *doc = NULL;
    enum rc rc = send_to(settings, at, &request, &answer, err);

    *url = NULL;
    if (rc == RC_OK && answer.outcome != HTTP_ANSWERED)
        rc = err_set(err, RC_NET, _("the server cannot be asked for its token endpoint: %s"), answer.words);
    else if (rc == RC_OK && (answer.status != 200 || doc_parse(buf_text(&answer.body), answer.body.len, &doc, NULL) != RC_OK ||
                             !*node_str(doc_root(doc), "token_endpoint")))
        rc = err_set(err, RC_NOT_FOUND, "%s", _("the server names no token endpoint (.well-known/smart-configuration): set server.token_url"));
    else if (rc == RC_OK && strncasecmp(node_str(doc_root(doc), "token_endpoint"), "https://", strlen("https://")) != 0)
        rc = err_set(err, RC_DENIED, "%s", _("the token endpoint that the server names is no https:// address"));
    else if (rc == RC_OK)
        *url = mem_dup(node_str(doc_root(doc), "token_endpoint"));
    doc_free(doc);
    http_answer_done(&answer);
    free(at);
    return rc;
}
