/* function_tree.c - walking down from elements, and adding up what is found. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

/* Elements met so far, by place. */
struct places { const struct node **slot; size_t n, cap; };

static size_t place_slot(const struct places *places, const struct node *node)
{
    size_t i = (size_t)((uintptr_t)node >> 4) * 0x9E3779B97F4A7C15u;

    for (i &= places->cap - 1; places->slot[i] && places->slot[i] != node; i = (i + 1) & (places->cap - 1))
        ;
    return i;
}

static bool place_is_new(struct eval *ev, struct places *places, const struct node *node)
{
    struct places old = *places;

    if (2 * places->n >= places->cap) {
        places->cap = old.cap ? 2 * old.cap : 64;
        places->slot = arena_alloc(ev->arena, places->cap * sizeof *places->slot);
        memset(places->slot, 0, places->cap * sizeof *places->slot);
        for (size_t i = 0; i < old.cap; i++)
            if (old.slot[i])
                places->slot[place_slot(places, old.slot[i])] = old.slot[i];
    }
    if (places->slot[place_slot(places, node)])
        return false;
    places->slot[place_slot(places, node)] = node;
    places->n++;
    return true;
}

/* An element is met once, whatever leads to it; computed values are compared, so that what goes
 * round comes to an end. */
static bool call_repeat(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result queue = fp_empty(ev), part;
    struct places places = {0};
    bool has;

    fp_add_all(&queue, input);
    for (size_t i = 0; i < queue.n; i++) {
        struct fp_value item = queue.value[i];

        if (!fp_argument_for(ev, call, 0, &item, (int64_t)i, &part))
            return false;
        for (size_t k = 0; k < part.n; k++) {
            const struct fp_value *found = &part.value[k];

            if (!fp_step(ev, call))
                return false;
            if (found->kind == FP_NODE)
                has = !place_is_new(ev, &places, found->node);
            else if (!fp_has(ev, call, out, found, &has))
                return false;
            if (has)
                continue;
            fp_add(out, *found);
            fp_add(&queue, *found);
        }
    }
    return true;
}

static bool call_children(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    for (size_t i = 0; i < input->n; i++) {
        if (!fp_step(ev, call))
            return false;
        if (input->value[i].node)
            fp_all_children(out, &input->value[i]);
    }
    return true;
}

static bool call_descendants(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    size_t done = 0;

    if (!call_children(ev, input, call, out))
        return false;
    for (; done < out->n; done++) {
        struct fp_value item = out->value[done];
        if (!fp_step(ev, call))
            return false;
        if (item.node)
            fp_all_children(out, &item);
    }
    return true;
}

static bool call_aggregate(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result total = fp_empty(ev), next;
    struct fp_scope *outer = ev->scope, scope = {.self = outer->self, .index = outer->index, .total = &total, .outer = outer};
    bool done = true;

    if (call->arguments > 1 && !fp_argument(ev, call, 1, &total))
        return false;
    ev->scope = &scope;
    for (size_t i = 0; i < input->n && done; i++) {
        done = fp_argument_for(ev, call, 0, &input->value[i], (int64_t)i, &next);
        total = next;
    }
    ev->scope = outer;
    if (done)
        fp_add_all(out, &total);
    return done;
}

/* Add up with the operator's own rules, so that quantities and texts work too. */
static bool add_up(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *total)
{
    struct expr plus = {.kind = EXPR_BINARY, .op = OP_ADD, .at = call->at};

    for (size_t i = 0; i < input->n; i++) {
        struct fp_result next = fp_empty(ev), item = fp_empty(ev);

        fp_add(&item, fp_simple(&input->value[i]));
        if (item.value[0].kind == FP_NODE)
            return fp_fail(ev, call, "%s() works on numbers and quantities, not on %s", call->text, fp_value_type(&input->value[i]));
        if (i > 0 && !fp_binary(ev, &plus, total, &item, &next))
            return false;
        *total = i > 0 ? next : item;
    }
    return true;
}

static bool call_sum(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result total = fp_empty(ev);

    if (!add_up(ev, input, call, &total))
        return false;
    fp_add_all(out, &total);
    return true;
}

static bool call_avg(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct expr over = {.kind = EXPR_BINARY, .op = OP_DIVIDE, .at = call->at};
    struct fp_result total = fp_empty(ev), count = fp_empty(ev);

    fp_add_integer(&count, (int64_t)input->n);
    return add_up(ev, input, call, &total) && fp_binary(ev, &over, &total, &count, out);
}

static bool extreme(struct eval *ev, const struct fp_result *input, const struct expr *call, int sign, struct fp_result *out)
{
    const struct fp_value *best = NULL;
    bool unknown;
    int order;

    for (size_t i = 0; i < input->n; i++) {
        if (best && !fp_compare(&input->value[i], best, &order, &unknown))
            return fp_fail(ev, call, "these items have no order");
        if (!best || order * sign > 0)
            best = &input->value[i];
    }
    if (best)
        fp_add(out, *best);
    return true;
}

static bool call_min(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return extreme(ev, input, call, -1, out);
}

static bool call_max(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return extreme(ev, input, call, 1, out);
}

const struct fp_function fp_functions_tree[] = {
    {"repeat", 1, 1, call_repeat}, {"children", 0, 0, call_children}, {"descendants", 0, 0, call_descendants},
    {"aggregate", 1, 2, call_aggregate}, {"sum", 0, 0, call_sum}, {"avg", 0, 0, call_avg}, {"min", 0, 0, call_min}, {"max", 0, 0, call_max},
    {NULL, 0, 0, NULL},
};
