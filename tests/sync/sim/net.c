#include "tests/sync/sim/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/query.h"
#include "tests/sync/sim/disk.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

/* The longest that a server may still carry out what was cut (SYNC.md 4.2). */
enum { LATE_MOST_MS = 110 * 1000, TYPICAL_MS = 40, SLOW_MS = 70 * 1000 };

const char *const fate_names[FATE_COUNT] = {
    [FATE_FINE] = "fine", [FATE_UNREACHED] = "unreached", [FATE_REQUEST_LOST] = "request lost",
    [FATE_ANSWER_LOST] = "answer lost", [FATE_TRUNCATED] = "answer truncated", [FATE_DELAYED] = "delayed",
    [FATE_LATE] = "carried out late", [FATE_TWICE] = "delivered twice", [FATE_TWICE_LATER] = "delivered again later",
    [FATE_ERROR_UNDONE] = "5xx, not done", [FATE_ERROR_DONE] = "5xx, but done", [FATE_BUSY] = "429 or 503",
    [FATE_UNAUTHORIZED] = "401", [FATE_FORBIDDEN] = "403 on a type", [FATE_BAD_JSON] = "bad JSON",
    [FATE_NO_BODY] = "no body, no version", [FATE_WRONG_BUNDLE] = "wrong Bundle type", [FATE_NEXT_LOOP] = "next loop",
    [FATE_EXPIRED] = "page expired", [FATE_UNTRUSTED] = "certificate refused",
};

static int64_t counts[FATE_COUNT];

int64_t net_count(enum fate fate)
{
    return counts[fate];
}

/* ---- what is held back ---- */

static void held_done(struct held *h)
{
    free(h->method);
    free(h->path);
    free(h->body);
    free(h->if_match);
    free(h->if_none_match);
    free(h->if_none_exist);
    free(h->request_id);
}

void net_done(struct net *net)
{
    for (size_t i = 0; i < net->n_held; i++)
        held_done(&net->held[i]);
    free(net->held);
    free(net->claim);
    *net = (struct net){ 0 };
}

/* Until so long after it left its desk, however long others were waited for since. */
static void hold(struct world *w, const struct http_request *r, int64_t after_ms)
{
    struct net *net = &w->net;
    int64_t due_ms = net->left_ms + after_ms;

    MEM_ROOM(net->held, net->n_held, net->held_cap);
    net->held[net->n_held++] = (struct held){
        .due_ms = due_ms > w->now_ms ? due_ms : w->now_ms, .method = mem_dup(r->method), .path = mem_dup(r->path), .body = mem_dup(r->body),
        .if_match = mem_dup(r->if_match), .if_none_match = mem_dup(r->if_none_match),
        .if_none_exist = mem_dup(r->if_none_exist), .request_id = mem_dup(r->request_id),
    };
}

/* If-None-Match does not keep a second copy of a create from undoing a deletion in between: no client can
 * prevent that, so it does not happen here. */
static bool is_beyond_guards(const struct world *w, const struct held *h)
{
    char type[40], id[72];

    return h->if_none_match && sscanf(h->path, "%39[^/]/%71s", type, id) == 2 && model_body(w->server, type, id) &&
           !*model_body(w->server, type, id);
}

void net_deliver(struct world *w)
{
    for (size_t i = 0; i < w->net.n_held;) {
        struct held h = w->net.held[i];
        struct http_answer answer = { 0 };

        if (h.due_ms > w->now_ms) {
            i++;
            continue;
        }
        memmove(&w->net.held[i], &w->net.held[i + 1], (--w->net.n_held - i) * sizeof h);
        if (is_beyond_guards(w, &h)) {
            held_done(&h);
            continue;
        }
        model_request(w->server, w->now_ms, &(struct http_request){
            .method = h.method, .path = h.path, .body = h.body, .if_match = h.if_match, .if_none_match = h.if_none_match,
            .if_none_exist = h.if_none_exist, .request_id = h.request_id }, &answer);
        trace("  late %s %s: %d", h.method, h.path, answer.status);
        http_answer_done(&answer);
        held_done(&h);
    }
}

