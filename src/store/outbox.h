/* outbox.h - writes on their way to the central server (SYNC.md 4.2).
 * store_put queues; the sync agent moves rows through the states. Only queued rows squash: an
 * in-flight or in-doubt row freezes its body and later edits queue behind it. */
#ifndef FRONTDESK_OUTBOX_H
#define FRONTDESK_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;
struct grant;
enum outbox_state { OUTBOX_QUEUED, OUTBOX_IN_FLIGHT, OUTBOX_IN_DOUBT, OUTBOX_CONFLICT, OUTBOX_BLOCKED, OUTBOX_REFUSED };
const char *outbox_state_name(enum outbox_state state);

/* next_at further ahead than this is not waited for. An hour is the longest wait, but a pass looks with the
 * time it began at, and a row may have been put off later in that same pass. */
enum { OUTBOX_AHEAD_MOST_MS = 2 * 60 * 60 * 1000 };

struct outbox_row {
    int64_t seq;            /* order of local writing */
    char op_id[40];         /* sent as X-Request-Id; "" while never sent */
    char type[40], id[72];
    int64_t key, rev;       /* resource row, and the revision frozen when sent (0 while queued) */
    bool is_create;         /* the server never had it, as far as we know */
    bool undoes_deletion;   /* deleted there, and a person wants it again: base_version is the deletion */
    char base_version[72];  /* for If-Match */
    enum outbox_state state;
    int attempts;
    int64_t next_at;        /* ms since 1970; not before */
    int last_status;        /* HTTP status, 0 none */
    int64_t sent_at;        /* ms since 1970; when the last try left, 0 never */
    char *last_error;       /* owned, or NULL */
    char *body;             /* owned: what to send, exactly */
};
void outbox_row_done(struct outbox_row *row);

/* Rows due at now_ms, oldest first, at most limit; state filters when >= 0. Owned array. */
enum rc outbox_list(struct store *st, int state, int64_t now_ms, int limit,
                    struct outbox_row **out, int *n, struct err *err);
/* Numbers of rows in this state, due at now_ms, that come after the row `after`: at most limit into seq. */
enum rc outbox_due(struct store *st, enum outbox_state state, int64_t after, int64_t now_ms, int limit,
                   int64_t *seq, int *n, struct err *err);
/* One row as it stands (owned); RC_NOT_FOUND when it is gone. */
enum rc outbox_get(struct store *st, int64_t seq, struct outbox_row *out, struct err *err);
/* Freeze a row and read it: out (owned) is what has to be sent, which is not what outbox_list showed
 * when somebody edited in between. Durable as IN_FLIGHT when it returns, so send after it. */
enum rc outbox_take(struct store *st, int64_t seq, struct outbox_row *out, struct err *err);
/* Set state, attempts, next_at, status and error of a row; freezes its body when it becomes IN_FLIGHT. Refused, but
 * edited since it was sent: queued, since it is another text that was refused. */
enum rc outbox_set(struct store *st, int64_t seq, enum outbox_state state, int64_t next_at,
                   int status, const char *error, struct err *err);
/* The server has it at this version: base becomes the echoed text, the row goes, in one transaction.
 * A later local edit that queued behind it gets the new base. */
enum rc outbox_done(struct store *st, const struct grant *grant, int64_t seq, const char *version,
                    const char *updated, const char *echo, struct err *err);
/* Put a refused or blocked row back in the queue (after an edit, or by hand). */
enum rc outbox_retry(struct store *st, int64_t seq, struct err *err);

struct outbox_counts { int64_t unsent, refused, conflict, blocked; int64_t oldest_ms; /* 0 none */ };
enum rc outbox_count(struct store *st, struct outbox_counts *out, struct err *err);
#endif
