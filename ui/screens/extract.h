/* extract.h - what a finished form would write, offered for confirming. */
#ifndef FRONTDESK_UI_EXTRACT_H
#define FRONTDESK_UI_EXTRACT_H

#include "ui/app.h"

/* A form was just finished: open what it would write, when it would write anything. What was said on line 23
 * stays said. */
void extract_offer(struct app *app, const char *patient, const char *response);
#endif
