/* check_function.c - what functions take and give, for the static check. A function that has no row
 * gives what is not known. */
#include <string.h>

#include "fhir/fhirpath/check.h"
#include "fhir/model.h"

/* How the result follows from the input. */
enum gives { GIVES_ANY, GIVES_INPUT, GIVES_ONE_OF_INPUT, GIVES_PROJECTION, GIVES_JOINED, GIVES_TYPE, GIVES_TREE, GIVES_EXTENSIONS, GIVES_KIND };

enum takes {
    TAKES_ITEMS = 1,    /* arguments are evaluated for each item, which is $this */
    TAKES_ORDER = 2,    /* the order of the input matters */
    TAKES_TEXT = 4,     /* the input is text */
    TAKES_TYPE = 8,     /* the argument is a type */
    GIVES_MANY = 16,
};

static const struct rule { const char *name; enum gives gives; unsigned takes; enum fp_kind kind; } rules[] = {
    {"where", GIVES_INPUT, TAKES_ITEMS, 0}, {"distinct", GIVES_INPUT, 0, 0}, {"trace", GIVES_INPUT, TAKES_ITEMS, 0}, {"defineVariable", GIVES_INPUT, TAKES_ITEMS, 0},
    {"intersect", GIVES_INPUT, 0, 0}, {"exclude", GIVES_INPUT, 0, 0}, {"sort", GIVES_INPUT, TAKES_ITEMS, 0},
    {"first", GIVES_ONE_OF_INPUT, TAKES_ORDER, 0}, {"last", GIVES_ONE_OF_INPUT, TAKES_ORDER, 0}, {"single", GIVES_ONE_OF_INPUT, 0, 0},
    {"tail", GIVES_INPUT, TAKES_ORDER, 0}, {"skip", GIVES_INPUT, TAKES_ORDER, 0}, {"take", GIVES_INPUT, TAKES_ORDER, 0},
    {"select", GIVES_PROJECTION, TAKES_ITEMS, 0}, {"repeat", GIVES_PROJECTION, TAKES_ITEMS, 0}, {"repeatAll", GIVES_PROJECTION, TAKES_ITEMS, 0},
    {"union", GIVES_JOINED, 0, 0}, {"combine", GIVES_JOINED, 0, 0}, {"coalesce", GIVES_ANY, 0, 0}, {"aggregate", GIVES_ANY, TAKES_ITEMS, 0},
    {"ofType", GIVES_TYPE, TAKES_TYPE, 0}, {"as", GIVES_TYPE, TAKES_TYPE, 0}, {"is", GIVES_KIND, TAKES_TYPE, FP_BOOLEAN}, {"type", GIVES_KIND, GIVES_MANY, FP_TYPE},
    {"children", GIVES_TREE, 0, 0}, {"descendants", GIVES_TREE, 0, 0}, {"extension", GIVES_EXTENSIONS, 0, 0},
    {"empty", GIVES_KIND, 0, FP_BOOLEAN}, {"exists", GIVES_KIND, TAKES_ITEMS, FP_BOOLEAN}, {"all", GIVES_KIND, TAKES_ITEMS, FP_BOOLEAN}, {"not", GIVES_KIND, 0, FP_BOOLEAN},
    {"allTrue", GIVES_KIND, 0, FP_BOOLEAN}, {"anyTrue", GIVES_KIND, 0, FP_BOOLEAN}, {"allFalse", GIVES_KIND, 0, FP_BOOLEAN}, {"anyFalse", GIVES_KIND, 0, FP_BOOLEAN},
    {"subsetOf", GIVES_KIND, 0, FP_BOOLEAN}, {"supersetOf", GIVES_KIND, 0, FP_BOOLEAN}, {"isDistinct", GIVES_KIND, 0, FP_BOOLEAN}, {"hasValue", GIVES_KIND, 0, FP_BOOLEAN},
    {"conformsTo", GIVES_KIND, 0, FP_BOOLEAN}, {"memberOf", GIVES_KIND, 0, FP_BOOLEAN}, {"comparable", GIVES_KIND, 0, FP_BOOLEAN},
    {"count", GIVES_KIND, 0, FP_INTEGER}, {"startsWith", GIVES_KIND, TAKES_TEXT, FP_BOOLEAN}, {"endsWith", GIVES_KIND, TAKES_TEXT, FP_BOOLEAN},
    {"contains", GIVES_KIND, TAKES_TEXT, FP_BOOLEAN}, {"matches", GIVES_KIND, TAKES_TEXT, FP_BOOLEAN}, {"matchesFull", GIVES_KIND, TAKES_TEXT, FP_BOOLEAN},
    {"indexOf", GIVES_KIND, TAKES_TEXT, FP_INTEGER}, {"lastIndexOf", GIVES_KIND, TAKES_TEXT, FP_INTEGER}, {"length", GIVES_KIND, TAKES_TEXT, FP_INTEGER},
    {"substring", GIVES_KIND, TAKES_TEXT, FP_STRING}, {"upper", GIVES_KIND, TAKES_TEXT, FP_STRING}, {"lower", GIVES_KIND, TAKES_TEXT, FP_STRING},
    {"replace", GIVES_KIND, TAKES_TEXT, FP_STRING}, {"replaceMatches", GIVES_KIND, TAKES_TEXT, FP_STRING}, {"trim", GIVES_KIND, TAKES_TEXT, FP_STRING},
    {"toChars", GIVES_KIND, TAKES_TEXT | GIVES_MANY, FP_STRING}, {"split", GIVES_KIND, TAKES_TEXT | GIVES_MANY, FP_STRING}, {"join", GIVES_KIND, 0, FP_STRING},
    {"encode", GIVES_KIND, TAKES_TEXT, FP_STRING}, {"decode", GIVES_KIND, TAKES_TEXT, FP_STRING}, {"escape", GIVES_KIND, TAKES_TEXT, FP_STRING},
    {"unescape", GIVES_KIND, TAKES_TEXT, FP_STRING}, {"toString", GIVES_KIND, 0, FP_STRING}, {"toInteger", GIVES_KIND, 0, FP_INTEGER},
    {"toDecimal", GIVES_KIND, 0, FP_DECIMAL}, {"toBoolean", GIVES_KIND, 0, FP_BOOLEAN}, {"toDate", GIVES_KIND, 0, FP_DATE}, {"toDateTime", GIVES_KIND, 0, FP_DATETIME},
    {"toTime", GIVES_KIND, 0, FP_TIME}, {"toQuantity", GIVES_KIND, 0, FP_QUANTITY}, {"today", GIVES_KIND, 0, FP_DATE}, {"now", GIVES_KIND, 0, FP_DATETIME},
    {"timeOfDay", GIVES_KIND, 0, FP_TIME}, {"precision", GIVES_KIND, 0, FP_INTEGER},
};

