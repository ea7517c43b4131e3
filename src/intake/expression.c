/* expression.c - the FHIRPath of a form: compiled once, evaluated where it stands, and only when
 * an answer it reads has changed. What it reads is told from its text: every walk from the response
 * that is narrowed by linkId = '...' reads those items, any other walk reads everything. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

struct expression *expression_new(struct form *form, const struct item *owner, const struct node *value, const char *use)
{
    const char *language = node_str(value, "language");
    struct expression *e = mem_alloc(sizeof *e);
    struct err err = {0};

    e->owner = owner;
    e->name = "";
    e->text = node_text(value) ? node_text(value) : node_str(value, "expression");
    MEM_ROOM(form->expression, form->n_expressions, form->cap_expressions);
    form->expression[form->n_expressions++] = e;
    if (*language && strcmp(language, "text/fhirpath"))
        form_add_defect(form, owner, DEFECT_WARNING, _("Item %s: %s is written in %.40s, which is not evaluated here; it is typed."),
                        owner->link_id, _(use), language);
    else if (!*e->text)
        form_add_defect(form, owner, DEFECT_WARNING, _("Item %s: %s has no expression."), owner->link_id, _(use));
    else if (fhirpath_compile(e->text, &e->compiled, &err) != RC_OK)
        form_add_defect(form, owner, DEFECT_WARNING, _("Item %s: %s cannot be worked out: %s"), owner->link_id, _(use), err_text(&err));
    return e;
}

void expression_free(struct expression *e)
{
    fhirpath_free(e->compiled);
    free(e->reads);
    free(e);
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

static void reads_add_link(const struct form *form, struct expression *e, const char *link, size_t len)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (strlen(form->item[i]->link_id) == len && !memcmp(form->item[i]->link_id, link, len))
            reads_add(e, form->item[i]);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* "linkId" at text: add what it is compared with. False when it is not compared with one literal. */
static bool read_link(const struct form *form, struct expression *e, const char *text)
{
    const char *end;

    text += strspn(text + 6, " \t\n") + 6;
    if (*text++ != '=')
        return false;
    text += strspn(text, " \t\n");
    if (*text != '\'' && *text != '"')
        return false;
    end = strchr(text + 1, *text);
    if (!end)
        return false;
    reads_add_link(form, e, text + 1, (size_t)(end - text - 1));
    return true;
}

static struct expression *variable_find(const struct item *from, const char *name, size_t len, const struct item **where)
{
    for (const struct item *item = from; item; item = item->parent)
        for (size_t i = 0; i < item->n_variables; i++)
            if (strlen(item->variable[i]->name) == len && !strncmp(item->variable[i]->name, name, len)) {
                *where = item;
                return item->variable[i];
            }
    return NULL;
}

static void reads_gather(const struct form *form, struct expression *e);

static void reads_merge(const struct form *form, struct expression *e, struct expression *variable)
{
    reads_gather(form, variable);
    e->reads_all |= variable->reads_all;
    for (size_t i = 0; i < variable->n_reads; i++)
        reads_add(e, variable->reads[i]);
}

/* A word that begins a path from the response, rather than a step along one. */
static bool is_root(const char *text, const char *at, size_t len, int depth)
{
    static const char *const names[] = { "QuestionnaireResponse", "item", "answer", "$this" };
    bool after_repeat = at - text >= 7 && !strncmp(at - 7, "repeat(", 7);

    if (at > text && at[-1] == '.')
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == len && !strncmp(at, names[i], len))
            return !after_repeat && (i == 0 || depth == 0);
    return false;
}

static bool is_response_name(const char *name, size_t len)
{
    static const char *const names[] = { "resource", "context", "QuestionnaireResponse", "rootResource" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == len && !strncmp(name, names[i], len))
            return true;
    return false;
}

static const char *skip_literal(const char *text)
{
    char quote = *text++;

    while (*text && *text != quote)
        text += *text == '\\' && text[1] ? 2 : 1;
    return *text ? text + 1 : text;
}

/* Variables are merged when their name is met. */
static void reads_gather(const struct form *form, struct expression *e)
{
    bool is_narrowed = true;
    int depth = 0;
    const struct item *where;

    if (e->is_visited)
        return;
    e->is_visited = true;
    for (const char *p = e->text; *p;) {
        size_t len = 0;
        bool is_name = *p == '%', starts_walk;

        if (*p == '\'' || *p == '"') {
            p = skip_literal(p);
            continue;
        }
        depth += (*p == '(') - (*p == ')');
        if (!is_name && !isalpha((unsigned char)*p) && *p != '$') {
            p++;
            continue;
        }
        for (len = 1; is_word(p[len]); len++)
            ;
        starts_walk = is_name ? is_response_name(p + 1, len - 1) : is_root(e->text, p, len, depth);
        if (starts_walk) {
            e->reads_all |= !is_narrowed;
            is_narrowed = false;
        } else if (is_name) {
            struct expression *variable = variable_find(e->owner, p + 1, len - 1, &where);

            if (variable && variable != e)
                reads_merge(form, e, variable);
        } else if (len == 6 && !strncmp(p, "linkId", 6)) {
            is_narrowed = read_link(form, e, p);
            e->reads_all |= !is_narrowed;
        }
        p += len;
    }
    e->reads_all |= !is_narrowed;
}

