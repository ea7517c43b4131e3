/* pull.h - what others wrote comes here (SYNC.md 4.4): type by type in the order of change, each page
 * committed together with how far it came, then what was deleted. */
#ifndef FRONTDESK_SYNC_PULL_H
#define FRONTDESK_SYNC_PULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "fhir/document.h"
#include "sync/types.h"

struct central;

enum rc pull_all(struct central *c, struct err *err);

/* One pass over one type: what it has seen so far. */
struct pull_pass {
    int64_t reached_ms;         /* largest lastUpdated applied, 0 none */
    char reached[40];           /* the same as the server wrote it */
    int64_t started_ms;         /* server time of the first page, 0 unknown */
    bool is_last_page;          /* no position is needed: the watermark follows */
    bool is_unsorted;           /* the server ignores _sort: no position can be kept within the pass */
};

/* The first request of a pass. floor_ms 0: from the beginning. Pure. */
void pull_query(struct buf *path, const struct sync_type *type, const char *scope, int64_t floor_ms, int count);
/* Where a finished pass leaves the watermark: never behind what it was, never past the moment the
 * pass began at the server, since a later page does not show what an earlier one could not yet. Pure. */
void pull_watermark_after(const struct pull_pass *pass, const char *before, char *out, size_t size);

/* Apply one searchset page; position and documents commit together. */
enum rc pull_page(struct central *c, const struct sync_type *type, const char *scope_key, const char *watermark,
                  const struct doc *bundle, struct pull_pass *pass, struct err *err);
/* Learn what was deleted since the last time. */
enum rc pull_deleted(struct central *c, const char *scope_key, struct err *err);
/* Before the first pull: from when on deletes have to be known. */
enum rc pull_mark_deleted(struct central *c, const char *scope_key, struct err *err);
#endif
