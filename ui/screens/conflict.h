/* conflict.h - what the files of the conflict screen share: the open questions and what was chosen so far. */
#ifndef FRONTDESK_UI_CONFLICT_H
#define FRONTDESK_UI_CONFLICT_H

#include "desk/decision.h"
#include "ui/app.h"
#include "ui/draw.h"
#include "ui/field.h"
#include "ui/list.h"

enum { CONFLICT_COLUMNS = 5 };

struct choice_so_far {
    bool is_made, is_typed;
    enum decision_side side;
    char *typed;                /* owned JSON */
    bool is_news;               /* differs from what stood here before */
};
struct conflict_screen {
    struct list list;           /* the open conflicts, or the questions of one */
    struct list_group group;
    struct list_column column[CONFLICT_COLUMNS];
    char head[2][40];           /* "here (you, 16:40)", "server (16:52)" */
    struct conflict conflict;
    struct questions questions;
    struct choice_so_far *choice;   /* one for each question; of a deleted entry just one */
    struct field field;
    bool is_one, is_typing, is_over, shows_why;
    char over[160];             /* who decided it meanwhile */
    char about[160], problem[160];
};

size_t conflict_questions(const struct conflict_screen *c);     /* how many are to be decided */
size_t conflict_open_questions(const struct conflict_screen *c);
const struct question *conflict_question(const struct conflict_screen *c, size_t i);    /* NULL for a deleted entry */
bool conflict_is_deleted(const struct conflict_screen *c);

const char *conflict_question_name(const struct conflict_screen *c, size_t i);
extern const char *const conflict_sides[SIDE_COUNT];    /* "here" ...: as the action takes them */

/* Takes typed. The question under the cursor is answered, and the answer kept. */
void conflict_choose(struct app *app, struct conflict_screen *c, enum decision_side side, char *typed);
bool conflict_typed(struct app *app, struct conflict_screen *c, const char *text);     /* false: c->problem says why not */
void conflict_decide_now(struct app *app, struct conflict_screen *c);   /* or say what is still open */

/* What was chosen so far, across restarts (conflict_kept.c). */
void conflict_choices_keep(struct app *app, const struct conflict_screen *c);
void conflict_choices_load(struct conflict_screen *c);
void conflict_choices_drop(struct choice_so_far *choice, size_t n);

/* By ear (conflict_say.c). */
void conflict_say(struct app *app, void *state, struct buf *out);
bool conflict_hear(struct app *app, void *state, const char *line);

/* Rows and words (conflict_draw.c). */
void conflict_heads(struct app *app, struct conflict_screen *c);
void conflict_rows_fill(struct app *app, struct conflict_screen *c);
void conflict_draw_one(struct app *app, struct conflict_screen *c, struct canvas *canvas);
void conflict_why(struct app *app, const struct conflict_screen *c, struct buf *out);
#endif
