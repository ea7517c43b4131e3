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
bool merge_is_servers(const char *path);            /* meta members that only the server writes */

/* How elements of a list are told apart by what they are, not by where they stand. KEY_NONE: the
 * list is one value. */
enum list_key { KEY_NONE, KEY_IDENTIFIER, KEY_TELECOM, KEY_CODING, KEY_URL, KEY_USE, KEY_LINK_ID };
enum list_key merge_list_key(const char *member);
/* Keys of all elements, owned texts in an owned array; NULL when an element is no object or two
 * would share a key. by_value: telecom by its value too, as system and use do not tell it apart. */
char **merge_list_keys(const struct node *list, enum list_key kind, bool by_value);
void merge_keys_free(char **keys, size_t n);

/* Position of a status on the way up, -1 when it is on none (cancelled, entered in error ...). */
int merge_status_rank(const char *type, const char *status);
#endif
