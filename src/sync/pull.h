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

struct belong;
struct central;

enum rc pull_all(struct central *c, struct err *err);
/* Under which name the positions of a query at this server are kept; "" for what is narrowed by none. Owned. */
char *pull_scope_key(const struct central *c, const char *query);

/* One pass over one type: what it has seen so far. */
struct pull_pass {
    int64_t reached_ms;         /* largest lastUpdated applied, 0 none */
    char reached[40];           /* the same as the server wrote it */
    char reached_id[72];        /* of that resource */
    int64_t floor_ms;           /* from when on the pages now asked for are */
    int64_t last_ms;            /* of the last row of these pages, 0 none */
    size_t n_counted;           /* rows of these pages that could only be counted, not asked for by their time */
    bool has_counted;           /* there are some: nothing past floor_ms is reached for good */
    int64_t started_ms;         /* server time of the first page, 0 unknown */
    int64_t watermark_ms;       /* where the pass before left it, 0 none */
    int64_t late_ms;            /* the most that anything new was stamped before that: it became visible late */
    const char *witness;        /* borrowed: id of the resource the watermark was taken from, NULL none */
    bool saw_witness;
    struct belong *belong;      /* borrowed: what may be kept; NULL: everything */
    int n_pages;
    bool is_last_page;          /* no position is needed: the watermark follows */
    bool is_unsorted;           /* the server ignores _sort: no position can be kept within the pass */
};

/* The first request of a pass. floor_ms 0: from the beginning. Pure. */
void pull_query(struct buf *path, const struct sync_type *type, const char *scope, int64_t floor_ms, int count);
/* Where a finished pass leaves the watermark: never behind what it was, never past the moment the
 * pass began at the server, since a later page does not show what an earlier one could not yet. Pure. */
void pull_watermark_after(const struct pull_pass *pass, const char *before, char *out, size_t size);

/* Where a broken pass stands: what it reached, and when at the server it began. "" when it can hold none. Pure. */
void pull_position(const struct pull_pass *pass, char *out, size_t size);
/* From where it goes on: there, but back to what could still become visible after it had begun. All that is
 * older it has seen, however much of it lies within one overlap. position "" or odd: from the watermark. Pure. */
int64_t pull_floor(const char *position, const char *watermark, int64_t overlap_ms);

/* Before the first pull: whoever has an appointment today, and what is about them. Moves no position; done
 * again when it was broken off. */
enum rc pull_today(struct central *c, struct belong *belong, struct err *err);

/* Somebody whose record is older than the watermark is in scope now: noted in the transaction that takes them,
 * brought at the end of the pass, or of the next one. */
enum rc pull_note_newcomer(struct central *c, const char *patient, struct err *err);
enum rc pull_newcomers(struct central *c, struct belong *belong, struct err *err);
/* Versions of forms that answers here name, from the server's history. */
enum rc pull_former(struct central *c, struct err *err);

/* Apply one searchset page; position and documents commit together. scope_key NULL: a page that is no part
 * of the order of change, and moves no position. */
enum rc pull_page(struct central *c, const struct sync_type *type, const char *scope_key, const char *watermark,
                  const struct doc *bundle, struct pull_pass *pass, struct err *err);
/* Apply one page about a patient (Patient/$everything): all types we keep, as far as they are about that
 * patient or about nobody. No position is kept. *n grows by the documents of the page. */
enum rc pull_record_page(struct central *c, const char *patient, const struct doc *bundle, int64_t *n, struct err *err);
#endif
