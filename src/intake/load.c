/* load.c - answers that come from elsewhere: a QuestionnaireResponse, or linkIds with values. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/model.h"

static void forget_answers(struct form *form)
{
    for (size_t i = 0; i < form->n_insts; i++) {
        struct inst *inst = form->inst[i];

        inst->n_answers = 0;
        inst->overridden = inst->is_loaded = inst->differs = false;
        inst->from = NULL;
        inst->calculated_stamp = inst->enable_stamp = 0;    /* also what reads no answer is compared with what is stored */
        free(inst->absent);
        inst->absent = NULL;
    }
}

static void load_items(struct form *form, struct inst *parent, size_t set, const struct node *items);

static void load_answers(struct form *form, struct inst *inst, const struct node *item)
{
    const struct node *answers = node_get(item, "answer");
    const struct node **vector = mem_array(node_count(answers), sizeof *vector);
    const struct node *absent = extension_value(item, EXT_ABSENT);
    size_t n = 0;

    for (const struct node *a = node_first(answers); a && n < FORM_REPEATS_MAX; a = node_next(a))
        vector[n++] = a;
    state_answer(form, inst, vector, n);
    inst->is_loaded = n > 0;
    if (!n && node_text(absent))
        inst->absent = mem_dup(node_text(absent));
    for (size_t i = 0; i < n && i < inst->n_sets; i++)
        load_items(form, inst, i, node_get(vector[i], "item"));
    free(vector);
}

static void load_items(struct form *form, struct inst *parent, size_t set, const struct node *items)
{
    size_t *seen = mem_array(parent->item->n_children, sizeof *seen);

    for (const struct node *item = node_first(items); item; item = node_next(item)) {
        const struct item *meant = item_by_link(form, node_str(item, "linkId"));
        struct slot *slot;
        size_t i;

        while (meant && (meant->parent != parent->item || (seen[meant->index] && !(meant->type == FORM_GROUP && meant->repeats))))
            meant = item_same_link(meant);
        if (!meant) {
            form_add_defect(form, parent->item, DEFECT_WARNING, _("The response answers item %.60s, which the form does not have there."), node_str(item, "linkId"));
            continue;
        }
        i = meant->index;
        slot = inst_slot(parent, set, i);
        if (seen[i] >= slot->n && !state_repeat(form, parent, set, i))
            continue;
        slot = inst_slot(parent, set, i);
        slot->inst[seen[i]]->from = item;
        if (slot->inst[seen[i]]->item->type == FORM_GROUP)
            load_items(form, slot->inst[seen[i]], 0, node_get(item, "item"));
        else if (slot->inst[seen[i]]->item->type != FORM_DISPLAY)
            load_answers(form, slot->inst[seen[i]], item);
        seen[i]++;
    }
    free(seen);
}

enum rc form_load_response(struct form *form, const struct doc *response, struct err *err)
{
    if (strcmp(doc_type(response), "QuestionnaireResponse"))
        return err_set(err, RC_INVALID, _("This is not a QuestionnaireResponse."));
    forget_answers(form);
    form->is_loading = true;
    load_items(form, form->top, 0, node_get(doc_root(response), "item"));
    form_recompute(form);
    form->is_loading = false;
    return RC_OK;
}

/* --- {"linkId": value or [values]} --- */

/* One value: what would be typed, a FHIR answer, or a bare Coding, Quantity or Reference. */
static enum rc load_value(struct form *form, struct inst *inst, const struct node *value, struct doc *doc,
                          struct node *array, struct err *err)
{
    const char *type, *member = "valueCoding";

    if (node_text(value))
        return answer_typed(form, inst, node_text(value), doc, array, err);
    if (!node_is(value, NODE_OBJECT))
        return err_set(err, RC_INVALID, _("Item %s: this is not an answer."), inst->item->link_id);
    if (answer_value(value, &type) && *type) {
        node_add_copy(doc, array, value);
        return RC_OK;
    }
    if (node_get(value, "reference"))
        member = "valueReference";
    else if (node_get(value, "value"))
        member = "valueQuantity";
    node_set_copy(doc, node_add_object(doc, array), member, value);
    return RC_OK;
}

