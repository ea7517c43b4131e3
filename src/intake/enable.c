/* enable.c - which items are asked: enableWhen in all its operators, to a fixed point.
 *
 * A disabled item counts as unanswered for every condition, whatever the order of the items, and
 * takes all below it along. The occurrence a condition means is the nearest: an ancestor, then what
 * comes before, then what comes after (FHIR R4 Questionnaire.item.enableWhen.question). */
#include <string.h>

#include "base/i18n.h"
#include "intake/model.h"

static size_t item_depth(const struct item *item)
{
    size_t depth = 0;

    for (; item->parent; item = item->parent)
        depth++;
    return depth;
}

static const struct item *common_ancestor(const struct item *a, const struct item *b)
{
    size_t depth_a = item_depth(a), depth_b = item_depth(b);

    for (; depth_a > depth_b; depth_a--)
        a = a->parent;
    for (; depth_b > depth_a; depth_b--)
        b = b->parent;
    while (a != b) {
        a = a->parent;
        b = b->parent;
    }
    return a;
}

/* Down from inst to the instance of target that is nearest to a place before or after it. */
static struct inst *descend(struct inst *inst, const struct item *target, size_t set, bool is_before)
{
    while (inst && inst->item != target) {
        const struct item *next = target;
        struct slot *slot;

        while (next->parent != inst->item)
            next = next->parent;
        slot = inst_slot(inst, set < inst->n_sets ? set : 0, next->index);
        inst = slot->n ? slot->inst[is_before ? slot->n - 1 : 0] : NULL;
        set = inst && is_before && inst->n_sets ? inst->n_sets - 1 : 0;
    }
    return inst;
}

struct inst *enable_target(const struct inst *from, const struct item *target)
{
    const struct item *shared = common_ancestor(from->item, target);
    struct inst *up = from->parent;
    size_t set = from->set;

    for (; up && up->item != shared; up = up->parent)
        set = up->set;
    if (!up || up->item == target)
        return up;
    return descend(up, target, set, target->order < from->item->order);
}

/* Whitespace is no answer. */
static bool is_blank(const struct node *answer)
{
    const char *type;
    const char *text = node_text(answer_value(answer, &type));

    return !strcmp(type, "String") && text && text[strspn(text, " \t\r\n")] == '\0';
}

static bool order_holds(enum operator op, enum order order)
{
    switch (op) {
    case OP_EQUAL:         return order == ORDER_SAME;
    case OP_GREATER:       return order == ORDER_MORE;
    case OP_LESS:          return order == ORDER_LESS;
    case OP_GREATER_EQUAL: return order == ORDER_MORE || order == ORDER_SAME;
    case OP_LESS_EQUAL:    return order == ORDER_LESS || order == ORDER_SAME;
    default:               return false;
    }
}

/* Any answer may fulfil a condition; "!=" holds when no answer equals, also with no answer at all
 * (R4 operator text; forms that want otherwise add an exists condition). */
static bool condition_holds(const struct inst *inst, const struct condition *c)
{
    const struct inst *target = c->target ? enable_target(inst, c->target) : NULL;
    size_t n = target && inst_is_answered(target) ? target->n_answers : 0, n_real = 0;
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        const char *type;
        const struct node *value = answer_value(target->answer[i], &type);

        if (is_blank(target->answer[i]))
            continue;
        n_real++;
        any |= order_holds(c->op == OP_NOT_EQUAL ? OP_EQUAL : c->op, value_order(value, type, c->value, c->type));
    }
    if (!c->target || c->op == OP_INVALID)
        return false;
    if (c->op == OP_EXISTS)
        return (node_is(c->value, NODE_TRUE) && n_real) || (node_is(c->value, NODE_FALSE) && !n_real);
    return c->op == OP_NOT_EQUAL ? !any : any;
}

static bool own_condition(const struct inst *inst)
{
    const struct item *item = inst->item;

    if (item->is_stuck)
        return true;
    if (item->enable)
        return inst->expression_enabled;
    for (size_t i = 0; i < item->n_conditions; i++)
        if (condition_holds(inst, &item->condition[i]) == item->is_any)
            return item->is_any;
    return item->n_conditions == 0 || !item->is_any;
}

/* Items below a question wait for its answer (R4 keeps them inside it); words shown there do not. */
static bool place_is_enabled(const struct inst *inst)
{
    const struct inst *parent = inst->parent;

    if (!parent->parent)
        return true;
    if (!parent->enabled)
        return false;
    return parent->item->type == FORM_GROUP || inst->item->type == FORM_DISPLAY || inst->set < parent->n_answers;
}

/* Every other pass goes backwards, so that a chain is settled in few passes whichever way it runs. */
static bool enable_pass(struct form *form, bool backwards, bool name_them)
{
    bool changed = false;

    for (size_t i = 0; i < form->n_insts; i++) {
        struct inst *inst = form->inst[backwards ? form->n_insts - 1 - i : i];
        bool enabled = place_is_enabled(inst) && own_condition(inst);

        if (enabled == inst->enabled)
            continue;
        inst->enabled = enabled;
        state_touch(form, inst);
        changed = true;
        if (name_them && inst->item->n_conditions) {
            inst->item->is_stuck = true;
            item_add_note(inst->item, _("The conditions of this question go in a circle; it is always asked."));
            form_add_defect(form, inst->item, DEFECT_WARNING, _("The conditions of item %s go in a circle; it is always asked."), inst->item->link_id);
        }
    }
    return changed;
}

bool enable_settle(struct form *form)
{
    bool changed = false;
    size_t passes = 0, bound = 2 * form->n_insts + 2;

    state_order(form);
    while (enable_pass(form, passes % 2 == 1 && passes > 1 && passes < bound / 2, passes >= bound)) {
        changed = true;
        passes++;
    }
    return changed;
}
