/* terminal.h - the terminal itself: start, show a grid, resize, give it back as it was.
 * The only part of the program that knows curses, and curses only writes: bytes that come in are
 * read by ui/loop.c and understood by ui/key.c. */
#ifndef FRONTDESK_TERMINAL_H
#define FRONTDESK_TERMINAL_H

#include <stdbool.h>

#include "base/err.h"
#include "ui/draw.h"

/* Can screens stand on it? Not on a dumb one, nor on one narrower than 80 columns. Before terminal_start. */
bool terminal_fits(void);
/* Take the terminal on standard input and output: alternate screen, raw keys, no flow control,
 * bracketed paste, mouse when asked for. Puts it back when the program ends for want of memory or
 * by a fault. RC_IO when there is no terminal or its kind is not known. */
enum rc terminal_start(enum theme theme, bool mouse, struct err *err);
/* Give it back: screen left, scrollback wiped where the terminal can. Safe to call twice. */
void terminal_stop(void);
/* Size now; the window may have changed since the last call. */
void terminal_size(int *rows, int *cols);
/* Show what differs from what was shown before. */
void terminal_show(const struct grid *grid);
/* Forget what was shown, so that the next show repaints everything (^L, after a resize). */
void terminal_redraw(void);
void terminal_bell(void);
#endif
