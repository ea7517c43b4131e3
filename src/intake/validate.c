/* validate.c - do the answers of a question go together, and is the form complete? One answer alone: limit.c.
 * Nothing is demanded of an item that is not asked. Sentences stand beside the field: they name no answer. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

static bool has_exclusive(const struct inst *inst)
{
    for (size_t i = 0; i < inst->n_answers; i++) {
        const struct option *o = option_of(inst_choices(inst), inst->answer[i]);

        if (o && o->is_exclusive)
            return true;
    }
    return false;
}

char *validate_answers(struct form *form, const struct inst *inst)
{
    long most = inst_number(inst, PROPERTY_MAX_OCCURS);
    char *words = NULL;

    for (size_t i = 0; i < inst->n_answers && !words; i++)
        words = limit_broken(form, inst, inst->answer[i]);
    if (words)
        return words;
    if (inst->n_answers > 1 && !inst_flag(inst, PROPERTY_REPEATS))
        return mem_dup(_("Only one answer is taken here."));
    if (most >= 0 && (long)inst->n_answers > most)
        return mem_printf(_("At most %ld answers."), most);
    if (inst->n_answers > 1 && has_exclusive(inst))
        return mem_dup(_("One of these answers excludes the others."));
    return NULL;
}

/* --- The whole form, as if completing now --- */

static void add_problem(const struct form *form, const struct inst *inst, const char *words)
{
    struct view *view = form->view;

    MEM_ROOM(view->problem, view->n_problems, view->cap_problems);
    view->problem[view->n_problems++] = (struct form_problem){ inst->path, words };
}

static bool group_answered(const struct inst *inst)
{
    const struct slot *slot = inst_slot(inst->parent, inst->set, inst_child_index(inst));

    for (size_t i = 0; i < slot->n; i++)
        if (inst_has_answered(slot->inst[i]))
            return true;
    return false;
}

/* A repetition with nothing in it is not saved, so it demands nothing. */
static bool in_empty_repetition(const struct inst *inst)
{
    for (inst = inst->parent; inst && inst->parent; inst = inst->parent)
        if (inst->item->type == FORM_GROUP && inst->item->repeats && !inst_has_answered(inst))
            return true;
    return false;
}

/* What a question lacks; NULL when nothing is demanded of it. */
static const char *question_lacks(const struct form *form, const struct inst *inst)
{
    long least = inst_number(inst, PROPERTY_MIN_OCCURS);

    if (inst->problem)
        return inst->problem;
    if (inst->absent || inst_read_only(inst) || in_empty_repetition(inst))
        return NULL;
    if (inst_flag(inst, PROPERTY_REQUIRED) && !inst->n_answers)
        return _("An answer is needed.");
    return least > (long)inst->n_answers ? view_keep(form->view, mem_printf(_("At least %ld answers are needed."), least)) : NULL;
}

static bool group_lacks(const struct inst *inst)
{
    return inst->rep == 0 && inst_flag(inst, PROPERTY_REQUIRED) && item_has_question(inst->item) && !group_answered(inst);
}

static bool is_checked(const struct inst *inst)
{
    return inst->enabled && !inst_hidden(inst) && inst->item->type != FORM_DISPLAY;
}

static bool is_inside(const struct inst *inst, const struct inst *group)
{
    while (inst && inst != group)
        inst = inst->parent;
    return inst != NULL;
}

/* One need is said once, where it can be met: not of a group as well when something in it lacks an answer. */
static bool is_said_below(const struct form *form, size_t at)
{
    const struct inst *group = form->inst[at];

    for (size_t i = at + 1; i < form->n_insts && is_inside(form->inst[i], group); i++) {
        const struct inst *inst = form->inst[i];

        if (is_checked(inst) && (inst->item->type == FORM_GROUP ? group_lacks(inst) : question_lacks(form, inst) != NULL))
            return true;
    }
    return false;
}

static void check_group(const struct form *form, size_t at)
{
    const struct inst *inst = form->inst[at];
    const struct slot *slot = inst_slot(inst->parent, inst->set, inst_child_index(inst));
    long n = 0, least = inst_number(inst, PROPERTY_MIN_OCCURS), most = inst_number(inst, PROPERTY_MAX_OCCURS);

    if (inst->rep > 0)
        return;
    for (size_t i = 0; i < slot->n; i++)
        n += inst_has_answered(slot->inst[i]);
    if (group_lacks(inst) && is_said_below(form, at))
        return;
    if (group_lacks(inst))
        add_problem(form, inst, _("At least one answer is needed in this group."));
    else if (least > n && (inst_flag(inst, PROPERTY_REQUIRED) || n))
        add_problem(form, inst, view_keep(form->view, mem_printf(_("At least %ld of these are needed."), least)));
    if (most >= 0 && n > most)
        add_problem(form, inst, view_keep(form->view, mem_printf(_("At most %ld of these."), most)));
}

static void check_question(const struct form *form, const struct inst *inst)
{
    const char *words = question_lacks(form, inst);

    if (words)
        add_problem(form, inst, words);
}

/* Where a rule says it belongs (location, a path from its element): the first such item below, else its own. */
static const struct inst *rule_place(struct form *form, const struct rule *rule, const struct inst *inst)
{
    struct fp_result result = {0};
    const struct node *found;
    const struct inst *at = inst;

    if (!rule->location || scope_eval(form, rule->location, inst, &result, NULL) != RC_OK)
        return inst;
    found = result.n ? fp_value_node(fp_result_at(&result, 0)) : NULL;
    for (; found; found = node_parent(found))
        for (size_t i = 0; i < form->n_insts; i++)
            if (form->inst[i]->built == found) {
                at = form->inst[i];
                goto out;
            }
out:
    fp_result_done(&result);
    return at;
}

/* Worked out again only when an answer it reads has changed. */
static int rule_truth(struct form *form, struct inst *inst, size_t i)
{
    struct expression *e = inst->item->rule[i].expression;

    if (!inst->rule)
        inst->rule = mem_array(inst->item->n_rules, sizeof *inst->rule);
    if (!expression_can(form, e))
        return EXPRESSION_FAILED;
    if (expression_is_due(form, e, inst->rule[i].stamp)) {
        inst->rule[i].stamp = form->clock;
        inst->rule[i].truth = expression_truth(form, e, inst);
    }
    return inst->rule[i].truth;
}

/* A rule that cannot be worked out refuses nobody; it is among the defects of the form. */
static void check_rules(struct form *form, struct inst *inst)
{
    struct view *view = form->view;

    for (size_t i = 0; i < inst->item->n_rules; i++) {
        const struct rule *rule = &inst->item->rule[i];
        const char *words;

        if (rule_truth(form, inst, i) != EXPRESSION_FALSE)
            continue;
        words = *rule->words ? view_keep(view, plain_text(rule->words, false)) : _("A rule of the form is not kept.");
        if (!rule->is_warning) {
            add_problem(form, rule_place(form, rule, inst), words);
            continue;
        }
        MEM_ROOM(view->warning, view->n_warnings, view->cap_warnings);
        view->warning[view->n_warnings++] = (struct form_problem){ rule_place(form, rule, inst)->path, words };
    }
}

void validate_form(struct form *form)
{
    form->view->n_problems = form->view->n_warnings = 0;
    for (size_t i = 0; i < form->n_insts; i++) {
        struct inst *inst = form->inst[i];

        if (!is_checked(inst))
            continue;
        if (inst->item->type == FORM_GROUP)
            check_group(form, i);
        else
            check_question(form, inst);
        check_rules(form, inst);
    }
    check_rules(form, form->top);
}
