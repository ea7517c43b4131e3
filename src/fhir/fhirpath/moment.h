/* moment.h - dates, dateTimes and times as precise as they are written.
 * Comparing what is known to different precision may have no answer. */
#ifndef FRONTDESK_FHIRPATH_MOMENT_H
#define FRONTDESK_FHIRPATH_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum moment_precision { MOMENT_NONE, MOMENT_YEAR, MOMENT_MONTH, MOMENT_DAY, MOMENT_HOUR, MOMENT_MINUTE, MOMENT_SECOND, MOMENT_MILLISECOND };
enum moment_order { MOMENT_LESS = -1, MOMENT_EQUAL, MOMENT_GREATER, MOMENT_UNKNOWN };

struct moment {
    int32_t year;
    int8_t month, day, hour, minute, second;
    int16_t millisecond;
    int16_t zone_minutes;       /* offset from UTC */
    bool has_zone;
    int8_t precision;           /* enum moment_precision */
};

/* "2014", "2014-01", "2014-01-25", any of them with T14, T14:30, T14:30:14.559 and a zone.
 * A trailing T ("2014T") is allowed as in FHIRPath literals; *is_datetime tells about it. */
bool moment_parse(const char *text, struct moment *out, bool *is_datetime);
bool moment_parse_time(const char *text, struct moment *out);      /* "14:30:14.559", an optional T before it */
void moment_write(struct buf *out, const struct moment *m, bool is_time);

/* Order as far as both are known. Moments with zones are compared in UTC; where only one has a zone,
 * it is known only when they are further apart than any zone could make up for. */
enum moment_order moment_compare(const struct moment *a, const struct moment *b, bool is_time);

enum moment_unit { MOMENT_YEARS, MOMENT_MONTHS, MOMENT_WEEKS, MOMENT_DAYS, MOMENT_HOURS, MOMENT_MINUTES, MOMENT_SECONDS, MOMENT_MILLISECONDS };
/* Add so many units; what is smaller than the precision counts in whole units of it. False when
 * the result leaves the years 1 to 9999. */
bool moment_add(struct moment *m, int64_t count, enum moment_unit unit, bool is_time);
struct moment moment_from_ms(int64_t ms);           /* clinic-local, with its zone */

#endif
