/* function_fhir.c - what FHIR and its questionnaires add to FHIRPath. */
#include <string.h>

#include "fhir/code.h"
#include "fhir/datatype.h"
#include "fhir/fhirpath/internal.h"

static const char *const weight_urls[] = {
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
};

static bool call_extension(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result argument;
    const struct fp_value *url;
    const char *want;

    if (!fp_argument(ev, call, 0, &argument) || !fp_single(ev, call, &argument, &url))
        return false;
    want = url ? fp_text(ev->arena, url) : "";
    for (size_t i = 0; i < input->n; i++) {
        struct fp_result extensions = fp_empty(ev);
        if (input->value[i].node)
            fp_children(&extensions, &input->value[i], "extension");
        for (size_t k = 0; k < extensions.n; k++)
            if (strcmp(node_str(extensions.value[k].node, "url"), want) == 0)
                fp_add(out, extensions.value[k]);
    }
    return true;
}

static bool has_value(const struct fp_value *value)
{
    return value->kind != FP_NODE || node_text(value->node) != NULL;
}

static bool call_has_value(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    fp_add_bool(out, input->n == 1 && has_value(&input->value[0]));
    return true;
}

static bool call_get_value(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;

    (void)ev, (void)call;
    if (input->n != 1 || !has_value(&input->value[0]))
        return true;
    v = fp_simple(&input->value[0]);
    v.node = NULL;
    fp_add(out, v);
    return true;
}

static const struct node *find_contained(const struct node *node, const char *id)
{
    const struct node *root = node;

    while (node_parent(root))
        root = node_parent(root);
    if (!*id)
        return root;
    for (const struct node *n = node_first(node_get(root, "contained")); n; n = node_next(n))
        if (strcmp(node_str(n, "id"), id) == 0)
            return n;
    return NULL;
}

/* Contained resources, and full URLs of a Bundle; nothing is fetched. */
static bool call_resolve(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    for (size_t i = 0; i < input->n; i++) {
        const struct node *node = input->value[i].node;
        const char *text = node_text(node) ? node_text(node) : node_str(node, "reference");

        if (*text == '#')
            fp_result_add_node(out, find_contained(node, text + 1));
    }
    return true;
}

static const struct node *weight_in(const struct node *element)
{
    const struct node *value = NULL;

    for (size_t i = 0; !value && i < sizeof weight_urls / sizeof *weight_urls; i++)
        value = extension_value(element, weight_urls[i]);
    return value;
}

/* The weight of an option of the form that is the same Coding. */
static const struct node *weight_in_form(const struct node *item, const struct node *coding)
{
    const struct node *weight = NULL;

    for (const struct node *o = node_first(node_get(item, "answerOption")); o && !weight; o = node_next(o)) {
        const struct node *option = node_get(o, "valueCoding");
        if (strcmp(node_str(option, "code"), node_str(coding, "code")) == 0 && strcmp(node_str(option, "system"), node_str(coding, "system")) == 0)
            weight = weight_in(option) ? weight_in(option) : weight_in(o);
    }
    for (const struct node *n = node_first(node_get(item, "item")); n && !weight; n = node_next(n))
        weight = weight_in_form(n, coding);
    return weight;
}

/* Weight of each answer: on the answer's Coding, else on its option. */
static bool call_weight(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)call;
    for (size_t i = 0; i < input->n; i++) {
        const struct node *node = input->value[i].node, *coding = node_get(node, "valueCoding");
        const struct node *weight = weight_in(node);

        coding = coding ? coding : node;
        weight = weight ? weight : weight_in(coding);
        if (!weight && *node_str(coding, "code"))
            weight = weight_in_form(ev->env->questionnaire, coding);
        if (weight)
            fp_add(out, (struct fp_value){.kind = FP_NODE, .node = weight, .name = node_name(weight)});
    }
    return true;
}

static bool code_in(const struct code_list *list, const struct node *coding, const char *plain)
{
    for (size_t i = 0; i < list->n; i++) {
        const char *code = plain ? plain : node_str(coding, "code");
        if (strcmp(list->code[i].code, code) == 0 && (plain || strcmp(list->code[i].system, node_str(coding, "system")) == 0))
            return true;
    }
    return false;
}

/* Only value sets that are shipped can be asked. */
static bool call_member_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result argument;
    struct code_list list;
    const struct node *node;
    bool found = false;

    if (!fp_argument(ev, call, 0, &argument))
        return false;
    if (argument.n != 1 || input->n == 0)
        return true;
    if (!code_list_find(fp_text(ev->arena, &argument.value[0]), &list))
        return fp_fail(ev, call, "this value set is not available here");
    for (size_t i = 0; i < input->n; i++) {
        node = input->value[i].node;
        if (!node || node_text(node))
            found = found || code_in(&list, NULL, fp_text(ev->arena, &input->value[i]));
        else if (!node_get(node, "coding"))
            found = found || code_in(&list, node, NULL);
        for (const struct node *c = node_first(node_get(node, "coding")); c; c = node_next(c))
            found = found || code_in(&list, c, NULL);
    }
    fp_add_bool(out, found);
    return true;
}

const struct fp_function fp_functions_fhir[] = {
    {"extension", 1, 1, call_extension}, {"hasValue", 0, 0, call_has_value}, {"getValue", 0, 0, call_get_value}, {"resolve", 0, 0, call_resolve},
    {"ordinal", 0, 0, call_weight}, {"weight", 0, 0, call_weight}, {"memberOf", 1, 1, call_member_of}, {NULL, 0, 0, NULL},
};
