/* function_convert.c - toX() and convertsToX(), and type(). */
#include <stdlib.h>
#include <string.h>

#include "fhir/fhirpath/internal.h"

static bool to_boolean(const struct fp_value *v, struct fp_value *out)
{
    static const char *const yes[] = {"true", "t", "yes", "y", "1", "1.0"}, *const no[] = {"false", "f", "no", "n", "0", "0.0"};
    struct decimal x, one = decimal_from_int(1);

    if (fp_is_number(v)) {
        x = fp_decimal(v);
        out->boolean = !decimal_is_zero(&x);
        return !out->boolean || decimal_compare(&x, &one) == 0;
    }
    for (size_t i = 0; v->kind == FP_STRING && i < sizeof yes / sizeof *yes; i++) {
        out->boolean = strcasecmp(v->string, yes[i]) == 0;
        if (out->boolean || strcasecmp(v->string, no[i]) == 0)
            return true;
    }
    return false;
}

static bool to_integer(const struct fp_value *v, struct fp_value *out)
{
    struct decimal x;

    if (v->kind == FP_BOOLEAN) {
        out->integer = v->boolean;
        return true;
    }
    return v->kind == FP_STRING && !strpbrk(v->string, ".eE") && decimal_parse(v->string, &x) && decimal_to_int(&x, &out->integer);
}

static bool to_decimal(const struct fp_value *v, struct fp_value *out)
{
    if (v->kind == FP_BOOLEAN) {
        out->decimal = (struct decimal){.limb = {v->boolean ? 10 : 0}, .scale = 1};
        return true;
    }
    if (v->kind == FP_INTEGER) {
        out->decimal = decimal_from_int(v->integer);
        return true;
    }
    return v->kind == FP_STRING && !strpbrk(v->string, "eE") && decimal_parse(v->string, &out->decimal);
}

static bool to_moment(const struct fp_value *v, enum fp_kind to, struct fp_value *out)
{
    bool datetime;

    if (v->kind == FP_STRING && to == FP_TIME)
        return moment_parse_time(v->string, &out->moment);
    if (v->kind == FP_STRING) {
        if (!moment_parse(v->string, &out->moment, &datetime))
            return false;
        if (to == FP_DATE && out->moment.precision > MOMENT_DAY)
            out->moment.precision = MOMENT_DAY;
        return true;
    }
    if (v->kind != FP_DATE && v->kind != FP_DATETIME)
        return false;
    out->moment = v->moment;
    if (to == FP_DATE && out->moment.precision > MOMENT_DAY)
        out->moment.precision = MOMENT_DAY;
    return to != FP_TIME;
}

/* "4 days", "1.5 'mg'", "12". */
static bool to_quantity(const struct fp_value *v, struct arena *arena, struct fp_value *out)
{
    size_t digits, len;
    const char *unit;
    char *number;
    enum moment_unit known;
    bool good;

    out->string = "1";
    if (v->kind != FP_STRING) {
        if (v->kind == FP_BOOLEAN)
            out->decimal = (struct decimal){.limb = {v->boolean ? 10 : 0}, .scale = 1};
        else if (fp_is_number(v))
            out->decimal = fp_decimal(v);
        return v->kind == FP_BOOLEAN || fp_is_number(v);
    }
    digits = strspn(v->string, "+-0123456789.");
    number = mem_dup_n(v->string, digits);
    good = decimal_parse(number, &out->decimal);
    free(number);
    unit = v->string + digits + strspn(v->string + digits, " ");
    len = strlen(unit);
    if (!good || len == 0)
        return good;
    if (unit[0] == '\'' && len > 2 && unit[len - 1] == '\'' && arena)
        out->string = arena_dup_n(arena, unit + 1, len - 2);
    else
        out->string = unit;
    return unit[0] == '\'' ? len > 2 && unit[len - 1] == '\'' : unit_calendar(unit, &known);
}

bool fp_convert(const struct fp_value *from, enum fp_kind to, struct arena *arena, struct fp_value *out)
{
    struct fp_value v = fp_simple(from);

    *out = (struct fp_value){.kind = to};
    if (v.kind == to && to != FP_DATE) {
        *out = v;
        out->node = NULL;
        return true;
    }
    switch (to) {
    case FP_BOOLEAN:    return to_boolean(&v, out);
    case FP_INTEGER:    return to_integer(&v, out);
    case FP_DECIMAL:    return to_decimal(&v, out);
    case FP_DATE:
    case FP_DATETIME:
    case FP_TIME:       return to_moment(&v, to, out);
    case FP_QUANTITY:   return to_quantity(&v, arena, out);
    case FP_STRING:
        if (v.kind == FP_NODE || !arena)
            return false;
        out->string = fp_text(arena, &v);
        return true;
    default:            return false;
    }
}

/* toInteger -> FP_INTEGER; the same rows serve convertsToInteger. */
static const struct { const char *name; enum fp_kind kind; } targets[] = {
    {"Boolean", FP_BOOLEAN}, {"Integer", FP_INTEGER}, {"Decimal", FP_DECIMAL}, {"String", FP_STRING}, {"Date", FP_DATE},
    {"DateTime", FP_DATETIME}, {"Time", FP_TIME}, {"Quantity", FP_QUANTITY},
};

static enum fp_kind target_of(const char *name)
{
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (strcmp(targets[i].name, name) == 0)
            return targets[i].kind;
    return FP_NODE;
}

/* toQuantity('unit') converts to that unit as well. */
static bool to_unit(struct eval *ev, const struct expr *call, struct fp_value *v)
{
    struct fp_result argument;
    const char *unit;

    if (!fp_argument(ev, call, 0, &argument) || argument.n != 1)
        return false;
    unit = fp_text(ev->arena, &argument.value[0]);
    if (!unit_convert(&v->decimal, v->string, unit, &v->decimal))
        return false;
    v->string = unit;
    return true;
}

static bool call_to(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const struct fp_value *item;
    struct fp_value v;

    if (!fp_single(ev, call, input, &item))
        return false;
    if (item && fp_convert(item, target_of(call->text + strlen("to")), ev->arena, &v) && (call->arguments == 0 || to_unit(ev, call, &v)))
        fp_add(out, v);
    return true;
}

static bool call_converts_to(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const struct fp_value *item;
    struct fp_value v;

    if (!fp_single(ev, call, input, &item))
        return false;
    if (item)
        fp_add_bool(out, fp_convert(item, target_of(call->text + strlen("convertsTo")), ev->arena, &v) && (call->arguments == 0 || to_unit(ev, call, &v)));
    return true;
}

const struct fp_function fp_functions_convert[] = {
    {"toBoolean", 0, 0, call_to}, {"toInteger", 0, 0, call_to}, {"toDecimal", 0, 0, call_to}, {"toString", 0, 0, call_to}, {"toDate", 0, 0, call_to},
    {"toDateTime", 0, 0, call_to}, {"toTime", 0, 0, call_to}, {"toQuantity", 0, 1, call_to},
    {"convertsToBoolean", 0, 0, call_converts_to}, {"convertsToInteger", 0, 0, call_converts_to}, {"convertsToDecimal", 0, 0, call_converts_to},
    {"convertsToString", 0, 0, call_converts_to}, {"convertsToDate", 0, 0, call_converts_to}, {"convertsToDateTime", 0, 0, call_converts_to},
    {"convertsToTime", 0, 0, call_converts_to}, {"convertsToQuantity", 0, 1, call_converts_to}, {NULL, 0, 0, NULL},
};
