#include <string.h>

#include "fhir/datatype.h"
#include "fhir/element.h"

/* A datatype is told by members that only it has: all of has, none of lacks. */
static const struct { const char *type, *has[2], *lacks[3]; } shapes[] = {
    {"CodeableConcept", {"coding"}, {NULL}},
    {"Reference", {"reference"}, {NULL}},
    {"Quantity", {"value", "unit"}, {NULL}},
    {"Quantity", {"value", "comparator"}, {NULL}},
    {"Money", {"value", "currency"}, {NULL}},
    {"Ratio", {"numerator", "denominator"}, {NULL}},
    {"HumanName", {"family"}, {NULL}},
    {"HumanName", {"given"}, {NULL}},
    {"Address", {"postalCode"}, {NULL}},
    {"Address", {"city"}, {NULL}},
    {"Address", {"line"}, {NULL}},
    {"Dosage", {"doseAndRate"}, {NULL}},
    {"Dosage", {"timing"}, {"code", "status", "intent"}},
    {"Timing", {"repeat"}, {"linkId"}},
    {"Attachment", {"contentType"}, {NULL}},
    {"Annotation", {"text", "time"}, {NULL}},
    {"Range", {"low"}, {"type", "text"}},
    {"Range", {"high"}, {"type", "text"}},
    {"Coding", {"system", "code"}, {"value", "concept", "filter"}},
    {"Coding", {"code", "display"}, {"value", "designation"}},
};

static const char *const contact_systems[] = {"phone", "fax", "email", "pager", "url", "sms", "other"};

static bool only_members(const struct node *element, const char *a, const char *b)
{
    for (const struct node *n = node_first(element); n; n = node_next(n))
        if (strcmp(node_name(n), a) != 0 && strcmp(node_name(n), b) != 0 && strcmp(node_name(n), "extension") != 0)
            return false;
    return node_get(element, a) || node_get(element, b);
}

/* Elements with a system and a value: a ContactPoint when the system is one of its own. */
static const char *system_value(const struct node *element)
{
    const char *system = node_str(element, "system");

    if (!*node_str(element, "value"))
        return "";
    for (size_t i = 0; i < sizeof contact_systems / sizeof *contact_systems; i++)
        if (strcmp(contact_systems[i], system) == 0)
            return "ContactPoint";
    if (node_is(node_get(element, "value"), NODE_NUMBER))
        return *node_str(element, "currency") ? "Money" : "Quantity";
    return *system ? "Identifier" : "";
}

static bool has_shape(const struct node *element, size_t i)
{
    for (size_t k = 0; k < 2 && shapes[i].has[k]; k++)
        if (!node_get(element, shapes[i].has[k]))
            return false;
    for (size_t k = 0; k < 3 && shapes[i].lacks[k]; k++)
        if (node_get(element, shapes[i].lacks[k]))
            return false;
    return true;
}

const char *element_type(const struct node *element)
{
    if (!node_is(element, NODE_OBJECT) || node_get(element, "resourceType"))
        return "";
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (has_shape(element, i))
            return shapes[i].type;
    if (only_members(element, "start", "end"))
        return "Period";
    if (only_members(element, "text", "id"))
        return "CodeableConcept";
    if (only_members(element, "display", "identifier"))
        return "Reference";
    return system_value(element);
}
