/* Tables of the intake screen: heads over columns, lines of cells, questions with their options as columns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/screens/intake.h"

enum { HEAD_LINES = 5 };

static const char *column_words(const struct form_row *row)
{
    return *row->look->short_text ? row->look->short_text : *row->text ? row->text : row->link_id;
}

static char *option_head(const struct intake *it, const struct form_row *row, size_t i)
{
    struct form_option option = form_option(it->sitting.form, row, i);
    char key[16];

    intake_option_key(it, row, i, key, sizeof key);
    return strcmp(key, option.label) == 0 ? mem_dup(key) : mem_printf("%s\n%s", key, option.label);
}

/* Folded into columns; what takes more lines than that is cut. */
static int draw_heads(const struct intake *it, struct canvas *canvas, int line, const struct strip *strip)
{
    const struct form_row *first = form_row(it->sitting.form, strip->first), *column[INTAKE_COLUMNS];
    bool is_options = first->type != FORM_GROUP;
    int most = 1;

    if (!is_options && intake_columns(it, strip->table, column) < strip->columns)
        return 0;
    for (size_t i = 0; i < strip->columns; i++) {
        char *words = is_options ? option_head(it, first, i) : mem_dup(column_words(column[i]));
        int col = strip->left + (int)i * strip->width, room = canvas->rows - line, lines;

        lines = draw_folded(canvas, line, col, strip->width - 1, room < HEAD_LINES ? room : HEAD_LINES, STYLE_FAINT, words);
        most = lines > most ? lines : most;
        free(words);
    }
    return most > HEAD_LINES ? HEAD_LINES : most;
}

/* The question at the left, a mark under the option that is chosen. */
static int draw_matrix(const struct intake *it, struct canvas *canvas, int line, const struct strip *strip, bool here)
{
    const struct form_row *row = form_row(it->sitting.form, strip->first);
    int left = intake_indent(row), taken;

    if (here)
        draw_text(canvas, line, 0, STYLE_CURSOR, ">");
    if (*row->prefix)
        draw_text_in(canvas, line, left - INTAKE_GUTTER, INTAKE_GUTTER, STYLE_PLAIN, row->prefix);
    taken = draw_folded(canvas, line, left, strip->left - left - 1, canvas->rows - line, STYLE_PLAIN, *row->text ? row->text : row->link_id);
    if (*row->absent)
        draw_format(canvas, line, strip->left, STYLE_FAINT, _("none: %s"), intake_absent_words(row->absent));
    for (size_t i = 0; i < strip->columns && !*row->absent; i++) {
        struct form_option option = form_option(it->sitting.form, row, i);
        char key[16], mark[24];

        intake_option_key(it, row, i, key, sizeof key);
        snprintf(mark, sizeof mark, option.chosen ? "[%s]" : here ? " %s" : " .", key);
        draw_text_in(canvas, line, strip->left + (int)i * strip->width, strip->width, option.chosen ? STYLE_GOOD : STYLE_FAINT, mark);
    }
    if (here && !it->is_view)
        draw_cursor(canvas, line, strip->left);
    return taken < 1 ? 1 : taken;
}

static void draw_cell(const struct intake *it, struct canvas *canvas, int line, const struct strip *strip, const struct form_row *row, size_t column)
{
    int col = strip->left + (int)column * strip->width;
    bool here = *it->path && row->index == it->index;
    struct canvas cell = canvas_part(canvas, line, col, 1, strip->width - 1);
    char *words;

    if (here && !it->is_view && !intake_has_keys(it, row)) {
        intake_draw_field(it, canvas, line, col, strip->width - 1, row);
        return;
    }
    words = intake_answer_words(it, row);
    if (*row->absent)
        draw_text(&cell, 0, 0, STYLE_FAINT, intake_absent_words(row->absent));
    else
        draw_text(&cell, 0, 0, *words ? STYLE_PLAIN : STYLE_FAINT, *words ? words : row->required && !row->read_only ? _("needed") : "·");
    if (*row->problem && row->n_answers)
        draw_text(&cell, 0, cell.cols - 1, STYLE_ALERT, "!");
    if (here)
        draw_cursor(canvas, line, col);
    free(words);
}

static int draw_cells(const struct intake *it, struct canvas *canvas, int line, const struct strip *strip, bool here)
{
    const struct form_row *first = form_row(it->sitting.form, strip->first);
    bool is_numbered = first->type == FORM_GROUP && first->repeats;
    int taken = 1;

    if (here)
        draw_text(canvas, line, 0, STYLE_CURSOR, ">");
    if (is_numbered) {
        draw_format(canvas, line, 3, STYLE_HEADING, "%zu", first->repetition + 1);
        if (here && it->index == strip->first)
            draw_cursor(canvas, line, 3);
    } else if (first->type == FORM_GROUP) {
        taken = draw_folded(canvas, line, INTAKE_LEFT, strip->left - INTAKE_LEFT - 1, canvas->rows - line, STYLE_PLAIN, column_words(first));
    }
    for (size_t i = first->type == FORM_GROUP; i < strip->n; i++) {
        const struct form_row *row = form_row(it->sitting.form, strip->first + i);

        draw_cell(it, canvas, line, strip, row, intake_column_of(it, strip, row));
    }
    return taken < 1 ? 1 : taken;
}

int intake_draw_table(const struct intake *it, struct canvas *canvas, int line, const struct strip *strip)
{
    bool here = *it->path && strip->kind != STRIP_HEADS && it->index >= strip->first && it->index < strip->first + strip->n;
    int taken = strip->kind == STRIP_HEADS ? draw_heads(it, canvas, line, strip)
              : strip->kind == STRIP_MATRIX ? draw_matrix(it, canvas, line, strip, here) : draw_cells(it, canvas, line, strip, here);

    if (here)
        taken += intake_draw_under(it, canvas, line + taken, form_row(it->sitting.form, it->index));
    return taken;
}