static enum rc load_one(struct form *form, struct inst *inst, const struct node *const *value, size_t n, struct err *err)
{
    struct doc *doc = doc_new(NULL);
    struct node *array = node_set_array(doc, doc_root(doc), "answer");
    const struct node **answers;
    struct err why = {0};
    enum rc rc = RC_OK;
    size_t count = 0;

    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = load_value(form, inst, value[i], doc, array, &why);
    if (rc != RC_OK) {
        err_set(err, rc, _("Item %s: %s"), inst->item->link_id, err_text(&why));
    } else {
        answers = mem_array(node_count(array), sizeof *answers);
        for (const struct node *a = node_first(array); a; a = node_next(a))
            answers[count++] = a;
        state_answer(form, inst, answers, count);
        inst->touched = true;
        inst->overridden = inst->item->calculated && !inst_read_only(inst);
        free(answers);
    }
    doc_free(doc);
    return rc;
}

static bool in_repeating_group(const struct item *item)
{
    for (item = item->parent; item; item = item->parent)
        if (item->type == FORM_GROUP && item->repeats)
            return true;
    return false;
}

/* The path of an item in repetition rep of the repeating group nearest to it, the first of any other. */
static char *item_path(const struct item *item, size_t rep, bool is_taken)
{
    bool is_group = item->type == FORM_GROUP && item->repeats;
    char *above, *path;

    if (!item->parent->node || !item->parent->parent)
        return is_group ? mem_printf("%s[%zu]", item->key, is_taken ? 0 : rep) : mem_dup(item->key);
    above = item_path(item->parent, rep, is_taken || is_group);
    path = is_group ? mem_printf("%s/%s[%zu]", above, item->key, is_taken ? 0 : rep) : mem_printf("%s/%s", above, item->key);
    free(above);
    return path;
}

static enum rc load_linked(struct form *form, const struct item *item, const struct node *const *value, size_t n, struct err *err)
{
    bool spread = !item->repeats && in_repeating_group(item);
    enum rc rc = RC_OK;

    for (size_t rep = 0; rep < (spread ? n : 1) && rc == RC_OK; rep++) {
        char *path = item_path(item, rep, false);
        struct inst *inst = state_find(form, path, true);

        free(path);
        if (!inst)
            return err_set(err, RC_INVALID, _("Item %s has too many answers."), item->link_id);
        rc = load_one(form, inst, value + rep, spread ? 1 : n, err);
    }
    return rc;
}

static enum rc load_member(struct form *form, const struct node *member, struct err *err)
{
    bool is_list = node_is(member, NODE_ARRAY);
    size_t n = is_list ? node_count(member) : 1, i = 0;
    const struct node **value = mem_array(n, sizeof *value);
    struct inst *inst = state_find(form, node_name(member), true);
    const struct item *item = item_by_link(form, node_name(member));
    enum rc rc;

    value[0] = member;
    for (const struct node *v = is_list ? node_first(member) : NULL; v; v = node_next(v))
        value[i++] = v;
    if (item && (!inst || inst->item == item))
        rc = load_linked(form, item, value, n, err);
    else if (inst)
        rc = load_one(form, inst, value, n, err);
    else
        rc = err_set(err, RC_INVALID, _("The form has no item %.60s."), node_name(member));
    free(value);
    return rc;
}

enum rc form_load_answers(struct form *form, const struct doc *answers, struct err *err)
{
    enum rc rc = RC_OK, first = RC_OK;
    struct err later;

    if (!strcmp(doc_type(answers), "QuestionnaireResponse"))
        return form_load_response(form, answers, err);
    if (!node_is(doc_root(answers), NODE_OBJECT))
        return err_set(err, RC_INVALID, _("Answers are an object of linkIds and values."));
    for (const struct node *m = node_first(doc_root(answers)); m; m = node_next(m)) {
        rc = load_member(form, m, first == RC_OK ? err : &later);
        first = first == RC_OK ? rc : first;
    }
    form_recompute(form);
    return first;
}
