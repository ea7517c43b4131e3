/* questions.h - what the parts of the questions screen share: questions.c (lines typed), questions_say.c (what is
 * read out). */
#ifndef FRONTDESK_SCREEN_QUESTIONS_H
#define FRONTDESK_SCREEN_QUESTIONS_H

#include "base/buf.h"
#include "ui/steps.h"

struct app;

enum phase { PHASE_SOURCE, PHASE_PAPER, PHASE_WHO, PHASE_QUESTIONS };

struct questions {
    struct steps steps;
    enum phase phase;
    bool said_hello;            /* the title and how this works */
    const void *said;           /* what was last read out whole: the step, as an address that is only compared */
    size_t said_at;
    bool wants_help, wants_all;
};

void questions_say(struct app *app, void *state, struct buf *out);
void questions_say_scores(struct buf *out, const struct form *form);
#endif
