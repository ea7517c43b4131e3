/* run.h - runs spread over the machine's cores, each core a process of its own, with what they did counted. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_RUN_H
#define FRONTDESK_TESTS_SYNC_SIM_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sync/sim/disk.h"
#include "tests/sync/sim/net.h"

struct tally {
    int64_t runs, bad, steps, fates[FATE_COUNT], disk[DISK_POWER + 1];
    char now[200];              /* what runs, for when it does not come back */
};

/* One run, the nth; says by violation() what is wrong. */
typedef void (*run_fn)(int64_t n, const void *arg, int64_t *steps);

/* n runs (n < 0: until seconds have passed). Runs that ended in a crash of this program count as bad. */
struct tally run_all(run_fn run, const void *arg, int64_t n, int seconds);
/* The same until one is bad, of which not a word is said. */
struct tally run_until_bad(run_fn run, const void *arg, int64_t n);
#endif
