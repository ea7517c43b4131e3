#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fhir/fhirpath/internal.h"

enum { STEPS_DEFAULT = 4000000, EVAL_DEPTH_MAX = 400, COMPARED_A_STEP = 16 };

bool fp_fail(struct eval *ev, const struct expr *expr, const char *fmt, ...)
{
    char why[300];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    err_set(ev->err, RC_INVALID, "at character %zu: %s", expr->at + 1, why);
    return false;
}

bool fp_step(struct eval *ev, const struct expr *expr)
{
    if (ev->steps == 0)
        return fp_fail(ev, expr, "the expression takes too many steps");
    ev->steps--;
    return true;
}

bool fp_has(struct eval *ev, const struct expr *expr, const struct fp_result *list, const struct fp_value *value, bool *out)
{
    *out = false;
    for (size_t i = 0; i < list->n && !*out; i++) {
        if (i % COMPARED_A_STEP == 0 && !fp_step(ev, expr))
            return false;
        *out = fp_equal(&list->value[i], value) == FP_YES;
    }
    return true;
}

struct fp_result fp_empty(const struct eval *ev)
{
    return (struct fp_result){.arena = ev->arena};
}

bool fp_single(struct eval *ev, const struct expr *expr, const struct fp_result *list, const struct fp_value **out)
{
    *out = list->n > 0 ? &list->value[0] : NULL;
    return list->n <= 1 || fp_fail(ev, expr, "one item was expected here, not %zu", list->n);
}

bool fp_condition(struct eval *ev, const struct expr *expr, const struct fp_result *list, enum fp_answer *out)
{
    const struct fp_value *item;
    struct fp_value simple;

    *out = FP_UNKNOWN;
    if (!fp_single(ev, expr, list, &item))
        return false;
    if (item) {
        simple = fp_simple(item);
        *out = simple.kind != FP_BOOLEAN || simple.boolean ? FP_YES : FP_NO;
    }
    return true;
}

bool fp_argument(struct eval *ev, const struct expr *call, size_t i, struct fp_result *out)
{
    *out = fp_empty(ev);
    return fp_eval(ev, call->argument[i], ev->scope->self, out);
}

bool fp_argument_for(struct eval *ev, const struct expr *call, size_t i, const struct fp_value *item, int64_t index,
                     struct fp_result *out)
{
    struct fp_result self = fp_empty(ev);
    struct fp_scope *outer = ev->scope, scope = {.self = &self, .index = index, .total = outer->total, .outer = outer};
    bool done;

    fp_add(&self, *item);
    *out = fp_empty(ev);
    ev->scope = &scope;
    done = fp_eval(ev, call->argument[i], &self, out);
    ev->scope = outer;
    return done;
}

/* A path that starts with a resource type names the resource at hand: the focus itself, else the
 * resource it lies in, else (for Patient) what the form was opened with. */
