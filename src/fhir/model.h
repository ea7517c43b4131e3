/* model.h - the types of FHIR R4: their elements, of what types and whether they repeat, and what
 * each type is derived from. All of it is constant data made when the program is built.
 *
 * A type is a number. Elements that are structures of their own are types named by their path
 * ("Patient.contact"), and recursive ones come back to themselves (Questionnaire.item.item is a
 * Questionnaire.item). Knows nothing of documents. */
#ifndef FRONTDESK_MODEL_H
#define FRONTDESK_MODEL_H

#include <stdbool.h>

enum { MODEL_NO_TYPE = 0xFFFF };

unsigned model_find(const char *name);              /* MODEL_NO_TYPE when R4 has none of this name */
const char *model_name(unsigned type);
unsigned model_base(unsigned type);                 /* what it is derived from, MODEL_NO_TYPE at the end */
bool model_derives(unsigned type, unsigned from);   /* from itself, too */
bool model_is_resource(unsigned type);
bool model_is_primitive(unsigned type);             /* boolean, string, date ... */

/* One element of a type, its own or inherited. */
struct model_member {
    unsigned type;                  /* MODEL_NO_TYPE when it is a choice */
    const unsigned short *choice;   /* types it may have, ended by MODEL_NO_TYPE; NULL when it is no choice */
    bool is_many;
    bool is_needed;                 /* at least one */
};
/* By its name in a definition, a choice without its type: "value" of Observation. */
bool model_member(unsigned type, const char *name, struct model_member *out);
/* By its name in JSON, a choice with its type: "valueQuantity" of Observation is a Quantity.
 * MODEL_NO_TYPE when the type has no such element. */
unsigned model_json_member(unsigned type, const char *name);
/* The type a choice member carries at the end of its name, were there an element of the rest:
 * "valueInteger" is integer and *stem 5. MODEL_NO_TYPE when it ends in no type. */
unsigned model_choice_suffix(const char *name, unsigned *stem);
unsigned model_suffix_type(const char *suffix);     /* of that end alone: "Integer" is integer */
/* Elements by number, own ones from 0, sorted by name; NULL when there are no more. */
const char *model_member_name(unsigned type, unsigned i);
#endif
