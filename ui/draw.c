#include "ui/draw.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

/* What stands for a sign where only ASCII can be shown. */
static const struct { const char *sign, *ascii; } ascii_signs[] = {
    { "─", "-" }, { "✓", "ok" }, { "†", "died " }, { "…", "~" }, { "▸", ">" }, { "·", "." }, { "→", "->" },
    { "–", "-" }, { "×", "x" }, { "°", "o" }, { "≥", ">=" }, { "≤", "<=" },
};

void grid_clear(struct grid *grid)
{
    for (int i = 0; i < grid->rows * grid->cols; i++)
        grid->cell[i] = (struct cell){ .width = 1 };
    grid->cursor_shown = grid->cursor_secret = false;
}

void grid_resize(struct grid *grid, int rows, int cols)
{
    if (!grid->cell || rows != grid->rows || cols != grid->cols) {
        free(grid->cell);
        grid->cell = mem_array((size_t)rows * (size_t)cols, sizeof *grid->cell);
        grid->rows = rows;
        grid->cols = cols;
    }
    grid_clear(grid);
}

void grid_done(struct grid *grid)
{
    free(grid->cell);
    *grid = (struct grid){ 0 };
}

char *grid_row_text(const struct grid *grid, int row)
{
    struct buf out = { 0 };

    for (int col = 0; col < grid->cols; col++) {
        const struct cell *cell = &grid->cell[row * grid->cols + col];
        if (cell->width > 0)
            buf_add(&out, cell->text[0] ? cell->text : " ");
    }
    while (out.len > 0 && out.data[out.len - 1] == ' ')
        out.data[--out.len] = '\0';
    return out.data ? buf_take(&out) : mem_dup("");
}

struct canvas canvas_part(const struct canvas *canvas, int top, int left, int rows, int cols)
{
    struct canvas part = { canvas->grid, canvas->top + top, canvas->left + left, rows, cols };

    if (part.rows > canvas->rows - top)
        part.rows = canvas->rows - top;
    if (part.cols > canvas->cols - left)
        part.cols = canvas->cols - left;
    part.rows = part.rows < 0 ? 0 : part.rows;
    part.cols = part.cols < 0 ? 0 : part.cols;
    return part;
}

static struct cell *cell_at(struct canvas *canvas, int row, int col)
{
    int y = canvas->top + row, x = canvas->left + col;

    if (row < 0 || col < 0 || row >= canvas->rows || col >= canvas->cols ||
        y < 0 || x < 0 || y >= canvas->grid->rows || x >= canvas->grid->cols)
        return NULL;
    return &canvas->grid->cell[y * canvas->grid->cols + x];
}

/* One character with its marks; a wide one that does not fit leaves a blank. */
static void put_character(struct canvas *canvas, int row, int col, int width, enum style style, const char *text, size_t len)
{
    struct cell *cell = cell_at(canvas, row, col);

    if (!cell)
        return;
    *cell = (struct cell){ .style = (unsigned char)style, .width = 1 };
    if (width == 2 && !cell_at(canvas, row, col + 1))
        return;
    if (len >= CELL_TEXT)
        len = CELL_TEXT - 1;
    memcpy(cell->text, text, len);
    cell->width = (unsigned char)width;
    if (width == 2)
        cell[1] = (struct cell){ .style = (unsigned char)style, .width = 0 };
}

/* Bytes of the character at text, with the marks that follow it, and its cells. */
static size_t character_at(const char *text, int *width)
{
    size_t len = strlen(text), next;

    next = len;
    utf8_next(text, &next);
    for (size_t n = 0; next < len; next += n) {
        char one[5] = "";
        n = len - next;
        utf8_next(text + next, &n);
        memcpy(one, text + next, n);
        if (utf8_width(one) > 0)
            break;
    }
    char *whole = mem_dup_n(text, next);
    *width = utf8_width(whole);
    free(whole);
    if (*width < 1)
        *width = 1;
    return next;
}

static int put_ascii(struct canvas *canvas, int row, int col, int right, enum style style, const char *text, size_t len)
{
    const char *as = "?";

    for (size_t i = 0; i < sizeof ascii_signs / sizeof *ascii_signs; i++)
        if (strlen(ascii_signs[i].sign) == len && memcmp(ascii_signs[i].sign, text, len) == 0)
            as = ascii_signs[i].ascii;
    for (; *as && col < right; as++)
        put_character(canvas, row, col++, 1, style, as, 1);
    return col;
}

