/* password.h - passwords and typed lines: from a descriptor or the terminal, never from arguments. */
#ifndef FRONTDESK_CLI_PASSWORD_H
#define FRONTDESK_CLI_PASSWORD_H

#include <stdbool.h>

#include "base/err.h"

/* One line of fd, without its end; owned. Read byte by byte, so that what follows stays there.
 * RC_INVALID when there is none or it is longer than 1,000 bytes. */
enum rc line_from(int fd, char **out, struct err *err);
/* fd -1: asked for on the terminal with the echo off, twice when it is a new one. Owned; wipe it. */
enum rc password_read(int fd, bool is_new, char **out, struct err *err);
/* All of fd, or with fd -1 of standard input unless that is the terminal: then a line, asked for as a new
 * password is. Owned; wipe it. RC_INVALID when it holds a zero byte or is longer than a secret may be. */
enum rc secret_read(int fd, char **out, struct err *err);
#endif
