/* sim_http.c - http.h without a network: requests go to the world's model server, four at once, and are
 * carried out and answered in any order. Linked before libsync.a, so that http.o is never taken. */
#include "sync/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/sync/sim/mutate.h"
#include "tests/sync/sim/world.h"

struct lane {
    bool is_busy, is_done;
    char *method, *path, *body, *if_match, *if_none_match, *if_none_exist, *request_id;
    struct http_sink *sink;
    struct http_answer answer;
    int64_t left_ms;
};
struct http {
    struct lane lane[HTTP_LANES];
    char *base;
    struct desk *desk;
    struct http_traffic traffic;
};

void http_start(void)
{
}

void http_end(void)
{
}

enum rc http_open(const struct http_settings *settings, struct http **out, struct err *err)
{
    struct http *http = mem_alloc(sizeof *http);
    size_t len = strlen(settings->base_url);

    (void)err;
    while (len > 0 && settings->base_url[len - 1] == '/')
        len--;
    http->base = mem_dup_n(settings->base_url, len);
    http->desk = the_world->active;
    *out = http;
    return RC_OK;
}

const char *http_base(const struct http *http)
{
    return http->base;
}

struct http_traffic http_traffic(const struct http *http)
{
    return http->traffic;
}

void http_answer_done(struct http_answer *answer)
{
    buf_done(&answer->body);
    *answer = (struct http_answer){ 0 };
}

static void free_request(struct lane *lane)
{
    free(lane->method);
    free(lane->path);
    free(lane->body);
    free(lane->if_match);
    free(lane->if_none_match);
    free(lane->if_none_exist);
    free(lane->request_id);
}

bool http_has_room(const struct http *http)
{
    for (int n = 0; n < HTTP_LANES; n++)
        if (!http->lane[n].is_busy)
            return true;
    return false;
}

int http_begin(struct http *http, const struct http_request *r)
{
    int n = 0;

    while (n < HTTP_LANES && http->lane[n].is_busy)
        n++;
    if (n == HTTP_LANES)
        return -1;
    http->lane[n] = (struct lane){
        .is_busy = true, .method = mem_dup(r->method), .path = mem_dup(r->path), .if_match = mem_dup(r->if_match),
        .if_none_match = mem_dup(r->if_none_match), .if_none_exist = mem_dup(r->if_none_exist),
        .request_id = mem_dup(r->request_id), .sink = r->sink, .left_ms = the_world->now_ms,
        .body = r->body ? mem_dup_n(r->body, r->body_len ? r->body_len : strlen(r->body)) : NULL,
    };
    return n;
}

static void fill_sink(struct lane *lane)
{
    struct http_answer *a = &lane->answer;

    if (!lane->sink || a->outcome != HTTP_ANSWERED || a->status / 100 != 2)
        return;
    lane->sink->written = (int64_t)a->body.len;
    lane->sink->error = write(lane->sink->fd, buf_text(&a->body), a->body.len) == (ssize_t)a->body.len ? 0 : EIO;
    buf_clear(&a->body);
}

static void exchange(struct http *http, struct lane *lane)
{
    struct http_request r = { .method = lane->method, .path = lane->path, .body = lane->body, .if_match = lane->if_match,
                              .if_none_match = lane->if_none_match, .if_none_exist = lane->if_none_exist,
                              .request_id = lane->request_id };
    char *path = NULL, *body = NULL;

    world_meanwhile(the_world);
    mutate_request(the_world->mutation, &r, &path, &body);
    http->traffic.requests++;
    http->traffic.bytes_out += (int64_t)(strlen(r.path) + (r.body ? strlen(r.body) : 0));
    net_exchange(the_world, http->desk, &r, lane->left_ms, &lane->answer);
    http->traffic.bytes_in += (int64_t)lane->answer.body.len;
    fill_sink(lane);
    lane->is_done = true;
    free(path);
    free(body);
}

/* One lane of those wanted, by chance; is_done tells which kind. -1: there is none. */
static int pick(struct http *http, int wanted, bool is_done)
{
    int choice[HTTP_LANES], n = 0;

    for (int i = 0; i < HTTP_LANES; i++)
        if (http->lane[i].is_busy && http->lane[i].is_done == is_done && (wanted == HTTP_ANY || wanted == i))
            choice[n++] = i;
    return n ? choice[dice_below(&the_world->fate, n)] : -1;
}

/* Whatever is on its way may arrive first. */
int http_wait(struct http *http, int wanted, struct http_answer *answer)
{
    int n;

    if (pick(http, wanted, false) < 0 && pick(http, wanted, true) < 0)
        return -1;
    while ((n = pick(http, wanted, true)) < 0 || (pick(http, HTTP_ANY, false) >= 0 && dice_chance(&the_world->fate, 400))) {
        int other = pick(http, HTTP_ANY, false);
        exchange(http, &http->lane[other]);
    }
    *answer = http->lane[n].answer;
    free_request(&http->lane[n]);
    http->lane[n] = (struct lane){ 0 };
    return n;
}

void http_send(struct http *http, const struct http_request *request, struct http_answer *answer)
{
    int lane = http_begin(http, request);

    if (lane < 0)
        mem_fatal("http_send: every lane is taken");
    http_wait(http, lane, answer);
}

void http_pump(struct http *http)
{
    int n = pick(http, HTTP_ANY, false);

    if (n >= 0 && dice_chance(&the_world->fate, 200))
        exchange(http, &http->lane[n]);
}

/* Broken off: it may have arrived all the same. */
void http_drop(struct http *http, int n)
{
    struct lane *lane = &http->lane[n];

    lane->sink = NULL;
    if (lane->is_busy && !lane->is_done && dice_chance(&the_world->fate, 500))
        exchange(http, lane);
    http_answer_done(&lane->answer);
    free_request(lane);
    *lane = (struct lane){ 0 };
}

void http_close(struct http *http)
{
    if (!http)
        return;
    for (int i = 0; i < HTTP_LANES; i++)
        http_drop(http, i);
    free(http->base);
    free(http);
}
