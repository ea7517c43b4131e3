/* gzip.h - bodies of requests made small for the line. */
#ifndef FRONTDESK_SYNC_GZIP_H
#define FRONTDESK_SYNC_GZIP_H

#include <stddef.h>

#include "base/buf.h"

/* Add data as one gzip member (RFC 1952) to out. */
void gzip_pack(const void *data, size_t len, struct buf *out);
#endif
