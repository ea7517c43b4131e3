/* extract.h - what a finished form says about the record, as resources: SDC observation-, definition-
 * and template-based extraction. Makes documents only; what is stored already, what differs and who
 * may write it is proposal.h. Knows nothing of the store or of screens.
 *
 * Nothing here is written: staff confirm it first. Where the guide leaves room:
 *   A Patient the form describes is the one it was filled with, never a new one.
 *   What names no patient of its own gets the form's; what names another is refused.
 *   ifNoneExist is asked of this patient's record; ifMatch, ifNoneMatch and ifModifiedSince are not looked at:
 *   what is written is based on what was shown.
 *   An Observation without status is final, without a time as of the response (of the paper's day,
 *   when it was filled from paper), and derived from the response. */
#ifndef FRONTDESK_EXTRACT_H
#define FRONTDESK_EXTRACT_H

#include "base/crypto.h"
#include "base/err.h"
#include "fhir/document.h"
#include "intake/form.h"

struct extracted {
    struct doc *doc;            /* owned; what the form says of it, without an id */
    char *link_id;              /* owned; the item it comes from, "" the form as a whole */
    char id[CRYPTO_UUID];       /* its id when it is new: the same each time for this response, item and repetition */
    char *target;               /* owned; id of the resource to change, NULL: a new one */
    bool is_there;              /* target is what the form would make: nothing to do (ifNoneExist) */
    bool may_be_new;            /* target is made when it is not there */
    char *refused;              /* owned sentence: why it is not to be written, NULL it may */
};
struct extraction {
    struct extracted *made; size_t n, cap;
    char **note; size_t n_notes, cap_notes;     /* owned sentences: what could not be worked out */
};

/* response must be about a patient (subject). context as for form_open: patient, search and canonical
 * are used. RC_INVALID when the response cannot be read against the form at all. */
enum rc extract_resources(const struct doc *questionnaire, const struct doc *response, const struct form_context *context,
                          struct extraction *out, struct err *err);
void extraction_done(struct extraction *extraction);
/* Does the form say anywhere that its answers are to become resources? */
bool extract_is_asked(const struct doc *questionnaire);
/* The id of what a response makes under that key: always the same. */
void extract_id(const char *response_id, const char *key, char out[CRYPTO_UUID]);
#endif
