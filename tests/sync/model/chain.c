/* chain.c - what the server keeps: for each resource its versions, and one log of them all. */
#include "tests/sync/model/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

struct chain *chain_find(const struct model *m, const char *type, const char *id)
{
    for (size_t i = 0; i < m->n_chains; i++)
        if (strcmp(m->chain[i]->id, id) == 0 && strcmp(m->chain[i]->type, type) == 0)
            return m->chain[i];
    return NULL;
}

const struct version *chain_now(const struct chain *chain)
{
    return chain && chain->n ? &chain->v[chain->n - 1] : NULL;
}

bool chain_exists(const struct chain *chain)
{
    return chain && chain->n && !chain->v[chain->n - 1].is_delete;
}

long chain_shown(const struct chain *chain, int64_t now_ms)
{
    long i = (long)chain->n - 1;

    while (i >= 0 && chain->v[i].visible_ms > now_ms)
        i--;
    return i;
}

void version_text(size_t place, char out[VERSION_TEXT])
{
    out[0] = '\0';
    if (place > 0)
        snprintf(out, VERSION_TEXT, "%zu", place);
}

static struct chain *chain_get(struct model *m, const char *type, const char *id)
{
    struct chain *chain = chain_find(m, type, id);

    if (chain)
        return chain;
    chain = mem_alloc(sizeof *chain);
    snprintf(chain->type, sizeof chain->type, "%s", type);
    snprintf(chain->id, sizeof chain->id, "%s", id);
    MEM_ROOM(m->chain, m->n_chains, m->chains_cap);
    m->chain[m->n_chains++] = chain;
    return chain;
}

/* Members that this server does not know are gone when it drops them. */
static void drop_unknown(struct doc *doc)
{
    struct node *next, *root = doc_root(doc);

    for (struct node *n = node_first(root); n; n = next) {
        next = node_next(n);
        if (strncmp(node_name(n), "unknown", 7) == 0)
            node_remove(doc, n);
    }
}

static char *kept_text(const struct model *m, const struct change *change, size_t place, int64_t stamp_ms)
{
    char version[VERSION_TEXT], stamp[CLOCK_TEXT];
    struct doc *doc = doc_copy(change->doc);
    struct node *meta = node_set_object(doc, doc_root(doc), "meta");

    version_text(place, version);
    clock_instant(stamp_ms, stamp);
    if (m->bends.drops_unknown)
        drop_unknown(doc);
    node_set_str(doc, meta, "versionId", version);
    node_set_str(doc, meta, "lastUpdated", stamp);
    node_remove_name(doc, meta, "source");
    if (m->temper == TEMPER_HAPI && change->request_id) {   /* HAPI keeps the head of the id */
        char source[24];
        snprintf(source, sizeof source, "#%.16s", change->request_id);
        node_set_str(doc, meta, "source", source);
    }
    char *text = doc_text(doc, NULL);
    doc_free(doc);
    return text;
}

static char *or_empty(const char *text)
{
    return mem_dup(text ? text : "");
}

struct chain *chain_commit(struct model *m, int64_t now_ms, const struct change *change)
{
    struct chain *chain = chain_get(m, change->type, change->id);
    struct version v = { .stamp_ms = now_ms + m->bends.clock_ms, .visible_ms = now_ms + m->bends.visible_after_ms,
                         .is_delete = change->doc == NULL, .commit = m->n_commits };
    struct commit c = { .at_ms = now_ms, .type = mem_dup(chain->type), .id = mem_dup(chain->id),
                        .request_id = or_empty(change->request_id), .if_match = or_empty(change->if_match),
                        .is_delete = v.is_delete };

    version_text(chain->n, c.previous);
    version_text(chain->n + 1, c.version);
    c.body = v.is_delete ? mem_dup("") : kept_text(m, change, chain->n + 1, v.stamp_ms);
    v.body = c.body;
    MEM_ROOM(m->commit, m->n_commits, m->commits_cap);
    m->commit[m->n_commits++] = c;
    MEM_ROOM(chain->v, chain->n, chain->cap);
    chain->v[chain->n++] = v;
    return chain;
}
