#include "fhir/fhirpath/moment.h"

#include <string.h>

#include "base/clock.h"
#include "base/date.h"

enum { DAY_MINUTES = 24 * 60 };
static const int64_t day_ms = (int64_t)DAY_MINUTES * 60 * 1000;

static bool number(const char **p, int digits, int low, int high, int *out)
{
    *out = 0;
    for (; digits > 0; digits--, ++*p) {
        if (**p < '0' || **p > '9')
            return false;
        *out = *out * 10 + (**p - '0');
    }
    return *out >= low && *out <= high;
}

/* Seconds may have any number of decimals; three are kept. */
static bool parse_fraction(const char **p, struct moment *m)
{
    int scale = 100, value = 0, digits = 0;

    for (++*p; **p >= '0' && **p <= '9'; ++*p, digits++, scale /= 10)
        value += (**p - '0') * scale;
    m->millisecond = (int16_t)value;
    m->precision = MOMENT_MILLISECOND;
    return digits > 0;
}

static bool parse_clock(const char **p, struct moment *m)
{
    int value;

    if (!number(p, 2, 0, 23, &value))
        return false;
    m->hour = (int8_t)value;
    m->precision = MOMENT_HOUR;
    if (**p != ':')
        return true;
    if (++*p, !number(p, 2, 0, 59, &value))
        return false;
    m->minute = (int8_t)value;
    m->precision = MOMENT_MINUTE;
    if (**p != ':')
        return true;
    if (++*p, !number(p, 2, 0, 60, &value))
        return false;
    m->second = (int8_t)(value < 60 ? value : 59);
    m->precision = MOMENT_SECOND;
    return **p != '.' || parse_fraction(p, m);
}

static bool parse_zone(const char **p, struct moment *m)
{
    int hours, minutes, sign = **p == '-' ? -1 : 1;

    if (**p == 'Z') {
        ++*p;
    } else if (**p == '+' || **p == '-') {
        if (++*p, !number(p, 2, 0, 14, &hours) || *(*p)++ != ':' || !number(p, 2, 0, 59, &minutes))
            return false;
        m->zone_minutes = (int16_t)(sign * (hours * 60 + minutes));
    } else {
        return true;
    }
    m->has_zone = true;
    return true;
}

static bool parse_day(const char **p, struct moment *m)
{
    int value;

    if (!number(p, 4, 1, 9999, &value))
        return false;
    m->year = value;
    m->precision = MOMENT_YEAR;
    if (**p != '-')
        return true;
    if (++*p, !number(p, 2, 1, 12, &value))
        return false;
    m->month = (int8_t)value;
    m->precision = MOMENT_MONTH;
    if (**p != '-')
        return true;
    if (++*p, !number(p, 2, 1, 31, &value))
        return false;
    m->day = (int8_t)value;
    m->precision = MOMENT_DAY;
    return date_is_real((struct date){m->year, m->month, m->day});
}

bool moment_parse(const char *text, struct moment *out, bool *is_datetime)
{
    const char *p = text;

    *out = (struct moment){0};
    *is_datetime = false;
    if (!parse_day(&p, out))
        return false;
    if (*p == 'T') {
        *is_datetime = true;
        p++;
        if (*p && (out->precision < MOMENT_DAY || !parse_clock(&p, out) || !parse_zone(&p, out)))
            return false;
    }
    return *p == '\0';
}

bool moment_parse_time(const char *text, struct moment *out)
{
    const char *p = text + (*text == 'T');

    *out = (struct moment){0};
    return parse_clock(&p, out) && *p == '\0';
}

static void write_clock(struct buf *out, const struct moment *m)
{
    buf_printf(out, "%02d", m->hour);
    if (m->precision >= MOMENT_MINUTE)
        buf_printf(out, ":%02d", m->minute);
    if (m->precision >= MOMENT_SECOND)
        buf_printf(out, ":%02d", m->second);
    if (m->precision >= MOMENT_MILLISECOND)
        buf_printf(out, ".%03d", m->millisecond);
}

