/* sitting.h - filling a form for a patient with every answer saved as it is given: form.h over draft.h.
 * A sitting can be left at any moment, also by kill -9, and taken up where it was by anyone allowed. */
#ifndef FRONTDESK_SITTING_H
#define FRONTDESK_SITTING_H

#include "intake/form.h"
#include "intake/sitting/version.h"
#include "store/draft.h"
#include "store/grant.h"

struct populate;
struct store;
struct sitting {
    struct draft draft;
    struct form *form;
    struct doc *questionnaire, *patient;
    struct populate *launch;    /* what the form was opened with (populate.h) */
    bool is_stand_in;           /* its own version is not here: questionnaire is made of the response */
    char *note;                 /* owned: what must be said of the form's version, NULL nothing */
};

/* Every act is refused with RC_DENIED when the grant names another patient than the sitting's. */
enum rc sitting_start(struct store *st, const struct grant *grant, const char *questionnaire_id, const char *patient, struct sitting *out, struct err *err);
/* A retired form is not begun; what was answered in it still opens. */
enum rc sitting_may_use(const struct doc *questionnaire, struct err *err);
/* Nothing is begun on a record that was merged into another; what was begun before can be finished. */
enum rc sitting_may_start(const struct doc *patient, struct err *err);
/* The form as it was when the sitting began, all answers, draft.position where the cursor was. */
enum rc sitting_resume(struct store *st, const struct grant *grant, const char *draft_id, struct sitting *out, struct err *err);
/* After a change at path: take over what somebody else answered in the same draft meanwhile, then commit that answer, the cursor's new position and whatever else was recomputed. path may be NULL. An answer
 * that asks for the safety stop has its alert on record before it; where that cannot be written the answer is kept
 * all the same, and sitting_safety says why. */
enum rc sitting_save(struct store *st, const struct grant *grant, struct sitting *s, const char *path, const char *position, struct err *err);
/* Where the answers come from; kept with the draft and on the response. Read it back with sitting_source,
 * which borrows from *keep: free that with doc_free. */
enum rc sitting_set_source(struct store *st, const struct grant *grant, struct sitting *s, const struct form_source *source, struct err *err);
struct form_source sitting_source(const struct sitting *s, struct doc **keep);
/* Change a finished response, in the version it was answered in, under its own id: its answers as a draft. The
 * one that is open for it already is taken up, whoever began it (its reason stands). RC_NOT_FOUND when that version
 * of the form is not here, RC_INVALID without a reason, RC_DENIED for one entered in error or not finished. */
enum rc sitting_amend(struct store *st, const struct grant *grant, const char *response_id, const char *why, struct sitting *out, struct err *err);
/* Completed: validates, puts the QuestionnaireResponse (and Flag plus stat Task when the safety stop holds), closes the draft, one transaction. response_id may be NULL.
 * An amendment becomes the response's next revision, status amended, with who, when and why. When the response was
 * changed meanwhile: what only the other person answered is taken over, theirs to what both answered is put aside
 * (draft.aside), the draft goes on from there, and RC_STALE says so: look, then finish again. */
enum rc sitting_finish(struct store *st, const struct grant *grant, struct sitting *s, char **response_id, struct err *err);
enum rc sitting_discard(struct store *st, const struct grant *grant, struct sitting *s, const char *reason, struct err *err);
/* The safety stop, at once when item 9 is above 0: Flag(safety) and a stat Task to the clinician; once a sitting.
 * Their ids are the draft's with "-safety" behind. Nothing when the stop does not hold. */
enum rc sitting_safety(struct store *st, const struct grant *grant, struct sitting *s, struct err *err);
/* A finished response opened in the form it answers (version.h), for reading: out->draft holds only the
 * response's id and patient. Where that version is not here its own texts stand in; out->note says so. */
enum rc sitting_view(struct store *st, const struct doc *response, struct sitting *out, struct err *err);
void sitting_done(struct sitting *s);
/* What out->note says of a match, owned; NULL for VERSION_SAME. */
char *sitting_match_words(const struct doc *questionnaire, enum version_match match);
/* Questionnaires that are here: those that can be started, most used first, then active before draft, those without a title (called
 * by their first words, in quotes) last; then the retired ones. used: instant
 * of the last time a draft of it was touched, "" never. is_older: there is a newer version of it to start. */
struct form_choice { char *id, *title, *version, *status, *used, *url; int items; bool is_retired, is_older; };
enum rc sitting_choices(struct store *st, struct form_choice **out, size_t *n, struct err *err);
void form_choice_done(struct form_choice *c);
#endif
