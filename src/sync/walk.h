/* walk.h - a paged answer, page after page, by the server's own next links. */
#ifndef FRONTDESK_SYNC_WALK_H
#define FRONTDESK_SYNC_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "fhir/document.h"

struct central;

struct walk {
    const char *first;          /* borrowed: what the first page is asked with */
    const char *bundle_type;    /* "searchset" or "history" */
    struct buf next;            /* path of the page to ask for; empty: no more */
    uint64_t *seen;             /* hashes of the addresses asked: a ring of links must end */
    size_t n_seen, seen_cap;
    bool timed_out;             /* the last page was too slow: ask for smaller ones */
    bool is_foreign_noted;
};

/* first must outlive the walk. */
void walk_init(struct walk *walk, const char *first, const char *bundle_type);
void walk_done(struct walk *walk);
/* The next page (owned), NULL when there are no more. RC_NET, RC_DENIED or RC_INVALID say what broke;
 * a new walk may go on from what was kept. */
enum rc walk_page(struct walk *walk, struct central *c, struct doc **out, struct err *err);
#endif
