/* merge_rules.h - which members of a FHIR resource merge how: the tables behind merge.c. */
#ifndef FRONTDESK_SYNC_MERGE_RULES_H
#define FRONTDESK_SYNC_MERGE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "fhir/document.h"

enum { UNIT_NAME = 128 };

/* Members that only make sense together share a unit: "deceasedBoolean", "deceasedDateTime" and
 * "_deceasedDateTime" are all of "deceased[x]", "_birthDate" is of "birthDate". */
void merge_unit_name(const char *member, char out[UNIT_NAME]);

/* Both sides changed it: never merged by a machine, whatever the parts. */
bool merge_is_for_person(const char *type, const char *root_unit);
bool merge_is_whole_for_person(const char *type);   /* any two edits of such a resource */
bool merge_is_servers(const char *meta_unit);       /* in meta, what only the server writes */
bool merge_is_one_value(const struct node *object); /* its members mean nothing without each other */
/* Some member stands in both. Where none does, one value was replaced by another, or each side took
 * away what the other kept, and nothing would be left. */
bool merge_has_common(const struct node *a, const struct node *b);

/* How elements of a list are told apart by what they are, not by where they stand. KEY_NONE: the
 * list is one value. */
enum list_key { KEY_NONE, KEY_IDENTIFIER, KEY_TELECOM, KEY_CODING, KEY_URL, KEY_USE, KEY_LINK_ID };
enum list_key merge_list_key(const char *member);

/* Position of a status on the way up, -1 when it is on none (cancelled, entered in error ...). */
int merge_status_rank(const char *type, const char *status);
#endif
