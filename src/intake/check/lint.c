/* lint.c - illegal combinations in a form: the invariants of Questionnaire (que-1 to que-13 of FHIR R4), those
 * of the SDC guide, and limits that nothing can keep. The rules that matter while filling are in questionnaire.c. */
#include "intake/check/lint.h"

#include <string.h>

#include "base/i18n.h"
#include "intake/model.h"

static bool is_question(const struct item *item)
{
    return item->type != FORM_GROUP && item->type != FORM_DISPLAY;
}

static bool has(const struct item *item, const char *member)
{
    const struct node *n = node_get(item->node, member);

    return n && (!node_is(n, NODE_ARRAY) || node_count(n));
}

/* --- What a type allows --- */

static void lint_group(struct form *form, const struct item *item)
{
    if (item->type == FORM_GROUP && !has(item, "item"))
        form_add_defect(form, item, DEFECT_WARNING, _("Group %s has no items. (que-1)"), item->link_id);
    if (item->type == FORM_DISPLAY && has(item, "code"))
        form_add_defect(form, item, DEFECT_WARNING, _("Display item %s has a code, which means nothing there. (que-3)"), item->link_id);
}

static void lint_options(struct form *form, const struct item *item)
{
    bool is_choice = item->type == FORM_CHOICE || item->type == FORM_OPEN_CHOICE;

    if (has(item, "answerOption") && has(item, "answerValueSet"))
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s has answerOption and answerValueSet; the options are used. (que-4)"), item->link_id);
    if (has(item, "answerValueSet") && !is_choice)
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s is no choice and has a value set. (que-5)"), item->link_id);
    if (has(item, "maxLength") && (!is_question(item) || item->type == FORM_CHOICE || item->type == FORM_DATE || item->type == FORM_DATETIME ||
                                   item->type == FORM_TIME || item->type == FORM_ATTACHMENT || item->type == FORM_REFERENCE || item->type == FORM_QUANTITY))
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s has maxLength, which its type does not take. (que-10)"), item->link_id);
    if (!is_question(item) && (has(item, "answerOption") || item->candidates))
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s is not a question and lists answers."), item->link_id);
}

/* answerOption[x] has no boolean, decimal, dateTime ...; what is left fits its own type, or a choice. */
static void lint_option_types(struct form *form, const struct item *item)
{
    const char *want = answer_type_name(item->type), *type;
    bool is_choice = item->type == FORM_CHOICE || item->type == FORM_OPEN_CHOICE, wrong = false, exclusive = false;
    size_t initial = 0;

    for (const struct node *n = node_first(node_get(item->node, "answerOption")); n; n = node_next(n)) {
        if (!answer_value(n, &type))
            form_add_defect(form, item, DEFECT_ERROR, _("Item %s has an answerOption without a value."), item->link_id);
        else
            wrong |= !is_choice && strcmp(type, want) != 0;
        initial += node_bool(n, "initialSelected");
    }
    for (size_t i = 0; i < item->choices->n; i++)
        exclusive |= item->choices->option[i].is_exclusive;
    if (wrong)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s lists answers of another type than its own."), item->link_id);
    if (initial > 1 && !item->repeats)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s does not repeat but has several options selected at first; the first is used."), item->link_id);
    if (exclusive && !item->repeats)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s takes one answer, so that optionExclusive means nothing."), item->link_id);
}

static void lint_initial(struct form *form, const struct item *item)
{
    const char *type, *want = answer_type_name(item->type);

    for (const struct node *n = node_first(node_get(item->node, "initial")); n && is_question(item); n = node_next(n)) {
        const struct node *value = answer_value(n, &type);

        if (!value || (strcmp(type, want) != 0 && !item->choices->n && !(item->type == FORM_OPEN_CHOICE && !strcmp(type, "String"))))
            form_add_defect(form, item, DEFECT_ERROR, _("Item %s has an initial value of another type than its own."), item->link_id);
        else if (item->type == FORM_CHOICE && item->choices->n && !item->choices->missing && !option_of(item->choices, n))
            form_add_defect(form, item, DEFECT_ERROR, _("Item %s has an initial value that is not among its answers."), item->link_id);
    }
}

/* --- Limits --- */

static const char *type_of_limit(const struct node *limit)
{
    return limit && !strncmp(node_name(limit), "value", 5) ? node_name(limit) + 5 : "";
}

