/* export_file.h - one file of a bulk export: fetched whole, then taken in line by line, some at a time. */
#ifndef FRONTDESK_SYNC_EXPORT_FILE_H
#define FRONTDESK_SYNC_EXPORT_FILE_H

#include "base/err.h"
#include "store/export.h"
#include "sync/http.h"

struct belong;
struct central;

/* Into fd. answer says more about a failure. */
enum rc export_fetch(struct central *c, const struct export_file *file, int fd, struct http_answer *answer, struct err *err);
/* From the line it had reached; position and file's end are kept as it goes. A line that is no resource is
 * set aside. */
enum rc export_take(struct central *c, struct belong *belong, const char *what, struct export_file *file, int fd, struct err *err);
#endif
