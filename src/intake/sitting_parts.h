/* sitting_parts.h - what sitting.c, amend.c and upgrade.c share. For this folder alone. */
#ifndef FRONTDESK_SITTING_PARTS_H
#define FRONTDESK_SITTING_PARTS_H

#include "intake/sitting.h"

enum rc sitting_same_patient(const struct grant *grant, const char *patient, struct err *err);
/* In the caller's transaction: every answer that changed since it was saved. */
enum rc sitting_save_changed(struct store *st, const struct grant *grant, struct sitting *s, struct err *err);
/* What somebody else answered in the same draft since we read it, into the form; *is_news when there was anything.
 * Answers of this sitting that are not written yet stay. RC_STALE when the draft is in another version by now. */
enum rc sitting_catch_up(struct store *st, struct sitting *s, bool *is_news, struct err *err);
/* What the form took from the record since the last time, on the audit beside the draft it is for. */
enum rc sitting_audit_reads(struct store *st, const struct grant *grant, struct sitting *s, struct err *err);
/* After the commit: nothing is unsaved. */
void sitting_all_saved(struct form *form);
/* The JSON a draft keeps of it; owned. */
char *sitting_source_text(const struct form_source *source);
/* The end of an amendment (amend.c). */
enum rc amend_finish(struct store *st, const struct grant *grant, struct sitting *s, char **response_id, struct err *err);
#endif
