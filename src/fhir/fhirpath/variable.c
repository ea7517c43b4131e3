/* variable.c - what %names mean: what the expression defines, what fp_env holds or knows, and the
 * constants of the specification; and what the name of a type means where a path starts with it. */
#include <stdio.h>
#include <string.h>

#include "fhir/fhirpath/internal.h"

/* The innermost defineVariable() of this name. */
static const struct fp_result *find_defined(const struct eval *ev, const char *name)
{
    for (const struct fp_scope *s = ev->scope; s; s = s->outer)
        if (s->name && strcmp(s->name, name) == 0)
            return &s->defined;
    return NULL;
}

static bool add_constant(const char *name, struct fp_result *out)
{
    static const struct { const char *name, *value; } constants[] = {
        {"sct", "http://snomed.info/sct"}, {"loinc", "http://loinc.org"}, {"ucum", "http://unitsofmeasure.org"},
    };
    struct buf text = {0};

    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (strcmp(constants[i].name, name) == 0) {
            fp_add_string(out, constants[i].value);
            return true;
        }
    if (strncmp(name, "vs-", 3) != 0 && strncmp(name, "ext-", 4) != 0)
        return false;
    buf_printf(&text, "http://hl7.org/fhir/%s/%s", *name == 'v' ? "ValueSet" : "StructureDefinition", strchr(name, '-') + 1);
    fp_add_string(out, text.data);
    buf_done(&text);
    return true;
}

static const struct node *resource_of(const struct node *node)
{
    while (node && !node_get(node, "resourceType"))
        node = node_parent(node);
    return node;
}

static const struct node *root_of(const struct node *node)
{
    while (node_parent(node))
        node = node_parent(node);
    return node;
}

static const struct node *known_node(const struct fp_env *env, enum fp_known known)
{
    switch (known) {
    case KNOWN_CONTEXT:         return env->context ? env->context : env->resource;
    case KNOWN_RESOURCE:        return env->resource ? env->resource : resource_of(env->context);
    case KNOWN_ROOT:            return root_of(env->resource ? env->resource : env->context);
    case KNOWN_QUESTIONNAIRE:   return env->questionnaire;
    case KNOWN_NONE:            break;
    }
    return NULL;
}

bool fp_variable(struct eval *ev, const struct expr *expr, struct fp_result *out)
{
    const struct fp_result *defined = find_defined(ev, expr->text);
    const struct fp_env *env = ev->env;

    if (defined) {
        fp_share(out, defined);
        return true;
    }
    if (expr->known != KNOWN_NONE) {
        fp_result_add_node(out, known_node(env, expr->known));
        return true;
    }
    if (env->variable && env->variable(env->ctx, expr->text, out))
        return true;
    return add_constant(expr->text, out) || fp_fail(ev, expr, "%%%.60s is not known here", expr->text);
}

/* A path that starts with a resource type names the resource at hand: the focus itself, else the
 * resource it lies in, else (for Patient) what the form was opened with. */
bool fp_type_start(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    char name[48];

    for (size_t i = 0; i < focus->n; i++)
        if (focus->value[i].kind == FP_NODE && fp_is_type(&focus->value[i], expr->text, false))
            fp_add(out, focus->value[i]);
    if (out->n > 0)
        return true;
    if (strcmp(node_str(ev->env->resource, "resourceType"), expr->text) == 0) {
        fp_result_add_node(out, ev->env->resource);
        return true;
    }
    snprintf(name, sizeof name, "%c%.40s", expr->text[0] | 0x20, expr->text + 1);
    return ev->env->variable && ev->env->variable(ev->env->ctx, name, out);
}
