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
/* The folder the running executable lies in. Owned by the module. */
const char *process_program_dir(void);

/* Programs are started in one place (process_start.c), with a clean environment and no shell: the agent and
 * frontdesk-paper at their installed paths, and the print command of the settings.
 *
 * Start the sync agent. */
bool process_spawn_agent(const char *data_dir, const char *config_path);
/* One pass of the agent in front of the caller: the same path, environment and spawn as above, run with
 * --once (and --json), on the caller's standard output and error. Waits for it and returns its exit
 * status (0 done, 1 failed, 2 usage), or -1 when it could not be started. This is all that
 * `frontdesk sync --once` does: when an agent already runs here, the new one asks it and waits. */
int process_run_agent(const char *data_dir, const char *config_path, bool json);
/* The agent with --answer: what was asked of it through the database is answered when it returns, unless
 * another agent runs here, which answers then. Says nothing; false when it could not be started. */
bool process_agent_answer(const char *data_dir, const char *config_path);
/* frontdesk-paper, from one descriptor to the other; waits for it. Its exit status, -1 when it could not be
 * started. What it has to say goes nowhere: the status tells. */
enum { PROCESS_PAPER_LACKS_LETTERS = 3 };
int process_run_paper(int in, int out);
/* The print command, words separated by spaces, the first an absolute path; in is its standard input, and it
 * is told nothing else. Waits for it; as process_run_paper. */
int process_run_printer(const char *command, int in);
/* Become the agent, in front: `frontdesk agent`. Returns only when it could not be started. */
void process_become_agent(const char *data_dir, const char *config_path);
#endif
