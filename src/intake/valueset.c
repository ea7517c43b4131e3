/* valueset.c - the codes of a value set, as far as they can be had here: contained in the form, known to the
 * record or its server (canonical.c), or shipped with the program. An expansion is taken as it is; a
 * compose is worked out where every system and set it names is complete here, filters among them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/code.h"
#include "intake/model.h"

enum { NESTING_MAX = 6, SETS_MAX = 300, CONCEPTS_MAX = 200000 };     /* sets within one set: they may name one another */

/* --- Lists of codes --- */

void concepts_done(struct concepts *set)
{
    free(set->concept);
    free(set->bucket);
    *set = (struct concepts){0};
}

static size_t concept_hash(const char *system, const char *code)
{
    size_t hash = 5381;

    for (; *system; system++)
        hash = hash * 33 ^ (unsigned char)*system;
    for (; *code; code++)
        hash = hash * 33 ^ (unsigned char)*code;
    return hash;
}

static void concepts_index(struct concepts *set, size_t n_buckets)
{
    free(set->bucket);
    set->n_buckets = n_buckets;
    set->bucket = mem_array(n_buckets, sizeof *set->bucket);
    for (size_t i = 0; i < set->n; i++) {
        size_t *bucket = &set->bucket[concept_hash(set->concept[i].system, set->concept[i].code) & (n_buckets - 1)];

        set->concept[i].next = *bucket;
        *bucket = i + 1;
    }
}

static const struct concept *concepts_find(const struct concepts *set, const char *system, const char *code)
{
    if (!set->bucket)
        return NULL;
    for (size_t i = set->bucket[concept_hash(system, code) & (set->n_buckets - 1)]; i; i = set->concept[i - 1].next)
        if (!strcmp(set->concept[i - 1].code, code) && !strcmp(set->concept[i - 1].system, system))
            return &set->concept[i - 1];
    return NULL;
}

static void concepts_add(struct concepts *set, struct concept c)
{
    size_t *bucket;

    if (!*c.code || set->n >= CONCEPTS_MAX || concepts_find(set, c.system, c.code))
        return;
    MEM_ROOM(set->concept, set->n, set->cap);
    set->concept[set->n] = c;
    set->n++;
    if (set->n > set->n_buckets) {
        concepts_index(set, set->n_buckets ? 2 * set->n_buckets : 32);
        return;
    }
    bucket = &set->bucket[concept_hash(c.system, c.code) & (set->n_buckets - 1)];
    set->concept[set->n - 1].next = *bucket;
    *bucket = set->n;
}

/* Keep what is (or is not) in other too. */
static void concepts_keep(struct concepts *set, const struct concepts *other, bool in_other)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->n; i++)
        if ((concepts_find(other, set->concept[i].system, set->concept[i].code) != NULL) == in_other)
            set->concept[kept++] = set->concept[i];
    set->n = kept;
    if (set->bucket)
        concepts_index(set, set->n_buckets);
}

/* The words of a code in the reader's language: a designation, a translation, else its display. */
const char *concept_display(const struct concept *c, const char *language)
{
    const struct node *said[] = { c->node, c->defined };
    size_t len = strcspn(language, "-_");

    for (size_t i = 0; i < 2 && *language; i++) {
        for (const struct node *d = node_first(node_get(said[i], "designation")); d; d = node_next(d)) {
            const char *lang = node_str(d, "language");

            if (strcspn(lang, "-_") == len && !strncasecmp(lang, language, len) && *node_str(d, "value"))
                return node_str(d, "value");
        }
        if (said[i] && strcmp(translated(said[i], "display", language), node_str(said[i], "display")))
            return translated(said[i], "display", language);
    }
    return c->display;
}

/* --- Code systems --- */

static bool has_property(const struct node *concept, const char *code, const char *value)
{
    for (const struct node *p = node_first(node_get(concept, "property")); p; p = node_next(p)) {
        const char *type;
        const struct node *v = answer_value(p, &type);
        const char *text = node_text(v) ? node_text(v) : node_str(v, "code");

        if (!strcmp(node_str(p, "code"), code))
            return !value || !strcmp(text, value);
    }
    return false;
}

