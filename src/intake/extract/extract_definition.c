/* extract_definition.c - SDC definition-based extraction: item.definition names the element an answer is
 * ("http://hl7.org/fhir/StructureDefinition/Patient#Patient.name.given"), itemExtractionContext or
 * definitionExtract the resource it is of, definitionExtractValue what is set beside the answers.
 *
 * An element that repeats gets a new entry for each group that names it, and for each repetition of a
 * group; items side by side in one group add to the same entry. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "intake/extract/extract_building.h"

/* --- Which resource a definition speaks of --- */

/* "url#Type.a.b": its path, in full from the resource; false when it is of none being made. A path of a
 * datatype (HumanName.family) is of the innermost open element of that type. */
static struct building *building_of(struct building *b, const char *definition, char path[BUILDING_PATH])
{
    const char *hash = strchr(definition, '#'), *tail;
    char type[80];

    if (!hash)
        return NULL;
    snprintf(type, sizeof type, "%.*s", (int)strcspn(hash + 1, ".:"), hash + 1);
    tail = strchr(hash, '.');
    for (; b && tail; b = b->outer) {
        if (!strcmp(doc_type(b->doc), type)) {
            snprintf(path, BUILDING_PATH, "%s%s", type, tail);
            return b;
        }
        for (size_t i = b->n; i-- > 1;)
            if (!strcmp(model_name(b->opened[i].type), type)) {
                snprintf(path, BUILDING_PATH, "%.200s%.90s", b->opened[i].path, tail);
                return b;
            }
    }
    return NULL;
}

static bool put(struct extract *x, struct building *b, const char *path, const struct node *value, const char *from, const struct node *unit)
{
    char last[BUILDING_PATH];
    struct opened *parent = building_parent(b, path, last);

    if (!parent || !extract_put(x, b->doc, parent->node, parent->type, last, value, from, unit))
        return false;
    b->has_content = true;
    return true;
}

static void put_answers(struct extract *x, const struct extract_scope *scope, struct building *b, const char *path)
{
    const struct node *unit = extract_extension_value(scope->item, "unit");
    char type[40];

    for (const struct node *a = node_first(node_get(scope->focus, "answer")); a; a = node_next(a)) {
        const struct node *value = extract_answer(a, type);

        if (value && !put(x, b, path, value, type, unit))
            extract_note(x, _("Item %.40s: a %.40s cannot be kept as %.80s."), extract_link(scope), type, path);
    }
}

static void open_group(struct extract *x, const struct extract_scope *scope, struct building *b, const char *path)
{
    char last[BUILDING_PATH];
    struct opened *parent = building_parent(b, path, last);

    if (!parent || !building_step(b, parent, path, strlen(path), last, true))
        extract_note(x, _("Item %.40s: %.80s is not an element with parts."), extract_link(scope), path);
}

/* --- Values set beside the answers --- */

static const struct node *part(const struct node *extension, const char *name)
{
    for (const struct node *e = node_first(node_get(extension, "extension")); e; e = node_next(e))
        if (!strcmp(node_str(e, "url"), name))
            return e;
    return NULL;
}

static void put_result(struct extract *x, const struct extract_scope *scope, struct building *b, const char *path, const char *expression)
{
    struct fp_result result = {0};

    extract_eval(x, scope, expression, &result);
    for (size_t i = 0; i < result.n; i++) {
        const struct fp_value *value = fp_result_at(&result, i);

        if (!put(x, b, path, extract_node(x, value), fp_value_type(value), NULL))
            extract_note(x, _("Item %.40s: a %.40s cannot be kept as %.80s."), extract_link(scope), fp_value_type(value), path);
    }
    fp_result_done(&result);
}

static void put_values(struct extract *x, const struct extract_scope *scope, struct building *top)
{
    const struct node *extension;

    for (size_t i = 0; (extension = extract_extension(scope->item, "definitionExtractValue", i)); i++) {
        const struct node *definition = part(extension, "definition"), *fixed;
        const char *url = node_str(definition, *node_str(definition, "valueUri") ? "valueUri" : "valueCanonical");
        char path[BUILDING_PATH], type[40];
        struct building *b = building_of(top, url, path);

        if (!b)
            continue;
        if ((fixed = extract_answer(part(extension, "fixed-value"), type))) {
            if (!put(x, b, path, fixed, type, NULL))
                extract_note(x, _("Item %.40s: a %.40s cannot be kept as %.80s."), extract_link(scope), type, path);
        } else {
            put_result(x, scope, b, path, extract_expression(node_get(part(extension, "expression"), "valueExpression")));
        }
    }
}

/* --- The resource an item is the context of --- */

