/* initial.c - first values: once, when an item is first asked; never again after a person cleared it.
 * initialExpression, else the newest Observation (observationLinkPeriod), else what the form itself says. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

static void apply_static(struct form *form, struct inst *inst)
{
    const struct item *item = inst->item;
    const struct node *initial = node_get(item->node, "initial");
    size_t n = 0;
    const struct node **vector;

    if (initial && item->type != FORM_GROUP && item->type != FORM_DISPLAY) {
        vector = answer_vector(initial, &n);
        state_answer(form, inst, vector, item->repeats || n == 0 ? n : 1);
        free(vector);
        return;
    }
    vector = mem_array(item->choices->n, sizeof *vector);
    for (size_t i = 0; i < item->choices->n; i++)
        if (item->choices->option[i].is_initial && (n == 0 || item->repeats))
            vector[n++] = item->choices->option[i].value;
    if (n)
        state_answer(form, inst, vector, n);
    free(vector);
}

static bool expression_answer(struct form *form, struct inst *inst, struct doc *doc, struct node *array, char **source)
{
    struct expression *e = inst->item->initial;
    struct fp_result result = {0}, opened;
    struct err err = {0};

    if (expression_eval(form, e, inst, &result, &err) != RC_OK) {
        if (!e->is_reported)
            form_add_defect(form, inst->item, DEFECT_WARNING, _("Item %s: its value could not be worked out: %s"), inst->item->link_id, err_text(&err));
        e->is_reported = true;
        item_add_note(inst->item, _("The value could not be worked out here; type it."));
        fp_result_done(&result);
        return false;
    }
    bundles_open(&result, &opened);
    result_answers(inst, &opened, doc, array);
    if (node_count(array) && e->reads_record)
        *source = source_words(&opened);
    fp_result_done(&opened);
    fp_result_done(&result);
    return true;
}

bool initial_of_record(struct form *form, struct inst *inst, struct doc *doc, struct node *array, char **source)
{
    const struct item *item = inst->item;

    *source = NULL;
    if (item->type == FORM_GROUP || item->type == FORM_DISPLAY)
        return false;
    if (expression_can(form, item->initial) && !is_unbound(form, item->initial, inst))
        return expression_answer(form, inst, doc, array, source);
    return item->link_period && observation_answer(form, inst, doc, array, source);
}

static void apply_first(struct form *form, struct inst *inst)
{
    struct doc *doc = doc_new(NULL);
    struct node *array = node_set_array(doc, doc_root(doc), "answer");
    char *source = NULL;

    if (!initial_of_record(form, inst, doc, array, &source) && !expression_can(form, inst->item->initial))
        apply_static(form, inst);
    else if (node_count(array)) {
        size_t n;
        const struct node **vector = answer_vector(array, &n);

        state_answer(form, inst, vector, n);
        free(inst->source);
        inst->source = source;
        source = NULL;
        free(vector);
    }
    free(source);
    doc_free(doc);
}

bool initial_pass(struct form *form)
{
    bool changed = false;

    if (!form->top->initialised) {
        form->top->initialised = true;
        changed = population_apply(form, form->top);
    }
    for (size_t i = 0; i < form->n_insts && form->is_order_known; i++) {
        struct inst *inst = form->inst[i];
        uint64_t before = form->clock;

        if (!inst->enabled || inst->initialised)
            continue;
        inst->initialised = true;
        if (inst->item->population)
            changed |= population_apply(form, inst);
        if (form->is_loading || inst->touched || inst->n_answers || !form->is_order_known)
            continue;
        apply_first(form, inst);
        changed |= form->clock != before;
    }
    return changed;
}
