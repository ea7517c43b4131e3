/* link.h - where the next page is. Pure. The token must never travel to another origin, and servers
 * behind a proxy often write the address they know themselves by. */
#ifndef FRONTDESK_SYNC_LINK_H
#define FRONTDESK_SYNC_LINK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "fhir/document.h"

/* The address of a Bundle's link ("next", "self"), NULL when there is none. */
const char *link_url(const struct node *bundle, const char *relation);
/* The next page as a path below our base, appended to path; nothing when this is the last one. base
 * has no slash at the end; first is what the first page was asked with ("Patient?...", "_history?...").
 * A next of a foreign origin is taken below that origin's own base, as its self link shows it, and
 * *is_foreign is set. RC_INVALID when it is not below any base known. */
enum rc link_next(const struct node *bundle, const char *base, const char *first, struct buf *path,
                  bool *is_foreign, struct err *err);
/* What an address of the server's says below our base: absolute, of the host or relative. Borrowed; NULL when it leads
 * elsewhere or cannot be sent. */
const char *link_path(const char *url, const char *base);
#endif
