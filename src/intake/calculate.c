/* calculate.c - bring a form to rest after a change: enablement, first values, calculated values.
 *
 * Passes follow one another until nothing changes; a pass evaluates only expressions that read what
 * changed since they were last evaluated. A value that keeps changing is part of a circle: its
 * calculation is stopped and named. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "intake/model.h"

/* --- From a result to answers --- */

static void set_number(struct doc *doc, struct node *answer, const char *member, const char *text, bool is_integer)
{
    const char *dot = strchr(text, '.');
    char digits[64];
    size_t len = dot && is_integer && strspn(dot + 1, "0") == strlen(dot + 1) ? (size_t)(dot - text) : strlen(text);

    if (len >= sizeof digits || strspn(text, "+-0123456789.eE") != strlen(text) || !len)
        return;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (is_integer && strspn(digits, "-0123456789") != len)
        return;
    node_set_number(doc, answer, member, digits);
}

static void set_moment(struct doc *doc, struct node *answer, enum form_type type, const char *text)
{
    char date[32];

    if (*text == '@')
        text++;
    if (type == FORM_TIME)
        node_set_str(doc, answer, "valueTime", text + (*text == 'T'));
    else if (type == FORM_DATETIME)
        node_set_str(doc, answer, "valueDateTime", text);
    else {
        size_t len = strcspn(text, "T");

        memcpy(date, text, len < sizeof date ? len : sizeof date - 1);
        date[len < sizeof date ? len : sizeof date - 1] = '\0';
        node_set_str(doc, answer, "valueDate", date);
    }
}

static void set_chosen(const struct item *item, const struct choices *choices, struct doc *doc, struct node *answer, const char *text)
{
    const char *type;

    for (size_t i = 0; i < choices->n; i++) {
        const struct node *value = answer_value(choices->option[i].value, &type);
        const char *code = !strcmp(type, "Coding") ? node_str(value, "code") : node_text(value);

        if (code && (!strcmp(code, text) || !strcmp(choices->option[i].label, text))) {
            node_set_copy(doc, answer, node_name(value), value);
            return;
        }
    }
    if (item->type == FORM_OPEN_CHOICE || choices->missing || item->candidates)
        node_set_str(doc, answer, "valueString", text);
}

void quantity_from_text(struct doc *doc, struct node *quantity, const char *text)
{
    size_t len = strspn(text, "+-0123456789.eE");
    const char *unit = text + len + strspn(text + len, " '");
    size_t unit_len = strcspn(unit, "'");
    char *number = mem_dup_n(text, len), *code = mem_dup_n(unit, unit_len);

    if (len && node_set_number(doc, quantity, "value", number) && unit_len) {
        node_set_str(doc, quantity, "unit", code);
        node_set_str(doc, quantity, "system", "http://unitsofmeasure.org");
        node_set_str(doc, quantity, "code", code);
    }
    free(number);
    free(code);
}

/* A number without a unit is in the unit the form gives first. */
static void set_quantity(const struct item *item, struct doc *doc, struct node *answer, const char *text)
{
    struct node *quantity = node_set_object(doc, answer, "valueQuantity");

    quantity_from_text(doc, quantity, text);
    if (!node_get(quantity, "value"))
        node_remove(doc, quantity);
    else if (!node_get(quantity, "unit") && item->n_units && !item->is_plain_value) {
        node_set_str(doc, quantity, "unit", node_str(item->unit[0], *node_str(item->unit[0], "display") ? "display" : "code"));
        node_set_str(doc, quantity, "system", node_str(item->unit[0], "system"));
        node_set_str(doc, quantity, "code", node_str(item->unit[0], "code"));
    }
}

static void set_from_text(const struct item *item, const struct choices *choices, struct doc *doc, struct node *answer, const char *text)
{
    switch (item->type) {
    case FORM_INTEGER:
        set_number(doc, answer, "valueInteger", text, true);
        break;
    case FORM_DECIMAL:
        set_number(doc, answer, "valueDecimal", text, false);
        break;
    case FORM_BOOLEAN:
        if (!strcmp(text, "true") || !strcmp(text, "false"))
            node_set_bool(doc, answer, "valueBoolean", *text == 't');
        break;
    case FORM_DATE: case FORM_DATETIME: case FORM_TIME:
        set_moment(doc, answer, item->type, text);
        break;
    case FORM_CHOICE: case FORM_OPEN_CHOICE:
        set_chosen(item, choices, doc, answer, text);
        break;
    case FORM_QUANTITY:
        set_quantity(item, doc, answer, text);
        break;
    case FORM_URL:
        node_set_str(doc, answer, "valueUri", text);
        break;
    case FORM_REFERENCE:
        node_set_str(doc, node_set_object(doc, answer, "valueReference"), "reference", text);
        break;
    case FORM_STRING: case FORM_TEXT:
        node_set_str(doc, answer, "valueString", text);
        break;
    default:
        break;
    }
}

