/* authz.h - who may do what: one table of roles and permissions, default deny.
 * The only maker of grants. */
#ifndef FRONTDESK_AUTHZ_H
#define FRONTDESK_AUTHZ_H

#include <stdbool.h>

#include "base/err.h"
#include "store/grant.h"

struct store;
struct session;

enum permission {
    PERM_NONE,          /* not a permission; an action that names it does not build */
    PERM_ANYONE,        /* before sign-in: help, version, sign-in itself */
    PERM_SIGNED_IN, PERM_PERSON_FIND, PERM_RECORD_READ, PERM_PERSON_WRITE, PERM_INTAKE,
    PERM_CONTACT, PERM_TASK, PERM_APPOINTMENT, PERM_CORRECT, PERM_CONFLICT, PERM_SYNC,
    PERM_DROP_SAFETY,   /* let go what protects a patient: an allergy, a consent, a safety task */
    PERM_IMPORT, PERM_RAW_WRITE, PERM_QUESTIONNAIRE, PERM_STAFF, PERM_AUDIT_READ, PERM_BACKUP, PERM_CONFIG,
    PERM_COUNT
};
enum role { ROLE_FRONT_DESK, ROLE_CARE_MANAGER, ROLE_CLINICIAN, ROLE_ADMINISTRATOR, ROLE_COUNT };
const char *role_name(enum role role);          /* "front-desk" ... */
bool role_parse(const char *name, enum role *out);
const char *permission_name(enum permission permission);    /* "record-read" ... */
bool authz_role_has(enum role role, enum permission permission);

/* RC_OK fills grant; RC_DENIED says why and writes the refusal to the audit. patient "" or NULL = none.
 * The account's state is read again each time, so that a disabled user's next act is refused. */
enum rc authz(struct store *st, const struct session *session, enum permission permission,
              const char *action, const char *category, const char *patient,
              struct grant *out, struct err *err);
/* The agent's and the importer's own grants (origin, action), for a process without a person. */
void authz_system(enum origin origin, const char *action, struct grant *out);
#endif
