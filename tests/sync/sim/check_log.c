/* check_log.c - the server's log, line by line: who wrote what on top of what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fhir/datatype.h"
#include "sync/answer.h"
#include "sync/merge_rules.h"
#include "tests/sync/sim/check.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

/* Which desk sent it, by its request; 0: none of ours. */
static int sender(const struct world *w, const struct model_commit *c, bool *has_base)
{
    int desk = 0;

    *has_base = false;
    for (size_t i = 0; i < w->net.n_claims; i++) {
        const struct claim *claim = &w->net.claim[i];
        if (strcmp(claim->request_id, c->request_id) != 0 || strcmp(claim->id, c->id) != 0 || strcmp(claim->type, c->type) != 0)
            continue;
        desk = claim->desk;
        *has_base = *has_base || strcmp(claim->base, c->previous) == 0;
    }
    return desk;
}

/* The commit that made the version before this one; -1 none. */
static long before(const struct world *w, size_t line)
{
    struct model_commit c = model_commit(w->server, line);

    for (long i = (long)line - 1; i >= 0; i--) {
        struct model_commit b = model_commit(w->server, (size_t)i);
        if (strcmp(b.id, c.id) == 0 && strcmp(b.type, c.type) == 0)
            return i;
    }
    return -1;
}

/* Was this value at the server in an earlier version? */
static bool was_there(const struct world *w, size_t line, int token)
{
    for (size_t i = 0; i < line; i++)
        if (ledger_in(model_commit(w->server, i).body, token))
            return true;
    return false;
}

static int value_of(const struct world *w, const char *text, int field)
{
    int token[TOKENS_MOST], n = ledger_find(text, token, TOKENS_MOST);

    for (int i = 0; i < n; i++)
        if (w->ledger.token[token[i]].field == field)
            return token[i];
    return -1;
}

/* Two values in one field are two people's edits side by side. */
static void check_single(struct world *w, const struct model_commit *c)
{
    int token[TOKENS_MOST], n = ledger_find(c->body, token, TOKENS_MOST);

    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            if (w->ledger.token[token[i]].field == w->ledger.token[token[j]].field)
                violation("I3", "%s/%s version %s has two values in one field: tok-%d and tok-%d", c->type, c->id, c->version,
                          token[j], token[i]);
}

/* A desk may change a value only to one that was typed there since, or that a person chose. */
static void check_values(struct world *w, const struct model_commit *c, size_t line, int desk)
{
    long b = before(w, line);

    for (int field = 0; field < FIELDS && b >= 0; field++) {
        struct model_commit was = model_commit(w->server, (size_t)b);
        int old = value_of(w, was.body, field), now = value_of(w, c->body, field);
        if (old == now || was.is_delete)
            continue;
        if (now < 0 ? ledger_was_decided(&w->ledger, desk, c->type, c->id, false)
                    : (w->ledger.token[now].author == desk && !was_there(w, line, now)) ||
                          ledger_was_chosen(&w->ledger, desk, now))
            continue;
        violation("I3", "%s/%s version %s of desk %d took tok-%d back (now tok-%d)", c->type, c->id, c->version, desk, old, now);
    }
}

static void check_status(struct world *w, const struct model_commit *c, size_t line, int desk)
{
    long b = before(w, line);
    struct doc *is = NULL, *was = NULL;

    if (b < 0 || model_commit(w->server, (size_t)b).is_delete || ledger_was_decided(&w->ledger, desk, c->type, c->id, false))
        return;
    const char *text = model_commit(w->server, (size_t)b).body;
    doc_parse(c->body, strlen(c->body), &is, NULL);
    doc_parse(text, strlen(text), &was, NULL);
    if (merge_status_rank(c->type, node_str(doc_root(is), "status")) <
        merge_status_rank(c->type, node_str(doc_root(was), "status")))
        violation("I3", "%s/%s version %s of desk %d went down the ladder", c->type, c->id, c->version, desk);
    doc_free(is);
    doc_free(was);
}

