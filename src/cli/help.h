/* help.h - what --help prints, drawn from the action rows. */
#ifndef FRONTDESK_CLI_HELP_H
#define FRONTDESK_CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "action/action.h"

void help_all(void);
/* Does the word begin commands ("task")? Then help_group lists them. */
bool help_has(const char *word);
void help_group(const char *word);
void help_action(enum action_id id);
void help_version(void);
void help_manual(FILE *out);    /* the commands as the manual page lists them */
#endif
