/* lint_extract.c - what keeps the answers of a form from becoming the resources it asks for: templates that
 * are not there, elements FHIR does not have, expressions that do not read. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "fhir/fhirpath.h"
#include "fhir/model.h"
#include "intake/extract/extract_internal.h"
#include "intake/check/lint.h"
#include "intake/model.h"

static const struct node *contained(const struct form *form, const char *reference)
{
    for (const struct node *c = node_first(node_get(form->root->node, "contained")); c; c = node_next(c))
        if (*reference == '#' && !strcmp(node_str(c, "id"), reference + 1))
            return c;
    return NULL;
}

static void lint_templates(struct form *form, const struct item *item)
{
    const struct node *extension;

    for (size_t i = 0; (extension = extract_extension(item->node, "templateExtract", i)); i++)
        for (const struct node *part = node_first(node_get(extension, "extension")); part; part = node_next(part)) {
            const char *reference = node_path_str(part, "valueReference.reference");

            if (!strcmp(node_str(part, "url"), "template") && !contained(form, reference))
                form_add_defect(form, item, DEFECT_ERROR, _("Item %s: the template %.60s is not in the form."), item->link_id, reference);
        }
}

static void lint_observed(struct form *form, const struct item *item)
{
    const struct node *flag = extract_extension_value(item->node, "observationExtract");

    if (flag && item->type != FORM_GROUP && strcmp(node_text(flag) ? node_text(flag) : "", "false") && !node_count(node_get(item->node, "code")))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s is to be kept as an Observation but has no code."), item->link_id);
}

static bool has_context(const struct item *item)
{
    for (; item; item = item->parent)
        if (extract_extension(item->node, "itemExtractionContext", 0) || extract_extension(item->node, "definitionExtract", 0))
            return true;
    return false;
}

/* Does R4 have the element a path names? Slices (telecom:phone) are those of a profile, which is not read. */
static bool is_element(const char *path)
{
    char step[80];
    unsigned type = MODEL_NO_TYPE;

    for (bool is_first = true;; is_first = false, path++) {
        struct model_member member;

        snprintf(step, sizeof step, "%.*s", (int)strcspn(path, ".:["), path);
        path += strcspn(path, ".");
        if (is_first)
            type = model_find(step);
        else if (model_member(type, step, &member) && member.choice)
            return !*path;
        else
            type = model_json_member(type, step);
        if (type == MODEL_NO_TYPE || !*path)
            return type != MODEL_NO_TYPE;
    }
}

static void lint_definition(struct form *form, const struct item *item)
{
    const char *definition = node_str(item->node, "definition"), *hash = strchr(definition, '#');

    if (hash && has_context(item) && !is_element(hash + 1))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s: %.80s is no element of FHIR R4: the answer is not kept there."), item->link_id, hash + 1);
}

static void lint_context(struct form *form, const struct item *item)
{
    const char *type = node_text(extract_extension_value(item->node, "itemExtractionContext"));

    if (type && !model_is_resource(model_find(type)))
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s is to be kept as %.60s, which is no resource of FHIR R4."), item->link_id, type);
}

/* Every expression in a contained template. */
static void lint_expressions_in(struct form *form, const struct node *template, const struct node *node)
{
    for (const struct node *n = node_first(node); n; n = node_next(n)) {
        const char *url = node_str(n, "url"), *expression;
        struct fhirpath *compiled = NULL;
        struct err err = { RC_OK, "" };

        if (strstr(url, "templateExtractContext") || strstr(url, "templateExtractValue")) {
            expression = extract_expression(node_get(n, node_get(n, "valueString") ? "valueString" : "valueExpression"));
            if (fhirpath_compile(expression, &compiled, &err) != RC_OK)
                form_add_defect(form, form->root, DEFECT_ERROR, _("The template %.60s: an expression cannot be worked out: %s"), node_str(template, "id"), err_text(&err));
            fhirpath_free(compiled);
        } else {
            lint_expressions_in(form, template, n);
        }
    }
}

static void lint_one(struct form *form, const struct item *item)
{
    lint_templates(form, item);
    lint_observed(form, item);
    lint_definition(form, item);
    lint_context(form, item);
}

void lint_extraction(struct form *form)
{
    lint_one(form, form->root);
    for (size_t i = 0; i < form->n_items; i++)
        lint_one(form, form->item[i]);
    for (const struct node *c = node_first(node_get(form->root->node, "contained")); c; c = node_next(c))
        lint_expressions_in(form, c, c);
}
