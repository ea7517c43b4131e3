/* session_file.h - inside src/access: where the token of this terminal session is kept. */
#ifndef FRONTDESK_SESSION_FILE_H
#define FRONTDESK_SESSION_FILE_H

#include <stddef.h>

#include "base/err.h"

/* dir is the data directory. RC_IO when the runtime directory is not ours alone. */
enum rc session_file_write(const char *dir, const char *token, struct err *err);
enum rc session_file_read(const char *dir, char *token, size_t size, struct err *err);   /* RC_NOT_FOUND: none kept */
void session_file_remove(const char *dir);
#endif
