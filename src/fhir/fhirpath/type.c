/* type.c - what type an element has, and how to reach its children.
 * Types come from how the JSON looks and what a member is called: choice members carry theirs
 * in the name (valueInteger), dates are known by name, complex types by their members. */
#include <string.h>

#include "fhir/code.h"
#include "fhir/datatype.h"
#include "fhir/element.h"
#include "fhir/fhirpath/internal.h"

/* Types of FHIR: the name, its parent, and whether a choice member may end in it. */
static const struct { const char *name, *parent; bool choice; } types[] = {
    {"boolean", "Element", true}, {"integer", "Element", true}, {"unsignedInt", "integer", true}, {"positiveInt", "integer", true},
    {"decimal", "Element", true}, {"string", "Element", true}, {"code", "string", true}, {"id", "string", true},
    {"markdown", "string", true}, {"uri", "Element", true}, {"url", "uri", true}, {"canonical", "uri", true}, {"oid", "uri", true},
    {"uuid", "uri", true}, {"base64Binary", "Element", true}, {"date", "Element", true}, {"dateTime", "Element", true},
    {"instant", "Element", true}, {"time", "Element", true}, {"xhtml", "Element", false},
    {"Quantity", "Element", true}, {"Age", "Quantity", true}, {"Count", "Quantity", true}, {"Distance", "Quantity", true},
    {"Duration", "Quantity", true}, {"SimpleQuantity", "Quantity", false}, {"MoneyQuantity", "Quantity", false}, {"Money", "Element", true},
    {"Coding", "Element", true}, {"CodeableConcept", "Element", true}, {"Reference", "Element", true}, {"Period", "Element", true},
    {"Range", "Element", true}, {"Ratio", "Element", true}, {"Identifier", "Element", true}, {"HumanName", "Element", true},
    {"Address", "Element", true}, {"ContactPoint", "Element", true}, {"Timing", "BackboneElement", true}, {"Attachment", "Element", true},
    {"Annotation", "Element", true}, {"Signature", "Element", true}, {"SampledData", "Element", true}, {"Dosage", "BackboneElement", true},
    {"Meta", "Element", true}, {"Expression", "Element", true}, {"ContactDetail", "Element", true}, {"Contributor", "Element", true},
    {"DataRequirement", "Element", true}, {"ParameterDefinition", "Element", true}, {"RelatedArtifact", "Element", true},
    {"TriggerDefinition", "Element", true}, {"UsageContext", "Element", true}, {"Extension", "Element", false}, {"Narrative", "Element", false},
    {"BackboneElement", "Element", false}, {"Element", NULL, false}, {"Resource", NULL, false}, {"DomainResource", "Resource", false},
};
static const char *const system_types[] = {"Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity", "Any"};
static const char *const plain_resources[] = {"Bundle", "Parameters", "Binary"};

/* Types that a member's name tells where the look of its value does not. */
static const struct { const char *name, *type; } names[] = {
    {"id", "id"}, {"gender", "code"}, {"status", "code"}, {"use", "code"}, {"language", "code"}, {"intent", "code"}, {"priority", "code"},
    {"code", "code"}, {"system", "uri"}, {"url", "uri"}, {"fullUrl", "uri"}, {"implicitRules", "uri"}, {"versionId", "id"},
    {"contentType", "code"}, {"comparator", "code"}, {"div", "xhtml"}, {"profile", "canonical"}, {"instantiatesCanonical", "canonical"},
    {"questionnaire", "canonical"}, {"meta", "Meta"}, {"extension", "Extension"}, {"modifierExtension", "Extension"},
    {"identifier", "Identifier"}, {"telecom", "ContactPoint"}, {"address", "Address"}, {"period", "Period"}, {"coding", "Coding"},
    {"issued", "instant"}, {"lastUpdated", "instant"}, {"recorded", "instant"}, {"birthDate", "date"}, {"rank", "positiveInt"},
};

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);

    return n >= k && strcmp(name + n - k, end) == 0;
}

