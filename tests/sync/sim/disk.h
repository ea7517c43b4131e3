/* disk.h - SQLite on a disk that can fail: a VFS over the real one that counts what reaches the disk and,
 * at the nth, fails once or loses power. What was written and not synced may be lost with it. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_DISK_H
#define FRONTDESK_TESTS_SYNC_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum disk_fault { DISK_FINE, DISK_ERROR, DISK_FULL, DISK_SHORT, DISK_POWER };

/* Becomes the default VFS of the process; before the first database is opened. */
void disk_install(void);
/* At the nth write, sync or truncation from now on (1 the next) this happens; DISK_FINE: nothing will. */
void disk_plan(enum disk_fault fault, int64_t nth);
/* One more step of what power may be lost at, for what is no disk: a request. True: the power is gone. */
bool disk_step(void);
bool disk_is_dead(void);
int64_t disk_steps(void);       /* since disk_plan */
int64_t disk_faults(enum disk_fault fault);     /* how often it happened in this process */
/* Power is back: what the disk held is what there is. keep: of what was not synced the first so many
 * writes, per mille. All files must be closed. */
void disk_revive(int keep_per_mille);
#endif
