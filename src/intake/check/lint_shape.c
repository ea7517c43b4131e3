/* lint_shape.c - a Questionnaire against the elements of FHIR R4: members it does not have, lists where one value
 * belongs, values of another kind, what must be there; and extensions that ask for what is not done here. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "fhir/model.h"
#include "intake/check/lint.h"
#include "intake/model.h"

enum { SHAPE_DEPTH = 2 * FORM_DEPTH_MAX };

struct shape { struct form *form; const struct item *item; size_t next; /* of form->item */ };

static void shape_object(struct shape *s, const struct node *object, unsigned type, int depth);

static bool kind_fits(const struct node *node, const char *type)
{
    if (!strcmp(type, "boolean"))
        return node_is(node, NODE_TRUE) || node_is(node, NODE_FALSE);
    if (!strcmp(type, "integer") || !strcmp(type, "decimal") || !strcmp(type, "positiveInt") || !strcmp(type, "unsignedInt"))
        return node_is(node, NODE_NUMBER);
    return node_is(node, NODE_STRING);
}

static void shape_value(struct shape *s, const struct node *node, unsigned type, const char *name, int depth)
{
    const char *words = model_name(type);

    if (model_is_primitive(type)) {
        if (!kind_fits(node, words) && !node_is(node, NODE_NULL))
            form_add_defect(s->form, s->item, DEFECT_ERROR, _("Item %s: %.60s is not written as a %.30s."), s->item->link_id, name, words);
    } else if (!node_is(node, NODE_OBJECT))
        form_add_defect(s->form, s->item, DEFECT_ERROR, _("Item %s: %.60s is not an object."), s->item->link_id, name);
    else
        shape_object(s, node, type, depth + 1);
}

/* Items of the form are told apart by the item they belong to, so that a finding names it. They are met in
 * the order they were read in; words that explain an item are none. */
static const struct item *item_at(struct shape *s, const struct node *node, const struct item *otherwise)
{
    const struct form *form = s->form;

    if (s->next == form->n_items || form->item[s->next]->node != node)
        return otherwise;
    return form->item[s->next++];
}

static void shape_member(struct shape *s, const struct node *member, unsigned type, int depth)
{
    const char *name = node_name(member);
    unsigned own = model_json_member(type, name), stem = 0;
    struct model_member how = {0};
    char base[64];

    if (own == MODEL_NO_TYPE) {
        form_add_defect(s->form, s->item, DEFECT_ERROR, _("Item %s: %.60s is not a member that R4 has there."), s->item->link_id, name);
        return;
    }
    snprintf(base, sizeof base, "%s", name);
    if (!model_member(type, base, &how)) {
        model_choice_suffix(name, &stem);
        if (stem < sizeof base)
            base[stem] = '\0';
        model_member(type, base, &how);
    }
    if (how.is_many != node_is(member, NODE_ARRAY))
        form_add_defect(s->form, s->item, DEFECT_ERROR, how.is_many ? _("Item %s: %.60s is not a list.") : _("Item %s: %.60s is a list."),
                        s->item->link_id, name);
    else if (!how.is_many)
        shape_value(s, member, own, name, depth);
    for (const struct node *n = how.is_many && node_is(member, NODE_ARRAY) ? node_first(member) : NULL; n; n = node_next(n)) {
        const struct item *outside = s->item;

        if (!strcmp(name, "item"))
            s->item = item_at(s, n, outside);
        shape_value(s, n, own, name, depth);
        s->item = outside;
    }
}

static void shape_object(struct shape *s, const struct node *object, unsigned type, int depth)
{
    for (const struct node *m = node_first(object); m && depth < SHAPE_DEPTH; m = node_next(m)) {
        const char *name = node_name(m);

        if (*name != '_' && strcmp(name, "resourceType") && strcmp(name, "contained") && strcmp(name, "fhir_comments"))
            shape_member(s, m, type, depth);
    }
    for (unsigned i = 0; model_member_name(type, i) && depth < SHAPE_DEPTH; i++) {
        const char *name = model_member_name(type, i);
        struct model_member how;
        char beside[64];

        snprintf(beside, sizeof beside, "_%s", name);
        if (model_member(type, name, &how) && how.is_needed && !how.choice && !node_get(object, name) && !node_get(object, beside))
            form_add_defect(s->form, s->item, DEFECT_ERROR, _("Item %s: %.60s is missing in %.60s."), s->item->link_id, name, model_name(type));
    }
}

void lint_shape(struct form *form)
{
    struct shape s = { form, form->root, 0 };
    unsigned type = model_find("Questionnaire");

    if (type != MODEL_NO_TYPE)
        shape_object(&s, form->root->node, type, 0);
}

/* --- What is not done here --- */

