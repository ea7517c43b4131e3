/* jws.h - the other side of a signed token, straight with OpenSSL: does it verify, and what does it say? */
#ifndef FRONTDESK_TESTS_JWS_H
#define FRONTDESK_TESTS_JWS_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "base/crypto.h"
#include "fhir/document.h"

/* Part n of a token (0 header, 1 claims) as a document, NULL when it is none. */
static inline struct doc *jws_part(const char *token, int n)
{
    char text[4096], json[4096];
    struct doc *doc = NULL;
    size_t len;

    while (n-- > 0 && token)
        token = (token = strchr(token, '.')) ? token + 1 : NULL;
    if (!token || strcspn(token, ".") >= sizeof text)
        return NULL;
    memcpy(text, token, strcspn(token, "."));
    text[strcspn(token, ".")] = '\0';
    if (crypto_unbase64url(text, json, sizeof json, &len))
        doc_parse(json, len, &doc, NULL);
    return doc;
}

/* Does its signature verify? RS384 with an RSA key, ES384 with one on P-384. */
static inline bool jws_verifies(EVP_PKEY *pkey, const char *token)
{
    unsigned char raw[512], *der = NULL;
    size_t n = 0;
    int len = 0;
    const char *dot = strrchr(token, '.');
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool is_ec = EVP_PKEY_is_a(pkey, "EC"), is_good = false;

    if (dot && crypto_unbase64url(dot + 1, raw, sizeof raw, &n) && (!is_ec || n == 96)) {
        if (is_ec) {
            ECDSA_SIG *pair = ECDSA_SIG_new();
            ECDSA_SIG_set0(pair, BN_bin2bn(raw, 48, NULL), BN_bin2bn(raw + 48, 48, NULL));
            len = i2d_ECDSA_SIG(pair, &der);
            ECDSA_SIG_free(pair);
        }
        is_good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, pkey) == 1 &&
                  EVP_DigestVerify(ctx, is_ec ? der : raw, is_ec ? (size_t)len : n, (const unsigned char *)token, (size_t)(dot - token)) == 1;
    }
    OPENSSL_free(der);
    EVP_MD_CTX_free(ctx);
    return is_good;
}
#endif
