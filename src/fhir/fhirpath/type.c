/* type.c - what type an element has, and how to reach its children.
 * The R4 model tells the type of whatever lies in a resource. Elements that stand alone (a Coding in
 * a variable) are known by what they are called and how they look. */
#include <string.h>

#include "fhir/datatype.h"
#include "fhir/element.h"
#include "fhir/fhirpath/internal.h"
#include "fhir/model.h"

static const char *const system_types[] = {"Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity", "Any"};

/* Types that a member's name tells where the look of its value does not. */
static const struct { const char *name, *type; } names[] = {
    {"id", "id"}, {"gender", "code"}, {"status", "code"}, {"use", "code"}, {"language", "code"}, {"intent", "code"}, {"priority", "code"},
    {"code", "code"}, {"system", "uri"}, {"url", "uri"}, {"fullUrl", "uri"}, {"implicitRules", "uri"}, {"versionId", "id"},
    {"contentType", "code"}, {"comparator", "code"}, {"div", "xhtml"}, {"profile", "canonical"}, {"instantiatesCanonical", "canonical"},
    {"questionnaire", "canonical"}, {"meta", "Meta"}, {"extension", "Extension"}, {"modifierExtension", "Extension"},
    {"identifier", "Identifier"}, {"telecom", "ContactPoint"}, {"address", "Address"}, {"period", "Period"}, {"coding", "Coding"},
    {"issued", "instant"}, {"lastUpdated", "instant"}, {"recorded", "instant"}, {"birthDate", "date"},
};

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);

    return n >= k && strcmp(name + n - k, end) == 0;
}

/* "valueQuantity" carries its type, where value is the name of a choice. */
static unsigned choice_in_name(const char *name)
{
    static const char *const prefixes[] = {"value", "answer", "onset", "abatement", "effective", "performed", "occurrence", "deceased",
                                           "multipleBirth", "medication", "due", "start", "detail", "asNeeded", "serviced", "timing", "defaultValue",
                                           "initial", "minValue", "maxValue", "min", "max", "fixed", "pattern", "born", "age", "bounds", "rate", "dose"};
    unsigned stem = 0, type = model_choice_suffix(name, &stem);

    for (size_t i = 0; type != MODEL_NO_TYPE && i < sizeof prefixes / sizeof *prefixes; i++)
        if (strlen(prefixes[i]) == stem && strncmp(name, prefixes[i], stem) == 0)
            return type;
    return MODEL_NO_TYPE;
}

static const char *string_type(const char *name, const char *text)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0 && names[i].type[0] >= 'a')
            return names[i].type;
    if (!member_is_moment(name))
        return "string";
    return strchr(text, 'T') || !ends_with(name, "Date") ? "dateTime" : "date";
}

static const char *object_type(const struct fp_value *value, const char *name)
{
    const char *type = node_str(value->node, "resourceType"), *shape;

    if (*type)
        return type;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].type[0] < 'a' && strcmp(names[i].name, name) == 0)
            return names[i].type;
    if (strcmp(name, "text") == 0 && node_get(value->node, "div"))
        return "Narrative";
    shape = element_type(value->node);
    return *shape ? shape : "BackboneElement";
}

/* The type the look of an element that stands alone tells. */
static const char *shape_type(const struct fp_value *value)
{
    const char *name = value->name ? value->name : "", *text = node_text(value->node);
    unsigned choice = choice_in_name(name + (*name == '_'));

    if (choice != MODEL_NO_TYPE)
        return model_name(choice);
    switch (node_kind(value->node)) {
    case NODE_TRUE:
    case NODE_FALSE:    return "boolean";
    case NODE_NUMBER:   return strpbrk(text, ".eE") || strcmp(name, "value") == 0 ? "decimal" : "integer";
    case NODE_STRING:   return string_type(name, text);
    case NODE_OBJECT:   return object_type(value, name);
    default:            return "Element";
    }
}

/* The type of an element of a resource, by its path from there; MODEL_NO_TYPE when it lies in none. */
static unsigned path_type(const struct node *node)
{
    const struct node *parent = node_parent(node), *named = node;
    const char *resource = node_str(node, "resourceType"), *name;
    unsigned type;

    if (*resource)
        return model_find(resource);
    while (node_is(parent, NODE_ARRAY)) {
        named = parent;
        parent = node_parent(parent);
    }
    if (!parent || (type = path_type(parent)) == MODEL_NO_TYPE)
        return MODEL_NO_TYPE;
    name = node_name(named);
    return model_json_member(type, name + (*name == '_'));
}

unsigned fp_model_type(const struct fp_value *value)
{
    unsigned type = path_type(value->node);

    return type != MODEL_NO_TYPE ? type : model_find(shape_type(value));
}

/* Structures inside of a type have no name of their own: they are BackboneElements or Elements. */
static unsigned named_type(unsigned type)
{
    while (strchr(model_name(type), '.'))
        type = model_base(type);
    return type;
}

const char *fp_node_type(const struct fp_value *value)
{
    unsigned type = path_type(value->node);

    return type != MODEL_NO_TYPE ? model_name(named_type(type)) : shape_type(value);
}

const char *fp_system_type(const struct fp_value *value)
{
    static const char *const of_kind[] = {
        [FP_BOOLEAN] = "Boolean", [FP_INTEGER] = "Integer", [FP_DECIMAL] = "Decimal", [FP_STRING] = "String", [FP_DATE] = "Date",
        [FP_DATETIME] = "DateTime", [FP_TIME] = "Time", [FP_QUANTITY] = "Quantity", [FP_TYPE] = "TypeInfo",
    };
    return of_kind[value->kind];
}