/* A type by its name or the last part of its canonical. */
static const char *resource_named(const char *canonical)
{
    const char *slash = strrchr(canonical, '/');
    unsigned type = model_find(slash ? slash + 1 : canonical);

    return model_is_resource(type) ? model_name(type) : NULL;
}

/* The type of a profile, told by the definitions below that name it: "profile#Patient.name". */
static const char *type_of_profile(const struct node *item, const char *profile)
{
    const char *definition = node_str(item, "definition"), *type;
    size_t len = strlen(profile);
    char name[80];

    if (!strncmp(definition, profile, len) && definition[len] == '#') {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(definition + len + 1, "."), definition + len + 1);
        if ((type = resource_named(name)))
            return type;
    }
    for (const struct node *child = node_first(node_get(item, "item")); child; child = node_next(child))
        if ((type = type_of_profile(child, profile)))
            return type;
    return NULL;
}

/* What stands on record for the context: the resources of that type an expression finds. */
struct found { const struct node *one; size_t n; bool has_others; char *why; };

static void found_add(const struct extract *x, struct found *found, const struct node *resource, const char *type)
{
    if (strcmp(node_str(resource, "resourceType"), type))
        return;
    if (strcmp(resource_patient(resource), x->patient)) {
        found->has_others = true;
        return;
    }
    found->one = resource;
    found->n++;
}

static void find_by_query(struct extract *x, const struct extract_scope *scope, const char *text, const char *type, struct found *found)
{
    char *query = extract_query(x, scope, text), *slash = strchr(query, '/'), *by_id = NULL;
    const struct node *bundle = NULL;

    if (slash && !strchr(query, '?')) {             /* Patient/1 */
        by_id = mem_printf("%.*s?_id=%s", (int)(slash - query), query, slash + 1);
        free(query);
        query = by_id;
    }
    if (strchr(query, '?') && extract_search(x, query, &bundle, &found->why))
        for (const struct node *entry = node_first(node_get(bundle, "entry")); entry; entry = node_next(entry))
            found_add(x, found, node_get(entry, "resource"), type);
    free(query);
}

static void find_by_path(struct extract *x, const struct extract_scope *scope, const char *expression, const char *type, struct found *found)
{
    struct fp_result result = {0};

    extract_eval(x, scope, expression, &result);
    for (size_t i = 0; i < result.n; i++)
        if (fp_value_node(fp_result_at(&result, i)))
            found_add(x, found, fp_value_node(fp_result_at(&result, i)), type);
    fp_result_done(&result);
}

/* The type an expression of a context speaks of: "Patient?_id=1" tells; a path is told by what it gives. */
static const char *type_of_expression(struct extract *x, const struct extract_scope *scope, const struct node *value)
{
    const char *text = node_str(value, "expression"), *type = NULL;
    struct fp_result result = {0};
    char name[80];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "?/"), text);
    if (extract_is_expression(value, "application/x-fhir-query") || resource_named(name))
        return resource_named(name);
    if (extract_eval(x, scope, extract_expression(value), &result) && result.n)
        type = resource_named(node_str(fp_value_node(fp_result_at(&result, 0)), "resourceType"));
    fp_result_done(&result);
    return type;
}

/* --- The walk --- */

static extract_visit visit;

/* A hidden answer may hold the id of the resource to change. */
static void take_id(struct extracted *made)
{
    const char *id = node_str(doc_root(made->doc), "id");

    if (*id && !made->target)
        made->target = mem_dup(id);
    else if (*id && strcmp(made->target, id))
        extract_refuse(made, mem_printf(_("The form means another %s than that of the person it was filled with. It is not written."), doc_type(made->doc)));
    node_remove_name(made->doc, doc_root(made->doc), "id");
}

static void settle(struct extract *x, struct building *b, const struct extract_scope *scope, struct found *found, const char *full_url, const char *unless)
{
    struct extracted *made = extract_add(x, b->doc, "definition", extract_link(scope));

    b->doc = NULL;
    if (found->n == 1 && !made->target)
        made->target = mem_dup(node_str(found->one, "id"));
    if (found->n > 1)
        extract_refuse(made, mem_printf(_("%zu of this person's %s on record fit: which one is meant cannot be told."), found->n, doc_type(made->doc)));
    if (found->n == 0 && found->has_others)
        extract_refuse(made, mem_printf(_("The form means a %s of another person. It is not written."), doc_type(made->doc)));
    if (found->why && !made->target) {
        extract_refuse(made, found->why);
        found->why = NULL;
    }
    take_id(made);
    extract_unless(x, made, unless);
    extract_full_url(x, full_url, made);
}

struct start { const char *type, *name; struct found found; char *full_url, *unless; size_t next; };

static bool new_context(struct extract *x, const struct extract_scope *scope, struct building *outer, size_t i);

