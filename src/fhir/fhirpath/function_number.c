/* function_number.c - arithmetic on one number or quantity. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

/* The number the function is called on; *some is false when there is none. */
static bool number_of(struct eval *ev, const struct fp_result *list, const struct expr *call, bool *some, struct fp_value *out)
{
    const struct fp_value *item;

    *some = false;
    if (!fp_single(ev, call, list, &item))
        return false;
    if (!item)
        return true;
    *out = fp_simple(item);
    if (!fp_is_number(out) && out->kind != FP_QUANTITY)
        return fp_fail(ev, call, "a number was expected here, not %s", fp_value_type(item));
    out->node = NULL;
    *some = true;
    return true;
}

static bool number_argument(struct eval *ev, const struct expr *call, bool *some, struct decimal *out)
{
    struct fp_result argument;
    struct fp_value v;

    if (!fp_argument(ev, call, 0, &argument) || !number_of(ev, &argument, call, some, &v))
        return false;
    if (*some)
        *out = v.kind == FP_QUANTITY ? v.decimal : fp_decimal(&v);
    return true;
}

static bool call_abs(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;
    bool some;

    if (!number_of(ev, input, call, &some, &v))
        return false;
    if (!some)
        return true;
    if (v.kind == FP_INTEGER)
        v.integer = v.integer < 0 && v.integer != INT64_MIN ? -v.integer : v.integer;
    else
        v.decimal.negative = false;
    fp_add(out, v);
    return true;
}

/* ceiling(), floor() and truncate() give a whole number. */
static bool whole(struct eval *ev, const struct fp_result *input, const struct expr *call, enum decimal_way way, struct fp_result *out)
{
    struct fp_value v;
    struct decimal x;
    bool some;

    if (!number_of(ev, input, call, &some, &v))
        return false;
    if (!some)
        return true;
    if (v.kind == FP_QUANTITY) {
        v.decimal = decimal_round(v.decimal, 0, way);
    } else if (v.kind == FP_DECIMAL) {
        x = decimal_round(v.decimal, 0, way);
        if (!decimal_to_int(&x, &v.integer))
            return true;
        v.kind = FP_INTEGER;
    }
    fp_add(out, v);
    return true;
}

static bool call_ceiling(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return whole(ev, input, call, DECIMAL_UP, out);
}

static bool call_floor(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return whole(ev, input, call, DECIMAL_DOWN, out);
}

static bool call_truncate(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return whole(ev, input, call, DECIMAL_TO_ZERO, out);
}

static bool call_round(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct decimal places = decimal_from_int(0);
    struct fp_value v;
    int64_t n;
    bool some, given = true;

    if (!number_of(ev, input, call, &some, &v) || (call->arguments > 0 && !number_argument(ev, call, &given, &places)))
        return false;
    if (!some || !given)
        return true;
    if (!decimal_to_int(&places, &n) || n < 0 || n > 100)
        return fp_fail(ev, call, "round() takes a number of places, not below zero");
    if (v.kind == FP_INTEGER)
        v = (struct fp_value){.kind = FP_DECIMAL, .decimal = decimal_from_int(v.integer)};
    v.decimal = decimal_round(v.decimal, (int)n, DECIMAL_HALF_UP);
    fp_add(out, v);
    return true;
}

static bool one_number(struct eval *ev, const struct fp_result *input, const struct expr *call,
                       bool (*function)(const struct decimal *, struct decimal *), struct fp_result *out)
{
    struct fp_value v;
    struct decimal x, result;
    bool some;

    if (!number_of(ev, input, call, &some, &v))
        return false;
    if (!some)
        return true;
    x = v.kind == FP_QUANTITY ? v.decimal : fp_decimal(&v);
    if (function(&x, &result))
        fp_add_decimal(out, result);
    return true;
}

static bool call_exp(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return one_number(ev, input, call, decimal_exp, out);
}

static bool call_ln(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return one_number(ev, input, call, decimal_ln, out);
}

static bool call_sqrt(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return one_number(ev, input, call, decimal_sqrt, out);
}

static bool two_numbers(struct eval *ev, const struct fp_result *input, const struct expr *call, bool *both, struct fp_value *v, struct decimal *y)
{
    bool some, given;

    if (!number_of(ev, input, call, &some, v) || !number_argument(ev, call, &given, y))
        return false;
    *both = some && given;
    return true;
}

static bool call_log(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;
    struct decimal base, x, ln_x, ln_base, result;
    bool both;

    if (!two_numbers(ev, input, call, &both, &v, &base))
        return false;
    if (!both)
        return true;
    x = v.kind == FP_QUANTITY ? v.decimal : fp_decimal(&v);
    if (decimal_ln(&x, &ln_x) && decimal_ln(&base, &ln_base) && decimal_divide(&ln_x, &ln_base, &result))
        fp_add_decimal(out, decimal_trim(decimal_round(result, 24, DECIMAL_HALF_UP)));
    return true;
}

static bool call_power(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;
    struct decimal x, y, result;
    int64_t integer;
    bool both;

    if (!two_numbers(ev, input, call, &both, &v, &y))
        return false;
    if (!both)
        return true;
    x = v.kind == FP_QUANTITY ? v.decimal : fp_decimal(&v);
    if (!decimal_power(&x, &y, &result))
        return true;
    if (v.kind == FP_INTEGER && y.scale == 0 && decimal_to_int(&result, &integer))
        fp_add_integer(out, integer);
    else
        fp_add_decimal(out, result);
    return true;
}

const struct fp_function fp_functions_number[] = {
    {"abs", 0, 0, call_abs}, {"ceiling", 0, 0, call_ceiling}, {"exp", 0, 0, call_exp}, {"floor", 0, 0, call_floor}, {"ln", 0, 0, call_ln},
    {"log", 1, 1, call_log}, {"power", 1, 1, call_power}, {"round", 0, 1, call_round}, {"sqrt", 0, 0, call_sqrt},
    {"truncate", 0, 0, call_truncate}, {NULL, 0, 0, NULL},
};
