/* opened.h - what the screens of a form, whichever way they ask, do alike when one is opened. */
#ifndef FRONTDESK_OPENED_H
#define FRONTDESK_OPENED_H

#include "intake/sitting.h"

struct app;

/* A response to be read: "ID", or "ID@REVISION" as it was then. */
enum rc opened_response(struct app *app, const char *name, struct sitting *out, struct err *err);
/* Say on line 23 what is special about it: its version, what is kept aside, that it changes a finished form. */
void opened_say(struct app *app, const struct sitting *s);
/* Has its safety stop been shown before? An amendment is stopped anew. */
bool opened_was_stopped(const struct sitting *s);
#endif
