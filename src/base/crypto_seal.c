/* Secrets: in memory that is locked, and sealed where they rest. */
#include "base/crypto.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/mem.h"

static void start(void)
{
    if (sodium_init() < 0)
        mem_fatal("libsodium cannot start");
}

void *crypto_secret_new(size_t size)
{
    start();
    void *secret = sodium_malloc(size);

    if (!secret)
        mem_fatal("no memory for a secret");
    return memset(secret, 0, size);
}

void crypto_secret_free(void *secret)
{
    sodium_free(secret);
}

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
_Static_assert(CRYPTO_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the key of the seal");
_Static_assert(CRYPTO_SEAL == NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES, "what the seal adds");

void crypto_seal(const unsigned char key[CRYPTO_KEY], const char *label, const void *data, size_t len, struct buf *out)
{
    unsigned char *sealed = mem_alloc(len + CRYPTO_SEAL);

    start();
    crypto_random(sealed, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL, data, len, (const unsigned char *)label, strlen(label),
                                               NULL, sealed, key);
    buf_add_n(out, sealed, len + CRYPTO_SEAL);
    free(sealed);
}

bool crypto_unseal(const unsigned char key[CRYPTO_KEY], const char *label, const void *sealed, size_t len, void *out)
{
    const unsigned char *bytes = sealed;

    start();
    return len >= CRYPTO_SEAL &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, bytes + NONCE, len - NONCE,
                                                      (const unsigned char *)label, strlen(label), bytes, key) == 0;
}
