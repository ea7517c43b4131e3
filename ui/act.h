/* act.h - what the desk does itself when an action is asked for: movements, and acts that need
 * more than their parameters asked in turn. For ui/act.c's table; each lives beside its screen. */
#ifndef FRONTDESK_ACT_H
#define FRONTDESK_ACT_H

#include "ui/app.h"

struct desk_act {
    enum action_id action;
    void (*run)(struct app *app, const struct target *target);
};
/* Movements: open, back, find ... (ui/move.c). ACTION_NONE-ended. */
extern const struct desk_act desk_moves[];
/* Acts with their own questions: check-in, undo, correct ... (ui/act.c). ACTION_NONE-ended. */
extern const struct desk_act desk_acts[];

/* A day and month asked, never shown, before a visit is marked arrived (ui/checkin.c). */
void checkin_start(struct app *app, const struct target *target);
/* Name the last act, undo it after Enter; correct an older row (ui/undo.c). */
void undo_start(struct app *app, const struct target *target);
void correct_start(struct app *app, const struct target *target);

/* A half-filled form beside what the record says (ui/screens/prefill.c). */
void prefill_start(struct app *app, const struct target *target);
/* Paper of a form, blank or filled (ui/print.c). */
void print_start(struct app *app, const struct target *target);

/* Change a finished form; its versions; a half-filled one and its newest version (ui/amend.c). */
void amend_start(struct app *app, const struct target *target);
void history_start(struct app *app, const struct target *target);
void upgrade_start(struct app *app, const struct target *target);

/* What a finished form would write, from its row in the record (ui/screens/extract.c). */
void extract_start(struct app *app, const struct target *target);

/* Ask on line 23 for what a row's parameters lack, then run it on each target. */
void act_ask(struct app *app, enum action_id action, const struct target *target, const char *const *name, size_t n);
/* The argument a target gives a parameter, in value (at least 120 bytes); false when it gives none. */
bool act_bind(const struct param *param, const struct target *target, char *value, size_t size);
/* Does the action fit such a row? */
bool act_fits(enum action_id action, const struct target *target);
/* Words for a type on rows: "follow-up", "visit" ... translated. */
const char *act_type_words(const char *type);
#endif
