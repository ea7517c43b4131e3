/* state.c - what has been answered: instances of items, their repetitions, their answers. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "intake/model.h"

static bool is_repeating_group(const struct item *item)
{
    return item->type == FORM_GROUP && item->repeats;
}

static char *path_of(const struct inst *inst)
{
    const struct inst *parent = inst->parent;
    const char *key = inst->item->key;
    struct buf path = {0};

    if (parent->parent) {
        buf_add(&path, parent->path);
        if (parent->item->type != FORM_GROUP && parent->item->repeats)
            buf_printf(&path, "[%zu]", inst->set);
        buf_char(&path, '/');
    }
    buf_add(&path, key);
    if (is_repeating_group(inst->item))
        buf_printf(&path, "[%zu]", inst->rep);
    return buf_take(&path);
}

void state_path_renew(struct inst *inst)
{
    free(inst->path);
    inst->path = path_of(inst);
    for (size_t i = 0; i < inst->n_sets * inst->item->n_children; i++)
        for (size_t k = 0; k < inst->slot[i].n; k++)
            state_path_renew(inst->slot[i].inst[k]);
}

struct slot *inst_slot(const struct inst *inst, size_t set, size_t child)
{
    return &inst->slot[set * inst->item->n_children + child];
}

static void slot_add(struct slot *slot, struct inst *inst)
{
    MEM_ROOM(slot->inst, slot->n, slot->cap);
    slot->inst[slot->n++] = inst;
}

/* Room for the items below answer number inst->n_sets. */
static void set_add(struct form *form, struct inst *inst)
{
    size_t n = inst->item->n_children, set = inst->n_sets++;

    inst->slot = mem_grow(inst->slot, inst->n_sets * n, sizeof *inst->slot);
    memset(inst->slot + set * n, 0, n * sizeof *inst->slot);
    for (size_t i = 0; i < n; i++)
        slot_add(inst_slot(inst, set, i), state_new(form, inst->item->child[i], inst, set, 0));
    form->is_order_known = false;
}

struct inst *state_new(struct form *form, struct item *item, struct inst *parent, size_t set, size_t rep)
{
    struct inst *inst = mem_alloc(sizeof *inst);

    inst->item = item;
    inst->parent = parent;
    inst->set = set;
    inst->rep = rep;
    inst->expression_enabled = true;
    inst->path = parent ? path_of(inst) : mem_dup("");
    if (item->n_children)
        set_add(form, inst);
    form->is_order_known = false;
    return inst;
}

static void set_free(struct inst *inst, size_t set)
{
    for (size_t i = 0; i < inst->item->n_children; i++) {
        struct slot *slot = inst_slot(inst, set, i);

        for (size_t k = 0; k < slot->n; k++)
            state_free(slot->inst[k]);
        free(slot->inst);
    }
}

void state_free(struct inst *inst)
{
    if (!inst)
        return;
    for (size_t set = 0; set < inst->n_sets; set++)
        set_free(inst, set);
    computed_done(inst);
    choices_free(inst->choices);
    free(inst->disabled);
    free(inst->rule);
    free(inst->slot);
    free(inst->answer);
    free(inst->path);
    free(inst->absent);
    free(inst->problem);
    fp_result_done(&inst->bound);
    free(inst->source);
    free(inst);
}

static void order_add(struct form *form, struct inst *inst)
{
    if (inst->parent) {
        MEM_ROOM(form->inst, form->n_insts, form->cap_insts);
        form->inst[form->n_insts++] = inst;
    }
    for (size_t i = 0; i < inst->n_sets * inst->item->n_children; i++)
        for (size_t k = 0; k < inst->slot[i].n; k++)
            order_add(form, inst->slot[i].inst[k]);
}

void state_order(struct form *form)
{
    if (form->is_order_known)
        return;
    form->n_insts = 0;
    order_add(form, form->top);
    form->is_order_known = true;
}

size_t inst_child_index(const struct inst *inst)
{
    return inst->item->index;
}

struct inst *state_repeat(struct form *form, struct inst *parent, size_t set, size_t child)
{
    struct slot *slot = inst_slot(parent, set, child);
    struct inst *inst;

    if (slot->n >= FORM_REPEATS_MAX)
        return NULL;
    inst = state_new(form, parent->item->child[child], parent, set, slot->n);
    slot_add(slot, inst);
    state_touch(form, inst);
    return inst;
}

/* --- Addresses --- */

/* "[12]" at *text; 0 when there is none. */
static size_t read_number(const char **text)
{
    char *end;
    unsigned long n;

    if (**text != '[')
        return 0;
    n = strtoul(*text + 1, &end, 10);
    if (*end == ']')
        *text = end + 1;
    return n;
}

static struct inst *find_below(struct form *form, struct inst *inst, size_t set, const char *path, bool create);

