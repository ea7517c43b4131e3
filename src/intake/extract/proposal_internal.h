/* proposal_internal.h - what proposal.c and proposal_take.c share. */
#ifndef FRONTDESK_PROPOSAL_INTERNAL_H
#define FRONTDESK_PROPOSAL_INTERNAL_H

#include "base/crypto.h"
#include "intake/extract/proposal.h"

/* The id of the Provenance that tells of a resource taken from a response. */
void proposal_trace_id(const struct doc *response, const struct doc *doc, char out[CRYPTO_UUID]);
/* RC_DENIED when the response is not of the grant's patient, RC_INVALID when it is not finished. */
enum rc proposals_allowed(const struct grant *grant, const struct doc *response, struct err *err);
#endif
