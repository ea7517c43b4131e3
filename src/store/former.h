/* former.h - texts of a form from before it came here: answers name a version of their form, and a search only
 * shows the newest. What the server's history has of it is kept among the superseded revisions. */
#ifndef FRONTDESK_FORMER_H
#define FRONTDESK_FORMER_H

#include <stddef.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/grant.h"

struct store;

struct former { char *canonical, *id; };    /* owned; "url|version", and a Questionnaire here with that url */
struct former_list { struct former *former; size_t n; };
void former_list_done(struct former_list *list);

/* The versions that a QuestionnaireResponse names and no text here has, while the form itself is here. */
enum rc former_wanted(struct store *st, struct former_list *out, struct err *err);
/* Keep such a text below the revisions of Questionnaire/id. */
enum rc former_keep(struct store *st, const struct grant *grant, const struct doc *questionnaire, const char *updated,
                    struct err *err);
#endif