/* Plain ASCII, most of what is drawn, needs no look at widths. */
static int put_text(struct canvas *canvas, int row, int col, int right, enum style style, const char *text)
{
    while (*text && col < right) {
        int width = 1;
        size_t len = 1;

        if ((unsigned char)text[0] < 0x80 && (unsigned char)text[1] < 0x80) {
            put_character(canvas, row, col++, 1, style, text++, 1);
            continue;
        }
        len = character_at(text, &width);
        if (canvas->grid->is_ascii && (unsigned char)text[0] >= 0x80) {
            col = put_ascii(canvas, row, col, right, style, text, len);
        } else {
            if (col + width > right)
                break;
            put_character(canvas, row, col, width, style, text, len);
            col += width;
        }
        text += len;
    }
    return col;
}

/* ASCII without controls is safe as it stands; all else goes through the sanitiser. */
static char *cleaned(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < ' ' || *p >= 0x7f)
            return utf8_cleaned(text);
    return mem_dup(text);
}

int draw_text_in(struct canvas *canvas, int row, int col, int width, enum style style, const char *text)
{
    int right = col + width < canvas->cols ? col + width : canvas->cols;
    char *safe;

    if (row < 0 || row >= canvas->rows || width <= 0 || col >= right || !text)
        return col;
    safe = cleaned(text);
    if (col + utf8_width(safe) > right) {
        col = put_text(canvas, row, col, right - 1, style, safe);
        col = put_text(canvas, row, col, right, style, "…");
    } else {
        col = put_text(canvas, row, col, right, style, safe);
    }
    free(safe);
    return col;
}

int draw_text(struct canvas *canvas, int row, int col, enum style style, const char *text)
{
    return draw_text_in(canvas, row, col, canvas->cols - col, style, text);
}

int draw_right(struct canvas *canvas, int row, int right, enum style style, const char *text)
{
    char *safe = cleaned(text);
    int col = right - utf8_width(safe);

    draw_text_in(canvas, row, col < 0 ? 0 : col, right - (col < 0 ? 0 : col), style, safe);
    free(safe);
    return col < 0 ? 0 : col;
}

int draw_format(struct canvas *canvas, int row, int col, enum style style, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        mem_fatal("out of memory");
    va_end(ap);
    col = draw_text(canvas, row, col, style, text);
    free(text);
    return col;
}

void draw_rule(struct canvas *canvas, int row)
{
    for (int col = 1; col < canvas->cols - 1; col++)
        put_text(canvas, row, col, canvas->cols, STYLE_RULE, "─");
}

void draw_heading(struct canvas *canvas, int row, const char *text, const char *right)
{
    int end = canvas->cols - 1;

    if (right && *right)
        end = draw_right(canvas, row, canvas->cols - 1, STYLE_FAINT, right) - 1;
    draw_text_in(canvas, row, 3, end - 3, STYLE_HEADING, text);
}

void draw_style(struct canvas *canvas, int row, int col, int width, enum style style)
{
    for (int i = 0; i < width; i++) {
        struct cell *cell = cell_at(canvas, row, col + i);
        if (cell)
            cell->style = (unsigned char)style;
    }
}

void draw_cursor(struct canvas *canvas, int row, int col)
{
    if (row < 0 || row >= canvas->rows || canvas->cols < 1)
        return;
    canvas->grid->cursor_row = canvas->top + row;
    canvas->grid->cursor_col = canvas->left + (col < canvas->cols ? col : canvas->cols - 1);
    canvas->grid->cursor_shown = true;
    canvas->grid->cursor_secret = false;
}

size_t draw_fold(const char *text, int width)
{
    const char *newline = strchr(text, '\n');
    size_t fits = utf8_clip(text, width), at;

    if (newline && (size_t)(newline - text) <= fits)
        return (size_t)(newline - text);
    if (text[fits] == '\0' || text[fits] == ' ')
        return fits;
    for (at = fits; at > 0 && text[at - 1] != ' '; at--)
        continue;
    if (at == 0)
        at = fits;
    return at > 0 ? at : strlen(text);
}

int draw_folded(struct canvas *canvas, int row, int col, int width, int rows, enum style style, const char *text)
{
    struct buf safe = { 0 };
    const char *p;
    int lines = 0;

    utf8_clean(&safe, text, true);
    for (p = buf_text(&safe); *p && width > 0; lines++) {
        size_t len = draw_fold(p, width);

        if (lines < rows) {
            char *line = mem_dup_n(p, len);
            draw_text_in(canvas, row + lines, col, width, style, line);
            free(line);
        }
        p += len;
        while (*p == ' ')
            p++;
        if (*p == '\n')
            p++;
    }
    buf_done(&safe);
    return lines;
}
