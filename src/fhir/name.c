#include <string.h>

#include "base/clock.h"
#include "fhir/datatype.h"

/* How well each use serves as the official or the usual name; 0 is not at all. */
static const struct { const char *use; int official, usual; } uses[] = {
    {"official", 5, 0}, {"", 4, 0}, {"usual", 3, 2}, {"temp", 2, 0}, {"nickname", 1, 1}, {"anonymous", 1, 0},
    {"old", 0, 0}, {"maiden", 0, 0},
};

/* Whether a name's period is over. */
static bool is_past(const struct node *name)
{
    const char *end = node_path_str(name, "period.end");
    char today[DATE_TEXT];

    if (!*end)
        return false;
    date_format(clock_today(), today);
    return strncmp(end, today, strlen(end) < 10 ? strlen(end) : 10) < 0;
}

static int rank(const struct node *name, bool usual)
{
    const char *use = node_str(name, "use");

    if (is_past(name))
        return 0;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (strcmp(uses[i].use, use) == 0)
            return usual ? uses[i].usual : uses[i].official;
    return usual ? 0 : 1;
}

/* The best current name; among equals the one whose period starts last. */
static const struct node *best_name(const struct node *patient, bool usual)
{
    const struct node *best = NULL;
    int best_rank = 0;

    for (const struct node *n = node_first(node_get(patient, "name")); n; n = node_next(n)) {
        int r = rank(n, usual);

        if (r > best_rank || (r > 0 && r == best_rank &&
                              strcmp(node_path_str(n, "period.start"), node_path_str(best, "period.start")) > 0)) {
            best = n;
            best_rank = r;
        }
    }
    return best;
}

const struct node *name_official(const struct node *patient)
{
    const struct node *name = best_name(patient, false);

    return name ? name : node_first(node_get(patient, "name"));
}

static bool same_words(const struct node *a, const struct node *b)
{
    struct buf x = {0}, y = {0};
    bool same;

    name_plain(&x, a);
    name_plain(&y, b);
    same = strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_done(&x);
    buf_done(&y);
    return same;
}

const struct node *name_usual(const struct node *patient)
{
    const struct node *official = name_official(patient), *name = best_name(patient, true);

    return name && name != official && !same_words(name, official) ? name : NULL;
}

/* Append a word, or every word of an array, each after a space when something came before. */
static void add_words(struct buf *out, size_t start, const struct node *node)
{
    if (node_is(node, NODE_ARRAY)) {
        for (const struct node *n = node_first(node); n; n = node_next(n))
            add_words(out, start, n);
        return;
    }
    if (!node_text(node) || !*node_text(node))
        return;
    if (out->len > start)
        buf_char(out, ' ');
    buf_add(out, node_text(node));
}

static bool has_parts(const struct node *name)
{
    return *node_str(name, "family") || node_count(node_get(name, "given")) > 0;
}

void name_family_first(struct buf *out, const struct node *name)
{
    size_t start = out->len, given;

    if (!has_parts(name)) {
        buf_add(out, node_str(name, "text"));
        return;
    }
    add_words(out, start, node_get(name, "family"));
    if (out->len > start && node_count(node_get(name, "given")) > 0)
        buf_add(out, ", ");
    given = out->len;
    add_words(out, given, node_get(name, "given"));
    add_words(out, start, node_get(name, "suffix"));
}

void name_plain(struct buf *out, const struct node *name)
{
    size_t start = out->len;

    if (!has_parts(name)) {
        buf_add(out, node_str(name, "text"));
        return;
    }
    add_words(out, start, node_get(name, "given"));
    add_words(out, start, node_get(name, "family"));
    add_words(out, start, node_get(name, "suffix"));
}
