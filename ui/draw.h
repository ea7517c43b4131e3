/* draw.h - text into a grid of cells, clipped by cells.
 * The grid knows no terminal: ui/terminal.c shows it, --linear reads it out, tests compare it.
 * Every text passes utf8_clean on its way in. */
#ifndef FRONTDESK_DRAW_H
#define FRONTDESK_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/theme.h"

enum { CELL_TEXT = 22 };
struct cell {
    char text[CELL_TEXT];   /* one character with its marks; "" is blank, or the right half of a wide one */
    unsigned char style;    /* enum style */
    unsigned char width;    /* 1, 2, or 0 for the right half of a wide character */
};
struct grid {
    struct cell *cell;      /* owned: rows * cols */
    int rows, cols;
    int cursor_row, cursor_col;     /* where the hardware cursor rests */
    bool cursor_shown;
    bool cursor_secret;     /* it stands in a field whose text is not shown */
    bool is_ascii;          /* the locale cannot show more: signs become ASCII */
};
void grid_resize(struct grid *grid, int rows, int cols);    /* also blanks it */
void grid_clear(struct grid *grid);
void grid_done(struct grid *grid);
/* One row as text, trailing blanks dropped; owned. */
char *grid_row_text(const struct grid *grid, int row);

/* A part of a grid; rows and columns count from its corner. Drawing outside is clipped. */
struct canvas { struct grid *grid; int top, left, rows, cols; };
struct canvas canvas_part(const struct canvas *canvas, int top, int left, int rows, int cols);

/* Put text at (row, col), to the right edge at most; a cut text ends in the cut sign. Returns the
 * column after it. Text is any bytes; it is sanitised here. */
int draw_text(struct canvas *canvas, int row, int col, enum style style, const char *text);
/* Same, in at most width cells; width <= 0 draws nothing. */
int draw_text_in(struct canvas *canvas, int row, int col, int width, enum style style, const char *text);
/* Ending at column right (exclusive; canvas->cols = the edge). Returns the column it starts at. */
int draw_right(struct canvas *canvas, int row, int right, enum style style, const char *text);
int draw_format(struct canvas *canvas, int row, int col, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void draw_rule(struct canvas *canvas, int row);
/* A bold heading with an optional right-hand note: "ARRIVALS      3 of 14  v all". */
void draw_heading(struct canvas *canvas, int row, const char *text, const char *right);
/* Style cells that are already drawn. */
void draw_style(struct canvas *canvas, int row, int col, int width, enum style style);
void draw_cursor(struct canvas *canvas, int row, int col);
/* Bytes of the longest line of at most width cells that starts text, cut at a space when there is one. */
size_t draw_fold(const char *text, int width);
/* Text folded at spaces into lines of width cells; draws from row on, at most rows lines, and
 * returns how many it took (also when rows is 0: to measure). */
int draw_folded(struct canvas *canvas, int row, int col, int width, int rows, enum style style, const char *text);
#endif