/* ---- what each write is based on ---- */

static const char sql_base[] = "SELECT coalesce(base_version, '') FROM resource WHERE type = ?1 AND id = ?2";

static void claim(struct world *w, struct desk *desk, const char *type, const char *id, const char *request_id)
{
    struct claim c = { .desk = desk->number };
    struct query *q = query_open(desk->st, sql_base);

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    snprintf(c.base, sizeof c.base, "%s", query_next(q) ? query_text(q, 0) : "");
    query_end(q, NULL);
    snprintf(c.type, sizeof c.type, "%s", type);
    snprintf(c.id, sizeof c.id, "%s", id);
    snprintf(c.request_id, sizeof c.request_id, "%s", request_id);
    MEM_ROOM(w->net.claim, w->net.n_claims, w->net.claims_cap);
    w->net.claim[w->net.n_claims++] = c;
}

static void note_claims(struct world *w, struct desk *desk, const struct http_request *r)
{
    char type[40], id[72];
    struct doc *doc = NULL;

    if (!r->body || !r->request_id || doc_parse(r->body, strlen(r->body), &doc, NULL) != RC_OK)
        return;
    if (strcmp(doc_type(doc), "Bundle") != 0)
        claim(w, desk, doc_type(doc), doc_id(doc), r->request_id);
    for (const struct node *e = node_first(node_get(doc_root(doc), "entry")); e; e = node_next(e)) {
        const struct node *resource = node_get(e, "resource");
        snprintf(type, sizeof type, "%s", node_str(resource, "resourceType"));
        snprintf(id, sizeof id, "%s", node_str(resource, "id"));
        claim(w, desk, type, id, r->request_id);
    }
    doc_free(doc);
}

static void note_double(struct world *w, const struct http_request *r)
{
    for (size_t i = 0; r->request_id && i < w->net.n_claims; i++)
        if (strcmp(w->net.claim[i].request_id, r->request_id) == 0)
            w->net.claim[i].is_doubled = true;
}

/* ---- what becomes of it ---- */

static bool is_write(const struct http_request *r)
{
    return strcmp(r->method, "GET") != 0;
}

static bool is_page(const struct http_request *r)
{
    return !is_write(r) && strchr(r->path, '?') != NULL;
}

/* Not every fault can meet every request. */
static bool fits(const struct world *w, enum fate fate, const struct http_request *r)
{
    switch (fate) {
    case FATE_FORBIDDEN:
        return w->net.forbidden[0] && strncmp(r->path, w->net.forbidden, strlen(w->net.forbidden)) == 0 && is_write(r);
    case FATE_WRONG_BUNDLE: case FATE_NEXT_LOOP:
        return is_page(r);
    case FATE_EXPIRED:
        return is_page(r) && strstr(r->path, "offset=");
    case FATE_LATE: case FATE_TWICE: case FATE_NO_BODY: case FATE_ERROR_DONE:
        return is_write(r);
    case FATE_TWICE_LATER:      /* a create that nothing guards cannot be told from a second one */
        return is_write(r) && w->temper != TEMPER_HELIOS;
    default:
        return true;
    }
}

static enum fate choose(struct world *w, const struct http_request *r)
{
    int sum = 0, at;

    if (disk_is_dead())
        return FATE_UNREACHED;
    if (w->net.loses_answer && is_write(r)) {
        w->net.loses_answer = false;
        return FATE_ANSWER_LOST;
    }
    if (w->is_calm)
        return FATE_FINE;
    if (w->net.is_down)
        return FATE_UNREACHED;
    if (!dice_chance(&w->fate, w->net.badness))
        return FATE_FINE;
    for (int f = 0; f < FATE_COUNT; f++)
        sum += fits(w, (enum fate)f, r) ? w->net.bad[f] : 0;
    if (sum == 0)
        return FATE_FINE;
    at = dice_below(&w->fate, sum);
    for (int f = 0; f < FATE_COUNT; f++)
        if (fits(w, (enum fate)f, r) && (at -= w->net.bad[f]) < 0)
            return (enum fate)f;
    return FATE_FINE;
}

