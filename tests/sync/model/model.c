/* model.c - the server as a whole: which request goes where, and the log. */
#include "tests/sync/model/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct model *model_new(enum temper temper, const char *base_url)
{
    struct model *m = mem_alloc(sizeof *m);

    m->temper = temper;
    m->base = mem_dup(base_url);
    m->own_base = mem_dup(temper == TEMPER_HELIOS ? "http://helios.internal:8080" : base_url);
    return m;
}

static void result_done(struct result *r)
{
    free(r->entry);
    *r = (struct result){ 0 };
}

void model_free(struct model *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_chains; i++) {
        free(m->chain[i]->v);
        free(m->chain[i]);
    }
    for (size_t i = 0; i < m->n_commits; i++) {
        struct commit *c = &m->commit[i];
        free(c->type);
        free(c->id);
        free(c->request_id);
        free(c->if_match);
        free(c->body);
    }
    for (size_t i = 0; i < m->n_results; i++)
        result_done(&m->result[i]);
    free(m->chain);
    free(m->commit);
    free(m->result);
    free(m->base);
    free(m->own_base);
    free(m);
}

struct model_bends *model_bends(struct model *m)
{
    return &m->bends;
}

/* ---- the log ---- */

size_t model_commits(const struct model *m)
{
    return m->n_commits;
}

struct model_commit model_commit(const struct model *m, size_t i)
{
    const struct commit *c = &m->commit[i];

    return (struct model_commit){
        .at_ms = c->at_ms, .type = c->type, .id = c->id, .version = c->version, .previous = c->previous,
        .is_delete = c->is_delete, .is_undone = c->is_undone, .request_id = c->request_id, .if_match = c->if_match,
        .body = c->body,
    };
}

const char *model_body(const struct model *m, const char *type, const char *id)
{
    const struct version *now = chain_now(chain_find(m, type, id));

    return now ? now->body : NULL;
}

/* ---- a backup is how long each chain was ---- */

struct model_backup { size_t *length, n_chains, n_commits; };

struct model_backup *model_back_up(const struct model *m)
{
    struct model_backup *b = mem_alloc(sizeof *b);

    b->n_chains = m->n_chains;
    b->n_commits = m->n_commits;
    b->length = mem_array(m->n_chains + 1, sizeof *b->length);
    for (size_t i = 0; i < m->n_chains; i++)
        b->length[i] = m->chain[i]->n;
    return b;
}

void model_restore(struct model *m, const struct model_backup *b)
{
    for (size_t i = 0; i < m->n_chains; i++)
        m->chain[i]->n = i < b->n_chains ? b->length[i] : 0;
    for (size_t i = b->n_commits; i < m->n_commits; i++)
        m->commit[i].is_undone = true;
    for (size_t i = 0; i < m->n_results; i++)
        result_done(&m->result[i]);
}

void model_backup_free(struct model_backup *b)
{
    if (b)
        free(b->length);
    free(b);
}

/* ---- one request ---- */

/* "Patient/x/_history" in its parts; the parts are "" when absent. */
struct address { char type[TYPE_TEXT], id[ID_TEXT], rest[24], version[VERSION_TEXT]; const char *query; };

static void copy_part(char *out, size_t size, const char **at)
{
    size_t len = strcspn(*at, "/?");

    snprintf(out, size, "%.*s", (int)len, *at);
    *at += len;
    *at += **at == '/';
}

static void split_address(const char *path, struct address *out)
{
    *out = (struct address){ 0 };
    copy_part(out->type, sizeof out->type, &path);
    copy_part(out->id, sizeof out->id, &path);
    copy_part(out->rest, sizeof out->rest, &path);
    copy_part(out->version, sizeof out->version, &path);
    out->query = *path == '?' ? path + 1 : "";
}

static void answer_read(const struct model *m, const struct address *at, struct http_answer *a)
{
    const struct chain *chain = chain_find(m, at->type, at->id);
    size_t place = *at->version ? (size_t)strtoul(at->version, NULL, 10) : chain ? chain->n : 0;

    if (!chain || place == 0 || place > chain->n)
        answer_outcome(a, 404, "not known here");
    else if (chain->v[place - 1].is_delete)
        answer_outcome(a, 410, "deleted");
    else
        answer_resource(m, a, 200, chain, place);
}

