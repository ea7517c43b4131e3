/* sitting_parts.h - what sitting.c, amend.c and upgrade.c share. For this folder alone. */
#ifndef FRONTDESK_SITTING_PARTS_H
#define FRONTDESK_SITTING_PARTS_H

#include "intake/sitting/sitting.h"

enum rc sitting_same_patient(const struct grant *grant, const char *patient, struct err *err);
/* In the caller's transaction: every answer that changed since it was saved. */
enum rc sitting_save_changed(struct store *st, const struct grant *grant, struct sitting *s, struct err *err);
/* Every answer of the draft into its form. */
enum rc sitting_load(struct store *st, struct sitting *s, struct err *err);
/* In the transaction of our own writes, after them: they are no news to us. */
enum rc sitting_count_saves(struct store *st, struct sitting *s, struct err *err);
/* What somebody else answered in the same draft since we read it, into the form; *is_news when there was anything.
 * Answers of this sitting that are not written yet stay. RC_STALE when the draft is in another version by now. */
enum rc sitting_catch_up(struct store *st, struct sitting *s, bool *is_news, struct err *err);
/* In the transaction that ends the draft or takes it to another version: RC_STALE when somebody else answered in it
 * since we read it, so that no answer is left behind. */
enum rc sitting_no_news(struct store *st, const struct sitting *s, struct err *err);
/* The document a draft has become, what it calls for, and the draft's end, together or not at all. */
enum rc sitting_end(struct store *st, const struct grant *grant, struct sitting *s, struct doc *response, struct err *err);
/* What the form took from the record since the last time, on the audit beside the draft it is for. */
enum rc sitting_audit_reads(struct store *st, const struct grant *grant, struct sitting *s, struct err *err);
/* After the commit: nothing is unsaved. */
void sitting_all_saved(struct form *form);
/* The JSON a draft keeps of it; owned. */
char *sitting_source_text(const struct form_source *source);
/* The document an amendment makes of the response as it is now (amend_revision.c); owned. RC_INVALID when something is
 * to fix, or nothing was changed. */
enum rc amend_revision(const struct grant *grant, const struct sitting *s, const struct doc *now, struct doc **out, struct err *err);
/* The end of an amendment (amend.c). */
enum rc amend_finish(struct store *st, const struct grant *grant, struct sitting *s, char **response_id, struct err *err);

struct inst;
/* The question of a newer form that an answered one has become, in the same repetition; NULL when there is none. */
struct inst *upgrade_place(struct form *form, const struct inst *old);
/* The answers of old as new takes them, added to array; a sentence why it cannot, NULL when it does. */
const char *upgrade_fit(const struct inst *old, const struct inst *new, struct doc *doc, struct node *array);
#endif
