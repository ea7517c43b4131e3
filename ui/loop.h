/* loop.h - wait for keys, signals and time, hand them to the app, show what changed. */
#ifndef FRONTDESK_LOOP_H
#define FRONTDESK_LOOP_H

#include <stdbool.h>

#include "base/err.h"

struct app;

/* Run until app->quit or a signal ends it (SIGHUP, SIGTERM, SIGINT: everything is closed cleanly).
 * The terminal is started. */
enum rc loop_run(struct app *app, struct err *err);
/* In long work: has ^C been pressed (or a signal come) since it began? Other keys wait. */
bool loop_cancelled(struct app *app);
#endif
