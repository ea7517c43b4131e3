/* export.h - the first pull by a bulk export, where the server has one and server.bulk_export says which
 * (FHIR Bulk Data Access 2.0): asked for once, waited for, and its files taken in through the door that pages
 * go through. Thousands of resources a request instead of one page of them.
 *
 * Everything is kept as it comes: killed at any moment it goes on at the line it had reached. Files that lie
 * at another origin are not fetched, and the token goes nowhere else; then, and whenever the server does not
 * do as it said, pages do it. */
#ifndef FRONTDESK_SYNC_EXPORT_H
#define FRONTDESK_SYNC_EXPORT_H

#include <stdbool.h>

#include "base/err.h"

struct belong;
struct central;

/* *is_waiting: the server is still at it; nothing is pulled by pages meanwhile. RC_NET, RC_DENIED: the server
 * as a whole cannot be asked. */
enum rc export_pull(struct central *c, struct belong *belong, bool *is_waiting, struct err *err);
#endif
