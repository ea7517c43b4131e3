/* reading.h - folded lines to be read and scrolled, with headings: what a list's columns would cut. */
#ifndef FRONTDESK_READING_H
#define FRONTDESK_READING_H

#include <stddef.h>

#include "ui/draw.h"
#include "ui/scroll.h"

struct reading_line { enum style style; int indent; char *text; };
struct reading {
    struct reading_line *line; size_t n, cap;
    struct scroll scroll;       /* kept by reading_draw */
};
void reading_empty(struct reading *r);      /* also releases; the place stays */
void reading_add(struct reading *r, enum style style, int indent, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void reading_draw(struct reading *r, struct canvas *canvas);
#endif
