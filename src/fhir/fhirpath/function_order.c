/* function_order.c - sort(), and variables that an expression defines for itself. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

enum { KEYS_MAX = 20 };

/* One item and what it is sorted by; keys that are empty have no value. */
struct row { const struct fp_value *item, **key; };
struct order { struct eval *ev; const struct expr *call; size_t keys; bool descending[KEYS_MAX]; };

/* What sorts downwards is written as its negative, also for texts: sort(-family). */
static const struct expr *key_of(const struct expr *argument, bool *descending)
{
    *descending = argument->kind == EXPR_UNARY && argument->op == OP_SUBTRACT;
    return *descending ? argument->right : argument;
}

static bool compare_keys(struct order *order, const struct row *a, const struct row *b, int *result)
{
    bool unknown;

    *result = 0;
    if (!fp_step(order->ev, order->call))
        return false;
    for (size_t i = 0; i < order->keys && *result == 0; i++) {
        const struct fp_value *x = a->key[i], *y = b->key[i];

        if (!x || !y) {             /* nothing comes first, whatever the direction */
            *result = (x != NULL) - (y != NULL);
            continue;
        }
        if (!fp_compare(x, y, result, &unknown))
            return fp_fail(order->ev, order->call, "%s and %s have no order", fp_value_type(x), fp_value_type(y));
        *result = unknown ? 0 : order->descending[i] ? -*result : *result;
    }
    return true;
}

/* Merge sort: equal items keep their places. */
static bool sort_rows(struct order *order, struct row **row, struct row **spare, size_t n)
{
    size_t half = n / 2, i = 0, k = half, at = 0;
    int result;

    if (n < 2)
        return true;
    if (!sort_rows(order, row, spare, half) || !sort_rows(order, row + half, spare, n - half))
        return false;
    memcpy(spare, row, n * sizeof *row);
    while (i < half && k < n) {
        if (!compare_keys(order, spare[i], spare[k], &result))
            return false;
        row[at++] = result <= 0 ? spare[i++] : spare[k++];
    }
    while (i < half)
        row[at++] = spare[i++];
    while (k < n)
        row[at++] = spare[k++];
    return true;
}

static bool fill_keys(struct order *order, struct row *row, int64_t index)
{
    struct fp_result found;

    row->key[0] = row->item;
    for (size_t i = 0; i < order->call->arguments; i++) {
        if (!fp_for_item(order->ev, key_of(order->call->argument[i], &order->descending[i]), row->item, index, &found) ||
            !fp_single(order->ev, order->call, &found, &row->key[i]))
            return false;
    }
    return true;
}

static bool call_sort(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct order order = {.ev = ev, .call = call, .keys = call->arguments > 0 ? call->arguments : 1};
    struct row *rows = arena_alloc(ev->arena, (input->n + 1) * sizeof *rows);
    struct row **row = arena_alloc(ev->arena, 2 * (input->n + 1) * sizeof *row);
    const struct fp_value **keys = arena_alloc(ev->arena, (input->n + 1) * order.keys * sizeof *keys);

    for (size_t i = 0; i < input->n; i++) {
        rows[i] = (struct row){&input->value[i], keys + i * order.keys};
        row[i] = &rows[i];
        if (!fill_keys(&order, row[i], (int64_t)i))
            return false;
    }
    if (!sort_rows(&order, row, row + input->n, input->n))
        return false;
    for (size_t i = 0; i < input->n; i++)
        fp_add(out, *row[i]->item);
    return true;
}

static bool is_defined(const struct eval *ev, const char *name)
{
    static const char *const fixed[] = {"context", "resource", "rootResource", "questionnaire", "sct", "loinc", "ucum"};

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(fixed[i], name) == 0)
            return true;
    for (const struct fp_scope *s = ev->scope; s; s = s->outer)
        if (s->name && strcmp(s->name, name) == 0)
            return true;
    return false;
}

/* The rest of the expression sees %name; who evaluates the whole puts the scope back. */
static bool call_define_variable(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    struct fp_scope *scope = arena_alloc(ev->arena, sizeof *scope);
    struct fp_result argument;
    const struct fp_value *name;

    if (!fp_argument(ev, call, 0, &argument) || !fp_single(ev, call, &argument, &name))
        return false;
    if (!name || fp_simple(name).kind != FP_STRING)
        return fp_fail(ev, call, "defineVariable() needs a name");
    *scope = (struct fp_scope){.self = ev->scope->self, .index = ev->scope->index, .total = ev->scope->total};
    scope->name = fp_text(ev->arena, name);
    if (is_defined(ev, scope->name))
        return fp_fail(ev, call, "%%%.60s is defined already", scope->name);
    scope->defined = fp_empty(ev);
    if (call->arguments < 2)
        fp_add_all(&scope->defined, input);
    else if (!fp_eval(ev, call->argument[1], input, &scope->defined))
        return false;
    scope->outer = ev->scope;
    ev->scope = scope;
    fp_add_all(out, input);
    return true;
}

const struct fp_function fp_functions_order[] = {
    {"sort", 0, KEYS_MAX, call_sort}, {"defineVariable", 1, 2, call_define_variable}, {NULL, 0, 0, NULL},
};
