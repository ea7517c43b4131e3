/* line.h - the command line, read: global options, the action, its arguments. Reads no files. */
#ifndef FRONTDESK_CLI_LINE_H
#define FRONTDESK_CLI_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "action/action.h"
#include "base/err.h"

struct line {
    char *data_dir, *config_path, *now;     /* owned; NULL when not given */
    char *kiosk;                            /* owned: what the kiosk is to open ("PATIENT start FORM"); NULL: the desk */
    bool json, linear, help, version;
    int password_fd;                        /* -1: the terminal */
    char **word; size_t n_words;            /* owned: the subcommand, its values and options, as given */
    enum action_id action;                  /* ACTION_NONE: no subcommand */
    struct arg *arg; size_t n_args, cap_args;   /* arg.value borrowed from word, or from kept */
    char **kept; size_t n_kept, cap_kept;   /* owned values that came from elsewhere (standard input, a password) */
};

/* The number after --password-fd, -1 when there is none: needed before inherited descriptors are closed. */
int line_password_fd(int argc, char *const *argv);
/* Copy everything and split off the global options. RC_INVALID: a usage error, err says which. */
enum rc line_read(int argc, char *const *argv, struct line *out, struct err *err);
/* Find the action and sort the rest into its arguments. RC_INVALID likewise. */
enum rc line_sort(struct line *line, struct err *err);
/* Add an argument; takes value, which is wiped by line_done. */
void line_add(struct line *line, const char *name, char *value);
void line_done(struct line *line);
#endif