const char *fp_value_type(const struct fp_value *value)
{
    static const char *const of_kind[] = {
        [FP_BOOLEAN] = "boolean", [FP_INTEGER] = "integer", [FP_DECIMAL] = "decimal", [FP_STRING] = "string", [FP_DATE] = "date",
        [FP_DATETIME] = "dateTime", [FP_TIME] = "time", [FP_QUANTITY] = "Quantity", [FP_TYPE] = "string",
    };
    return value->node ? fp_node_type(value) : of_kind[value->kind];
}

static const char *bare_name(const char *type, bool *system, bool *fhir)
{
    *system = strncmp(type, "System.", 7) == 0;
    *fhir = strncmp(type, "FHIR.", 5) == 0;
    return type + (*system ? 7 : *fhir ? 5 : 0);
}

bool fp_is_type(const struct fp_value *value, const char *type, bool exact)
{
    bool system, fhir;
    const char *name = bare_name(type, &system, &fhir);
    unsigned wanted, own;

    if (value->kind != FP_NODE)
        return !fhir && strcmp(fp_system_type(value), name) == 0;
    if (system || (wanted = model_find(name)) == MODEL_NO_TYPE)
        return false;
    own = fp_model_type(value);
    return exact && model_is_primitive(wanted) ? own == wanted : model_derives(own, wanted);
}

bool fp_type_known(const char *type)
{
    bool system, fhir;
    const char *name = bare_name(type, &system, &fhir);

    for (size_t i = 0; !fhir && i < sizeof system_types / sizeof *system_types; i++)
        if (strcmp(system_types[i], name) == 0)
            return true;
    return system || (!strchr(name, '.') && model_find(name) != MODEL_NO_TYPE);
}

/* What type() tells: the place of the type's name in "System.Integer" is after the point. */
static void type_children(struct fp_result *out, const struct fp_value *of, const char *name)
{
    const char *point = strchr(of->string, '.');

    if (strcmp(name, "name") == 0)
        fp_add_string(out, point + 1);
    else if (strcmp(name, "namespace") == 0)
        fp_add(out, (struct fp_value){.kind = FP_STRING, .string = arena_dup_n(out->arena, of->string, (size_t)(point - of->string))});
}

/* value and unit of a quantity that was computed. */
static void quantity_children(struct fp_result *out, const struct fp_value *of, const char *name)
{
    if (strcmp(name, "value") == 0)
        fp_add_decimal(out, of->decimal);
    else if (strcmp(name, "unit") == 0 || strcmp(name, "code") == 0)
        fp_add_string(out, of->string);
}

const struct node *fp_companion(const struct node *primitive)
{
    const struct node *parent = node_parent(primitive), *companion;
    char name[128];
    size_t i = 0, len;

    if (!primitive || node_is(primitive, NODE_OBJECT) || !parent)
        return NULL;
    if (node_is(parent, NODE_ARRAY)) {
        for (const struct node *n = node_first(parent); n != primitive; n = node_next(n))
            i++;
        primitive = parent;
        parent = node_parent(parent);
    }
    len = strlen(node_name(primitive));
    if (!node_is(parent, NODE_OBJECT) || len + 2 > sizeof name)
        return NULL;
    name[0] = '_';
    memcpy(name + 1, node_name(primitive), len + 1);
    companion = node_get(parent, name);
    return node_is(companion, NODE_ARRAY) ? node_at(companion, i) : companion;
}

/* Add an element, or each of an array; a JSON null stands for a value that only has extensions. */
static void add_element(struct fp_result *out, const struct node *node, const char *name)
{
    if (node_is(node, NODE_ARRAY)) {
        for (const struct node *n = node_first(node); n; n = node_next(n))
            if (!node_is(n, NODE_NULL) || fp_companion(n))
                fp_add(out, (struct fp_value){.kind = FP_NODE, .node = n, .name = name});
    } else if (node) {
        fp_add(out, (struct fp_value){.kind = FP_NODE, .node = node, .name = name});
    }
}

static const struct node *members_of(const struct fp_value *value)
{
    return node_is(value->node, NODE_OBJECT) ? value->node : fp_companion(value->node);
}

void fp_children(struct fp_result *out, const struct fp_value *of, const char *name)
{
    const struct node *object = members_of(of), *node = node_get(object, name);
    size_t len = strlen(name);

    if (of->kind == FP_TYPE)
        type_children(out, of, name);
    else if (of->kind == FP_QUANTITY && !of->node)
        quantity_children(out, of, name);
    if (node) {
        add_element(out, node, node_name(node));
        return;
    }
    for (const struct node *n = node_first(object); n; n = node_next(n)) {
        const char *member = node_name(n);

        if ((strncmp(member, name, len) == 0 && model_suffix_type(member + len) != MODEL_NO_TYPE) ||
            (*member == '_' && strcmp(member + 1, name) == 0))
            add_element(out, n, member);
    }
}

void fp_all_children(struct fp_result *out, const struct fp_value *of)
{
    for (const struct node *n = node_first(members_of(of)); n; n = node_next(n))
        if (strcmp(node_name(n), "resourceType") != 0 && (*node_name(n) != '_' || !node_get(node_parent(n), node_name(n) + 1)))
            add_element(out, n, node_name(n));
}
