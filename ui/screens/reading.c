#include "ui/screens/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void reading_empty(struct reading *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->line[i].text);
    free(r->line);
    r->line = NULL;
    r->n = r->cap = 0;
}

void reading_add(struct reading *r, enum style style, int indent, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        mem_fatal("no memory for a line");
    va_end(ap);
    MEM_ROOM(r->line, r->n, r->cap);
    r->line[r->n++] = (struct reading_line){ style, indent, text };
}

/* An empty text is an empty line. */
static int draw_all(const struct reading *r, struct canvas *canvas, int row)
{
    int first = row;

    for (size_t i = 0; i < r->n; i++) {
        const struct reading_line *line = &r->line[i];
        int left = 3 + line->indent, skip = row < 0 ? -row : 0;
        int taken = draw_folded(canvas, row, left, canvas->cols - left - 1, canvas->rows + skip, line->style, line->text);

        row += taken > 0 ? taken : 1;
    }
    return row - first;
}

void reading_draw(struct reading *r, struct canvas *canvas)
{
    struct canvas nowhere = *canvas;

    nowhere.rows = 0;
    r->scroll.height = canvas->rows;
    r->scroll.lines = draw_all(r, &nowhere, 0);
    scroll_by(&r->scroll, 0);
    draw_all(r, canvas, -r->scroll.top);
}
