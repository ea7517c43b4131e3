#include "rewrite.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- statuses ---- */

static void add_retry_after(struct buf *out, const char *retry)
{
    char date[64];
    time_t soon = time(NULL) + 10;
    struct tm t;

    if (!*retry)
        return;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&soon, &t));
    if (strcmp(retry, "date") == 0)
        retry = date;
    else if (strcmp(retry, "absurd") == 0)
        retry = "99999999999999999999";
    buf_printf(out, "Retry-After: %s\r\n", retry);
}

void rewrite_status(struct message *answer, int status, const char *retry)
{
    struct buf body = { 0 };

    message_done(answer);
    *answer = (struct message){ .status = status };
    buf_printf(&answer->head, "HTTP/1.1 %d Scripted\r\nContent-Type: application/fhir+json\r\n", status);
    add_retry_after(&answer->head, retry);
    buf_add(&answer->head, "\r\n");
    buf_printf(&body, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"transient\","
                      "\"diagnostics\":\"scripted by the test: %d\"}]}", status);
    message_set_body(answer, &body);
}

/* ---- bodies ---- */

/* What stands between the quotes after name, from at on; 0 long when it is not there. */
static const char *string_after(const char *at, const char *name, size_t *len)
{
    const char *found = at ? strstr(at, name) : NULL, *start = found ? strchr(found + strlen(name), '"') : NULL;
    const char *end = start ? strchr(start + 1, '"') : NULL;

    *len = end ? (size_t)(end - start - 1) : 0;
    return end ? start + 1 : NULL;
}

/* body with old replaced; old NULL: body as it is. */
static struct buf replaced(const struct buf *body, const char *old, size_t old_len, const char *new)
{
    struct buf out = { 0 };
    size_t at = old ? (size_t)(old - body->data) : body->len;

    buf_add_n(&out, body->data, at);
    if (old) {
        buf_add(&out, new);
        buf_add_n(&out, old + old_len, body->len - at - old_len);
    }
    return out;
}

static struct buf half(const struct message *request, const struct buf *body)
{
    struct buf out = { 0 };

    (void)request;
    buf_add_n(&out, buf_text(body), body->len / 2);
    return out;
}

static struct buf broken(const struct message *request, const struct buf *body)
{
    const char *entry = strstr(buf_text(body), "\"entry\"");

    (void)request;
    return replaced(body, entry ? entry : body->data, 1, "}");
}

static struct buf wrong_type(const struct message *request, const struct buf *body)
{
    size_t len;
    const char *type = string_after(buf_text(body), "\"searchset\"", &len) ? strstr(body->data, "\"searchset\"") : NULL;

    (void)request;
    return replaced(body, type, strlen("\"searchset\""), "\"collection\"");
}

static struct buf no_bundle(const struct message *request, const struct buf *body)
{
    struct buf out = { 0 };

    (void)request;
    (void)body;
    buf_add(&out, "{\"resourceType\":\"Basic\",\"id\":\"not-a-bundle\"}");
    return out;
}

static const char *next_url(const struct buf *body, size_t *len)
{
    const char *text = buf_text(body), *next;
    size_t word;

    for (next = strstr(text, "\"relation\""); next; next = strstr(next + 1, "\"relation\"")) {
        const char *relation = string_after(next, "\"relation\"", &word);
        if (relation && word == 4 && strncmp(relation, "next", 4) == 0)
            return string_after(relation, "\"url\"", len);
    }
    return NULL;
}

static struct buf next_loop(const struct message *request, const struct buf *body)
{
    char host[128], url[2400];
    size_t len = 0;
    const char *old = next_url(body, &len);

    message_header(request, "Host", host, sizeof host);
    snprintf(url, sizeof url, "https://%s%s", host, request->target);
    return replaced(body, old, len, url);
}

/* As a server does that knows itself by another address. */
static struct buf foreign(const struct message *request, const struct buf *body)
{
    char host[128], ours[160];
    struct buf out = { 0 };
    const char *at = buf_text(body), *found;

    message_header(request, "Host", host, sizeof host);
    snprintf(ours, sizeof ours, "https://%s", host);
    for (; (found = strstr(at, ours)); at = found + strlen(ours)) {
        buf_add_n(&out, at, (size_t)(found - at));
        buf_add(&out, "https://elsewhere.invalid");
    }
    buf_add(&out, at);
    return out;
}

static const struct { const char *kind; struct buf (*rewrite)(const struct message *, const struct buf *); } bodies[] = {
    { "half", half }, { "broken", broken }, { "wrong-type", wrong_type }, { "no-bundle", no_bundle },
    { "next-loop", next_loop }, { "foreign", foreign },
};

bool rewrite_knows(const char *kind)
{
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (strcmp(kind, bodies[i].kind) == 0)
            return true;
    return false;
}

void rewrite_body(const char *kind, const struct message *request, struct message *answer)
{
    if (answer->body.len == 0)
        return;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (strcmp(kind, bodies[i].kind) == 0) {
            struct buf body = bodies[i].rewrite(request, &answer->body);
            message_set_body(answer, &body);
            return;
        }
}
