/* extract_observation.c - SDC observation-based extraction: an answer to an item with a code is an
 * Observation of that code. sdc-questionnaire-observationExtract says which items, on an item or a group
 * or the form for all below; a code instead of true says how the Observation stands to that of the
 * item above (component, member, derived, independent). */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "intake/extract/extract_internal.h"

/* What is inherited on the way down. */
struct above {
    bool is_on;
    const struct node *category;    /* CodeableConcept, NULL none */
    size_t parent;                  /* 1 + the Observation of the item above, in what is made; 0 none */
};

enum relation { MEMBER, COMPONENT, DERIVED, INDEPENDENT };

static enum relation relation_of(const struct node *value)
{
    static const struct { const char *code; enum relation relation; } codes[] = {
        { "component", COMPONENT }, { "derived", DERIVED }, { "independent", INDEPENDENT },
    };

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (node_is(value, NODE_STRING) && !strcmp(node_text(value), codes[i].code))
            return codes[i].relation;
    return MEMBER;      /* also for plain true: a panel has its members (SDC 3.0, "if unsure") */
}

/* Some forms write the boolean as a string. */
static bool is_on(const struct node *value, bool otherwise)
{
    const char *text = node_text(value);

    return text ? strcmp(text, "false") != 0 : otherwise;
}

static struct node *codes_of(struct doc *doc, struct node *object, const struct node *item)
{
    struct node *concept = node_set_object(doc, object, "code");

    node_set_copy(doc, concept, "coding", node_get(item, "code"));
    node_set_str(doc, concept, "text", node_str(item, "text"));
    return concept;
}

static bool is_person_or_place(const struct node *reference)
{
    static const char *const types[] = { "Practitioner", "PractitionerRole", "Organization", "CareTeam", "Patient", "RelatedPerson" };
    char type[48], id[72];

    if (!reference_split(reference, type, sizeof type, id, sizeof id))
        return false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(type, types[i]))
            return true;
    return false;
}

static struct doc *observation_new(const struct extract *x, const struct above *above, const struct node *item)
{
    static const char *const copied[] = { "basedOn", "partOf", "subject", "encounter" };
    const struct node *response = doc_root(x->response);
    const char *authored = node_str(response, "authored");
    struct doc *doc = doc_new("Observation");
    struct node *root = doc_root(doc);

    node_set_str(doc, root, "status", "final");
    if (above->category)
        node_add_copy(doc, node_set_array(doc, root, "category"), above->category);
    codes_of(doc, root, item);
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
        if (node_get(response, copied[i]))
            node_set_copy(doc, root, copied[i], node_get(response, copied[i]));
    if (strchr(authored, 'T'))
        node_set_str(doc, root, "issued", authored);
    if (is_person_or_place(node_get(response, "author")))
        node_add_copy(doc, node_set_array(doc, root, "performer"), node_get(response, "author"));
    return doc;
}

/* The unit a bare number is in: questionnaire-unit, or the only unitOption. */
static const struct node *unit_of(const struct node *item)
{
    const struct node *unit = extract_extension_value(item, "unit");

    return unit || extract_extension(item, "unitOption", 1) ? unit : extract_extension_value(item, "unitOption");
}

static bool put_value(struct extract *x, struct doc *doc, struct node *object, const char *of, const struct node *item, const struct node *answer)
{
    char type[40];
    const struct node *value = extract_answer(answer, type);

    if (value && extract_put(x, doc, object, model_find(of), "value", value, type, unit_of(item)))
        return true;
    extract_note(x, _("Item %.40s: an answer of this kind cannot be the value of an Observation."), node_str(item, "linkId"));
    return false;
}

static void add_link(struct extract *x, struct extracted *from, const char *member, const struct extracted *to)
{
    char *reference = mem_printf("Observation/%s", to->id);

    (void)x;
    node_set_str(from->doc, node_add_object(from->doc, node_set_array(from->doc, doc_root(from->doc), member)), "reference", reference);
    free(reference);
}

static void relate(struct extract *x, const struct above *above, enum relation relation, struct extracted *made)
{
    struct extracted *parent = above->parent ? &x->out->made[above->parent - 1] : NULL;

    if (parent && relation == MEMBER)
        add_link(x, parent, "hasMember", made);
    else if (parent && relation == DERIVED)
        add_link(x, made, "derivedFrom", parent);
}

static void answer_observed(struct extract *x, const struct extract_scope *scope, const struct above *above, enum relation relation,
                            const struct node *answer)
{
    struct doc *doc, *parent = relation == COMPONENT && above->parent ? x->out->made[above->parent - 1].doc : NULL;
    struct node *component;

    if (parent) {
        component = node_add_object(parent, node_set_array(parent, doc_root(parent), "component"));
        codes_of(parent, component, scope->item);
        if (!put_value(x, parent, component, "Observation.component", scope->item, answer))
            node_remove(parent, component);
        return;
    }
    doc = observation_new(x, above, scope->item);
    if (put_value(x, doc, doc_root(doc), "Observation", scope->item, answer))
        relate(x, above, relation, extract_add(x, doc, "observation", extract_link(scope)));
    else
        doc_free(doc);
}

static bool has_content(const struct doc *doc)
{
    return node_get(doc_root(doc), "hasMember") || node_get(doc_root(doc), "component");
}

/* A group with a code is an Observation of what it holds; without anything in it, it is none. */
static void group_end(struct extract *x, const struct above *above, enum relation relation, size_t place)
{
    struct extracted *made = &x->out->made[place];

    if (has_content(made->doc)) {
        relate(x, above, relation, made);
        return;
    }
    doc_free(made->doc);
    free(made->link_id);
    free(made->target);
    memmove(made, made + 1, (--x->out->n - place) * sizeof *made);
}

static extract_visit visit;

static void observe(struct extract *x, const struct extract_scope *scope, const struct above *above, const struct node *flag)
{
    bool is_group = !strcmp(node_str(scope->item, "type"), "group");
    enum relation relation = relation_of(flag);
    struct above below = *above;
    size_t first = x->out->n;

    if (is_group)
        extract_add(x, observation_new(x, above, scope->item), "observation", extract_link(scope));
    for (const struct node *a = node_first(node_get(scope->focus, "answer")); a; a = node_next(a))
        answer_observed(x, scope, above, relation, a);
    if (x->out->n > first)
        below.parent = first + 1;
    extract_children(x, scope, visit, &below);
    if (is_group)
        group_end(x, above, relation, first);
}

static void visit(struct extract *x, const struct extract_scope *scope, void *ctx)
{
    struct above above = *(const struct above *)ctx;
    const struct node *flag = extract_extension_value(scope->item, "observationExtract");
    const struct node *category = extract_extension_value(scope->item, "observation-extract-category");

    above.is_on = is_on(flag, above.is_on);
    above.category = category ? category : above.category;
    if (above.is_on && node_count(node_get(scope->item, "code"))) {
        observe(x, scope, &above, flag);
        return;
    }
    if (above.is_on && flag && node_get(scope->focus, "answer"))
        extract_note(x, _("Item %.40s is to be kept as an Observation but has no code."), extract_link(scope));
    extract_children(x, scope, visit, &above);
}

void extract_observations(struct extract *x, const struct extract_scope *top)
{
    struct above above = { .is_on = is_on(extract_extension_value(top->item, "observationExtract"), false),
                           .category = extract_extension_value(top->item, "observation-extract-category") };

    extract_children(x, top, visit, &above);
}
