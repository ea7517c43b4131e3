/* function_moment.c - the clock. Every call in one evaluation sees the same moment. */
#include "fhir/fhirpath/internal.h"

static bool add_now(struct eval *ev, enum fp_kind kind, int precision, struct fp_result *out)
{
    struct fp_value v = {.kind = kind, .moment = moment_from_ms(fp_now_ms(ev))};

    v.moment.precision = (int8_t)precision;
    if (kind != FP_DATETIME)
        v.moment.has_zone = false;
    fp_add(out, v);
    return true;
}

static bool call_now(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)input, (void)call;
    return add_now(ev, FP_DATETIME, MOMENT_MILLISECOND, out);
}

static bool call_today(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)input, (void)call;
    return add_now(ev, FP_DATE, MOMENT_DAY, out);
}

static bool call_time_of_day(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)input, (void)call;
    return add_now(ev, FP_TIME, MOMENT_MILLISECOND, out);
}

const struct fp_function fp_functions_moment[] = {
    {"now", 0, 0, call_now}, {"today", 0, 0, call_today}, {"timeOfDay", 0, 0, call_time_of_day}, {NULL, 0, 0, NULL},
};
