/* pattern.h - regular expressions of FHIRPath and of the regex extension, over characters.
 * A pattern is compiled to a small program; every instruction is tried at most once at every
 * character. Look-aheads and replacing start over, so all of it together is bounded by PATTERN_STEPS.
 * Not supported and refused: back references, look-behind, possessive quantifiers. */
#ifndef FRONTDESK_FHIRPATH_PATTERN_H
#define FRONTDESK_FHIRPATH_PATTERN_H

#include <stdbool.h>

#include "base/buf.h"

enum { PATTERN_STEPS = 1 << 25 };
struct pattern;
enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_TOO_LONG };

struct pattern *pattern_compile(const char *text, const char **why);   /* NULL: why says what is wrong */
void pattern_free(struct pattern *pattern);
enum pattern_result pattern_matches(const struct pattern *pattern, const char *text);          /* anywhere */
enum pattern_result pattern_matches_whole(const struct pattern *pattern, const char *text);
/* Every match replaced by with, in which $1 or ${name} is a group. False when it takes too long. */
bool pattern_replace(const struct pattern *pattern, const char *text, const char *with, struct buf *out);

#endif
