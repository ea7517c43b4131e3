/* terminal.h - the real program on a real pseudo-terminal, its screen read through libvterm.
 * Waiting is always for something to appear on the screen, never for time to pass. */
#ifndef FRONTDESK_TEST_TERMINAL_H
#define FRONTDESK_TEST_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

struct terminal;

/* Start argv[0] (NULL-ended argv) with a clean environment: TERM=xterm-256color, LANG=C.UTF-8,
 * HOME and XDG_RUNTIME_DIR as this process has them, and env ("NAME=value", NULL-ended, may be NULL). */
struct terminal *terminal_start(const char *const argv[], int rows, int cols, const char *const env[]);
/* After a lone Esc it lets what the program does with it come first: with the next key it would be Alt. */
void terminal_send(struct terminal *t, const char *keys);
void terminal_resize(struct terminal *t, int rows, int cols);
/* Until some row holds text (or, gone: until none does). False after ten seconds or when the
 * program ended; the screen is printed to stderr then. */
bool terminal_wait(struct terminal *t, const char *text);
bool terminal_wait_gone(struct terminal *t, const char *text);
/* Until nothing more arrives for quiet_ms: for counting bytes, never for deciding. */
void terminal_settle(struct terminal *t, int quiet_ms);
/* Take in what comes next; false when nothing did for a second or the program ended. */
bool terminal_take(struct terminal *t);
/* One row as UTF-8 text without trailing blanks; borrowed until the next call for that row. */
const char *terminal_row(struct terminal *t, int row);
/* The text of n cells from a column on, blanks at the end dropped; borrowed as terminal_row's. */
const char *terminal_cells(struct terminal *t, int row, int col, int n);
bool terminal_shows(struct terminal *t, const char *text);
int terminal_row_of(struct terminal *t, const char *text);  /* -1 when none holds it */
void terminal_cursor(const struct terminal *t, int *row, int *col);
bool terminal_is_reverse(const struct terminal *t, int row, int col);
/* Has any cell of the screen a color of its own, before or behind? */
bool terminal_has_color(const struct terminal *t);
/* Every byte the program sent since the last mark. */
const char *terminal_bytes(const struct terminal *t, size_t *len);
void terminal_mark(struct terminal *t);
/* Monotonic microseconds when the first and the last byte since the mark came; 0 when none did. */
long long terminal_first_us(const struct terminal *t);
long long terminal_last_us(const struct terminal *t);
long long terminal_now_us(void);
bool terminal_ended(const struct terminal *t);   /* it closed its side */
int terminal_pid(const struct terminal *t);
void terminal_dump(struct terminal *t);
/* Wait for the program to end by itself (ten seconds) or end it with a signal. terminal_end gives
 * the status of waitpid, -1 when it had to be killed. Both free t. */
int terminal_end(struct terminal *t);
void terminal_kill(struct terminal *t, int signal);
#endif
