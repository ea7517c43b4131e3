/* function_form.c - what Structured Data Capture adds for forms: weights of answers, the answers themselves,
 * and asking value sets. */
#include <string.h>

#include "fhir/code.h"
#include "fhir/datatype.h"
#include "fhir/fhirpath/internal.h"

enum { NESTING_MAX = 100 };

static const char *const weight_urls[] = {
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
};

static const struct node *weight_in(const struct node *element)
{
    const struct node *value = NULL;

    for (size_t i = 0; !value && i < sizeof weight_urls / sizeof *weight_urls; i++)
        value = extension_value(element, weight_urls[i]);
    return value;
}

static bool same_coding(const struct node *a, const char *system, const struct node *coding)
{
    return strcmp(node_str(a, "code"), node_str(coding, "code")) == 0 &&
           (!*system || !*node_str(coding, "system") || strcmp(system, node_str(coding, "system")) == 0);
}

/* The weight of the option of an item that is the answer's Coding. */
static const struct node *weight_in_options(const struct node *item, const struct node *coding)
{
    const struct node *weight = NULL;

    for (const struct node *o = node_first(node_get(item, "answerOption")); o && !weight; o = node_next(o)) {
        const struct node *option = node_get(o, "valueCoding");
        if (option && same_coding(option, node_str(option, "system"), coding))
            weight = weight_in(option) ? weight_in(option) : weight_in(o);
    }
    return weight;
}

static const struct node *weight_in_contains(const struct node *contains, const struct node *coding, int depth)
{
    const struct node *weight = NULL;

    for (const struct node *n = node_first(contains); n && !weight && depth < NESTING_MAX; n = node_next(n))
        weight = same_coding(n, node_str(n, "system"), coding) && weight_in(n) ? weight_in(n)
               : weight_in_contains(node_get(n, "contains"), coding, depth + 1);
    return weight;
}

static const struct node *weight_in_set(const struct node *set, const struct node *coding)
{
    const struct node *weight = weight_in_contains(node_get(node_get(set, "expansion"), "contains"), coding, 0);

    for (const struct node *i = node_first(node_get(node_get(set, "compose"), "include")); i && !weight; i = node_next(i))
        for (const struct node *c = node_first(node_get(i, "concept")); c && !weight; c = node_next(c))
            if (same_coding(c, node_str(i, "system"), coding))
                weight = weight_in(c);
    return weight;
}

static const struct node *contained_in(const struct node *resource, const char *id)
{
    for (const struct node *n = node_first(node_get(resource, "contained")); n; n = node_next(n))
        if (strcmp(node_str(n, "id"), id) == 0)
            return n;
    return NULL;
}

static const struct node *value_set(struct eval *ev, const char *url)
{
    if (*url == '#')
        return contained_in(ev->env->questionnaire ? ev->env->questionnaire : ev->env->resource, url + 1);
    return *url && ev->env->canonical ? ev->env->canonical(ev->env->ctx, url) : NULL;
}

static const struct node *find_item(const struct node *parent, const char *link_id, int depth)
{
    const struct node *found = NULL;

    for (const struct node *n = node_first(node_get(parent, "item")); n && !found && depth < NESTING_MAX; n = node_next(n))
        found = strcmp(node_str(n, "linkId"), link_id) == 0 ? n : find_item(n, link_id, depth + 1);
    return found;
}

/* The question of the form an answer belongs to. */
static const struct node *question_of(const struct eval *ev, const struct node *node)
{
    while (node && !*node_str(node, "linkId"))
        node = node_parent(node);
    return node ? find_item(ev->env->questionnaire, node_str(node, "linkId"), 0) : NULL;
}

/* Of any question: for a Coding that lies in none. */
static const struct node *weight_anywhere(const struct node *item, const struct node *coding, int depth)
{
    const struct node *weight = weight_in_options(item, coding);

    for (const struct node *n = node_first(node_get(item, "item")); n && !weight && depth < NESTING_MAX; n = node_next(n))
        weight = weight_anywhere(n, coding, depth + 1);
    return weight;
}

/* Where SDC looks, in its order: the answer, its Coding, the option, the concept of the value set. */
static const struct node *weight_of(struct eval *ev, const struct node *node)
{
    const struct node *coding = node_get(node, "valueCoding") ? node_get(node, "valueCoding") : node, *weight = weight_in(node), *question;

    if (!weight)
        weight = weight_in(coding);
    if (weight || !*node_str(coding, "code"))
        return weight;
    if (!(question = question_of(ev, node)))
        return weight_anywhere(ev->env->questionnaire, coding, 0);
    weight = weight_in_options(question, coding);
    return weight ? weight : weight_in_set(value_set(ev, node_str(question, "answerValueSet")), coding);
}

