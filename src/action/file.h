/* file.h - reading and writing a file that a person named, whole. For src/action and src/cli. */
#ifndef FRONTDESK_ACTION_FILE_H
#define FRONTDESK_ACTION_FILE_H

#include "base/err.h"
#include "fhir/document.h"

/* Read and parse path; "-" is standard input. RC_NOT_FOUND, RC_IO, or RC_INVALID with line and column. */
enum rc file_document(const char *path, struct doc **out, struct err *err);
struct buf;
/* Write path, a new file for its owner alone; RC_EXISTS when there is one of that name. */
enum rc file_write(const char *path, const struct buf *bytes, struct err *err);
#endif
