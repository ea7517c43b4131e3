/* safety.h - what a safety stop leaves behind (the Flag and the stat Task of PHQ-9 item 9) is closed
 * by a clinician alone, with an outcome: DOMAIN, item 9 protocol. Knows nothing of forms. */
#ifndef FRONTDESK_SAFETY_H
#define FRONTDESK_SAFETY_H

#include <stdbool.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/grant.h"

struct store;

bool safety_is(const struct doc *doc);  /* a Flag of category safety, or a Task with that code */
/* What protects a patient and is not let go by the desk alone: the above, allergies and consents. */
bool safety_protects(const struct doc *doc);
/* The Task was closed: the Flag it is about ends with it. Nothing for any other Task. Inside a transaction. */
enum rc safety_end_flag(struct store *st, const struct grant *grant, const char *task_id, struct err *err);
void safety_guards(void);
#endif
