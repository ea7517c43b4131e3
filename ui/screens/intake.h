/* intake.h - what the parts of the intake screen share.
 * intake.c opens it and takes its keys; intake_move.c stands on rows; intake_answer.c keeps answers;
 * intake_pick.c narrows long lists; intake_layout.c says what stands beside what; intake_draw.c,
 * intake_table.c, intake_under.c and intake_foot.c draw; intake_source.c asks who gave the answers. */
#ifndef FRONTDESK_SCREEN_INTAKE_H
#define FRONTDESK_SCREEN_INTAKE_H

#include "intake/form.h"
#include "intake/sitting/sitting.h"
#include "ui/draw.h"
#include "ui/field.h"
#include "ui/key.h"

struct app;

/* Options of one row, narrowed by what is typed. For lists too long for a key each, and for the records a
 * reference may name. */
struct picks {
    char *path;                 /* owned: the row they are of, NULL none */
    char **folded; size_t n;    /* owned: every label, folded for comparing */
    struct doc *found;          /* owned: for references, the records there are: [{"valueReference":...}] */
    size_t *match, n_matches;   /* owned: those that fit, best first, at most PICKS_MAX */
    size_t total;               /* how many fit in all */
    size_t at;                  /* the match that Enter takes; PICKS_NONE: what was typed */
    bool is_due;                /* typed on since they were worked out */
};
enum { PICKS_MAX = 200 };
#define PICKS_NONE ((size_t)-1)

/* What stands on a line (or several): one row, the heads of a table, the cells of one of its lines. */
enum strip_kind { STRIP_ROW, STRIP_HEADS, STRIP_CELLS, STRIP_MATRIX };
struct strip {
    enum strip_kind kind;
    size_t first, n;            /* rows of the form; of STRIP_HEADS those whose heads it shows */
    size_t table;               /* of a table: row of the group whose questions (or those below) are the columns */
    size_t columns;             /* how many there are; of STRIP_MATRIX the options */
    int left, width;            /* where the first column is, and how wide each */
    int line, lines;            /* where it was drawn last; lines 0: it was not */
};

struct intake {
    struct sitting sitting;     /* its form is the one shown, also for an answered response */
    bool is_view;               /* a response as it was answered: nothing can be changed */
    char *path;                 /* owned: row of the cursor; "" = the line that finishes the form */
    size_t index;               /* where that row stood when it was last seen */
    size_t top;                 /* first drawn strip */
    struct strip *strip; size_t n_strips, cap_strips;
    int cols;                   /* width the strips were laid out for */
    struct picks picks;
    struct field field;         /* what is being typed at the cursor */
    bool touched;               /* the field differs from the answer that is kept */
    bool unsaved;               /* the form holds an answer that could not be written */
    bool why_none;              /* "-" was pressed: the next letter says why there is no answer */
    bool help_is_open;          /* "?" was pressed: all there is to read about this question */
    bool was_stopped;           /* the safety stop has been shown in this sitting */
    bool shows_sections;        /* while line 23 asks for one */
    char problem[300];          /* beside the field */
    char about[200];            /* title of the form and section, for line 1 */
};

/* intake_move.c ----------------------------------------------------------------------------------- */
/* The row of the cursor, or NULL on the finishing line. */
const struct form_row *intake_row(const struct intake *it);
/* Can the cursor stand there? */
bool intake_takes_focus(const struct intake *it, const struct form_row *row);
void intake_stand_on(struct intake *it, const struct form_row *row);
/* The next row that takes the cursor from index on in a direction; NULL at the end (the finishing line). */
const struct form_row *intake_row_from(const struct intake *it, size_t index, int step);
/* The row after (or before) that of the cursor; in a table, with by_line, the one below (or above) it. */
const struct form_row *intake_row_beside(const struct intake *it, int step, bool by_line);
void intake_go_to_problem(struct app *app, struct intake *it, bool from_the_start);
void intake_ask_section(struct app *app, struct intake *it);
/* Section of a row as a number from 1, 0 none; *n is how many there are, *title its words. */
size_t intake_section(const struct intake *it, size_t index, size_t *n, const char **title);
/* First row and one past the last of the page (or tab) that a row is on: all rows where there are none. */
void intake_page(const struct intake *it, size_t index, size_t *first, size_t *end);
struct intake_progress { int answered, total, to_fix; };
/* Of the rows from first up to end. */
struct intake_progress intake_progress(const struct intake *it, size_t first, size_t end);

