/* sitting.h - filling a form for a patient with every answer saved as it is given: form.h over draft.h. */
#ifndef FRONTDESK_SITTING_H
#define FRONTDESK_SITTING_H

#include "intake/form.h"
#include "store/draft.h"
#include "store/grant.h"

struct store;
struct sitting { struct draft draft; struct form *form; struct doc *questionnaire, *patient; };

enum rc sitting_start(struct store *st, const struct grant *grant, const char *questionnaire_id, const char *patient, struct sitting *out, struct err *err);
enum rc sitting_resume(struct store *st, const struct grant *grant, const char *draft_id, struct sitting *out, struct err *err);
/* After a change at path: commit that answer, the cursor's new position and whatever else was recomputed. */
enum rc sitting_save(struct store *st, const struct grant *grant, struct sitting *s, const char *path, const char *position, struct err *err);
/* Completed: validates, puts the QuestionnaireResponse (and Flag plus stat Task when the safety stop holds), closes the draft, one transaction. response_id may be NULL. */
enum rc sitting_finish(struct store *st, const struct grant *grant, struct sitting *s, char **response_id, struct err *err);
enum rc sitting_discard(struct store *st, const struct grant *grant, struct sitting *s, const char *reason, struct err *err);
/* The safety stop, at once when item 9 is above 0: Flag(safety) and a stat Task to the clinician; once a sitting. */
enum rc sitting_safety(struct store *st, const struct grant *grant, struct sitting *s, struct err *err);
/* A finished response opened in the form it answers (by its canonical url and version, the newest where it
 * names none), for reading: out->draft holds only the response's id and patient. RC_NOT_FOUND when that
 * form is not here. */
enum rc sitting_view(struct store *st, const struct doc *response, struct sitting *out, struct err *err);
void sitting_done(struct sitting *s);
/* Questionnaires that can be chosen: id and title, most used first. */
struct form_choice { char *id, *title, *version; int items; };
enum rc sitting_choices(struct store *st, struct form_choice **out, size_t *n, struct err *err);
void form_choice_done(struct form_choice *c);
#endif
