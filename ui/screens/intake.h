/* intake.h - what the parts of the intake screen share: intake.c (keys and acts),
 * intake_draw.c, intake_source.c (who gave the answers). */
#ifndef FRONTDESK_SCREEN_INTAKE_H
#define FRONTDESK_SCREEN_INTAKE_H

#include "intake/form.h"
#include "intake/sitting.h"
#include "ui/draw.h"
#include "ui/field.h"

struct app;

struct intake {
    struct sitting sitting;     /* its form is the one shown, also for an answered response */
    bool is_view;               /* a response as it was answered: nothing can be changed */
    char *path;                 /* owned: row of the cursor; "" = the line that finishes the form */
    size_t index;               /* where that row stood when it was last seen */
    size_t top;                 /* first drawn row */
    struct field field;         /* what is being typed at the cursor */
    bool touched;               /* the field differs from the answer that is kept */
    bool unsaved;               /* the form holds an answer that could not be written */
    bool why_none;              /* "-" was pressed: the next letter says why there is no answer */
    bool was_stopped;           /* the safety stop has been shown in this sitting */
    char problem[300];          /* beside the field */
    char about[160];            /* title of the form and section, for line 1 */
};

/* The row of the cursor, or NULL on the finishing line. */
const struct form_row *intake_row(const struct intake *it);
/* Can the cursor stand there? */
bool intake_takes_focus(const struct intake *it, const struct form_row *row);
/* Are the options few enough to be chosen by one key? */
/* Why there is no answer, in the words of the desk. */
const char *intake_absent_words(const char *code);
bool intake_has_keys(const struct intake *it, const struct form_row *row);
/* The key of option i: its score where all have one, else its number. */
void intake_option_key(const struct intake *it, const struct form_row *row, size_t i, char *out, size_t size);
/* A grant for intake on its patient; false with the reason said. */
bool intake_grant(struct app *app, const struct intake *it, struct grant *grant);
/* Ask where the answers come from, and keep it with the draft (intake_source.c). */
void intake_ask_source(struct app *app, struct intake *it);
void intake_draw(struct app *app, void *state, struct canvas *canvas);
#endif
