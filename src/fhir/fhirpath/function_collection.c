/* function_collection.c - existence, filtering, subsetting, combining, trees and aggregates. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

static bool call_empty(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    fp_add_bool(out, input->n == 0);
    return true;
}

static bool call_count(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    fp_add_integer(out, (int64_t)input->n);
    return true;
}

/* The criterion of where(), all() and exists() for one item. */
static bool holds(struct eval *ev, const struct fp_result *input, const struct expr *call, size_t i, enum fp_answer *answer)
{
    struct fp_result result;

    return fp_argument_for(ev, call, 0, &input->value[i], (int64_t)i, &result) &&
           fp_condition(ev, call->argument[0], &result, answer);
}

static bool call_where(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    enum fp_answer answer;

    for (size_t i = 0; i < input->n; i++) {
        if (!holds(ev, input, call, i, &answer))
            return false;
        if (answer == FP_YES)
            fp_add(out, input->value[i]);
    }
    return true;
}

static bool call_exists(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    enum fp_answer answer = FP_NO;

    for (size_t i = 0; call->arguments > 0 && i < input->n && answer != FP_YES; i++)
        if (!holds(ev, input, call, i, &answer))
            return false;
    fp_add_bool(out, call->arguments > 0 ? answer == FP_YES : input->n > 0);
    return true;
}

static bool call_all(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    enum fp_answer answer = FP_YES;

    for (size_t i = 0; i < input->n && answer == FP_YES; i++)
        if (!holds(ev, input, call, i, &answer))
            return false;
    fp_add_bool(out, answer == FP_YES);
    return true;
}

/* allTrue, anyTrue, allFalse, anyFalse: whether every (or some) item is what is wanted. */
static bool booleans(struct eval *ev, const struct fp_result *input, const struct expr *call, bool wanted, bool every, struct fp_result *out)
{
    bool result = every;

    for (size_t i = 0; i < input->n; i++) {
        struct fp_value v = fp_simple(&input->value[i]);
        if (v.kind != FP_BOOLEAN)
            return fp_fail(ev, call, "only booleans can be asked this");
        if ((v.boolean == wanted) != every)
            result = !every;
    }
    fp_add_bool(out, result);
    return true;
}

static bool call_all_true(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return booleans(ev, input, call, true, true, out);
}

static bool call_any_true(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return booleans(ev, input, call, true, false, out);
}

static bool call_all_false(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return booleans(ev, input, call, false, true, out);
}

static bool call_any_false(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return booleans(ev, input, call, false, false, out);
}

static bool is_subset(const struct fp_result *some, const struct fp_result *of)
{
    for (size_t i = 0; i < some->n; i++)
        if (!fp_result_has(of, &some->value[i]))
            return false;
    return true;
}

static bool call_subset_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    if (!fp_argument(ev, call, 0, &other))
        return false;
    fp_add_bool(out, is_subset(input, &other));
    return true;
}

static bool call_superset_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    if (!fp_argument(ev, call, 0, &other))
        return false;
    fp_add_bool(out, is_subset(&other, input));
    return true;
}

/* Add what is not there yet. */
static bool add_new(struct eval *ev, const struct expr *call, const struct fp_result *from, struct fp_result *out)
{
    for (size_t i = 0; i < from->n; i++) {
        if (!fp_step(ev, call))
            return false;
        if (!fp_result_has(out, &from->value[i]))
            fp_add(out, from->value[i]);
    }
    return true;
}

static bool call_distinct(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return add_new(ev, call, input, out);
}

static bool call_is_distinct(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result distinct = fp_empty(ev);

    if (!add_new(ev, call, input, &distinct))
        return false;
    fp_add_bool(out, distinct.n == input->n);
    return true;
}

static bool call_select(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result part;

    for (size_t i = 0; i < input->n; i++) {
        if (!fp_argument_for(ev, call, 0, &input->value[i], (int64_t)i, &part))
            return false;
        fp_add_all(out, &part);
    }
    return true;
}

