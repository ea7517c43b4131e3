/* sync_state.h - what the desk and the agent tell each other through the database. */
#ifndef FRONTDESK_SYNC_STATE_H
#define FRONTDESK_SYNC_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/pass.h"

struct store;

/* What the status line says; the agent keeps it. */
struct sync_status {
    bool configured;        /* this directory has ever had a server */
    int64_t last_ok_ms;     /* end of the last whole pass, 0 never */
    int64_t last_try_ms;
    bool running;           /* an agent holds the lease and it is fresh */
    char holder[40];        /* whose lease it is, also when it ran out; "" nobody's */
    int64_t lease_until_ms;
    enum pass_outcome outcome;      /* of the last pass */
    char problem[240];      /* why the last pass failed, "" when it did not */
    int64_t unsent, refused, conflicts, blocked, oldest_ms;
    int64_t in_doubt;       /* on its way now, or sent and not answered */
    int64_t files, files_refused;   /* attachments that wait, and that the server will not have */
};
enum rc sync_status_get(struct store *st, struct sync_status *out, struct err *err);
/* Only PASS_DONE moves last_ok_ms. */
enum rc sync_status_set(struct store *st, enum pass_outcome outcome, const char *problem, struct err *err);

/* What the probe found about the server (JSON text), the pull positions, the agent's lease. */
char *server_caps(struct store *st, const char *url);           /* owned; NULL when never probed */
enum rc server_set_caps(struct store *st, const char *url, const char *json, struct err *err);
char *pull_watermark(struct store *st, const char *scope, const char *type);   /* owned; "" at first */
enum rc pull_set_watermark(struct store *st, const char *scope, const char *type,
                           const char *watermark, const char *page_position, struct err *err);
char *pull_page_position(struct store *st, const char *scope, const char *type);
/* How far each type was pulled; owned array, free() it. */
struct pull_position { char scope[200], type[40], watermark[40], page[40]; };
enum rc pull_positions(struct store *st, struct pull_position **out, size_t *n, struct err *err);
/* Rows whose type begins with prefix, in order: the nth of them from 0, NULL when there are no more. Owned. */
char *pull_next(struct store *st, const char *scope, const char *prefix, size_t n);
enum rc pull_forget(struct store *st, const char *scope, const char *type, struct err *err);
/* The resource the watermark was taken from; "" none. Owned. */
char *pull_witness(struct store *st, const char *scope, const char *type);
enum rc pull_set_witness(struct store *st, const char *scope, const char *type, const char *id, struct err *err);
bool lease_take(struct store *st, const char *holder, int64_t until_ms);
void lease_drop(struct store *st, const char *holder);
#endif
