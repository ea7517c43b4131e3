/* grant_make.h - inside src/access: how authz.c makes a grant, for sign-in and its refusals. */
#ifndef FRONTDESK_GRANT_MAKE_H
#define FRONTDESK_GRANT_MAKE_H

#include "store/grant.h"

/* staff: an account's id, "system", or "nobody" when the name given is no account's. */
void grant_make(struct grant *out, enum origin origin, const char *staff, const char *role,
                const char *action, const char *category, const char *purpose, const char *patient);
#endif
