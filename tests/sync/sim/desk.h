/* desk.h - one desk: a real data directory, the program that a person works with and the agent beside it. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_DESK_H
#define FRONTDESK_TESTS_SYNC_SIM_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "fhir/document.h"
#include "store/store.h"
#include "sync/agent.h"

struct world;

struct desk {
    int number;                 /* 1 ...; 0 is the other clinic */
    char dir[160];
    struct store *st, *screen;  /* the agent's and the person's */
    struct agent agent;
    int64_t skew_ms;            /* how wrong its clock is */
    char *watermark[16];        /* owned: per type, as last seen */
};

void desk_init(struct desk *desk, struct world *w, int number);
void desk_done(struct desk *desk);
bool desk_open(struct desk *desk);
void desk_close(struct desk *desk);
/* Power was lost: close on a dead disk, revive it, open again. */
void desk_restart(struct desk *desk, struct world *w);
/* One pass of the agent. */
enum rc desk_pass(struct desk *desk, struct world *w, bool is_asked_for);

/* What a person does; each is reported to the ledger when the program said "saved". */
bool desk_edit(struct desk *desk, struct world *w);     /* a field of something */
bool desk_create(struct desk *desk, struct world *w);   /* something new, referring to what is here */
bool desk_ring(struct desk *desk, struct world *w);     /* two that refer to each other */
bool desk_climb(struct desk *desk, struct world *w);    /* a status one step up */
bool desk_spoil(struct desk *desk, struct world *w);    /* what the server will not take; again: mend it */
/* Decide every open conflict in some way; how many. */
int desk_decide(struct desk *desk, struct world *w);
bool desk_has_conflicts(struct desk *desk);
void desk_try_again(struct desk *desk);
bool desk_has_unsent(struct desk *desk);     /* neither refused nor waiting for a person or another write */

/* The same on a resource that is named, for scripts. */
bool desk_edit_field(struct desk *desk, struct world *w, const char *type, const char *id, int field);
bool desk_put(struct desk *desk, struct world *w, struct doc *doc);
#endif
