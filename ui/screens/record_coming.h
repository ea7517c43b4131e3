/* record_coming.h - a record that comes from the server while it is open: what is shown is not all of it until
 * that is answered. One from outside the scope is in no pull: it is asked for anew when it is opened. */
#ifndef FRONTDESK_RECORD_COMING_H
#define FRONTDESK_RECORD_COMING_H

#include <stdint.h>

struct app;

/* The record is opened: the number of the request it comes by, 0 none. */
int64_t record_coming(struct app *app, const char *patient);
/* A second has passed: says when it has come, or why not; *coming becomes 0 then. */
void record_coming_look(struct app *app, const char *patient, int64_t *coming);
#endif
