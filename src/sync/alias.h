/* alias.h - servers that give ids of their own: what leaves carries theirs, what comes carries ours. A new
 * resource is POSTed with If-None-Exist on a tag that holds our id, so that a try repeated after a lost
 * answer finds what the first one made. That holds only as far as the server keeps such conditions while
 * several requests race (SYNC.md 3, "conditional create"): the weaker mode, and `sync status` says so.
 * Where the server takes our ids all of this does nothing. */
#ifndef FRONTDESK_SYNC_ALIAS_H
#define FRONTDESK_SYNC_ALIAS_H

#include <stdbool.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/outbox.h"

struct central;

/* Is its id at the server known? Only asked of what the server may have under another one. */
bool alias_has(struct central *c, const char *type, const char *id);
/* "Type/id" as the server knows it. Owned. */
char *alias_path(struct central *c, const char *type, const char *id);
/* The header value of the condition. Owned. */
char *alias_condition(const struct outbox_row *row);

/* The body as the server has to see it; NULL when that is the body itself. Owned. */
char *alias_out(struct central *c, const char *body);
/* The body of a create: without an id, with the tag. Owned. */
char *alias_out_new(struct central *c, const struct outbox_row *row);
/* What the server says in our terms; said may be NULL. */
void alias_in(struct central *c, struct doc *said);
/* The same for one resource of a Bundle: a document of its own, which must not outlive the Bundle. Owned. */
struct doc *alias_view(struct central *c, const struct node *resource);
/* And for an id alone, in place. */
void alias_id_in(struct central *c, const char *type, char *id, size_t size);

/* The answer to a create tells the id the server gave: from said (may be NULL), else from location. Kept
 * durably before anything builds on it. */
enum rc alias_learn(struct central *c, const struct outbox_row *row, const char *location, const struct doc *said,
                    struct err *err);
#endif
