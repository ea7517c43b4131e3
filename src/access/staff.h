/* staff.h - staff accounts; each is also a Practitioner resource with the same id. */
#ifndef FRONTDESK_STAFF_H
#define FRONTDESK_STAFF_H

#include <stdbool.h>
#include <stddef.h>

#include "access/authz.h"

struct store;
struct staff { char id[40]; char *name, *display; enum role role; bool disabled; };
void staff_done(struct staff *s);

bool staff_any(struct store *st);               /* false on a new data directory */
enum rc staff_list(struct store *st, struct staff **out, size_t *n, struct err *err);
enum rc staff_get(struct store *st, const char *id_or_name, struct staff *out, struct err *err);
/* Passwords: 15 code points or more (NIST 800-63B), not the name, not in the block list. */
enum rc staff_password_check(const char *name, const char *password, struct err *err);
enum rc staff_add(struct store *st, const struct grant *grant, const char *name, const char *display,
                  enum role role, const char *password, struct err *err);
enum rc staff_set_password(struct store *st, const struct grant *grant, const char *name, const char *password, struct err *err);
enum rc staff_set_role(struct store *st, const struct grant *grant, const char *name, enum role role, struct err *err);
enum rc staff_disable(struct store *st, const struct grant *grant, const char *name, struct err *err); /* ends its sessions; refuses the last administrator */
#endif
