/* merge_keys.h - the elements of a list by what they are, not by where they stand (SYNC.md 4.3). */
#ifndef FRONTDESK_SYNC_MERGE_KEYS_H
#define FRONTDESK_SYNC_MERGE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "fhir/document.h"
#include "sync/merge_rules.h"

struct merge_keys {
    struct node **element;      /* borrowed, in the order of the list before any edit */
    char **key;                 /* owned, of each element */
    size_t *sorted;             /* numbers of the elements by key */
    size_t n;
};
enum { KEY_ABSENT = -1 };

/* The elements of list (NULL is an empty one) by kind; by_value: telecom by its value too, as system
 * and use do not tell it apart. False when an element is no object or two share a key; release in
 * either case. */
bool merge_keys_init(struct merge_keys *keys, const struct node *list, enum list_key kind, bool by_value);
/* KEY_LINK_ID: what shares a link id is as often in other. Where one was added or removed, the numbers
 * of the others do not tell them apart any more. */
bool merge_keys_turns_in(const struct merge_keys *keys, const struct merge_keys *other);
void merge_keys_done(struct merge_keys *keys);
long merge_keys_at(const struct merge_keys *keys, const char *key);     /* number of the element, or KEY_ABSENT */
struct node *merge_keys_find(const struct merge_keys *keys, const char *key);
#endif
