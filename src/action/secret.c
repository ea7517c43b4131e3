/* What this machine proves itself with to the server: kept sealed, used by the agent alone. */
#include "action/handler.h"

#include <stdbool.h>
#include <string.h>

#include "action/arg.h"
#include "base/i18n.h"
#include "store/secret.h"

static bool is_one_word(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static bool is_text(const char *text)
{
    return strpbrk(text, "\r\n") == NULL;
}

static bool is_open_pem(const char *text)
{
    return strstr(text, "-----BEGIN") && strstr(text, "PRIVATE KEY-----") && !strstr(text, "ENCRYPTED");
}

static bool is_key(const char *text)
{
    return is_open_pem(text) || text[strspn(text, " \t\r\n")] == '{';
}

/* Mistakes that can be told from the text alone; whether a key fits is for the agent to find out. */
static const struct { const char *name; bool (*is_good)(const char *text); const char *words; } kinds[] = {
    { "token", is_one_word, N_("a token is one word of printable ASCII") },
    { "client-secret", is_text, N_("a client secret is one line") },
    { "client-key", is_key, N_("give the private key as PEM without a passphrase, or as a JWK") },
    { "tls-key", is_open_pem, N_("give the private key as PEM without a passphrase") },
};

enum rc act_secret_set(struct context *ctx, const struct grant *grant, const struct args *args,
                       struct doc **result, struct err *err)
{
    const char *name = args_get(args, "name"), *secret = args_get(args, "secret");

    (void)result;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(name, kinds[i].name) == 0 && !kinds[i].is_good(secret))
            return err_set(err, RC_INVALID, "%s", _(kinds[i].words));
    return secret_set(ctx->st, grant, name, secret, strlen(secret), err);
}

static void add_row(void *ctx, const char *name, const char *at, const char *by)
{
    struct doc *doc = ctx;
    struct node *row = result_row(doc);

    node_set_str(doc, row, "name", name);
    node_set_str(doc, row, "set", at);
    node_set_str(doc, row, "by", by);
}

enum rc act_secret_list(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    (void)grant, (void)args;
    *result = result_list();
    return secret_each(ctx->st, add_row, *result, err);
}

enum rc act_secret_remove(struct context *ctx, const struct grant *grant, const struct args *args,
                          struct doc **result, struct err *err)
{
    (void)result;
    return secret_remove(ctx->st, grant, args_get(args, "name"), err);
}
