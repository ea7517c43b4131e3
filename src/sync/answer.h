/* answer.h - what a FHIR server's answers say, in whatever form it writes them.
 * Pure: header values and documents in, words and numbers out. */
#ifndef FRONTDESK_SYNC_ANSWER_H
#define FRONTDESK_SYNC_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "fhir/document.h"

enum { ANSWER_VERSION = 72, ANSWER_INSTANT = 40 };

/* The version in an ETag however written: W/"3", "3", 3, W/3. False when there is none that fits. */
bool answer_version(const char *etag, char out[ANSWER_VERSION]);
/* "201", "201 Created" -> 201; 0 when it is no status. */
int answer_status(const char *text);
/* Retry-After, seconds or an HTTP date, as ms from now; -1 when absent or neither. */
int64_t answer_retry_after_ms(const char *header, int64_t now_ms);

/* meta.versionId and meta.lastUpdated of a resource as the server sent it; "" when absent or too long. */
void answer_meta(const struct node *resource, char version[ANSWER_VERSION], char updated[ANSWER_INSTANT]);
/* meta.source names the request that wrote this version, and it was ours. Servers may keep only
 * the beginning of the request id; less than 16 characters prove nothing. */
bool answer_is_by(const struct node *resource, const char *request_id);

/* The errors of an OperationOutcome in one line for people: text, then the element it is about.
 * When it is none, the words for the status alone. May hold what a patient said: for the screen
 * of those who may see the record, not for the log. */
void answer_sentence(struct buf *out, int status, const struct doc *body);
/* Type and id of a reference in ours that the outcome says does not exist. */
bool answer_missing_reference(const struct doc *body, const struct doc *ours,
                              char *type, size_t type_size, char *id, size_t id_size);

/* Every literal Type/id reference in a document, contained ones and the form of answers included, each time it occurs.
 * Stops when each returns false. */
void answer_each_reference(const struct node *node,
                           bool (*each)(void *ctx, const char *type, const char *id), void *ctx);
#endif
