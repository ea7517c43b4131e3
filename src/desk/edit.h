/* edit.h - small edits every desk module makes to a document: our extensions, references with
 * words, notes with their author. Knows no resource type. */
#ifndef FRONTDESK_EDIT_H
#define FRONTDESK_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/grant.h"

struct store;

/* Set value[x] of the extension with this url on element; NULL or "" removes the extension.
 * type as in valueCode: "valueCode", "valueString", "valueTime" ... */
void edit_extension(struct doc *doc, struct node *element, const char *url, const char *type, const char *value);
void edit_extension_int(struct doc *doc, struct node *element, const char *url, int64_t value);
void edit_extension_bool(struct doc *doc, struct node *element, const char *url, bool value);
int64_t edit_extension_get_int(const struct node *element, const char *url);   /* 0 when absent */
/* {"text": words} by member name; NULL or "" removes it. */
void edit_text_concept(struct doc *doc, struct node *object, const char *name, const char *words);
/* A note with author and time (Annotation) at the end of the note list; nothing for an empty text. */
void edit_note(struct doc *doc, const struct grant *grant, const char *text);

/* Get a resource, change it, put it: one transaction around store_get and store_put. change gets the
 * document and ctx; what it returns other than RC_OK is the result and nothing is written. */
enum rc edit_resource(struct store *st, const struct grant *grant, const char *type, const char *id,
                      enum rc (*change)(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err),
                      const void *ctx, struct err *err);
/* Put a new document, give its id to *id when id is not NULL (owned), free the document. */
enum rc edit_put_new(struct store *st, const struct grant *grant, struct doc *doc, char **id, struct err *err);
#endif