/* intake_answer.c --------------------------------------------------------------------------------- */
/* A row whose options are few enough to be chosen by one key? */
bool intake_has_keys(const struct intake *it, const struct form_row *row);
/* The key of option i: its score where all have one, else its number. */
void intake_option_key(const struct intake *it, const struct form_row *row, size_t i, char *out, size_t size);
/* Nothing moves on from an answer that is not on disk, also not from one chosen by a key. */
bool intake_must_save(const struct intake *it);
/* Take what was typed into the form, commit, and go to next (NULL: the finishing line) as it stands when
 * everything is recomputed; stays, with the reason, when it cannot. */
bool intake_leave(struct app *app, struct intake *it, int step, bool by_line);
/* Keys that answer the row at once: options, reasons, repetitions, sliders, units. */
bool intake_answer_key(struct app *app, struct intake *it, const struct form_row *row, const struct key *key);
/* What "-" was followed by. */
void intake_why_none(struct app *app, struct intake *it, const struct key *key);
void intake_reset_calculated(struct app *app, struct intake *it);
/* Why there is no answer, in the words of the desk. */
const char *intake_absent_words(const char *code);
/* A grant for intake on its patient; false with the reason said. */
bool intake_grant(struct app *app, const struct intake *it, struct grant *grant);
/* An answer that came by one key, or could not be taken: keep it and, where only one can be chosen, go on. */
void intake_chosen(struct app *app, struct intake *it, enum rc rc, const struct err *err, bool goes_on);

/* intake_pick.c ----------------------------------------------------------------------------------- */
/* Is the row answered from a list that is narrowed by typing? */
bool intake_picks(const struct intake *it, const struct form_row *row);
void intake_picks_settle(struct app *app, struct intake *it);
/* Words of a match; owned. */
char *intake_pick_words(const struct intake *it, const struct form_row *row, size_t match);
bool intake_pick_key(struct app *app, struct intake *it, const struct form_row *row, const struct key *key);
void intake_picks_done(struct picks *picks);

/* intake_layout.c --------------------------------------------------------------------------------- */
void intake_layout(struct intake *it, int cols);
/* The rows that name the columns of a strip's table, one for each question of another text. */
enum { INTAKE_COLUMNS = 12 };
size_t intake_columns(const struct intake *it, size_t table, const struct form_row *out[INTAKE_COLUMNS]);
/* Column of a row in a line of cells; SIZE_MAX when it is none. */
size_t intake_column_of(const struct intake *it, const struct strip *strip, const struct form_row *row);
/* The strip that holds a row; NULL when it is on another page. */
struct strip *intake_strip_of(const struct intake *it, size_t index);

/* intake_draw.c, intake_table.c, intake_under.c, intake_foot.c ------------------------------------- */
void intake_draw(struct app *app, void *state, struct canvas *canvas);
enum { INTAKE_LEFT = 8, INTAKE_GUTTER = 5 };
int intake_indent(const struct form_row *row);
/* All answers in words, "; " between them; owned. */
char *intake_answer_words(const struct intake *it, const struct form_row *row);
/* The answer, why there is none, or that one is needed, in width cells. */
int intake_draw_answer(const struct intake *it, struct canvas *canvas, int line, int col, int width, const struct form_row *row);
void intake_draw_field(const struct intake *it, struct canvas *canvas, int line, int col, int width, const struct form_row *row);
/* Each gives the lines it takes, also of those that no longer fit. */
int intake_draw_table(const struct intake *it, struct canvas *canvas, int line, const struct strip *strip);
int intake_draw_under(const struct intake *it, struct canvas *canvas, int line, const struct form_row *row);
void intake_draw_foot(const struct intake *it, struct canvas *canvas, bool has_scores);
void intake_draw_sections(const struct intake *it, struct canvas *canvas);
void intake_draw_side(const struct intake *it, struct canvas *canvas);

/* intake_source.c --------------------------------------------------------------------------------- */
/* Ask where the answers come from, and keep it with the draft. */
void intake_ask_source(struct app *app, struct intake *it);
#endif
