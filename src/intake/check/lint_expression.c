/* lint_expression.c - the expressions of a form as the specification reads them, what they name, and whether
 * they go in a circle. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/check/lint.h"
#include "intake/model.h"

/* --- Strict reading --- */

/* The type of what the form is launched with, where it declares one alone. */
static const char *launched_type(void *ctx, const char *name)
{
    const struct form *form = ctx;
    const char *type = NULL;

    for (const struct node *e = node_first(node_get(form->root->node, "extension")); e; e = node_next(e)) {
        bool is_named = false;
        size_t types = 0;

        for (const struct node *part = node_first(node_get(e, "extension")); part && strstr(node_str(e, "url"), "launchContext"); part = node_next(part)) {
            is_named |= !strcmp(node_path_str(part, "valueCoding.code"), name) || !strcmp(node_str(part, "valueId"), name);
            if (!strcmp(node_str(part, "url"), "type") && types++ == 0)
                type = node_str(part, "valueCode");
        }
        if (is_named && types == 1)
            return type;
    }
    return NULL;
}

/* "at character 78, ...": where a sentence of the parser points; 0 nowhere. */
static size_t place_of(const char *words)
{
    static const char at[] = "at character ";

    return strncmp(words, at, sizeof at - 1) == 0 ? strtoul(words + sizeof at - 1, NULL, 10) : 0;
}

/* Past the place: what is wrong there. */
static const char *thing_of(const char *words)
{
    const char *colon = place_of(words) ? strstr(words, ": ") : NULL;

    return colon ? colon + 2 : words;
}

/* The first character that the strict reading refuses is in the very word that was forgiven. */
static bool is_same_place(const char *text, const char *forgiven, const char *refused)
{
    size_t from = place_of(forgiven), to = place_of(refused), len = strlen(text);

    if (!from || to < from || to > len)
        return from && from == to;
    for (size_t i = from; i < to; i++)
        if (!strchr("%-_`\"'", text[i - 1]) && !isalnum((unsigned char)text[i - 1]))
            return false;
    return true;
}

/* One finding for each thing that was forgiven, however often it stands there. */
static void lint_forgiven(struct form *form, const struct expression *e)
{
    const char *forgiven, *other;

    for (size_t i = 0; (forgiven = fhirpath_forgiven(e->compiled, i)); i++) {
        unsigned long n = 0;
        bool is_said = false;
        char more[40] = "";

        for (size_t k = 0; (other = fhirpath_forgiven(e->compiled, k)); k++)
            if (!strcmp(thing_of(other), thing_of(forgiven))) {
                is_said |= k < i;
                n++;
            }
        if (n > 1)
            snprintf(more, sizeof more, ngettext(" (%lu place)", " (%lu places)", n), n);
        if (!is_said)
            form_add_defect(form, e->owner, DEFECT_WARNING, _("Item %s: %s is not as the standard wants it, and is read all the same: %s%s"),
                            e->owner->link_id, e->words, forgiven, more);
    }
}

/* What the specification refuses is said with its reason, unless that is what evaluating it forgave. */
static void lint_strict(struct form *form, const struct expression *e)
{
    struct fp_reading reading = { .strict = true, .context = e->owner == form->root ? "QuestionnaireResponse" : "QuestionnaireResponse.item",
                                  .resource = "QuestionnaireResponse", .variable = launched_type, .ctx = form };
    struct fhirpath *strict = NULL;
    struct err err = {0};
    const char *forgiven;
    bool is_said = false;

    if (!e->compiled)
        return;
    if (fhirpath_compile_as(e->text, &reading, &strict, &err) != RC_OK) {
        for (size_t i = 0; (forgiven = fhirpath_forgiven(e->compiled, i)); i++)
            is_said |= is_same_place(e->text, forgiven, err_text(&err));
        if (!is_said)
            form_add_defect(form, e->owner, DEFECT_WARNING, _("Item %s: %s is not as the standard wants it, and is read all the same: %s%s"),
                            e->owner->link_id, e->words, err_text(&err), "");
    }
    lint_forgiven(form, e);
    fhirpath_free(strict);
}

/* --- What it names --- */

struct naming { struct form *form; const struct expression *e; };

static void name_link(void *ctx, const char *link_id, bool below)
{
    struct naming *n = ctx;

    (void)below;
    if (link_id && !item_by_link(n->form, link_id))
        form_add_defect(n->form, n->e->owner, DEFECT_ERROR, _("Item %s: %s reads item %.60s, which the form does not have."),
                        n->e->owner->link_id, n->e->words, link_id);
}

static void name_variable(void *ctx, const char *name)
{
    struct naming *n = ctx;
    const struct item *where;

    if (!variable_find(n->e->owner, name, &where) && !scope_knows(n->form, name))
        form_add_defect(n->form, n->e->owner, DEFECT_ERROR, _("Item %s: %s uses %%%.60s, which nothing declares."),
                        n->e->owner->link_id, n->e->words, name);
}

