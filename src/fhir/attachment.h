/* attachment.h - where resources carry attachments, and the address of one that stands in a Binary. */
#ifndef FRONTDESK_FHIR_ATTACHMENT_H
#define FRONTDESK_FHIR_ATTACHMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "fhir/document.h"

/* Call each for every Attachment of a resource of the types that carry files, in their order, until it
 * returns false. False when it did. */
bool attachment_each(const struct node *root, bool (*each)(void *ctx, struct node *attachment), void *ctx);
struct node *attachment_at(const struct node *root, size_t index);  /* NULL: there are not so many */
/* "Binary/x" or the same below some base, /_history/ too: the id, false when it names no Binary. */
bool attachment_binary(const struct node *attachment, char *id, size_t size);
#endif
