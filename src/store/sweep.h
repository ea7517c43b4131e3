/* sweep.h - what the nightly comparison with the server found (SYNC.md 4.4): kept so that it can go on
 * after a stop, and so that a person sees whether the passes between brought everything. */
#ifndef FRONTDESK_SWEEP_STATE_H
#define FRONTDESK_SWEEP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/* Counted by kind. findings: how many of the others the passes before should have brought; anything but
 * 0 means that a pass missed something. */
struct sweep_counts { int64_t seen, missing, stale, deleted, left, lost, findings; };

struct sweep {
    char type[40];              /* "" = the whole */
    char started[40];           /* "" = never */
    char finished[40];          /* "" = still at it */
    char position[64];
    struct sweep_counts counts;
};

/* The sweep at work or the last one, all types together. Never fails for want of one. */
enum rc sweep_last(struct store *st, struct sweep *out, struct err *err);
/* The same type by type, in the order of their names; only types that were reached. Owned array. */
enum rc sweep_list(struct store *st, struct sweep **out, size_t *n, struct err *err);

/* Ask for one: as soon as the agent gets to it. why: "asked" by a person, "restored" when the server
 * seems to have lost what it had. The latter is not overwritten by the former. */
enum rc sweep_ask(struct store *st, const char *why, struct err *err);
/* "" when none was asked for; borrowed until the next store_meta. */
const char *sweep_asked(struct store *st);

/* For the sweep itself. Begin anew: what the last one found is forgotten. */
enum rc sweep_begin(struct store *st, struct err *err);
enum rc sweep_finish(struct store *st, struct err *err);
/* One type, as far as it came. RC_OK with started "" when it was not reached yet. */
enum rc sweep_get(struct store *st, const char *type, struct sweep *out, struct err *err);
/* counts are added to those of the type. position NULL: where it was. */
enum rc sweep_set(struct store *st, const char *type, const char *position, bool is_finished,
                  const struct sweep_counts *counts, struct err *err);
/* The server listed it. */
enum rc sweep_note(struct store *st, int64_t key, struct err *err);
/* What the server did not list though it once had it: of a type, not deleted here, in the order of key, after
 * a key, at most `most`. Owned array. */
struct unlisted { int64_t key; char id[72]; };
enum rc sweep_unlisted(struct store *st, const char *type, int64_t after, size_t most, struct unlisted **out,
                       size_t *n, struct err *err);
#endif
