#include "fhir/model.h"

#include <stddef.h>
#include <string.h>

#include "fhir/model_table.h"

static const char *text_at(unsigned place)
{
    return model_text + place;
}

unsigned model_find(const char *name)
{
    unsigned low = 0, high = model_type_count;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = strcmp(name, text_at(model_types[middle].name));

        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return MODEL_NO_TYPE;
}

const char *model_name(unsigned type)
{
    return type < model_type_count ? text_at(model_types[type].name) : "";
}

unsigned model_base(unsigned type)
{
    return type < model_type_count ? model_types[type].base : MODEL_NO_TYPE;
}

bool model_derives(unsigned type, unsigned from)
{
    while (type != from && type != MODEL_NO_TYPE)
        type = model_base(type);
    return type != MODEL_NO_TYPE;
}

static unsigned root_of(unsigned type)
{
    while (model_base(type) != MODEL_NO_TYPE)
        type = model_base(type);
    return type;
}

bool model_is_resource(unsigned type)
{
    return type != MODEL_NO_TYPE && strcmp(model_name(root_of(type)), "Resource") == 0;
}

bool model_is_primitive(unsigned type)
{
    const char *name = model_name(type);

    return *name >= 'a' && *name <= 'z';
}

/* An element of a type's own called name[0..len). */
static const struct model_element *own_element(const struct model_type *type, const char *name, size_t len)
{
    unsigned low = type->first, high = type->first + type->count;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        const char *here = text_at(model_elements[middle].name);
        int order = strncmp(name, here, len);

        if (order == 0 && !here[len])
            return &model_elements[middle];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const struct model_element *find_element(unsigned type, const char *name, size_t len)
{
    const struct model_element *element = NULL;

    for (; type != MODEL_NO_TYPE && !element; type = model_base(type))
        element = own_element(&model_types[type], name, len);
    return element;
}

bool model_member(unsigned type, const char *name, struct model_member *out)
{
    const struct model_element *element = find_element(type, name, strlen(name));

    *out = (struct model_member){.type = MODEL_NO_TYPE};
    if (!element)
        return false;
    out->is_many = element->is_many;
    out->is_needed = element->is_needed;
    if (element->is_choice)
        out->choice = model_choices + element->type;
    else
        out->type = element->type;
    return true;
}

/* The type a name ends in when its first letter is written large: "Quantity", "Integer". */
unsigned model_suffix_type(const char *suffix)
{
    char name[32];
    unsigned type;

    if (*suffix < 'A' || *suffix > 'Z' || strlen(suffix) >= sizeof name)
        return MODEL_NO_TYPE;
    strcpy(name, suffix);
    type = model_find(name);
    if (type != MODEL_NO_TYPE && !model_is_resource(type))
        return type;
    name[0] |= 0x20;
    type = model_find(name);
    return model_is_primitive(type) ? type : MODEL_NO_TYPE;
}

unsigned model_choice_suffix(const char *name, unsigned *stem)
{
    for (const char *p = name; *p; p++)
        if (p > name && *p >= 'A' && *p <= 'Z') {
            unsigned type = model_suffix_type(p);
            if (type != MODEL_NO_TYPE) {
                *stem = (unsigned)(p - name);
                return type;
            }
        }
    return MODEL_NO_TYPE;
}

static bool has_choice(const struct model_element *element, unsigned type)
{
    for (const unsigned short *c = model_choices + element->type; *c != MODEL_NONE; c++)
        if (*c == type)
            return true;
    return false;
}

unsigned model_json_member(unsigned type, const char *name)
{
    const struct model_element *element = find_element(type, name, strlen(name));

    if (element)
        return element->is_choice ? MODEL_NO_TYPE : element->type;
    for (const char *p = name; *p; p++)
        if (p > name && *p >= 'A' && *p <= 'Z' && (element = find_element(type, name, (size_t)(p - name))) && element->is_choice) {
            unsigned chosen = model_suffix_type(p);
            if (has_choice(element, chosen))
                return chosen;
        }
    return MODEL_NO_TYPE;
}

const char *model_member_name(unsigned type, unsigned i)
{
    if (type >= model_type_count || i >= model_types[type].count)
        return NULL;
    return text_at(model_elements[model_types[type].first + i].name);
}
