#include "fhir/fhirpath/unit.h"

#include <stdio.h>
#include <string.h>

static const struct { const char *word; enum moment_unit unit; const char *ucum; } calendar[] = {
    {"year", MOMENT_YEARS, "a"}, {"years", MOMENT_YEARS, "a"}, {"month", MOMENT_MONTHS, "mo"}, {"months", MOMENT_MONTHS, "mo"},
    {"week", MOMENT_WEEKS, "wk"}, {"weeks", MOMENT_WEEKS, "wk"}, {"day", MOMENT_DAYS, "d"}, {"days", MOMENT_DAYS, "d"},
    {"hour", MOMENT_HOURS, "h"}, {"hours", MOMENT_HOURS, "h"}, {"minute", MOMENT_MINUTES, "min"}, {"minutes", MOMENT_MINUTES, "min"},
    {"second", MOMENT_SECONDS, "s"}, {"seconds", MOMENT_SECONDS, "s"}, {"millisecond", MOMENT_MILLISECONDS, "ms"},
    {"milliseconds", MOMENT_MILLISECONDS, "ms"},
};

bool unit_calendar(const char *word, enum moment_unit *out)
{
    for (size_t i = 0; i < sizeof calendar / sizeof *calendar; i++)
        if (strcmp(calendar[i].word, word) == 0) {
            *out = calendar[i].unit;
            return true;
        }
    return false;
}

static const char *ucum_of(const char *unit)
{
    for (size_t i = 0; i < sizeof calendar / sizeof *calendar; i++)
        if (strcmp(calendar[i].word, unit) == 0)
            return calendar[i].ucum;
    return unit;
}

bool unit_of_time(const char *unit, enum moment_unit *out, bool *is_calendar)
{
    *is_calendar = unit_calendar(unit, out);
    for (size_t i = 0; !*is_calendar && i < sizeof calendar / sizeof *calendar; i++)
        if (strcmp(calendar[i].ucum, unit) == 0) {
            *out = calendar[i].unit;
            return true;
        }
    return *is_calendar;
}

static bool find(const char *text, bool loosely, struct unit *out)
{
    enum moment_unit moment;

    if (loosely || !unit_calendar(text, &moment) || (moment != MOMENT_YEARS && moment != MOMENT_MONTHS))
        return ucum_parse(ucum_of(text), out);
    *out = (struct unit){.number = decimal_from_int(moment == MOMENT_YEARS ? 12 : 1), .per = decimal_from_int(1), .power = {[UNIT_CALENDAR_MONTH] = 1}};
    return true;
}

static bool same_dimensions(const struct unit *a, const struct unit *b)
{
    return memcmp(a->power, b->power, sizeof a->power) == 0;
}

/* A value in base units, but for what it is still to be divided by. */
static bool to_base(const struct decimal *value, const struct unit *unit, const struct decimal *by, struct decimal *out)
{
    return decimal_add(value, &unit->offset, out) && decimal_multiply(out, &unit->number, out) && decimal_multiply(out, by, out);
}

bool unit_align(const char *unit_a, const struct decimal *a, const char *unit_b, const struct decimal *b, bool loosely,
                struct decimal *x, struct decimal *y)
{
    struct unit from, to;

    *x = *a;
    *y = *b;
    if (strcmp(unit_a, unit_b) == 0)
        return true;
    return find(unit_a, loosely, &from) && find(unit_b, loosely, &to) && same_dimensions(&from, &to) &&
           to_base(a, &from, &to.per, x) && to_base(b, &to, &from.per, y);
}

bool unit_convert(const struct decimal *value, const char *from, const char *to, struct decimal *out)
{
    struct unit source, target;
    struct decimal top, bottom;

    *out = *value;
    if (strcmp(from, to) == 0)
        return true;
    return find(from, true, &source) && find(to, true, &target) && same_dimensions(&source, &target) &&
           to_base(value, &source, &target.per, &top) && decimal_multiply(&source.per, &target.number, &bottom) &&
           decimal_divide(&top, &bottom, out) && decimal_subtract(out, &target.offset, out);
}

static bool is_plain(const char *unit)
{
    return !*unit || strcmp(unit, "1") == 0;
}

/* "a.b", "a/b"; "1" where both are. */
static bool join(const char *a, const char *b, bool divide, char *text, size_t size)
{
    bool compound = divide && strpbrk(b, "./") != NULL;
    int n;

    if (is_plain(b))
        n = snprintf(text, size, "%s", is_plain(a) ? "1" : a);
    else if (is_plain(a) && !divide)
        n = snprintf(text, size, "%s", b);
    else
        n = snprintf(text, size, "%s%c%s%s%s", is_plain(a) ? "" : a, divide ? '/' : '.', compound ? "(" : "", b, compound ? ")" : "");
    return n > 0 && (size_t)n < size;
}

bool unit_multiply(const struct decimal *a, const char *unit_a, const struct decimal *b, const char *unit_b, bool divide,
                   struct decimal *out, char *text, size_t size)
{
    static const struct unit plain;
    struct unit result;
    struct decimal value;

    if (!join(ucum_of(unit_a), ucum_of(unit_b), divide, text, size) || !ucum_parse(text, &result))
        return false;
    if (!(divide ? decimal_divide(a, b, out) : decimal_multiply(a, b, out)))
        return false;
    if (is_plain(text) || !same_dimensions(&result, &plain))
        return true;
    if (!decimal_multiply(out, &result.number, &value) || !decimal_divide(&value, &result.per, out))    /* the units cancel */
        return false;
    strcpy(text, "1");
    return true;
}
