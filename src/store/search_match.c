/* Does a resource fit a search parameter: the rules of FHIR R4 search for tokens, dates, references and strings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/datatype.h"
#include "store/search_rules.h"

enum { WORD = 64, DAY_MS = 86400000 };

/* --- Where a parameter looks --- */

typedef bool (*each_fn)(void *ctx, const struct node *element);

static bool walk(const struct node *node, const char *path, size_t len, each_fn each, void *ctx)
{
    size_t step = 0;
    char name[WORD];

    if (node_is(node, NODE_ARRAY)) {
        for (const struct node *n = node_first(node); n; n = node_next(n))
            if (walk(n, path, len, each, ctx))
                return true;
        return false;
    }
    if (!node)
        return false;
    if (len == 0)
        return each(ctx, node);
    while (step < len && path[step] != '.')
        step++;
    if (step >= sizeof name)
        return false;
    memcpy(name, path, step);
    name[step] = '\0';
    path += step;
    len -= step;
    return walk(node_get(node, name), path + (len > 0), len - (len > 0), each, ctx);
}

bool search_walk(const struct node *resource, const char *paths, each_fn each, void *ctx)
{
    for (size_t len; *paths; paths += len + (paths[len] == ' ')) {
        len = strcspn(paths, " ");
        if (walk(resource, paths, len, each, ctx))
            return true;
    }
    return false;
}

char *search_value_next(const char **rest)
{
    struct buf value = {0};
    const char *at = *rest;

    if (!at || !*at)
        return NULL;
    for (; *at && *at != ','; at++) {
        if (*at == '\\' && strchr(",$\\", at[1]) && at[1])     /* an escaped bar keeps its backslash: tokens split there */
            at++;
        buf_char(&value, *at);
    }
    *rest = *at ? at + 1 : at;
    return value.len ? buf_take(&value) : mem_dup("");
}

/* --- Tokens --- */

struct token { const char *system, *code; bool any_system, any_code; };

/* "system|code", "|code" (without a system), "system|" (any code of it), "code". Cuts the text. */
static struct token token_read(char *text)
{
    char *bar = strchr(text, '|');

    while (bar && bar > text && bar[-1] == '\\')
        bar = strchr(bar + 1, '|');
    if (!bar)
        return (struct token){ "", text, true, false };
    *bar = '\0';
    return (struct token){ text, bar + 1, false, bar[1] == '\0' };
}

static bool token_is(const struct token *t, const char *system, const char *code)
{
    return (t->any_system || strcmp(t->system, system) == 0) && (t->any_code || strcmp(t->code, code) == 0);
}

static bool token_fits(void *ctx, const struct node *element)
{
    const struct token *t = ctx;

    if (node_text(element))
        return (t->any_system || !*t->system) && strcmp(t->code, node_text(element)) == 0;
    for (const struct node *c = node_first(node_get(element, "coding")); c; c = node_next(c))
        if (token_is(t, node_str(c, "system"), node_str(c, "code")))
            return true;
    if (node_get(element, "value"))     /* Identifier, ContactPoint */
        return token_is(t, node_str(element, "system"), node_str(element, "value"));
    return *node_str(element, "code") && token_is(t, node_str(element, "system"), node_str(element, "code"));
}

/* --- Dates --- */

static int64_t moment_end(const char *text, int64_t from)
{
    size_t len = strlen(text);
    const char *time = strchr(text, 'T');
    struct civil civil = clock_local(from);

    if (time && strchr(time, '.'))
        return from + 1;
    if (time)
        return from + (strcspn(time + 1, "+-Z") > 5 ? 1000 : 60000);
    civil.date = len <= 4 ? date_add_months(civil.date, 12) : len <= 7 ? date_add_months(civil.date, 1) : date_add_days(civil.date, 1);
    return clock_from_civil(civil);
}

bool search_span(const char *text, struct span *out)
{
    if (!clock_parse(text, &out->from))
        return false;
    out->until = moment_end(text, out->from);
    return true;
}

/* What a date, an instant or a Period covers; open ends reach for ever. */
static bool element_span(const struct node *element, struct span *out)
{
    struct span end;

    if (node_text(element))
        return search_span(node_text(element), out);
    if (!search_span(node_str(element, "start"), out))
        out->from = INT64_MIN;
    out->until = search_span(node_str(element, "end"), &end) ? end.until : INT64_MAX;
    return node_is(element, NODE_OBJECT) && (node_get(element, "start") || node_get(element, "end"));
}

const char *search_date(const char *value, char prefix[3])
{
    static const char known[] = "eq ne gt lt ge le sa eb ap";

    strcpy(prefix, "eq");
    if (value[0] && value[1] && value[0] >= 'a') {
        char two[3] = { value[0], value[1], '\0' };

        if (strstr(known, two)) {
            strcpy(prefix, two);
            return value + 2;
        }
    }
    return value;
}

