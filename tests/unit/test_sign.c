/* The server would not know who asks it for a token: the signature would not verify, or a key that
 * cannot work would be found out only when a clinic is already offline from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/crypto.h"
#include "base/mem.h"
#include "base/sign.h"
#include "fhir/document.h"
#include "sync/jwt.h"
#include "tests/unit/jws.h"

/* The worked example of HL7's SMART App Launch ("Example JWKs and signatures"): its keys, made public
 * there for this purpose, its claims and the tokens it says come out. */
static const char rsa_jwk[] =
    "{\"kty\":\"RSA\",\"alg\":\"RS384\",\"n\":\"wJq2RHIA-7RT6q4go7wjcbHdW7ck7Kz22A8wf-kN7Wi5CWvhFG2_Y7nQp1lDpb2IKMQr-Q4n_vgJ6d5rWPspJpSPY7iffUK4ip"
    "QCEbzID5DJ6fQMBZOfCTXyxkuMh3jYGKEF3Ziw2oxbM1H9j-eJAPtrj5stUG6kVoXowegdox-bSjWP0iI5PnkwUNzcekLMug4M3LRluEQgGR9O_BAML6-w3igZ_rZA_gunyrLAMbfm"
    "CVaceW5ohLp679kyM7U6W2gDK_NbkDKcINUakVmPeoG5h8RzgGzvGrySR0k0VDFiZv60Ua07DqHTeDGH9e4NV07AECae-oykIj5NDCs3pw\",\"e\":\"AQAB\",\"d\":\"O7k9v6eiSm"
    "q2gtUP5fXW_9BplaEK4CEaQhEjtuYrnWyVxCghmVYWvPPHkb0KTwCgkhOSlx4epN-BI3YGz4bCUeZLOF7thcgEtWQD6EAjwT_ifJtihvAppo-GAps2rmN4jtqPmRFZ9csEFLvd5puj"
    "ThyoU9WIjaJhbzsC2-4AEq6WgCDsjdxJ9AXz379vUaoSFAk_ETMRnFSUP-dCJqi_yUrS5h2Tr6rosKP3I_93tt2p2wtOfIjaq7fYipXS7_daHh7hSehEcRHkHI3faaDKY0UwqJa4ic"
    "HtbX8KgayP6NPUQ-Xv8GMIii3cksRqktDuODHgqGpfkOCii4loS0B-wQ\",\"p\":\"58yRMh3SBFkK0n9ulWDADANqXVGwozMHf9m5nh0sDFSy9v8dTCvTBbzP2wN4pP0cYhIrPYye"
    "Bm724lvp7FFzgIz7u2UUIU_Q2-x5VWPy97ZI-V5_eooC58y8DdNbi89D4TzsTJaraEhcqcFH2gI4R-RP01ViKDg2EOzYu2105xE\",\"q\":\"1LaQOiUsaGO7T7aIKgLxvLs7uEekqo"
    "SN3tl-ALZxO8RhUyRYjmtH51aKLq8bublqM3XoXBSA4TVm07qUBmWKfHCCz8QhorDFDVgVlEGUMcdmyBmoH5RaEMj4R19oG7C-emP3TFCfzjlnRELuP3v-HdEe6SxoADQwYzyAjduS"
    "Yzc\",\"dp\":\"oIbQ_s4cBZrMnd5WbOil1yv-W0YZd8v9I5Nasp8tRBTcI6WlWnz3FQAfSmNrB4eqQlimzWc2gOoT28sfguMdhCcepjZn7HHkCIoJtRMUzmvUua2xxuERBgqJKWH4Ai"
    "i1r6SLWLb3Wa7TTVRnOBlVdKQujAKTiZr0BmCf75zr2qE\",\"dq\":\"BJA-G-E8SKkLFbS2yx_xC7mAmH2A_N-HI6bK2z0OxNd7twrqk3OdwUrMACBlmeBudNgsufz-ntZEdHpmPp"
    "TjGbRYOhjdF95u-9BN9jZJ9Z9vhw912eeW3xFQskdLtnxeOcX3Qj3gj84PdxlwfxAr7XvVC--V85srBpX_tAtn4pU\",\"qi\":\"z24jzWhTRZ-x_zsH2wiSKmqg0wXOWO_BCnHA7lC"
    "6mMZCj-mQqY-PrZbrrii46ZoGxKWt12bnlHs5OCHtcwcuLrczXCyZPWImbG6Aqch7GVeChzBhdrnflUgt5Y1TmDLMrFmXUIZ2mSMbyN5xZZ4IwfoAq1fOLvXeQny4er2pyxo\","
    "\"key_ops\":[\"sign\"],\"ext\":true,\"kid\":\"eee9f17a3b598fd86417a980b591fbe6\"}";
