/* bundle.c - a transaction: all of it or nothing, answered entry by entry. */
#include "tests/sync/model/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { ENTRIES = 200 };
struct bundle {
    struct model *m;
    size_t n;
    struct change change[ENTRIES];
    struct doc *doc[ENTRIES];
    char type[ENTRIES][TYPE_TEXT], id[ENTRIES][ID_TEXT];
};

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static bool take_entry(struct bundle *b, const struct node *entry, const char *request_id)
{
    const struct node *request = node_get(entry, "request"), *resource = node_get(entry, "resource");
    const char *url = node_str(request, "url"), *slash = strchr(url, '/');
    struct buf text = { 0 };
    size_t i = b->n;

    if (!slash || b->n == ENTRIES)
        return false;
    snprintf(b->type[i], sizeof b->type[i], "%.*s", (int)(slash - url), url);
    snprintf(b->id[i], sizeof b->id[i], "%s", slash + 1);
    if (resource) {
        node_write(&text, resource);
        doc_parse(buf_text(&text), text.len, &b->doc[i], NULL);
        buf_done(&text);
    }
    b->change[i] = (struct change){ .method = node_str(request, "method"), .type = b->type[i], .id = b->id[i],
                                    .doc = b->doc[i], .if_match = or_null(node_str(request, "ifMatch")),
                                    .if_none_match = or_null(node_str(request, "ifNoneMatch")), .request_id = request_id };
    b->n++;
    return true;
}

/* Nothing is written unless all of it can be. */
static bool check_all(struct bundle *b, struct outcome *out)
{
    for (size_t i = 0; i < b->n; i++) {
        *out = (struct outcome){ 0 };
        if (!change_check(b->m, &b->change[i], (const struct doc *const *)b->doc, b->n, out) && out->words[0]) {
            if (out->is_precondition && b->m->temper == TEMPER_HELIOS)
                out->status = 400;
            return false;
        }
        for (size_t j = 0; j < i; j++)
            if (strcmp(b->id[i], b->id[j]) == 0 && strcmp(b->type[i], b->type[j]) == 0) {
                snprintf(out->words, sizeof out->words, "the same resource twice");
                out->status = 400;
                return false;
            }
    }
    return true;
}

static void write_entry(const struct model *m, struct buf *out, const struct outcome *done)
{
    const struct version *now = chain_now(done->chain);
    char version[VERSION_TEXT], stamp[CLOCK_TEXT];

    version_text(done->chain->n, version);
    clock_instant(now->stamp_ms, stamp);
    buf_add(out, "{");
    if (!now->is_delete)
        buf_printf(out, "\"resource\":%s,", now->body);
    buf_printf(out, "\"response\":{\"status\":\"%d%s\",\"location\":\"%s/%s/_history/%s\",\"etag\":\"%s%s%s\",\"lastModified\":\"%s\"}}",
               done->status, m->temper == TEMPER_HAPI ? (done->status == 201 ? " Created" : " OK") : "",
               done->chain->type, done->chain->id, version, m->temper == TEMPER_HAPI ? "" : "W/\\\"", version,
               m->temper == TEMPER_HAPI ? "" : "\\\"", stamp);
}

static void make_all(struct bundle *b, int64_t now_ms, struct http_answer *a)
{
    a->status = 200;
    buf_add(&a->body, "{\"resourceType\":\"Bundle\",\"type\":\"transaction-response\",\"entry\":[");
    for (size_t i = 0; i < b->n; i++) {
        struct outcome done = { 0 };
        if (i)
            buf_char(&a->body, ',');
        if (!change_check(b->m, &b->change[i], (const struct doc *const *)b->doc, b->n, &done)) {
            buf_printf(&a->body, "{\"response\":{\"status\":\"%d\"}}", done.status);    /* nothing to delete */
            continue;
        }
        change_make(b->m, now_ms, &b->change[i], &done);
        write_entry(b->m, &a->body, &done);
    }
    buf_add(&a->body, "]}");
}

void answer_transaction(struct model *m, int64_t now_ms, const struct http_request *r, struct http_answer *a)
{
    struct bundle *b = mem_alloc(sizeof *b);
    struct doc *doc = NULL;
    struct outcome out = { .status = 400, .words = "no transaction" };
    bool is_fine = r->body && doc_parse(r->body, strlen(r->body), &doc, NULL) == RC_OK &&
                   strcmp(node_str(doc_root(doc), "type"), "transaction") == 0;

    b->m = m;
    for (const struct node *e = node_first(node_get(doc_root(doc), "entry")); e && is_fine; e = node_next(e))
        is_fine = take_entry(b, e, r->request_id);
    if (is_fine && check_all(b, &out))
        make_all(b, now_ms, a);
    else
        answer_outcome(a, out.status, out.words);
    for (size_t i = 0; i < b->n; i++)
        doc_free(b->doc[i]);
    free(b);
    doc_free(doc);
}
