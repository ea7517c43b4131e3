/* crypto.h - hashes, random ids, passwords. The only file that knows libsodium. */
#ifndef FRONTDESK_CRYPTO_H
#define FRONTDESK_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CRYPTO_HASH = 32, CRYPTO_HEX = 65, CRYPTO_UUID = 37, CRYPTO_PASSWORD = 128 };

void crypto_random(void *out, size_t len);
void crypto_uuid(char out[CRYPTO_UUID]);                /* random (version 4), lower case */
void crypto_token(char out[CRYPTO_HEX]);                /* 256 random bits in hex */
void crypto_sha256_hex(const void *data, size_t len, char out[CRYPTO_HEX]);
/* Base64 (RFC 4648) added to out: the URL's alphabet without padding, or the usual one with it. */
struct buf;
void crypto_base64(const void *data, size_t len, bool is_url, struct buf *out);
/* The usual alphabet with its padding; False when text is not that, or longer than size once decoded. */
bool crypto_unbase64(const char *text, void *out, size_t size, size_t *len);
/* False when text is not base64url without padding, or longer than size once decoded. */
bool crypto_unbase64url(const char *text, void *out, size_t size, size_t *len);
/* Memory for a secret: locked, never in a core file, guarded on both sides, zeroed; wiped when it is freed. */
void *crypto_secret_new(size_t size);
void crypto_secret_free(void *secret);
/* Sealed under a key, bound to a label, added to out (XChaCha20-Poly1305: a random nonce is safe for any number
 * of seals, and it needs nothing of the processor). */
enum { CRYPTO_KEY = 32, CRYPTO_SEAL = 24 + 16 };     /* what a seal adds */
void crypto_seal(const unsigned char key[CRYPTO_KEY], const char *label, const void *data, size_t len, struct buf *out);
/* out has room for len - CRYPTO_SEAL. False when key, label or data are not those of the seal. */
bool crypto_unseal(const unsigned char key[CRYPTO_KEY], const char *label, const void *sealed, size_t len, void *out);
/* Argon2id, 64 MiB, 3 passes (RELIABILITY 3.3). False only when memory is not to be had. */
bool crypto_password_hash(const char *password, char out[CRYPTO_PASSWORD]);
bool crypto_password_verify(const char *hash, const char *password);
/* The same work on a hash nobody has, so that unknown names take as long as known ones. */
void crypto_password_decoy(const char *password);
#endif