/* Several resources may begin at one item: the walk below is one, for all of them. */
static void build(struct extract *x, const struct extract_scope *scope, struct building *outer, struct start *start)
{
    struct building b = { .outer = outer, .doc = doc_new(start->type) }, *own;
    const struct extract_scope inner = { .outer = scope, .focus = scope->focus, .item = scope->item, .name = start->name, .value = start->found.one };
    char path[BUILDING_PATH];

    building_open(&b, start->type, doc_root(b.doc), model_find(start->type), true);
    if (!start->next || !new_context(x, scope, &b, start->next)) {
        put_values(x, &inner, &b);
        if ((own = building_of(&b, node_str(scope->item, "definition"), path)) && node_get(scope->focus, "answer"))
            put_answers(x, &inner, own, path);
        extract_children(x, &inner, visit, &b);
    }
    if (b.has_content)
        settle(x, &b, scope, &start->found, start->full_url, start->unless);
    doc_free(b.doc);
    free(b.opened);
    free(start->found.why);
    free(start->full_url);
    free(start->unless);
}

/* itemExtractionContext (and its older name): a type, or an expression that finds the resource. */
static bool legacy_context(struct extract *x, const struct extract_scope *scope, struct building *outer)
{
    const struct node *value = extract_extension_value(scope->item, "itemExtractionContext");
    struct start start = {0};

    value = value ? value : extract_extension_value(scope->item, "itemContext");
    if (!value)
        return false;
    start.type = node_text(value) ? resource_named(node_text(value)) : type_of_expression(x, scope, value);
    start.name = node_str(value, "name");
    if (!start.type) {          /* a path that finds nothing leaves nothing to change, and no type to make */
        if (node_text(value) || extract_is_expression(value, "application/x-fhir-query"))
            extract_note(x, _("Item %.40s: what it is to be kept as is no resource of FHIR R4."), extract_link(scope));
        return false;
    }
    if (extract_is_expression(value, "application/x-fhir-query"))
        find_by_query(x, scope, node_str(value, "expression"), start.type, &start.found);
    else if (*node_str(value, "expression"))
        find_by_path(x, scope, node_str(value, "expression"), start.type, &start.found);
    build(x, scope, outer, &start);
    return true;
}

static char *part_text(struct extract *x, const struct extract_scope *scope, const struct node *extension, const char *name)
{
    const char *expression = extract_expression(node_get(part(extension, name), "valueString"));

    return *expression ? extract_text(x, scope, expression) : NULL;
}

static bool new_context(struct extract *x, const struct extract_scope *scope, struct building *outer, size_t i)
{
    const struct node *extension = extract_extension(scope->item, "definitionExtract", i), *definition = part(extension, "definition");
    const char *profile = node_str(definition, *node_str(definition, "valueCanonical") ? "valueCanonical" : "valueUri");
    struct start start = { .next = i + 1 };
    char *url;

    if (!extension)
        return false;
    url = mem_dup(profile);
    url[strcspn(url, "|")] = '\0';
    if (!(start.type = resource_named(url)) && !(start.type = type_of_profile(scope->item, url)))
        extract_note(x, _("Item %.40s: of what type %.100s is cannot be told here."), extract_link(scope), url);
    free(url);
    if (!start.type)
        return new_context(x, scope, outer, i + 1);
    start.full_url = part_text(x, scope, extension, "fullUrl");
    start.unless = part_text(x, scope, extension, "ifNoneExist");
    build(x, scope, outer, &start);
    return true;
}

static void visit(struct extract *x, const struct extract_scope *scope, void *ctx)
{
    struct building *top = ctx, *b;
    bool is_group = !strcmp(node_str(scope->item, "type"), "group"), repeats = is_group && node_bool(scope->item, "repeats");
    size_t mark = top ? top->n : 0, barrier = top ? top->barrier : 0;
    char path[BUILDING_PATH];

    if (legacy_context(x, scope, top) || new_context(x, scope, top, 0))
        return;
    if (!top) {
        extract_children(x, scope, visit, NULL);
        return;
    }
    if (repeats)
        top->barrier = mark;
    b = building_of(top, node_str(scope->item, "definition"), path);
    if (b && is_group)
        open_group(x, scope, b, path);
    else if (b)
        put_answers(x, scope, b, path);
    put_values(x, scope, top);
    extract_children(x, scope, visit, top);
    if (repeats || (b && is_group)) {
        top->n = mark;
        top->barrier = barrier;
    }
}

void extract_definitions(struct extract *x, const struct extract_scope *top)
{
    if (!legacy_context(x, top, NULL) && !new_context(x, top, NULL, 0))
        extract_children(x, top, visit, NULL);
}
