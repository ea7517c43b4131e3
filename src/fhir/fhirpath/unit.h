/* unit.h - units of measure: UCUM expressions and the words of the calendar, each as an exact
 * multiple of base units. Units that UCUM does not define compare only with themselves.
 *
 * Calendar years and months are no UCUM years and months: one year is twelve months, but how many
 * days it has depends on which. Weeks and all below have one length in both. */
#ifndef FRONTDESK_FHIRPATH_UNIT_H
#define FRONTDESK_FHIRPATH_UNIT_H

#include "fhir/fhirpath/decimal.h"
#include "fhir/fhirpath/moment.h"

enum unit_base {
    UNIT_METRE, UNIT_SECOND, UNIT_GRAM, UNIT_RADIAN, UNIT_KELVIN, UNIT_COULOMB, UNIT_CANDELA, UNIT_MOLE, UNIT_INTERNATIONAL,
    UNIT_CALENDAR_MONTH, UNIT_BASES,
};

/* A value in this unit is (value + offset) * number / per in base units raised to their powers. */
struct unit { struct decimal number, per, offset; signed char power[UNIT_BASES]; };

bool ucum_parse(const char *text, struct unit *out);        /* UCUM, case sensitive; false when it is none */

bool unit_calendar(const char *word, enum moment_unit *out);        /* "year", "days" */
/* The unit of time a quantity of it can move a date by, and whether it is the calendar's or UCUM's. */
bool unit_of_time(const char *unit, enum moment_unit *out, bool *is_calendar);

/* Both values in a unit they share; false when there is none. Loosely: a year of the calendar is one of UCUM, as for ~. */
bool unit_align(const char *unit_a, const struct decimal *a, const char *unit_b, const struct decimal *b, bool loosely,
                struct decimal *x, struct decimal *y);
bool unit_convert(const struct decimal *value, const char *from, const char *to, struct decimal *out);
/* Multiply or divide values with units. text takes the unit of the result; false when there is none or it is too long. */
bool unit_multiply(const struct decimal *a, const char *unit_a, const struct decimal *b, const char *unit_b, bool divide,
                   struct decimal *out, char *text, size_t size);
#endif
