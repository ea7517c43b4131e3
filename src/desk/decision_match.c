#include "desk/decision_match.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

bool decision_same(const struct node *a, const struct node *b)
{
    return a && b ? node_equal(a, b) : a == b;
}

/* Lists whose elements are things of their own, and what each is known by; two of one list may share it. */
static const struct { const char *member, *by[2]; } keys[] = {
    { "identifier", { "system", "use" } }, { "telecom", { "system", "use" } }, { "coding", { "system", "code" } },
    { "extension", { "url", NULL } }, { "name", { "use", NULL } }, { "address", { "use", NULL } }, { "item", { "linkId", NULL } },
};

static size_t key_of(const char *member)
{
    size_t i = 0;

    while (i < sizeof keys / sizeof *keys && strcmp(keys[i].member, member) != 0)
        i++;
    return i;
}

bool decision_splits(const char *member)
{
    return key_of(member) < sizeof keys / sizeof *keys;
}

static void element_key(struct buf *out, const char *member, const struct node *e)
{
    size_t i = key_of(member);

    buf_printf(out, "%s|%s", node_str(e, keys[i].by[0]), keys[i].by[1] ? node_str(e, keys[i].by[1]) : "");
}

static bool has_key(const char *member, const struct node *a, const struct node *b)
{
    struct buf x = { 0 }, y = { 0 };
    bool is_same_key;

    element_key(&x, member, a);
    element_key(&y, member, b);
    is_same_key = strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_done(&x);
    buf_done(&y);
    return is_same_key;
}

enum likeness { LIKE_EQUAL, LIKE_KEY, LIKE_NOTHING };

/* The row that lacks this side and holds the same thing on another. */
static struct three *row_for(struct triples *t, const char *member, enum decision_side side, enum likeness like, const struct node *e)
{
    for (size_t i = 0; i < t->n && like != LIKE_NOTHING; i++)
        for (int s = 0; s < SIDE_COUNT && !t->row[i].side[side]; s++) {
            const struct node *other = t->row[i].side[s];

            if (other && (like == LIKE_EQUAL ? node_equal(other, e) : has_key(member, other, e)))
                return &t->row[i];
        }
    return like == LIKE_NOTHING ? &t->row[t->n++] : NULL;
}

/* Equal ones find each other before one that is only of the same kind takes the place. */
static void match_side(struct triples *t, const char *member, enum decision_side side, const struct node *list)
{
    bool *is_placed = mem_array(node_count(list) + 1, sizeof *is_placed);

    for (enum likeness like = LIKE_EQUAL; like <= LIKE_NOTHING; like++) {
        size_t i = 0;

        for (const struct node *e = node_first(list); e; e = node_next(e), i++) {
            struct three *row = is_placed[i] ? NULL : row_for(t, member, side, like, e);

            if (row) {
                row->side[side] = e;
                is_placed[i] = true;
            }
        }
    }
    free(is_placed);
}

static bool is_only(const struct three *row, enum decision_side side)
{
    for (int s = 0; s < SIDE_COUNT; s++)
        if ((s == (int)side) != (row->side[s] != NULL))
            return false;
    return true;
}

static size_t find_only(const struct triples *t, enum decision_side side)
{
    size_t k = 0;

    while (k < t->n && !is_only(&t->row[k], side))
        k++;
    return k;
}

/* Something that one side replaced by another thing while the other side changed or removed it is one
 * question, not two: what is new on this side goes to where it has nothing. */
static void pair_new(struct triples *t, enum decision_side side)
{
    const enum decision_side other = side == SIDE_HERE ? SIDE_SERVER : SIDE_HERE;

    for (size_t i = 0; i < t->n; i++) {
        struct three *row = &t->row[i];
        size_t k = find_only(t, side);

        if (k == t->n || row->side[side] || !row->side[SIDE_BEFORE] || decision_same(row->side[other], row->side[SIDE_BEFORE]))
            continue;
        row->side[side] = t->row[k].side[side];
        memmove(&t->row[k], &t->row[k + 1], (t->n - k - 1) * sizeof *t->row);
        t->n--;
        i -= k < i;
    }
}

void decision_match(struct triples *t, const char *member, const struct three *lists)
{
    static const enum decision_side order[] = { SIDE_HERE, SIDE_SERVER, SIDE_BEFORE };
    size_t most = 1;

    for (int s = 0; s < SIDE_COUNT; s++)
        most += node_count(lists->side[s]);
    *t = (struct triples){ .row = mem_array(most, sizeof *t->row) };
    for (size_t k = 0; k < SIDE_COUNT; k++)
        match_side(t, member, order[k], lists->side[order[k]]);
    pair_new(t, SIDE_HERE);
    pair_new(t, SIDE_SERVER);
}
