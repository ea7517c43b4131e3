#include "base/sign.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"

enum { RSA_BITS_LEAST = 2048, EC_BYTES = 48, NUMBER_MOST = 1024 };

struct sign_key { EVP_PKEY *pkey; bool is_ec; };

/* What OpenSSL has to say is for programmers; its queue must not show up in a later failure. */
static enum rc refuse(EVP_PKEY *pkey, struct err *err, const char *words)
{
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    return err_set(err, RC_INVALID, "%s", words);
}

/* Takes pkey. */
static enum rc take_key(EVP_PKEY *pkey, struct sign_key **out, struct err *err)
{
    char curve[32] = "";
    bool is_ec = EVP_PKEY_is_a(pkey, "EC");

    if (!is_ec && !EVP_PKEY_is_a(pkey, "RSA"))
        return refuse(pkey, err, _("the private key is neither RSA nor EC: make one of those"));
    if (!is_ec && EVP_PKEY_get_bits(pkey) < RSA_BITS_LEAST)
        return refuse(pkey, err, _("the private key is too short: RSA needs 2048 bits or more"));
    if (is_ec && (!EVP_PKEY_get_group_name(pkey, curve, sizeof curve, NULL) || strcmp(curve, "secp384r1") != 0))
        return refuse(pkey, err, _("the private key is on another curve: ES384 needs P-384"));
    *out = mem_alloc(sizeof **out);
    **out = (struct sign_key){ pkey, is_ec };
    return RC_OK;
}

/* Never ask: nobody sits in front of the agent. */
static int no_passphrase(char *out, int size, int is_writing, void *ctx)
{
    (void)out, (void)size, (void)is_writing, (void)ctx;
    return -1;
}

enum rc sign_key_from_pem(const char *pem, size_t len, struct sign_key **out, struct err *err)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

    *out = NULL;
    BIO_free(bio);
    if (pkey)
        return take_key(pkey, out, err);
    if (memmem(pem, len, "ENCRYPTED", strlen("ENCRYPTED")))
        return refuse(NULL, err, _("the private key has a passphrase: give it without, it is sealed here"));
    return refuse(NULL, err, _("that is no private key in PEM form"));
}

/* ---- JWK ---- */

struct jwk {
    const char *(*member)(const void *ctx, const char *name);
    const void *ctx;
    OSSL_PARAM_BLD *bld;
    BIGNUM *number[8];
    size_t n;
    bool is_bad;
};

static void add_number(struct jwk *j, const char *name, const char *param)
{
    unsigned char bytes[NUMBER_MOST];
    size_t len = 0;

    if (!crypto_unbase64url(j->member(j->ctx, name), bytes, sizeof bytes, &len) || len == 0) {
        j->is_bad = true;
    } else {
        BIGNUM *number = BN_secure_new();

        if (!number || !BN_bin2bn(bytes, (int)len, number) || !OSSL_PARAM_BLD_push_BN(j->bld, param, number))
            mem_fatal("no room for a key");
        j->number[j->n++] = number;
    }
    mem_wipe(bytes, sizeof bytes);
}

static void add_rsa(struct jwk *j)
{
    static const struct { const char *name, *param; } members[] = {
        { "n", OSSL_PKEY_PARAM_RSA_N }, { "e", OSSL_PKEY_PARAM_RSA_E }, { "d", OSSL_PKEY_PARAM_RSA_D },
        { "p", OSSL_PKEY_PARAM_RSA_FACTOR1 }, { "q", OSSL_PKEY_PARAM_RSA_FACTOR2 },
        { "dp", OSSL_PKEY_PARAM_RSA_EXPONENT1 }, { "dq", OSSL_PKEY_PARAM_RSA_EXPONENT2 },
        { "qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
    };

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        add_number(j, members[i].name, members[i].param);
}

static void add_ec(struct jwk *j, unsigned char point[1 + 2 * EC_BYTES])
{
    size_t x = 0, y = 0;

    j->is_bad |= strcmp(j->member(j->ctx, "crv"), "P-384") != 0;
    point[0] = POINT_CONVERSION_UNCOMPRESSED;
    j->is_bad |= !crypto_unbase64url(j->member(j->ctx, "x"), point + 1, EC_BYTES, &x) || x != EC_BYTES;
    j->is_bad |= !crypto_unbase64url(j->member(j->ctx, "y"), point + 1 + EC_BYTES, EC_BYTES, &y) || y != EC_BYTES;
    OSSL_PARAM_BLD_push_utf8_string(j->bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0);
    OSSL_PARAM_BLD_push_octet_string(j->bld, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * EC_BYTES);
    add_number(j, "d", OSSL_PKEY_PARAM_PRIV_KEY);
}

static EVP_PKEY *build_key(struct jwk *j, const char *type)
{
    OSSL_PARAM *params = j->is_bad ? NULL : OSSL_PARAM_BLD_to_param(j->bld);
    EVP_PKEY_CTX *ctx = params ? EVP_PKEY_CTX_new_from_name(NULL, type, NULL) : NULL, *check = NULL;
    EVP_PKEY *pkey = NULL;

    if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params);
    /* Numbers that do not belong together make signatures that nobody can verify. */
    if (pkey && (!(check = EVP_PKEY_CTX_new(pkey, NULL)) || EVP_PKEY_pairwise_check(check) != 1)) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(check);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return pkey;
}

enum rc sign_key_from_jwk(const char *(*member)(const void *ctx, const char *name), const void *ctx,
                          struct sign_key **out, struct err *err)
{
    struct jwk j = { member, ctx, OSSL_PARAM_BLD_new(), { NULL }, 0, false };
    unsigned char point[1 + 2 * EC_BYTES] = { 0 };
    bool is_ec = strcmp(member(ctx, "kty"), "EC") == 0;
    EVP_PKEY *pkey;

    *out = NULL;
    if (!j.bld)
        mem_fatal("no room for a key");
    if (is_ec)
        add_ec(&j, point);
    else
        add_rsa(&j);
    pkey = build_key(&j, is_ec ? "EC" : "RSA");
    OSSL_PARAM_BLD_free(j.bld);
    for (size_t i = 0; i < j.n; i++)
        BN_clear_free(j.number[i]);
    if (!pkey)
        return refuse(NULL, err, _("that is no whole private key in JWK form (RSA with its factors, or EC on P-384)"));
    return take_key(pkey, out, err);
}

void sign_key_free(struct sign_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

/* ---- signing ---- */

const char *sign_alg(const struct sign_key *key)
{
    return key->is_ec ? "ES384" : "RS384";
}

/* DER to the two numbers side by side (RFC 7518, 3.4). */
static void add_pair(const unsigned char *der, size_t len, struct buf *out)
{
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
    unsigned char raw[2 * EC_BYTES];

    if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, EC_BYTES) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + EC_BYTES, EC_BYTES) < 0)
        mem_fatal("a signature has the wrong form");
    ECDSA_SIG_free(pair);
    buf_add_n(out, raw, sizeof raw);
}

void sign_data(const struct sign_key *key, const void *data, size_t len, struct buf *out)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t size = (size_t)EVP_PKEY_get_size(key->pkey);
    unsigned char *signature = mem_alloc(size);

    if (!ctx || EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, key->pkey) != 1 ||
        EVP_DigestSign(ctx, signature, &size, data, len) != 1)
        mem_fatal("OpenSSL does not sign");
    if (key->is_ec)
        add_pair(signature, size, out);
    else
        buf_add_n(out, signature, size);
    free(signature);
    EVP_MD_CTX_free(ctx);
}
