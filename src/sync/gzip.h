/* gzip.h - bodies of requests made small for the line. */
#ifndef FRONTDESK_SYNC_GZIP_H
#define FRONTDESK_SYNC_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { GZIP_LEAST = 1400 };     /* bytes: what goes in one packet anyway is no quicker for being smaller */
/* It is long enough to be packed. */
bool gzip_pays(const char *text);
/* Add data as one gzip member (RFC 1952) to out. */
void gzip_pack(const void *data, size_t len, struct buf *out);
#endif
