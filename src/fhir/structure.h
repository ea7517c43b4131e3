/* structure.h - what FHIR R4 says resources and datatypes are made of: elements, types, how often.
 * A table of the base StructureDefinitions (4.0.1); knows no profiles, bindings or invariants. */
#ifndef FRONTDESK_STRUCTURE_H
#define FRONTDESK_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>

enum { STRUCTURE_NAME = 80 };

/* One element of a structure. */
struct structure_element {
    char name[STRUCTURE_NAME];      /* of its member in JSON: "name"; of a choice "valueQuantity", or "value" when no type was named */
    char type[STRUCTURE_NAME];      /* "HumanName", "code"; a structure of its own is "Patient.contact"; "" for a choice without a type */
    bool is_choice, is_list, is_required;
    const char *types; size_t types_len;    /* of a choice: "Quantity|string", in the table; else NULL */
};

/* A resource ("Patient"), a datatype ("HumanName") or a part of one ("Patient.contact"). */
bool structure_known(const char *structure);
/* The element of that name, inherited ones too. A choice is found by its JSON name (valueQuantity), by
 * its own (value) and as paths write it (value[x]). */
bool structure_element(const char *structure, const char *name, struct structure_element *out);
/* The i-th of its own elements in the order of the standard; false past the end. */
bool structure_element_at(const char *structure, size_t i, struct structure_element *out);
/* May a choice be of this type? *name (STRUCTURE_NAME) is then its member: "valueQuantity". */
bool structure_choice(const struct structure_element *choice, const char *type, char name[STRUCTURE_NAME]);
bool structure_is_primitive(const char *type);      /* "code", "boolean" ... */
#endif
