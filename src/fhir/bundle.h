/* bundle.h - Bundles of every type, one entry at a time.
 * urn:uuid and other fullUrl references inside a Bundle become Type/id references. */
#ifndef FRONTDESK_BUNDLE_H
#define FRONTDESK_BUNDLE_H

#include "fhir/document.h"

/* Give every entry resource an id where it has none (from its fullUrl's uuid, else a new one),
 * rewrite references to entries, then call entry for each resource in order. The doc given to
 * entry is owned by the caller of entry's callee: take or free it. DELETE entries have no
 * resource and are skipped. Stops at the first result that is not RC_OK and returns it. */
enum rc bundle_each(const struct doc *bundle,
                    enum rc (*entry)(void *ctx, struct doc *resource, size_t index, struct err *err),
                    void *ctx, struct err *err);
#endif
