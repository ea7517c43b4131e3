/* If this breaks, a weight in pounds is compared with kilograms as if they were the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fhir/fhirpath/unit.h"

static struct decimal number(const char *text)
{
    struct decimal x;

    assert_true(decimal_parse(text, &x));
    return x;
}

static void converts(void **state)
{
    static const struct { const char *value, *from, *to, *result; } rows[] = {
        {"1", "kg", "g", "1000"}, {"2.5", "g", "mg", "2500"}, {"150", "[lb_av]", "kg", "68.0388555"}, {"6", "[ft_i]", "cm", "182.88"},
        {"72", "[in_i]", "m", "1.8288"}, {"1", "L", "dm3", "1"}, {"1", "mL", "cm3", "1"}, {"5", "dL", "l", "0.5"}, {"120", "mm[Hg]", "kPa", "15.99864"},
        {"98.6", "[degF]", "Cel", "37"}, {"-40", "Cel", "[degF]", "-40"}, {"0", "K", "Cel", "-273.15"}, {"1", "h", "min", "60"}, {"2", "wk", "d", "14"},
        {"90", "mg/dL", "g/L", "0.9"}, {"1", "km/h", "m/min", "16.6666666666666666666666666667"}, {"30", "kg/m2", "g/cm2", "3"},
        {"4.5", "10*3/uL", "10*9/L", "4.5"}, {"72", "{beats}/min", "/min", "72"}, {"1", "/min", "/h", "60"}, {"3", "mmol/L", "umol/mL", "3"},
        {"1", "meq/L", "mmol/L", "1"}, {"1", "[gal_us]", "[foz_us]", "128"}, {"3", "[tsp_us]", "[tbs_us]", "1"}, {"1", "kcal", "J", "4184"},
        {"50", "%", "1", "0.5"}, {"2", "m.m", "m2", "2"}, {"1", "kg.m/s2", "N", "1"}, {"1", "J", "N.m", "1"}, {"1", "m2.m-1", "m", "1"},
        {"1", "mg/(kg.d)", "mg/kg/d", "1"}, {"5", "years", "months", "60"}, {"7", "d", "week", "1"}, {"100", "[IU]/L", "[iU]/dL", "10"},
        {"1", "cm[H2O]", "Pa", "98.0665"}, {"2", "km2", "m2", "2000000"}, {"1", "", "1", "1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct decimal value = number(rows[i].value), want = number(rows[i].result), got;

        if (!unit_convert(&value, rows[i].from, rows[i].to, &got) || decimal_compare(&got, &want) != 0)
            fail_msg("%s %s is not %s %s", rows[i].value, rows[i].from, rows[i].result, rows[i].to);
    }
}

static void does_not_compare_what_differs(void **state)
{
    static const struct { const char *a, *b; } rows[] = {
        {"kg", "m"}, {"kg", "lb"}, {"Cel", "s"}, {"mol", "1"}, {"[iU]", "U"}, {"year", "a"}, {"year", "day"}, {"month", "mo"}, {"mg", "mG"}, {"[s]", "cm"},
        {"m/s", "m/s2"}, {"Cel/min", "K/min"}, {"kh", "h"}, {"m-", "m"}, {"(m", "m"}, {"m)", "m"}, {"m..s", "m.s"}, {"{x", "1"}, {"/", "1"},
        {"m99", "m9"}, {"0", "1"}, {"((((((((((((((((m))))))))))))))))", "m"},
    };
    struct decimal one = decimal_from_int(1), x, y;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (unit_align(rows[i].a, &one, rows[i].b, &one, false, &x, &y))
            fail_msg("%s and %s are compared", rows[i].a, rows[i].b);
    assert_true(unit_align("lb", &one, "lb", &one, false, &x, &y));
    assert_true(unit_align("year", &one, "a", &one, true, &x, &y));
    assert_true(unit_align("1 odd thing", &one, "1 odd thing", &one, false, &x, &y));
}

static void multiplies(void **state)
{
    static const struct { const char *a, *unit_a, *b, *unit_b; bool divide; const char *result, *unit; } rows[] = {
        {"2", "cm", "3", "m", false, "6", "cm.m"}, {"6", "g", "3", "m", true, "2", "g/m"}, {"6", "m", "3", "cm", true, "200", "1"}, {"2", "m", "4", "1", false, "8", "m"},
        {"2", "1", "4", "s", true, "0.5", "/s"}, {"10", "mg", "2", "kg.d", true, "5", "mg/(kg.d)"}, {"2", "1", "4", "kg", false, "8", "kg"}, {"2", "days", "3", "1", false, "6", "d"},
    };
    struct decimal got;
    char unit[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct decimal a = number(rows[i].a), b = number(rows[i].b), want = number(rows[i].result);

        assert_true(unit_multiply(&a, rows[i].unit_a, &b, rows[i].unit_b, rows[i].divide, &got, unit, sizeof unit));
        assert_string_equal(unit, rows[i].unit);
        assert_int_equal(decimal_compare(&got, &want), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(converts), cmocka_unit_test(does_not_compare_what_differs), cmocka_unit_test(multiplies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
