/* change.c - may this be written? Preconditions, rules and references, each server in its own way. */
#include "tests/sync/model/internal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "fhir/datatype.h"
#include "sync/answer.h"

__attribute__((format(printf, 3, 4)))
static bool refuse(struct outcome *out, int status, const char *fmt, ...)
{
    va_list ap;

    out->status = status;
    va_start(ap, fmt);
    vsnprintf(out->words, sizeof out->words, fmt, ap);
    va_end(ap);
    return false;
}

static bool refuse_stale(const struct model *m, struct outcome *out)
{
    out->is_precondition = true;
    if (m->temper == TEMPER_HAPI)
        return refuse(out, 409, "HAPI-0989: the version in If-Match is not the current version");
    return refuse(out, 412, "the precondition failed");
}

/* ---- preconditions ---- */

/* Strict and Helios count the version that deleted it as the one to match, HAPI too. */
static bool check_match(const struct model *m, const struct chain *chain, const char *if_match, struct outcome *out)
{
    char wanted[ANSWER_VERSION], have[VERSION_TEXT];

    if (!if_match)
        return true;
    answer_version(if_match, wanted);
    version_text(chain ? chain->n : 0, have);
    if (chain && chain->n)
        return strcmp(wanted, have) == 0 || refuse_stale(m, out);
    return m->temper == TEMPER_HAPI || refuse_stale(m, out);    /* HAPI creates, whatever version is named */
}

static bool check_none_match(const struct model *m, const struct chain *chain, const char *if_none_match,
                             struct outcome *out)
{
    return !if_none_match || m->temper != TEMPER_STRICT || !chain_exists(chain) || refuse_stale(m, out);
}

/* ---- rules ---- */

static bool is_digits(const char *id)
{
    while (isdigit((unsigned char)*id))
        id++;
    return *id == '\0';
}

/* What this server will not have, whoever writes it: stands for its validation. */
static bool check_rules(const struct model *m, const struct chain *chain, const struct change *change,
                        struct outcome *out)
{
    if (strcmp(doc_type(change->doc), change->type) != 0 || strcmp(doc_id(change->doc), change->id) != 0)
        return refuse(out, 400, "type or id of the body is not that of the address");
    if (m->temper == TEMPER_HAPI && is_digits(change->id))
        return refuse(out, 400, "HAPI-0960: client-assigned ids must not be numbers");
    if (m->bends.refuses_ids && !(chain && chain->n))
        return refuse(out, 405, "this server gives ids itself");
    if (*node_path_str(doc_root(change->doc), "implicitRules"))
        return refuse(out, 422, "implicitRules: rules this server does not know");
    return true;
}

/* ---- references ---- */

struct integrity { const struct model *m; const struct doc *const *also; size_t n_also; struct outcome *out; };

static bool is_there(void *ctx, const char *type, const char *id)
{
    struct integrity *i = ctx;

    if (chain_exists(chain_find(i->m, type, id)))
        return true;
    for (size_t n = 0; n < i->n_also; n++)
        if (strcmp(doc_type(i->also[n]), type) == 0 && strcmp(doc_id(i->also[n]), id) == 0)
            return true;
    if (i->m->temper == TEMPER_HAPI)
        return refuse(i->out, 400, "HAPI-1094: Resource %s/%s not found, specified in path", type, id);
    return refuse(i->out, 422, "unknown reference %s/%s", type, id);
}

static bool check_references(const struct model *m, const struct change *change, const struct doc *const *also,
                             size_t n_also, struct outcome *out)
{
    struct integrity i = { m, also, n_also, out };

    if (m->temper != TEMPER_HELIOS)
        answer_each_reference(doc_root(change->doc), is_there, &i);
    return out->status == 0;
}

struct looked_for { const char *type, *id; bool is_found; };

static bool is_other(void *ctx, const char *type, const char *id)
{
    struct looked_for *l = ctx;

    l->is_found = strcmp(l->type, type) == 0 && strcmp(l->id, id) == 0;
    return !l->is_found;
}

bool names_reference(const struct node *node, const char *type, const char *id)
{
    struct looked_for l = { type, id, false };

    answer_each_reference(node, is_other, &l);
    return l.is_found;
}

bool is_referred_to(const struct model *m, const char *type, const char *id)
{
    for (size_t i = 0; i < m->n_chains; i++) {
        const struct version *now = chain_now(m->chain[i]);
        struct doc *doc = NULL;

        if (!now || now->is_delete || !strstr(now->body, id) ||
            (strcmp(m->chain[i]->type, type) == 0 && strcmp(m->chain[i]->id, id) == 0))
            continue;
        doc_parse(now->body, strlen(now->body), &doc, NULL);
        bool is_named = names_reference(doc_root(doc), type, id);
        doc_free(doc);
        if (is_named)
            return true;
    }
    return false;
}

/* ---- both kinds ---- */

static bool check_delete(const struct model *m, const struct chain *chain, const struct change *change,
                         struct outcome *out)
{
    if (!chain_exists(chain)) {
        out->status = m->temper == TEMPER_HAPI ? 200 : m->temper == TEMPER_STRICT && chain ? 204 : 404;
        return false;           /* nothing to do, which is no refusal */
    }
    if (m->temper != TEMPER_HAPI && !check_match(m, chain, change->if_match, out))
        return false;
    if (m->temper != TEMPER_HELIOS && is_referred_to(m, change->type, change->id))
        return refuse(out, 409, "%s/%s is referred to", change->type, change->id);
    return true;
}

bool change_check(const struct model *m, const struct change *change, const struct doc *const *also, size_t n_also,
                  struct outcome *out)
{
    const struct chain *chain = chain_find(m, change->type, change->id);

    if (strcmp(change->method, "DELETE") == 0)
        return check_delete(m, chain, change, out);
    if (!change->doc)
        return refuse(out, 400, "no resource");
    return check_rules(m, chain, change, out) && check_match(m, chain, change->if_match, out) &&
           check_none_match(m, chain, change->if_none_match, out) && check_references(m, change, also, n_also, out);
}

/* HAPI makes no version of what says the same. */
static bool is_no_change(const struct model *m, const struct chain *chain, const struct doc *doc)
{
    struct doc *now = NULL;

    if (m->temper != TEMPER_HAPI || !doc || !chain_exists(chain))
        return false;
    const char *body = chain_now(chain)->body;
    bool is_same = doc_parse(body, strlen(body), &now, NULL) == RC_OK && doc_equal_content(now, doc);
    doc_free(now);
    return is_same;
}

void change_make(struct model *m, int64_t now_ms, const struct change *change, struct outcome *out)
{
    const struct chain *chain = chain_find(m, change->type, change->id);
    bool is_new = !chain_exists(chain);

    out->status = !change->doc ? (m->temper == TEMPER_HAPI ? 200 : 204) : is_new ? 201 : 200;
    out->chain = is_no_change(m, chain, change->doc) ? chain : chain_commit(m, now_ms, change);
}