/* As they publish it: the set holds the public key beside the private one. */
static const char ec_set[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"pyqburM9y8HPcFhNosDW6ngoVEJitqXi_HJgI5hYqX21PoFDwCbYirGy_o0oapIU\","
    "\"y\":\"95bxkCnMKoHvgbcPAIAcgzzu8scd81mXfM_IzuJFNfkUNkGYBFGvuEU1KPi5j1ob\",\"key_ops\":[\"verify\"],\"kid\":\"other\"},"
    "{\"kty\":\"EC\",\"crv\":\"P-384\",\"d\":\"hQCNmfvZEUjOon8zLc0bULlmrDPFHrieFHRVZUGMuiQscx9IO7MT03TsaCPdPv0u\","
    "\"x\":\"pyqburM9y8HPcFhNosDW6ngoVEJitqXi_HJgI5hYqX21PoFDwCbYirGy_o0oapIU\",\"y\":\"95bxkCnMKoHvgbcPAIAcgzzu8scd81mXfM_IzuJFNfkUNkGYBFGvuEU1KPi5j1ob\","
    "\"key_ops\":[\"sign\"],\"kid\":\"cd520211e5661dbba2256f67f6d53f97\"}]}";
static const char rs384_token[] =
    "eyJhbGciOiJSUzM4NCIsImtpZCI6ImVlZTlmMTdhM2I1OThmZDg2NDE3YTk4MGI1OTFmYmU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2JpbGktbW9uaXRvci5leGFtcGx"
    "lLmNvbSIsInN1YiI6Imh0dHBzOi8vYmlsaS1tb25pdG9yLmV4YW1wbGUuY29tIiwiYXVkIjoiaHR0cHM6Ly9hdXRob3JpemUuc21hcnRoZWFsdGhpdC5vcmcvdG9rZW4iLCJleHAiOj"
    "E0MjI1Njg4NjAsImp0aSI6InJhbmRvbS1ub24tcmV1c2FibGUtand0LWlkLTEyMyJ9.D5kAqNJwaftCqsRdVVQDq6dMBxuGFOF5svQJuXbcYp-oEyg5qOwK9ZE5cGLTHxqwfpUPNzRK"
    "gVdIGuhawAA-8g0s1nKQae8CuKs33hhKh4J34xSEwW3MYs1gwI4GHTtR_g3kYSX6QCi14Ed3GIAvYFgqRqt-gD7sewMUXL4SB8I8cXcDbCqVizm7uPVhjw6QaeKZygJJ_AVLhM4Xs9L"
    "Ty4HAhdCHpN0FrNmCerUIYJvHDpcod7A0jDmxdoeW1KIBYlhdhQNwjtsTvT1ce4qacN_3KIv_fIzCKLIgDv9eWxkjAtxOmIm8aW5gX9xX7X0nbd0QglIyiic_bZVNNEh0kg";
static const char es384_token[] =
    "eyJhbGciOiJFUzM4NCIsImtpZCI6ImNkNTIwMjExZTU2NjFkYmJhMjI1NmY2N2Y2ZDUzZjk3IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2JpbGktbW9uaXRvci5leGFtcGx"
    "lLmNvbSIsInN1YiI6Imh0dHBzOi8vYmlsaS1tb25pdG9yLmV4YW1wbGUuY29tIiwiYXVkIjoiaHR0cHM6Ly9hdXRob3JpemUuc21hcnRoZWFsdGhpdC5vcmcvdG9rZW4iLCJleHAiOj"
    "E0MjI1Njg4NjAsImp0aSI6InJhbmRvbS1ub24tcmV1c2FibGUtand0LWlkLTEyMyJ9.ddl5N8dt5PYI_7syKg_dm1wj1LR3dYVztFlTODs6pU1vKH1Zv3d9NctbnAsZ4aZ1K7HE83_f"
    "A_hIAL0JsU1GoB7roLmrpj8zfygG9Q1ZBAmKNoR60pyONPZsGTihoR29";
static const struct jwt_claims example = {
    .client = "https://bili-monitor.example.com", .audience = "https://authorize.smarthealthit.org/token",
    .id = "random-non-reusable-jwt-id-123", .expires_s = 1422568860,
};

static struct sign_key *key_of(const char *text, char **kid)
{
    struct sign_key *key = NULL;
    struct err err = { 0 };

    if (jwt_key_read(text, strlen(text), &key, kid, &err) != RC_OK)
        fail_msg("%s", err.text);
    return key;
}

static void base64_as_the_standards_say(void **state)
{
    /* RFC 4648, 10; RFC 7515, appendix C. */
    static const struct { const char *data; size_t len; const char *url, *usual; } cases[] = {
        { "", 0, "", "" }, { "f", 1, "Zg", "Zg==" }, { "fo", 2, "Zm8", "Zm8=" }, { "foobar", 6, "Zm9vYmFy", "Zm9vYmFy" },
        { "\x03\xec\xff\xe0\xc1", 5, "A-z_4ME", "A+z/4ME=" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf url = { 0 }, usual = { 0 };
        char back[16];
        size_t len;

        crypto_base64(cases[i].data, cases[i].len, true, &url);
        crypto_base64(cases[i].data, cases[i].len, false, &usual);
        assert_string_equal(buf_text(&url), cases[i].url);
        assert_string_equal(buf_text(&usual), cases[i].usual);
        assert_true(crypto_unbase64url(cases[i].url, back, sizeof back, &len));
        assert_int_equal(len, cases[i].len);
        assert_memory_equal(back, cases[i].data, len);
        buf_done(&url);
        buf_done(&usual);
    }
    char small[2];
    size_t len;
    assert_false(crypto_unbase64url("Zm9v", small, sizeof small, &len));    /* no room */
    assert_false(crypto_unbase64url("Zg==", small, sizeof small, &len));    /* padding */
    assert_false(crypto_unbase64url("Z+", small, sizeof small, &len));      /* the other alphabet */
}

static void the_published_rs384_token_comes_out_to_the_byte(void **state)
{
    struct buf token = { 0 };
    char *kid;
    struct sign_key *key = key_of(rsa_jwk, &kid);

    (void)state;
    assert_string_equal(sign_alg(key), "RS384");
    jwt_assertion(key, kid, &example, &token);
    assert_string_equal(buf_text(&token), rs384_token);
    buf_done(&token);
    free(kid);
    sign_key_free(key);
}

/* ---- the other side, straight with OpenSSL ---- */

static EVP_PKEY *ec_public(const char *set)
{
    struct doc *doc;
    unsigned char point[97] = { 4 };
    size_t n;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){ "P-384" }, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point), OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pkey = NULL;

    assert_int_equal(doc_parse(set, strlen(set), &doc, NULL), RC_OK);
    const struct node *jwk = node_at(node_get(doc_root(doc), "keys"), 0);
    assert_true(crypto_unbase64url(node_str(jwk, "x"), point + 1, 48, &n) && crypto_unbase64url(node_str(jwk, "y"), point + 49, 48, &n));
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(ctx);
    doc_free(doc);
    return pkey;
}

