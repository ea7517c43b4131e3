/* search.c - which resources a search finds. What it does not know it leaves out, as servers do that
 * are lenient. */
#include "tests/sync/model/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fhir/datatype.h"

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static char *decoded(const char *text, size_t len)
{
    char *out = mem_alloc(len + 1), *to = out;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%' && i + 2 < len && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            *to++ = (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            *to++ = text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

void query_split(struct query *q, const char *text)
{
    q->n = 0;
    while (*text && q->n < sizeof q->name / sizeof *q->name) {
        size_t len = strcspn(text, "&"), name = strcspn(text, "=&");
        q->name[q->n] = decoded(text, name);
        q->value[q->n++] = name < len ? decoded(text + name + 1, len - name - 1) : mem_dup("");
        text += len + (text[len] == '&');
    }
}

void query_done(struct query *q)
{
    for (size_t i = 0; i < q->n; i++) {
        free(q->name[i]);
        free(q->value[i]);
    }
    q->n = 0;
}

const char *query_value(const struct query *q, const char *name)
{
    for (size_t i = 0; i < q->n; i++)
        if (strcmp(q->name[i], name) == 0)
            return q->value[i];
    return NULL;
}

/* ---- one resource ---- */

static bool in_list(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, word, len) == 0 && (at[len] == '\0' || at[len] == ','))
            return true;
    return false;
}

static bool has_token(const struct node *list, const char *value, const char *code_name)
{
    const char *bar = strchr(value, '|');

    for (const struct node *n = node_first(list); n; n = node_next(n)) {
        const char *system = node_str(n, "system"), *code = node_str(n, code_name);
        if (!bar ? strcmp(code, value) == 0
                 : strncmp(system, value, (size_t)(bar - value)) == 0 && !system[bar - value] && strcmp(code, bar + 1) == 0)
            return true;
    }
    return false;
}

static bool is_reference_parameter(const char *name)
{
    static const char *const names[] = { "patient", "subject", "beneficiary", "organization", "general-practitioner" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A reference to that id, whatever the type. */
static bool refers_to(const struct node *node, const char *id)
{
    const char *reference = node_str(node, "reference"), *slash = strrchr(reference, '/');

    if (slash && strcmp(slash + 1, strrchr(id, '/') ? strrchr(id, '/') + 1 : id) == 0)
        return true;
    for (const struct node *n = node_first(node); n; n = node_next(n))
        if ((node_is(n, NODE_OBJECT) || node_is(n, NODE_ARRAY)) && refers_to(n, id))
            return true;
    return false;
}

static bool time_matches(const char *updated, const char *wanted)
{
    int64_t have, limit;
    bool has_prefix = wanted[0] >= 'a' && wanted[0] <= 'z';

    if (!clock_parse(updated, &have) || !clock_parse(wanted + (has_prefix ? 2 : 0), &limit))
        return true;
    if (strncmp(wanted, "ge", 2) == 0)
        return have >= limit;
    if (strncmp(wanted, "gt", 2) == 0)
        return have > limit;
    if (strncmp(wanted, "le", 2) == 0)
        return have <= limit;
    if (strncmp(wanted, "lt", 2) == 0)
        return have < limit;
    return have == limit;
}

static bool parameter_matches(const struct doc *doc, const char *name, const char *value)
{
    const struct node *root = doc_root(doc);

    if (strcmp(name, "_lastUpdated") == 0)
        return time_matches(node_path_str(root, "meta.lastUpdated"), value);
    if (strcmp(name, "_id") == 0)
        return in_list(value, doc_id(doc));
    if (strcmp(name, "_tag") == 0)
        return has_token(node_path(root, "meta.tag"), value, "code");
    if (strcmp(name, "identifier") == 0)
        return has_token(node_get(root, "identifier"), value, "value");
    if (is_reference_parameter(name))
        return refers_to(root, value);
    return true;
}

bool search_matches(const struct doc *doc, const struct query *q)
{
    for (size_t i = 0; i < q->n; i++)
        if (!parameter_matches(doc, q->name[i], q->value[i]))
            return false;
    return true;
}

/* ---- all of a type ---- */

static int by_time(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int64_t s = x->chain->v[x->version].stamp_ms, t = y->chain->v[y->version].stamp_ms;

    return s < t ? -1 : s > t ? 1 : strcmp(x->chain->id, y->chain->id);
}

static void reverse(struct result *rows)
{
    for (size_t i = 0; i < rows->n / 2; i++) {
        struct entry e = rows->entry[i];
        rows->entry[i] = rows->entry[rows->n - 1 - i];
        rows->entry[rows->n - 1 - i] = e;
    }
}

static void find(const struct model *m, int64_t now_ms, const char *type, const struct query *q, struct result *rows)
{
    for (size_t i = 0; i < m->n_chains; i++) {
        const struct chain *chain = m->chain[i];
        struct doc *doc = NULL;
        long shown = strcmp(chain->type, type) == 0 ? chain_shown(chain, now_ms) : -1;

        if (shown < 0 || chain->v[shown].is_delete)
            continue;
        doc_parse(chain->v[shown].body, strlen(chain->v[shown].body), &doc, NULL);
        if (search_matches(doc, q)) {
            MEM_ROOM(rows->entry, rows->n, rows->cap);
            rows->entry[rows->n++] = (struct entry){ chain, (size_t)shown };
        }
        doc_free(doc);
    }
    if (rows->n)
        qsort(rows->entry, rows->n, sizeof *rows->entry, by_time);
    const char *sort = query_value(q, "_sort");
    if (sort && *sort == '-')
        reverse(rows);
}

void answer_search(struct model *m, int64_t now_ms, const char *type, const char *text, struct http_answer *a)
{
    struct query q = { 0 };
    struct result rows = { .made_ms = now_ms };

    query_split(&q, text);
    find(m, now_ms, type, &q, &rows);
    const char *count = query_value(&q, "_count"), *offset = query_value(&q, "_offset");
    const char *elements = query_value(&q, "_elements");
    answer_page(m, now_ms, &(struct paging){ .bundle_type = "searchset", .path = type, .query = text,
                                             .count = count ? atol(count) : 20, .offset = offset ? atol(offset) : 0,
                                             .is_elements = elements && !strstr(elements, "resource") }, &rows, a);
    free(rows.entry);
    query_done(&q);
}
