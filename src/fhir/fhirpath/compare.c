#include <string.h>

#include "fhir/datatype.h"
#include "fhir/fhirpath/internal.h"

static bool is_moment(const struct fp_value *v)
{
    return v->kind == FP_DATE || v->kind == FP_DATETIME;
}

/* Both quantities in a unit they share; false when there is none. What FHIR calls 1 'a' is a year of
 * the calendar, too: only literals tell the two apart. */
static bool same_units(const struct fp_value *a, const struct fp_value *b, struct decimal *x, struct decimal *y)
{
    return unit_align(a->string, &a->decimal, b->string, &b->decimal, a->node || b->node, x, y);
}

/* A text beside a date, time or number is read as one: real forms compare typed answers so. */
static bool meet(struct fp_value *a, struct fp_value *b)
{
    struct fp_value read;

    if (a->kind == FP_QUANTITY && fp_is_number(b))
        *b = (struct fp_value){.kind = FP_QUANTITY, .string = "1", .decimal = fp_decimal(b)};
    else if (b->kind == FP_QUANTITY && fp_is_number(a))
        *a = (struct fp_value){.kind = FP_QUANTITY, .string = "1", .decimal = fp_decimal(a)};
    else if (a->kind == FP_STRING && a->node && (is_moment(b) || b->kind == FP_TIME) && fp_convert(a, b->kind, NULL, &read))
        *a = read;
    else if (b->kind == FP_STRING && b->node && (is_moment(a) || a->kind == FP_TIME) && fp_convert(b, a->kind, NULL, &read))
        *b = read;
    return a->kind == b->kind || (fp_is_number(a) && fp_is_number(b)) || (is_moment(a) && is_moment(b));
}

static enum fp_answer equal_numbers(const struct fp_value *a, const struct fp_value *b)
{
    struct decimal x = fp_decimal(a), y = fp_decimal(b);

    return decimal_compare(&x, &y) == 0 ? FP_YES : FP_NO;
}

static enum fp_answer equal_moments(const struct fp_value *a, const struct fp_value *b, bool is_time)
{
    enum moment_order order = moment_compare(&a->moment, &b->moment, is_time);

    return order == MOMENT_UNKNOWN ? FP_UNKNOWN : order == MOMENT_EQUAL ? FP_YES : FP_NO;
}

static enum fp_answer equal_quantities(const struct fp_value *a, const struct fp_value *b)
{
    struct decimal x, y;

    if (!same_units(a, b, &x, &y))
        return FP_UNKNOWN;
    return decimal_compare(&x, &y) == 0 ? FP_YES : FP_NO;
}

/* An element's text beside a literal one, the usual criterion. */
static const char *plain_text(const struct fp_value *v)
{
    if (v->kind == FP_STRING)
        return v->string;
    return v->kind == FP_NODE && node_is(v->node, NODE_STRING) && fp_primitive_kind(v->node, v->name) == FP_STRING ? node_text(v->node) : NULL;
}

enum fp_answer fp_equal(const struct fp_value *a, const struct fp_value *b)
{
    const char *text_a = plain_text(a), *text_b = text_a ? plain_text(b) : NULL;
    struct fp_value x, y;

    if (text_b)
        return strcmp(text_a, text_b) == 0 ? FP_YES : FP_NO;
    if (a->kind == FP_INTEGER && b->kind == FP_INTEGER)
        return a->integer == b->integer ? FP_YES : FP_NO;
    x = fp_simple(a);
    y = fp_simple(b);

    if (!meet(&x, &y))
        return FP_NO;
    switch (x.kind) {
    case FP_NODE:       return node_equal(x.node, y.node) ? FP_YES : FP_NO;
    case FP_BOOLEAN:    return x.boolean == y.boolean ? FP_YES : FP_NO;
    case FP_INTEGER:
    case FP_DECIMAL:    return equal_numbers(&x, &y);
    case FP_STRING:
    case FP_TYPE:       return strcmp(x.string, y.string) == 0 ? FP_YES : FP_NO;
    case FP_DATE:
    case FP_DATETIME:
    case FP_TIME:       return equal_moments(&x, &y, x.kind == FP_TIME);
    case FP_QUANTITY:   return equal_quantities(&x, &y);
    }
    return FP_NO;
}