/* A resource as the answer of a question that asks for a reference (SDC expressions). */
static bool set_reference_to(struct doc *doc, struct node *answer, const struct node *resource)
{
    struct buf words = {0};
    struct node *reference;

    if (!*node_str(resource, "resourceType") || !*node_str(resource, "id"))
        return false;
    reference_set(doc, answer, "valueReference", node_str(resource, "resourceType"), node_str(resource, "id"));
    reference = node_get(answer, "valueReference");
    resource_words(&words, resource);
    node_set_str(doc, reference, "display", buf_text(&words));
    buf_done(&words);
    return true;
}

/* The number of a Quantity for a question that asks for a number, where both say the same unit. */
static bool set_number_of(const struct item *item, struct doc *doc, struct node *answer, const struct node *quantity)
{
    const char *code = *node_str(quantity, "code") ? node_str(quantity, "code") : node_str(quantity, "unit");

    if (item->n_units && strcmp(node_str(item->unit[0], "code"), code) != 0)
        return false;
    set_number(doc, answer, item->type == FORM_INTEGER ? "valueInteger" : "valueDecimal", node_str(quantity, "value"), item->type == FORM_INTEGER);
    return true;
}

/* Whole elements (a Coding, a Quantity, a Reference) are taken as they are where the type fits. */
static bool set_from_node(const struct item *item, struct doc *doc, struct node *answer, const struct fp_value *value)
{
    const struct node *node = fp_value_node(value);
    const char *type = fp_value_type(value), *want = answer_type_name(item->type);

    if (!node || !node_is(node, NODE_OBJECT))
        return false;
    if (!strcmp(want, "Coding") && node_get(node, "coding")) {
        node = node_at(node_get(node, "coding"), 0);
        type = "Coding";
    }
    if (!strcmp(want, "Coding") && *node_str(node, "code") && !node_get(node, "value"))
        type = "Coding";
    if (!strcmp(want, "Quantity") && node_get(node, "value"))
        type = "Quantity";
    if (!strcmp(want, "Reference") && *node_str(node, "reference"))
        type = "Reference";
    if (!strcmp(want, "Reference") && node_get(node, "resourceType"))
        return set_reference_to(doc, answer, node);
    if ((item->type == FORM_DECIMAL || item->type == FORM_INTEGER) && *node_str(node, "value") && !node_get(node, "resourceType"))
        return set_number_of(item, doc, answer, node);
    if (!node || strcmp(type, want) != 0)
        return false;
    node_set_copy(doc, answer, !strcmp(want, "Coding") ? "valueCoding" : !strcmp(want, "Quantity") ? "valueQuantity" : "valueReference", node);
    return true;
}

static void set_value(const struct item *item, const struct choices *choices, const struct fp_value *value, struct doc *doc, struct node *answer)
{
    struct buf text = {0};

    if (!set_from_node(item, doc, answer, value)) {
        fp_value_text(&text, value);
        set_from_text(item, choices, doc, answer, buf_text(&text));
    }
    buf_done(&text);
}

void value_answer(const struct item *item, const struct fp_value *value, struct doc *doc, struct node *answer)
{
    set_value(item, choices_none(), value, doc, answer);
}

void result_answers(const struct inst *inst, const struct fp_result *result, struct doc *doc, struct node *array)
{
    for (size_t i = 0; i < result->n && (i == 0 || inst->item->repeats); i++) {
        struct node *answer = node_add_object(doc, array);

        set_value(inst->item, inst_choices(inst), fp_result_at(result, i), doc, answer);
        if (!node_count(answer))
            node_remove(doc, answer);
    }
}

const struct node **answer_vector(const struct node *array, size_t *n)
{
    const struct node **vector = mem_array(node_count(array), sizeof *vector);

    *n = 0;
    for (const struct node *a = node_first(array); a; a = node_next(a))
        vector[(*n)++] = a;
    return vector;
}

