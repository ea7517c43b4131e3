/* bind.h - which patient an act's arguments are about, so that its grant is bound to that record. */
#ifndef FRONTDESK_ACTION_BIND_H
#define FRONTDESK_ACTION_BIND_H

#include <stdbool.h>
#include <stddef.h>

#include "action/action.h"

enum { BIND_TYPE = 40, BIND_PATIENT = 72 };

/* Split "Type/id"; false when it is not that. */
bool bind_split(const char *text, char type[BIND_TYPE], char id[BIND_PATIENT]);
/* The id in an id or Type/id argument; borrowed. */
const char *bind_id(const char *text);
/* Which of the space-separated types the id (or Type/id) is stored as; RC_NOT_FOUND when none. */
enum rc bind_find(struct store *st, const char *types, const char *text, char type[BIND_TYPE], struct err *err);
#endif