static bool eval_type_start(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
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

static bool eval_name(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    if (expr->is_start && expr->text[0] >= 'A' && expr->text[0] <= 'Z' && fp_type_known(expr->text)) {
        eval_type_start(ev, expr, focus, out);
        return true;
    }
    for (size_t i = 0; i < focus->n; i++) {
        if (!fp_step(ev, expr))
            return false;
        fp_children(out, &focus->value[i], expr->text);
    }
    return true;
}

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

static bool eval_variable(struct eval *ev, const struct expr *expr, struct fp_result *out)
{
    const struct fp_result *defined = find_defined(ev, expr->text);
    const struct fp_env *env = ev->env;
    const struct { const char *name; const struct node *node; } nodes[] = {
        {"context", env->context ? env->context : env->resource}, {"resource", env->resource},
        {"rootResource", root_of(env->resource ? env->resource : env->context)}, {"questionnaire", env->questionnaire},
    };

    if (defined) {
        fp_add_all(out, defined);
        return true;
    }
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        if (strcmp(nodes[i].name, expr->text) == 0) {
            const struct node *node = nodes[i].node;
            fp_result_add_node(out, node || i != 1 ? node : resource_of(env->context));
            return true;
        }
    if (env->variable && env->variable(env->ctx, expr->text, out))
        return true;
    return add_constant(expr->text, out) || fp_fail(ev, expr, "%%%.60s is not known here", expr->text);
}

static bool eval_path(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    struct fp_result left = fp_empty(ev);

    return fp_eval(ev, expr->left, focus, &left) && fp_eval(ev, expr->right, &left, out);
}

static bool eval_indexer(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    struct fp_result left = fp_empty(ev), right = fp_empty(ev);
    const struct fp_value *item;
    struct fp_value index;

    if (!fp_eval(ev, expr->left, focus, &left) || !fp_eval(ev, expr->right, ev->scope->self, &right) ||
        !fp_single(ev, expr, &right, &item))
        return false;
    if (!item)
        return true;
    index = fp_simple(item);
    if (index.kind != FP_INTEGER)
        return fp_fail(ev, expr, "an index has to be a whole number");
    if (index.integer >= 0 && (uint64_t)index.integer < left.n)
        fp_add(out, left.value[index.integer]);
    return true;
}

static bool eval_unary(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    struct fp_result right = fp_empty(ev);
    const struct fp_value *item;
    struct fp_value v;

    if (!fp_eval(ev, expr->right, focus, &right) || !fp_single(ev, expr, &right, &item))
        return false;
    if (!item)
        return true;
    v = fp_simple(item);
    if (!fp_is_number(&v) && v.kind != FP_QUANTITY)
        return fp_fail(ev, expr, "only a number has a sign");
    if (expr->op == OP_SUBTRACT && v.kind == FP_INTEGER)
        v.integer = v.integer == INT64_MIN ? v.integer : -v.integer;
    else if (expr->op == OP_SUBTRACT)
        v.decimal = decimal_negate(v.decimal);
    v.node = NULL;
    fp_add(out, v);
    return true;
}

/* Both sides, each in the scope of the whole; a side that cannot change a boolean is left out. */
static bool eval_binary(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    struct fp_result a = fp_empty(ev), b = fp_empty(ev);
    enum fp_answer left;

    if (!fp_eval(ev, expr->left, focus, &a))
        return false;
    if (expr->op == OP_AND || expr->op == OP_OR || expr->op == OP_IMPLIES) {
        if (!fp_condition(ev, expr->left, &a, &left))
            return false;
        if (left == (expr->op == OP_OR ? FP_YES : FP_NO)) {
            fp_add_bool(out, expr->op != OP_AND);
            return true;
        }
    }
    return fp_eval(ev, expr->right, focus, &b) && fp_binary(ev, expr, &a, &b, out);
}

static bool eval_function(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    return expr->function->call(ev, focus, expr, out);
}

static bool eval_type_test(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    struct fp_result left = fp_empty(ev);

    if (!fp_eval(ev, expr->left, focus, &left))
        return false;
    return expr->kind == EXPR_IS ? fp_is(ev, expr, &left, expr->text, out) : fp_as(ev, expr, &left, expr->text, out);
}

static bool eval_kind(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    switch (expr->kind) {
    case EXPR_EMPTY:    return true;
    case EXPR_LITERAL:  fp_add(out, expr->literal); return true;
    case EXPR_NAME:     return eval_name(ev, expr, focus, out);
    case EXPR_FUNCTION: return eval_function(ev, expr, focus, out);
    case EXPR_VARIABLE: return eval_variable(ev, expr, out);
    case EXPR_THIS:     fp_add_all(out, ev->scope->self); return true;
    case EXPR_INDEX:    if (ev->scope->index >= 0) fp_add_integer(out, ev->scope->index); return true;
    case EXPR_TOTAL:    if (ev->scope->total) fp_add_all(out, ev->scope->total); return true;
    case EXPR_PATH:     return eval_path(ev, expr, focus, out);
    case EXPR_INDEXER:  return eval_indexer(ev, expr, focus, out);
    case EXPR_UNARY:    return eval_unary(ev, expr, focus, out);
    case EXPR_BINARY:   return eval_binary(ev, expr, focus, out);
    case EXPR_IS:
    case EXPR_AS:       return eval_type_test(ev, expr, focus, out);
    }
    return fp_fail(ev, expr, "this cannot be evaluated");
}

bool fp_eval(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    bool done;

    if (!fp_step(ev, expr))
        return false;
    if (++ev->depth > EVAL_DEPTH_MAX)
        return fp_fail(ev, expr, "the expression is nested too deeply");
    done = eval_kind(ev, expr, focus, out);
    ev->depth--;
    return done;
}

enum rc fhirpath_eval(const struct fhirpath *expression, const struct fp_env *env, struct fp_result *out, struct err *err)
{
    struct fp_result self = {.arena = mem_alloc(sizeof *self.arena)};
    struct fp_scope scope = {.self = &self, .index = -1};
    struct eval ev = {
        .env = env, .arena = self.arena, .err = err, .steps = env->steps ? env->steps : STEPS_DEFAULT,
        .now_ms = clock_now_ms(), .strict = expression->strict, .scope = &scope,
    };

    *out = fp_empty(&ev);
    fp_result_add_node(&self, env->context ? env->context : env->resource);
    if (fp_eval(&ev, expression->root, &self, out))
        return RC_OK;
    fp_result_done(out);
    return RC_INVALID;
}
