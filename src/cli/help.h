/* help.h - what --help prints, drawn from the action rows. */
#ifndef FRONTDESK_CLI_HELP_H
#define FRONTDESK_CLI_HELP_H

#include "action/action.h"

void help_all(void);
void help_action(enum action_id id);
void help_version(void);
#endif
