/* apply.h - what happens here to a version that the server has (SYNC.md 4.4, "Apply rule"): taken,
 * merged with what was not sent yet, or kept for a person to decide. Idempotent: the same version
 * again changes nothing. */
#ifndef FRONTDESK_SYNC_APPLY_H
#define FRONTDESK_SYNC_APPLY_H

#include <stdbool.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/standing.h"

struct central;

enum apply_rule {
    APPLY_SAME,     /* we have it */
    APPLY_TAKE,     /* nothing of ours is in the way */
    APPLY_CHECK,    /* older than what we have, or deleted here: ask the server for what holds now */
    APPLY_SETTLE,   /* edited here too: merge */
    APPLY_BACK,     /* the server holds less than it once confirmed: what we have is not given up for it */
    APPLY_LATER,    /* a write of ours is on its way and may be this very version: push will tell */
};
/* Pure. is_current: read just now by id, not from a list that may be stale. */
enum apply_rule apply_rule(const struct standing *here, const char *version, const char *updated, bool is_current);

/* Is the server's version no successor of ours: a smaller number, the same number given to another text, or,
 * where versions are no numbers, stamped earlier? Only of what it says right now. Pure. */
bool apply_is_back(const char *our_version, const char *our_updated, const char *version, const char *updated);

/* Do what the rule says, in one transaction; central's counts move. doc is the server's text.
 * RC_INVALID when the document breaks a rule: nothing was written, quarantine it. */
enum rc apply_remote(struct central *c, struct doc *doc, const char *version, const char *updated,
                     bool is_current, enum apply_rule *rule, struct err *err);
/* The same for who has looked and asked for the rule already, in one transaction with that. */
enum rc apply_found(struct central *c, const struct standing *here, enum apply_rule rule, struct doc *doc,
                    const char *version, const char *updated, struct err *err);
/* Merge whatever the rule: for push, whose own write this is about. */
enum rc apply_settle(struct central *c, struct doc *doc, const char *version, const char *updated, struct err *err);
/* The server does not know it and never deleted it: it was lost there. What we have is kept, and a person
 * decides. */
enum rc apply_loss(struct central *c, const char *type, const char *id, struct err *err);
/* The server deleted it; version is the one that did, "" when unknown. */
enum rc apply_deletion(struct central *c, const char *type, const char *id, const char *version, struct err *err);
#endif
