/* populate.h - what a form is opened with at this desk: the patient, the visit, who is signed in, and a
 * way to ask the record. Every answer about the patient that a form took from the record is counted, so that
 * the sitting's audit row can say so. */
#ifndef FRONTDESK_POPULATE_H
#define FRONTDESK_POPULATE_H

#include "intake/form.h"
#include "store/grant.h"

struct store;
struct populate;

/* patient may be NULL (nobody's form: only what is about no patient can be looked up) and, like st, has to
 * outlive the result; so has the result the forms opened with it. The visit is the Encounter going on now;
 * where none is recorded, today's arrived Appointment told as one (never stored, without an id). */
enum rc populate_open(struct store *st, const struct grant *grant, const struct doc *patient, struct populate **out, struct err *err);
const struct form_context *populate_context(const struct populate *populate);   /* for form_open */
/* On record what was read of the patient since the last call: a part of the grant's act when a transaction
 * is open, else an audit row of its own; nothing when nothing was read. subject: the draft or response it
 * is for, "" none. */
enum rc populate_audit(struct store *st, const struct grant *grant, struct populate *populate, const char *subject, struct err *err);
void populate_close(struct populate *populate);
#endif
