/* sign.h - signatures with a private key: RS384 and ES384 (RFC 7518, 3.3 and 3.4). The agent alone is
 * linked with it: binding OpenSSL is a third of the time to the desk's first screen. */
#ifndef FRONTDESK_SIGN_H
#define FRONTDESK_SIGN_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct sign_key;

/* A key as PEM (PKCS#8, or the older forms of RSA and EC), without a passphrase. The kind of key decides
 * the algorithm: RSA from 2048 bits on, or EC on the curve P-384. RC_INVALID says what is wrong. */
enum rc sign_key_from_pem(const char *pem, size_t len, struct sign_key **out, struct err *err);
/* A key as a JWK (RFC 7517), its members asked for by name: "" for one that is not there. */
enum rc sign_key_from_jwk(const char *(*member)(const void *ctx, const char *name), const void *ctx,
                          struct sign_key **out, struct err *err);
void sign_key_free(struct sign_key *key);

const char *sign_alg(const struct sign_key *key);       /* "RS384" or "ES384" */
/* Add the signature of data to out, in the form of JWS (ES384: r and s, 48 bytes each). */
void sign_data(const struct sign_key *key, const void *data, size_t len, struct buf *out);
#endif
