/* scenario.h - small scripted stories, each run once for every step at which the power can go: every write
 * to the disk, and before and after every request. All must end as the undisturbed one does. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_SCENARIO_H
#define FRONTDESK_TESTS_SYNC_SIM_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sync/model/model.h"
#include "tests/sync/sim/disk.h"
#include "tests/sync/sim/world.h"

int scenario_count(void);
const char *scenario_name(int i);
int scenario_find(const char *name);    /* -1 none */
/* Run it undisturbed, which tells how it must end, and how many steps it has. */
int64_t scenario_measure(int i, enum temper temper);
/* Run it with this fault at the step (1 ...); a violation when it ends otherwise than when it was measured. */
void scenario_run(int i, enum temper temper, enum mutation mutation, enum disk_fault fault, int64_t step);
#endif
