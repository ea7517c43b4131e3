/* mend.h - a page that is no JSON because of one entry: the entry is taken out, the rest is read. Pure. A page
 * that was cut short is not mended: what is missing of it must be asked for again. */
#ifndef FRONTDESK_SYNC_MEND_H
#define FRONTDESK_SYNC_MEND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Called for each entry that does not read: its bytes, and why. */
typedef void mend_fn(void *ctx, const char *entry, size_t len, const struct err *why);
/* True when out holds the Bundle without them; false when it is no whole object with an "entry" list, or when
 * the trouble lies elsewhere. */
bool mend_bundle(const char *text, size_t len, struct buf *out, mend_fn *bad, void *ctx);

/* The first "name": "value" in text, as far as bytes tell; "" when there is none that fits. */
void mend_find(const char *text, size_t len, const char *name, char *out, size_t size);
#endif