static void es384_is_understood_by_others_and_never_twice_the_same(void **state)
{
    EVP_PKEY *pkey = ec_public(ec_set);
    char *kid;
    struct sign_key *key = key_of(ec_set, &kid);
    struct buf one = { 0 }, two = { 0 };

    (void)state;
    assert_true(jws_verifies(pkey, es384_token));     /* the judge itself, on the published token */
    assert_string_equal(sign_alg(key), "ES384");
    assert_string_equal(kid, "cd520211e5661dbba2256f67f6d53f97");
    for (int i = 0; i < 200; i++) {     /* r or s with zeros in front: one in 128 */
        buf_clear(&one);
        jwt_assertion(key, kid, &example, &one);
        assert_true(jws_verifies(pkey, buf_text(&one)));
    }
    /* Header and claims are those of the published token. */
    assert_memory_equal(buf_text(&one), es384_token, (size_t)(strrchr(es384_token, '.') - es384_token));
    jwt_assertion(key, kid, &example, &two);
    assert_string_not_equal(buf_text(&one), buf_text(&two));
    two.data[10] ^= 1;
    assert_false(jws_verifies(pkey, buf_text(&two)));
    buf_done(&one);
    buf_done(&two);
    free(kid);
    sign_key_free(key);
    EVP_PKEY_free(pkey);
}

