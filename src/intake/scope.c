/* scope.c - what names mean where an expression stands: variables by scope and repetition, the launch
 * context, the response of the moment. Variables are worked out once for each state of the answers. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "intake/model.h"

struct expression *variable_find(const struct item *from, const char *name, const struct item **where)
{
    for (const struct item *item = from; item; item = item->parent)
        for (size_t i = 0; i < item->n_variables; i++)
            if (!strcmp(item->variable[i]->name, name)) {
                *where = item;
                return item->variable[i];
            }
    return NULL;
}

void view_forget(struct form *form)
{
    struct view *view = form->view;

    for (size_t i = 0; i < view->n_cached; i++)
        fp_result_done(&view->cached[i].result);
    view->n_cached = 0;
    view->response_known = false;
}

struct scope { struct form *form; const struct inst *at; };

static bool result_copy(struct fp_result *out, const struct fp_result *from)
{
    for (size_t i = 0; i < from->n; i++)
        fp_result_add_copy(out, fp_result_at(from, i));
    return true;
}

/* The value of a variable in the scope of at. */
static bool variable_value(struct form *form, struct expression *e, const struct inst *at, struct fp_result *out)
{
    struct view *view = form->view;
    struct fp_result result = {0};
    size_t i;

    for (i = 0; i < view->n_cached; i++)
        if (view->cached[i].expression == e && view->cached[i].at == at)
            return !view->cached[i].is_busy && result_copy(out, &view->cached[i].result);
    if (!expression_can(form, e))
        return true;
    MEM_ROOM(view->cached, view->n_cached, view->cap_cached);
    i = view->n_cached++;
    view->cached[i] = (struct cached){ .expression = e, .at = at, .is_busy = true };
    expression_result(form, e, at, &result);
    view->cached[i].result = result;
    view->cached[i].is_busy = false;
    return result_copy(out, &result);
}

/* --- The launch context --- */

static const struct doc *launched_type(const struct form_context *context, const char *type)
{
    if (!strcmp(type, "Patient"))
        return context->patient;
    if (!strcmp(type, "Encounter"))
        return context->encounter;
    if (!strcmp(type, "Practitioner") || !strcmp(type, "PractitionerRole"))
        return context->user;
    return NULL;
}

/* A launchContext that gives this name to something: true, and what it is when this desk has it. */
static bool launch_declared(const struct form *form, const char *name, const struct doc **doc)
{
    for (const struct node *e = node_first(node_get(form->root->node, "extension")); e; e = node_next(e)) {
        bool is_named = false;
        const char *type = "";

        if (!strstr(node_str(e, "url"), "launchContext"))
            continue;
        for (const struct node *part = node_first(node_get(e, "extension")); part; part = node_next(part)) {
            const char *url = node_str(part, "url");

            is_named |= !strcmp(url, "name") && (!strcmp(node_path_str(part, "valueCoding.code"), name) || !strcmp(node_str(part, "valueId"), name));
            if (!strcmp(url, "type") && (!*type || !launched_type(&form->context, type)))
                type = node_str(part, "valueCode");
        }
        if (is_named) {
            *doc = launched_type(&form->context, type);
            return true;
        }
    }
    return false;
}

/* The names SDC gives to what a form is launched with hold also where the form does not declare them. */
static bool launch_context(const struct form *form, const char *name, struct fp_result *out)
{
    static const struct { const char *name, *type; } known[] = {
        { "patient", "Patient" }, { "subject", "Patient" }, { "encounter", "Encounter" }, { "user", "Practitioner" },
    };
    const struct doc *doc = NULL;
    bool is_known = launch_declared(form, name, &doc);

    for (size_t i = 0; i < sizeof known / sizeof *known && !doc; i++)
        if (!strcasecmp(known[i].name, name)) {
            doc = launched_type(&form->context, known[i].type);
            is_known = true;
        }
    if (doc)
        fp_result_add_node(out, doc_root(doc));
    return is_known;
}

/* Results of queries that travel with the form as contained Bundles (sourceQueries) are known by their id. */
static bool is_contained(const struct form *form, const char *name)
{
    for (const struct node *c = node_first(node_get(form->root->node, "contained")); c; c = node_next(c))
        if (!strcmp(node_str(c, "id"), name))
            return true;
    return false;
}

/* --- Evaluation in a scope --- */

static bool item_is_within(const struct item *item, const struct item *outer)
{
    while (item && item != outer)
        item = item->parent;
    return item != NULL;
}

static bool scope_variable(void *ctx, const char *name, struct fp_result *out)
{
    struct scope *scope = ctx;
    const struct item *where = NULL;
    struct expression *e = variable_find(scope->at->item, name, &where);
    const struct inst *at = scope->at, *bound = population_find(at, name);

    if (bound && (!e || !item_is_within(where, bound->item)))
        return result_copy(out, &bound->bound);
    if (e) {
        while (at->parent && at->item != where)
            at = at->parent;
        return variable_value(scope->form, e, at, out);
    }
    if (!strcmp(name, "QuestionnaireResponse")) {
        fp_result_add_node(out, response_now(scope->form));
        return true;
    }
    if (!strcmp(name, "qitem")) {
        fp_result_add_node(out, scope->at->item->node);
        return true;
    }
    return launch_context(scope->form, name, out) || source_queries(scope->form, name, out) || is_contained(scope->form, name);
}

bool scope_knows(struct form *form, const char *name)
{
    static const char *const names[] = { "QuestionnaireResponse", "qitem", "resource", "context", "rootResource", "questionnaire" };
    struct arena arena = {0};
    struct fp_result ignored = { .arena = &arena };
    bool known = launch_context(form, name, &ignored) || is_contained(form, name);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        known |= !strcmp(names[i], name);
    arena_done(&arena);
    return known;
}

static const struct node *scope_canonical(void *ctx, const char *url)
{
    struct scope *scope = ctx;
    const struct node *set = form_canonical(scope->form, "ValueSet", url);

    return set ? set : form_canonical(scope->form, "CodeSystem", url);
}

static bool scope_member(void *ctx, const char *url, const char *system, const char *code, bool *is_known)
{
    struct scope *scope = ctx;

    return value_set_has(scope->form, url, system, code, is_known);
}

enum rc scope_eval(struct form *form, const struct fhirpath *expression, const struct inst *at, struct fp_result *out, struct err *err)
{
    struct scope scope = { form, at };
    struct fp_env env = { .questionnaire = form->root->node, .variable = scope_variable, .canonical = scope_canonical, .member = scope_member, .ctx = &scope };

    env.resource = response_now(form);
    env.context = at->parent ? at->built : env.resource;
    return fhirpath_eval(expression, &env, out, err);
}
