#include "exchange.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "message.h"
#include "rewrite.h"

enum { SERVER_TIMEOUT_S = 120, GIVE_UP_MS = 120 * 1000 };

struct exchange {
    const struct proxy *proxy;
    struct stream client, server;
    struct message request, answer;
    struct fault fault;
    long n;                     /* number of the request */
    bool is_answered;           /* answer holds a whole one */
    char etag[100];             /* of the server's answer, "" none */
    const char *told;           /* what the client saw instead of the server's answer; NULL: that one */
};

/* ---- the log ---- */

/* Names of query parameters stay, their values may be a person's. */
static void add_path(struct buf *out, const char *target)
{
    bool is_value = false, is_query = false;

    for (; *target; target++) {
        is_query = is_query || *target == '?';
        if (*target == '&' || *target == '?')
            is_value = false;
        else if (is_query && *target == '=')
            is_value = true;
        if (!is_value)
            buf_char(out, *target);
    }
}

static void add_column(struct buf *out, const struct message *m, const char *header)
{
    char value[200];

    buf_printf(out, " %s", *message_header(m, header, value, sizeof value) ? value : "-");
}

static void write_log(const struct exchange *x)
{
    struct buf out = { 0 };
    char told[8];

    snprintf(told, sizeof told, "%d", x->answer.status);
    buf_printf(&out, "%ld %lld %s ", x->n, (long long)clock_now_ms(), x->request.method);
    add_path(&out, x->request.target);
    add_column(&out, &x->request, "X-Request-Id");
    add_column(&out, &x->request, "If-Match");
    buf_printf(&out, " %d", x->is_answered ? x->answer.status : 0);
    buf_printf(&out, " %s %s %s%s%s %zu %zu\n", *x->etag ? x->etag : "-", x->told ? x->told : told, x->fault.kind, *x->fault.param ? ":" : "",
               x->fault.param, x->request.body.len, x->answer.body.len);
    if (write(x->proxy->log_fd, out.data, out.len) != (ssize_t)out.len)
        perror("proxy: log");
    buf_done(&out);
}

/* Bundles are kept whole: a line could not say what was in them. */
static void keep_bundle(const struct exchange *x, const char *what, const struct message *m)
{
    char path[512];

    if (!x->proxy->bundles || strcmp(x->request.method, "POST") != 0)
        return;
    snprintf(path, sizeof path, "%s/%ld.%s.json", x->proxy->bundles, x->n, what);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(buf_text(&m->body), 1, m->body.len, file) != m->body.len || fclose(file) != 0)
        perror("proxy: bundle");
}

/* ---- the server's side ---- */

/* The request to the server and its answer. False when there is none that is whole. */
static bool deliver(struct exchange *x)
{
    char value[32];

    message_done(&x->answer);
    x->answer = (struct message){ 0 };
    if (stream_is_stale(&x->server)) {
        stream_close(&x->server);
        stream_connect(&x->server, x->proxy->server_port, x->proxy->as_client, SERVER_TIMEOUT_S);
    }
    x->is_answered = x->server.fd >= 0 && message_write(&x->server, &x->request) &&
                     message_read(&x->server, x->request.method, &x->answer);
    bool is_last = strcmp(message_header(&x->answer, "Connection", value, sizeof value), "close") == 0;
    message_header(&x->answer, "ETag", x->etag, sizeof x->etag);
    message_drop_header(&x->answer, "Connection");
    message_drop_header(&x->answer, "Keep-Alive");
    if (!x->is_answered || is_last)
        stream_close(&x->server);
    if (x->is_answered)
        keep_bundle(x, "answer", &x->answer);
    return x->is_answered;
}

/* ---- the client's side; true keeps the connection ---- */

static bool answer(struct exchange *x)
{
    if (x->is_answered)
        return message_write(&x->client, &x->answer);
    x->told = "cut";
    return false;
}

static bool cut(struct exchange *x, const char *told)
{
    x->told = told;
    if (strcmp(told, "reset") == 0)
        stream_reset(&x->client);
    return false;
}

static bool part(struct exchange *x, size_t percent)
{
    size_t n = x->answer.body.len * percent / 100;

    return stream_write(&x->client, x->answer.head.data, x->answer.head.len) &&
           stream_write(&x->client, buf_text(&x->answer.body), n);
}

static int number(const struct exchange *x, int otherwise)
{
    int n = (int)strtol(x->fault.param, NULL, 10);

    return n > 0 ? n : otherwise;
}

/* ---- faults ---- */

static bool fault_pass(struct exchange *x) { deliver(x); return answer(x); }
static bool fault_lost(struct exchange *x) { return cut(x, "cut"); }
static bool fault_reset(struct exchange *x) { return cut(x, "reset"); }
static bool fault_unanswered(struct exchange *x) { deliver(x); return cut(x, "cut"); }
static bool fault_reset_after(struct exchange *x) { deliver(x); return cut(x, "reset"); }

static bool fault_truncated(struct exchange *x)
{
    if (deliver(x))
        part(x, (size_t)number(x, 50));
    return cut(x, "part");
}

/* The client sees the first answer, or the second with "twice:second". */
static bool fault_twice(struct exchange *x)
{
    bool is_second = strcmp(x->fault.param, "second") == 0, is_kept = false;

    deliver(x);
    if (is_second)
        x->told = "-";
    else
        is_kept = answer(x);
    write_log(x);
    deliver(x);
    x->told = is_second ? NULL : "-";
    return is_second ? answer(x) : is_kept;
}

