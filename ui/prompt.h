/* prompt.h - questions on line 23, one after the other.
 * Choices are taken by their letter (the last one waits for Enter), dates echoed in full before Enter, Esc goes one question
 * back and keeps what was typed. A safety question takes only keys pressed after it was painted. */
#ifndef FRONTDESK_PROMPT_H
#define FRONTDESK_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "action/action.h"
#include "ui/draw.h"
#include "ui/key.h"

struct app;
struct prompt;

struct asking {
    const char *name;           /* of the answer, as the action's param */
    const char *label;          /* translated */
    enum param_kind kind;       /* TEXT, DATE, DAY, BIRTH, TIME, CHOICE, NUMBER, STAFF, PASSWORD */
    const struct choice *choices; size_t n_choices;
    bool is_open;               /* a choice that takes other text too: a key that is no choice's starts it */
    const char *preset;         /* what Enter alone takes; NULL: an answer is needed unless is_optional */
    const char *preset_words;   /* how it is shown; NULL: preset itself */
    const char *hint;           /* the footer while it is asked, translated; NULL: the usual keys */
    bool is_optional, is_safety;
    bool must_answer;           /* Esc does not leave it: a stop that has to be acknowledged */
    bool at_once;               /* a choice that comes last does not wait for Enter */
    /* Checked at Enter; RC_INVALID stays at the question with err's sentence. May be NULL. */
    enum rc (*check)(struct app *app, void *ctx, const char *value, struct err *err);
};
struct prompt_spec {
    const char *lead;           /* stands before the question: "Arrived 3 Okafor, Ada?"; copied */
    const char *above;          /* a line of its own over the question: what must be seen first; NULL none; copied */
    const struct asking *question; size_t n;      /* copied; texts they point to must live on */
    /* All answered: args holds every answer in order ("" where optional ones were passed over).
     * The prompt is already closed; asking the same again finds the answers still typed. */
    void (*done)(struct app *app, void *ctx, const struct args *args);
    void (*cancelled)(struct app *app, void *ctx);  /* may be NULL */
    void *ctx;                  /* taken: freed with free_ctx (NULL: not owned) */
    void (*free_ctx)(void *ctx);
};
void prompt_ask(struct app *app, const struct prompt_spec *spec);
void prompt_key(struct app *app, const struct key *key);
/* lines: prompt_lines rows at the foot of the body and line 23; footer: the choices, on line 24. */
void prompt_draw(struct app *app, struct canvas *lines, struct canvas *footer);
void prompt_close(struct app *app);     /* no call back */
/* Another screen comes over it (the lock, the palette): what was typed is kept as after Esc. */
void prompt_set_aside(struct app *app);
/* Go to the last question at once and say what is wrong: for answers that were refused together. */
void prompt_again(struct app *app, const char *problem);
void prompt_forget(struct app *app);    /* what was typed into a question that was given up */
/* A yes or no on line 23: Enter or y does it. */
void prompt_confirm(struct app *app, const char *text, bool is_safety,
                    void (*yes)(struct app *app, void *ctx, const struct args *args), void *ctx, void (*free_ctx)(void *));
/* A safety question has just been opened: nothing is handled until prompt_painted. */
bool prompt_is_fresh(const struct prompt *prompt);
void prompt_painted(struct prompt *prompt);
size_t prompt_position(const struct prompt *prompt);   /* which question is being asked, from 0 */
/* Lines it takes: 1, or 2 with a line above (what must be seen first, or what is wrong). */
int prompt_lines(const struct prompt *prompt, int cols);
/* A question for a row's parameter; the texts are the row's. */
struct asking prompt_question(const struct param *param);
/* What a typed day (with or without a time) means, in full: "Mon 7 Dec 09:30"; false when it is none. */
bool prompt_date_words(struct app *app, const char *typed, char *out, size_t size);
#endif
