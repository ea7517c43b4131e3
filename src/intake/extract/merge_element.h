/* merge_element.h - what a form says of a resource put into the one on record, and what differs then.
 * Knows FHIR datatypes; nothing of forms, the store or screens. */
#ifndef FRONTDESK_MERGE_ELEMENT_H
#define FRONTDESK_MERGE_ELEMENT_H

#include <stddef.h>

#include "fhir/document.h"

/* Put from, a resource of the same type, into doc. A member is replaced; an entry of a list replaces
 * the one it is (an identifier its system's, a phone that of the same system and use, a name or an
 * address that of the same use), else it is added: what the form does not speak of stays. */
void merge_element(struct doc *doc, const struct doc *from);

/* One member that differs, as people read it. before "" when it is new, after "" when it goes. */
struct difference { char *label, *before, *after; };     /* owned */
/* before NULL: after is new, and what goes without saying of a new one is left out. Returns how many; *out is owned (differences_done). */
size_t differences(const struct doc *before, const struct doc *after, struct difference **out);
void differences_done(struct difference *difference, size_t n);
/* "Body weight: 71.5 kg": what a resource says in a line, without its type; owned. */
char *resource_summary(const struct doc *doc);
#endif
