/* steps.h - a form one question at a time: what is asked now, taking its answer, where to go on.
 * The questions screen (--linear) and the kiosk are two painters over it. Every answer is committed before
 * the step changes, like those of the intake screen. */
#ifndef FRONTDESK_STEPS_H
#define FRONTDESK_STEPS_H

#include "intake/sitting/sitting.h"

struct app;

enum step_kind {
    STEP_ASK,       /* a question */
    STEP_READ,      /* words to be read; only where texts are steps */
    STEP_MORE,      /* after the last one of a repeating group: one more? row is that last one */
    STEP_END        /* nothing more is asked */
};
struct step { enum step_kind kind; size_t row; };

struct steps {
    struct sitting sitting;
    bool is_view;               /* a response as it was answered: read only */
    bool has_texts;             /* display items are steps of their own */
    struct step *step; size_t n, cap;   /* of the form as it stands; the last is STEP_END */
    size_t at;
    bool unsaved;               /* the form holds an answer that could not be written */
    bool was_stopped;           /* the safety stop is on record */
    char problem[300];          /* what is wrong with what was typed, "" nothing */
};

/* argument: "PATIENT start QUESTIONNAIRE", "PATIENT draft ID" or "PATIENT response ID". */
enum rc steps_open(struct app *app, struct steps *s, const char *argument, struct err *err);
void steps_done(struct steps *s);

enum step_kind steps_kind(const struct steps *s);
const struct form_row *steps_row(const struct steps *s);       /* of this step; NULL at the end */
size_t steps_said_from(const struct steps *s);                  /* first row that belongs before this step's own */
/* What chooses option i: its score where every option has one of its own, else its number. */
void steps_option_key(const struct steps *s, const struct form_row *row, size_t i, char *out, size_t size);

/* Take an answer and commit it; false with s->problem when it is none, or could not be kept. */
bool steps_type(struct app *app, struct steps *s, const char *typed);
bool steps_choose(struct app *app, struct steps *s, size_t option, bool on);
bool steps_absent(struct app *app, struct steps *s, const char *code);
bool steps_more(struct app *app, struct steps *s);              /* at STEP_MORE: one more, and go to it */
bool steps_less(struct app *app, struct steps *s);              /* take away the repetition this step stands in, or after */
bool steps_reset(struct app *app, struct steps *s);             /* a calculated value is worked out again */
bool steps_next(struct app *app, struct steps *s);              /* false at the end */
bool steps_back(struct app *app, struct steps *s);              /* false at the first */
void steps_go(struct steps *s, const char *path);               /* to the row, or the step nearest after it */
bool steps_save(struct app *app, struct steps *s, const char *path);    /* that answer, and where one stands */
bool steps_grant(struct app *app, const struct steps *s, struct grant *grant);

/* True when the form has to stop here (PHQ-9 item 9). The alert and the task are written first; s->was_stopped
 * says whether they are. Once a sitting, or again while they are not. */
bool steps_must_stop(struct app *app, struct steps *s);
#endif