void expression_link(struct form *form)
{
    for (size_t i = 0; i < form->n_expressions; i++)
        reads_gather(form, form->expression[i]);
}

bool expression_is_due(const struct form *form, const struct expression *e, uint64_t stamp)
{
    if (!e->compiled || e->is_stopped)
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

void view_forget(struct form *form)
{
    struct view *view = form->view;

    for (size_t i = 0; i < view->n_cached; i++)
        fp_result_done(&view->cached[i].result);
    view->n_cached = 0;
    view->response_known = false;
}

struct scope { struct form *form; const struct inst *at; };

static bool result_copy(struct fp_result *out, const struct fp_result *from)
{
    for (size_t i = 0; i < from->n; i++)
        fp_result_add_copy(out, fp_result_at(from, i));
    return true;
}

/* The value of a variable in the scope of at, worked out once for each state of the answers. */
static bool variable_value(struct form *form, struct expression *e, const struct inst *at, struct fp_result *out)
{
    struct view *view = form->view;
    struct fp_result result = {0};
    size_t i;

    for (i = 0; i < view->n_cached; i++)
        if (view->cached[i].expression == e && view->cached[i].at == at)
            return !view->cached[i].is_busy && result_copy(out, &view->cached[i].result);
    if (!e->compiled)
        return true;
    MEM_ROOM(view->cached, view->n_cached, view->cap_cached);
    i = view->n_cached++;
    view->cached[i] = (struct cached){ .expression = e, .at = at, .is_busy = true };
    if (expression_eval(form, e, at, &result, NULL) != RC_OK)
        fp_result_done(&result);
    view->cached[i].result = result;
    view->cached[i].is_busy = false;
    return result_copy(out, &result);
}

/* Names a form declares but that mean nothing at this desk are empty: launchContext of another
 * place, and results of queries that travel with the form as contained Bundles. */
static bool is_declared(const struct form *form, const char *name)
{
    for (const struct node *c = node_first(node_get(form->root->node, "contained")); c; c = node_next(c))
        if (!strcmp(node_str(c, "id"), name))
            return true;
    for (const struct node *e = node_first(node_get(form->root->node, "extension")); e; e = node_next(e))
        if (strstr(node_str(e, "url"), "launchContext"))
            for (const struct node *part = node_first(node_get(e, "extension")); part; part = node_next(part))
                if (!strcmp(node_str(part, "url"), "name") &&
                    (!strcmp(node_path_str(part, "valueCoding.code"), name) || !strcmp(node_str(part, "valueId"), name)))
                    return true;
    return false;
}

/* The names SDC gives to what a form is launched with. */
static bool launch_context(const struct form_context *context, const char *name, struct fp_result *out)
{
    const struct { const char *name; const struct doc *doc; } launched[] = {
        {"patient", context->patient}, {"subject", context->patient}, {"encounter", context->encounter}, {"user", context->user},
    };

    for (size_t i = 0; i < sizeof launched / sizeof *launched; i++)
        if (!strcasecmp(launched[i].name, name)) {
            if (launched[i].doc)
                fp_result_add_node(out, doc_root(launched[i].doc));
            return true;
        }
    return false;
}

static bool scope_variable(void *ctx, const char *name, struct fp_result *out)
{
    struct scope *scope = ctx;
    const struct item *where = NULL;
    struct expression *e = variable_find(scope->at->item, name, strlen(name), &where);
    const struct inst *at = scope->at;

    if (e) {
        while (at->parent && at->item != where)
            at = at->parent;
        return variable_value(scope->form, e, at, out);
    }
    if (launch_context(&scope->form->context, name, out))
        return true;
    if (!strcmp(name, "QuestionnaireResponse")) {
        fp_result_add_node(out, response_now(scope->form));
        return true;
    }
    if (!strcmp(name, "qitem")) {
        fp_result_add_node(out, scope->at->item->node);
        return true;
    }
    return is_declared(scope->form, name);
}

enum rc expression_eval(struct form *form, struct expression *e, const struct inst *at, struct fp_result *out, struct err *err)
{
    struct scope scope = { form, at };
    struct fp_env env = { .questionnaire = form->root->node, .variable = scope_variable, .ctx = &scope };

    env.resource = response_now(form);
    env.context = at->parent ? at->built : env.resource;
    return fhirpath_eval(e->compiled, &env, out, err);
}

static void report_failure(struct form *form, struct expression *e, const struct inst *at, const struct err *err)
{
    if (e->is_reported)
        return;
    e->is_reported = true;
    form_add_defect(form, at->item, DEFECT_WARNING, _("Item %s: an expression could not be worked out: %s"), at->item->link_id, err_text(err));
    item_add_note(at->item, _("A rule of the form could not be worked out here."));
}

int expression_truth(struct form *form, struct expression *e, const struct inst *at)
{
    struct fp_result result = {0};
    struct err err = {0};
    bool is_empty = false, truth;

    if (!e->compiled || e->is_stopped)
        return EXPRESSION_FAILED;
    if (expression_eval(form, e, at, &result, &err) != RC_OK) {
        report_failure(form, e, at, &err);
        return EXPRESSION_FAILED;
    }
    truth = fp_truth(&result, &is_empty);
    fp_result_done(&result);
    return is_empty ? EXPRESSION_EMPTY : truth ? EXPRESSION_TRUE : EXPRESSION_FALSE;
}
