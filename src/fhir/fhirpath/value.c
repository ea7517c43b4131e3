#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fhir/fhirpath/internal.h"

enum { VALUES_MIN = 4, SHORT_DIGITS = 18 };

/* The old array stays in the arena. */
void fp_grow(struct fp_result *out)
{
    size_t cap = out->n ? 2 * out->n : VALUES_MIN;
    struct fp_value *more = arena_alloc(out->arena, cap * sizeof *more);

    if (out->n)
        memcpy(more, out->value, out->n * sizeof *more);
    out->value = more;
    out->cap = cap;
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
        fp_add_element(out, node, node_name(named));
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
    if (result->arena)
        fp_memory_give(result->arena);
    *result = (struct fp_result){0};
}

const struct node *fp_value_node(const struct fp_value *value)
{
    return value->node;
}

/* Digits that fit in 64 bits for certain. */
static bool short_integer(const char *digits, int64_t *out)
{
    bool minus = *digits == '-';
    int64_t value = 0;
    int n = 0;

    for (digits += minus; *digits >= '0' && *digits <= '9' && n < SHORT_DIGITS; digits++, n++)
        value = value * 10 + (*digits - '0');
    *out = minus ? -value : value;
    return *digits == '\0' && n > 0;
}

static void simple_number(struct fp_value *v, const char *digits, enum fp_kind kind)
{
    struct decimal x;
    int64_t whole;

    if (short_integer(digits, &whole)) {
        v->kind = kind;
        if (kind == FP_DECIMAL) {
            v->decimal = decimal_from_int(whole);
            v->decimal.negative = *digits == '-';
        } else {
            v->integer = whole;
        }
    } else if (decimal_parse(digits, &x)) {
        v->kind = kind == FP_INTEGER && decimal_to_int(&x, &whole) ? FP_INTEGER : FP_DECIMAL;
        if (v->kind == FP_INTEGER)
            v->integer = whole;
        else
            v->decimal = x;
    }
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

static void simple_text(struct fp_value *v, const char *text, enum fp_kind kind)
{
    bool datetime;

    v->kind = FP_STRING;
    v->string = text;
    if ((kind == FP_DATE || kind == FP_DATETIME) && moment_parse(text, &v->moment, &datetime))
        v->kind = datetime ? FP_DATETIME : kind;
    else if (kind == FP_TIME && moment_parse_time(text, &v->moment))
        v->kind = FP_TIME;
}

struct fp_value fp_simple(const struct fp_value *value)
{
    struct fp_value v;

    if (value->kind != FP_NODE)
        return *value;
    v.node = value->node;
    v.name = value->name;
    v.string = NULL;
    v.kind = FP_NODE;
    switch (node_kind(value->node)) {
    case NODE_TRUE:
    case NODE_FALSE:
        v.kind = FP_BOOLEAN;
        v.boolean = node_is(value->node, NODE_TRUE);
        break;
    case NODE_NUMBER:
        simple_number(&v, node_text(value->node), fp_primitive_kind(value->node, value->name));
        break;
    case NODE_STRING:
        simple_text(&v, node_text(value->node), fp_primitive_kind(value->node, value->name));
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
