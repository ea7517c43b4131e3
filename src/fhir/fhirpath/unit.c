/* unit.c - units of measure: calendar words, and the UCUM units forms use, each as an exact
 * multiple of a base unit. Units outside this table compare only with themselves. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

static const struct { const char *unit, *dimension, *factor; } units[] = {
    {"kg", "mass", "1000"}, {"g", "mass", "1"}, {"mg", "mass", "0.001"}, {"ug", "mass", "0.000001"}, {"ng", "mass", "0.000000001"},
    {"[lb_av]", "mass", "453.59237"}, {"[oz_av]", "mass", "28.349523125"}, {"t", "mass", "1000000"}, {"[stone_av]", "mass", "6350.29318"},
    {"km", "length", "1000"}, {"m", "length", "1"}, {"dm", "length", "0.1"}, {"cm", "length", "0.01"}, {"mm", "length", "0.001"},
    {"um", "length", "0.000001"}, {"nm", "length", "0.000000001"},
    {"[in_i]", "length", "0.0254"}, {"[ft_i]", "length", "0.3048"}, {"[yd_i]", "length", "0.9144"}, {"[mi_i]", "length", "1609.344"},
    {"m2", "area", "1"}, {"cm2", "area", "0.0001"},
    {"L", "volume", "1"}, {"l", "volume", "1"}, {"dL", "volume", "0.1"}, {"cL", "volume", "0.01"}, {"mL", "volume", "0.001"}, {"ml", "volume", "0.001"},
    {"uL", "volume", "0.000001"}, {"cm3", "volume", "0.001"}, {"m3", "volume", "1000"},
    {"a", "time", "31557600"}, {"mo", "time", "2629800"}, {"wk", "time", "604800"}, {"d", "time", "86400"}, {"h", "time", "3600"},
    {"min", "time", "60"}, {"s", "time", "1"}, {"ms", "time", "0.001"},
    {"1", "number", "1"}, {"", "number", "1"}, {"%", "number", "0.01"},
    {"mol", "amount", "1"}, {"mmol", "amount", "0.001"}, {"umol", "amount", "0.000001"},
    {"mol/L", "amount/volume", "1"}, {"mmol/L", "amount/volume", "0.001"}, {"umol/L", "amount/volume", "0.000001"},
    {"nmol/L", "amount/volume", "0.000000001"},
    {"g/L", "mass/volume", "1"}, {"g/dL", "mass/volume", "10"}, {"mg/dL", "mass/volume", "0.01"}, {"mg/L", "mass/volume", "0.001"},
    {"ug/mL", "mass/volume", "0.001"}, {"ug/L", "mass/volume", "0.000001"}, {"ng/mL", "mass/volume", "0.000001"}, {"kg/L", "mass/volume", "1000"},
    {"mg/mL", "mass/volume", "1"}, {"g/mL", "mass/volume", "1000"},
    {"mm[Hg]", "pressure", "1"},
    {"Cel", "temperature", "1"}, {"/min", "rate", "1"}, {"{beats}/min", "rate", "1"}, {"kg/m2", "bmi", "1"},
};

static const struct { const char *word; enum moment_unit unit; const char *ucum; } calendar[] = {
    {"year", MOMENT_YEARS, "a"}, {"years", MOMENT_YEARS, "a"}, {"month", MOMENT_MONTHS, "mo"}, {"months", MOMENT_MONTHS, "mo"},
    {"week", MOMENT_WEEKS, "wk"}, {"weeks", MOMENT_WEEKS, "wk"}, {"day", MOMENT_DAYS, "d"}, {"days", MOMENT_DAYS, "d"},
    {"hour", MOMENT_HOURS, "h"}, {"hours", MOMENT_HOURS, "h"}, {"minute", MOMENT_MINUTES, "min"}, {"minutes", MOMENT_MINUTES, "min"},
    {"second", MOMENT_SECONDS, "s"}, {"seconds", MOMENT_SECONDS, "s"}, {"millisecond", MOMENT_MILLISECONDS, "ms"},
    {"milliseconds", MOMENT_MILLISECONDS, "ms"},
};

bool unit_calendar(const char *unit, enum moment_unit *out)
{
    for (size_t i = 0; i < sizeof calendar / sizeof *calendar; i++)
        if (strcmp(calendar[i].word, unit) == 0) {
            *out = calendar[i].unit;
            return true;
        }
    return false;
}

const char *unit_canonical(const char *unit)
{
    for (size_t i = 0; i < sizeof calendar / sizeof *calendar; i++)
        if (strcmp(calendar[i].word, unit) == 0)
            return calendar[i].ucum;
    return unit;
}

bool unit_find(const char *unit, const char **dimension, struct decimal *factor)
{
    const char *code = unit_canonical(unit);

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].unit, code) == 0) {
            *dimension = units[i].dimension;
            return decimal_parse(units[i].factor, factor);
        }
    return false;
}
