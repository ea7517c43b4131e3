/* alias.h - resources that the central server gave ids of its own. Here they keep the id they were made
 * with, since screens, drafts and the audit know them by it; sync translates at the border. */
#ifndef FRONTDESK_ALIAS_H
#define FRONTDESK_ALIAS_H

#include <stdbool.h>

#include "base/err.h"

struct store;

bool alias_is_any(struct store *st);
/* Owned; NULL when there is none. */
char *alias_server_id(struct store *st, const char *type, const char *id);
char *alias_local_id(struct store *st, const char *type, const char *server_id);
/* Type/id here is server_id there, from now on; said again it changes nothing. */
enum rc alias_set(struct store *st, const char *type, const char *id, const char *server_id, struct err *err);
#endif
