/* alike.h - how near two names are, for look-alike warnings and matching. Folded text, no store. */
#ifndef FRONTDESK_ALIKE_H
#define FRONTDESK_ALIKE_H

#include <stdbool.h>

/* Jaro-Winkler, 0 to 1, prefix weight 0.1 up to four letters (DOMAIN section 5: near at 0.88). */
double alike_jaro_winkler(const char *a, const char *b);
/* Edit distance with neighbours swapped as one slip; anything past limit gives limit + 1. */
int alike_distance(const char *a, const char *b, int limit);
/* Would a person at a desk confuse two people of these names (family first, folded)? The family
 * names and one given name must both be equal, near or sound alike, or two words be the same in any order. */
bool alike_names(const char *a, const char *b);
/* The same, of people whose birth dates (FHIR, may be partial or "") do not tell them apart at a
 * glance: years next to each other, the same day and month, or one of them not known. */
bool alike_people(const char *name_a, const char *birth_a, const char *name_b, const char *birth_b);

#endif
