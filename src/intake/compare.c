/* compare.c - order and equality of answer values, as enableWhen and the limits need them.
 * Decimals are compared by their digits, never through binary floating point. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "intake/model.h"

struct decimal { __int128 digits; int exponent; };

static bool decimal_read(const char *text, struct decimal *out)
{
    bool negative = *text == '-', fraction = false;
    int n = 0;

    *out = (struct decimal){0};
    for (text += negative || *text == '+'; isdigit((unsigned char)*text) || (*text == '.' && !fraction); text++) {
        if (*text == '.') {
            fraction = true;
            continue;
        }
        if (n >= 30) {      /* beyond any measurement: further digits only scale */
            out->exponent += !fraction;
            continue;
        }
        out->digits = out->digits * 10 + (*text - '0');
        out->exponent -= fraction;
        n += out->digits != 0;
    }
    if (*text == 'e' || *text == 'E') {
        char *end;
        long e = strtol(text + 1, &end, 10);

        if (e > 1000 || e < -1000)
            return false;
        out->exponent += (int)e;
        text = end;
    }
    if (negative)
        out->digits = -out->digits;
    return *text == '\0';
}

static struct decimal decimal_multiply(struct decimal a, struct decimal b)
{
    struct decimal out = { .exponent = a.exponent + b.exponent };

    while (__builtin_mul_overflow(a.digits, b.digits, &out.digits)) {
        struct decimal *large = a.digits > b.digits ? &a : &b;

        large->digits /= 10;
        out.exponent++;
    }
    return out;
}

static struct decimal decimal_add(struct decimal a, struct decimal b)
{
    while (a.exponent > b.exponent && !__builtin_mul_overflow(a.digits, 10, &a.digits))
        a.exponent--;
    while (b.exponent > a.exponent && !__builtin_mul_overflow(b.digits, 10, &b.digits))
        b.exponent--;
    return (struct decimal){ a.digits + b.digits, a.exponent < b.exponent ? a.exponent : b.exponent };
}

static enum order decimal_compare(struct decimal a, struct decimal b)
{
    int sign_a = (a.digits > 0) - (a.digits < 0), sign_b = (b.digits > 0) - (b.digits < 0);

    if (sign_a != sign_b || sign_a == 0)
        return sign_a < sign_b ? ORDER_LESS : sign_a > sign_b ? ORDER_MORE : ORDER_SAME;
    for (; a.exponent > b.exponent; a.exponent--)
        if (__builtin_mul_overflow(a.digits, 10, &a.digits))
            return sign_a > 0 ? ORDER_MORE : ORDER_LESS;
    for (; b.exponent > a.exponent; b.exponent--)
        if (__builtin_mul_overflow(b.digits, 10, &b.digits))
            return sign_a > 0 ? ORDER_LESS : ORDER_MORE;
    return a.digits < b.digits ? ORDER_LESS : a.digits > b.digits ? ORDER_MORE : ORDER_SAME;
}

enum order decimal_order(const char *a, const char *b)
{
    struct decimal x, y;

    if (!decimal_read(a, &x) || !decimal_read(b, &y))
        return ORDER_UNKNOWN;
    return decimal_compare(x, y);
}

/* UCUM units of the front desk: value * factor + offset is exact in a base unit of the dimension. */
static const struct unit { const char *code; char dimension; const char *factor, *offset; } units[] = {
    { "m", 'L', "1", "0" }, { "km", 'L', "1000", "0" }, { "cm", 'L', "0.01", "0" }, { "mm", 'L', "0.001", "0" },
    { "[in_i]", 'L', "0.0254", "0" }, { "[ft_i]", 'L', "0.3048", "0" }, { "[yd_i]", 'L', "0.9144", "0" },
    { "[mi_i]", 'L', "1609.344", "0" },
    { "kg", 'M', "1000", "0" }, { "g", 'M', "1", "0" }, { "mg", 'M', "0.001", "0" }, { "ug", 'M', "0.000001", "0" },
    { "[lb_av]", 'M', "453.59237", "0" }, { "[oz_av]", 'M', "28.349523125", "0" }, { "t", 'M', "1000000", "0" },
    { "L", 'V', "1000", "0" }, { "l", 'V', "1000", "0" }, { "dL", 'V', "100", "0" }, { "mL", 'V', "1", "0" },
    { "ml", 'V', "1", "0" }, { "uL", 'V', "0.001", "0" },
    { "s", 'T', "1", "0" }, { "ms", 'T', "0.001", "0" }, { "min", 'T', "60", "0" }, { "h", 'T', "3600", "0" },
    { "d", 'T', "86400", "0" }, { "wk", 'T', "604800", "0" }, { "mo", 'T', "2629800", "0" }, { "a", 'T', "31557600", "0" },
    { "Cel", 'K', "9", "160" }, { "[degF]", 'K', "5", "0" },       /* 9 C + 160 = 5 F */
    { "mm[Hg]", 'P', "133.322387415", "0" }, { "Pa", 'P', "1", "0" }, { "kPa", 'P', "1000", "0" },
    { "%", '1', "0.01", "0" }, { "1", '1', "1", "0" },
};