static const struct { const char *name, *words; } undone[] = {
    { "assembledFrom", N_("the form was put together from others, as it is here") },
    { "assembleContext", N_("the form is meant to be put into another") },
    { "targetStructureMap", N_("a StructureMap, which is not run here") },
    { "cqf-library", N_("a library of CQL, which is not run here") },
    { "preferredTerminologyServer", N_("a terminology server, which is not asked") },
    { "itemMedia", N_("a picture or sound, which a terminal does not show") },
    { "itemAnswerMedia", N_("a picture or sound of an answer, which a terminal does not show") },
    { "lookupQuestionnaire", N_("a form that would find the answer, which is not run here") },
    { "signatureRequired", N_("a signature, which is not made here") },
    { "keyboard", N_("a kind of keyboard") }, { "width", N_("a width") }, { "columnCount", N_("a number of columns") },
};

static void lint_extension(struct form *form, const struct item *item, const struct node *extension, bool modifies)
{
    const char *url = node_str(extension, "url"), *name = extension_name(url);

    for (size_t i = 0; i < sizeof undone / sizeof *undone; i++)
        if (!strcmp(undone[i].name, name)) {
            form_add_defect(form, item, DEFECT_NOTE, _("Item %s names %s."), item->link_id, _(undone[i].words));
            return;
        }
    if (modifies && strcmp(name, "rendering-styleSensitive") != 0)
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s is changed by the extension %.120s, which is not understood here."), item->link_id, url);
}

static void lint_control(struct form *form, const struct item *item, const struct node *extension)
{
    const struct node *concept = node_get(extension, "valueCodeableConcept");

    if (!strcmp(extension_name(node_str(extension, "url")), "itemControl") && control_of(concept) == CONTROL_NONE)
        form_add_defect(form, item, DEFECT_NOTE, _("Item %s asks for the control %.40s, which is not known here; it is shown as its type suggests."),
                        item->link_id, node_path_str(concept, "coding[0].code"));
}

/* Expressions in place of a value, anywhere in the element but in the items below it. */
static size_t count_computed(const struct node *node, int depth)
{
    size_t n = 0;

    for (const struct node *m = node_first(node); m && depth < SHAPE_DEPTH; m = node_next(m)) {
        const char *url = node_str(m, "url"), *name = extension_name(url);

        if (!strcmp(node_name(m), "item") || !strcmp(node_name(m), "contained"))
            continue;
        n += *url && (!strcmp(name, "cqf-expression") || !strcmp(name, "cqf-calculatedValue"));
        n += count_computed(m, depth + 1);
    }
    return n;
}

static void lint_computed(struct form *form, const struct item *item)
{
    size_t here = count_computed(item->node, 0), done = item->n_computed;

    for (const struct node *e = node_first(node_get(item->node, "extension")); e; e = node_next(e))
        done += !strcmp(extension_name(node_str(e, "url")), "cqf-calculatedValue");
    if (here > done)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has %zu expressions in place of values that are not worked out here."), item->link_id, here - done);
}

/* What a form wants to be opened with and is not known at this desk is empty. */
static void lint_launch(struct form *form)
{
    static const char *const given[] = { "Patient", "Encounter", "Practitioner", "PractitionerRole" };

    for (const struct node *e = node_first(node_get(form->root->node, "extension")); e; e = node_next(e)) {
        const char *name = "", *type = "";
        bool known = false;

        if (strcmp(extension_name(node_str(e, "url")), "launchContext") != 0)
            continue;
        for (const struct node *p = node_first(node_get(e, "extension")); p; p = node_next(p)) {
            name = !strcmp(node_str(p, "url"), "name") ? (*node_str(p, "valueId") ? node_str(p, "valueId") : node_path_str(p, "valueCoding.code")) : name;
            type = !strcmp(node_str(p, "url"), "type") ? node_str(p, "valueCode") : type;
            for (size_t i = 0; i < sizeof given / sizeof *given; i++)
                known |= !strcmp(given[i], type);
        }
        if (!known)
            form_add_defect(form, form->root, DEFECT_NOTE, _("The form is to be opened with a %.40s as %%%.40s, which is empty here."), type, name);
    }
}

static void lint_element(struct form *form, const struct item *item)
{
    lint_computed(form, item);
    for (const struct node *e = node_first(node_get(item->node, "extension")); e; e = node_next(e)) {
        lint_extension(form, item, e, false);
        lint_control(form, item, e);
    }
    for (const struct node *e = node_first(node_get(item->node, "modifierExtension")); e; e = node_next(e))
        lint_extension(form, item, e, true);
}

void lint_extensions(struct form *form)
{
    lint_launch(form);
    lint_element(form, form->root);
    for (size_t i = 0; i < form->n_items; i++)
        lint_element(form, form->item[i]);
}
