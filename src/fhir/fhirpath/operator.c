#include <string.h>

#include "fhir/fhirpath/internal.h"

/* Item by item; unknown when one of them is empty. */
enum fp_answer fp_lists_equal(const struct fp_result *a, const struct fp_result *b)
{
    enum fp_answer all = FP_YES;

    if (a->n == 0 || b->n == 0)
        return FP_UNKNOWN;
    if (a->n != b->n)
        return FP_NO;
    for (size_t i = 0; i < a->n; i++) {
        enum fp_answer one = fp_equal(&a->value[i], &b->value[i]);
        if (one != FP_YES)
            all = one == FP_NO || all == FP_NO ? FP_NO : FP_UNKNOWN;
    }
    return all;
}

/* Same items in any order. */
static bool collections_equivalent(const struct eval *ev, const struct fp_result *a, const struct fp_result *b)
{
    bool *used;

    if (a->n != b->n)
        return false;
    used = arena_alloc(ev->arena, a->n + 1);
    memset(used, 0, a->n + 1);
    for (size_t i = 0; i < a->n; i++) {
        size_t k = 0;
        while (k < b->n && (used[k] || !fp_equivalent(&a->value[i], &b->value[k])))
            k++;
        if (k == b->n)
            return false;
        used[k] = true;
    }
    return true;
}

static bool do_equal(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    enum fp_answer answer = fp_lists_equal(a, b);

    (void)ev;
    if (answer != FP_UNKNOWN)
        fp_add_bool(out, (answer == FP_YES) == (expr->op == OP_EQUAL));
    return true;
}

static bool do_equivalent(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    fp_add_bool(out, collections_equivalent(ev, a, b) == (expr->op == OP_EQUIVALENT));
    return true;
}

static bool do_order(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    const struct fp_value *x, *y;
    bool unknown;
    int order;

    if (!fp_single(ev, expr, a, &x) || !fp_single(ev, expr, b, &y))
        return false;
    if (!x || !y)
        return true;
    if (!fp_compare(x, y, &order, &unknown))
        return fp_fail(ev, expr, "%s and %s have no order", fp_value_type(x), fp_value_type(y));
    if (!unknown)
        fp_add_bool(out, expr->op == OP_LESS ? order < 0 : expr->op == OP_LESS_EQUAL ? order <= 0
                       : expr->op == OP_GREATER ? order > 0 : order >= 0);
    return true;
}

enum fp_answer fp_logic(enum fp_operator op, enum fp_answer a, enum fp_answer b)
{
    /* rows and columns: no, yes, unknown */
    static const enum fp_answer tables[][3][3] = {
        {{FP_NO, FP_NO, FP_NO}, {FP_NO, FP_YES, FP_UNKNOWN}, {FP_NO, FP_UNKNOWN, FP_UNKNOWN}},
        {{FP_NO, FP_YES, FP_UNKNOWN}, {FP_YES, FP_YES, FP_YES}, {FP_UNKNOWN, FP_YES, FP_UNKNOWN}},
        {{FP_NO, FP_YES, FP_UNKNOWN}, {FP_YES, FP_NO, FP_UNKNOWN}, {FP_UNKNOWN, FP_UNKNOWN, FP_UNKNOWN}},
        {{FP_YES, FP_YES, FP_YES}, {FP_NO, FP_YES, FP_UNKNOWN}, {FP_UNKNOWN, FP_YES, FP_UNKNOWN}},
    };

    return tables[op == OP_AND ? 0 : op == OP_OR ? 1 : op == OP_XOR ? 2 : 3][a][b];
}

static bool do_membership(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    const struct fp_result *list = expr->op == OP_IN ? b : a;
    const struct fp_value *item;
    bool has;

    if (!fp_single(ev, expr, expr->op == OP_IN ? a : b, &item))
        return false;
    if (!item)
        return true;
    if (!fp_has(ev, expr, list, item, &has))
        return false;
    fp_add_bool(out, has);
    return true;
}

static bool do_union(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    return fp_add_new(ev, expr, a, out) && fp_add_new(ev, expr, b, out);
}

static bool do_join(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    const struct fp_value *x, *y;
    struct buf text = {0};

    if (!fp_single(ev, expr, a, &x) || !fp_single(ev, expr, b, &y))
        return false;
    if (x)
        fp_value_text(&text, x);
    if (y)
        fp_value_text(&text, y);
    return fp_take_text(ev, expr, &text, out);
}