static bool same_place(const struct fp_value *a, const struct fp_value *b)
{
    return a->node && a->kind == FP_NODE ? a->node == b->node : fp_equal(a, b) == FP_YES;
}

static bool holds_place(const struct fp_result *list, const struct fp_value *value)
{
    for (size_t i = 0; i < list->n; i++)
        if (same_place(&list->value[i], value))
            return true;
    return false;
}

/* An element inside another, which cannot have been met before when every step goes down. */
static bool is_below(const struct fp_value *value, const struct fp_value *item)
{
    const struct node *n = value->kind == FP_NODE && item->kind == FP_NODE ? node_parent(value->node) : NULL;

    while (n && n != item->node)
        n = node_parent(n);
    return n != NULL;
}

/* Elements of a tree meet only themselves; what goes round is recognised and left out. */
static bool call_repeat(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result queue = fp_empty(ev), part;

    fp_add_all(&queue, input);
    for (size_t i = 0; i < queue.n; i++) {
        struct fp_value item = queue.value[i];

        if (!fp_argument_for(ev, call, 0, &item, (int64_t)i, &part))
            return false;
        for (size_t k = 0; k < part.n; k++) {
            if (!fp_step(ev, call))
                return false;
            if (!is_below(&part.value[k], &item) && holds_place(out, &part.value[k]))
                continue;
            fp_add(out, part.value[k]);
            fp_add(&queue, part.value[k]);
        }
    }
    return true;
}

/* The type an argument names: Patient, FHIR.Patient. */
static bool type_argument(struct eval *ev, const struct expr *call, char *out, size_t size)
{
    const struct expr *type = call->argument[0];
    size_t len;

    *out = '\0';
    if (type->kind == EXPR_PATH && type->left->kind == EXPR_NAME && type->right->kind == EXPR_NAME) {
        len = strlen(type->left->text);
        if (len + 2 + strlen(type->right->text) > size)
            return fp_fail(ev, call, "this type name is too long");
        memcpy(out, type->left->text, len);
        out[len] = '.';
        strcpy(out + len + 1, type->right->text);
        return true;
    }
    if (type->kind != EXPR_NAME || strlen(type->text) >= size)
        return fp_fail(ev, call, "a type name should stand here");
    strcpy(out, type->text);
    return true;
}

static bool call_is(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    char type[64];

    return type_argument(ev, call, type, sizeof type) && fp_is(ev, call, input, type, out);
}

static bool call_as(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    char type[64];

    return type_argument(ev, call, type, sizeof type) && fp_as(ev, call, input, type, out);
}

static bool call_single(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const struct fp_value *item;

    if (!fp_single(ev, call, input, &item))
        return false;
    fp_add_all(out, input);
    return true;
}

static bool slice(const struct fp_result *input, int64_t from, int64_t count, struct fp_result *out)
{
    for (int64_t i = from < 0 ? 0 : from; i < (int64_t)input->n && count > 0; i++, count--)
        fp_add(out, input->value[i]);
    return true;
}

static bool call_first(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    return slice(input, 0, 1, out);
}

static bool call_last(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    return slice(input, (int64_t)input->n - 1, 1, out);
}

static bool call_tail(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    return slice(input, 1, (int64_t)input->n, out);
}

static bool count_argument(struct eval *ev, const struct expr *call, int64_t *out)
{
    struct fp_result argument;
    const struct fp_value *item;
    struct fp_value v;

    if (!fp_argument(ev, call, 0, &argument) || !fp_single(ev, call, &argument, &item))
        return false;
    if (!item || (v = fp_simple(item)).kind != FP_INTEGER)
        return fp_fail(ev, call, "a whole number was expected here");
    *out = v.integer;
    return true;
}

static bool call_skip(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    int64_t n;

    return count_argument(ev, call, &n) && slice(input, n, (int64_t)input->n, out);
}

static bool call_take(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    int64_t n;

    return count_argument(ev, call, &n) && slice(input, 0, n, out);
}

static bool call_intersect(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    if (!fp_argument(ev, call, 0, &other))
        return false;
    for (size_t i = 0; i < input->n; i++)
        if (fp_result_has(&other, &input->value[i]) && !fp_result_has(out, &input->value[i]))
            fp_add(out, input->value[i]);
    return true;
}

