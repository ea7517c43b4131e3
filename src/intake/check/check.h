/* check.h - is a Questionnaire sound, and does a QuestionnaireResponse answer it? */
#ifndef FRONTDESK_CHECK_H
#define FRONTDESK_CHECK_H

#include "fhir/document.h"

struct form_context;

/* An OperationOutcome; owned. response may be NULL. *errors (may be NULL) counts error and fatal issues. */
enum rc questionnaire_check(const struct doc *questionnaire, const struct doc *response,
                            struct doc **outcome, int *errors, struct err *err);
/* Only the response, for a form that is in use: what is wrong with the form counts as far as opening it meets it.
 * context (may be NULL) is what the form was opened with: value sets and searches it can have. */
enum rc response_check(const struct doc *questionnaire, const struct form_context *context, const struct doc *response,
                       struct doc **outcome, int *errors, struct err *err);
/* The linkId an issue is about, "" for the form as a whole. */
const char *check_issue_link(const struct node *issue);
#endif
