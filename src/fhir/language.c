/* language.c - the language to speak with a person: Patient.communication. */
#include "fhir/datatype.h"

const char *language_spoken(const struct node *patient)
{
    const struct node *found = NULL;

    for (const struct node *c = node_first(patient ? node_get(patient, "communication") : NULL); c; c = node_next(c))
        if (!found || node_bool(c, "preferred"))
            found = c;
    return node_path_str(found, "language.coding[0].code");
}