/* A property that names a concept above, by code. */
static bool is_child_of(const struct node *concept, const struct concepts *above, const char *url, const char *code)
{
    for (const struct node *p = node_first(node_get(concept, "property")); p; p = node_next(p)) {
        const char *name = node_str(p, "code"), *type, *parent;

        if (strcmp(name, "parent") && strcmp(name, "subsumedBy"))
            continue;
        parent = node_text(answer_value(p, &type));
        if (parent && (!strcmp(parent, code) || concepts_find(above, url, parent)))
            return true;
    }
    return false;
}

static void add_system(struct concepts *out, const char *url, const struct node *concepts, int depth)
{
    for (const struct node *n = node_first(concepts); n; n = node_next(n)) {
        if (!has_property(n, "notSelectable", "true") && !has_property(n, "status", "retired"))
            concepts_add(out, (struct concept){ url, node_str(n, "code"), node_str(n, "display"), n, n, 0 });
        if (depth < FORM_DEPTH_MAX)
            add_system(out, url, node_get(n, "concept"), depth + 1);
    }
}

static const struct node *concept_in(const struct node *concepts, const char *code, int depth)
{
    for (const struct node *n = node_first(concepts); n; n = node_next(n)) {
        const struct node *below;

        if (!strcmp(node_str(n, "code"), code))
            return n;
        if (depth < FORM_DEPTH_MAX && (below = concept_in(node_get(n, "concept"), code, depth + 1)))
            return below;
    }
    return NULL;
}

/* All below code, by nesting and by parent properties: once more over the list for each level. */
static void add_below(struct concepts *out, const char *url, const struct node *system, const char *code)
{
    const struct node *top = concept_in(node_get(system, "concept"), code, 0);
    size_t before;
    int level = 0;

    add_system(out, url, node_get(top, "concept"), 0);
    do {
        before = out->n;
        for (const struct node *n = node_first(node_get(system, "concept")); n; n = node_next(n))
            if (is_child_of(n, out, url, code))
                concepts_add(out, (struct concept){ url, node_str(n, "code"), node_str(n, "display"), n, n, 0 });
    } while (out->n > before && ++level < FORM_DEPTH_MAX);
}

static bool add_filter(struct concepts *out, const char *url, const struct node *system, const struct node *filter)
{
    const char *op = node_str(filter, "op"), *property = node_str(filter, "property"), *value = node_str(filter, "value");
    bool by_concept = !strcmp(property, "concept") || !strcmp(property, "code");

    if (by_concept && (!strcmp(op, "is-a") || !strcmp(op, "descendent-of"))) {
        const struct node *top = concept_in(node_get(system, "concept"), value, 0);

        if (*op == 'i' && top)
            concepts_add(out, (struct concept){ url, value, node_str(top, "display"), top, top, 0 });
        add_below(out, url, system, value);
        return true;
    }
    if (!strcmp(op, "=") || !strcmp(op, "exists")) {
        struct concepts all = {0};

        add_system(&all, url, node_get(system, "concept"), 0);
        for (size_t i = 0; i < all.n; i++)
            if (has_property(all.concept[i].node, property, *op == 'e' ? NULL : value) != (*op == 'e' && !strcmp(value, "false")))
                concepts_add(out, all.concept[i]);
        concepts_done(&all);
        return true;
    }
    return false;
}

static bool is_complete(const struct node *system)
{
    const char *content = node_str(system, "content");

    return node_count(node_get(system, "concept")) && (!*content || !strcmp(content, "complete"));
}

static bool add_shipped(struct concepts *out, const char *canonical)
{
    struct code_list list;

    if (!code_list_find(canonical, &list))
        return false;
    for (size_t i = 0; i < list.n; i++)
        concepts_add(out, (struct concept){ list.code[i].system ? list.code[i].system : "", list.code[i].code, list.code[i].display, NULL, NULL, 0 });
    return true;
}

/* All of a system, or what every filter lets pass. */
static bool add_whole(struct form *form, struct concepts *out, const char *url, const struct node *filters)
{
    const struct node *system = form_canonical(form, "CodeSystem", url);
    bool complete = system && is_complete(system), first = true;

    if (!filters) {
        add_system(out, url, node_get(system, "concept"), 0);
        return complete || add_shipped(out, url);
    }
    for (const struct node *f = node_first(filters); f && system; f = node_next(f), first = false) {
        struct concepts passed = {0};

        complete &= add_filter(&passed, url, system, f);
        for (size_t i = 0; first && i < passed.n; i++)
            concepts_add(out, passed.concept[i]);
        if (!first)
            concepts_keep(out, &passed, true);
        concepts_done(&passed);
    }
    return complete;
}