void moment_write(struct buf *out, const struct moment *m, bool is_time)
{
    int zone = m->zone_minutes < 0 ? -m->zone_minutes : m->zone_minutes;

    if (is_time) {
        write_clock(out, m);
        return;
    }
    buf_printf(out, "%04d", m->year);
    if (m->precision >= MOMENT_MONTH)
        buf_printf(out, "-%02d", m->month);
    if (m->precision >= MOMENT_DAY)
        buf_printf(out, "-%02d", m->day);
    if (m->precision < MOMENT_HOUR)
        return;
    buf_char(out, 'T');
    write_clock(out, m);
    if (m->has_zone && zone == 0)
        buf_char(out, 'Z');
    else if (m->has_zone)
        buf_printf(out, "%c%02d:%02d", m->zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
}

static int64_t clock_ms(const struct moment *m)
{
    return (((int64_t)m->hour * 60 + m->minute) * 60 + m->second) * 1000 + m->millisecond;
}

static void set_clock_ms(struct moment *m, int64_t ms)
{
    m->millisecond = (int16_t)(ms % 1000);
    m->second = (int8_t)(ms / 1000 % 60);
    m->minute = (int8_t)(ms / 60000 % 60);
    m->hour = (int8_t)(ms / 3600000);
}

static bool set_days(struct moment *m, long days)
{
    struct date date = date_from_days(days);

    m->year = date.year;
    m->month = (int8_t)date.month;
    m->day = (int8_t)date.day;
    return date.year >= 1 && date.year <= 9999;
}

static long days_of(const struct moment *m)
{
    return date_days((struct date){m->year, m->month > 0 ? m->month : 1, m->day > 0 ? m->day : 1});
}

/* Move by so many milliseconds across days. */
static bool shift(struct moment *m, int64_t ms, bool is_time)
{
    int64_t total = clock_ms(m) + ms % day_ms, days = ms / day_ms;

    if (total < 0) {
        total += day_ms;
        days--;
    } else if (total >= day_ms) {
        total -= day_ms;
        days++;
    }
    set_clock_ms(m, total);
    return is_time || set_days(m, days_of(m) + (long)days);
}

/* To UTC, when there is a time of day. */
static struct moment normal(struct moment m)
{
    if (m.precision < MOMENT_HOUR)
        return m;
    shift(&m, -(int64_t)m.zone_minutes * 60000, false);
    m.has_zone = true;
    m.zone_minutes = 0;
    return m;
}

static int part(const struct moment *m, enum moment_precision precision)
{
    switch (precision) {
    case MOMENT_YEAR:   return m->year;
    case MOMENT_MONTH:  return m->month;
    case MOMENT_DAY:    return m->day;
    case MOMENT_HOUR:   return m->hour;
    case MOMENT_MINUTE: return m->minute;
    default:            return m->second * 1000 + m->millisecond;     /* seconds and fractions are one precision */
    }
}

static int effective(const struct moment *m)
{
    return m->precision > MOMENT_SECOND ? MOMENT_SECOND : m->precision;
}

/* The order of one moment whose zone is known and one whose is not: it may lie anywhere from 14 hours
 * before to 12 hours after UTC, so only what is further apart has an order. An hour allows for precision. */
static enum moment_order compare_across_zones(const struct moment *a, const struct moment *b)
{
    static const int64_t hour_ms = 3600000;
    struct moment x = *a, y = *b;
    int64_t apart;

    if (x.has_zone)
        x = normal(x);
    if (y.has_zone)
        y = normal(y);
    apart = (int64_t)(days_of(&x) - days_of(&y)) * day_ms + clock_ms(&x) - clock_ms(&y);
    if (apart > 15 * hour_ms)
        return MOMENT_GREATER;
    return apart < -15 * hour_ms ? MOMENT_LESS : MOMENT_UNKNOWN;
}

enum moment_order moment_compare(const struct moment *a, const struct moment *b, bool is_time)
{
    struct moment x = *a, y = *b;

    if (!is_time && a->precision >= MOMENT_HOUR && b->precision >= MOMENT_HOUR && (a->has_zone || b->has_zone)) {
        if (a->has_zone != b->has_zone)
            return compare_across_zones(a, b);
        x = normal(x);
        y = normal(y);
    }
    for (int i = is_time ? MOMENT_HOUR : MOMENT_YEAR; i <= MOMENT_SECOND; i++) {
        if (effective(&x) < i || effective(&y) < i)
            return effective(&x) == effective(&y) ? MOMENT_EQUAL : MOMENT_UNKNOWN;
        if (part(&x, i) != part(&y, i))
            return part(&x, i) < part(&y, i) ? MOMENT_LESS : MOMENT_GREATER;
    }
    return MOMENT_EQUAL;
}

static bool add_months(struct moment *m, int64_t months)
{
    struct date date;
    int64_t end = (int64_t)m->year * 12 + (m->month > 0 ? m->month - 1 : 0) + months;

    if (end < 12 || end >= 12 * 10000)
        return false;
    date = date_add_months((struct date){m->year, m->month > 0 ? m->month : 1, m->day > 0 ? m->day : 1}, (int)months);
    m->year = date.year;
    m->month = (int8_t)(m->month > 0 ? date.month : 0);
    m->day = (int8_t)(m->day > 0 ? date.day : 0);
    return true;
}

bool moment_add(struct moment *m, int64_t count, enum moment_unit unit, bool is_time)
{
    static const int64_t unit_ms[] = {
        [MOMENT_WEEKS] = 604800000, [MOMENT_DAYS] = 86400000, [MOMENT_HOURS] = 3600000, [MOMENT_MINUTES] = 60000,
        [MOMENT_SECONDS] = 1000, [MOMENT_MILLISECONDS] = 1,
    };
    int64_t ms;

    if (unit == MOMENT_YEARS || unit == MOMENT_MONTHS) {
        if (is_time || count > 200000 || count < -200000)
            return false;
        count *= unit == MOMENT_YEARS ? 12 : 1;
        return add_months(m, m->precision == MOMENT_YEAR ? count / 12 * 12 : count);
    }
    if (__builtin_mul_overflow(count, unit_ms[unit], &ms) || ms > 10000 * 366 * day_ms || ms < -10000 * 366 * day_ms)
        return false;
    if (!is_time && m->precision == MOMENT_YEAR)
        return add_months(m, ms / (365 * day_ms) * 12);
    if (!is_time && m->precision == MOMENT_MONTH)
        return add_months(m, ms / (30 * day_ms));
    if (m->precision == MOMENT_DAY)
        ms = ms / day_ms * day_ms;
    return shift(m, ms, is_time);
}

struct moment moment_from_ms(int64_t ms)
{
    struct civil civil = clock_local(ms);
    struct moment m = {
        .year = civil.date.year, .month = (int8_t)civil.date.month, .day = (int8_t)civil.date.day,
        .hour = (int8_t)civil.hour, .minute = (int8_t)civil.minute, .second = (int8_t)civil.second,
        .millisecond = (int16_t)(ms % 1000), .has_zone = true, .precision = MOMENT_MILLISECOND,
    };

    m.zone_minutes = (int16_t)((days_of(&m) * day_ms + clock_ms(&m) - ms) / 60000);
    return m;
}
