/* criterion.c - expressions as conditions: of where() and its like, and of the operators of logic. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

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

bool fp_sides(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *a, struct fp_result *b)
{
    struct fp_scope *scope = ev->scope;     /* what one side defines, the other does not see */
    bool done;

    *a = *b = fp_empty(ev);
    done = fp_eval(ev, expr->left, focus, a);
    ev->scope = scope;
    done = done && fp_eval(ev, expr->right, focus, b);
    ev->scope = scope;
    return done;
}

/* Conditions of both sides; the right one is left out when it cannot change the answer. */
bool fp_test_logic(struct eval *ev, const struct expr *expr, const struct fp_result *focus, enum fp_answer *out)
{
    enum fp_answer a, b = FP_UNKNOWN;
    struct fp_scope *scope = ev->scope;

    if (!fp_test(ev, expr->left, focus, &a))
        return false;
    ev->scope = scope;
    if (expr->op != OP_XOR && a == (expr->op == OP_OR ? FP_YES : FP_NO)) {
        *out = expr->op == OP_AND ? FP_NO : FP_YES;
        return true;
    }
    if (!fp_test(ev, expr->right, focus, &b))
        return false;
    ev->scope = scope;
    *out = fp_logic(expr->op, a, b);
    return true;
}

/* linkId = 'x' and its like, answered where the item has that member as plain text. */
static bool test_text(const struct expr *expr, const struct fp_result *focus, enum fp_answer *out)
{
    const char *text = focus->n == 1 ? fp_plain_member(&focus->value[0], expr->left) : NULL;

    if (text)
        *out = strcmp(text, expr->right->literal.string) == 0 ? FP_YES : FP_NO;
    return text != NULL;
}

/* The usual criteria need no list to be made for their answer. */
bool fp_test(struct eval *ev, const struct expr *expr, const struct fp_result *focus, enum fp_answer *out)
{
    struct fp_result a, b;

    if (expr->is_text_test && test_text(expr, focus, out))
        return fp_step(ev, expr);
    if (expr->kind == EXPR_BINARY && (expr->op == OP_EQUAL || expr->op == OP_NOT_EQUAL)) {
        if (!fp_step(ev, expr) || !fp_sides(ev, expr, focus, &a, &b))
            return false;
        *out = fp_lists_equal(&a, &b);
        if (*out != FP_UNKNOWN && expr->op == OP_NOT_EQUAL)
            *out = *out == FP_YES ? FP_NO : FP_YES;
        return true;
    }
    if (expr->kind == EXPR_BINARY && fp_is_logic(expr->op))
        return fp_step(ev, expr) && fp_test_logic(ev, expr, focus, out);
    a = fp_empty(ev);
    return fp_eval(ev, expr, focus, &a) && fp_condition(ev, expr, &a, out);
}

/* What evaluating it took is given back: only the answer is kept. */
bool fp_test_argument(struct eval *ev, const struct expr *call, size_t i, const struct fp_value *item, int64_t index, enum fp_answer *out)
{
    struct fp_result self = {.value = (struct fp_value *)(uintptr_t)item, .n = 1, .cap = 1, .arena = ev->arena};
    struct fp_scope *outer = ev->scope, scope = {.self = &self, .index = index, .total = outer->total, .outer = outer};
    struct arena mark = *ev->arena;
    bool done;

    ev->scope = &scope;
    done = fp_test(ev, call->argument[i], &self, out);
    ev->scope = outer;
    arena_release(ev->arena, &mark);
    return done;
}
