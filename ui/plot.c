#include "ui/plot.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EDGE = 8, STEPS = 8 };

bool plot_number(const char *text, double *out)
{
    for (const char *p = text; *p; p++) {
        bool begins = p == text || strchr(" (<>=~", p[-1]);     /* not the 9 of "PHQ-9" */

        if (begins && *p == '?')        /* a score that is not known; what follows counts answers */
            return false;
        if (begins && (isdigit((unsigned char)*p) || (*p == '-' && isdigit((unsigned char)p[1])))) {
            *out = strtod(p, NULL);
            return true;
        }
    }
    return false;
}

static const char *block(int eighths, bool is_ascii)
{
    static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    static const char *const ascii[] = { " ", ".", ".", ":", ":", "+", "+", "#", "#" };

    return is_ascii ? ascii[eighths] : blocks[eighths];
}

static void draw_column(struct canvas *canvas, int col, int width, int rows, int eighths)
{
    for (int row = rows - 1; row >= 0; row--, eighths -= STEPS) {
        int here = eighths > STEPS ? STEPS : eighths < 0 ? 0 : eighths;
        for (int i = 0; i < width; i++)
            draw_text_in(canvas, row, col + i, 1, STYLE_KEY, block(here, canvas->grid->is_ascii));
    }
}

void plot_draw(struct canvas *canvas, const struct plot_point *point, size_t n)
{
    int rows = canvas->rows - 1, room = canvas->cols - EDGE - 1, each;
    double low, high;

    if (n == 0 || rows < 1 || room < 2)
        return;
    if (n > (size_t)room / 2) {
        point += n - (size_t)room / 2;
        n = (size_t)room / 2;
    }
    each = room / (int)n > 6 ? 6 : room / (int)n;
    low = high = point[0].value;
    for (size_t i = 1; i < n; i++) {
        low = point[i].value < low ? point[i].value : low;
        high = point[i].value > high ? point[i].value : high;
    }
    for (size_t i = 0; i < n; i++) {
        double part = high > low ? (point[i].value - low) / (high - low) : 0.5;
        draw_column(canvas, EDGE + (int)i * each, each - 1, rows, 1 + (int)(part * (rows * STEPS - 1) + 0.5));
    }
    char edge[16];
    snprintf(edge, sizeof edge, "%.6g", high);
    draw_right(canvas, 0, EDGE - 1, STYLE_FAINT, edge);
    snprintf(edge, sizeof edge, "%.6g", low);
    draw_right(canvas, rows - 1, EDGE - 1, STYLE_FAINT, edge);
    draw_text(canvas, rows, EDGE, STYLE_FAINT, point[0].label);
    if (n > 1)
        draw_right(canvas, rows, EDGE + (int)n * each > EDGE + 24 ? EDGE + (int)n * each : EDGE + 24, STYLE_FAINT, point[n - 1].label);
}
