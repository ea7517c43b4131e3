/* process.h - what every process of ours does first (RELIABILITY section 4). */
#ifndef FRONTDESK_PROCESS_H
#define FRONTDESK_PROCESS_H

#include <stdbool.h>

/* umask 077, no core files, not dumpable, no new privileges, inherited descriptors above 2
 * closed but for keep_fd (-1: none), dangerous environment dropped, locale set, gettext bound. */
void process_harden(int keep_fd);
/* Overwrite the arguments in the process list once they are parsed and copied. */
void process_hide_arguments(int argc, char **argv);
/* Where shipped data lives: the data folder beside the program when it runs from a build
 * tree, else the installed one. Owned by the module. */
const char *process_data_dir(void);
/* Start the sync agent at its installed path with a clean environment (the only spawn). */
bool process_spawn_agent(const char *data_dir, const char *config_path);
#endif