static bool is_moment(const struct fp_value *v)
{
    return v->kind == FP_DATE || v->kind == FP_DATETIME || v->kind == FP_TIME;
}

/* Date plus or minus a quantity of time: whole units only, fractions are dropped. */
static bool moment_arithmetic(struct eval *ev, const struct expr *expr, struct fp_value a, const struct fp_value *b, struct fp_result *out)
{
    struct decimal amount = b->decimal;
    enum moment_unit unit = MOMENT_DAYS;
    bool is_calendar;
    int64_t count;

    if (b->kind != FP_QUANTITY || !unit_of_time(b->string, &unit, &is_calendar))
        return fp_fail(ev, expr, "only an amount of time can be added to or taken from a date or time");
    if (ev->strict && !is_calendar && !b->node && (unit == MOMENT_YEARS || unit == MOMENT_MONTHS))
        return fp_fail(ev, expr, "'%s' is no year or month of the calendar", b->string);
    if (unit == MOMENT_SECONDS && amount.scale > 0) {
        unit = MOMENT_MILLISECONDS;
        amount.scale -= amount.scale < 3 ? amount.scale : 3;
        for (int k = b->decimal.scale; k < 3; k++) {
            struct decimal ten = decimal_from_int(10);
            if (!decimal_multiply(&amount, &ten, &amount))
                return true;
        }
    }
    amount = decimal_round(amount, 0, DECIMAL_TO_ZERO);
    if (!decimal_to_int(&amount, &count) || count == INT64_MIN)
        return true;
    a.node = NULL;
    if (moment_add(&a.moment, expr->op == OP_SUBTRACT ? -count : count, unit, a.kind == FP_TIME))
        fp_add(out, a);
    return true;
}

static bool integer_arithmetic(enum fp_operator op, int64_t a, int64_t b, struct fp_result *out)
{
    int64_t result = 0;
    bool none;

    switch (op) {
    case OP_ADD:        none = __builtin_add_overflow(a, b, &result); break;
    case OP_SUBTRACT:   none = __builtin_sub_overflow(a, b, &result); break;
    case OP_MULTIPLY:   none = __builtin_mul_overflow(a, b, &result); break;
    case OP_DIV:        none = b == 0 || b == -1; result = none ? -a : a / b; none = none && (b == 0 || a == INT64_MIN); break;
    default:            none = b == 0; result = none || b == -1 ? 0 : a % b; break;
    }
    if (!none)
        fp_add_integer(out, result);
    return true;
}

/* Numbers; results that cannot be (division by zero, too many digits) are empty. */
static bool decimal_arithmetic(enum fp_operator op, const struct decimal *a, const struct decimal *b, struct decimal *out)
{
    struct decimal whole;

    switch (op) {
    case OP_ADD:        return decimal_add(a, b, out);
    case OP_SUBTRACT:   return decimal_subtract(a, b, out);
    case OP_MULTIPLY:   return decimal_multiply(a, b, out);
    case OP_DIVIDE:     return decimal_divide(a, b, out);
    default:            break;
    }
    if (!decimal_divide(a, b, &whole))
        return false;
    whole = decimal_round(whole, 0, DECIMAL_TO_ZERO);
    if (op == OP_DIV) {
        *out = whole;
        return true;
    }
    return decimal_multiply(&whole, b, &whole) && decimal_subtract(a, &whole, out);
}

static bool number_arithmetic(const struct expr *expr, const struct fp_value *x, const struct fp_value *y, struct fp_result *out)
{
    struct decimal a = fp_decimal(x), b = fp_decimal(y), result;
    int64_t whole;

    if (x->kind == FP_INTEGER && y->kind == FP_INTEGER && expr->op != OP_DIVIDE)
        return integer_arithmetic(expr->op, x->integer, y->integer, out);
    if (!decimal_arithmetic(expr->op, &a, &b, &result))
        return true;
    if (expr->op == OP_DIV && decimal_to_int(&result, &whole))
        fp_add_integer(out, whole);
    else
        fp_add_decimal(out, result);
    return true;
}

