/* proposal.h - what a finished form would write, beside what is on record: for staff to confirm.
 * Nothing is written before proposals_take, and then all of it in one transaction. What was left is
 * proposed again when the response is opened again; what was written says so. */
#ifndef FRONTDESK_PROPOSAL_H
#define FRONTDESK_PROPOSAL_H

#include "intake/extract/merge_element.h"
#include "store/grant.h"

struct store;

enum proposal_state {
    PROPOSAL_NEW,               /* a resource to be made */
    PROPOSAL_CHANGE,            /* one on record to be changed */
    PROPOSAL_WRITTEN,           /* done already, or nothing to do: why says which */
    PROPOSAL_REFUSED            /* never to be written: why says it */
};
struct proposal {
    enum proposal_state state;
    struct doc *doc;            /* owned; as it would be stored, with its id, based on what is there */
    struct doc *before;         /* owned; what is stored now, NULL nothing */
    char *link_id;              /* owned; the item it comes from, "" the form as a whole */
    char *summary;              /* owned; "Body weight: 71.5 kg" */
    char *why;                  /* owned sentence, "" none */
    struct difference *difference; size_t n_differences;    /* owned */
};
struct proposals {
    char response[72], patient[72];
    char *title;                /* owned; of the form */
    struct proposal *proposal; size_t n, cap;
    char **note; size_t n_notes;        /* owned sentences: what could not be worked out */
    char mark[65];              /* changes when what would be written does */
};

/* What a stored response makes. The grant's patient must be the response's; reading the record for it
 * is audited under the grant. RC_INVALID when the response is not finished, RC_NOT_FOUND when it or its
 * form is not here. */
enum rc proposals_open(struct store *st, const struct grant *grant, const char *response_id, struct proposals *out, struct err *err);
void proposals_done(struct proposals *proposals);
bool proposal_is_open(const struct proposal *proposal);         /* it can be taken */
size_t proposals_waiting(const struct proposals *proposals);    /* how many can be taken */
/* Write those with take[i] true and not written yet, and what says where they come from (derivedFrom, else a
 * Provenance), in one transaction. RC_INVALID for one that cannot be taken, RC_STALE when the record changed since; then
 * nothing is written. */
enum rc proposals_take(struct store *st, const struct grant *grant, struct proposals *proposals, const bool *take, struct err *err);
#endif
