/* projection.h - what each resource type writes into the tables that screens and searches read.
 * Between resource.c, which calls it for every write inside the write's own transaction, and
 * projection.c, which knows the types. No other folder includes this.
 *
 * A projection sees one document at a time and may read other projections, never other documents'
 * bodies. Its statements name projection tables with a tilde, "INSERT INTO ~person ...": query_open
 * leaves it out for the live tables and puts "new_" in its place while reindex fills the shadow
 * ones, so that the same code serves both. Tables that are no projection (resource, meta) go without. */
#ifndef FRONTDESK_PROJECTION_H
#define FRONTDESK_PROJECTION_H

#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"

struct store;

/* What a screen can watch; store_changes() knows them by name. */
enum change {
    CHANGE_PERSON, CHANGE_EVENT, CHANGE_TASK, CHANGE_APPOINTMENT, CHANGE_CONTACT, CHANGE_QUESTIONNAIRE,
    CHANGE_DRAFT, CHANGE_CONFLICT, CHANGE_OUTBOX, CHANGE_QUARANTINE, CHANGE_STAFF, CHANGE_COUNT
};

struct projection {
    const char *type;       /* resourceType; NULL in the last row: every type not named before */
    unsigned changes;       /* bits 1u << enum change that a write moves */
    /* Add the rows of a document. key (= resource.key) has none now: a create, or erase came before. */
    enum rc (*write)(struct store *st, int64_t key, const struct node *root, struct err *err);
    /* Remove the rows of a key, whatever the document was; none there is fine. */
    enum rc (*erase)(struct store *st, int64_t key, struct err *err);
};

/* In projection.c. Never NULL. */
const struct projection *projection_for(const char *type);
/* Every projection table, NULL-ended: what reindex builds anew from the definitions in the schema.
 * Reindex writes resources in key order, as they first came, then those changed meanwhile again. */
extern const char *const projection_tables[];
#endif
