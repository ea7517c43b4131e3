/* decimal_series.c - exponential, logarithm, root and power, by series on exact decimals. */
#include "fhir/fhirpath/decimal.h"

enum { WORK_PLACES = 34, RESULT_PLACES = 28, TERMS_MAX = 200, HALVINGS = 8, EXPONENT_MAX = 80 };

static struct decimal work(struct decimal x)
{
    return decimal_round(x, WORK_PLACES, DECIMAL_HALF_UP);
}

static struct decimal finish(struct decimal x)
{
    return decimal_trim(decimal_round(x, RESULT_PLACES, DECIMAL_HALF_UP));
}

static bool times(struct decimal *x, const struct decimal *by)
{
    struct decimal a = work(*x), b = work(*by);

    if (!decimal_multiply(&a, &b, x))
        return false;
    *x = work(*x);
    return true;
}

/* Quotient to the working precision: the dividend is scaled up so that 28 places suffice. */
static bool over(struct decimal *x, const struct decimal *by)
{
    static const struct decimal shift = {.limb = {1000000}}, back = {.limb = {1}, .scale = 6};
    struct decimal a = work(*x), b = work(*by);

    if (!decimal_multiply(&a, &shift, &a) || !decimal_divide(&a, &b, x) || !decimal_multiply(x, &back, x))
        return false;
    *x = work(*x);
    return true;
}

/* e^x as (e^(x/256))^256. */
bool decimal_exp(const struct decimal *x, struct decimal *out)
{
    struct decimal part = decimal_from_int(1 << HALVINGS), small = *x, sum = decimal_from_int(1), term = sum, most = decimal_from_int(EXPONENT_MAX);
    struct decimal size = *x;

    size.negative = false;
    if (decimal_compare(&size, &most) > 0 || !over(&small, &part))
        return false;
    for (int i = 1; i < TERMS_MAX && !decimal_is_zero(&term); i++) {
        struct decimal n = decimal_from_int(i);
        if (!times(&term, &small) || !over(&term, &n) || !decimal_add(&sum, &term, &sum))
            return false;
    }
    for (int i = 0; i < HALVINGS; i++)
        if (!times(&sum, &sum))
            return false;
    *out = finish(sum);
    return true;
}

/* ln(x) = 2 atanh((x - 1) / (x + 1)) for x near one. */
static bool ln_near_one(const struct decimal *x, struct decimal *out)
{
    struct decimal one = decimal_from_int(1), two = decimal_from_int(2), top, bottom, square, term, sum;

    if (!decimal_subtract(x, &one, &top) || !decimal_add(x, &one, &bottom) || !over(&top, &bottom))
        return false;
    sum = term = square = top;
    if (!times(&square, &top))
        return false;
    for (int i = 3; i < 2 * TERMS_MAX && !decimal_is_zero(&term); i += 2) {
        struct decimal n = decimal_from_int(i), part;
        if (!times(&term, &square))
            return false;
        part = term;
        if (!over(&part, &n) || !decimal_add(&sum, &part, &sum))
            return false;
    }
    return decimal_multiply(&sum, &two, out);
}

/* Halve or double x until it lies between 2/3 and 4/3; ln 2 is added as often. */
bool decimal_ln(const struct decimal *x, struct decimal *out)
{
    static const struct decimal low = {.limb = {7}, .scale = 1}, high = {.limb = {14}, .scale = 1};
    struct decimal two = decimal_from_int(2), near = work(*x), ln2, count;
    int halvings = 0;

    if (x->negative || decimal_is_zero(&near))
        return false;
    for (; decimal_compare(&near, &high) > 0; halvings++)
        if (!over(&near, &two))
            return false;
    for (; decimal_compare(&near, &low) < 0; halvings--)
        if (!times(&near, &two))
            return false;
    if (!ln_near_one(&near, out))
        return false;
    if (halvings != 0) {
        struct decimal three_halves = {.limb = {15}, .scale = 1}, four_thirds = decimal_from_int(4), three = decimal_from_int(3), a, b;
        if (!over(&four_thirds, &three) || !ln_near_one(&three_halves, &a) || !ln_near_one(&four_thirds, &b) ||
            !decimal_add(&a, &b, &ln2))      /* ln 2 = ln 3/2 + ln 4/3 */
            return false;
        count = decimal_from_int(halvings);
        if (!times(&ln2, &count) || !decimal_add(out, &ln2, out))
            return false;
    }
    *out = finish(*out);
    return true;
}

/* Newton's method, starting above the root. */
bool decimal_sqrt(const struct decimal *x, struct decimal *out)
{
    struct decimal guess = decimal_from_int(1), two = decimal_from_int(2), next;

    if (x->negative && !decimal_is_zero(x))
        return false;
    if (decimal_compare(x, &guess) > 0)
        guess = work(*x);
    for (int i = 0; i < TERMS_MAX && !decimal_is_zero(&guess); i++) {
        next = work(*x);
        if (!over(&next, &guess) || !decimal_add(&next, &guess, &next) || !over(&next, &two))
            return false;
        if (decimal_compare(&next, &guess) >= 0)
            break;
        guess = next;
    }
    *out = finish(guess);
    return true;
}

static bool whole_power(struct decimal x, int64_t n, struct decimal *out)
{
    struct decimal result = decimal_from_int(1);

    for (; n > 0; n >>= 1) {
        if ((n & 1) && !decimal_multiply(&result, &x, &result))
            return false;
        if (n > 1 && !decimal_multiply(&x, &x, &x))
            return false;
    }
    *out = result;
    return true;
}

bool decimal_power(const struct decimal *x, const struct decimal *y, struct decimal *out)
{
    struct decimal one = decimal_from_int(1), ln;
    int64_t n;

    if (decimal_to_int(y, &n) && n > -1000 && n < 1000) {
        if (n >= 0 && whole_power(*x, n, out))
            return true;
        if (n < 0)
            return whole_power(*x, -n, &ln) && decimal_divide(&one, &ln, out);
    }
    if (decimal_is_zero(x)) {
        *out = *x;
        return !y->negative;
    }
    return decimal_ln(x, &ln) && times(&ln, y) && decimal_exp(&ln, out);
}