static void answer_get(struct model *m, int64_t now_ms, const struct address *at, struct http_answer *a)
{
    if (strcmp(at->type, "metadata") == 0)
        answer_capability(m, a);
    else if (!*at->type && strstr(at->query, "_getpages="))
        answer_kept_page(m, now_ms, at->query, a);
    else if (strcmp(at->type, "_history") == 0)
        answer_history(m, now_ms, "", "", at->query, a);
    else if (strcmp(at->id, "_history") == 0)
        answer_history(m, now_ms, at->type, "", at->query, a);
    else if (strcmp(at->rest, "_history") == 0 && !*at->version)
        answer_history(m, now_ms, at->type, at->id, at->query, a);
    else if (*at->id && *at->id != '$' && (!*at->rest || *at->version))
        answer_read(m, at, a);
    else if (*at->type && !*at->id)
        answer_search(m, now_ms, at->type, at->query, a);
    else
        answer_outcome(a, 404, "no such address");
}

static void answer_change(struct model *m, int64_t now_ms, const struct http_request *r, const struct address *at,
                          struct http_answer *a)
{
    struct doc *doc = NULL;
    struct change change = { .method = r->method, .type = at->type, .id = at->id, .if_match = r->if_match,
                             .if_none_match = r->if_none_match, .request_id = r->request_id };
    struct outcome out = { 0 };

    if (r->body && doc_parse(r->body, strlen(r->body), &doc, NULL) != RC_OK) {
        answer_outcome(a, 400, "no JSON");
        return;
    }
    change.doc = doc;
    if (change_check(m, &change, NULL, 0, &out))
        change_make(m, now_ms, &change, &out);
    if (out.chain && !chain_now(out.chain)->is_delete)
        answer_resource(m, a, out.status, out.chain, out.chain->n);
    else
        answer_outcome(a, out.status, out.words);
    doc_free(doc);
}

/* A create without an id of the client's; with If-None-Exist only when nothing matches. */
static void answer_create(struct model *m, int64_t now_ms, const struct http_request *r, const struct address *at,
                          struct http_answer *a)
{
    struct address given = *at;
    struct http_request put = *r;
    struct doc *doc = NULL;
    struct query q = { 0 };
    const struct chain *match = NULL;
    size_t matches = 0;

    if (!r->body || doc_parse(r->body, strlen(r->body), &doc, NULL) != RC_OK) {
        answer_outcome(a, 400, "no JSON");
        return;
    }
    if (r->if_none_exist)
        query_split(&q, r->if_none_exist);
    for (size_t i = 0; r->if_none_exist && i < m->n_chains; i++) {
        struct doc *other = NULL;
        if (strcmp(m->chain[i]->type, at->type) == 0 && chain_exists(m->chain[i]) &&
            doc_parse(chain_now(m->chain[i])->body, strlen(chain_now(m->chain[i])->body), &other, NULL) == RC_OK &&
            search_matches(other, &q)) {
            match = m->chain[i];
            matches++;
        }
        doc_free(other);
    }
    if (matches == 1) {
        answer_resource(m, a, 200, match, match->n);
    } else if (matches > 1) {
        answer_outcome(a, 412, "more than one matches If-None-Exist");
    } else {
        bool refuses = m->bends.refuses_ids;
        snprintf(given.id, sizeof given.id, "given-%lld", (long long)++m->ids_given);
        node_set_str(doc, doc_root(doc), "id", given.id);
        char *body = doc_text(doc, NULL);
        put.body = body;
        put.method = "PUT";
        put.if_match = put.if_none_match = NULL;
        m->bends.refuses_ids = false;
        answer_change(m, now_ms, &put, &given, a);
        m->bends.refuses_ids = refuses;
        free(body);
    }
    query_done(&q);
    doc_free(doc);
}

static void answer_post(struct model *m, int64_t now_ms, const struct http_request *r, const struct address *at,
                        struct http_answer *a)
{
    if (!*at->type)
        answer_transaction(m, now_ms, r, a);
    else if (strcmp(at->id, "_search") == 0)
        answer_search(m, now_ms, at->type, r->body ? r->body : "", a);
    else if (!*at->id)
        answer_create(m, now_ms, r, at, a);
    else
        answer_outcome(a, 404, "no such operation");
}

void model_request(struct model *m, int64_t now_ms, const struct http_request *r, struct http_answer *a)
{
    struct address at;

    a->outcome = HTTP_ANSWERED;
    split_address(r->path, &at);
    if (strcmp(r->method, "GET") == 0)
        answer_get(m, now_ms, &at, a);
    else if (strcmp(r->method, "POST") == 0)
        answer_post(m, now_ms, r, &at, a);
    else if ((strcmp(r->method, "PUT") == 0 || strcmp(r->method, "DELETE") == 0) && *at.id && !*at.rest)
        answer_change(m, now_ms, r, &at, a);
    else
        answer_outcome(a, 405, "no such interaction");
}