static void lint_names(struct form *form, const struct expression *e)
{
    struct naming naming = { form, e };
    struct fp_reads reads = { name_link, name_variable, &naming };

    if (e->compiled)
        fhirpath_reads(e->compiled, &reads);
    else if (e->query)
        query_reads(e->query, &reads);
}

/* Two of one name in one place hide one another; one without a name can be read by nobody. */
static void lint_variables(struct form *form, const struct item *item)
{
    for (size_t i = 0; i < item->n_variables; i++) {
        const char *name = item->variable[i]->name;

        if (!*name)
            form_add_defect(form, item, DEFECT_ERROR, _("Item %s declares a variable without a name."), item->link_id);
        for (size_t k = 0; *name && k < i; k++)
            if (!strcmp(item->variable[k]->name, name))
                form_add_defect(form, item, DEFECT_ERROR, _("Item %s declares %%%.60s twice; the first is used."), item->link_id, name);
    }
}

/* --- Circles --- */

/* Items by order: which others change what this one is. Tarjan's strongly connected components; what lies further
 * down a chain than CHAIN_MAX is begun anew, so that no form exhausts the stack. */
enum { CHAIN_MAX = 2000 };
struct graph {
    struct form *form;
    size_t *index, *low, *stack, n_stack, next, depth;
    bool *on_stack;
};

static void component(struct graph *g, size_t at);

static void follow(struct graph *g, size_t at, const struct item *to)
{
    if (!to || !to->node || to == g->form->root)
        return;
    if (!g->index[to->order] && g->depth < CHAIN_MAX) {
        component(g, to->order);
        g->low[at] = g->low[to->order] < g->low[at] ? g->low[to->order] : g->low[at];
    } else if (g->index[to->order] && g->on_stack[to->order] && g->index[to->order] < g->low[at])
        g->low[at] = g->index[to->order];
}

static void follow_reads(struct graph *g, size_t at, const struct expression *e)
{
    for (size_t i = 0; e && i < e->n_reads; i++)
        follow(g, at, e->reads[i]);
}

static bool reads_itself(const struct item *item)
{
    const struct expression *e = item->calculated;

    for (size_t i = 0; e && i < e->n_reads; i++)
        if (e->reads[i] == item)
            return true;
    return false;
}

static void say_circle(struct graph *g, size_t first)
{
    struct buf names = {0};
    const struct item *at = g->form->item[g->stack[first]];

    for (size_t i = first; i < g->n_stack; i++)
        buf_printf(&names, "%s%s", i > first ? ", " : "", g->form->item[g->stack[i]]->link_id);
    form_add_defect(g->form, at, DEFECT_WARNING, _("Items %.300s depend on one another in a circle; where they do not come to rest they are stopped."), buf_text(&names));
    buf_done(&names);
}

static void component(struct graph *g, size_t at)
{
    const struct item *item = g->form->item[at];
    size_t first;

    g->index[at] = g->low[at] = ++g->next;
    g->stack[g->n_stack++] = at;
    g->depth++;
    g->on_stack[at] = true;
    for (size_t i = 0; !item->enable && i < item->n_conditions; i++)
        follow(g, at, item->condition[i].target);
    follow_reads(g, at, item->enable);
    follow_reads(g, at, item->calculated);
    g->depth--;
    if (g->low[at] != g->index[at])
        return;
    for (first = g->n_stack - 1; g->stack[first] != at;)
        first--;
    if (g->n_stack - first > 1 || reads_itself(item))
        say_circle(g, first);
    for (size_t i = first; i < g->n_stack; i++)
        g->on_stack[g->stack[i]] = false;
    g->n_stack = first;
}

static void lint_circles(struct form *form)
{
    size_t n = form->n_items;
    struct graph g = { .form = form, .index = mem_array(n, sizeof(size_t)), .low = mem_array(n, sizeof(size_t)),
                       .stack = mem_array(n, sizeof(size_t)), .on_stack = mem_array(n, sizeof(bool)) };

    for (size_t i = 0; i < n; i++)
        if (!g.index[i])
            component(&g, i);
    free(g.index);
    free(g.low);
    free(g.stack);
    free(g.on_stack);
}

void lint_expressions(struct form *form)
{
    size_t n = form->n_expressions;

    for (size_t i = 0; i < n; i++) {
        const struct expression *e = form->expression[i];

        lint_strict(form, e);
        lint_names(form, e);
    }
    lint_variables(form, form->root);
    for (size_t i = 0; i < form->n_items; i++)
        lint_variables(form, form->item[i]);
    lint_circles(form);
}
