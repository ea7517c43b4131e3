/* attachments.h - files beside the texts, in a queue of their own (SYNC.md 4.5): texts always go first, and
 * each pass gives files no more than a share of its time.
 *
 * Out: a Binary goes before the resource that names it, which waits for it (store/outbox.c). A file that the
 * server refuses, or that came to nothing ATTACHMENT_PATIENCE times, holds nothing up any more: its text goes
 * without it, and the file stays in its queue or as refused, where `sync status` shows it.
 * In: when somebody asks for one. */
#ifndef FRONTDESK_SYNC_ATTACHMENTS_H
#define FRONTDESK_SYNC_ATTACHMENTS_H

#include "base/err.h"
#include "fhir/document.h"

struct central;
struct request;

enum { ATTACHMENTS_MS = 30 * 1000 };    /* of one pass; one file that takes longer is finished all the same */

/* Send what is due. RC_NET or RC_DENIED when the server as a whole cannot be written to. */
enum rc attachments_push(struct central *c, struct err *err);
/* Answers requests of kind "attachment": criteria {"resource": "Type/id", "index": n}. It is kept here then. */
enum rc attachment_answer(struct central *c, const struct request *request, struct doc *result, struct err *err);
#endif
