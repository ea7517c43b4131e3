/* check.c - static typing: whether names, types and order fit together, told from the R4 model alone.
 * What does not is an error in strict reading and a finding in lenient. What cannot be known is let through. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fhir/fhirpath/check.h"
#include "fhir/model.h"

bool check_found(struct checker *c, const struct expr *expr, const char *fmt, ...)
{
    char why[240];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    return fp_found(c->expression, expr->at, c->err, "%s", why);
}

/* --- shapes --- */

struct shape shape_any(void)
{
    return (struct shape){.is_any = true, .is_many = true};
}

struct shape shape_of(struct checker *c, unsigned type)
{
    unsigned *one = arena_alloc(&c->arena, sizeof *one);

    *one = type;
    return (struct shape){.type = one, .n = 1};
}

struct shape shape_system(struct checker *c, enum fp_kind kind)
{
    return shape_of(c, SYSTEM_TYPE + kind);
}

static bool has_type(const unsigned *type, size_t n, unsigned wanted)
{
    for (size_t i = 0; i < n; i++)
        if (type[i] == wanted)
            return true;
    return false;
}

struct shape shape_join(struct checker *c, const struct shape *a, const struct shape *b)
{
    struct shape joined = {.is_any = a->is_any || b->is_any, .is_many = true, .is_unordered = a->is_unordered || b->is_unordered};
    unsigned *type;

    if (joined.is_any)
        return joined;
    type = arena_alloc(&c->arena, (a->n + b->n + 1) * sizeof *type);
    for (size_t i = 0; i < a->n + b->n; i++) {
        unsigned next = i < a->n ? a->type[i] : b->type[i - a->n];
        if (!has_type(type, joined.n, next))
            type[joined.n++] = next;
    }
    joined.type = type;
    return joined;
}

static enum fp_kind value_kind(unsigned type)
{
    static const struct { const char *name; enum fp_kind kind; } kinds[] = {
        {"boolean", FP_BOOLEAN}, {"integer", FP_INTEGER}, {"decimal", FP_DECIMAL}, {"date", FP_DATE}, {"dateTime", FP_DATETIME},
        {"instant", FP_DATETIME}, {"time", FP_TIME}, {"Quantity", FP_QUANTITY},
    };

    if (type >= SYSTEM_TYPE)
        return (enum fp_kind)(type - SYSTEM_TYPE);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (model_derives(type, model_find(kinds[i].name)))
            return kinds[i].kind;
    return model_is_primitive(type) ? FP_STRING : FP_NODE;
}

bool shape_may_be(const struct shape *shape, enum fp_kind kind)
{
    for (size_t i = 0; i < shape->n; i++)
        if (value_kind(shape->type[i]) == kind)
            return true;
    return shape->is_any || shape->n == 0;
}

const char *shape_name(const struct shape *shape)
{
    static const char *const of_kind[] = {
        [FP_NODE] = "Element", [FP_BOOLEAN] = "Boolean", [FP_INTEGER] = "Integer", [FP_DECIMAL] = "Decimal", [FP_STRING] = "String",
        [FP_DATE] = "Date", [FP_DATETIME] = "DateTime", [FP_TIME] = "Time", [FP_QUANTITY] = "Quantity", [FP_TYPE] = "TypeInfo",
    };

    if (shape->n == 0)
        return "{}";
    return shape->type[0] >= SYSTEM_TYPE ? of_kind[shape->type[0] - SYSTEM_TYPE] : model_name(shape->type[0]);
}

unsigned type_named(const char *type)
{
    static const char *const system[] = {
        [FP_BOOLEAN] = "Boolean", [FP_INTEGER] = "Integer", [FP_DECIMAL] = "Decimal", [FP_STRING] = "String", [FP_DATE] = "Date",
        [FP_DATETIME] = "DateTime", [FP_TIME] = "Time",
    };
    bool is_system = strncmp(type, "System.", 7) == 0, is_fhir = strncmp(type, "FHIR.", 5) == 0;
    const char *name = type + (is_system ? 7 : is_fhir ? 5 : 0);

    for (size_t i = FP_BOOLEAN; !is_fhir && i < sizeof system / sizeof *system; i++)
        if (strcmp(system[i], name) == 0)
            return SYSTEM_TYPE + (unsigned)i;
    return is_system ? MODEL_NO_TYPE : model_find(name);
}

/* --- names --- */

/* Whatever lies in these is known only when it is there. */
static bool is_open(unsigned type)
{
    static const char *const open[] = {"Resource", "DomainResource", "Element", "BackboneElement"};

    for (size_t i = 0; type < SYSTEM_TYPE && i < sizeof open / sizeof *open; i++)
        if (strcmp(model_name(type), open[i]) == 0)
            return true;
    return false;
}

static struct shape member_shape(struct checker *c, const struct model_member *member)
{
    struct shape shape = {.is_many = member->is_many};
    unsigned *type;

