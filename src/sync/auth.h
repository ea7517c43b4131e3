/* auth.h - who we are to the central server: where the value of Authorization comes from, and the
 * certificate of ours. One table of ways (server.auth); tokens live in locked memory and are got anew
 * shortly before they run out, or when the server has ceased to accept them. Knows nothing of FHIR. */
#ifndef FRONTDESK_SYNC_AUTH_H
#define FRONTDESK_SYNC_AUTH_H

#include <signal.h>

#include "base/config.h"
#include "base/err.h"
#include "sync/http.h"

struct auth;
struct store;

/* Check the settings and read our certificate's key; RC_INVALID, RC_DENIED or RC_IO say what is missing. Nothing is
 * sent. st and config live until auth_close. stop may be NULL. */
enum rc auth_open(struct store *st, const struct config *config, const volatile sig_atomic_t *stop, struct auth **out,
                  struct err *err);
void auth_close(struct auth *auth);

/* Fill in what a connection to the server needs: base address, CA, certificate of ours, limits, credentials. auth
 * must outlive the connection. */
void auth_http_settings(struct auth *auth, struct http_settings *out);

/* The server has shown that it is one: until then no request carries a credential. */
void auth_trust(struct auth *auth);
/* Have a value ready, got anew when there is none that lasts: a token file is read again each time. RC_DENIED when
 * the token endpoint does not accept us, RC_NET when it cannot be reached, with a sentence for people. */
enum rc auth_ready(struct auth *auth, struct err *err);
#endif
