/* stand_in.h - a form made of a response whose own form is not here. */
#ifndef FRONTDESK_STAND_IN_H
#define FRONTDESK_STAND_IN_H

#include "fhir/document.h"

/* A Questionnaire that asks what the response answers, for reading alone; owned. A response without any
 * answer gives one without items, which cannot be opened. */
struct doc *stand_in_form(const struct doc *response, const char *title);
#endif
