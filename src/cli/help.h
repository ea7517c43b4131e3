/* help.h - what --help prints, drawn from the action rows. */
#ifndef FRONTDESK_CLI_HELP_H
#define FRONTDESK_CLI_HELP_H

#include <stdio.h>

#include "action/action.h"

void help_all(void);
void help_action(enum action_id id);
void help_version(void);
void help_manual(FILE *out);    /* the commands as the manual page lists them */
#endif