struct dated { char prefix[3]; struct span span; };

static bool date_fits(void *ctx, const struct node *element)
{
    const struct dated *d = ctx;
    const struct span *s = &d->span;
    bool within;
    struct span t;

    if (!element_span(element, &t))
        return false;
    within = t.from >= s->from && t.until <= s->until;
    switch (d->prefix[0] << 8 | d->prefix[1]) {
    case 'n' << 8 | 'e': return !within;
    case 'g' << 8 | 't': return t.until > s->until;
    case 'l' << 8 | 't': return t.from < s->from;
    case 'g' << 8 | 'e': return t.until > s->from;
    case 'l' << 8 | 'e': return t.from < s->until;
    case 's' << 8 | 'a': return t.from >= s->until;
    case 'e' << 8 | 'b': return t.until <= s->from;
    case 'a' << 8 | 'p': return t.until > s->from - DAY_MS && t.from < s->until + DAY_MS;
    default: return within;
    }
}

/* --- References, uris, strings --- */

static bool reference_fits(void *ctx, const struct node *element)
{
    const char *value = ctx;
    char type[WORD], id[WORD + 8], wanted_type[WORD], wanted[WORD + 8];

    if (!reference_split(element, type, sizeof type, id, sizeof id))
        return strcmp(node_str(element, "reference"), value) == 0;
    if (!strchr(value, '/'))
        return strcmp(id, value) == 0;
    {
        const char *slash = strrchr(value, '/');
        size_t len = (size_t)(slash - value), start = len;

        while (start > 0 && value[start - 1] != '/')
            start--;
        snprintf(wanted_type, sizeof wanted_type, "%.*s", (int)(len - start), value + start);
        snprintf(wanted, sizeof wanted, "%s", slash + 1);
    }
    return strcmp(type, wanted_type) == 0 && strcmp(id, wanted) == 0;
}

/* "url" asks for any version, "url|2" for that one. */
static bool uri_fits(void *ctx, const struct node *element)
{
    const char *value = ctx, *text = node_text(element);
    size_t len = strlen(value);

    return text && strncmp(text, value, len) == 0 && (text[len] == '\0' || (text[len] == '|' && !strchr(value, '|')));
}

struct worded { const char *value; char *folded; char how; };   /* how: ' ' begins with, 'e' exactly, 'c' has */

static bool string_fits(void *ctx, const struct node *element)
{
    const struct worded *w = ctx;
    char *folded;
    bool fits;

    if (!node_text(element))
        return false;
    if (w->how == 'e')
        return strcmp(node_text(element), w->value) == 0;
    folded = utf8_folded(node_text(element));
    fits = w->how == 'c' ? strstr(folded, w->folded) != NULL : strncmp(folded, w->folded, strlen(w->folded)) == 0;
    free(folded);
    return fits;
}

/* --- One parameter --- */

static bool is_there(void *ctx, const struct node *element)
{
    (void)ctx;
    (void)element;
    return true;
}

static bool value_matches(const struct node *resource, const struct search_rule *rule, const char *modifier, char *value)
{
    struct dated date;
    struct token token;
    struct worded words;
    bool fits;

    switch (rule->kind) {
    case SEARCH_TOKEN:
        token = token_read(value);
        return search_walk(resource, rule->paths, token_fits, &token);
    case SEARCH_DATE:
        return search_span(search_date(value, date.prefix), &date.span) && search_walk(resource, rule->paths, date_fits, &date);
    case SEARCH_REFERENCE:
        return search_walk(resource, rule->paths, reference_fits, value);
    case SEARCH_URI:
        return search_walk(resource, rule->paths, uri_fits, value);
    default:
        words = (struct worded){ value, utf8_folded(value), ' ' };
        if (*modifier)
            words.how = *modifier;
        fits = search_walk(resource, rule->paths, string_fits, &words);
        free(words.folded);
        return fits;
    }
}

bool search_modifier_known(const struct search_rule *rule, const char *modifier)
{
    if (!*modifier || strcmp(modifier, "missing") == 0)
        return true;
    if (rule->kind == SEARCH_TOKEN)
        return strcmp(modifier, "not") == 0;
    return rule->kind == SEARCH_STRING && (strcmp(modifier, "exact") == 0 || strcmp(modifier, "contains") == 0);
}

bool search_matches(const struct node *resource, const struct search_rule *rule, const char *modifier, const char *values)
{
    bool fits = false;
    char *value;

    if (strcmp(modifier, "missing") == 0)
        return search_walk(resource, rule->paths, is_there, NULL) == (strcmp(values, "false") == 0);
    while (!fits && (value = search_value_next(&values)) != NULL) {
        fits = value_matches(resource, rule, modifier, value);
        free(value);
    }
    return strcmp(modifier, "not") == 0 ? !fits : fits;
}