static const struct unit *unit_find(const char *code)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(units[i].code, code))
            return &units[i];
    return NULL;
}

static const char *unit_code(const struct node *quantity)
{
    const char *code = node_str(quantity, "code");

    return *code ? code : node_str(quantity, "unit");
}

/* In the base unit of its dimension. */
static bool quantity_base(const struct node *quantity, const struct unit *unit, struct decimal *out)
{
    struct decimal value, factor, offset;

    if (!decimal_read(node_str(quantity, "value"), &value) || !decimal_read(unit->factor, &factor) ||
        !decimal_read(unit->offset, &offset))
        return false;
    *out = decimal_add(decimal_multiply(value, factor), offset);
    return true;
}

enum order quantity_order(const struct node *a, const struct node *b)
{
    const char *code_a = unit_code(a), *code_b = unit_code(b);
    const struct unit *unit_a = unit_find(code_a), *unit_b = unit_find(code_b);
    struct decimal x, y;

    if (!strcmp(code_a, code_b))
        return decimal_order(node_str(a, "value"), node_str(b, "value"));
    if (!unit_a || !unit_b || unit_a->dimension != unit_b->dimension)
        return ORDER_UNKNOWN;
    if (!quantity_base(a, unit_a, &x) || !quantity_base(b, unit_b, &y))
        return ORDER_UNKNOWN;
    return decimal_compare(x, y);
}

/* How much of a dateTime is its parts; the rest is a zone. */
static size_t moment_length(const char *text)
{
    const char *t = strchr(text, 'T');

    return t ? (size_t)(t - text) + strcspn(t, "Z+-") : strlen(text);
}

/* FHIRPath comparison: what differs within the shared precision decides, otherwise nothing does. */
enum order moment_order(const char *a, const char *b)
{
    size_t na = moment_length(a), nb = moment_length(b);
    int64_t ms_a, ms_b;
    int cmp;

    if (a[na] && b[nb] && clock_parse(a, &ms_a) && clock_parse(b, &ms_b))
        return ms_a < ms_b ? ORDER_LESS : ms_a > ms_b ? ORDER_MORE : ORDER_SAME;
    cmp = strncmp(a, b, na < nb ? na : nb);
    if (cmp)
        return cmp < 0 ? ORDER_LESS : ORDER_MORE;
    return na == nb ? ORDER_SAME : ORDER_UNKNOWN;
}

/* System and code; a system missing on either side matches on the code alone. */
bool coding_same(const struct node *a, const struct node *b)
{
    const char *system_a = node_str(a, "system"), *system_b = node_str(b, "system");

    if (*node_str(a, "code") == '\0' && *node_str(b, "code") == '\0')
        return *node_str(a, "display") && !strcmp(node_str(a, "display"), node_str(b, "display"));
    if (strcmp(node_str(a, "code"), node_str(b, "code")) != 0)
        return false;
    return !*system_a || !*system_b || !strcmp(system_a, system_b);
}

static enum order text_order(const char *a, const char *b)
{
    return strcmp(a, b) ? ORDER_DIFFERENT : ORDER_SAME;
}

static bool is_one_of(const char *type, const char *const *names)
{
    for (; *names; names++)
        if (!strcmp(type, *names))
            return true;
    return false;
}

/* A coded answer against a condition written as text: display, else code (forms in use do it). */
static enum order coding_text_order(const struct node *coding, const char *text)
{
    if (!strcmp(node_str(coding, "display"), text) || !strcmp(node_str(coding, "code"), text))
        return ORDER_SAME;
    return ORDER_DIFFERENT;
}

enum order value_order(const struct node *a, const char *a_type, const struct node *b, const char *b_type)
{
    static const char *const numbers[] = { "Integer", "Decimal", NULL };
    static const char *const moments[] = { "Date", "DateTime", "Instant", "Time", NULL };
    const char *text_a = node_text(a), *text_b = node_text(b);

    if (!strcmp(a_type, "Coding"))
        return !strcmp(b_type, "Coding") ? (coding_same(a, b) ? ORDER_SAME : ORDER_DIFFERENT)
               : text_b ? coding_text_order(a, text_b) : ORDER_UNKNOWN;
    if (!strcmp(b_type, "Coding"))
        return text_a ? coding_text_order(b, text_a) : ORDER_UNKNOWN;
    if (!strcmp(a_type, "Quantity") && !strcmp(b_type, "Quantity"))
        return quantity_order(a, b);
    if (!strcmp(a_type, "Reference") && !strcmp(b_type, "Reference"))
        return text_order(node_str(a, "reference"), node_str(b, "reference"));
    if (!text_a || !text_b)
        return ORDER_UNKNOWN;
    if (is_one_of(a_type, numbers) && is_one_of(b_type, numbers))
        return decimal_order(text_a, text_b);
    if (is_one_of(a_type, moments) && is_one_of(b_type, moments))
        return moment_order(text_a, text_b);
    return text_order(text_a, text_b);
}

const struct node *answer_value(const struct node *answer, const char **type)
{
    for (const struct node *member = node_first(answer); member; member = node_next(member))
        if (!strncmp(node_name(member), "value", 5)) {
            *type = node_name(member) + 5;
            return member;
        }
    *type = "";
    return NULL;
}