static size_t find_type(const char *name)
{
    size_t i = 0;

    while (i < sizeof types / sizeof *types && strcmp(types[i].name, name) != 0)
        i++;
    return i;
}

/* The choice type a suffix names ("Integer" is integer), NULL when it is none. */
static const char *choice_suffix(const char *suffix)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].choice && (types[i].name[0] & ~0x20) == suffix[0] && strcmp(types[i].name + 1, suffix + 1) == 0)
            return types[i].name;
    return NULL;
}

/* "valueQuantity" carries its type; the longest suffix that is one wins ("CodeableConcept"). */
static const char *type_in_name(const char *name)
{
    for (const char *p = name + 1; *p && name[0]; p++)
        if (*p >= 'A' && *p <= 'Z') {
            const char *type = choice_suffix(p);
            if (type)
                return type;
        }
    return NULL;
}

static bool is_choice_name(const char *name)
{
    static const char *const prefixes[] = {"value", "answer", "onset", "abatement", "effective", "performed", "occurrence", "deceased",
                                           "multipleBirth", "medication", "due", "start", "detail", "asNeeded", "serviced", "timing", "defaultValue",
                                           "initial", "minValue", "maxValue", "min", "max", "fixed", "pattern", "born", "age", "bounds", "rate", "dose"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0 && choice_suffix(name + strlen(prefixes[i])))
            return true;
    return false;
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

const char *fp_node_type(const struct fp_value *value)
{
    const char *name = value->name ? value->name : "", *text = node_text(value->node);

    if (is_choice_name(name))
        return type_in_name(name);
    switch (node_kind(value->node)) {
    case NODE_TRUE:
    case NODE_FALSE:    return "boolean";
    case NODE_NUMBER:   return strcmp(name, "rank") == 0 ? "positiveInt" : strpbrk(text, ".eE") || strcmp(name, "value") == 0 ? "decimal" : "integer";
    case NODE_STRING:   return string_type(name, text);
    case NODE_OBJECT:   return object_type(value, name);
    default:            return "Element";
    }
}

static const char *system_type(const struct fp_value *value)
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

static const char *parent_of(const char *type)
{
    size_t i = find_type(type);

    if (i < sizeof types / sizeof *types)
        return types[i].parent;
    for (i = 0; i < sizeof plain_resources / sizeof *plain_resources; i++)
        if (strcmp(plain_resources[i], type) == 0)
            return "Resource";
    return code_resource_type_known(type) ? "DomainResource" : NULL;
}

bool fp_is_type(const struct fp_value *value, const char *type)
{
    bool system = strncmp(type, "System.", 7) == 0, fhir = strncmp(type, "FHIR.", 5) == 0;

    type += system ? 7 : fhir ? 5 : 0;
    if (!value->node || value->kind != FP_NODE)
        return !fhir && strcmp(system_type(value), type) == 0;
    if (system)
        return false;
    for (const char *t = fp_node_type(value); t; t = parent_of(t))
        if (strcmp(t, type) == 0)
            return true;
    return false;
}

bool fp_type_known(const char *type)
{
    bool system = strncmp(type, "System.", 7) == 0, fhir = strncmp(type, "FHIR.", 5) == 0;

    type += system ? 7 : fhir ? 5 : 0;
    for (size_t i = 0; !fhir && i < sizeof system_types / sizeof *system_types; i++)
        if (strcmp(system_types[i], type) == 0)
            return true;
    return !system && (find_type(type) < sizeof types / sizeof *types || code_resource_type_known(type));
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

    if (node) {
        add_element(out, node, node_name(node));
        return;
    }
    for (const struct node *n = node_first(object); n; n = node_next(n)) {
        const char *member = node_name(n);

        if ((strncmp(member, name, len) == 0 && choice_suffix(member + len)) ||
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