void net_change(struct world *w)
{
    static const char *const types[] = { "Patient", "Task", "Appointment", "Communication" };
    struct net *net = &w->net;

    memset(net->bad, 0, sizeof net->bad);
    net->badness = dice_chance(&w->fate, 300) ? 0 : dice_below(&w->fate, 500);
    net->is_down = dice_chance(&w->fate, 80);
    for (int i = dice_below(&w->fate, 6) + 1; i > 0; i--)
        net->bad[1 + dice_below(&w->fate, FATE_COUNT - 1)] += 1 + dice_below(&w->fate, 4);
    net->forbidden[0] = '\0';
    if (net->bad[FATE_FORBIDDEN])
        snprintf(net->forbidden, sizeof net->forbidden, "%s", types[dice_below(&w->fate, 4)]);
    struct model_bends *bends = model_bends(w->server);
    bends->visible_after_ms = dice_chance(&w->fate, 150) ? dice_between(&w->fate, 1000, 120000) : 0;
    bends->clock_ms = dice_chance(&w->fate, 150) ? dice_between(&w->fate, -60000, 60000) : bends->clock_ms;
    trace("weather: %d per mille, down %d, gap %lld, clock %lld", net->badness, net->is_down,
          (long long)bends->visible_after_ms, (long long)bends->clock_ms);
}

static void lose(struct http_answer *a, enum http_outcome outcome, const char *words, bool timed_out)
{
    http_answer_done(a);
    a->outcome = outcome;
    a->timed_out = timed_out;
    snprintf(a->words, sizeof a->words, "%s", words);
}

static void say(struct http_answer *a, int status, const char *retry_after)
{
    http_answer_done(a);
    a->outcome = HTTP_ANSWERED;
    a->status = status;
    snprintf(a->retry_after, sizeof a->retry_after, "%s", retry_after);
    buf_add(&a->body, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"transient\"}]}");
}

static void say_failure(struct world *w, struct http_answer *a, bool is_busy)
{
    static const int failures[] = { 500, 502, 503, 504, 408 }, busy[] = { 429, 503 };
    static const char *const after[] = { "", "", "0", "30", "Mon, 23 Nov 2026 14:00:00 GMT", "99999999999", "soon" };
    int status = is_busy ? busy[dice_below(&w->fate, 2)] : failures[dice_below(&w->fate, 5)];

    say(a, status, after[dice_below(&w->fate, is_busy ? 7 : 3)]);
}

/* The page leads to itself, or is not what was asked for. */
static void bend_page(struct http_answer *a, const struct http_request *r, enum fate fate)
{
    struct doc *doc = NULL;

    if (a->status != 200 || doc_parse(buf_text(&a->body), a->body.len, &doc, NULL) != RC_OK)
        return;
    if (fate == FATE_WRONG_BUNDLE) {
        node_set_str(doc, doc_root(doc), "type", "collection");
    } else {
        struct node *links = node_set_array(doc, doc_root(doc), "link"), *link = node_add_object(doc, links);
        node_set_str(doc, link, "relation", "next");
        node_set_str(doc, link, "url", r->path);
    }
    buf_clear(&a->body);
    node_write(&a->body, doc_root(doc));
    doc_free(doc);
}

static void carry_out(struct world *w, const struct http_request *r, struct http_answer *a)
{
    http_answer_done(a);
    model_request(w->server, w->now_ms, r, a);
}

