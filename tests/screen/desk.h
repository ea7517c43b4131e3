/* desk.h - a data directory of its own for each screen test: the demo people, the clock standing at
 * Monday 23 November 2026, 08:14, clinic time; and short ways to run the program on it. */
#ifndef FRONTDESK_TEST_DESK_H
#define FRONTDESK_TEST_DESK_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/screen/terminal.h"

#define DESK_NOW "2026-11-23T08:14"
#define DESK_PASSWORD "a quiet morning at the desk"

/* Group set-up and teardown for cmocka: makes the directory, removes it, also when tests fail. */
int desk_setup(void **state);
int desk_teardown(void **state);
const char *desk_dir(void);

/* Run a subcommand as the signed-in demo user; its standard output, owned by the caller. The exit status
 * must be status. words: NULL-ended. */
char *desk_run(int status, const char *word, ...) __attribute__((sentinel));
/* Put text into a file of this test's directory; borrowed path until the next call. */
const char *desk_file(const char *name, const char *text);
/* The program on its sign-in screen; then signed in, with Today painted. */
struct terminal *desk_start(int rows, int cols);
struct terminal *desk_open(int rows, int cols);
/* Send keys one burst at a time, waiting for text after each: pairs "keys", "text", NULL-ended. */
void desk_walk(struct terminal *t, ...) __attribute__((sentinel));
/* q, and Enter where it asks (away from Today): the program ends with status 0. */
void desk_quit(struct terminal *t);
#endif