    if (!member->choice)
        shape = shape_of(c, member->type);
    while (member->choice && member->choice[shape.n] != MODEL_NO_TYPE)
        shape.n++;
    if (member->choice) {
        type = arena_alloc(&c->arena, shape.n * sizeof *type);
        for (size_t i = 0; i < shape.n; i++)
            type[i] = member->choice[i];
        shape.type = type;
    }
    shape.is_many = member->is_many;
    return shape;
}

/* An element of a computed value: those of quantities and of what type() tells. */
static bool system_member(struct checker *c, unsigned type, const char *name, struct shape *out)
{
    enum fp_kind kind = (enum fp_kind)(type - SYSTEM_TYPE);

    if (kind == FP_TYPE && (strcmp(name, "name") == 0 || strcmp(name, "namespace") == 0))
        *out = shape_system(c, FP_STRING);
    else if (kind == FP_QUANTITY)
        *out = shape_any();
    else
        return false;
    return true;
}

static bool one_member(struct checker *c, unsigned type, const char *name, struct shape *out)
{
    struct model_member member;

    if (type >= SYSTEM_TYPE)
        return system_member(c, type, name, out);
    if (is_open(type) || (model_is_primitive(type) && strcmp(name, "value") == 0)) {
        *out = shape_any();
        return true;
    }
    if (!model_member(type, name, &member))
        return false;
    *out = member_shape(c, &member);
    return true;
}

/* A name that no type of the focus has: how JSON writes a choice, or a mistake. */
static bool check_unknown_name(struct checker *c, const struct expr *expr, const struct shape *focus, struct shape *out)
{
    *out = shape_any();
    for (size_t i = 0; i < focus->n; i++) {
        unsigned type = focus->type[i] < SYSTEM_TYPE ? model_json_member(focus->type[i], expr->text) : MODEL_NO_TYPE, stem = 0;

        if (type != MODEL_NO_TYPE) {
            *out = shape_of(c, type);
            out->is_many = focus->is_many;
            model_choice_suffix(expr->text, &stem);
            return check_found(c, expr, "%.60s is how JSON writes it: the element is called %.*s", expr->text, (int)stem, expr->text);
        }
    }
    return check_found(c, expr, "there is no element %.60s in %s", expr->text, shape_name(focus));
}

/* Where nothing is known of the focus, "valueInteger" still tells what it is. */
static bool check_open_name(struct checker *c, const struct expr *expr)
{
    unsigned stem = 0, type = model_choice_suffix(expr->text, &stem);

    if (type == MODEL_NO_TYPE || stem != 5 || strncmp(expr->text, "value", stem) != 0)
        return true;
    return check_found(c, expr, "%.60s is how JSON writes it: the element is called value", expr->text);
}

/* A path may start with the type of what it starts from. */
static bool check_start(struct checker *c, const struct expr *expr, const struct shape *focus, struct shape *out)
{
    unsigned type = model_find(expr->text);

    *out = *focus;
    for (size_t i = 0; i < focus->n; i++)
        if (focus->type[i] < SYSTEM_TYPE && model_derives(focus->type[i], type))
            return true;
    *out = shape_of(c, type);
    if (focus->is_any)
        return true;
    return check_found(c, expr, "the path starts at a %.60s where there is a %s", expr->text, shape_name(focus));
}

static bool check_name(struct checker *c, const struct expr *expr, const struct shape *focus, struct shape *out)
{
    struct shape found = {0}, one;
    bool some = false;

    if (expr->is_type)
        return check_start(c, expr, focus, out);
    if (focus->is_any) {
        *out = shape_any();
        out->is_unordered = focus->is_unordered;
        return check_open_name(c, expr);
    }
    for (size_t i = 0; i < focus->n; i++)
        if (one_member(c, focus->type[i], expr->text, &one)) {
            bool many = found.is_many || one.is_many;
            found = some ? shape_join(c, &found, &one) : one;
            found.is_many = many;
            some = true;
        }
    *out = found;
    out->is_many |= focus->is_many;
    out->is_unordered = focus->is_unordered;
    return some || focus->n == 0 || check_unknown_name(c, expr, focus, out);
}

/* --- expressions --- */

bool check_ordered(struct checker *c, const struct expr *expr, const struct shape *input)
{
    return !input->is_unordered || check_found(c, expr, "the order of children() and descendants() is not defined");
}

static struct shape shape_named(struct checker *c, const char *type)
{
    unsigned found = type ? model_find(type) : MODEL_NO_TYPE;

    return found == MODEL_NO_TYPE ? shape_any() : shape_of(c, found);
}

static struct shape variable_shape(struct checker *c, const struct expr *expr)
{
    struct shape out;

    switch (expr->known) {
    case KNOWN_CONTEXT:         return c->context;
    case KNOWN_RESOURCE:        return c->resource;
    case KNOWN_QUESTIONNAIRE:   return shape_of(c, model_find("Questionnaire"));
    default:                    break;
    }
    out = shape_named(c, c->reading->variable ? c->reading->variable(c->reading->ctx, expr->text) : NULL);
    out.is_many = true;
    return out;
}

