/* decimal.h - exact decimals: digits and a scale, so that 1.10 keeps its zero and 0.1 + 0.2
 * is 0.3. Up to 108 digits; what needs more is refused, never rounded in silence. */
#ifndef FRONTDESK_FHIRPATH_DECIMAL_H
#define FRONTDESK_FHIRPATH_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { DECIMAL_LIMBS = 12 };

/* limb[0] + limb[1] * 10^9 + ..., times 10^-scale. scale is never negative. */
struct decimal { uint32_t limb[DECIMAL_LIMBS]; int scale; bool negative; };

bool decimal_parse(const char *text, struct decimal *out);      /* a JSON number, whole text; + allowed */
struct decimal decimal_from_int(int64_t value);
bool decimal_to_int(const struct decimal *x, int64_t *out);     /* false when it has a fraction or is too large */
/* Between decimals and digits * 10^-scale where the digits are no more than 18. */
bool decimal_to_short(const struct decimal *x, int64_t *digits);
void decimal_from_short(int64_t digits, int scale, struct decimal *out);
void decimal_write(struct buf *out, const struct decimal *x);

bool decimal_is_zero(const struct decimal *x);
int decimal_compare(const struct decimal *a, const struct decimal *b);  /* by value: 1.10 equals 1.1 */
struct decimal decimal_negate(struct decimal x);

/* False when the result has too many digits, or for a division by zero. */
bool decimal_add(const struct decimal *a, const struct decimal *b, struct decimal *out);
bool decimal_subtract(const struct decimal *a, const struct decimal *b, struct decimal *out);
bool decimal_multiply(const struct decimal *a, const struct decimal *b, struct decimal *out);
bool decimal_divide(const struct decimal *a, const struct decimal *b, struct decimal *out);    /* to 28 places */

enum decimal_way { DECIMAL_DOWN, DECIMAL_UP, DECIMAL_TO_ZERO, DECIMAL_HALF_UP };
/* Round to so many places; DOWN and UP are floor and ceiling, HALF_UP rounds halves away from zero. */
struct decimal decimal_round(struct decimal x, int places, enum decimal_way way);
struct decimal decimal_trim(struct decimal x);                  /* without trailing zeros after the point */

/* To 28 places. False where there is no answer (logarithm of nothing) or it has too many digits. */
bool decimal_exp(const struct decimal *x, struct decimal *out);
bool decimal_ln(const struct decimal *x, struct decimal *out);
bool decimal_sqrt(const struct decimal *x, struct decimal *out);
bool decimal_power(const struct decimal *x, const struct decimal *y, struct decimal *out);

#endif
