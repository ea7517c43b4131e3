/* check.c - findings about a form and about a response to it, as a FHIR OperationOutcome.
 *
 * The defects of the form come from opening it. A response is walked beside the form for its shape
 * (what stands where), then loaded, so that its answers meet the very rules a person meets at the desk.
 * What is missing counts only in a completed (or amended) response. */
#include "intake/check/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/form.h"
#include "intake/check/lint.h"
#include "intake/model.h"

struct checking {
    const struct doc *response;
    struct form *form;
    struct doc *outcome;
    struct node *issues;
    int errors;
    bool is_thorough;               /* the form too, beyond what opening it meets */
};

/* "QuestionnaireResponse.item[2].answer[0]" of a node in its document. */
static void node_expression(struct buf *out, const struct node *node, const char *root)
{
    const struct node *parent = node_parent(node);
    size_t i = 0;

    if (!parent) {
        buf_add(out, root);
        return;
    }
    node_expression(out, parent, root);
    if (!node_is(parent, NODE_ARRAY)) {
        buf_printf(out, ".%s", node_name(node));
        return;
    }
    for (const struct node *n = node_first(parent); n && n != node; n = node_next(n))
        i++;
    buf_printf(out, "[%zu]", i);
}

/* Which item it is about: the one it stands in. */
static void set_link(struct checking *c, struct node *issue, const struct node *at)
{
    struct node *extension;

    while (at && !*node_str(at, "linkId"))
        at = node_parent(at);
    if (!at)
        return;
    extension = node_add_object(c->outcome, node_set_array(c->outcome, issue, "extension"));
    node_set_str(c->outcome, extension, "url", EXT_LINK_ID);
    node_set_str(c->outcome, extension, "valueString", node_str(at, "linkId"));
}

