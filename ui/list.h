/* list.h - numbered rows in groups, one of them under the cursor.
 * A number stays with its row until the list is emptied (leaving the screen, ^L): rows that a
 * reload no longer finds stay, marked done; new ones take the next number. Rows hold their words,
 * so that drawing needs nobody else. */
#ifndef FRONTDESK_LIST_H
#define FRONTDESK_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/draw.h"
#include "ui/key.h"
#include "ui/screen.h"

enum { LIST_COLUMNS = 9 };
/* Where a column stands, in cells after the number. width 0: all that is left. Wide screens give
 * columns with grow set what they can use. */
struct list_column { const char *title; int width; bool right, grow; };

struct list_group {
    const char *title;                  /* heading, translated by the owner; NULL none */
    char note[48];                      /* right of the heading: "3 of 14  v all" */
    const struct list_column *column; size_t n_columns;
};

enum list_mark { LIST_PLAIN, LIST_CHANGED, LIST_DONE };
struct list_row {
    struct target target;               /* what verbs act on */
    int number, group;
    int64_t tag;                        /* the screen's own: a projection key ... */
    enum list_mark mark;
    bool seen_now, differs;             /* by the reload that is running */
    bool has_no_number;                 /* a line to choose with the cursor only ("register 'gar'") */
    char *name;                         /* owned: what line 23 repeats before a verb acts */
    char *text[LIST_COLUMNS];           /* owned */
    unsigned char style[LIST_COLUMNS];  /* enum style */
};

struct list {
    struct list_group *group; size_t n_groups;      /* borrowed from the screen */
    struct list_row *row; size_t n, cap;            /* in order of display */
    size_t at;                          /* row of the cursor */
    int next_number;
    size_t next_place;                  /* of the reload that is running */
    int top, height, screen_row;        /* first drawn line, how many fit, where the first is on the screen; kept by list_draw */
    int gutter;                         /* cells before the first column: 0 means the usual six */
    bool has_titles;                    /* column titles above the first row */
    bool is_unfocused;                  /* the cursor is elsewhere (the box of Find): no > */
    bool marks_changes;                 /* this reload is for somebody else's commit: rows that differ get * */
};
void list_done(struct list *list);
void list_empty(struct list *list);     /* forget rows and numbers */

/* A (re)load: begin, add each row in order, end. A row is the same as one that is there when group
 * and target are. The returned row's text is to be set with list_set; it is valid until the next add. */
void list_begin(struct list *list);
struct list_row *list_add(struct list *list, int group, const char *type, const char *id, const char *patient, const char *name);
void list_set(struct list_row *row, int column, enum style style, const char *text);
/* keep: rows not found again stay as done; otherwise they go (a search). */
void list_end(struct list *list, bool keep);

struct list_row *list_at(const struct list *list);              /* NULL when there is none */
struct list_row *list_numbered(const struct list *list, int number);    /* NULL */
bool list_go(struct list *list, int number);                    /* false: no such row */
bool list_find(struct list *list, const char *type, const char *id);    /* cursor there */
void list_next_open(struct list *list);                         /* the next row not done, else stay */
/* Arrows, j k, pages, Home, End, wheel, click. True when taken. */
bool list_key(struct list *list, const struct key *key);

/* "3", "3-5", "3,5-7" to row pointers. RC_INVALID says what is wrong with it. */
struct list_pick { struct list_row **row; size_t n; };
enum rc list_range(const struct list *list, const char *text, struct list_pick *out, struct err *err);
void list_pick_done(struct list_pick *pick);

/* Draw into the canvas, scrolled so that the cursor's row is inside. */
void list_draw(struct list *list, struct canvas *canvas);
/* Lines the whole list takes. */
int list_lines(const struct list *list);
#endif
