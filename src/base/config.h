/* config.h - the settings, one table row each.
 * The table gives name, default, check and one line of help; config.example, `config show`
 * and the manual are printed from it. Semantic errors in a file are all reported at once. */
#ifndef FRONTDESK_CONFIG_H
#define FRONTDESK_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

struct config;

/* Read path. NULL: $XDG_CONFIG_HOME/frontdesk/config, then /etc/frontdesk/config, and only
 * defaults when neither exists. RC_INVALID: err holds the first fault, faults (may be NULL)
 * every one, a line each, "file:line: setting: what is wrong". *out is set on RC_OK only. */
enum rc config_load(const char *path, struct config **out, struct buf *faults, struct err *err);
void config_free(struct config *config);

/* Values by dotted name ("clinic.time_zone"); a name not in the table ends the program. */
const char *config_text(const struct config *config, const char *name); /* "" when unset */
int config_int(const struct config *config, const char *name);
bool config_bool(const struct config *config, const char *name);
/* The key an action was given in the keys group, or NULL. */
const char *config_key(const struct config *config, const char *action);
/* Set from the command line (--data) or a test; takes copies. */
void config_set_text(struct config *config, const char *name, const char *value);

const char *config_path(const struct config *config);    /* the file read, or "" */
void config_print_example(FILE *out);                    /* what config.example holds */
/* Walk the rows: name, value as text, help. */
void config_each(const struct config *config,
                 void (*row)(void *ctx, const char *name, const char *value, const char *help), void *ctx);
#endif
