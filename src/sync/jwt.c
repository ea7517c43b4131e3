#include "sync/jwt.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/sign.h"
#include "fhir/document.h"

static const char *member(const void *ctx, const char *name)
{
    return node_str(ctx, name);
}

/* The one private key: a set may hold the public ones beside it. */
static const struct node *private_key(const struct node *root)
{
    const struct node *keys = node_get(root, "keys");

    if (!keys)
        return root;
    for (const struct node *key = node_first(keys); key; key = node_next(key))
        if (*node_str(key, "d"))
            return key;
    return NULL;
}

/* The document goes back to the heap as it is: not with the key in it. */
static void wipe_private(const struct node *key)
{
    static const char *const names[] = { "d", "p", "q", "dp", "dq", "qi" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = node_str(key, names[i]);

        if (*text)
            mem_wipe((void *)(uintptr_t)text, strlen(text));
    }
}

enum rc jwt_key_read(const char *text, size_t len, struct sign_key **out, char **kid, struct err *err)
{
    struct doc *doc = NULL;
    const struct node *key = NULL;
    enum rc rc;

    *out = NULL;
    if (kid)
        *kid = NULL;
    if (memmem(text, len, "-----BEGIN", strlen("-----BEGIN"))) {
        if ((rc = sign_key_from_pem(text, len, out, err)) == RC_OK && kid)
            *kid = mem_dup("");
        return rc;
    }
    if (doc_parse(text, len, &doc, NULL) == RC_OK)
        key = private_key(doc_root(doc));
    if (!key)
        rc = err_set(err, RC_INVALID, "%s", _("that is no private key: give it as PEM or as a JWK"));
    else
        rc = sign_key_from_jwk(member, key, out, err);
    if (rc == RC_OK && kid)
        *kid = mem_dup(node_str(key, "kid"));
    wipe_private(key);
    doc_free(doc);
    return rc;
}

static void add_part(struct buf *out, struct doc *doc)
{
    size_t len = 0;
    char *text = doc_text(doc, &len);

    crypto_base64(text, len, true, out);
    free(text);
    doc_free(doc);
}

void jwt_assertion(const struct sign_key *key, const char *kid, const struct jwt_claims *claims, struct buf *out)
{
    struct doc *header = doc_new(NULL), *body = doc_new(NULL);
    struct buf signature = { 0 };
    size_t start = out->len;

    node_set_str(header, doc_root(header), "alg", sign_alg(key));
    if (*kid)
        node_set_str(header, doc_root(header), "kid", kid);
    node_set_str(header, doc_root(header), "typ", "JWT");
    node_set_str(body, doc_root(body), "iss", claims->client);
    node_set_str(body, doc_root(body), "sub", claims->client);
    node_set_str(body, doc_root(body), "aud", claims->audience);
    node_set_int(body, doc_root(body), "exp", claims->expires_s);
    node_set_str(body, doc_root(body), "jti", claims->id);
    add_part(out, header);
    buf_char(out, '.');
    add_part(out, body);
    sign_data(key, out->data + start, out->len - start, &signature);
    buf_char(out, '.');
    crypto_base64(signature.data, signature.len, true, out);
    buf_done(&signature);
}
