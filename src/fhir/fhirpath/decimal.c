#include "fhir/fhirpath/decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASE = 1000000000, BASE_DIGITS = 9, DIGITS_MAX = DECIMAL_LIMBS * BASE_DIGITS, DIVISION_PLACES = 28 };

static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

/* Multiply the digits by a small number and add one; false when they no longer fit. */
static bool limbs_multiply_add(uint32_t *limb, uint32_t factor, uint32_t add)
{
    uint64_t carry = add;

    for (int i = 0; i < DECIMAL_LIMBS; i++) {
        carry += (uint64_t)limb[i] * factor;
        limb[i] = (uint32_t)(carry % BASE);
        carry /= BASE;
    }
    return carry == 0;
}

/* Divide the digits by a small number; returns the remainder. */
static uint32_t limbs_divide(uint32_t *limb, uint32_t by)
{
    uint64_t rest = 0;

    for (int i = DECIMAL_LIMBS - 1; i >= 0; i--) {
        rest = rest * BASE + limb[i];
        limb[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    return (uint32_t)rest;
}

static int limbs_compare(const uint32_t *a, const uint32_t *b)
{
    for (int i = DECIMAL_LIMBS - 1; i >= 0; i--)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static bool limbs_add(uint32_t *a, const uint32_t *b)
{
    uint32_t carry = 0;

    for (int i = 0; i < DECIMAL_LIMBS; i++) {
        uint32_t sum = a[i] + b[i] + carry;
        carry = sum >= BASE;
        a[i] = sum - (carry ? BASE : 0);
    }
    return carry == 0;
}

/* a must not be smaller than b. */
static void limbs_subtract(uint32_t *a, const uint32_t *b)
{
    uint32_t borrow = 0;

    for (int i = 0; i < DECIMAL_LIMBS; i++) {
        uint32_t take = b[i] + borrow;
        borrow = a[i] < take;
        a[i] = a[i] + (borrow ? BASE : 0) - take;
    }
}

/* Give x more places without changing its value; false when the digits no longer fit. */
static bool widen(struct decimal *x, int scale)
{
    while (x->scale < scale) {
        int step = scale - x->scale < 8 ? scale - x->scale : 8;
        if (!limbs_multiply_add(x->limb, powers[step], 0))
            return false;
        x->scale += step;
    }
    return true;
}

static bool align(struct decimal *a, struct decimal *b)
{
    return widen(a, b->scale) && widen(b, a->scale);
}

bool decimal_is_zero(const struct decimal *x)
{
    for (int i = 0; i < DECIMAL_LIMBS; i++)
        if (x->limb[i])
            return false;
    return true;
}

/* Only a zero that was written with a sign keeps it: no arithmetic makes one. */
static struct decimal unsigned_zero(struct decimal x)
{
    x.negative = x.negative && !decimal_is_zero(&x);
    return x;
}

static bool apply_exponent(struct decimal *out, long exponent)
{
    if (exponent > DIGITS_MAX || exponent < -DIGITS_MAX)
        return decimal_is_zero(out);
    out->scale -= (int)exponent;
    for (; out->scale < 0; out->scale++)
        if (!limbs_multiply_add(out->limb, 10, 0))
            return false;
    return out->scale <= DIGITS_MAX;
}

bool decimal_parse(const char *text, struct decimal *out)
{
    bool point = false, some = false;
    char *end;

    *out = (struct decimal){.negative = *text == '-'};
    for (text += *text == '-' || *text == '+'; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        if (!limbs_multiply_add(out->limb, 10, (uint32_t)(*text - '0')) || out->scale + point > DIGITS_MAX)
            return false;
        out->scale += point;
        some = true;
    }
    if (!some || (*text && *text != 'e' && *text != 'E'))
        return false;
    if (!*text)
        return true;
    return strlen(text) < 8 && apply_exponent(out, strtol(text + 1, &end, 10)) && end > text + 1 && !*end;
}

struct decimal decimal_from_int(int64_t value)
{
    struct decimal x = {.negative = value < 0};
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    for (int i = 0; rest; i++, rest /= BASE)
        x.limb[i] = (uint32_t)(rest % BASE);
    return x;
}

bool decimal_to_short(const struct decimal *x, int64_t *digits)
{
    uint32_t rest = 0;

    for (int i = 2; i < DECIMAL_LIMBS; i++)
        rest |= x->limb[i];
    *digits = (int64_t)x->limb[1] * BASE + x->limb[0];
    *digits = x->negative ? -*digits : *digits;
    return rest == 0;
}

void decimal_from_short(int64_t digits, int scale, struct decimal *out)
{
    uint64_t all = digits < 0 ? -(uint64_t)digits : (uint64_t)digits;

    memset(out->limb, 0, sizeof out->limb);
    out->limb[0] = (uint32_t)(all % BASE);
    out->limb[1] = (uint32_t)(all / BASE);
    out->scale = scale;
    out->negative = digits < 0;
}

bool decimal_to_int(const struct decimal *x, int64_t *out)
{
    struct decimal whole = decimal_round(*x, 0, DECIMAL_TO_ZERO), most = decimal_from_int(INT64_MAX);
    uint64_t value = 0;

    if (decimal_compare(&whole, x) != 0 || limbs_compare(whole.limb, most.limb) > 0)
        return false;
    for (int i = 2; i >= 0; i--)
        value = value * BASE + whole.limb[i];
    *out = x->negative ? -(int64_t)value : (int64_t)value;
    return true;
}

void decimal_write(struct buf *out, const struct decimal *x)
{
    char text[DIGITS_MAX + 1];
    int n, first;

    for (int i = 0; i < DECIMAL_LIMBS; i++) {
        uint32_t limb = x->limb[DECIMAL_LIMBS - 1 - i];
        for (int k = BASE_DIGITS - 1; k >= 0; k--, limb /= 10)
            text[i * BASE_DIGITS + k] = (char)('0' + limb % 10);
    }
    n = DIGITS_MAX - x->scale;
    for (first = 0; first < n - 1 && text[first] == '0'; first++)
        ;
    if (x->negative)
        buf_char(out, '-');
    if (n <= 0)
        buf_char(out, '0');
    else
        buf_add_n(out, text + first, (size_t)(n - first));
    if (x->scale > 0) {
        buf_char(out, '.');
        buf_add_n(out, text + n, (size_t)x->scale);
    }
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
    struct decimal x = *a, y = *b;
    bool nothing = decimal_is_zero(a) && decimal_is_zero(b);
    int order;

    if (nothing)
        return 0;
    if (a->negative != b->negative)
        return decimal_is_zero(a) ? (b->negative ? 1 : -1) : a->negative ? -1 : 1;
    x = decimal_trim(x);
    y = decimal_trim(y);
    if (!widen(&x, y.scale))
        order = 1;              /* more digits before the point than could be aligned */
    else if (!widen(&y, x.scale))
        order = -1;
    else
        order = limbs_compare(x.limb, y.limb);
    return a->negative ? -order : order;
}

struct decimal decimal_negate(struct decimal x)
{
    x.negative = !x.negative;
    return unsigned_zero(x);
}

bool decimal_add(const struct decimal *a, const struct decimal *b, struct decimal *out)
{
    struct decimal x = *a, y = *b;

    if (!align(&x, &y))
        return false;
    if (x.negative == y.negative) {
        if (!limbs_add(x.limb, y.limb))
            return false;
        *out = unsigned_zero(x);
        return true;
    }
    if (limbs_compare(x.limb, y.limb) < 0) {
        struct decimal swap = x;
        x = y;
        y = swap;
    }
    limbs_subtract(x.limb, y.limb);
    *out = unsigned_zero(x);
    return true;
}

bool decimal_subtract(const struct decimal *a, const struct decimal *b, struct decimal *out)
{
    struct decimal minus = decimal_negate(*b);

    return decimal_add(a, &minus, out);
}

bool decimal_multiply(const struct decimal *a, const struct decimal *b, struct decimal *out)
{
    uint64_t wide[2 * DECIMAL_LIMBS] = {0};
    struct decimal result = {.negative = a->negative != b->negative, .scale = a->scale + b->scale};

    for (int i = 0; i < DECIMAL_LIMBS; i++) {
        uint64_t carry = 0;
        for (int k = 0; k < DECIMAL_LIMBS; k++) {
            carry += wide[i + k] + (uint64_t)a->limb[i] * b->limb[k];
            wide[i + k] = carry % BASE;
            carry /= BASE;
        }
        wide[i + DECIMAL_LIMBS] = carry;
    }
    for (int i = 0; i < DECIMAL_LIMBS; i++) {
        if (wide[DECIMAL_LIMBS + i])
            return false;
        result.limb[i] = (uint32_t)wide[i];
    }
    if (result.scale > DIGITS_MAX)
        return false;
    *out = unsigned_zero(result);
    return true;
}

static bool is_short(const uint32_t *limb)
{
    for (int i = 1; i < DECIMAL_LIMBS; i++)
        if (limb[i])
            return false;
    return true;
}

/* Long division, one digit at a time: the remainder stays below ten times the divisor. A divisor of few
 * digits, as most are, takes nine digits at a time. */
static bool divide_to(const struct decimal *a, const struct decimal *b, int places, struct decimal *out)
{
    struct decimal x = *a, y = *b, quotient = {.scale = places, .negative = a->negative != b->negative}, rest = {0};

    x.scale = y.scale = 0;
    if (decimal_is_zero(b))
        return false;
    for (int k = a->scale; k < b->scale + places; k++)
        if (!limbs_multiply_add(x.limb, 10, 0))
            return false;
    for (int k = b->scale + places; k < a->scale; k++)
        if (!limbs_multiply_add(y.limb, 10, 0))
            return false;
    if (is_short(y.limb)) {
        memcpy(quotient.limb, x.limb, sizeof quotient.limb);
        limbs_divide(quotient.limb, y.limb[0]);
        *out = quotient;
        return true;
    }
    for (int i = DECIMAL_LIMBS - 1; i >= 0; i--)
        for (int k = BASE_DIGITS - 1; k >= 0; k--) {
            uint32_t digit = 0;
            if (!limbs_multiply_add(rest.limb, 10, x.limb[i] / powers[k] % 10))
                return false;
            for (; limbs_compare(rest.limb, y.limb) >= 0; digit++)
                limbs_subtract(rest.limb, y.limb);
            if (!limbs_multiply_add(quotient.limb, 10, digit))
                return false;
        }
    *out = quotient;
    return true;
}

bool decimal_divide(const struct decimal *a, const struct decimal *b, struct decimal *out)
{
    struct decimal result;
    int least = a->scale > b->scale ? a->scale - b->scale : 0;

    if (!divide_to(a, b, DIVISION_PLACES + 1, &result))
        return false;
    result = decimal_trim(decimal_round(result, DIVISION_PLACES, DECIMAL_HALF_UP));
    if (!widen(&result, least < DIVISION_PLACES ? least : 0))
        return false;
    *out = unsigned_zero(result);
    return true;
}

struct decimal decimal_round(struct decimal x, int places, enum decimal_way way)
{
    static const uint32_t one[DECIMAL_LIMBS] = {1};
    uint32_t last = 0;
    bool rest = false, up;

    if (x.scale <= places)
        return x;
    for (; x.scale > places; x.scale--) {
        rest = rest || last;
        last = limbs_divide(x.limb, 10);
    }
    up = way == DECIMAL_HALF_UP ? last >= 5 : way == DECIMAL_TO_ZERO ? false
       : (last || rest) && x.negative == (way == DECIMAL_DOWN);
    if (up)
        limbs_add(x.limb, one);
    return unsigned_zero(x);
}

struct decimal decimal_trim(struct decimal x)
{
    while (x.scale > 0 && x.limb[0] % 10 == 0) {
        limbs_divide(x.limb, 10);
        x.scale--;
    }
    return x;
}
