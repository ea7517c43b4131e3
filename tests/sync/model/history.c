/* history.c - versions of one resource, of a type, of all: newest first. */
#include "tests/sync/model/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static int newest_first(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    const struct version *v = &x->chain->v[x->version], *w = &y->chain->v[y->version];

    if (v->stamp_ms != w->stamp_ms)
        return v->stamp_ms > w->stamp_ms ? -1 : 1;
    return v->commit > w->commit ? -1 : v->commit < w->commit;
}

static void collect(const struct chain *chain, int64_t now_ms, int64_t since_ms, bool is_instance, struct result *rows)
{
    for (size_t i = 0; i < chain->n; i++) {
        const struct version *v = &chain->v[i];
        /* The feed of all has the same gap as searches; who asks for one resource sees what there is. */
        if (v->stamp_ms < since_ms || (!is_instance && v->visible_ms > now_ms))
            continue;
        MEM_ROOM(rows->entry, rows->n, rows->cap);
        rows->entry[rows->n++] = (struct entry){ chain, i };
    }
}

static const char *path_of(const char *type, const char *id, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s%s_history", type, *type ? "/" : "", id, *id ? "/" : "");
    return out;
}

void answer_history(struct model *m, int64_t now_ms, const char *type, const char *id, const char *text,
                    struct http_answer *a)
{
    struct query q = { 0 };
    struct result rows = { .made_ms = now_ms };
    int64_t since_ms = INT64_MIN;
    char path[TYPE_TEXT + ID_TEXT + 12];

    query_split(&q, text);
    const char *count = query_value(&q, "_count"), *offset = query_value(&q, "_offset");
    if (query_value(&q, "_since"))
        clock_parse(query_value(&q, "_since"), &since_ms);
    for (size_t i = 0; i < m->n_chains; i++)
        if ((!*type || strcmp(m->chain[i]->type, type) == 0) && (!*id || strcmp(m->chain[i]->id, id) == 0))
            collect(m->chain[i], now_ms, since_ms, *id != '\0', &rows);
    if (rows.n)
        qsort(rows.entry, rows.n, sizeof *rows.entry, newest_first);
    if (*id && !chain_find(m, type, id))
        answer_outcome(a, 404, "not known here");
    else
        answer_page(m, now_ms, &(struct paging){ .bundle_type = "history", .path = path_of(type, id, path, sizeof path),
                                                 .query = text, .count = count ? atol(count) : 20,
                                                 .offset = offset ? atol(offset) : 0 }, &rows, a);
    free(rows.entry);
    query_done(&q);
}
