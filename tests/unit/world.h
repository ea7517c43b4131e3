/* world.h - a small FHIR server on loopback whose contents a test changes as it goes: what it lists, what it
 * only shows by id, what was deleted and what it never had. It answers one request a connection. */
#ifndef FRONTDESK_TESTS_WORLD_H
#define FRONTDESK_TESTS_WORLD_H

#include "tests/unit/directory.h"
#include "tests/unit/endpoint.h"

#include "access/authz.h"
#include "base/buf.h"
#include "base/mem.h"
#include "sync/central.h"

enum world_state { WORLD_ABSENT, WORLD_LISTED, WORLD_HIDDEN, WORLD_DELETED };
enum { WORLD_ROWS = 40, WORLD_PAGE = 3 };

struct world_row { enum world_state state; char type[40], id[72], version[24], updated[40], more[256]; };
struct world {                          /* shared with the child */
    struct world_row row[WORLD_ROWS];
    char now[40];                       /* Bundle.meta.lastUpdated */
    char fail[64];                      /* a request line that holds this is answered with this status: "404 Not Found" */
    char fail_status[40];
    int fail_times;
    char body[64], instead[2048];        /* a request line that holds body is answered with this text */
    char asked[16384];                  /* every request line, one after the other */
};

static inline void world_resource(struct buf *out, const struct world_row *r)
{
    buf_printf(out, "{\"resourceType\":\"%s\",\"id\":\"%s\",\"meta\":{\"versionId\":\"%s\",\"lastUpdated\":\"%s\"}%s}",
               r->type, r->id, r->version, r->updated, r->more);
}

/* Is "name=" in the query, and does its list of values hold the id? Without it every id is asked for. */
static inline bool world_wants(const char *query, const char *name, const char *id)
{
    const char *at = strstr(query, name);

    if (!at)
        return true;
    at += strlen(name);
    size_t len = strcspn(at, "& "), id_len = strlen(id);
    for (const char *p = at; p < at + len; p += strcspn(p, ",& ") + 1)
        if (strncmp(p, id, id_len) == 0 && strchr(",& ", p[id_len]))
            return true;
    return false;
}

/* "patient=Patient/a,Patient/b": does the row refer to one of them? */
static inline bool world_is_about(const char *query, const struct world_row *r)
{
    const char *at = strstr(query, "patient=Patient/"), *ref = strstr(r->more, "\"Patient/");
    char id[80];

    if (!at)
        return true;
    snprintf(id, sizeof id, "Patient/%.*s", ref ? (int)strcspn(ref + 9, "\"") : 0, ref ? ref + 9 : "");
    return world_wants(query, "patient=", id);
}

/* In the order of change, as _sort asks; pages by a number the server made up. */
static inline void world_search(struct peer *p, struct world *w, const char *type, const char *query)
{
    const struct world_row *hit[WORLD_ROWS];
    const char *after = strstr(query, "_cursor="), *since = strstr(query, "_lastUpdated=ge");
    size_t n = 0, from = after ? strtoul(after + 8, NULL, 10) : 0;
    struct buf out = { 0 };

    for (size_t i = 0; i < WORLD_ROWS; i++) {
        const struct world_row *r = &w->row[i];
        if (r->state != WORLD_LISTED || strcmp(r->type, type) != 0 || !world_wants(query, "_id=", r->id) ||
            !world_is_about(query, r) || (since && strncmp(r->updated, since + 15, strlen("2026-11-23T10:00:00")) < 0))
            continue;
        size_t k = n++;
        for (; k > 0 && strcmp(hit[k - 1]->updated, r->updated) > 0; k--)
            hit[k] = hit[k - 1];
        hit[k] = r;
    }
    buf_printf(&out, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"meta\":{\"lastUpdated\":\"%s\"},\"link\":[", w->now);
    if (from + WORLD_PAGE < n)
        buf_printf(&out, "{\"relation\":\"next\",\"url\":\"%s?%s_cursor=%zu\"}", type, since ? "_lastUpdated=ge2026-11-23T00:00:00&" : "", from + WORLD_PAGE);
    buf_add(&out, "],\"entry\":[");
    for (size_t i = from; i < n && i < from + WORLD_PAGE; i++) {
        buf_add(&out, i > from ? ",{\"resource\":" : "{\"resource\":");
        world_resource(&out, hit[i]);
        buf_add(&out, "}");
    }
    buf_add(&out, "]}");
    peer_answer(p, "200 OK", "Connection: close\r\n", buf_text(&out));
    buf_done(&out);
}

