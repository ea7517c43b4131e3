/* prompt_internal.h - a question being asked. For ui/prompt.c, which moves it, and ui/prompt_draw.c,
 * which shows it. */
#ifndef FRONTDESK_PROMPT_INTERNAL_H
#define FRONTDESK_PROMPT_INTERNAL_H

#include "ui/field.h"
#include "ui/prompt.h"

enum { QUESTIONS = 12 };

struct answer {
    struct field field;         /* what was typed, kept when one goes back */
    int chosen;                 /* choice, or -1 */
};
struct prompt {
    struct prompt_spec spec;
    struct asking question[QUESTIONS];
    struct answer answer[QUESTIONS];
    size_t at;
    char *lead, *above;         /* owned */
    char problem[160];
    bool fresh;                 /* a safety question that was not painted yet */
};

/* The value as the action takes it; borrowed. */
const char *prompt_answer(const struct prompt *prompt, size_t i);
/* One past the last of the choices from one on that fit on a line. Line 24 has the first of them, the
 * others lines over the question. */
size_t prompt_choices_fit(const struct asking *q, size_t from, int cols);
#endif
