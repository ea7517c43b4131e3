/* SHA-256 is libsodium's, which passwords need anyway: loading and binding OpenSSL for it alone was a
 * third of the time to the first screen. */
#include "base/crypto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/mem.h"

enum { POOL = 4096, UUID_BYTES = 16 };
static const unsigned long long argon_passes = 3;
static const size_t argon_memory = 64ul * 1024 * 1024;

_Static_assert(CRYPTO_PASSWORD >= crypto_pwhash_argon2id_STRBYTES, "room for an Argon2id string");

static struct {
    bool has_sodium;            /* set up at the first password: most starts need none */
    unsigned char pool[POOL];   /* random bytes for ids, refilled by the kernel */
    size_t left;
    pid_t owner;                /* the pool is not shared with a child */
} state;

void crypto_random(void *out, size_t len)
{
    unsigned char *p = out;

    while (len) {
        ssize_t got = getrandom(p, len, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            mem_fatal("the kernel gives no random bytes");
        p += got;
        len -= (size_t)got;
    }
}

static void hex(const unsigned char *bytes, size_t len, char *out)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *out++ = digit[bytes[i] >> 4];
        *out++ = digit[bytes[i] & 15];
    }
    *out = '\0';
}

void crypto_uuid(char out[CRYPTO_UUID])
{
    static const size_t groups[] = {4, 2, 2, 2, 6};
    unsigned char bytes[UUID_BYTES], *b = bytes;

    if (state.left < UUID_BYTES || state.owner != getpid()) {
        crypto_random(state.pool, POOL);
        state.left = POOL;
        state.owner = getpid();
    }
    state.left -= UUID_BYTES;
    memcpy(bytes, state.pool + state.left, UUID_BYTES);
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40);   /* RFC 9562: version 4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);   /* and variant 10 */
    for (size_t i = 0; i < sizeof groups / sizeof *groups; b += groups[i], i++) {
        if (i)
            *out++ = '-';
        hex(b, groups[i], out);
        out += 2 * groups[i];
    }
}

void crypto_token(char out[CRYPTO_HEX])
{
    unsigned char bytes[32];

    crypto_random(bytes, sizeof bytes);
    hex(bytes, sizeof bytes, out);
    mem_wipe(bytes, sizeof bytes);
}

void crypto_sha256_hex(const void *data, size_t len, char out[CRYPTO_HEX])
{
    unsigned char hash[CRYPTO_HASH];

    if (crypto_hash_sha256(hash, data, len) != 0)
        mem_fatal("SHA-256 failed");
    hex(hash, sizeof hash, out);
}

void crypto_base64(const void *data, size_t len, bool is_url, struct buf *out)
{
    int variant = is_url ? sodium_base64_VARIANT_URLSAFE_NO_PADDING : sodium_base64_VARIANT_ORIGINAL;
    size_t size = sodium_base64_encoded_len(len, variant);
    char *text = mem_alloc(size);

    buf_add(out, sodium_bin2base64(text, size, data, len, variant));
    mem_wipe(text, size);
    free(text);
}

bool crypto_unbase64url(const char *text, void *out, size_t size, size_t *len)
{
    return sodium_base642bin(out, size, text, strlen(text), NULL, len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}

bool crypto_unbase64(const char *text, void *out, size_t size, size_t *len)
{
    return sodium_base642bin(out, size, text, strlen(text), " \r\n", len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
}

static void sodium_start(void)
{
    if (!state.has_sodium && sodium_init() < 0)
        mem_fatal("libsodium cannot start");
    state.has_sodium = true;
}

bool crypto_password_hash(const char *password, char out[CRYPTO_PASSWORD])
{
    sodium_start();
    return crypto_pwhash_argon2id_str(out, password, strlen(password), argon_passes, argon_memory) == 0;
}

bool crypto_password_verify(const char *hash, const char *password)
{
    sodium_start();
    return crypto_pwhash_argon2id_str_verify(hash, password, strlen(password)) == 0;
}

void crypto_password_decoy(const char *password)
{
    /* Of random bytes nobody kept; same memory and passes as above. */
    static const char decoy[] = "$argon2id$v=19$m=65536,t=3,p=1$KTdAUbK5KbV4d4Rs930ucg$ateo8M2LJ4JSxa2HoUB4T5lQ0Wj+KXl8Taz+Op11gv0";

    crypto_password_verify(decoy, password);
}
