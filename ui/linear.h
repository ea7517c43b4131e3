/* linear.h - the desk as questions, one line each, without moving the cursor: for screen readers,
 * dumb terminals and slow lines. Another painter over the same screens. */
#ifndef FRONTDESK_LINEAR_H
#define FRONTDESK_LINEAR_H

#include "base/err.h"

struct app;

enum { LINEAR_ROWS = 60, LINEAR_COLS = 160 };   /* the grid screens are painted into */

/* Read lines from standard input until the end or "quit"; print each screen's rows as sentences. */
enum rc linear_run(struct app *app, struct err *err);
#endif
