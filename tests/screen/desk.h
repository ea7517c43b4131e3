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
const char *desk_program(void);

/* Run a subcommand as the signed-in demo user; its standard output, owned by the caller. The exit status
 * must be status. words: NULL-ended. */
char *desk_run(int status, const char *word, ...) __attribute__((sentinel));
/* Put text into a file of this test's directory; borrowed path until the next call. */
const char *desk_file(const char *name, const char *text);
/* The program on its sign-in screen; then signed in, with Today painted. */
struct terminal *desk_start(int rows, int cols);
struct terminal *desk_open(int rows, int cols);
/* The same with environment of its own ("NAME=value", NULL-ended) and as somebody else of the same password. */
struct terminal *desk_open_with(int rows, int cols, const char *staff, const char *const env[]);
/* The program on a directory of this test that is no demo: the clock runs. */
struct terminal *desk_start_new(const char *directory, int rows, int cols);
/* "frontdesk demo" on a directory of this test. */
struct terminal *desk_start_demo(const char *directory, int rows, int cols);
/* An account beside the demo user's, with the same password. */
void desk_add_staff(const char *name, const char *display, const char *role);
/* Import one resource or Bundle from its text. */
void desk_import(const char *json);

/* Until text is shown (gone); the test fails, with the screen printed, when it never is. */
void desk_sees(struct terminal *t, const char *text);
void desk_sees_no_more(struct terminal *t, const char *text);
/* The number in front of the row that holds text; borrowed until four calls later. */
const char *desk_number(struct terminal *t, const char *text);
/* Type that number and then keys. */
void desk_on_row(struct terminal *t, const char *text, const char *keys);
/* Find somebody from a list and open the record: waits for name in the results and in the banner. */
void desk_find(struct terminal *t, const char *typed, const char *name);
/* The hardware cursor is on the row with text, now or soon. */
void desk_stands_on(struct terminal *t, const char *text);
/* The row with text holds also as well, shown or yet to come. */
void desk_row_says(struct terminal *t, const char *text, const char *also);
/* Send keys one burst at a time, waiting for text after each: pairs "keys", "text", NULL-ended. */
void desk_walk(struct terminal *t, ...) __attribute__((sentinel));
/* q, and Enter where it asks (away from Today): the program ends with status 0. */
void desk_quit(struct terminal *t);
#endif
