/* store.h - the one door to what the desk knows.
 * A resource is kept as the JSON it came as; projections, outbox row and audit row are written
 * in the same transaction. Only this folder knows SQLite. */
#ifndef FRONTDESK_STORE_H
#define FRONTDESK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/grant.h"

struct store;

enum store_open_flag { STORE_CREATE = 1, STORE_NO_MIGRATE = 2 };
/* Open DIR/frontdesk.db (made when STORE_CREATE), with the settings of RELIABILITY section 2
 * asserted. Takes the gate, migrates (backup first). Refuses network file systems, a newer schema,
 * and never deletes or recreates. */
enum rc store_open(const char *dir, unsigned flags, struct store **out, struct err *err);
void store_close(struct store *st);
const char *store_dir(const struct store *st);
/* True when the process that had the database before us did not close it cleanly and we are the
 * first to open it since. */
bool store_was_unclean(const struct store *st);

/* One transaction: the writer gate (fair file lock, 5 s at most), then BEGIN IMMEDIATE. Nested
 * begins count; the outermost end commits on RC_OK and rolls back on anything else. A nested end
 * that failed after it had written dooms the whole: there is no half of an act. One that failed
 * before (a put refused by a rule) leaves the rest as it is, so an import goes on to its next line.
 * Statements that write work only inside. */
enum rc store_begin(struct store *st, struct err *err);
enum rc store_end(struct store *st, enum rc rc, struct err *err);
/* Does another process wait for the gate that we hold? A long job then ends its transaction. */
bool store_is_wanted(struct store *st);
/* A long job that writes all over the database keeps more of it in memory, until it says that it is over. */
void store_is_bulk(struct store *st, bool is_bulk);

/* The current document (owned by the caller), its rev set. RC_NOT_FOUND also for deleted ones. */
enum rc store_get(struct store *st, const char *type, const char *id, struct doc **out, struct err *err);
bool store_has(struct store *st, const char *type, const char *id);
/* A superseded or current revision. */
enum rc store_get_rev(struct store *st, const char *type, const char *id, int64_t rev,
                      struct doc **out, struct err *err);

/* Create (doc_rev 0) or update a resource inside a transaction (opens its own when none is open).
 * An id is made when the document has none. RC_STALE when doc_rev is not the current one; RC_EXISTS
 * when doc_rev is 0 and the id is taken; RC_DENIED when the grant names a patient and the document
 * is about another; RC_INVALID from resource_check or the type's guard. On RC_OK doc_rev is the new
 * revision. A document equal to the stored one writes nothing. */
enum rc store_put(struct store *st, const struct grant *grant, struct doc *doc, struct err *err);
/* Same, but without an outbox row (import --no-push). */
enum rc store_put_local(struct store *st, const struct grant *grant, struct doc *doc, struct err *err);
/* What sync writes: the server's copy at version/updated becomes the clean document (no outbox row).
 * Only for a resource that is clean or unknown here; RC_STALE when there are unsent edits. */
enum rc store_put_remote(struct store *st, const struct grant *grant, struct doc *doc,
                         const char *version, const char *updated, struct err *err);
enum rc store_delete_remote(struct store *st, const struct grant *grant, const char *type,
                            const char *id, struct err *err);

/* Rules a type must meet whatever path a write comes by; registered by desk at start. before is
 * NULL for a create. */
typedef enum rc (*guard_fn)(struct store *st, const struct grant *grant, const struct doc *before,
                            const struct doc *after, struct err *err);
void store_guard(const char *type, guard_fn guard);

/* Has anything committed by another process changed what a projection shows? Cheap enough to ask
 * at every idle tick. name: "person", "event", "task", "appointment", "contact", "draft",
 * "conflict", "outbox", "quarantine", "staff". The counter only grows. */
int64_t store_changes(struct store *st, const char *name);
/* Inside a transaction: that counter moves with it. For rows that are no resource's (staff). */
void store_touch(struct store *st, const char *name);

/* Facts about this database: database id, clinic zone, demo mark, name and password of the demo account. */
const char *store_meta(struct store *st, const char *name);     /* borrowed until the next store_meta; "" when unset */
enum rc store_set_meta(struct store *st, const char *name, const char *value, struct err *err);

/* Rebuild every projection from the documents into shadow tables, in chunks, and swap.
 * progress may be NULL; returning false stops cleanly with RC_CANCELLED. */
enum rc store_reindex(struct store *st, bool (*progress)(void *ctx, int64_t done, int64_t total),
                      void *ctx, struct err *err);
/* SQLite's own check; quick or full. RC_DB with the first complaint. */
enum rc store_check(struct store *st, bool full, struct err *err);
/* Move committed pages into the main file when due; called when idle. */
void store_checkpoint(struct store *st, bool truncate);
#endif
