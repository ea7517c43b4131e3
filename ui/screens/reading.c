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

static void scroll(struct reading *r, int by)
{
    int most = r->lines - r->height;

    r->top += by;
    r->top = r->top > most ? most : r->top;
    r->top = r->top < 0 ? 0 : r->top;
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
    r->height = canvas->rows;
    r->lines = draw_all(r, &nowhere, 0);
    scroll(r, 0);
    draw_all(r, canvas, -r->top);
}

bool reading_key(struct reading *r, const struct key *key)
{
    int page = r->height > 2 ? r->height - 2 : 1;

    if (key->cap == KEYCAP_DOWN || key_is(key, 'j'))
        scroll(r, 1);
    else if (key->cap == KEYCAP_UP || key_is(key, 'k'))
        scroll(r, -1);
    else if (key->cap == KEYCAP_PAGE_DOWN || key->cap == KEYCAP_WHEEL_DOWN)
        scroll(r, page);
    else if (key->cap == KEYCAP_PAGE_UP || key->cap == KEYCAP_WHEEL_UP)
        scroll(r, -page);
    else if (key->cap == KEYCAP_HOME || key->cap == KEYCAP_END)
        scroll(r, key->cap == KEYCAP_HOME ? -r->lines : r->lines);
    else
        return false;
    return true;
}
