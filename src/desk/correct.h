/* correct.h - undo of the last act, and correcting an older entry. Nothing is deleted. */
#ifndef FRONTDESK_CORRECT_H
#define FRONTDESK_CORRECT_H

#include <stdint.h>

#include "base/err.h"
#include "store/grant.h"

struct store;

struct last_act { int64_t act; char *action, *patient, *patient_name, *at; int writes; };   /* owned */
void last_act_done(struct last_act *a);
/* The person's latest act that wrote something and is not undone. RC_NOT_FOUND when there is none;
 * RC_DENIED (with the act filled) says why it is not safe to undo: written again since, sent, too old. */
enum rc correct_last(struct store *st, const char *staff, struct last_act *out, struct err *err);
/* Put back every revision that act wrote; what it created becomes entered in error. */
enum rc correct_undo(struct store *st, const struct grant *grant, int64_t act, struct err *err);
/* Mark entered in error (by mistake), with reason and trace. */
enum rc correct_mistake(struct store *st, const struct grant *grant, const char *type, const char *id, const char *reason, struct err *err);
/* It belongs to another person: entered in error here, entered again there, both carry the trace
 * (Provenance). new_id (may be NULL) owned. */
enum rc correct_move(struct store *st, const struct grant *from, const struct grant *to, const char *type,
                     const char *id, const char *reason, char **new_id, struct err *err);
#endif
