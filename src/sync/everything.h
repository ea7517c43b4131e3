/* everything.h - the whole record of one patient, asked for by somebody at the desk: a patient who is not
 * local, because outside the scope or because the first pull has not come that far. */
#ifndef FRONTDESK_SYNC_EVERYTHING_H
#define FRONTDESK_SYNC_EVERYTHING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"

struct central;
struct request;

struct everything {
    int64_t documents;      /* that came, whether they were news or not */
    bool is_whole;          /* false: some part could not be read, err says which */
};
/* Patient first, so that the record can be opened, then page by page the rest: by $everything where the
 * server has it, else type by type. RC_NOT_FOUND when the server has no such patient. */
enum rc everything_fetch(struct central *c, const char *patient, struct everything *out, struct err *err);

/* Answers requests of kind "record": {"documents": n, "whole": true}, what is missing as "missing". */
enum rc record_answer(struct central *c, const struct request *request, struct doc *result, struct err *err);
#endif
