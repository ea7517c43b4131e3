#include "store/projection.h"

#include <string.h>

#include "store/projection_rows.h"

enum {
    EVENT = 1u << CHANGE_EVENT,
    PERSON = 1u << CHANGE_PERSON,
};

static const struct projection table[] = {
    { "Patient", PERSON, person_write, person_erase },
    { "Encounter", EVENT | PERSON, visit_write, visit_erase },
    { "Appointment", EVENT | PERSON | 1u << CHANGE_APPOINTMENT, appointment_write, appointment_erase },
    { "Task", EVENT | 1u << CHANGE_TASK, task_write, task_erase },
    { "Communication", EVENT | 1u << CHANGE_CONTACT, contact_write, contact_erase },
    { "Questionnaire", 1u << CHANGE_QUESTIONNAIRE, questionnaire_write, questionnaire_erase },
    { "ValueSet", 0, canonical_write, canonical_erase },
    { "CodeSystem", 0, canonical_write, canonical_erase },
    { "ConceptMap", 0, canonical_write, canonical_erase },
    { "StructureDefinition", 0, canonical_write, canonical_erase },
    { "Library", 0, canonical_write, canonical_erase },
    { NULL, EVENT, event_write, event_erase },
};

const char *const projection_tables[] = {
    "person", "person_key", "person_name", "name_word", "name_variant", "event", "task", "appointment",
    "contact", "questionnaire", "canonical", NULL,
};

const struct projection *projection_for(const char *type)
{
    const struct projection *row = table;

    while (row->type != NULL && strcmp(row->type, type) != 0)
        row++;
    return row;
}
