/* people.h - people as rows: the columns of Find, and of candidates while registering. */
#ifndef FRONTDESK_PEOPLE_H
#define FRONTDESK_PEOPLE_H

#include "desk/find.h"
#include "ui/list.h"

extern const struct list_column people_columns[];
extern const size_t n_people_columns;
/* One person; because NULL: the hit's own. The row is valid until the next add. */
struct list_row *people_add(struct list *list, int group, const struct hit *hit, const char *because);
/* Name with name to use and every mark: "Garner, Paul †2024 (test)". Owned. */
char *people_name(const struct hit *hit);
#endif
