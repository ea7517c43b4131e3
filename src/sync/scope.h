/* scope.h - which patients are this clinic's: server.scope, searches on Patient with ';' between them.
 * A patient is ours when any of them finds them; an empty scope is everybody. Pure. */
#ifndef FRONTDESK_SYNC_SCOPE_H
#define FRONTDESK_SYNC_SCOPE_H

#include <stddef.h>

#include "fhir/document.h"

struct scope { char **query; size_t n; };       /* owned; n 0: everybody */
void scope_read(const char *text, struct scope *out);
void scope_done(struct scope *scope);

/* What a Patient's own text tells: organization, general-practitioner, _tag and _id are read as a server
 * does; anything else only a server can answer. */
enum scope_verdict { SCOPE_IN, SCOPE_OUT, SCOPE_ASK };
/* field (may be NULL): what told that they are OUT, "managingOrganization"; borrowed, constant. */
enum scope_verdict scope_of(const struct scope *scope, const struct node *patient, const char **field);
#endif
