/* types.h - what a desk keeps a copy of: the resource types that are pulled, and how each is
 * narrowed to the patients in scope (FHIR R4, CompartmentDefinition/patient). */
#ifndef FRONTDESK_SYNC_TYPES_H
#define FRONTDESK_SYNC_TYPES_H

#include <stdbool.h>
#include <stddef.h>

struct sync_type {
    const char *type;
    const char *patient;    /* search parameter that leads to the Patient; "" the Patient itself, NULL: about nobody */
};
extern const struct sync_type sync_types[];     /* those that others refer to first; ends with type NULL */
const struct sync_type *sync_type_find(const char *type);   /* NULL: not pulled */
#endif
