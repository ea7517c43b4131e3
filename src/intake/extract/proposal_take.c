/* proposal_take.c - writing what staff confirmed, with what says where it came from. */
#include "intake/extract/proposal_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/model.h"
#include "store/store.h"

static bool is_derived(const struct doc *doc)
{
    struct model_member member;

    return model_member(model_find(doc_type(doc)), "derivedFrom", &member) && member.is_many && member.type == model_find("Reference");
}

static void set_target(struct doc *trace, struct node *root, const struct doc *doc)
{
    char *reference = mem_printf("%s/%s", doc_type(doc), doc_id(doc));

    node_set_str(trace, node_add_object(trace, node_set_array(trace, root, "target")), "reference", reference);
    free(reference);
}

static struct doc *provenance_new(const struct grant *grant, const struct doc *response, const struct doc *doc)
{
    struct doc *trace = doc_new("Provenance");
    struct node *root = doc_root(trace), *entity, *agent;
    char id[CRYPTO_UUID], now[CLOCK_TEXT];

    proposal_trace_id(response, doc, id);
    node_set_str(trace, root, "id", id);
    set_target(trace, root, doc);
    clock_datetime(clock_now_ms(), now);
    node_set_str(trace, root, "recorded", now);
    agent = node_add_object(trace, node_set_array(trace, root, "agent"));
    reference_set(trace, agent, "who", "Practitioner", grant->staff);
    entity = node_add_object(trace, node_set_array(trace, root, "entity"));
    node_set_str(trace, entity, "role", "source");
    reference_set(trace, entity, "what", "QuestionnaireResponse", doc_id(response));
    return trace;
}

/* A trace of an earlier taking is told anew: it is of this response and this resource either way. */
static enum rc put_trace(struct store *st, const struct grant *grant, const struct doc *response, const struct doc *doc, struct err *err)
{
    struct doc *trace = provenance_new(grant, response, doc), *old = NULL;
    enum rc rc;

    if (store_get(st, "Provenance", doc_id(trace), &old, NULL) == RC_OK)
        doc_set_rev(trace, doc_rev(old));
    rc = store_put(st, grant, trace, err);
    doc_free(old);
    doc_free(trace);
    return rc;
}

static bool refers_to(const struct node *node, const char *reference)
{
    for (const struct node *n = node_first(node); n; n = node_next(n))
        if (refers_to(n, reference) || (!strcmp(node_name(n), "reference") && node_text(n) && !strcmp(node_text(n), reference)))
            return true;
    return false;
}

/* Does a refer to b, which is not on record yet? */
static bool depends(const struct proposal *a, const struct proposal *b)
{
    char *reference = mem_printf("%s/%s", doc_type(b->doc), doc_id(b->doc));
    bool found = a != b && !b->before && *doc_id(b->doc) && refers_to(doc_root(a->doc), reference);

    free(reference);
    return found;
}

/* A panel is kept without the members that were not taken. */
static void drop_member(struct proposal *p, const struct proposal *untaken)
{
    struct node *list = node_get(doc_root(p->doc), "hasMember");
    char *reference = mem_printf("%s/%s", doc_type(untaken->doc), doc_id(untaken->doc));

    for (struct node *n = node_first(list), *next; n; n = next) {
        next = node_next(n);
        if (!strcmp(node_str(n, "reference"), reference))
            node_remove(p->doc, n);
    }
    if (list && !node_count(list))
        node_remove_name(p->doc, doc_root(p->doc), "hasMember");
    free(reference);
}

/* What is taken may not refer to what is not. */
static enum rc check_taken(struct proposals *all, const bool *take, struct err *err)
{
    for (size_t i = 0; i < all->n; i++) {
        struct proposal *p = &all->proposal[i];

        if (take[i] && p->state == PROPOSAL_REFUSED)
            return err_set(err, RC_INVALID, _("%zu cannot be written. %s"), i + 1, p->why);
        for (size_t k = 0; k < all->n && take[i] && proposal_is_open(p); k++) {
            if (take[k] || all->proposal[k].state == PROPOSAL_WRITTEN || !depends(p, &all->proposal[k]))
                continue;
            drop_member(p, &all->proposal[k]);
            if (depends(p, &all->proposal[k]))
                return err_set(err, RC_INVALID, _("%zu refers to %zu, which is not taken: take both or neither."), i + 1, k + 1);
        }
    }
    return RC_OK;
}

static enum rc put_one(struct store *st, const struct grant *grant, const struct doc *response, struct proposal *p, struct err *err)
{
    enum rc rc = store_put(st, grant, p->doc, err);

    if (rc == RC_OK && (p->before || !is_derived(p->doc)))
        rc = put_trace(st, grant, response, p->doc, err);
    return rc;
}

/* A server takes a reference only to what it has: what is referred to goes first. Those in a circle go as they stand. */
static enum rc put_all(struct store *st, const struct grant *grant, const struct doc *response, struct proposals *all, const bool *take, struct err *err)
{
    bool *is_put = mem_array(all->n + 1, sizeof *is_put), any = true, force = false;
    enum rc rc = RC_OK;

    while (rc == RC_OK && (any || !force)) {
        force = !any;
        any = false;
        for (size_t i = 0; i < all->n && rc == RC_OK; i++) {
            struct proposal *p = &all->proposal[i];
            bool waits = !take[i] || is_put[i] || !proposal_is_open(p);

            for (size_t k = 0; k < all->n && !waits && !force; k++)
                waits = take[k] && !is_put[k] && proposal_is_open(&all->proposal[k]) && depends(p, &all->proposal[k]);
            if (waits)
                continue;
            rc = put_one(st, grant, response, p, err);
            is_put[i] = any = true;
        }
    }
    free(is_put);
    return rc;
}

enum rc proposals_take(struct store *st, const struct grant *grant, struct proposals *proposals, const bool *take, struct err *err)
{
    struct doc *response = NULL;
    enum rc rc = check_taken(proposals, take, err);

    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    if ((rc = store_get(st, "QuestionnaireResponse", proposals->response, &response, err)) == RC_OK &&
        (rc = proposals_allowed(grant, response, err)) == RC_OK)
        rc = put_all(st, grant, response, proposals, take, err);
    doc_free(response);
    return store_end(st, rc, err);
}
