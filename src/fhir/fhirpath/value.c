#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fhir/fhirpath/internal.h"

/* Values are kept in one array that doubles at every power of two; the old one stays in the arena. */
struct fp_value *fp_add(struct fp_result *out, struct fp_value value)
{
    if ((out->n & (out->n - 1)) == 0 && out->n != 1) {
        struct fp_value *more = arena_alloc(out->arena, (out->n ? 2 * out->n : 2) * sizeof *more);
        if (out->n)
            memcpy(more, out->value, out->n * sizeof *more);
        out->value = more;
    }
    out->value[out->n] = value;
    return &out->value[out->n++];
}

void fp_add_all(struct fp_result *out, const struct fp_result *from)
{
    for (size_t i = 0; i < from->n; i++)
        fp_add(out, from->value[i]);
}

void fp_add_bool(struct fp_result *out, bool value)
{
    fp_add(out, (struct fp_value){.kind = FP_BOOLEAN, .boolean = value});
}

void fp_add_integer(struct fp_result *out, int64_t value)
{
    fp_add(out, (struct fp_value){.kind = FP_INTEGER, .integer = value});
}

void fp_add_decimal(struct fp_result *out, struct decimal value)
{
    fp_add(out, (struct fp_value){.kind = FP_DECIMAL, .decimal = value});
}

void fp_add_string(struct fp_result *out, const char *text)
{
    fp_add(out, (struct fp_value){.kind = FP_STRING, .string = arena_dup_n(out->arena, text, strlen(text))});
}

void fp_result_add_node(struct fp_result *out, const struct node *node)
{
    const struct node *named = node_is(node_parent(node), NODE_ARRAY) ? node_parent(node) : node;

    if (node_is(node, NODE_ARRAY))
        for (const struct node *n = node_first(node); n; n = node_next(n))
            fp_result_add_node(out, n);
    else if (node)
        fp_add(out, (struct fp_value){.kind = FP_NODE, .node = node, .name = node_name(named)});
}

void fp_result_add_copy(struct fp_result *out, const struct fp_value *value)
{
    struct fp_value copy = *value;

    if (copy.string)
        copy.string = arena_dup_n(out->arena, copy.string, strlen(copy.string));
    fp_add(out, copy);
}

struct fp_value *fp_result_at(const struct fp_result *result, size_t i)
{
    return i < result->n ? &result->value[i] : NULL;
}

void fp_result_done(struct fp_result *result)
{
    if (result->arena) {
        arena_done(result->arena);
        free(result->arena);
    }
    *result = (struct fp_result){0};
}

const struct node *fp_value_node(const struct fp_value *value)
{
    return value->node;
}

static bool simple_number(struct fp_value *v, const char *digits)
{
    struct decimal x;

    if (!decimal_parse(digits, &x))
        return false;
    v->kind = FP_DECIMAL;
    if (!strpbrk(digits, ".eE") && decimal_to_int(&x, &v->integer))
        v->kind = FP_INTEGER;
    else
        v->decimal = x;
    return true;
}

static bool is_quantity(const char *type)
{
    static const char *const names[] = {"Quantity", "Age", "Duration", "Count", "Distance", "SimpleQuantity", "MoneyQuantity"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], type) == 0)
            return true;
    return false;
}

/* A FHIR Quantity without comparator; its unit is the UCUM code, else the unit as written. */
static void simple_quantity(struct fp_value *v, const struct node *node)
{
    const char *code = node_str(node, "code"), *unit = node_str(node, "unit");
    struct decimal number;

    if (*node_str(node, "comparator") || !decimal_parse(node_str(node, "value"), &number))
        return;
    v->kind = FP_QUANTITY;
    v->decimal = number;
    v->string = *code ? code : unit;
}

static void simple_text(struct fp_value *v, const struct fp_value *from, const char *text)
{
    const char *type;
    bool datetime;

    v->kind = FP_STRING;
    v->string = text;
    if (*text < '0' || *text > '9')     /* no moment, whatever its type */
        return;
    type = fp_node_type(from);
    if (strcmp(type, "date") == 0 && moment_parse(text, &v->moment, &datetime))
        v->kind = datetime ? FP_DATETIME : FP_DATE;
    else if ((strcmp(type, "dateTime") == 0 || strcmp(type, "instant") == 0) && moment_parse(text, &v->moment, &datetime))
        v->kind = FP_DATETIME;
    else if (strcmp(type, "time") == 0 && moment_parse_time(text, &v->moment))
        v->kind = FP_TIME;
}

struct fp_value fp_simple(const struct fp_value *value)
{
    struct fp_value v = *value;

    if (value->kind != FP_NODE)
        return v;
    switch (node_kind(value->node)) {
    case NODE_TRUE:
    case NODE_FALSE:
        v.kind = FP_BOOLEAN;
        v.boolean = node_is(value->node, NODE_TRUE);
        break;
    case NODE_NUMBER:
        if (simple_number(&v, node_text(value->node)) && v.kind == FP_INTEGER && strcmp(fp_node_type(value), "decimal") == 0) {
            v.decimal = decimal_from_int(v.integer);
            v.kind = FP_DECIMAL;
        }
        break;
    case NODE_STRING:
        simple_text(&v, value, node_text(value->node));
        break;
    case NODE_OBJECT:
        if (is_quantity(fp_node_type(value)))
            simple_quantity(&v, value->node);
        break;
    default:
        break;
    }
    return v;
}

bool fp_is_number(const struct fp_value *simple)
{
    return simple->kind == FP_INTEGER || simple->kind == FP_DECIMAL;
}

struct decimal fp_decimal(const struct fp_value *simple)
{
    return simple->kind == FP_INTEGER ? decimal_from_int(simple->integer) : simple->decimal;
}

static void quantity_text(struct buf *out, const struct fp_value *v)
{
    enum moment_unit unit;
    bool word = unit_calendar(v->string, &unit);

    decimal_write(out, &v->decimal);
    if (*v->string)
        buf_printf(out, word ? " %s" : " '%s'", v->string);
}

void fp_value_text(struct buf *out, const struct fp_value *value)
{
    if (value->node && node_text(value->node)) {
        buf_add(out, node_text(value->node));
        return;
    }
    switch (value->kind) {
    case FP_NODE:       node_write(out, value->node); break;
    case FP_BOOLEAN:    buf_add(out, value->boolean ? "true" : "false"); break;
    case FP_INTEGER:    buf_printf(out, "%" PRId64, value->integer); break;
    case FP_DECIMAL:    decimal_write(out, &value->decimal); break;
    case FP_STRING:
    case FP_TYPE:       buf_add(out, value->string); break;
    case FP_QUANTITY:   quantity_text(out, value); break;
    case FP_DATE:
    case FP_DATETIME:   moment_write(out, &value->moment, false); break;
    case FP_TIME:       moment_write(out, &value->moment, true); break;
    }
}

const char *fp_text(struct arena *arena, const struct fp_value *value)
{
    struct buf text = {0};
    const char *kept;

    fp_value_text(&text, value);
    kept = arena_dup_n(arena, buf_text(&text), text.len);
    buf_done(&text);
    return kept;
}

bool fp_truth(const struct fp_result *result, bool *is_empty)
{
    struct fp_value v;

    *is_empty = result->n == 0;
    if (result->n != 1)
        return false;
    v = fp_simple(&result->value[0]);
    return v.kind != FP_BOOLEAN || v.boolean;       /* one item that is no boolean counts as true */
}
