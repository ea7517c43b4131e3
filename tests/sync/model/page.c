/* page.c - a result in pages, kept as it was when it was asked for. HAPI and strict give each page a name;
 * Helios links to a place in the search, which may be counted from the front each time (shifts_pages). */
#include "tests/sync/model/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { KEPT_MS = 60 * 60 * 1000, COUNT_MOST = 1000 };

static void write_elements(struct buf *out, const char *body)
{
    struct doc *doc = NULL;

    doc_parse(body, strlen(body), &doc, NULL);
    buf_printf(out, "{\"resourceType\":\"%s\",\"id\":\"%s\",\"meta\":", doc_type(doc), doc_id(doc));
    node_write(out, node_get(doc_root(doc), "meta"));
    buf_char(out, '}');
    doc_free(doc);
}

static void write_entry(const struct model *m, struct buf *out, const struct paging *p, const struct entry *e)
{
    const struct version *v = &e->chain->v[e->version];
    char version[VERSION_TEXT], stamp[CLOCK_TEXT];

    version_text(e->version + 1, version);
    clock_instant(v->stamp_ms, stamp);
    buf_printf(out, "{\"fullUrl\":\"%s/%s/%s\"", m->own_base, e->chain->type, e->chain->id);
    if (!v->is_delete) {
        buf_add(out, ",\"resource\":");
        if (p->is_elements)
            write_elements(out, v->body);
        else
            buf_add(out, v->body);
    }
    if (strcmp(p->bundle_type, "history") == 0)
        buf_printf(out, ",\"request\":{\"method\":\"%s\",\"url\":\"%s/%s\"},\"response\":{\"status\":\"%s\",\"etag\":\"W/\\\"%s\\\"\",\"lastModified\":\"%s\"}",
                   v->is_delete ? "DELETE" : "PUT", e->chain->type, e->chain->id, v->is_delete ? "204" : e->version ? "200" : "201",
                   version, stamp);
    else
        buf_add(out, ",\"search\":{\"mode\":\"match\"}");
    buf_char(out, '}');
}

/* The query without the place in it. */
static void write_query(struct buf *out, const char *query)
{
    while (*query) {
        size_t len = strcspn(query, "&");
        if (strncmp(query, "_offset=", 8) != 0 && strncmp(query, "_kept=", 6) != 0) {
            buf_add(out, out->len && out->data[out->len - 1] != '?' ? "&" : "");
            buf_add_n(out, query, len);
        }
        query += len + (query[len] == '&');
    }
}

static void write_link(struct buf *out, const char *relation, const struct buf *url)
{
    buf_printf(out, "%s{\"relation\":\"%s\",\"url\":", strcmp(relation, "self") == 0 ? "" : ",", relation);
    json_write_string(out, buf_text(url));
    buf_char(out, '}');
}

static void write_links(struct model *m, struct buf *out, const struct paging *p, const struct result *rows, long kept)
{
    struct buf self = { 0 }, next = { 0 };

    buf_printf(&self, "%s/%s?", m->own_base, p->path);
    buf_add(&self, p->query);
    write_link(out, "self", &self);
    if (p->offset + p->count < (long)rows->n) {
        if (m->temper != TEMPER_HELIOS) {
            buf_printf(&next, "%s?_getpages=%ld&_getpagesoffset=%ld&_count=%ld&_bundletype=%s", m->own_base, kept,
                       p->offset + p->count, p->count, p->bundle_type);
        } else {
            buf_printf(&next, "%s/%s?", m->own_base, p->path);
            write_query(&next, p->query);
            buf_printf(&next, "&_offset=%ld", p->offset + p->count);
            if (!m->bends.shifts_pages)
                buf_printf(&next, "&_kept=%ld", kept);
        }
        write_link(out, "next", &next);
    }
    buf_done(&self);
    buf_done(&next);
}

static void write_bundle(struct model *m, int64_t now_ms, const struct paging *p, const struct result *rows, long kept,
                         struct http_answer *a)
{
    char now[CLOCK_TEXT];

    a->status = 200;
    clock_instant(now_ms + m->bends.clock_ms, now);
    buf_printf(&a->body, "{\"resourceType\":\"Bundle\",\"meta\":{\"lastUpdated\":\"%s\"},\"type\":\"%s\",\"total\":%zu,\"link\":[",
               now, p->bundle_type, rows->n);
    write_links(m, &a->body, p, rows, kept);
    buf_add(&a->body, "],\"entry\":[");
    for (long i = p->offset; i < (long)rows->n && i < p->offset + p->count; i++) {
        buf_add(&a->body, i > p->offset ? "," : "");
        write_entry(m, &a->body, p, &rows->entry[i]);
    }
    buf_add(&a->body, "]}");
}

/* The result that the query itself names, else the one just made, kept when more pages follow. */
static struct result *result_of(struct model *m, const struct paging *p, struct result *rows, long *kept)
{
    const char *named = strstr(p->query, "_kept=");

    *kept = named ? atol(named + 6) : -1;
    if (*kept >= 0 && *kept < (long)m->n_results && m->result[*kept].entry)
        return &m->result[*kept];
    if (p->count >= (long)rows->n || (m->temper == TEMPER_HELIOS && m->bends.shifts_pages))
        return rows;
    MEM_ROOM(m->result, m->n_results, m->results_cap);
    m->result[*kept = (long)m->n_results++] = *rows;
    rows->entry = NULL;
    return &m->result[*kept];
}

void answer_page(struct model *m, int64_t now_ms, const struct paging *p, struct result *rows, struct http_answer *a)
{
    struct paging page = *p;
    long kept;

    page.count = page.count < 1 ? 1 : page.count > COUNT_MOST ? COUNT_MOST : page.count;
    if (page.offset > 0 && m->bends.expires_pages) {
        answer_outcome(a, 410, "the page has expired");
        return;
    }
    const struct result *result = result_of(m, &page, rows, &kept);
    write_bundle(m, now_ms, &page, result, kept, a);
}

void answer_kept_page(struct model *m, int64_t now_ms, const char *query, struct http_answer *a)
{
    struct query q = { 0 };

    query_split(&q, query);
    const char *name = query_value(&q, "_getpages"), *offset = query_value(&q, "_getpagesoffset");
    const char *count = query_value(&q, "_count"), *type = query_value(&q, "_bundletype");
    size_t i = name ? strtoul(name, NULL, 10) : 0;
    if (!offset || !count || !type || i >= m->n_results || !m->result[i].entry || m->bends.expires_pages ||
        now_ms - m->result[i].made_ms > KEPT_MS)
        answer_outcome(a, 410, "HAPI-0417: the search has expired");
    else
        write_bundle(m, now_ms, &(struct paging){ .bundle_type = type, .path = "", .query = query,
                                                  .count = atol(count), .offset = atol(offset) },
                     &m->result[i], (long)i, a);
    query_done(&q);
}
