/* decision_match.h - which elements of three lists are the same thing: for showing them side by side. */
#ifndef FRONTDESK_DECISION_MATCH_H
#define FRONTDESK_DECISION_MATCH_H

#include "desk/decision.h"

struct three { const struct node *side[SIDE_COUNT]; };
struct triples { struct three *row; size_t n; };

/* Equal in meaning, or both not there. */
bool decision_same(const struct node *a, const struct node *b);
/* Lists of this name hold things of their own; any other list is one value. */
bool decision_splits(const char *member);
/* Only for such lists. One row for each thing, in the order of here, then of the server; rows owned: free them. lists: NULL is an
 * empty one. */
void decision_match(struct triples *t, const char *member, const struct three *lists);
#endif
