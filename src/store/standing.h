/* standing.h - where a resource stands between this desk and the central server, and the writes
 * that only sync makes once both sides changed. What both differ in is decided above, by
 * sync/merge.c and by people; here it is only kept. */
#ifndef FRONTDESK_STANDING_H
#define FRONTDESK_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/grant.h"
#include "store/outbox.h"

struct store;

struct standing {
    int64_t key, rev;           /* 0: never seen here */
    bool is_deleted;            /* gone at the server, as far as known here */
    bool is_dirty;              /* holds something the server has not confirmed */
    char *body;                 /* owned; the current text */
    char *base_body;            /* owned; the server's text it comes from, NULL when there was none */
    char version[72], updated[40];  /* of that text at the server; "" when the server never had it */
    int64_t queued_seq;         /* its outbox row that may still change, 0 none */
    int64_t frozen_seq;         /* its outbox row that was sent, blocked, refused or in conflict, 0 none */
    enum outbox_state frozen_state;
    int64_t conflict;           /* its open conflict, 0 none */
};
void standing_done(struct standing *standing);

/* RC_OK with key 0 when the resource was never seen here. Deleted ones are found too. */
enum rc standing_get(struct store *st, const char *type, const char *id, struct standing *out,
                     struct err *err);

/* The least of it, without reading any text: for the many rows of a page that are new or known. */
struct standing_head {
    int64_t key;                /* 0: never seen here */
    bool is_deleted, is_dirty;
    char version[72], updated[40];
};
enum rc standing_peek(struct store *st, const char *type, const char *id, struct standing_head *out, struct err *err);

/* The first outbox row of Type/id that the server never had: who refers to it has to wait. 0 none. */
int64_t standing_create(struct store *st, const char *type, const char *id);

/* The server's text becomes the base and merged the current document, queued once more on that base:
 * rows that were sent or refused before are replaced by it. One transaction. RC_STALE when somebody
 * wrote since merged was read (its doc_rev). remote NULL, with its version and time: the server has none. */
enum rc standing_rebase(struct store *st, const struct grant *grant, struct doc *merged,
                        const struct doc *remote, const char *version, const char *updated,
                        struct err *err);
/* The server already says all that was to be sent (rev: the revision that was compared): its text
 * becomes the clean document and nothing of it stays queued. RC_STALE as above. */
enum rc standing_adopt(struct store *st, const struct grant *grant, int64_t rev, struct doc *remote,
                       const char *version, const char *updated, struct err *err);

/* A person gives a refused or blocked write up. A record that the server never had is taken out (its text
 * stays in the history); of an edit the server's text is what holds again. RC_INVALID when others name
 * the record, or the row is none of these. */
enum rc standing_abandon(struct store *st, const struct grant *grant, int64_t seq, struct err *err);
#endif