static bool call_weight(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    for (size_t i = 0; i < input->n; i++) {
        const struct node *weight;

        if (!fp_step(ev, call))
            return false;
        if ((weight = weight_of(ev, input->value[i].node)))
            fp_add_element(out, weight, node_name(weight));
    }
    return true;
}

/* Every answer at and below the items it is called on. */
static bool add_answers(struct eval *ev, const struct expr *call, const struct node *node, int depth, struct fp_result *out)
{
    if (!fp_step(ev, call))
        return false;
    if (depth > NESTING_MAX)
        return fp_fail(ev, call, "the items are nested too deeply");
    for (const struct node *a = node_first(node_get(node, "answer")); a; a = node_next(a)) {
        fp_add_element(out, a, "answer");
        if (!add_answers(ev, call, a, depth + 1, out))
            return false;
    }
    for (const struct node *i = node_first(node_get(node, "item")); i; i = node_next(i))
        if (!add_answers(ev, call, i, depth + 1, out))
            return false;
    return true;
}

static bool call_answers(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    for (size_t i = 0; i < input->n; i++)
        if (!add_answers(ev, call, input->value[i].node, 0, out))
            return false;
    return true;
}

/* --- value sets --- */

struct code_question { const char *url, *system, *code; };

static bool shipped_has(const struct code_list *list, const struct code_question *q)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->code[i].code, q->code) == 0 && (!*q->system || strcmp(list->code[i].system, q->system) == 0))
            return true;
    return false;
}

/* Whether the code is in the set; false as result of the function when the set cannot be had. */
static bool has_code(struct eval *ev, const struct code_question *q, bool *out)
{
    struct code_list list;
    bool known = false;

    if (ev->env->member) {
        *out = ev->env->member(ev->env->ctx, q->url, q->system, q->code, &known);
        if (known)
            return true;
    }
    if (!code_list_find(q->url, &list))
        return false;
    *out = shipped_has(&list, q);
    return true;
}

/* One Coding, or the text of a code. */
static bool add_membership(struct eval *ev, const struct expr *call, const char *url, const char *system, const char *code, bool *found)
{
    struct code_question q = {url, system, code};
    bool has = false;

    if (!fp_step(ev, call))
        return false;
    if (!has_code(ev, &q, &has))
        return fp_fail(ev, call, "the value set %.120s is not available here", url);
    *found = *found || has;
    return true;
}

static bool call_member_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result argument;
    const struct fp_value *item, *name;
    const char *url;
    bool found = false;

    if (!fp_single(ev, call, input, &item) || !fp_argument(ev, call, 0, &argument) || !fp_single(ev, call, &argument, &name))
        return false;
    if (!item || !name)
        return true;
    url = fp_text(ev->arena, name);
    if (!node_is(item->node, NODE_OBJECT)) {
        if (!add_membership(ev, call, url, "", fp_text(ev->arena, item), &found))
            return false;
    } else if (!node_get(item->node, "coding")) {
        if (!add_membership(ev, call, url, node_str(item->node, "system"), node_str(item->node, "code"), &found))
            return false;
    }
    for (const struct node *c = node_first(node_get(item->node, "coding")); c; c = node_next(c))
        if (!add_membership(ev, call, url, node_str(c, "system"), node_str(c, "code"), &found))
            return false;
    fp_add_bool(out, found);
    return true;
}

/* The ValueSet itself, when it is known with its codes. */
static bool call_expand(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const struct fp_value *name;
    const struct node *set;
    struct fp_result argument = *input;

    if ((call->arguments > 0 && !fp_argument(ev, call, 0, &argument)) || !fp_single(ev, call, &argument, &name))
        return false;
    if (!name)
        return true;
    set = node_is(name->node, NODE_OBJECT) ? name->node : value_set(ev, fp_text(ev->arena, name));
    if (!node_get(set, "expansion"))
        return fp_fail(ev, call, "this value set is not available here with all its codes");
    fp_result_add_node(out, set);
    return true;
}

const struct fp_function fp_functions_form[] = {
    {"ordinal", 0, 0, call_weight}, {"weight", 0, 0, call_weight}, {"answers", 0, 0, call_answers}, {"memberOf", 1, 1, call_member_of},
    {"expand", 0, 2, call_expand}, {NULL, 0, 0, NULL},
};