/* --- Value sets --- */

static bool expand(struct form *form, const char *canonical, struct concepts *out, int depth);

/* Listed codes; their words come from the system where the set gives none. */
static void add_listed(struct form *form, struct concepts *out, const char *url, const struct node *listed)
{
    struct concepts all = {0};

    add_system(&all, url, node_get(form_canonical(form, "CodeSystem", url), "concept"), 0);
    for (const struct node *n = node_first(listed); n; n = node_next(n)) {
        const char *code = node_str(n, "code"), *display = node_str(n, "display");
        const struct concept *known = concepts_find(&all, url, code);
        const char *shipped = *display || known ? NULL : code_display(url, code);

        display = *display ? display : shipped ? shipped : known ? known->display : "";
        concepts_add(out, (struct concept){ url, code, display, n, known ? known->node : NULL, 0 });
    }
    concepts_done(&all);
}

/* One include or exclude: what its system gives, held to every set it names. */
static bool add_include(struct form *form, struct concepts *out, const struct node *include, int depth)
{
    const char *url = node_str(include, "system");
    const struct node *listed = node_get(include, "concept"), *sets = node_get(include, "valueSet");
    struct concepts own = {0};
    bool complete = true, any = *url != '\0';

    if (listed)
        add_listed(form, &own, url, listed);
    else if (*url)
        complete = add_whole(form, &own, url, node_get(include, "filter"));
    for (const struct node *n = node_first(sets); n; n = node_next(n), any = true) {
        struct concepts set = {0};

        complete &= node_text(n) && expand(form, node_text(n), &set, depth + 1);
        for (size_t i = 0; !any && i < set.n; i++)
            concepts_add(&own, set.concept[i]);
        if (any)
            concepts_keep(&own, &set, true);
        concepts_done(&set);
    }
    for (size_t i = 0; i < own.n; i++)
        concepts_add(out, own.concept[i]);
    concepts_done(&own);
    return complete;
}

static void add_expansion(struct concepts *out, const struct node *contains, int depth)
{
    for (const struct node *n = node_first(contains); n; n = node_next(n)) {
        if (!node_bool(n, "abstract") && !node_bool(n, "inactive"))
            concepts_add(out, (struct concept){ node_str(n, "system"), node_str(n, "code"), node_str(n, "display"), n, NULL, 0 });
        if (depth < FORM_DEPTH_MAX)
            add_expansion(out, node_get(n, "contains"), depth + 1);
    }
}

static bool add_composed(struct form *form, struct concepts *out, const struct node *compose, int depth)
{
    struct concepts excluded = {0};
    bool complete = true;

    for (const struct node *n = node_first(node_get(compose, "include")); n; n = node_next(n))
        complete &= add_include(form, out, n, depth);
    for (const struct node *n = node_first(node_get(compose, "exclude")); n; n = node_next(n))
        complete &= add_include(form, &excluded, n, depth);
    concepts_keep(out, &excluded, false);
    concepts_done(&excluded);
    return complete;
}

/* False when codes may be missing. */
static bool expand(struct form *form, const char *canonical, struct concepts *out, int depth)
{
    const struct node *set = form_canonical(form, "ValueSet", canonical), *expansion = node_get(set, "expansion");

    if (depth > NESTING_MAX || ++form->n_expanded > SETS_MAX)
        return false;
    if (node_count(node_get(expansion, "contains"))) {
        const char *total = node_str(expansion, "total");

        add_expansion(out, node_get(expansion, "contains"), 0);
        return !*total || strtoul(total, NULL, 10) <= out->n;
    }
    if (node_count(node_get(node_get(set, "compose"), "include")))
        return add_composed(form, out, node_get(set, "compose"), depth);
    return add_shipped(out, canonical);
}

bool value_set_expand(struct form *form, const char *canonical, struct concepts *out)
{
    form->n_expanded = 0;
    return expand(form, canonical, out, 0);
}

bool value_set_has(struct form *form, const char *canonical, const char *system, const char *code, bool *is_known)
{
    struct concepts set = {0};
    bool found = false;

    *is_known = value_set_expand(form, canonical, &set);
    for (size_t i = 0; i < set.n && !found; i++)
        found = !strcmp(set.concept[i].code, code) && (!*system || !*set.concept[i].system || !strcmp(set.concept[i].system, system));
    concepts_done(&set);
    *is_known |= found;
    return found;
}
