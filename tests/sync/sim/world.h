/* world.h - one history: a central server, desks with real databases, another clinic that writes straight
 * to the server, a clock, a network between them, and what people were told was saved. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_WORLD_H
#define FRONTDESK_TESTS_SYNC_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fhir/document.h"
#include "tests/sync/model/model.h"
#include "tests/sync/sim/desk.h"
#include "tests/sync/sim/dice.h"
#include "tests/sync/sim/ledger.h"
#include "tests/sync/sim/net.h"

enum { DESKS_MOST = 4 };

/* Parts of the protocol that can be switched off, to see that somebody notices. */
enum mutation { MUTATION_NONE, MUTATION_OVERLAP, MUTATION_IF_MATCH, MUTATION_IN_DOUBT, MUTATION_PAGE, MUTATION_CURSOR,
                MUTATION_COUNT };
extern const char *const mutation_names[];

struct world {
    uint64_t seed;
    enum temper temper;
    enum mutation mutation;
    struct model *server;
    struct dice people, fate;
    int64_t now_ms, monotonic_ms;   /* true time, which the server's clock follows */
    struct net net;
    struct ledger ledger;
    struct desk desk[DESKS_MOST];
    int n_desks;
    struct desk *active;            /* whose clock the program under test reads; NULL: nobody's */
    size_t commits_checked;         /* of the model's log */
    bool is_calm;                   /* nothing fails any more */
    int64_t steps;
};

/* The world that http.h and the clock of the program under test belong to. */
extern struct world *the_world;

void world_init(struct world *w, uint64_t seed, enum temper temper, enum mutation mutation);
void world_done(struct world *w);
/* Time goes by, for everybody. */
void world_pass_time(struct world *w, int64_t ms);
/* From now on this desk acts; NULL: nobody does. */
void world_act(struct world *w, struct desk *desk);
/* Called now and then while a request is on its way: people go on working. */
void world_meanwhile(struct world *w);
/* Nothing fails from now on, and what is still on its way has arrived. */
void world_calm(struct world *w);
/* All desks pass and decide until nothing moves; false when that does not end. */
bool world_settle(struct world *w);

/* A whole history of about so many steps from the seed, with all that is checked. */
void history_run(uint64_t seed, enum temper temper, enum mutation mutation, int steps, int64_t *steps_done);
#endif
