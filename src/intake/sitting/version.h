/* version.h - which text of a Questionnaire an answer was given in.
 * The store keeps every revision it ever had, so a version that was used is never lost; here it is found
 * again by url|version and, where one version was edited without a new number, by the digest that our
 * responses carry. Knows documents, not forms being filled. */
#ifndef FRONTDESK_VERSION_H
#define FRONTDESK_VERSION_H

#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/grant.h"

struct store;

enum { VERSION_DIGEST = 65 };
/* Of what decides how answers read: items, extensions, contained resources. Status, dates and what a
 * server adds do not count. */
void version_digest(const struct doc *questionnaire, char out[VERSION_DIGEST]);
/* Note on a response we write in which text it was answered. */
void version_mark(struct doc *response, const struct doc *questionnaire);

/* "id@rev" as drafts keep it; owned. */
char *version_name(const struct doc *questionnaire);
/* The Questionnaire of an "id@rev" (or "id": as it is now), also after it was replaced or deleted. */
enum rc version_load(struct store *st, const char *name, struct doc **out, struct err *err);

enum version_match {
    VERSION_SAME,       /* the text it was answered in, or the only one there is of that version */
    VERSION_EDITED,     /* the version it names, but edited since without a new number */
    VERSION_ASSUMED     /* it names no version, there are several: the one that stood on its day */
};
/* The Questionnaire a response answers, with its id and rev set. RC_NOT_FOUND when that version is not here; the
 * sentence says which are. match may be NULL. */
enum rc version_of_response(struct store *st, const struct doc *response, struct doc **out,
                            enum version_match *match, struct err *err);
/* The newest Questionnaire with the same url (or id, without one) that may be started and reads differently.
 * RC_NOT_FOUND when this is the newest. */
enum rc version_newest(struct store *st, const struct doc *questionnaire, struct doc **out, struct err *err);
/* A form that was filled from a file: kept beside its response unless that very text is here already, under
 * another id when its own is taken (response then names that one). It is not sent to the server. In the
 * caller's transaction. */
enum rc version_keep(struct store *st, const struct grant *grant, const struct doc *questionnaire,
                     struct doc *response, struct err *err);
/* "version 3", "without a version"; owned. */
char *version_words(const struct doc *questionnaire);
#endif
