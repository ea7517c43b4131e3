/* What a search found, as a searchset Bundle: in order, cut where enough, with what it refers to. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/search_internal.h"
#include "store/store.h"

static int by_moment(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static void put_in_order(struct search *s)
{
    size_t most = search_most(s);

    if (s->sort && s->n_found)
        qsort(s->found, s->n_found, sizeof *s->found, by_moment);
    for (size_t i = 0; s->sort && !s->is_ascending && i < s->n_found / 2; i++) {
        struct found keep = s->found[i];

        s->found[i] = s->found[s->n_found - 1 - i];
        s->found[s->n_found - 1 - i] = keep;
    }
    while (!s->is_count_only && s->n_found > most) {
        s->is_cut = true;
        doc_free(s->found[--s->n_found].doc);
    }
}

static void add_entry(struct doc *bundle, const struct node *resource, const char *mode)
{
    struct node *entry = node_add_object(bundle, node_set_array(bundle, doc_root(bundle), "entry"));

    node_set_copy(bundle, entry, "resource", resource);
    node_set_str(bundle, node_set_object(bundle, entry, "search"), "mode", mode);
}

struct including { struct search *search; struct doc *bundle; };

static bool include_one(void *ctx, const struct node *reference)
{
    struct including *in = ctx;
    char type[TYPE_ROOM], id[72];
    struct doc *doc = NULL;

    if (!reference_split(reference, type, sizeof type, id, sizeof id))
        return false;
    for (const struct node *e = node_first(node_get(doc_root(in->bundle), "entry")); e; e = node_next(e))
        if (strcmp(node_path_str(e, "resource.id"), id) == 0 && strcmp(node_path_str(e, "resource.resourceType"), type) == 0)
            return false;
    if (store_get(in->search->st, type, id, &doc, NULL) == RC_OK && search_is_told(in->search, doc_root(doc)) && !search_is_error(doc_root(doc)))
        add_entry(in->bundle, doc_root(doc), "include");
    doc_free(doc);
    return false;
}

/* _include=MedicationRequest:medication, of what was found; a third part (the target's type) is not looked at. */
static void include(struct search *s, struct doc *bundle)
{
    struct including in = { s, bundle };

    for (size_t i = 0; i < s->n_include; i++) {
        const char *colon = strchr(s->include[i], ':');
        char *name = mem_dup_n(colon ? colon + 1 : "", colon ? strcspn(colon + 1, ":") : 0);
        const struct search_rule *rule = search_rule_find(s->type, name);

        if (rule && rule->kind == SEARCH_REFERENCE)
            for (size_t k = 0; k < s->n_found; k++)
                search_walk(doc_root(s->found[k].doc), rule->paths, include_one, &in);
        else
            s->left_out = "_include";
        free(name);
    }
}

/* What a server says beside its results (FHIR R4 search, 3.1.1.6); takes words. */
static void add_outcome(struct doc *bundle, const char *code, char *words)
{
    struct doc *outcome = doc_new("OperationOutcome");

    doc_set(outcome, "issue[0].severity", "information");
    doc_set(outcome, "issue[0].code", code);
    doc_set(outcome, "issue[0].diagnostics", words);
    add_entry(bundle, doc_root(outcome), "outcome");
    free(words);
    doc_free(outcome);
}

struct doc *search_bundle(struct search *s)
{
    struct doc *bundle = doc_new("Bundle");

    put_in_order(s);
    node_set_str(bundle, doc_root(bundle), "type", "searchset");
    if (!s->is_cut)
        node_set_int(bundle, doc_root(bundle), "total", (int64_t)s->n_found);
    for (size_t i = 0; i < s->n_found && !s->is_count_only; i++)
        add_entry(bundle, doc_root(s->found[i].doc), "match");
    include(s, bundle);
    if (s->left_out)
        add_outcome(bundle, "not-supported", mem_printf(_("%s is left out here; what it would add is not in the answer."), s->left_out));
    if (s->is_cut && (s->count < 0 || s->count > SEARCH_MOST))
        add_outcome(bundle, "too-costly", mem_printf(_("There are more than these %zu."), s->n_found));
    return bundle;
}