/* The client is cut off at once, and the request is carried out when nobody waits for it any more. The
 * process that waits ends early when the proxy does. */
static bool fault_late(struct exchange *x)
{
    struct pollfd life = { .fd = x->proxy->life_fd, .events = POLLIN };

    fflush(NULL);
    if (fork() == 0) {
        close(x->client.fd);
        if (poll(&life, 1, number(x, 3000)) == 0) {
            x->server = (struct stream){ .fd = -1 };    /* the other one is our parent's */
            deliver(x);
            x->told = "late";
            write_log(x);
        }
        _exit(0);
    }
    return cut(x, "cut");
}

static bool fault_abandoned(struct exchange *x)
{
    stream_wait_closed(&x->client, GIVE_UP_MS);
    deliver(x);
    return cut(x, "late");
}

static bool fault_delay(struct exchange *x)
{
    deliver(x);
    pause_ms(number(x, 1000));
    return answer(x);
}

static bool fault_hold(struct exchange *x)
{
    pause_ms(number(x, 1000));
    deliver(x);
    return answer(x);
}

static bool fault_stall(struct exchange *x)
{
    if (!deliver(x) || !part(x, 50))
        return cut(x, "cut");
    pause_ms(1000 * (int64_t)number(x, 30));
    size_t half = x->answer.body.len / 2;
    return stream_write(&x->client, buf_text(&x->answer.body) + half, x->answer.body.len - half);
}

static bool fault_drip(struct exchange *x)
{
    return deliver(x) && stream_write(&x->client, x->answer.head.data, x->answer.head.len) &&
           stream_drip(&x->client, buf_text(&x->answer.body), x->answer.body.len, number(x, 1));
}

/* Through a cache that does not hear "no-cache". */
static bool fault_stale(struct exchange *x)
{
    message_drop_header(&x->request, "Cache-Control");
    return fault_pass(x);
}

/* Sent, and somebody between answers with its own words: "after:502". */
static bool fault_after(struct exchange *x)
{
    deliver(x);
    int server_status = x->answer.status;
    rewrite_status(&x->answer, number(x, 502), "");
    x->told = "after";
    bool is_kept = message_write(&x->client, &x->answer);
    x->answer.status = server_status;
    return is_kept;
}

/* "503", "429:absurd": answered without asking the server. */
static bool fault_status(struct exchange *x)
{
    x->told = x->fault.kind;
    rewrite_status(&x->answer, (int)strtol(x->fault.kind, NULL, 10), x->fault.param);
    bool is_kept = message_write(&x->client, &x->answer);
    message_done(&x->answer);
    x->answer = (struct message){ 0 };
    return is_kept;
}

static bool fault_rewrite(struct exchange *x)
{
    message_drop_header(&x->request, "Accept-Encoding");
    if (!deliver(x))
        return cut(x, "cut");
    x->told = x->fault.kind;
    message_unchunk(&x->answer);
    rewrite_body(x->fault.kind, &x->request, &x->answer);
    return answer(x);
}

static const struct { const char *kind; bool (*act)(struct exchange *x); } faults[] = {
    { "pass", fault_pass }, { "lost", fault_lost }, { "unanswered", fault_unanswered }, { "reset", fault_reset },
    { "reset-after", fault_reset_after }, { "truncated", fault_truncated }, { "twice", fault_twice },
    { "late", fault_late }, { "abandoned", fault_abandoned }, { "delay", fault_delay }, { "hold", fault_hold },
    { "stall", fault_stall }, { "drip", fault_drip }, { "stale", fault_stale }, { "after", fault_after },
};

static bool act(struct exchange *x)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strcmp(x->fault.kind, faults[i].kind) == 0)
            return faults[i].act(x);
    if (strtol(x->fault.kind, NULL, 10) >= 200)
        return fault_status(x);
    if (rewrite_knows(x->fault.kind))
        return fault_rewrite(x);
    fprintf(stderr, "proxy: no fault is called %s\n", x->fault.kind);
    return fault_pass(x);
}

/* ---- a connection ---- */

static bool serve_one(struct exchange *x)
{
    struct faults *f = x->proxy->faults;
    char value[16];

    x->told = NULL;
    x->is_answered = false;
    x->etag[0] = '\0';
    bool is_kept = message_read(&x->client, NULL, &x->request);
    if (is_kept) {
        x->n = atomic_fetch_add(&f->requests, 1) + 1;
        x->fault = faults_choose(f, x->n, x->request.method, x->request.target);
        bool is_last = strcmp(message_header(&x->request, "Connection", value, sizeof value), "close") == 0;
        if (x->proxy->bundles && strcmp(x->request.method, "POST") == 0)
            message_drop_header(&x->request, "Accept-Encoding");
        keep_bundle(x, "request", &x->request);
        is_kept = act(x) && !is_last;
        write_log(x);
    }
    message_done(&x->request);
    message_done(&x->answer);
    x->answer = (struct message){ 0 };
    return is_kept;
}

void exchange_serve(const struct proxy *proxy, int fd)
{
    struct exchange x = { .proxy = proxy, .server = { .fd = -1 } };

    if (!stream_accept(&x.client, fd, proxy->as_server, &proxy->faults->line))
        return;
    while (serve_one(&x))
        continue;
    if (x.told)
        stream_cut(&x.client);
    else
        stream_close(&x.client);
    stream_close(&x.server);
}