static bool call_exclude(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    if (!fp_argument(ev, call, 0, &other))
        return false;
    for (size_t i = 0; i < input->n; i++)
        if (!fp_result_has(&other, &input->value[i]))
            fp_add(out, input->value[i]);
    return true;
}

static bool call_union(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    return fp_argument(ev, call, 0, &other) && add_new(ev, call, input, out) && add_new(ev, call, &other, out);
}

static bool call_combine(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    if (!fp_argument(ev, call, 0, &other))
        return false;
    fp_add_all(out, input);
    fp_add_all(out, &other);
    return true;
}

/* Only the branch that is taken is evaluated; $this is the item iif() was called on. */
static bool call_iif(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_scope *outer = ev->scope, scope = {.self = input, .index = outer->index, .total = outer->total, .outer = outer};
    struct fp_result condition = fp_empty(ev);
    enum fp_answer answer;
    bool done;

    if (input->n > 1)
        return fp_fail(ev, call, "iif() was expected on one item, not %zu", input->n);
    ev->scope = &scope;
    done = fp_eval(ev, call->argument[0], input, &condition) && fp_condition(ev, call->argument[0], &condition, &answer);
    if (done && answer == FP_YES)
        done = fp_eval(ev, call->argument[1], input, out);
    else if (done && call->arguments > 2)
        done = fp_eval(ev, call->argument[2], input, out);
    ev->scope = outer;
    return done;
}

static bool call_not(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    enum fp_answer answer;

    if (!fp_condition(ev, call, input, &answer))
        return false;
    if (answer != FP_UNKNOWN)
        fp_add_bool(out, answer == FP_NO);
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

        fp_add(&item, input->value[i]);
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
    for (size_t i = 0; i < total.n; i++)
        fp_add(out, fp_simple(&total.value[i]));
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

static bool call_trace(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)ev, (void)call;
    fp_add_all(out, input);
    return true;
}

static bool call_coalesce(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    (void)input;
    for (size_t i = 0; i < call->arguments && out->n == 0; i++)
        if (!fp_argument(ev, call, i, out))
            return false;
    return true;
}

const struct fp_function fp_functions_collection[] = {
    {"empty", 0, 0, call_empty}, {"exists", 0, 1, call_exists}, {"count", 0, 0, call_count}, {"where", 1, 1, call_where},
    {"all", 1, 1, call_all}, {"allTrue", 0, 0, call_all_true}, {"anyTrue", 0, 0, call_any_true}, {"allFalse", 0, 0, call_all_false},
    {"anyFalse", 0, 0, call_any_false}, {"subsetOf", 1, 1, call_subset_of}, {"supersetOf", 1, 1, call_superset_of},
    {"distinct", 0, 0, call_distinct}, {"isDistinct", 0, 0, call_is_distinct}, {"select", 1, 1, call_select}, {"repeat", 1, 1, call_repeat},
    {"ofType", 1, 1, call_as}, {"is", 1, 1, call_is}, {"as", 1, 1, call_as}, {"single", 0, 0, call_single}, {"first", 0, 0, call_first},
    {"last", 0, 0, call_last}, {"tail", 0, 0, call_tail}, {"skip", 1, 1, call_skip}, {"take", 1, 1, call_take},
    {"intersect", 1, 1, call_intersect}, {"exclude", 1, 1, call_exclude}, {"union", 1, 1, call_union}, {"combine", 1, 1, call_combine},
    {"iif", 2, 3, call_iif}, {"not", 0, 0, call_not}, {"aggregate", 1, 2, call_aggregate}, {"sum", 0, 0, call_sum}, {"avg", 0, 0, call_avg},
    {"min", 0, 0, call_min}, {"max", 0, 0, call_max}, {"children", 0, 0, call_children}, {"descendants", 0, 0, call_descendants},
    {"trace", 1, 2, call_trace}, {"coalesce", 1, 20, call_coalesce}, {NULL, 0, 0, NULL},
};
