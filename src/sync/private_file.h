/* private_file.h - files that hold a secret: read only when nobody else can. */
#ifndef FRONTDESK_SYNC_PRIVATE_FILE_H
#define FRONTDESK_SYNC_PRIVATE_FILE_H

#include "base/err.h"
#include "store/secret.h"

/* setting: the name of the setting the path is from, for the words. RC_DENIED when it is not ours or others can
 * read it, RC_IO when it cannot be read or is empty, RC_INVALID when it is larger than a secret may be. Spaces and
 * line ends at its end are left out. secret_done(out) in any case. */
enum rc private_file_read(const char *setting, const char *path, struct secret *out, struct err *err);
#endif