static inline void world_read(struct peer *p, struct world *w, const char *type, const char *id, bool history)
{
    const struct world_row *r = w->row;
    struct buf out = { 0 };

    while (r < w->row + WORLD_ROWS && (r->state == WORLD_ABSENT || strcmp(r->type, type) != 0 || strcmp(r->id, id) != 0))
        r++;
    if (r == w->row + WORLD_ROWS)
        peer_answer(p, "404 Not Found", "Connection: close\r\n", "{\"resourceType\":\"OperationOutcome\"}");
    else if (r->state == WORLD_DELETED && !history)
        peer_answer(p, "410 Gone", "Connection: close\r\n", "{\"resourceType\":\"OperationOutcome\"}");
    else if (r->state == WORLD_DELETED)
        peer_answer(p, "200 OK", "Connection: close\r\n", "{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[{\"request\":{\"method\":\"DELETE\"},\"response\":{\"etag\":\"9\"}}]}");
    else {
        world_resource(&out, r);
        peer_answer(p, "200 OK", "Connection: close\r\n", buf_text(&out));
    }
    buf_done(&out);
}

static inline void world_serve(struct peer *p)
{
    struct world *w = p->plan->ctx;
    char line[2048], type[64] = "", id[80] = "";

    if (!peer_hear(p))
        return;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(p->request, "\r\n"), p->request);
    if (strlen(w->asked) + strlen(line) + 2 < sizeof w->asked)
        strcat(strcat(w->asked, line), "\n");
    const char *path = strstr(line, "/fhir/"), *query = strchr(line, '?');
    if (*w->fail && w->fail_times != 0 && strstr(line, w->fail)) {
        w->fail_times--;
        peer_answer(p, w->fail_status, "Connection: close\r\n", "{\"resourceType\":\"OperationOutcome\"}");
        return;
    }
    if (*w->body && strstr(line, w->body)) {
        peer_answer(p, "200 OK", "Connection: close\r\n", w->instead);
        return;
    }
    snprintf(type, sizeof type, "%.*s", path ? (int)strcspn(path + 6, "/? ") : 0, path ? path + 6 : "");
    const char *slash = path ? strchr(path + 6, '/') : NULL;
    if (slash && (!query || slash < query) && slash < strstr(line, " HTTP/")) {
        snprintf(id, sizeof id, "%.*s", (int)strcspn(slash + 1, "/? "), slash + 1);
        world_read(p, w, type, id, strstr(slash, "/_history") != NULL);
    } else {
        world_search(p, w, type, query ? query : "");
    }
}

struct world_desk {                     /* a desk and its server */
    struct directory *d;
    struct world *world;
    struct endpoint endpoint;
    struct endpoint_plan plan;
    struct cert cert;
    struct central c;
};

/* Types are those the server lists. */
static inline void world_start(struct world_desk *x, struct directory *d, const char *const *types, size_t n_types)
{
    static char url[64];
    char ca[128];

    *x = (struct world_desk){ .d = d };
    x->world = mmap(NULL, sizeof *x->world, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(x->world != MAP_FAILED);
    strcpy(x->world->now, "2026-11-23T13:00:00.000Z");
    x->cert = cert_make((struct cert_wish){ .name = "world", .names = "IP:127.0.0.1" });
    snprintf(ca, sizeof ca, "%s/world.pem", d->path);
    cert_save(&x->cert, ca, NULL);
    x->plan = (struct endpoint_plan){ .serve = world_serve, .cert = &x->cert, .ctx = x->world };
    x->endpoint = endpoint_start(&x->plan);
    x->c = (struct central){ .st = d->st, .scope = "", .page_size = 50, .overlap_s = 300, .retry_after_ms = -1 };
    x->c.caps.has_history = true;
    x->c.caps.n_types = n_types;
    x->c.caps.type = mem_array(n_types, sizeof *x->c.caps.type);
    for (size_t i = 0; i < n_types; i++)
        x->c.caps.type[i] = mem_dup(types[i]);
    authz_system(ORIGIN_SYNC, "sync push", &x->c.push);
    authz_system(ORIGIN_SYNC, "sync pull", &x->c.pull);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/fhir", x->endpoint.port);
    const struct http_settings settings = { .base_url = url, .ca_file = ca, .connect_timeout_s = 5,
                                            .stall_s = 5, .most_body = 1 << 20 };
    ASSERT_OK(http_open(&settings, &x->c.http, err));
}

static inline void world_stop(struct world_desk *x)
{
    capability_done(&x->c.caps);
    http_close(x->c.http);
    endpoint_stop(&x->endpoint);
    cert_done(&x->cert);
    munmap(x->world, sizeof *x->world);
}

/* A row there, new or anew. more: further members, ",\"name\":[...]". */
static inline void world_put(struct world_desk *x, enum world_state state, const char *type, const char *id,
                             const char *version, const char *updated, const char *more)
{
    struct world_row *r = x->world->row;

    while (*r->id && (strcmp(r->type, type) != 0 || strcmp(r->id, id) != 0))
        r++;
    assert_true(r < x->world->row + WORLD_ROWS);
    *r = (struct world_row){ .state = state };
    snprintf(r->type, sizeof r->type, "%s", type);
    snprintf(r->id, sizeof r->id, "%s", id);
    snprintf(r->version, sizeof r->version, "%s", version);
    snprintf(r->updated, sizeof r->updated, "%s", updated);
    snprintf(r->more, sizeof r->more, "%s", more);
}
#endif