/* What is left of path after the segment that named inst. */
static struct inst *find_rest(struct form *form, struct inst *inst, const char *rest, bool create)
{
    size_t set = inst->item->type == FORM_GROUP ? 0 : read_number(&rest);

    if (*rest == '\0')
        return inst;
    if (*rest != '/' || set >= FORM_REPEATS_MAX || !inst->item->n_children)
        return NULL;
    while (create && set >= inst->n_sets)
        set_add(form, inst);
    return set < inst->n_sets ? find_below(form, inst, set, rest + 1, create) : NULL;
}

static struct inst *find_below(struct form *form, struct inst *inst, size_t set, const char *path, bool create)
{
    for (size_t i = 0; i < inst->item->n_children; i++) {
        const struct item *item = inst->item->child[i];
        size_t len = strlen(item->key), rep;
        const char *rest = path + len;
        struct slot *slot = inst_slot(inst, set, i);
        struct inst *found;

        if (strncmp(path, item->key, len) || (*rest && *rest != '/' && *rest != '['))
            continue;
        rep = is_repeating_group(item) ? read_number(&rest) : 0;
        if (rep >= FORM_REPEATS_MAX)
            continue;
        while (create && rep >= slot->n)
            state_repeat(form, inst, set, i);
        if (rep < slot->n && (found = find_rest(form, slot->inst[rep], rest, create)))
            return found;
    }
    return NULL;
}

struct inst *state_find(struct form *form, const char *path, bool create)
{
    return find_below(form, form->top, 0, path, create);
}

/* --- Answers --- */

void state_touch(struct form *form, struct inst *inst)
{
    form->clock++;
    for (; inst; inst = inst->parent)
        inst->item->stamp = form->clock;
}

bool answers_equal(const struct inst *inst, const struct node *const *answer, size_t n)
{
    if (inst->n_answers != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        const char *type, *other;
        const struct node *a = answer_value(inst->answer[i], &type), *b = answer_value(answer[i], &other);

        if (strcmp(type, other) || (strcmp(type, "Coding") ? !node_equal(a, b) : !coding_same(a, b)))
            return false;
    }
    return true;
}

/* Items below answers that are no longer given go with them; those below the first stay, so that
 * an answer changed back finds them again. */
static void sets_fit(struct form *form, struct inst *inst)
{
    size_t want = inst->n_answers ? inst->n_answers : 1;

    if (!inst->item->n_children || inst->item->type == FORM_GROUP)
        return;
    while (inst->n_sets < want)
        set_add(form, inst);
    while (inst->n_sets > want) {
        form->is_order_known = false;
        set_free(inst, --inst->n_sets);
    }
}

/* Copy only the value: nested items and what else an answer carries have their own place. */
static struct node *answer_keep(struct form *form, const struct inst *inst, const struct node *answer)
{
    const char *type;
    const struct node *value = answer_value(answer, &type);
    struct node *copy = node_add_object(form->pool, form->answers);

    if (value)
        node_set_copy(form->pool, copy, node_name(value), value);
    score_copy(inst, form->pool, copy);
    return copy;
}

void state_answer(struct form *form, struct inst *inst, const struct node *const *answer, size_t n)
{
    struct node **kept = mem_array(n, sizeof *kept);

    for (size_t i = 0; i < n; i++)
        kept[i] = answer_keep(form, inst, answer[i]);
    free(inst->answer);
    inst->answer = kept;
    inst->n_answers = inst->cap_answers = n;
    if (n) {
        free(inst->absent);
        inst->absent = NULL;
    }
    inst->is_dirty = true;
    sets_fit(form, inst);
    state_touch(form, inst);
    free(inst->problem);
    inst->problem = validate_answers(form, inst);
}

bool inst_is_answered(const struct inst *inst)
{
    return inst->enabled && inst->n_answers > 0;
}

bool inst_has_answered(const struct inst *inst)
{
    if (!inst->enabled && inst->parent)
        return false;
    if (inst->n_answers)
        return true;
    for (size_t i = 0; i < inst->n_sets * inst->item->n_children; i++)
        for (size_t k = 0; k < inst->slot[i].n; k++)
            if (inst_has_answered(inst->slot[i].inst[k]))
                return true;
    return false;
}

/* readOnly of a group covers what is below it; readOnly of a question does not. */
bool inst_read_only(const struct inst *inst)
{
    if (inst_flag(inst, PROPERTY_READ_ONLY))
        return true;
    for (inst = inst->parent; inst; inst = inst->parent)
        if (inst_flag(inst, PROPERTY_READ_ONLY) && inst->item->type == FORM_GROUP)
            return true;
    return false;
}

bool inst_hidden(const struct inst *inst)
{
    for (; inst; inst = inst->parent)
        if (inst_flag(inst, PROPERTY_HIDDEN))
            return true;
    return false;
}
