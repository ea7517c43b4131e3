/* field_value.h - the value of any element in one readable line: dates, codes and addresses as people read
 * them, references by name, structures as "label value" parts, never JSON. */
#ifndef FRONTDESK_FIELD_VALUE_H
#define FRONTDESK_FIELD_VALUE_H

#include "base/buf.h"
#include "fhir/document.h"

struct store;

/* Appends; "(none)" for NULL, "nothing" parts are left out. st may be NULL: references stay Type/id then. */
void field_value(struct buf *out, struct store *st, const struct node *value);
/* Who or what "Type/id" is here; owned, NULL when it has no name here. */
char *reference_name(struct store *st, const char *type, const char *id);
#endif
