/* function_boundary.c - how precise a value is, and the least and greatest it may stand for. */
#include <string.h>

#include "base/date.h"
#include "fhir/fhirpath/internal.h"

enum { DECIMAL_PLACES = 8, DECIMAL_PLACES_MAX = 31, DATE_DIGITS = 8, DATETIME_DIGITS = 17, TIME_DIGITS = 9 };

/* Digits a moment has when it is written down to each precision, a time's without the eight of its date. */
static const int digits_of[] = {
    [MOMENT_NONE] = 0, [MOMENT_YEAR] = 4, [MOMENT_MONTH] = 6, [MOMENT_DAY] = 8, [MOMENT_HOUR] = 10, [MOMENT_MINUTE] = 12, [MOMENT_SECOND] = 14,
    [MOMENT_MILLISECOND] = 17,
};

static int8_t last_day(const struct moment *m)
{
    int8_t day = 31;

    while (!date_is_real((struct date){m->year, m->month, day}))
        day--;
    return day;
}

static bool is_moment(const struct fp_value *v)
{
    return v->kind == FP_DATE || v->kind == FP_DATETIME || v->kind == FP_TIME;
}

/* The single value a function is called on; *some is false when there is none. */
static bool value_of(struct eval *ev, const struct fp_result *input, const struct expr *call, bool *some, struct fp_value *out)
{
    const struct fp_value *item;

    *some = false;
    if (!fp_single(ev, call, input, &item))
        return false;
    if (!item)
        return true;
    *out = fp_simple(item);
    out->node = NULL;
    *some = true;
    return true;
}

static bool call_precision(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;
    bool some;

    if (!value_of(ev, input, call, &some, &v))
        return false;
    if (!some)
        return true;
    if (is_moment(&v))
        fp_add_integer(out, digits_of[v.moment.precision] - (v.kind == FP_TIME ? 8 : 0));
    else if (v.kind == FP_INTEGER || v.kind == FP_DECIMAL)
        fp_add_integer(out, v.kind == FP_INTEGER ? 0 : v.decimal.scale);
    else
        return fp_fail(ev, call, "only numbers, dates and times have a precision");
    return true;
}

/* Half a unit of the last place either way. Towards zero the digits asked for are kept, away from it
 * they are rounded: the boundary of 1.587 to two places is 1.58 below and 1.59 above. */
static bool decimal_boundary(struct decimal x, int places, bool high, struct decimal *out)
{
    struct decimal half = {.limb = {5}, .scale = x.scale + 1};
    bool away = decimal_is_zero(&x) || high != x.negative, negative = decimal_is_zero(&x) ? !high : x.negative;
    struct decimal zero = {.scale = places};

    x.negative = false;
    if (!(away ? decimal_add(&x, &half, out) : decimal_subtract(&x, &half, out)))
        return false;
    *out = decimal_round(*out, places, away ? DECIMAL_HALF_UP : DECIMAL_TO_ZERO);
    if (!decimal_add(out, &zero, out))
        return false;
    out->negative = negative;
    return true;
}

/* Whether so many digits end where a precision does; which one. */
static bool precision_of(int64_t digits, bool is_time, int8_t *out)
{
    for (int p = is_time ? MOMENT_HOUR : MOMENT_YEAR; p <= MOMENT_MILLISECOND; p++)
        if (digits_of[p] - (is_time ? 8 : 0) == digits) {
            *out = (int8_t)p;
            return true;
        }
    return false;
}

/* The first or last millisecond of what m stands for, written to precision. Where no zone is given,
 * it may be the one in which that moment comes first or last. */
static void moment_boundary(struct moment *m, int8_t precision, bool high, bool is_time)
{
    int8_t known = m->precision;

    if (!is_time) {
        if (known < MOMENT_MONTH)
            m->month = high ? 12 : 1;
        if (known < MOMENT_DAY)
            m->day = (int8_t)(high ? last_day(m) : 1);
    }
    if (known < MOMENT_HOUR)
        m->hour = high ? 23 : 0;
    if (known < MOMENT_MINUTE)
        m->minute = high ? 59 : 0;
    if (known < MOMENT_SECOND)
        m->second = high ? 59 : 0;
    if (known < MOMENT_MILLISECOND)
        m->millisecond = high ? 999 : 0;
    m->precision = precision;
    if (!is_time && precision >= MOMENT_HOUR && !m->has_zone) {
        m->has_zone = true;
        m->zone_minutes = high ? -12 * 60 : 14 * 60;
    } else if (precision < MOMENT_HOUR) {
        m->has_zone = false;
    }
}

static int64_t digits_when_not_given(const struct fp_value *v)
{
    return v->kind == FP_DATE ? DATE_DIGITS : v->kind == FP_DATETIME ? DATETIME_DIGITS : v->kind == FP_TIME ? TIME_DIGITS : DECIMAL_PLACES;
}

