#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEAD_MOST = 64 * 1024, BODY_MOST = 256 * 1024 * 1024 };

/* ---- headers ---- */

/* The line of a header, and its length with the line's end; NULL when it is not there. */
static const char *find(const struct message *m, const char *name, size_t *len)
{
    size_t name_len = strlen(name);

    for (const char *at = strstr(buf_text(&m->head), "\r\n"); at && at[2] != '\r'; at = strstr(at + 2, "\r\n")) {
        const char *end = strstr(at + 2, "\r\n");
        if (end && strncasecmp(at + 2, name, name_len) == 0 && at[2 + name_len] == ':') {
            *len = (size_t)(end + 2 - (at + 2));
            return at + 2;
        }
    }
    return NULL;
}

const char *message_header(const struct message *m, const char *name, char *out, size_t size)
{
    size_t len, at = strlen(name) + 1;
    const char *line = find(m, name, &len);

    out[0] = '\0';
    while (line && (line[at] == ' ' || line[at] == '\t'))
        at++;
    if (line && len - 2 - at < size) {
        memcpy(out, line + at, len - 2 - at);
        out[len - 2 - at] = '\0';
    }
    return out;
}

void message_drop_header(struct message *m, const char *name)
{
    size_t len;
    const char *line = find(m, name, &len);

    if (!line)
        return;
    size_t at = (size_t)(line - m->head.data);
    m->head.len -= len;
    memmove(m->head.data + at, m->head.data + at + len, m->head.len - at + 1);
}

static void add_header(struct message *m, const char *name, size_t value)
{
    m->head.len -= 2;
    m->head.data[m->head.len] = '\0';
    buf_printf(&m->head, "%s: %zu\r\n\r\n", name, value);
}

/* ---- reading ---- */

/* Bytes up to and with the next "end" of the stream; false when there are none within most. */
static bool read_until(struct stream *s, const char *end, size_t most, struct buf *out)
{
    for (;;) {
        const char *start = s->in.data ? s->in.data + s->used : "";
        size_t n = s->in.len - s->used;
        const char *found = n ? memmem(start, n, end, strlen(end)) : NULL;
        if (found) {
            n = (size_t)(found - start) + strlen(end);
            buf_add_n(out, start, n);
            s->used += n;
            return true;
        }
        if (n > most || !stream_fill(s))
            return false;
    }
}

static bool read_n(struct stream *s, size_t n, struct buf *out)
{
    while (n > 0) {
        size_t here = s->in.len - s->used;
        if (here == 0) {
            if (!stream_fill(s))
                return false;
            continue;
        }
        here = here < n ? here : n;
        buf_add_n(out, s->in.data + s->used, here);
        s->used += here;
        n -= here;
    }
    return true;
}

/* Where a chunk's bytes start, and how many they are; NULL when its line is not whole. */
static const char *chunk(const char *at, unsigned long *n)
{
    const char *end = strstr(at, "\r\n");

    *n = strtoul(at, NULL, 16);
    return end ? end + 2 : NULL;
}

static bool read_chunks(struct stream *s, struct buf *out)
{
    for (;;) {
        size_t at = out->len;
        unsigned long n;
        if (!read_until(s, "\r\n", HEAD_MOST, out))
            return false;
        chunk(out->data + at, &n);
        if (n > BODY_MOST || !read_n(s, n + 2, out))
            return false;
        if (n == 0)
            return true;        /* trailers are none we know of */
    }
}

static bool has_no_body(const struct message *m, const char *method)
{
    return method && (strcmp(method, "HEAD") == 0 || m->status == 204 || m->status == 304 || m->status < 200);
}

static bool read_body(struct stream *s, const char *method, struct message *m)
{
    char value[64];

    if (has_no_body(m, method))
        return true;
    m->is_chunked = strcasecmp(message_header(m, "Transfer-Encoding", value, sizeof value), "chunked") == 0;
    if (m->is_chunked)
        return read_chunks(s, &m->body);
    size_t n = strtoul(message_header(m, "Content-Length", value, sizeof value), NULL, 10);
    if (!value[0] && method) {      /* an answer that ends with the connection */
        while (read_n(s, 1, &m->body))
            continue;
        return true;
    }
    return n <= BODY_MOST && read_n(s, n, &m->body);
}

/* A client that asks first may go on. */
static bool invite(struct stream *s, struct message *m)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    char value[32];

    if (!message_header(m, "Expect", value, sizeof value)[0])
        return true;
    message_drop_header(m, "Expect");
    return stream_write(s, go_on, sizeof go_on - 1);
}

bool message_read(struct stream *s, const char *method, struct message *out)
{
    *out = (struct message){ 0 };
    if (!read_until(s, "\r\n\r\n", HEAD_MOST, &out->head))
        return false;
    if (method) {
        if (sscanf(out->head.data, "HTTP/1.1 %3d", &out->status) != 1)
            return false;
    } else if (sscanf(out->head.data, "%11s %2047s HTTP/1.1", out->method, out->target) != 2 || !invite(s, out)) {
        return false;
    }
    return read_body(s, method, out);
}

bool message_write(struct stream *s, const struct message *m)
{
    struct buf all = { 0 };

    buf_add_n(&all, m->head.data, m->head.len);
    buf_add_n(&all, buf_text(&m->body), m->body.len);
    bool is_written = stream_write(s, all.data, all.len);
    buf_done(&all);
    return is_written;
}

void message_done(struct message *m)
{
    buf_done(&m->head);
    buf_done(&m->body);
}

/* ---- other bodies ---- */

void message_set_body(struct message *m, struct buf *body)
{
    message_drop_header(m, "Content-Length");
    message_drop_header(m, "Transfer-Encoding");
    m->is_chunked = false;
    add_header(m, "Content-Length", body->len);
    buf_done(&m->body);
    m->body = *body;
    *body = (struct buf){ 0 };
}

void message_unchunk(struct message *m)
{
    struct buf plain = { 0 };
    const char *at = buf_text(&m->body);
    unsigned long n;

    if (!m->is_chunked)
        return;
    while ((at = chunk(at, &n)) && n > 0 && n + 2 <= m->body.len - (size_t)(at - m->body.data)) {
        buf_add_n(&plain, at, n);
        at += n + 2;
    }
    message_set_body(m, &plain);
}