static void add_issue(struct checking *c, const char *severity, const char *code, const struct node *at,
                      const char *root, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

static void add_issue(struct checking *c, const char *severity, const char *code, const struct node *at,
                      const char *root, const char *fmt, ...)
{
    struct node *issue = node_add_object(c->outcome, c->issues);
    struct buf path = {0};
    char words[480];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    set_link(c, issue, at);
    node_set_str(c->outcome, issue, "severity", severity);
    node_set_str(c->outcome, issue, "code", code);
    node_set_str(c->outcome, issue, "diagnostics", words);
    if (at) {
        node_expression(&path, at, root);
        node_add_str(c->outcome, node_set_array(c->outcome, issue, "expression"), buf_text(&path));
        buf_done(&path);
    }
    c->errors += !strcmp(severity, "error") || !strcmp(severity, "fatal");
}

const char *check_issue_link(const struct node *issue)
{
    const char *link = node_text(extension_value(issue, EXT_LINK_ID));

    return link ? link : "";
}

/* --- The form --- */

static void check_form(struct checking *c)
{
    static const struct { const char *severity, *code; } kinds[] = {
        [DEFECT_NOTE] = { "information", "informational" }, [DEFECT_WARNING] = { "warning", "business-rule" },
        [DEFECT_ERROR] = { "error", "invariant" },
    };
    struct form *form = c->form;

    if (c->is_thorough) {
        lint_shape(form);
        lint_items(form);
        lint_extensions(form);
        lint_extraction(form);
        lint_expressions(form);
    }
    for (size_t i = 0; i < form->n_defects; i++) {
        const struct defect *d = &form->defect[i];

        add_issue(c, kinds[d->kind].severity, kinds[d->kind].code,
                  d->item ? d->item->node : form->root->node, "Questionnaire", "%s", d->words);
    }
}

/* --- The shape of a response --- */

static const char response_root[] = "QuestionnaireResponse";

/* The item of this linkId, the first from a place on: a broken form may have it twice, and its items are
 * told apart by their order. Also display items that are no rows here: a response may carry them. */
static const struct node *definition_of(const struct node *parent, const char *link_id, size_t from, size_t *place)
{
    size_t i = 0;

    for (const struct node *n = node_first(node_get(parent, "item")); n; n = node_next(n), i++)
        if (i >= from && !strcmp(node_str(n, "linkId"), link_id)) {
            *place = i;
            return n;
        }
    return NULL;
}

/* After the item before: the next of this linkId, else (a repetition, or out of order) the first. */
static const struct node *definition_after(const struct node *parent, const char *link_id, const struct node *before, size_t last, size_t *place)
{
    bool repeats = before && !strcmp(node_str(before, "linkId"), link_id) && node_bool(before, "repeats");
    const struct node *found = before && !repeats ? definition_of(parent, link_id, last + 1, place) : NULL;

    return found ? found : definition_of(parent, link_id, 0, place);
}

static void shape_items(struct checking *c, const struct node *parent, const struct node *items, int depth);

static void shape_item(struct checking *c, const struct node *definition, const struct node *item, int depth)
{
    const char *type = node_str(definition, "type"), *link = node_str(item, "linkId");
    const struct node *answers = node_get(item, "answer");
    bool is_group = !strcmp(type, "group"), is_display = !strcmp(type, "display");

    if (answers && (is_group || is_display))
        add_issue(c, "error", "structure", item, response_root, is_group ? _("Item %.60s is a group and cannot have an answer.")
                  : _("Item %.60s only shows text and cannot have an answer."), link);
    if (answers && (!node_is(answers, NODE_ARRAY) || !node_count(answers)))
        add_issue(c, "error", "structure", item, response_root, _("Item %.60s has an answer that is no list."), link);
    if (node_get(item, "item") && !is_group)
        add_issue(c, "error", "structure", item, response_root, _("Items below question %.60s belong inside its answer."), link);
    if (is_group)
        shape_items(c, definition, node_get(item, "item"), depth + 1);
    for (const struct node *a = node_first(answers); a && !is_group; a = node_next(a))
        shape_items(c, definition, node_get(a, "item"), depth + 1);
}

/* Items stand in the order of the form; only a repeating group has several of one linkId. */
static void shape_items(struct checking *c, const struct node *parent, const struct node *items, int depth)
{
    size_t last = 0, place = 0;
    const struct node *before = NULL;

    for (const struct node *item = node_first(items); item && depth < FORM_DEPTH_MAX; item = node_next(item)) {
        const char *link = node_str(item, "linkId");
        const struct node *definition = definition_after(parent, link, before, last, &place);
        bool repeats = definition && !strcmp(node_str(definition, "type"), "group") && node_bool(definition, "repeats");

        if (!definition) {
            add_issue(c, "error", "structure", item, response_root, item_by_link(c->form, link)
                      ? _("Item %.60s stands in another place than in the form.") : _("The form has no item %.60s."), link);
            continue;
        }
        if (before && place < last)
            add_issue(c, "error", "structure", item, response_root, _("Item %.60s is out of the order of the form."), link);
        if (before == definition && !repeats)
            add_issue(c, "error", "structure", item, response_root, _("Item %.60s stands more than once; several answers belong in one item."), link);
        last = place;
        before = definition;
        shape_item(c, definition, item, depth);
    }
}

/* --- Answers --- */

static const struct node *response_node(const struct inst *inst, const struct node *root)
{
    for (; inst; inst = inst->parent)
        if (inst->from)
            return inst->from;
    return root;
}

static const struct inst *inst_at(const struct form *form, const char *path)
{
    for (size_t i = 0; i < form->n_insts; i++)
        if (!strcmp(form->inst[i]->path, path))
            return form->inst[i];
    return form->top;
}

/* A display that says something else than its code misleads whoever reads it; another wording in a
 * list the form itself spells out is only noted, since forms are translated. */
static void check_display(struct checking *c, const struct inst *inst)
{
    for (size_t i = 0; i < inst->n_answers; i++) {
        const char *display = node_path_str(inst->answer[i], "valueCoding.display");
        const struct option *o = *display ? option_of(inst_choices(inst), inst->answer[i]) : NULL;
        char *given = o ? utf8_folded(display) : NULL, *known = o ? utf8_folded(o->label) : NULL;
        bool is_coded = *node_str(inst->item->node, "answerValueSet") != '\0';

        if (o && strcmp(given, known) != 0)
            add_issue(c, is_coded ? "error" : "warning", "code-invalid", inst->from, response_root,
                      _("Item %.60s: the display does not belong to its code."), inst->item->link_id);
        free(given);
        free(known);
    }
}

static void check_inst(struct checking *c, const struct inst *inst, bool is_final)
{
    const char *link = inst->item->link_id;

    if (inst->n_answers && !inst->enabled && is_final)
        add_issue(c, "error", "business-rule", inst->from, response_root, _("Item %.60s is answered but not asked."), link);
    if (!inst->enabled)
        return;
    if (inst->differs)
        add_issue(c, "warning", "business-rule", inst->from, response_root, _("Item %.60s holds another value than the form works out."), link);
    if (inst->n_answers && inst_choices(inst)->missing)
        add_issue(c, "information", "not-supported", inst->from, response_root, _("Item %.60s: its value set is not available, so the code is not checked."), link);
    check_display(c, inst);
}

static bool is_value_problem(const struct inst *inst, const char *words)
{
    return inst->problem && !strcmp(inst->problem, words);
}

static void check_answers(struct checking *c, const struct node *root, bool is_final)
{
    const struct form *form = c->form;

    for (size_t i = 0; i < form->n_insts; i++)
        check_inst(c, form->inst[i], is_final);
    for (size_t i = 0; i < form_problems(form); i++) {
        struct form_problem p = form_problem(form, i);
        const struct inst *inst = inst_at(form, p.path);
        bool is_value = is_value_problem(inst, p.text);

        if (is_value || is_final)
            add_issue(c, "error", is_value ? "invalid" : "required", response_node(inst, root), response_root, "%s: %s",
                      inst->item->link_id, p.text);
    }
}

static void check_warnings(struct checking *c, const struct node *root)
{
    for (size_t i = 0; i < form_warnings(c->form); i++) {
        struct form_problem w = form_warning(c->form, i);

        add_issue(c, "warning", "business-rule", response_node(inst_at(c->form, w.path), root), response_root, "%s", w.text);
    }
}

static void check_head(struct checking *c, const struct node *root, const struct node *questionnaire)
{
    static const char *const statuses[] = { "in-progress", "completed", "amended", "entered-in-error", "stopped" };
    const char *status = node_str(root, "status"), *given = node_str(root, "questionnaire"), *url = node_str(questionnaire, "url");
    size_t len = strcspn(given, "|");
    bool known = false;

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        known |= !strcmp(status, statuses[i]);
    if (!known)
        add_issue(c, "error", "value", root, response_root, _("The response has no status, or an unknown one."));
    if (*url && *given && (strlen(url) != len || strncmp(url, given, len) != 0))
        add_issue(c, "warning", "business-rule", root, response_root, _("The response names another form."));
    if (!strcmp(node_str(questionnaire, "status"), "retired"))
        add_issue(c, "warning", "business-rule", root, response_root, _("The form is retired."));
}

static enum rc check_response(struct checking *c, struct err *err)
{
    const struct node *root = doc_root(c->response), *questionnaire = c->form->root->node;
    const char *status = node_str(root, "status");
    bool is_final = !strcmp(status, "completed") || !strcmp(status, "amended");
    enum rc rc = form_load_response(c->form, c->response, err);

    if (rc != RC_OK)
        return rc;
    check_head(c, root, questionnaire);
    shape_items(c, questionnaire, node_get(root, "item"), 0);
    check_answers(c, root, is_final);
    check_warnings(c, root);
    return RC_OK;
}

static enum rc check(const struct doc *questionnaire, const struct form_context *context, const struct doc *response,
                     bool is_thorough, struct doc **outcome, int *errors, struct err *err)
{
    struct checking c = { .response = response, .is_thorough = is_thorough };
    struct form_context known = context ? *context : (struct form_context){ 0 };
    struct err why = {0};
    enum rc rc;

    *outcome = NULL;
    c.outcome = doc_new("OperationOutcome");
    c.issues = node_set_array(c.outcome, doc_root(c.outcome), "issue");
    known.has_answers = context != NULL;
    rc = form_open(questionnaire, context ? &known : NULL, &c.form, &why);
    if (rc == RC_INVALID)
        add_issue(&c, "fatal", "structure", doc_root(questionnaire), "Questionnaire", "%s", err_text(&why));
    else if (rc != RC_OK)
        goto out;
    if (c.form) {
        check_form(&c);
        if (response && check_response(&c, &why) != RC_OK)
            add_issue(&c, "fatal", "structure", doc_root(response), response_root, "%s", err_text(&why));
    }
    if (!node_count(c.issues))
        add_issue(&c, "information", "informational", NULL, "", _("Nothing to report."));
    rc = RC_OK;
    *outcome = c.outcome;
    c.outcome = NULL;
    if (errors)
        *errors = c.errors;
out:
    if (rc != RC_OK)
        err_set(err, rc, "%s", err_text(&why));
    form_close(c.form);
    doc_free(c.outcome);
    return rc;
}

enum rc questionnaire_check(const struct doc *questionnaire, const struct doc *response,
                            struct doc **outcome, int *errors, struct err *err)
{
    return check(questionnaire, NULL, response, true, outcome, errors, err);
}

enum rc response_check(const struct doc *questionnaire, const struct form_context *context, const struct doc *response,
                       struct doc **outcome, int *errors, struct err *err)
{
    return check(questionnaire, context, response, false, outcome, errors, err);
}
