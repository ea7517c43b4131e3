/* progress.h - a bar on the terminal for long work, and ^C that stops it cleanly. */
#ifndef FRONTDESK_CLI_PROGRESS_H
#define FRONTDESK_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* For context.progress: no bar unless standard error is a terminal. False once ^C was pressed. */
bool progress_show(void *ctx, const char *what, int64_t done, int64_t total);
void progress_start(void);  /* from here ^C asks the work to stop */
void progress_end(void);    /* wipes the bar */
#endif
