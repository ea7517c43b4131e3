#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fhir/fhirpath/internal.h"

enum { STEPS_DEFAULT = 4000000, EVAL_DEPTH_MAX = 400, COMPARED_A_STEP = 16, MEMORY_MAX = 128 * 1024 * 1024 };

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

static size_t steps_allowed(const struct fp_env *env)
{
    return env->steps ? env->steps : STEPS_DEFAULT;
}

bool fp_step(struct eval *ev, const struct expr *expr)
{
    if (ev->steps == 0)
        return fp_fail(ev, expr, "the expression takes more than %zu steps", steps_allowed(ev->env));
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

int64_t fp_now_ms(struct eval *ev)
{
    if (ev->now_ms == 0)
        ev->now_ms = clock_now_ms();
    return ev->now_ms;
}

bool fp_single(struct eval *ev, const struct expr *expr, const struct fp_result *list, const struct fp_value **out)
{
    *out = list->n > 0 ? &list->value[0] : NULL;
    return list->n <= 1 || fp_fail(ev, expr, "one item was expected here, not %zu", list->n);
}

static bool is_logic(enum fp_operator op)
{
    return op == OP_AND || op == OP_OR || op == OP_XOR || op == OP_IMPLIES;
}

static bool is_false(const struct fp_value *item)
{
    if (item->kind == FP_NODE)
        return node_is(item->node, NODE_FALSE);
    return item->kind == FP_BOOLEAN && !item->boolean;
}

bool fp_condition(struct eval *ev, const struct expr *expr, const struct fp_result *list, enum fp_answer *out)
{
    const struct fp_value *item;

    *out = FP_UNKNOWN;
    if (!fp_single(ev, expr, list, &item))
        return false;
    if (item)
        *out = is_false(item) ? FP_NO : FP_YES;
    return true;
}

/* Both sides of an operator, in the scope of the whole. */
static bool eval_sides(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *a, struct fp_result *b)
{
    *a = *b = fp_empty(ev);
    return fp_eval(ev, expr->left, focus, a) && fp_eval(ev, expr->right, focus, b);
}

/* Conditions of both sides; the right one is left out when it cannot change the answer. */
static bool test_logic(struct eval *ev, const struct expr *expr, const struct fp_result *focus, enum fp_answer *out)
{
    enum fp_answer a, b = FP_UNKNOWN;

    if (!fp_test(ev, expr->left, focus, &a))
        return false;
    if (expr->op != OP_XOR && a == (expr->op == OP_OR ? FP_YES : FP_NO)) {
        *out = expr->op == OP_AND ? FP_NO : FP_YES;
        return true;
    }
    if (!fp_test(ev, expr->right, focus, &b))
        return false;
    *out = fp_logic(expr->op, a, b);
    return true;
}

/* The usual criteria need no list to be made for their answer. */
bool fp_test(struct eval *ev, const struct expr *expr, const struct fp_result *focus, enum fp_answer *out)
{
    struct fp_result a, b;

    if (expr->kind == EXPR_BINARY && (expr->op == OP_EQUAL || expr->op == OP_NOT_EQUAL)) {
        if (!fp_step(ev, expr) || !eval_sides(ev, expr, focus, &a, &b))
            return false;
        *out = fp_lists_equal(&a, &b);
        if (*out != FP_UNKNOWN && expr->op == OP_NOT_EQUAL)
            *out = *out == FP_YES ? FP_NO : FP_YES;
        return true;
    }
    if (expr->kind == EXPR_BINARY && is_logic(expr->op))
        return fp_step(ev, expr) && test_logic(ev, expr, focus, out);
    a = fp_empty(ev);
    return fp_eval(ev, expr, focus, &a) && fp_condition(ev, expr, &a, out);
}

/* What evaluating it took is given back: only the answer is kept. */
bool fp_test_argument(struct eval *ev, const struct expr *call, size_t i, const struct fp_value *item, int64_t index, enum fp_answer *out)
{
    struct fp_value copy = *item;
    struct fp_result self = {.value = &copy, .n = 1, .cap = 1, .arena = ev->arena};
    struct fp_scope *outer = ev->scope, scope = {.self = &self, .index = index, .total = outer->total, .outer = outer};
    struct arena mark = *ev->arena;
    bool done;

    ev->scope = &scope;
    done = fp_test(ev, call->argument[i], &self, out);
    ev->scope = outer;
    arena_release(ev->arena, &mark);
    return done;
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

/* What fp_walk() learns of a name belongs to its expression, which callers share as const. */
static struct expr *learning(const struct expr *expr)
{
    return (struct expr *)(uintptr_t)expr;
}

static bool eval_name(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    if (expr->is_type) {
        eval_type_start(ev, expr, focus, out);
        return true;
    }
    for (size_t i = 0; i < focus->n; i++) {
        if (!fp_step(ev, expr))
            return false;
        fp_walk(ev, out, &focus->value[i], learning(expr));
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

static bool eval_variable(struct eval *ev, const struct expr *expr, struct fp_result *out)
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

static bool eval_binary(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    struct fp_result a, b;
    enum fp_answer answer;

    if (!is_logic(expr->op))
        return eval_sides(ev, expr, focus, &a, &b) && fp_binary(ev, expr, &a, &b, out);
    if (!test_logic(ev, expr, focus, &answer))
        return false;
    if (answer != FP_UNKNOWN)
        fp_add_bool(out, answer == FP_YES);
    return true;
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
    case EXPR_LITERAL:  fp_share(out, &(struct fp_result){.value = &learning(expr)->literal, .n = 1}); return true;
    case EXPR_NAME:     return eval_name(ev, expr, focus, out);
    case EXPR_FUNCTION: return eval_function(ev, expr, focus, out);
    case EXPR_VARIABLE: return eval_variable(ev, expr, out);
    case EXPR_THIS:     fp_share(out, ev->scope->self); return true;
    case EXPR_INDEX:    if (ev->scope->index >= 0) fp_add_integer(out, ev->scope->index); return true;
    case EXPR_TOTAL:    if (ev->scope->total) fp_share(out, ev->scope->total); return true;
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
    if (ev->arena->held > MEMORY_MAX)
        return fp_fail(ev, expr, "the expression needs more than %d MB of memory", MEMORY_MAX / 1024 / 1024);
    return done;
}

enum rc fhirpath_eval(const struct fhirpath *expression, const struct fp_env *env, struct fp_result *out, struct err *err)
{
    struct fp_result self = {.arena = fp_memory_take()};
    struct fp_scope scope = {.self = &self, .index = -1};
    struct eval ev = {
        .env = env, .arena = self.arena, .err = err, .steps = steps_allowed(env), .strict = expression->strict, .scope = &scope,
        .kept = &((struct fhirpath *)(uintptr_t)expression)->arena,
    };

    *out = fp_empty(&ev);
    fp_result_add_node(&self, env->context ? env->context : env->resource);
    if (fp_eval(&ev, expression->root, &self, out))
        return RC_OK;
    fp_result_done(out);
    return RC_INVALID;
}
