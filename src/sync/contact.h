/* contact.h - the first words with an address: nothing that could be worth anything to anybody is sent
 * before it has shown that a FHIR R4 server lives there. */
#ifndef FRONTDESK_SYNC_CONTACT_H
#define FRONTDESK_SYNC_CONTACT_H

#include "base/err.h"

struct auth;
struct central;

/* An address that was never probed is asked for its CapabilityStatement without credentials. That it answers as
 * FHIR R4, or that it wants to know who we are first (401, 403), lets the credentials go; then a value is got
 * ready. RC_INVALID: not the address of such a server, and what it is instead, in words. RC_DENIED, RC_NET: as
 * central_failure and auth_ready. */
enum rc contact_make(struct central *central, struct auth *auth, struct err *err);
#endif
