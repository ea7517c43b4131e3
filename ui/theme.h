/* theme.h - what a piece of text means, and how each theme shows it.
 * Every meaning also has a word or a sign on the screen: a theme only repeats it. */
#ifndef FRONTDESK_THEME_H
#define FRONTDESK_THEME_H

#include <stdbool.h>

enum style {
    STYLE_PLAIN,
    STYLE_TITLE,        /* line 1: name of the screen */
    STYLE_HEADING,      /* a group of rows */
    STYLE_FAINT,        /* clock, column heads, hints */
    STYLE_RULE,
    STYLE_CURSOR,       /* number of the selected row */
    STYLE_LATE,         /* late, waiting too long */
    STYLE_ALERT,        /* !, deceased, refused, an error beside a field */
    STYLE_GOOD,         /* done, synced */
    STYLE_FIELD,        /* the field that has the cursor */
    STYLE_KEY,          /* a key in the footer */
    STYLE_COUNT
};

enum theme { THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_CONTRAST };

enum { COLOR_NONE = -1 };   /* the terminal's own */
struct look { int color; bool bold, dim, reverse, underline; };     /* color: ANSI 0-7, or COLOR_NONE */

bool theme_parse(const char *name, enum theme *out);
struct look theme_look(enum theme theme, enum style style);
#endif
