/* listen.h - the program under --linear on a dumb terminal, heard and answered as with a screen reader: what it
 * says until its next prompt, and lines typed. Fills any form from what is said alone. */
#ifndef FRONTDESK_TEST_LISTEN_H
#define FRONTDESK_TEST_LISTEN_H

#include "tests/screen/desk.h"

struct terminal *listen_start(void);    /* signed in, Today read out */
/* Type a line and listen until the next prompt: all that was said after it, borrowed until the next call. "" when
 * the program ended or said no prompt for ten seconds. */
const char *listen_say(struct terminal *t, const char *line);
const char *listen_heard(struct terminal *t);           /* the same again */
/* From the list: the form that stands at that place of `form list` is opened for the person found by name. */
void listen_open(struct terminal *t, const char *person, const char *name, int place);

struct listened { int questions, refused, skipped, fixed; bool reached_end, finished; char last[600]; };
/* Answer all questions until the end, fix what can be fixed, finish where nothing is left. */
void listen_fill(struct terminal *t, struct listened *out);
#endif
