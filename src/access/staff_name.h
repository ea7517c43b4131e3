/* staff_name.h - inside src/access: how a sign-in name is compared. */
#ifndef FRONTDESK_STAFF_NAME_H
#define FRONTDESK_STAFF_NAME_H

char *staff_name_folded(const char *name);  /* owned, in lower case */
#endif
