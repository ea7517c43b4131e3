/* token_endpoint.h - an access token for a client that acts for itself (RFC 6749, 4.4), asked of an
 * authorization server: who we are is shown by a shared secret or by a signed assertion. */
#ifndef FRONTDESK_SYNC_TOKEN_ENDPOINT_H
#define FRONTDESK_SYNC_TOKEN_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/secret.h"
#include "sync/http.h"

/* One word of printable ASCII: anything else would end up as another header. */
bool token_is_plain(const char *token);

struct token_request {
    struct http_settings http;      /* CA, our certificate, limits; base and credentials are not looked at */
    const char *url;                /* of the endpoint */
    const char *client_id, *scope;
    const char *client_secret;      /* client_secret_basic */
    const struct secret *key;       /* or private_key_jwt: PEM or JWK */
    const char *key_id;             /* "": that of the JWK, if any */
};
struct token_grant { struct secret token; int64_t lasts_s; };  /* lasts_s: 0 when the server does not say */

/* RC_OK fills out (secret_done its token). RC_DENIED: refused, and why, in words; RC_NET: not reached, or no
 * answer that makes sense; RC_INVALID: the key cannot be used. */
enum rc token_endpoint_ask(const struct token_request *request, struct token_grant *out, struct err *err);

/* The endpoint that the server at settings->base_url names in .well-known/smart-configuration, asked for without
 * credentials; owned. RC_NOT_FOUND when it names none. */
enum rc token_endpoint_find(const struct http_settings *settings, char **url, struct err *err);
#endif
