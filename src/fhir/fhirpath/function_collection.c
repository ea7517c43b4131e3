/* function_collection.c - existence, filtering, subsetting and combining. */
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
    return fp_test_argument(ev, call, 0, &input->value[i], (int64_t)i, answer);
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

static bool is_subset(struct eval *ev, const struct expr *call, const struct fp_result *some, const struct fp_result *of, struct fp_result *out)
{
    bool has = true;

    for (size_t i = 0; i < some->n && has; i++)
        if (!fp_has(ev, call, of, &some->value[i], &has))
            return false;
    fp_add_bool(out, has);
    return true;
}

static bool call_subset_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    return fp_argument(ev, call, 0, &other) && is_subset(ev, call, input, &other, out);
}

static bool call_superset_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    return fp_argument(ev, call, 0, &other) && is_subset(ev, call, &other, input, out);
}

bool fp_add_new(struct eval *ev, const struct expr *expr, const struct fp_result *from, struct fp_result *out)
{
    bool has;

    for (size_t i = 0; i < from->n; i++) {
        if (!fp_step(ev, expr) || !fp_has(ev, expr, out, &from->value[i], &has))
            return false;
        if (!has)
            fp_add(out, from->value[i]);
    }
    return true;
}

static bool call_distinct(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return fp_add_new(ev, call, input, out);
}

static bool call_is_distinct(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result distinct = fp_empty(ev);

    if (!fp_add_new(ev, call, input, &distinct))
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
    int64_t n = 0;

    return count_argument(ev, call, &n) && slice(input, n, (int64_t)input->n, out);
}

static bool call_take(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    int64_t n = 0;

    return count_argument(ev, call, &n) && slice(input, 0, n, out);
}

static bool call_intersect(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;
    bool in_other, in_out;

    if (!fp_argument(ev, call, 0, &other))
        return false;
    for (size_t i = 0; i < input->n; i++) {
        if (!fp_has(ev, call, &other, &input->value[i], &in_other) || !fp_has(ev, call, out, &input->value[i], &in_out))
            return false;
        if (in_other && !in_out)
            fp_add(out, input->value[i]);
    }
    return true;
}

static bool call_exclude(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;
    bool has;

    if (!fp_argument(ev, call, 0, &other))
        return false;
    for (size_t i = 0; i < input->n; i++) {
        if (!fp_has(ev, call, &other, &input->value[i], &has))
            return false;
        if (!has)
            fp_add(out, input->value[i]);
    }
    return true;
}

static bool call_union(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_result other;

    return fp_argument(ev, call, 0, &other) && fp_add_new(ev, call, input, out) && fp_add_new(ev, call, &other, out);
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
    {"distinct", 0, 0, call_distinct}, {"isDistinct", 0, 0, call_is_distinct}, {"select", 1, 1, call_select},
    {"single", 0, 0, call_single}, {"first", 0, 0, call_first},
    {"last", 0, 0, call_last}, {"tail", 0, 0, call_tail}, {"skip", 1, 1, call_skip}, {"take", 1, 1, call_take},
    {"intersect", 1, 1, call_intersect}, {"exclude", 1, 1, call_exclude}, {"union", 1, 1, call_union}, {"combine", 1, 1, call_combine},
    {"iif", 2, 3, call_iif}, {"not", 0, 0, call_not}, {"trace", 1, 2, call_trace}, {"coalesce", 1, 20, call_coalesce}, {NULL, 0, 0, NULL},
};
