/* find.h - the one box: name, part of a name, birth date however typed, phone tail, record number. */
#ifndef FRONTDESK_FIND_H
#define FRONTDESK_FIND_H

#include <stddef.h>

#include "base/date.h"
#include "base/err.h"

struct store;

struct hit {
    char *id, *name, *usual, *birth, *mrn, *phone_tail, *seen, *deceased, *merged_into; /* owned */
    char sex[2];
    char because[48];           /* "name, year", "sounds like", "45 for 54" */
    int is_test, looks_like;    /* looks_like: 1-based number of a similar hit in this list, 0 none */
};
struct hits { struct hit *hit; size_t n; int more; /* cut off at the limit */ };
void hits_done(struct hits *h);

/* Exact first, then prefix, then sound-alike, transposed and mistyped; each tier bounded (DESIGN 8). */
enum rc find_people(struct store *st, const char *query, int limit, struct date today,
                    struct date_order order, struct hits *out, struct err *err);
enum rc find_recent(struct store *st, const char *staff, int limit, struct hits *out, struct err *err); /* from audited views */
#endif
