/* patient.h - what a list of people shows of a Patient, read from the document: the same whether it is
 * kept here or only shown by the server. Texts are borrowed from the document. */
#ifndef FRONTDESK_FHIR_PATIENT_H
#define FRONTDESK_FHIR_PATIENT_H

#include <stdbool.h>

#include "fhir/document.h"

const char *patient_record_number(const struct node *root);     /* the number people say, "" none */
const char *patient_phone(const struct node *root);             /* as typed, "" none */
const char *patient_sex(const struct node *root);               /* F M O U or "" */
const char *patient_deceased(const struct node *root);          /* "" alive, else the date or "yes" */
bool patient_is_test(const struct node *root);
const char *patient_called(const struct node *usual);           /* of the name to use (name_usual) */
#endif