static const struct rule *find_rule(const char *name)
{
    static const struct rule conversion = {"", GIVES_KIND, 0, FP_BOOLEAN}, unknown = {"", GIVES_ANY, 0, 0};

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return strncmp(name, "convertsTo", strlen("convertsTo")) == 0 ? &conversion : &unknown;
}

/* The criterion decides: a text that would count as true is a mistake. */
static bool check_iif(struct checker *c, const struct expr *call, const struct place *at, struct shape *out)
{
    struct place inner = {at->focus, at->focus};
    struct shape criterion, other = {0};

    if (!check_expr(c, call->argument[0], &inner, &criterion) || !check_expr(c, call->argument[1], &inner, out) ||
        (call->arguments > 2 && !check_expr(c, call->argument[2], &inner, &other)))
        return false;
    *out = shape_join(c, out, &other);
    if (shape_may_be(&criterion, FP_BOOLEAN))
        return true;
    return check_found(c, call->argument[0], "the criterion of iif() is a %s, not true or false", shape_name(&criterion));
}

static unsigned type_of_argument(const struct expr *argument)
{
    char name[64];

    return fp_type_text(argument, name, sizeof name) ? type_named(name) : MODEL_NO_TYPE;
}

static bool is_element(unsigned type)
{
    return type < SYSTEM_TYPE && !model_is_primitive(type);
}

/* Text functions read values, not structures. */
static bool check_text(struct checker *c, const struct expr *call, const struct shape *input)
{
    if (input->is_any || input->n == 0)
        return true;
    for (size_t i = 0; i < input->n; i++)
        if (!is_element(input->type[i]))
            return true;
    return check_found(c, call, "%s() works on text, not on %s", call->text, shape_name(input));
}

/* Arguments, joined into what they may give. */
static bool check_arguments(struct checker *c, const struct expr *call, const struct place *at, unsigned takes, struct shape *out)
{
    struct place inner = {at->self, at->self};
    struct shape item = at->focus, one;

    *out = (struct shape){0};
    if (takes & TAKES_TYPE)
        return true;
    if (takes & TAKES_ITEMS) {
        item.is_many = false;
        inner = (struct place){item, item};
    }
    for (size_t i = 0; i < call->arguments; i++) {
        if (!check_expr(c, call->argument[i], &inner, &one))
            return false;
        *out = i > 0 ? shape_join(c, out, &one) : one;
    }
    return true;
}

static struct shape result_shape(struct checker *c, const struct rule *rule, const struct expr *call, const struct shape *input, const struct shape *arguments)
{
    struct shape out = shape_any();
    unsigned type;

    switch (rule->gives) {
    case GIVES_INPUT:
    case GIVES_ONE_OF_INPUT:    out = *input; break;
    case GIVES_PROJECTION:      out = *arguments; out.is_unordered |= input->is_unordered; break;
    case GIVES_JOINED:          out = shape_join(c, input, arguments); break;
    case GIVES_TYPE:            type = type_of_argument(call->argument[0]); out = type == MODEL_NO_TYPE ? shape_any() : shape_of(c, type);
                                out.is_unordered = input->is_unordered; break;
    case GIVES_TREE:            out.is_unordered = true; break;
    case GIVES_EXTENSIONS:      out = shape_of(c, model_find("Extension")); break;
    case GIVES_KIND:            out = shape_system(c, rule->kind); break;
    case GIVES_ANY:             break;
    }
    out.is_many = rule->gives == GIVES_KIND ? rule->takes & GIVES_MANY : rule->gives != GIVES_ONE_OF_INPUT;
    if (strcmp(rule->name, "sort") == 0)
        out.is_unordered = false;
    return out;
}

bool check_function(struct checker *c, const struct expr *call, const struct place *at, struct shape *out)
{
    const struct rule *rule = find_rule(call->text);
    struct shape arguments;

    if (strcmp(call->text, "iif") == 0)
        return check_iif(c, call, at, out);
    if (!check_arguments(c, call, at, rule->takes, &arguments) ||
        ((rule->takes & TAKES_ORDER) && !check_ordered(c, call, &at->focus)) || ((rule->takes & TAKES_TEXT) && !check_text(c, call, &at->focus)))
        return false;
    *out = result_shape(c, rule, call, &at->focus, &arguments);
    return true;
}
