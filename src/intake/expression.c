/* expression.c - the expressions of a form: compiled once, evaluated where they stand, and only when
 * an answer they read has changed. What they read comes from their compiled form, variables followed. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

static bool is_fhirpath(const char *language)
{
    return !*language || !strcmp(language, "text/fhirpath");
}

/* A library's expression by its name alone is CQL too. */
static void refuse_language(struct form *form, struct item *owner, const char *use, const char *language)
{
    form_add_defect(form, owner, DEFECT_WARNING, _("Item %s: %s is written in %.40s, which is not evaluated here; it is typed."),
                    owner->link_id, use, language);
    if (owner->node != form->root->node)
        item_add_note(owner, strstr(language, "cql") ? _("A rule of this question is written in CQL, which is not evaluated here.")
                                                     : _("A rule of this question is written in a language that is not evaluated here."));
}

struct expression *expression_new(struct form *form, struct item *owner, const struct node *value, const char *use)
{
    const char *language = node_str(value, "language");
    struct expression *e = mem_alloc(sizeof *e);
    struct err err = {0};

    e->owner = owner;
    e->name = "";
    e->words = use ? mem_dup(_(use)) : mem_printf(_("variable %%%.60s"), node_str(value, "name"));
    e->text = node_text(value) ? node_text(value) : node_str(value, "expression");
    MEM_ROOM(form->expression, form->n_expressions, form->cap_expressions);
    form->expression[form->n_expressions++] = e;
    if (!strcmp(language, "application/x-fhir-query") && *e->text) {
        if (query_compile(e->text, &e->query, &err) != RC_OK)
            form_add_defect(form, owner, DEFECT_ERROR, _("Item %s: %s cannot be worked out: %s"), owner->link_id, e->words, err_text(&err));
    } else if (!is_fhirpath(language))
        refuse_language(form, owner, e->words, language);
    else if (!*e->text)
        form_add_defect(form, owner, DEFECT_WARNING, _("Item %s: %s has no expression."), owner->link_id, e->words);
    else if (fhirpath_compile(e->text, &e->compiled, &err) != RC_OK)
        form_add_defect(form, owner, DEFECT_ERROR, _("Item %s: %s cannot be worked out: %s"), owner->link_id, e->words, err_text(&err));
    return e;
}

void expression_free(struct expression *e)
{
    fhirpath_free(e->compiled);
    query_free(e->query);
    free(e->reads);
    free(e->uses);
    free(e->words);
    free(e);
}

bool expression_can(const struct form *form, const struct expression *e)
{
    return e && !e->is_stopped && (e->compiled || (e->query && form->context.search));
}

/* --- What it reads --- */

static void reads_add(struct expression *e, const struct item *item)
{
    for (size_t i = 0; i < e->n_reads; i++)
        if (e->reads[i] == item)
            return;
    MEM_ROOM(e->reads, e->n_reads, e->cap_reads);
    e->reads[e->n_reads++] = item;
}

struct gathering { const struct form *form; struct expression *e; };

static void reads_gather(const struct form *form, struct expression *e);

/* An answer below an item stamps the item too, so that "below" needs no walk. */
static void read_link(void *ctx, const char *link_id, bool below)
{
    struct gathering *g = ctx;

    (void)below;
    if (!link_id) {
        g->e->reads_all = true;
        return;
    }
    for (struct item *item = item_by_link(g->form, link_id); item; item = item_same_link(item))
        reads_add(g->e, item);
}

static void read_variable(void *ctx, const char *name)
{
    struct gathering *g = ctx;
    const struct item *where;
    struct expression *variable = variable_find(g->e->owner, name, &where);

    if (!variable) {
        const struct item *item = g->e->owner;

        while (item && !(item->population && !strcmp(item->population->name, name)))
            item = item->parent;
        if (item && item->type == FORM_GROUP && item->repeats)
            g->e->population = item;
        g->e->reads_record |= item || (strcmp(name, "QuestionnaireResponse") && strcmp(name, "qitem") && strcasecmp(name, "user"));
    }
    if (!variable || variable == g->e)
        return;
    g->e->uses = mem_grow(g->e->uses, g->e->n_uses + 1, sizeof(struct expression *));
    g->e->uses[g->e->n_uses++] = variable;
    reads_gather(g->form, variable);
    g->e->reads_all |= variable->reads_all;
    g->e->reads_record |= variable->reads_record;
    if (!g->e->population)
        g->e->population = variable->population;
    for (size_t i = 0; i < variable->n_reads; i++)
        reads_add(g->e, variable->reads[i]);
}

/* Variables that use one another in a ring are met again while being visited and end there. */
static void reads_gather(const struct form *form, struct expression *e)
{
    struct gathering g = { form, e };
    struct fp_reads reads = { read_link, read_variable, &g };

    if (e->is_visited)
        return;
    e->is_visited = true;
    if (e->compiled)
        fhirpath_reads(e->compiled, &reads);
    else if (e->query) {
        query_reads(e->query, &reads);
        e->reads_record = true;
    }
}

void expression_link(struct form *form)
{
    for (size_t i = 0; i < form->n_expressions; i++)
        reads_gather(form, form->expression[i]);
}

bool expression_is_due(const struct form *form, const struct expression *e, uint64_t stamp)
{
    if (!expression_can(form, e))
        return false;
    if (stamp == 0)
        return true;
    if (e->reads_all)
        return form->clock > stamp;
    for (size_t i = 0; i < e->n_reads; i++)
        if (e->reads[i]->stamp > stamp)
            return true;
    return false;
}

/* --- Evaluation --- */

enum rc expression_eval(struct form *form, struct expression *e, const struct inst *at, struct fp_result *out, struct err *err)
{
    if (e->query)
        return query_eval(form, e->query, at, out, err);
    return scope_eval(form, e->compiled, at, out, err);
}

static void report_failure(struct form *form, struct expression *e, const struct inst *at, const struct err *err)
{
    if (e->is_reported)
        return;
    e->is_reported = true;
    form_add_defect(form, at->item, DEFECT_WARNING, _("Item %s: an expression could not be worked out: %s"), at->item->link_id, err_text(err));
    item_add_note(at->item, _("A rule of the form could not be worked out here."));
}

bool expression_result(struct form *form, struct expression *e, const struct inst *at, struct fp_result *out)
{
    struct err err = {0};

    if (expression_eval(form, e, at, out, &err) == RC_OK)
        return true;
    report_failure(form, e, at, &err);
    fp_result_done(out);
    return false;
}

int expression_truth(struct form *form, struct expression *e, const struct inst *at)
{
    struct fp_result result = {0};
    bool is_empty = false, truth;

    if (!expression_can(form, e) || !expression_result(form, e, at, &result))
        return EXPRESSION_FAILED;
    truth = fp_truth(&result, &is_empty);
    fp_result_done(&result);
    return is_empty ? EXPRESSION_EMPTY : truth ? EXPRESSION_TRUE : EXPRESSION_FALSE;
}
