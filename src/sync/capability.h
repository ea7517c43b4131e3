/* capability.h - what this server can do: read from its CapabilityStatement, then tried on a scratch
 * resource, since servers claim more than they keep (SYNC.md 3). Stored per server address. */
#ifndef FRONTDESK_SYNC_CAPABILITY_H
#define FRONTDESK_SYNC_CAPABILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"
#include "sync/planner.h"

struct central;

struct capability {
    enum create_guard guard;
    bool takes_ids;             /* lets us choose the id of a new resource */
    bool honors_if_match;       /* refuses a PUT on a stale version */
    bool delete_honors_if_match;
    bool keeps_equal;           /* a PUT of equal content makes no version */
    bool takes_unknown, keeps_unknown;  /* members FHIR does not know: accepted at all, and given back */
    bool has_history;           /* versions of an instance can be read */
    bool has_system_history;    /* changes of all types in one feed, where deletes are seen */
    bool has_transaction;
    bool bundle_honors_if_match;    /* inside a transaction, too */
    bool takes_gzip;            /* bodies of requests may be compressed */
    bool has_everything;        /* Patient/[id]/$everything */
    bool has_export;            /* $export of the whole, of patients or of a group */
    char **type;                /* owned; types that can be searched */
    size_t n_types;
};
void capability_done(struct capability *caps);
bool capability_has_type(const struct capability *caps, const char *type);

/* What is known about central's server, into central->caps: from the store, or probed and stored.
 * RC_NET when it cannot be reached, RC_DENIED when it does not accept us or is not trusted,
 * RC_INVALID when it is no FHIR R4 server. */
enum rc capability_load(struct central *central, struct err *err);

/* The stored form. */
struct doc *capability_write(const struct capability *caps, int64_t probed_ms);
bool capability_read(const struct doc *stored, struct capability *out, int64_t *probed_ms);

/* Written by the probe, deleted by it; nobody keeps it. */
bool capability_is_scratch(const struct node *resource);
#endif