static bool check_indexer(struct checker *c, const struct expr *expr, const struct place *at, struct shape *out)
{
    struct place inner = {at->self, at->self};
    struct shape index;

    if (!check_expr(c, expr->left, at, out) || !check_expr(c, expr->right, &inner, &index) || !check_ordered(c, expr, out))
        return false;
    out->is_many = false;
    return true;
}

static bool check_path(struct checker *c, const struct expr *expr, const struct place *at, struct shape *out)
{
    struct place inner = *at;

    return check_expr(c, expr->left, at, &inner.focus) && check_expr(c, expr->right, &inner, out);
}

/* Dates move by amounts of time, not by numbers. */
static bool check_sum(struct checker *c, const struct expr *expr, const struct shape *a, const struct shape *b)
{
    bool moment = a->n == 1 && !a->is_any && (shape_may_be(a, FP_DATE) || shape_may_be(a, FP_DATETIME) || shape_may_be(a, FP_TIME));
    const struct fp_value *amount = expr->right->kind == EXPR_LITERAL ? &expr->right->literal : NULL;
    enum moment_unit unit;
    bool is_calendar;

    if (moment && amount && amount->kind == FP_QUANTITY && unit_of_time(amount->string, &unit, &is_calendar) && !is_calendar &&
        (unit == MOMENT_YEARS || unit == MOMENT_MONTHS))
        return check_found(c, expr, "'%s' is no year or month of the calendar", amount->string);
    if (!moment || b->is_any || b->n == 0 || shape_may_be(b, FP_QUANTITY))
        return true;
    return check_found(c, expr, "only an amount of time can be added to or taken from a date or time, not %s", shape_name(b));
}

static bool check_binary(struct checker *c, const struct expr *expr, const struct place *at, struct shape *out)
{
    struct shape a, b;

    if (!check_expr(c, expr->left, at, &a) || !check_expr(c, expr->right, at, &b))
        return false;
    switch (expr->op) {
    case OP_UNION:      *out = shape_join(c, &a, &b); return true;
    case OP_JOIN:       *out = shape_system(c, FP_STRING); return true;
    case OP_ADD:
    case OP_SUBTRACT:   *out = a.n == 1 && b.n == 1 ? shape_system(c, value_kind(a.type[0])) : shape_any(); return check_sum(c, expr, &a, &b);
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_DIV:
    case OP_MOD:        *out = shape_any(); return true;
    default:            *out = shape_system(c, FP_BOOLEAN); return true;
    }
}

static bool check_type_test(struct checker *c, const struct expr *expr, const struct place *at, struct shape *out)
{
    struct shape left;
    unsigned type = type_named(expr->text);

    if (!check_expr(c, expr->left, at, &left))
        return false;
    *out = expr->kind == EXPR_IS ? shape_system(c, FP_BOOLEAN) : type == MODEL_NO_TYPE ? shape_any() : shape_of(c, type);
    out->is_many = expr->kind == EXPR_AS && left.is_many;
    return true;
}

bool check_expr(struct checker *c, const struct expr *expr, const struct place *at, struct shape *out)
{
    *out = (struct shape){0};
    switch (expr->kind) {
    case EXPR_EMPTY:    return true;
    case EXPR_LITERAL:  *out = shape_system(c, expr->literal.kind); return true;
    case EXPR_NAME:     return check_name(c, expr, &at->focus, out);
    case EXPR_FUNCTION: return check_function(c, expr, at, out);
    case EXPR_VARIABLE: *out = variable_shape(c, expr); return true;
    case EXPR_THIS:     *out = at->self; return true;
    case EXPR_INDEX:    *out = shape_system(c, FP_INTEGER); return true;
    case EXPR_TOTAL:    *out = shape_any(); return true;
    case EXPR_PATH:     return check_path(c, expr, at, out);
    case EXPR_INDEXER:  return check_indexer(c, expr, at, out);
    case EXPR_UNARY:    return check_expr(c, expr->right, at, out);
    case EXPR_BINARY:   return check_binary(c, expr, at, out);
    case EXPR_IS:
    case EXPR_AS:       return check_type_test(c, expr, at, out);
    }
    return true;
}

enum rc fp_check(struct fhirpath *expression, const struct fp_reading *reading, struct err *err)
{
    struct checker c = {.expression = expression, .err = err, .reading = reading};
    struct place at;
    struct shape result;
    bool done;

    c.context = shape_named(&c, reading->context);
    c.resource = shape_named(&c, reading->resource);
    if (!reading->resource && c.context.n == 1 && model_is_resource(c.context.type[0]))
        c.resource = c.context;
    at = (struct place){c.context, c.context};
    done = check_expr(&c, expression->root, &at, &result);
    arena_done(&c.arena);
    return done ? RC_OK : RC_INVALID;
}
