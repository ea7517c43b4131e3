#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fhir/fhirpath/internal.h"

enum { STEPS_DEFAULT = 2000000, EVAL_DEPTH_MAX = 400, COMPARED_A_STEP = 16, MEMORY_MAX = 64 * 1024 * 1024 };

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

bool fp_too_long(struct eval *ev, const struct expr *expr)
{
    ev->steps = 0;
    return fp_fail(ev, expr, "the expression takes more than %zu steps", steps_allowed(ev->env));
}

static bool has_room(struct eval *ev, const struct expr *expr)
{
    return ev->arena->held <= MEMORY_MAX || fp_fail(ev, expr, "the expression needs more than %d MB of memory", MEMORY_MAX / 1024 / 1024);
}

bool fp_room(struct eval *ev, const struct expr *expr)
{
    return has_room(ev, expr) && fp_step(ev, expr);
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

bool fp_argument(struct eval *ev, const struct expr *call, size_t i, struct fp_result *out)
{
    struct fp_scope *scope = ev->scope;
    bool done;

    *out = fp_empty(ev);
    done = fp_eval(ev, call->argument[i], scope->self, out);
    ev->scope = scope;
    return done;
}

bool fp_argument_for(struct eval *ev, const struct expr *call, size_t i, const struct fp_value *item, int64_t index,
                     struct fp_result *out)
{
    return fp_for_item(ev, call->argument[i], item, index, out);
}

bool fp_for_item(struct eval *ev, const struct expr *expr, const struct fp_value *item, int64_t index, struct fp_result *out)
{
    struct fp_result self = {.value = (struct fp_value *)(uintptr_t)item, .n = 1, .cap = 1, .arena = ev->arena};
    struct fp_scope *outer = ev->scope, scope = {.self = &self, .index = index, .total = outer->total, .outer = outer};
    bool done;

    *out = fp_empty(ev);
    ev->scope = &scope;
    done = fp_eval(ev, expr, &self, out);
    ev->scope = outer;
    return done;
}

/* What fp_walk() learns of a name belongs to its expression, which callers share as const. */
static struct expr *learning(const struct expr *expr)
{
    return (struct expr *)(uintptr_t)expr;
}

static __attribute__((noinline)) bool eval_name(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    if (expr->is_type) {
        fp_type_start(ev, expr, focus, out);
        return true;
    }
    if (out->n == 0)
        fp_expect(out, focus->n + focus->n / 2 + 2);    /* some names stand for more than one element */
    for (size_t i = 0; i < focus->n; i++) {
        if (!fp_step(ev, expr))
            return false;
        fp_walk(ev, out, &focus->value[i], learning(expr));
    }
    return true;
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

    if (!fp_is_logic(expr->op))
        return fp_sides(ev, expr, focus, &a, &b) && fp_binary(ev, expr, &a, &b, out);
    if (!fp_test_logic(ev, expr, focus, &answer))
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

/* Apart, so that its many locals are no burden on fp_eval(). */
static __attribute__((noinline)) bool eval_compound(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    switch (expr->kind) {
    case EXPR_FUNCTION: return eval_function(ev, expr, focus, out);
    case EXPR_VARIABLE: return fp_variable(ev, expr, out);
    case EXPR_PATH:     return eval_path(ev, expr, focus, out);
    case EXPR_INDEXER:  return eval_indexer(ev, expr, focus, out);
    case EXPR_UNARY:    return eval_unary(ev, expr, focus, out);
    case EXPR_BINARY:   return eval_binary(ev, expr, focus, out);
    case EXPR_IS:
    case EXPR_AS:       return eval_type_test(ev, expr, focus, out);
    default:            return fp_fail(ev, expr, "this cannot be evaluated");
    }
}

/* What ends the way down is answered here, at no cost of a call. */
bool fp_eval(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out)
{
    bool done;

    if (!fp_step(ev, expr))
        return false;
    switch (expr->kind) {
    case EXPR_EMPTY:    return true;
    case EXPR_LITERAL:  fp_share_items(out, &learning(expr)->literal, 1); return true;
    case EXPR_THIS:     fp_share(out, ev->scope->self); return true;
    case EXPR_TOTAL:    if (ev->scope->total) fp_share(out, ev->scope->total); return true;
    case EXPR_INDEX:    if (ev->scope->index >= 0) fp_add_integer(out, ev->scope->index); return true;
    case EXPR_NAME:     return eval_name(ev, expr, focus, out);
    default:            break;
    }
    if (++ev->depth > EVAL_DEPTH_MAX)
        return fp_fail(ev, expr, "the expression is nested too deeply");
    done = eval_compound(ev, expr, focus, out);
    ev->depth--;
    return has_room(ev, expr) && done;
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