/* Evaluate into answers; false when it could not be worked out. */
static bool evaluate_answers(struct form *form, struct inst *inst, struct expression *e, struct doc *doc, struct node *array)
{
    struct fp_result result = {0};
    struct err err = {0};

    if (expression_eval(form, e, inst, &result, &err) != RC_OK) {
        if (!e->is_reported)
            form_add_defect(form, inst->item, DEFECT_WARNING, _("Item %s: its value could not be worked out: %s"), inst->item->link_id, err_text(&err));
        e->is_reported = true;
        item_add_note(inst->item, _("The value could not be worked out here; type it."));
        return false;
    }
    result_answers(inst, &result, doc, array);
    fp_result_done(&result);
    return true;
}

/* --- What is worked out all the time --- */

/* In a chain each value changes at most once a pass, so more changes than links is a circle. */
static bool is_circle(struct form *form, struct inst *inst, struct expression *e)
{
    struct buf names = {0};

    if (++inst->changes <= 2 * form->n_expressions + 2)
        return false;
    for (size_t i = 0; i < form->n_insts; i++)
        if (form->inst[i]->changes + 1 >= inst->changes)
            buf_printf(&names, "%s%s", names.len ? ", " : "", form->inst[i]->item->link_id);
    form_add_defect(form, inst->item, DEFECT_WARNING, _("The expressions of %s go in a circle; they are no longer worked out."), buf_text(&names));
    item_add_note(inst->item, _("The calculation goes in a circle and was stopped."));
    buf_done(&names);
    e->is_stopped = true;
    return true;
}

static bool enable_by_expression(struct form *form, struct inst *inst, uint64_t now)
{
    struct expression *e = inst->item->enable;
    bool enabled;
    int truth;

    if (!e || !inst->parent->enabled || !expression_is_due(form, e, inst->enable_stamp))
        return false;
    inst->enable_stamp = now;
    truth = expression_truth(form, e, inst);
    enabled = truth == EXPRESSION_TRUE || truth == EXPRESSION_FAILED;
    if (enabled == inst->expression_enabled)
        return false;
    inst->expression_enabled = enabled;
    if (is_circle(form, inst, e))
        inst->expression_enabled = true;
    form->clock++;
    return true;
}

static bool set_calculated(struct form *form, struct inst *inst, const struct node *array)
{
    size_t n;
    const struct node **vector = answer_vector(array, &n);
    struct expression *e = inst->item->calculated;
    bool same = answers_equal(inst, vector, n), changed = false;

    inst->differs = !same && inst->is_loaded && inst->n_answers;
    if (inst->differs && !inst_read_only(inst))
        inst->overridden = true;
    else if (!same && !is_circle(form, inst, e)) {
        state_answer(form, inst, vector, n);
        form->n_recalculated++;
        changed = true;
    }
    inst->is_loaded = false;
    free(vector);
    return changed;
}

static bool calculate(struct form *form, struct inst *inst, uint64_t now)
{
    struct expression *e = inst->item->calculated;
    struct doc *doc;
    struct node *array;
    bool changed = false;

    if (!e || !inst->enabled || inst->overridden || !expression_is_due(form, e, inst->calculated_stamp) || is_unbound(form, e, inst))
        return false;
    inst->calculated_stamp = now;
    doc = doc_new(NULL);
    array = node_set_array(doc, doc_root(doc), "answer");
    if (evaluate_answers(form, inst, e, doc, array))
        changed = set_calculated(form, inst, array);
    doc_free(doc);
    return changed;
}

static bool expression_pass(struct form *form)
{
    uint64_t now = form->clock ? form->clock : 1;
    bool changed = false;

    for (size_t i = 0; i < form->n_insts && form->is_order_known; i++) {
        changed |= enable_by_expression(form, form->inst[i], now);
        changed |= calculate(form, form->inst[i], now);
    }
    return changed;
}

void form_recompute(struct form *form)
{
    bool changed = true;

    form->n_recalculated = form->n_dropped = 0;
    state_order(form);
    for (size_t i = 0; i < form->n_insts; i++)
        form->inst[i]->changes = 0;
    while (changed) {
        enable_settle(form);
        view_forget(form);
        changed = initial_pass(form);
        if (changed)
            continue;
        changed = candidate_pass(form);
        changed |= expression_pass(form);
    }
    computed_refresh(form);
    view_drop_words(form->view);
    validate_form(form);
    score_form(form);
    rows_rebuild(form);
}
