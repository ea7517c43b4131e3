/* jwt.h - what a client proves itself with at a token endpoint: a JWT signed with its private key
 * (SMART App Launch, client-confidential-asymmetric; RFC 7523). Pure but for the signature. */
#ifndef FRONTDESK_SYNC_JWT_H
#define FRONTDESK_SYNC_JWT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct sign_key;

/* A private key as people have it: PEM, a JWK, or a JWK set with one private key in it. kid (may be NULL) is
 * set to the owned "kid" of a JWK, "" when it has none. */
enum rc jwt_key_read(const char *text, size_t len, struct sign_key **out, char **kid, struct err *err);

struct jwt_claims {
    const char *client;         /* iss and sub */
    const char *audience;       /* the token endpoint's URL */
    const char *id;             /* jti: another one every time */
    int64_t expires_s;          /* exp, seconds since 1970 */
};
/* Add the signed token to out. kid: the key's name as registered with the server, "" none. */
void jwt_assertion(const struct sign_key *key, const char *kid, const struct jwt_claims *claims, struct buf *out);
#endif
