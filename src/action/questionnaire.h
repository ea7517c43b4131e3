/* questionnaire.h - getting hold of a Questionnaire by canonical URL, id or file, and of answers to it. For src/action. */
#ifndef FRONTDESK_ACTION_QUESTIONNAIRE_H
#define FRONTDESK_ACTION_QUESTIONNAIRE_H

#include "base/err.h"
#include "fhir/document.h"

struct store;
struct grant;

/* A file when there is one of that name, else a stored id, else a canonical URL (url|version: that version
 * alone). RC_NOT_FOUND. */
enum rc questionnaire_named(struct store *st, const char *name, struct doc **out, struct err *err);
/* A file of answers, or "-", for the grant's patient: RC_DENIED for a response that somebody else gave, whatever the
 * command line says. */
enum rc answers_file(const char *path, const struct grant *grant, struct doc **out, struct err *err);
#endif
