/* opened.h - what the screens of a form, whichever way they ask, do alike: opening, the safety stop, finishing. */
#ifndef FRONTDESK_OPENED_H
#define FRONTDESK_OPENED_H

#include "intake/sitting/sitting.h"

struct app;

/* A response to be read: "ID", or "ID@REVISION" as it was then. */
enum rc opened_response(struct app *app, const char *name, struct sitting *out, struct err *err);
/* Say on line 23 what is special about it: its version, what is kept aside, that it changes a finished form. */
void opened_say(struct app *app, const struct sitting *s);
/* Has its safety stop been shown before? An amendment is stopped anew. */
bool opened_was_stopped(const struct sitting *s);
/* PHQ-9 item 9 above 0: what to do and whom to call, before anything else (DOMAIN section 3), until somebody says
 * that the clinician is told. is_written: the alert and the clinician's follow-up are on record. */
void opened_say_stop(struct app *app, bool is_written);
/* Finish it: the screen on top is left, the scores are said, and what the form would write is offered. */
void opened_finish(struct app *app, struct sitting *s, const struct grant *grant);
#endif