static bool add_boundary(struct fp_value v, int64_t digits, bool high, struct fp_result *out)
{
    int8_t precision;

    if (is_moment(&v)) {
        if (!precision_of(digits, v.kind == FP_TIME, &precision) || (v.kind == FP_DATE && precision > MOMENT_DAY))
            return true;
        moment_boundary(&v.moment, precision, high, v.kind == FP_TIME);
        fp_add(out, v);
        return true;
    }
    if (digits < 0 || digits > DECIMAL_PLACES_MAX)
        return true;
    if (v.kind == FP_INTEGER)
        v = (struct fp_value){.kind = FP_DECIMAL, .decimal = decimal_from_int(v.integer)};
    if (decimal_boundary(v.decimal, (int)digits, high, &v.decimal))
        fp_add(out, v);
    return true;
}

static bool boundary(struct eval *ev, const struct fp_result *input, const struct expr *call, bool high, struct fp_result *out)
{
    struct fp_result argument;
    struct fp_value v, digits;
    bool some, given = false;

    if (!value_of(ev, input, call, &some, &v) ||
        (call->arguments > 0 && (!fp_argument(ev, call, 0, &argument) || !value_of(ev, &argument, call, &given, &digits))))
        return false;
    if (!some || (call->arguments > 0 && !given))
        return true;
    if (given && digits.kind != FP_INTEGER)
        return fp_fail(ev, call, "a precision is a whole number");
    if (!is_moment(&v) && !fp_is_number(&v) && v.kind != FP_QUANTITY)
        return fp_fail(ev, call, "only numbers, quantities, dates and times have boundaries");
    return add_boundary(v, given ? digits.integer : digits_when_not_given(&v), high, out);
}

static bool call_low_boundary(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return boundary(ev, input, call, false, out);
}

static bool call_high_boundary(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return boundary(ev, input, call, true, out);
}

/* Whether two quantities can be brought to one unit. */
static bool call_comparable(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result argument;
    struct fp_value a, b;
    struct decimal x, y;
    bool some, given;

    if (!value_of(ev, input, call, &some, &a) || !fp_argument(ev, call, 0, &argument) || !value_of(ev, &argument, call, &given, &b))
        return false;
    if (!some || !given)
        return true;
    if (a.kind != FP_QUANTITY || b.kind != FP_QUANTITY)
        return fp_fail(ev, call, "only quantities have units");
    fp_add_bool(out, unit_align(a.string, &a.decimal, b.string, &b.decimal, false, &x, &y));
    return true;
}

/* One part of a moment, by the name of the function. */
static bool call_part(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;
    const struct moment *m = &v.moment;
    bool some;

    if (!value_of(ev, input, call, &some, &v))
        return false;
    if (!some)
        return true;
    if (!is_moment(&v))
        return fp_fail(ev, call, "only dates and times have such a part");
    const struct { const char *name; int precision, value; } parts[] = {
        {"yearOf", MOMENT_YEAR, m->year}, {"monthOf", MOMENT_MONTH, m->month}, {"dayOf", MOMENT_DAY, m->day}, {"hourOf", MOMENT_HOUR, m->hour},
        {"minuteOf", MOMENT_MINUTE, m->minute}, {"secondOf", MOMENT_SECOND, m->second}, {"millisecondOf", MOMENT_MILLISECOND, m->millisecond},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].name, call->text) == 0 && m->precision >= parts[i].precision && (v.kind != FP_TIME || parts[i].precision >= MOMENT_HOUR))
            fp_add_integer(out, parts[i].value);
    return true;
}

static bool call_zone(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct decimal minutes, hour = decimal_from_int(60), hours;
    struct fp_value v;
    bool some;

    if (!value_of(ev, input, call, &some, &v))
        return false;
    if (!some || v.kind != FP_DATETIME || !v.moment.has_zone)
        return true;
    minutes = decimal_from_int(v.moment.zone_minutes);
    if (decimal_divide(&minutes, &hour, &hours))
        fp_add_decimal(out, hours);
    return true;
}

static bool call_date_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;
    bool some;

    if (!value_of(ev, input, call, &some, &v))
        return false;
    if (!some || (v.kind != FP_DATE && v.kind != FP_DATETIME))
        return true;
    v.kind = FP_DATE;
    v.moment.has_zone = false;
    if (v.moment.precision > MOMENT_DAY)
        v.moment.precision = MOMENT_DAY;
    fp_add(out, v);
    return true;
}

static bool call_time_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_value v;
    bool some;

    if (!value_of(ev, input, call, &some, &v))
        return false;
    if (!some || v.kind != FP_DATETIME || v.moment.precision < MOMENT_HOUR)
        return true;
    v.kind = FP_TIME;
    v.moment.has_zone = false;
    fp_add(out, v);
    return true;
}

const struct fp_function fp_functions_boundary[] = {
    {"precision", 0, 0, call_precision}, {"lowBoundary", 0, 1, call_low_boundary}, {"highBoundary", 0, 1, call_high_boundary},
    {"comparable", 1, 1, call_comparable}, {"yearOf", 0, 0, call_part}, {"monthOf", 0, 0, call_part}, {"dayOf", 0, 0, call_part},
    {"hourOf", 0, 0, call_part}, {"minuteOf", 0, 0, call_part}, {"secondOf", 0, 0, call_part}, {"millisecondOf", 0, 0, call_part},
    {"timezoneOffsetOf", 0, 0, call_zone}, {"dateOf", 0, 0, call_date_of}, {"timeOf", 0, 0, call_time_of}, {NULL, 0, 0, NULL},
};
