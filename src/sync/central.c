#include "sync/central.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/sweep.h"
#include "sync/alias.h"
#include "sync/answer.h"
#include "sync/gzip.h"

void central_problem(struct central *c, const char *fmt, ...)
{
    va_list ap;

    if (c->problem[0])
        return;
    va_start(ap, fmt);
    vsnprintf(c->problem, sizeof c->problem, fmt, ap);
    va_end(ap);
}

bool central_stopped(const struct central *c)
{
    return c->stop && *c->stop;
}

int central_begin(struct central *c, const struct http_request *request)
{
    if (c->tick)
        c->tick(c->tick_ctx);
    return http_begin(c->http, request);
}

bool central_packs(const struct central *c, const char *body)
{
    return c->caps.takes_gzip && gzip_pays(body);
}

int central_wait(struct central *c, int lane, struct http_answer *answer)
{
    return http_wait(c->http, lane, answer);
}

void central_send(struct central *c, const struct http_request *request, struct http_answer *answer)
{
    if (c->tick)
        c->tick(c->tick_ctx);
    http_send(c->http, request, answer);
}

enum rc central_failure(const struct http_answer *answer, const char *what, struct err *err)
{
    switch (answer->outcome) {
    case HTTP_UNREACHED:
        return err_set(err, RC_NET, _("offline: the server cannot be reached (%s)"), answer->words);
    case HTTP_UNTRUSTED:
        return err_set(err, RC_DENIED, _("the server could not prove who it is, nothing was sent: %s"), answer->words);
    case HTTP_LOST:
        return err_set(err, RC_NET, _("%s: no whole answer (%s)"), what, answer->words);
    case HTTP_ANSWERED:
        break;
    }
    struct buf words = { 0 };
    answer_sentence(&words, answer->status, NULL);
    if (answer->words[0])
        buf_printf(&words, " (%s)", answer->words);
    enum rc rc = err_set(err, answer->status == 401 || answer->status == 403 ? RC_DENIED : RC_NET, "%s: %s",
                         what, buf_text(&words));
    buf_done(&words);
    return rc;
}

/* Half an answer is none. */
static void not_json(struct http_answer *answer)
{
    answer->outcome = HTTP_LOST;
    snprintf(answer->words, sizeof answer->words, "%s", _("the answer is no JSON"));
}

int64_t central_note_wait(struct central *c, const struct http_answer *answer)
{
    int64_t wait_ms = answer_retry_after_ms(answer->retry_after[0] ? answer->retry_after : NULL, clock_now_ms());

    if (wait_ms >= 0)
        c->retry_after_ms = wait_ms;
    return wait_ms;
}

/* The document in an answer. what: method and type, never the query: it could hold an identifier. */
static enum rc take(struct central *c, const char *what, struct http_answer *a, struct doc **out, struct err *err)
{
    *out = NULL;
    central_note_wait(c, a);
    if (a->outcome != HTTP_ANSWERED || a->status < 200 || a->status > 299)
        return central_failure(a, what, err);
    if (doc_parse(buf_text(&a->body), a->body.len, out, err) == RC_OK)
        return RC_OK;
    not_json(a);
    return central_failure(a, what, err);
}

enum rc central_get(struct central *c, const char *path, struct doc **out, struct http_answer *answer,
                    struct err *err)
{
    struct http_answer own = { 0 }, *a = answer ? answer : &own;

    central_send(c, &(struct http_request){ .method = "GET", .path = path }, a);
    enum rc rc = central_take(c, path, a, out, err);
    http_answer_done(&own);
    return rc;
}

enum rc central_take(struct central *c, const char *path, struct http_answer *a, struct doc **out, struct err *err)
{
    char what[80];

    snprintf(what, sizeof what, "GET %.*s", (int)strcspn(path, "/?"), path);
    return take(c, what, a, out, err);
}

enum rc central_search(struct central *c, const char *type, const char *form, struct doc **out, struct err *err)
{
    char *path = mem_printf("%s/_search", type);
    struct http_answer answer = { 0 };
    char what[80];

    snprintf(what, sizeof what, "POST %s/_search", type);
    central_send(c, &(struct http_request){ .method = "POST", .path = path, .body = form,
                                            .content_type = "application/x-www-form-urlencoded" }, &answer);
    enum rc rc = take(c, what, &answer, out, err);
    http_answer_done(&answer);
    free(path);
    return rc;
}

void remote_done(struct remote *remote)
{
    doc_free(remote->doc);
    http_answer_done(&remote->failure);
    *remote = (struct remote){ 0 };
}

/* For whoever decides to have it again: without it some servers refuse the id for ever. Not to know it
 * is no failure. */
void central_deleting_version(struct central *c, const char *type, const char *id, struct remote *out)
{
    char *there = alias_path(c, type, id), *path = mem_printf("%s/_history?_count=1", there);
    struct doc *history = NULL;

    free(there);
    if (c->caps.has_history && central_get(c, path, &history, NULL, NULL) == RC_OK) {
        const struct node *entry = node_at(node_get(doc_root(history), "entry"), 0);
        out->was_deleted = strcmp(node_path_str(entry, "request.method"), "DELETE") == 0;
        if (out->was_deleted)
            answer_version(node_path_str(entry, "response.etag"), out->version);
    }
    doc_free(history);
    free(path);
}

bool central_was_deleted(struct central *c, const char *type, const char *id)
{
    struct remote remote = { 0 };

    if (!c->caps.has_history)
        return true;
    central_deleting_version(c, type, id, &remote);
    return remote.was_deleted;
}

void central_suspect(struct central *c, const char *why)
{
    central_problem(c, "%s", _("the server may have been restored from an older copy: everything is compared with it"));
    log_line("sync", "the server may have been restored: %s", why);
    sweep_ask(c->st, "restored", NULL);
}

static void take_there(const struct http_answer *answer, struct remote *out)
{
    out->state = REMOTE_THERE;
    answer_meta(doc_root(out->doc), out->version, out->updated);
    if (!out->version[0])
        answer_version(answer->etag, out->version);
}

void remote_from(struct central *c, struct http_answer *answer, struct remote *out)
{
    bool is_answered = answer->outcome == HTTP_ANSWERED;

    *out = (struct remote){ .state = REMOTE_FAILED };
    if (is_answered && answer->status / 100 == 2) {
        if (doc_parse(buf_text(&answer->body), answer->body.len, &out->doc, NULL) == RC_OK) {
            alias_in(c, out->doc);
            take_there(answer, out);
            return;
        }
        not_json(answer);
    } else if (is_answered && answer->status == 404) {
        out->state = REMOTE_ABSENT;
        return;
    } else if (is_answered && answer->status == 410) {
        out->state = REMOTE_GONE;
        return;
    }
    out->failure = *answer;
    *answer = (struct http_answer){ 0 };
}

void central_read(struct central *c, const char *type, const char *id, struct remote *out)
{
    char *path = alias_path(c, type, id);
    struct http_answer answer = { 0 };

    central_send(c, &(struct http_request){ .method = "GET", .path = path }, &answer);
    central_note_wait(c, &answer);
    remote_from(c, &answer, out);
    if (out->state == REMOTE_GONE)
        central_deleting_version(c, type, id, out);
    http_answer_done(&answer);
    free(path);
}
