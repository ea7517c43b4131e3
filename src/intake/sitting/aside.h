/* aside.h - answers that have no place in the form any more, kept with the draft to be seen: of a question an
 * upgrade took away, or another person's to a question that both have changed. A JSON array of
 * {"kind", "linkId", "text", "answer", "why", "value"}: draft.aside. */
#ifndef FRONTDESK_ASIDE_H
#define FRONTDESK_ASIDE_H

#include "fhir/document.h"

#define ASIDE_UNFIT "unfit"         /* stays with the response when the form is finished */
#define ASIDE_CHANGED "changed"     /* what somebody else answered meanwhile: stands in the history */

struct aside { const char *kind, *link_id, *text, *answer, *why; const char *value; /* JSON, may be NULL */ };
/* The array with one more in it; owned. json may be NULL or "". */
char *aside_add(const char *json, const struct aside *one);
size_t aside_count(const char *json);
/* The array as a document; NULL when there is nothing in it. */
struct doc *aside_list(const char *json);
/* Into the response, as extension ASIDE; those it holds already stay as they are. */
void aside_to_response(const char *json, struct doc *response);
#endif
