#include "sync/merge_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Each part with its length, so that no two elements share a key by how their parts join. */
static char *join(const char *a, const char *b, const char *c)
{
    return mem_printf("%zu:%s|%zu:%s|%s", strlen(a), a, strlen(b), b, c);
}

static char *element_key(const struct node *e, enum list_key kind, bool by_value)
{
    switch (kind) {
    case KEY_IDENTIFIER:
        return join(node_str(e, "system"), node_str(e, "value"), "");
    case KEY_TELECOM:
        return join(node_str(e, "system"), node_str(e, "use"), by_value ? node_str(e, "value") : "");
    case KEY_CODING:
        return join(node_str(e, "system"), node_str(e, "code"), "");
    case KEY_URL:
        return mem_dup(node_str(e, "url"));
    case KEY_USE:
        return mem_dup(node_str(e, "use"));
    case KEY_LINK_ID:
        return mem_dup(node_str(e, "linkId"));
    case KEY_NONE:
        break;
    }
    return mem_dup("");
}

static int by_key(const void *a, const void *b, void *ctx)
{
    const size_t *x = a, *y = b;
    char *const *key = ctx;
    int order = strcmp(key[*x], key[*y]);

    return order ? order : (*x > *y) - (*x < *y);
}

static void sort(struct merge_keys *k)
{
    qsort_r(k->sorted, k->n, sizeof *k->sorted, by_key, k->key);
}

/* The nth of those that share a link id is told apart by n. */
static void number_turns(struct merge_keys *k)
{
    char **turned = mem_array(k->n + 1, sizeof *turned);

    for (size_t i = 0, turn = 0; i < k->n; i++) {
        const char *own = k->key[k->sorted[i]];
        turn = i > 0 && strcmp(k->key[k->sorted[i - 1]], own) == 0 ? turn + 1 : 0;
        turned[k->sorted[i]] = mem_printf("%zu|%s", turn, own);
    }
    for (size_t i = 0; i < k->n; i++)
        free(k->key[i]);
    free(k->key);
    k->key = turned;
    sort(k);
}

bool merge_keys_init(struct merge_keys *k, const struct node *list, enum list_key kind, bool by_value)
{
    size_t n = node_count(list);
    bool is_told_apart = true;

    *k = (struct merge_keys){ .element = mem_array(n + 1, sizeof *k->element), .key = mem_array(n + 1, sizeof *k->key),
                              .sorted = mem_array(n + 1, sizeof *k->sorted) };
    for (struct node *e = node_first(list); e; e = node_next(e)) {
        is_told_apart = is_told_apart && node_is(e, NODE_OBJECT);
        k->element[k->n] = e;
        k->sorted[k->n] = k->n;
        k->key[k->n++] = element_key(e, kind, by_value);
    }
    sort(k);
    if (kind == KEY_LINK_ID)
        number_turns(k);
    for (size_t i = 1; i < k->n && is_told_apart; i++)
        is_told_apart = strcmp(k->key[k->sorted[i - 1]], k->key[k->sorted[i]]) != 0;
    return is_told_apart;
}

/* A turn is a number above 0 and its link id. */
bool merge_keys_turns_in(const struct merge_keys *k, const struct merge_keys *other)
{
    for (size_t i = 0; i < k->n; i++)
        if (k->key[i][0] != '0' && merge_keys_at(other, k->key[i]) == KEY_ABSENT)
            return false;
    return true;
}

void merge_keys_done(struct merge_keys *k)
{
    for (size_t i = 0; i < k->n; i++)
        free(k->key[i]);
    free(k->key);
    free(k->element);
    free(k->sorted);
    *k = (struct merge_keys){ 0 };
}

long merge_keys_at(const struct merge_keys *k, const char *key)
{
    for (size_t low = 0, high = k->n; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(key, k->key[k->sorted[middle]]);
        if (order == 0)
            return (long)k->sorted[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return KEY_ABSENT;
}

struct node *merge_keys_find(const struct merge_keys *k, const char *key)
{
    long at = merge_keys_at(k, key);

    return at == KEY_ABSENT ? NULL : k->element[at];
}
