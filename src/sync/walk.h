/* walk.h - a paged answer, page after page, by the server's own next links. While a page is worked on,
 * the next one is on its way: never more than one, so that two pages are the most there is in memory. A counted
 * one is not asked for ahead: who sorts by time has a better way to go on. */
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
    struct central *c;          /* borrowed: whose lane it is */
    int lane;                   /* the page that is on its way, -1 none */
    bool wants_smaller;         /* the last page was too slow or too large */
    int status;                 /* of the last answer; 0 the server was not reached, -1 no whole answer came */
    bool is_counted;            /* the next page is so many rows from the front, whatever was written since */
    bool is_foreign_noted;
};

/* first must outlive the walk. */
void walk_init(struct walk *walk, const char *first, const char *bundle_type);
void walk_done(struct walk *walk);
/* Ask for the first page already; its turn comes with walk_page. Nothing when no lane is free. */
void walk_begin(struct walk *walk, struct central *c);
/* The next page (owned), NULL when there are no more. RC_NET, RC_DENIED or RC_INVALID say what broke;
 * a new walk may go on from what was kept. */
enum rc walk_page(struct walk *walk, struct central *c, struct doc **out, struct err *err);
#endif