static char *pem_of(EVP_PKEY *pkey, const char *passphrase)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;

    PEM_write_bio_PKCS8PrivateKey(bio, pkey, passphrase ? EVP_aes_256_cbc() : NULL, passphrase, passphrase ? (int)strlen(passphrase) : 0, NULL, NULL);
    long len = BIO_get_mem_data(bio, &data);
    char *text = mem_dup_n(data, (size_t)len);
    BIO_free(bio);
    EVP_PKEY_free(pkey);
    return text;
}

static void a_key_that_cannot_work_is_refused_with_the_reason(void **state)
{
    struct { char *text; const char *words; } cases[] = {
        { pem_of(EVP_RSA_gen(2048), NULL), NULL }, { pem_of(EVP_EC_gen("P-384"), NULL), NULL },
        { pem_of(EVP_RSA_gen(1024), NULL), "too short" }, { pem_of(EVP_EC_gen("P-256"), NULL), "P-384" },
        { pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL), "neither RSA nor EC" },
        { pem_of(EVP_EC_gen("P-384"), "secret words"), "passphrase" },
        { mem_dup("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "PEM" },
        { mem_dup("{\"kty\":\"EC\",\"crv\":\"P-384\"}"), "JWK" }, { mem_dup("{\"keys\":[]}"), "no private key" },
        { mem_dup("{\"kty\":\"oct\",\"k\":\"AAAA\"}"), "JWK" }, { mem_dup("hello"), "no private key" }, { mem_dup(""), "no private key" },
        /* numbers that do not belong together */
        { mem_dup("{\"kty\":\"EC\",\"crv\":\"P-384\",\"d\":\"AQAB\",\"x\":\"pyqburM9y8HPcFhNosDW6ngoVEJitqXi_HJgI5hYqX21PoFDwCbYirGy_o0oapIU\","
                  "\"y\":\"95bxkCnMKoHvgbcPAIAcgzzu8scd81mXfM_IzuJFNfkUNkGYBFGvuEU1KPi5j1ob\"}"), "JWK" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sign_key *key = NULL;
        struct err err = { 0 };
        enum rc rc = jwt_key_read(cases[i].text, strlen(cases[i].text), &key, NULL, &err);

        if (rc != (cases[i].words ? RC_INVALID : RC_OK) || (cases[i].words && !strstr(err.text, cases[i].words)))
            fail_msg("case %zu: %s", i, err.text);
        sign_key_free(key);
        free(cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_as_the_standards_say), cmocka_unit_test(the_published_rs384_token_comes_out_to_the_byte),
        cmocka_unit_test(es384_is_understood_by_others_and_never_twice_the_same),
        cmocka_unit_test(a_key_that_cannot_work_is_refused_with_the_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