/* Text without regard to case and amount of white space. */
static bool like(const char *a, const char *b)
{
    for (;; a++, b++) {
        bool space_a = strchr(" \t\r\n", *a) && *a, space_b = strchr(" \t\r\n", *b) && *b;
        int x = (unsigned char)*a, y = (unsigned char)*b;

        if (space_a != space_b)
            return false;
        if (space_a) {
            a += strspn(a, " \t\r\n") - 1;
            b += strspn(b, " \t\r\n") - 1;
            continue;
        }
        x += x >= 'A' && x <= 'Z' ? 32 : 0;
        y += y >= 'A' && y <= 'Z' ? 32 : 0;
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

static bool like_numbers(const struct fp_value *a, const struct fp_value *b)
{
    struct decimal x = decimal_trim(fp_decimal(a)), y = decimal_trim(fp_decimal(b));
    int places = x.scale < y.scale ? x.scale : y.scale;

    x = decimal_round(x, places, DECIMAL_HALF_UP);
    y = decimal_round(y, places, DECIMAL_HALF_UP);
    return decimal_compare(&x, &y) == 0;
}

/* In the unit of either: one digit of a coarse unit is many of a fine one. */
static bool like_quantities(const struct fp_value *a, const struct fp_value *b)
{
    struct fp_value x = {.kind = FP_DECIMAL, .decimal = a->decimal}, y = {.kind = FP_DECIMAL, .decimal = b->decimal};

    if (!unit_convert(&b->decimal, b->string, a->string, &y.decimal))
        return false;
    if (like_numbers(&x, &y))
        return true;
    y.decimal = b->decimal;
    return unit_convert(&a->decimal, a->string, b->string, &x.decimal) && like_numbers(&x, &y);
}

static bool like_codings(const struct node *a, const struct node *b)
{
    return strcmp(node_str(a, "code"), node_str(b, "code")) == 0 && strcmp(node_str(a, "system"), node_str(b, "system")) == 0;
}

static bool like_concepts(const struct node *a, const struct node *b)
{
    for (const struct node *n = node_first(node_get(a, "coding")); n; n = node_next(n))
        for (const struct node *m = node_first(node_get(b, "coding")); m; m = node_next(m))
            if (like_codings(n, m))
                return true;
    return node_equal(a, b);
}

static bool like_nodes(const struct node *a, const struct node *b)
{
    struct fp_value x = {.node = a, .name = node_name(a)}, y = {.node = b, .name = node_name(b)};
    size_t matched = 0;

    if (node_count(a) != node_count(b) || node_kind(a) != node_kind(b))
        return false;
    if (node_kind(a) < NODE_ARRAY)
        return node_is(a, NODE_NULL) || fp_equivalent(&x, &y);
    for (const struct node *n = node_first(a); n; n = node_next(n)) {
        const struct node *m = node_is(a, NODE_OBJECT) ? node_get(b, node_name(n)) : node_first(b);

        if (node_is(a, NODE_OBJECT)) {
            matched += m && like_nodes(n, m);
            continue;
        }
        while (m && !like_nodes(n, m))
            m = node_next(m);
        matched += m != NULL;
    }
    return matched == node_count(a);
}

bool fp_equivalent(const struct fp_value *a, const struct fp_value *b)
{
    struct fp_value x = fp_simple(a), y = fp_simple(b);

    if (x.kind == FP_NODE && y.kind == FP_NODE) {
        const char *type = fp_node_type(&x);
        if (strcmp(type, "Coding") == 0)
            return like_codings(x.node, y.node);
        return strcmp(type, "CodeableConcept") == 0 ? like_concepts(x.node, y.node) : like_nodes(x.node, y.node);
    }
    if (!meet(&x, &y))
        return false;
    if (x.kind == FP_STRING)
        return like(x.string, y.string);
    if (fp_is_number(&x))
        return like_numbers(&x, &y);
    if (x.kind == FP_QUANTITY) {
        return like_quantities(&x, &y);
    }
    return fp_equal(&x, &y) == FP_YES;
}

bool fp_compare(const struct fp_value *a, const struct fp_value *b, int *order, bool *unknown)
{
    struct fp_value x = fp_simple(a), y = fp_simple(b);
    struct decimal p, q;
    enum moment_order moments;

    *unknown = false;
    *order = 0;
    if (!meet(&x, &y))
        return false;
    if (x.kind == FP_STRING) {
        *order = strcmp(x.string, y.string);
    } else if (fp_is_number(&x)) {
        p = fp_decimal(&x);
        q = fp_decimal(&y);
        *order = decimal_compare(&p, &q);
    } else if (is_moment(&x) || x.kind == FP_TIME) {
        moments = moment_compare(&x.moment, &y.moment, x.kind == FP_TIME);
        *unknown = moments == MOMENT_UNKNOWN;
        *order = (int)moments;
    } else if (x.kind == FP_QUANTITY) {
        *unknown = !same_units(&x, &y, &p, &q);
        *order = *unknown ? 0 : decimal_compare(&p, &q);
    } else {
        return false;
    }
    return true;
}
