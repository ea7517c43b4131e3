/* import.h - NDJSON, single resources, Bundles and folders of them into the store.
 * Resumable, repeatable, one bad line never stops the rest. */
#ifndef FRONTDESK_IMPORT_H
#define FRONTDESK_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/grant.h"

struct store;

struct import_options { bool update, no_push; bool (*progress)(void *ctx, const char *file, int64_t bytes, int64_t total_bytes); void *ctx; };
struct import_counts { int64_t imported, unchanged, quarantined; };
/* paths: n files or folders (their .json and .ndjson, sorted). One audit event a batch. RC_CANCELLED
 * when progress says stop; what was done stays and the next run goes on from there. */
enum rc import_paths(struct store *st, const struct grant *grant, const char *const *paths, int n,
                     const struct import_options *options, struct import_counts *out, struct err *err);
/* Try one quarantined row again. */
enum rc import_retry(struct store *st, const struct grant *grant, int64_t quarantine_id, const struct import_options *options, struct err *err);
#endif