static void lint_limits(struct form *form, const struct item *item)
{
    const struct node *min = item->min_quantity ? item->min_quantity : item->min, *max = item->max_quantity ? item->max_quantity : item->max;

    if (min && max && value_order(min, type_of_limit(min), max, type_of_limit(max)) == ORDER_MORE)
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s has a least value above its greatest; nothing can be answered."), item->link_id);
    if (item->max_occurs >= 0 && item->min_occurs > item->max_occurs)
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s needs more answers than it takes."), item->link_id);
    if (item->max_length >= 0 && item->min_length > item->max_length)
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s needs more characters than it takes."), item->link_id);
    if ((item->max_occurs > 1 || item->min_occurs > 1) && !item->repeats)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s counts its repetitions but does not repeat."), item->link_id);
    if (item->min_occurs > 0 && !item->required)
        form_add_defect(form, item, DEFECT_NOTE, _("Item %s has minOccurs but is not required; a question demands it all the same."), item->link_id);
    if ((item->n_units || item->unit_value_set) && item->type != FORM_QUANTITY && item->type != FORM_DECIMAL && item->type != FORM_INTEGER)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has a unit but is no number."), item->link_id);
}

static void lint_pattern(struct form *form, struct item *item)
{
    const char *why = "";

    if (!item->regex && item->pattern && !(item->regex = pattern_compile(item->pattern, &why)))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s: its regex cannot be checked here: %s"), item->link_id, why);
}

/* --- Conditions --- */

static bool condition_fits(const struct condition *c)
{
    const char *want = answer_type_name(c->target->type), *type;

    if (!strcmp(c->type, want) || (!strcmp(c->type, "String") && !strcmp(want, "Coding")) || c->target->type == FORM_OPEN_CHOICE)
        return true;
    for (size_t i = 0; i < c->target->choices->n; i++)
        if (answer_value(c->target->choices->option[i].value, &type) && !strcmp(type, c->type))
            return true;
    return (!strcmp(c->type, "Integer") || !strcmp(c->type, "Decimal")) && (!strcmp(want, "Integer") || !strcmp(want, "Decimal"));
}

static bool is_below(const struct item *item, const struct item *above)
{
    for (; item; item = item->parent)
        if (item == above)
            return true;
    return false;
}

static void lint_condition(struct form *form, const struct item *item, const struct condition *c)
{
    const char *target = c->target ? c->target->link_id : "";

    if (c->op == OP_EXISTS && !node_is(c->value, NODE_TRUE) && !node_is(c->value, NODE_FALSE))
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s asks whether %s exists with an answer that is no boolean; it never holds. (que-7)"), item->link_id, target);
    else if (!c->value)
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s has a condition on %s without an answer to compare with."), item->link_id, target);
    if (!c->target)
        return;
    if (!is_question(c->target))
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s depends on %s, which is not a question and never has an answer."), item->link_id, target);
    else if (is_below(c->target, item))
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s depends on %s, which is only asked when it is."), item->link_id, target);
    else if (c->op != OP_EXISTS && c->value && !condition_fits(c))
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s compares %s with an answer of another type; it never matches."), item->link_id, target);
}

static void lint_rules(struct form *form, const struct item *item)
{
    if (item->calculated && node_get(item->node, "initial"))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has a first value and is worked out by the form; what is worked out replaces it."), item->link_id);
    if (item->calculated && item->initial)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has initialExpression and calculatedExpression; the calculated value replaces the first."), item->link_id);
    if (item->candidates && (has(item, "answerOption") || has(item, "answerValueSet")) && item_extension(item, "answerExpression"))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has answerExpression beside a list of answers; the expression is used."), item->link_id);
    if (item->n_toggles && !item->choices->n && !item->candidates)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s switches options it does not list."), item->link_id);
}

void lint_items(struct form *form)
{
    for (size_t i = 0; i < form->n_items; i++) {
        struct item *item = form->item[i];

        lint_group(form, item);
        lint_options(form, item);
        lint_option_types(form, item);
        lint_initial(form, item);
        lint_limits(form, item);
        lint_pattern(form, item);
        lint_rules(form, item);
        for (size_t k = 0; k < item->n_conditions; k++)
            lint_condition(form, item, &item->condition[k]);
    }
}