static bool quantity_arithmetic(struct eval *ev, const struct expr *expr, const struct fp_value *x, const struct fp_value *y, struct fp_result *out)
{
    const char *unit_x = x->kind == FP_QUANTITY ? x->string : "1", *unit_y = y->kind == FP_QUANTITY ? y->string : "1";
    struct fp_value result = {.kind = FP_QUANTITY, .string = unit_x};
    struct decimal a = x->kind == FP_QUANTITY ? x->decimal : fp_decimal(x), b = y->kind == FP_QUANTITY ? y->decimal : fp_decimal(y);
    char unit[128];

    if (expr->op == OP_MULTIPLY || expr->op == OP_DIVIDE) {
        if (expr->op == OP_DIVIDE && decimal_is_zero(&b))
            return true;
        if (!unit_multiply(&a, unit_x, &b, unit_y, expr->op == OP_DIVIDE, &result.decimal, unit, sizeof unit))
            return fp_fail(ev, expr, "these units cannot be combined here");
        result.string = arena_dup_n(ev->arena, unit, strlen(unit));
        fp_add(out, result);
    } else if (unit_convert(&b, unit_y, unit_x, &b) && decimal_arithmetic(expr->op, &a, &b, &result.decimal)) {
        fp_add(out, result);
    }
    return true;
}

static bool long_arithmetic(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    const struct fp_value *left, *right;
    struct fp_value x, y;

    if (!fp_single(ev, expr, a, &left) || !fp_single(ev, expr, b, &right))
        return false;
    if (!left || !right)
        return true;
    x = fp_simple(left);
    y = fp_simple(right);
    if (fp_is_number(&x) && fp_is_number(&y))
        return number_arithmetic(expr, &x, &y, out);
    if (is_moment(&x) && (expr->op == OP_ADD || expr->op == OP_SUBTRACT))
        return moment_arithmetic(ev, expr, x, &y, out);
    if (x.kind == FP_STRING && y.kind == FP_STRING && expr->op == OP_ADD)
        return do_join(ev, expr, a, b, out);
    if ((x.kind == FP_QUANTITY || fp_is_number(&x)) && (y.kind == FP_QUANTITY || fp_is_number(&y)) && expr->op != OP_DIV && expr->op != OP_MOD)
        return quantity_arithmetic(ev, expr, &x, &y, out);
    return fp_fail(ev, expr, "this cannot be done with %s and %s", fp_value_type(left), fp_value_type(right));
}

static bool do_arithmetic(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    return (a->n == 1 && b->n == 1 && fp_short_arithmetic(expr->op, &a->value[0], &b->value[0], out)) ||
           long_arithmetic(ev, expr, a, b, out);
}

bool fp_binary(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out)
{
    switch (expr->op) {
    case OP_EQUAL:
    case OP_NOT_EQUAL:      return do_equal(ev, expr, a, b, out);
    case OP_EQUIVALENT:
    case OP_NOT_EQUIVALENT: return do_equivalent(ev, expr, a, b, out);
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL:  return do_order(ev, expr, a, b, out);
    case OP_IN:
    case OP_CONTAINS:       return do_membership(ev, expr, a, b, out);
    case OP_UNION:          return do_union(ev, expr, a, b, out);
    case OP_JOIN:           return do_join(ev, expr, a, b, out);
    default:                return do_arithmetic(ev, expr, a, b, out);
    }
}

bool fp_is(struct eval *ev, const struct expr *expr, const struct fp_result *input, const char *type, struct fp_result *out)
{
    const struct fp_value *item;

    if (!fp_single(ev, expr, input, &item))
        return false;
    if (!fp_type_known(type))
        return fp_fail(ev, expr, "there is no type %.60s", type);
    if (item)
        fp_add_bool(out, fp_is_type(item, type, false));
    return true;
}

/* "All primitives are considered to be independent types (so markdown is not a subclass of string)":
 * FHIR R4, FHIRPath, ofType(). Real forms ask for string and mean texts of all kinds. */
bool fp_of_type(struct eval *ev, const struct expr *expr, const struct fp_result *input, const char *type, struct fp_result *out)
{
    if (!fp_type_known(type))
        return fp_fail(ev, expr, "there is no type %.60s", type);
    for (size_t i = 0; i < input->n; i++)
        if (fp_is_type(&input->value[i], type, ev->strict))
            fp_add(out, input->value[i]);
    return true;
}

bool fp_as(struct eval *ev, const struct expr *expr, const struct fp_result *input, const char *type, struct fp_result *out)
{
    const struct fp_value *item;

    return (!ev->strict || fp_single(ev, expr, input, &item)) && fp_of_type(ev, expr, input, type, out);
}
