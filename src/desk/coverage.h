/* coverage.h - who pays, from Coverage. Changing it ends what was and starts another, so that last
 * year's visits keep last year's cover. */
#ifndef FRONTDESK_COVERAGE_H
#define FRONTDESK_COVERAGE_H

#include "base/err.h"
#include "store/grant.h"

struct store;

/* payer     the insurer's name, or "self-pay"
 * member    the member number, NULL or "" when not known
 * since     first day it holds, YYYY-MM-DD
 * id        of the new Coverage; owned; may be NULL
 * Every Coverage of the patient in force on that day ends the day before, in the same transaction. */
enum rc coverage_change(struct store *st, const struct grant *grant, const char *patient, const char *payer,
                        const char *member, const char *since, char **id, struct err *err);
#endif