static void meet(struct world *w, enum fate fate, const struct http_request *r, struct http_answer *a)
{
    switch (fate) {
    case FATE_FINE: case FATE_COUNT:
        carry_out(w, r, a);
        break;
    case FATE_DELAYED:
        world_pass_time(w, dice_between(&w->fate, 1000, 50000));
        carry_out(w, r, a);
        world_pass_time(w, dice_between(&w->fate, 1000, 50000));
        break;
    case FATE_UNREACHED:
        lose(a, HTTP_UNREACHED, "no route", false);
        break;
    case FATE_UNTRUSTED:
        lose(a, HTTP_UNTRUSTED, "another certificate", false);
        break;
    case FATE_REQUEST_LOST:
        lose(a, HTTP_LOST, "connection reset", false);
        break;
    case FATE_LATE:
        hold(w, r, dice_between(&w->fate, 500, LATE_MOST_MS));
        world_pass_time(w, dice_between(&w->fate, 100, SLOW_MS));
        lose(a, HTTP_LOST, "timeout", true);
        break;
    case FATE_ANSWER_LOST: case FATE_TRUNCATED:
        carry_out(w, r, a);
        lose(a, HTTP_LOST, fate == FATE_TRUNCATED ? "transfer closed" : "connection reset", false);
        break;
    case FATE_TWICE:
        note_double(w, r);
        carry_out(w, r, a);
        if (dice_chance(&w->fate, 500)) {
            struct http_answer first = *a;
            *a = (struct http_answer){ 0 };
            model_request(w->server, w->now_ms, r, a);
            http_answer_done(&first);
        } else {
            struct http_answer second = { 0 };
            model_request(w->server, w->now_ms, r, &second);
            http_answer_done(&second);
        }
        break;
    case FATE_TWICE_LATER:
        hold(w, r, dice_between(&w->fate, 500, LATE_MOST_MS));
        carry_out(w, r, a);
        break;
    case FATE_ERROR_DONE:
        carry_out(w, r, a);
        say_failure(w, a, false);
        break;
    case FATE_ERROR_UNDONE:
        say_failure(w, a, false);
        break;
    case FATE_BUSY:
        say_failure(w, a, true);
        break;
    case FATE_UNAUTHORIZED:
        say(a, 401, "");
        break;
    case FATE_FORBIDDEN:
        say(a, 403, "");
        break;
    case FATE_EXPIRED:
        say(a, 410, "");
        break;
    case FATE_BAD_JSON:
        carry_out(w, r, a);
        a->body.len = a->body.len ? (size_t)dice_below(&w->fate, (int)a->body.len) : 0;
        if (a->body.data)
            a->body.data[a->body.len] = '\0';
        break;
    case FATE_NO_BODY:
        carry_out(w, r, a);
        if (a->status < 300) {
            buf_clear(&a->body);
            a->etag[0] = a->location[0] = '\0';
        }
        break;
    case FATE_WRONG_BUNDLE: case FATE_NEXT_LOOP:
        carry_out(w, r, a);
        bend_page(a, r, fate);
        break;
    }
}

void net_exchange(struct world *w, struct desk *desk, const struct http_request *r, int64_t left_ms, struct http_answer *a)
{
    bool dies_before = disk_step();     /* the power may go before the request leaves ... */
    enum fate fate;

    note_claims(w, desk, r);
    w->net.left_ms = left_ms;
    fate = choose(w, r);
    counts[fate]++;
    w->net.requests++;
    meet(w, fate, r, a);
    if (!dies_before && disk_step())    /* ... or before its answer is read */
        lose(a, HTTP_LOST, "power lost", false);
    trace("  %s %s [%s%s%s] %s: %d", r->method, r->path, r->if_match ? r->if_match : "", r->if_none_match ? "new" : "",
          r->request_id ? r->request_id : "", fate_names[fate], a->outcome == HTTP_ANSWERED ? a->status : 0);
    world_pass_time(w, dice_between(&w->fate, 1, TYPICAL_MS));
}