static void check_deleted(struct world *w, const struct model_commit *c, size_t line, int desk)
{
    long b = before(w, line);

    if (b >= 0 && model_commit(w->server, (size_t)b).is_delete && !ledger_was_decided(&w->ledger, desk, c->type, c->id, true))
        violation("I2", "%s/%s version %s of desk %d brought back what was deleted", c->type, c->id, c->version, desk);
}

/* The same op committed twice. Where nothing guards a create, the network itself can do that. */
static void check_once(struct world *w, const struct model_commit *c, size_t line)
{
    for (size_t i = 0; i < line; i++) {
        struct model_commit b = model_commit(w->server, i);
        if (strcmp(b.request_id, c->request_id) == 0 && strcmp(b.id, c->id) == 0 && strcmp(b.type, c->type) == 0 &&
            (w->temper != TEMPER_HELIOS || *c->if_match))
            violation("I4", "%s/%s: request %s made version %s and %s", c->type, c->id, c->request_id, b.version, c->version);
    }
}

struct reference_check { struct world *w; const struct model_commit *c; size_t line; };

/* At the server by now, or in the same transaction. */
static bool is_known(void *ctx, const char *type, const char *id)
{
    const struct reference_check *r = ctx;

    for (size_t i = 0; i < model_commits(r->w->server); i++) {
        struct model_commit b = model_commit(r->w->server, i);
        if ((i < r->line || strcmp(b.request_id, r->c->request_id) == 0) && strcmp(b.id, id) == 0 && strcmp(b.type, type) == 0)
            return true;
    }
    violation("I8", "%s/%s version %s refers to %s/%s, which is not there", r->c->type, r->c->id, r->c->version, type, id);
    return true;
}

/* Made again by a person's word where nobody could tell which version had deleted it. */
static bool is_unknown_deletion(const struct world *w, const struct model_commit *c, size_t line, int desk)
{
    long b = before(w, line);

    return b >= 0 && model_commit(w->server, (size_t)b).is_delete && ledger_was_decided(&w->ledger, desk, c->type, c->id, true);
}

/* An unguarded create that the network delivered twice leaves two versions and no base between them. */
static bool is_network_double(const struct world *w, const struct model_commit *c, size_t line)
{
    long b = before(w, line);

    if (w->temper != TEMPER_HELIOS || *c->if_match || b < 0 ||
        strcmp(model_commit(w->server, (size_t)b).request_id, c->request_id) != 0)
        return false;
    for (size_t i = 0; i < w->net.n_claims; i++)
        if (w->net.claim[i].is_doubled && strcmp(w->net.claim[i].request_id, c->request_id) == 0)
            return true;
    return false;
}

static void check_line(struct world *w, size_t line)
{
    struct model_commit c = model_commit(w->server, line);
    struct doc *doc = NULL;
    bool has_base;
    int desk = sender(w, &c, &has_base);

    if (c.is_delete || strcmp(c.type, "Basic") == 0)
        return;
    check_single(w, &c);
    if (desk == 0)
        return;
    if (!has_base && !is_network_double(w, &c, line) && !is_unknown_deletion(w, &c, line, desk))
        violation("I3", "%s/%s version %s of desk %d lies on version \"%s\", which it was not based on", c.type, c.id,
                  c.version, desk, c.previous);
    check_values(w, &c, line, desk);
    check_status(w, &c, line, desk);
    check_deleted(w, &c, line, desk);
    check_once(w, &c, line);
    /* Helios takes anything; a ring in doubt is sent there one by one. */
    if (w->temper != TEMPER_HELIOS && doc_parse(c.body, strlen(c.body), &doc, NULL) == RC_OK)
        answer_each_reference(doc_root(doc), is_known, &(struct reference_check){ w, &c, line });
    doc_free(doc);
}

void check_log(struct world *w)
{
    for (; w->commits_checked < model_commits(w->server); w->commits_checked++)
        check_line(w, w->commits_checked);
}
