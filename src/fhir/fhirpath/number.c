/* number.c - arithmetic on numbers of up to 18 digits, which is nearly all there is, without taking
 * the way of long decimals. */
#include "fhir/fhirpath/internal.h"

enum { DIGITS = 18 };
static const int64_t powers[DIGITS + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
    100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
};

/* digits * 10^-scale */
struct short_number { int64_t digits; int scale; bool is_decimal; };

static bool read_digits(const char *text, struct short_number *out)
{
    bool minus = *text == '-', point = false;
    int n = 0;

    out->digits = out->scale = 0;
    for (text += minus; n <= DIGITS; text++) {
        if (*text >= '0' && *text <= '9') {
            out->digits = out->digits * 10 + (*text - '0');
            out->scale += point;
            n++;
        } else if (*text == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    out->digits = minus ? -out->digits : out->digits;
    return n > 0 && n <= DIGITS && *text == '\0';
}

static bool read_number(const struct fp_value *v, struct short_number *out)
{
    switch (v->kind) {
    case FP_INTEGER:
        *out = (struct short_number){v->integer, 0, false};
        return v->integer > -powers[DIGITS] && v->integer < powers[DIGITS];
    case FP_DECIMAL:
        out->is_decimal = true;
        out->scale = v->decimal.scale;
        return decimal_to_short(&v->decimal, &out->digits);
    case FP_NODE:
        if (!node_is(v->node, NODE_NUMBER))
            return false;
        out->is_decimal = fp_primitive_kind(v->node, v->name) == FP_DECIMAL;
        return read_digits(node_text(v->node), out);
    default:
        return false;
    }
}

static bool widen(struct short_number *x, int scale)
{
    if (scale - x->scale > DIGITS || __builtin_mul_overflow(x->digits, powers[scale - x->scale], &x->digits))
        return false;
    x->scale = scale;
    return true;
}

static bool calculate(enum fp_operator op, struct short_number *a, struct short_number *b, int64_t *out)
{
    if (op == OP_MULTIPLY) {
        a->scale += b->scale;
        return !__builtin_mul_overflow(a->digits, b->digits, out);
    }
    if (a->scale != b->scale && !widen(a->scale < b->scale ? a : b, a->scale < b->scale ? b->scale : a->scale))
        return false;
    return op == OP_ADD ? !__builtin_add_overflow(a->digits, b->digits, out) : !__builtin_sub_overflow(a->digits, b->digits, out);
}

bool fp_short_arithmetic(enum fp_operator op, const struct fp_value *a, const struct fp_value *b, struct fp_result *out)
{
    struct short_number x, y;
    struct fp_value *slot;
    int64_t digits;

    if ((op != OP_ADD && op != OP_SUBTRACT && op != OP_MULTIPLY) || !read_number(a, &x) || !read_number(b, &y) ||
        !calculate(op, &x, &y, &digits) || digits <= -powers[DIGITS] || digits >= powers[DIGITS])
        return false;
    slot = fp_slot(out);
    slot->node = NULL;
    slot->name = slot->string = NULL;
    slot->kind = x.is_decimal || y.is_decimal ? FP_DECIMAL : FP_INTEGER;
    if (slot->kind == FP_DECIMAL)
        decimal_from_short(digits, x.scale, &slot->decimal);
    else
        slot->integer = digits;
    return true;
}
