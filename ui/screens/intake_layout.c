/* What stands beside what on the intake screen: most rows have lines of their own; those of a table share
 * them where the width allows it. Tables (SDC itemControl):
 * - grid: the groups below are lines, their questions the columns;
 * - gtable: each repetition is a line, its questions the columns;
 * - table, htable (and a gtable that does not repeat): questions with the same options are lines, the
 *   options the columns. */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/screens/intake.h"

enum { COLUMN_MIN = 9, MATRIX_MIN = 2, MATRIX_MAX = 8, MATRIX_COLUMN = 5 };

static struct strip *add(struct intake *it, enum strip_kind kind, size_t first, size_t n)
{
    MEM_ROOM(it->strip, it->n_strips, it->cap_strips);
    it->strip[it->n_strips] = (struct strip){ .kind = kind, .first = first, .n = n };
    return &it->strip[it->n_strips++];
}

/* A line of a table: its last columns rows share the width from left on. */
static void add_cells(struct intake *it, enum strip_kind kind, size_t table, size_t first, size_t n, size_t columns, int left)
{
    struct strip *strip = add(it, kind, first, n);

    strip->table = table;
    strip->columns = columns;
    strip->left = left;
    strip->width = (it->cols - 1 - left) / (int)columns;
}

/* One past the last row below the group at index. */
static size_t group_end(const struct intake *it, size_t index)
{
    const struct form_row *row = form_row(it->sitting.form, index), *below;
    size_t end = index + 1;

    while ((below = form_row(it->sitting.form, end)) && below->depth > row->depth)
        end++;
    return end;
}

static bool is_question(const struct form_row *row)
{
    return row->type != FORM_GROUP && row->type != FORM_DISPLAY;
}

/* Are the rows from first on all questions, each directly below the group? How many; 0 when not. */
static size_t questions_in(const struct intake *it, size_t first, size_t end, int depth)
{
    for (size_t i = first; i < end; i++)
        if (!is_question(form_row(it->sitting.form, i)) || form_row(it->sitting.form, i)->depth != depth)
            return 0;
    return end - first;
}

static bool fits(int cols, int left, size_t columns)
{
    return columns > 1 && columns <= INTAKE_COLUMNS && (cols - left) / (int)columns >= COLUMN_MIN;
}

/* Columns ---------------------------------------------------------------------------------------------- */

size_t intake_columns(const struct intake *it, size_t table, const struct form_row *out[INTAKE_COLUMNS])
{
    size_t end = group_end(it, table), n = 0;

    for (size_t i = table + 1; i < end; i++) {
        const struct form_row *row = form_row(it->sitting.form, i);
        bool is_new = is_question(row);

        for (size_t k = 0; k < n && is_new; k++)
            is_new = strcmp(out[k]->text, row->text) != 0;
        if (is_new && n == INTAKE_COLUMNS)
            return 0;
        if (is_new)
            out[n++] = row;
    }
    return n;
}

size_t intake_column_of(const struct intake *it, const struct strip *strip, const struct form_row *row)
{
    const struct form_row *column[INTAKE_COLUMNS];
    size_t n = intake_columns(it, strip->table, column);

    for (size_t i = 0; i < n && is_question(row); i++)
        if (strcmp(column[i]->text, row->text) == 0)
            return i;
    return SIZE_MAX;
}

/* Grids ------------------------------------------------------------------------------------------------- */

/* Is the group a line of cells: nothing but questions, each of another column? */
static bool is_line_of_cells(const struct intake *it, size_t index, size_t end)
{
    const struct form_row *row = form_row(it->sitting.form, index);

    if (row->type != FORM_GROUP || !questions_in(it, index + 1, end, row->depth + 1))
        return false;
    for (size_t i = index + 1; i < end; i++)
        for (size_t k = index + 1; k < i; k++)
            if (strcmp(form_row(it->sitting.form, i)->text, form_row(it->sitting.form, k)->text) == 0)
                return false;
    return true;
}

/* Every group below is a line. */
static bool lay_grid(struct intake *it, size_t index, int cols)
{
    const struct form_row *column[INTAKE_COLUMNS];
    size_t end = group_end(it, index), columns = intake_columns(it, index, column);
    int left = INTAKE_LEFT + cols / 4;

    if (!fits(cols, left, columns))
        return false;
    for (size_t i = index + 1; i < end; i = group_end(it, i))
        if (!is_line_of_cells(it, i, group_end(it, i)))
            return false;
    add(it, STRIP_ROW, index, 1);
    add_cells(it, STRIP_HEADS, index, index, 1, columns, left);
    for (size_t i = index + 1; i < end; i = group_end(it, i))
        add_cells(it, STRIP_CELLS, index, i, group_end(it, i) - i, columns, left);
    return true;
}

/* Repetitions of one group, one below the other; the first has the group's own heading above it. */
static size_t lay_repetitions(struct intake *it, size_t index, int cols)
{
    const struct form_row *head = form_row(it->sitting.form, index), *next;
    size_t end = group_end(it, index), n = end - index - 1;

    if (!head->repeats || !fits(cols, INTAKE_LEFT, n) || !is_line_of_cells(it, index, end))
        return 0;
    add(it, STRIP_ROW, index, 1);
    add_cells(it, STRIP_HEADS, index, index, 1, n, INTAKE_LEFT);
    add_cells(it, STRIP_CELLS, index, index + 1, n, n, INTAKE_LEFT);
    while ((next = form_row(it->sitting.form, end)) && strcmp(next->link_id, head->link_id) == 0 && next->depth == head->depth &&
           next->repetition > 0 && is_line_of_cells(it, end, group_end(it, end))) {
        add_cells(it, STRIP_CELLS, index, end, group_end(it, end) - end, n, INTAKE_LEFT);
        end = group_end(it, end);
    }
    return end;
}

/* Options as columns ---------------------------------------------------------------------------------- */

static bool same_options(const struct intake *it, const struct form_row *a, const struct form_row *b, size_t n)
{
    if (form_options(it->sitting.form, b) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(form_option(it->sitting.form, a, i).label, form_option(it->sitting.form, b, i).label) != 0)
            return false;
    return true;
}

static bool lay_matrix(struct intake *it, size_t index, int cols)
{
    const struct form_row *head = form_row(it->sitting.form, index), *first = NULL;
    size_t end = group_end(it, index), n = 0, start = it->n_strips;

    add(it, STRIP_ROW, index, 1);
    for (size_t i = index + 1; i < end; i++) {
        const struct form_row *row = form_row(it->sitting.form, i);
        bool is_line = row->depth == head->depth + 1 && is_question(row) && form_options(it->sitting.form, row) > 0;

        if (is_line && !first) {
            first = row;
            n = form_options(it->sitting.form, row);
            add_cells(it, STRIP_HEADS, i, i, 1, n, cols - cols / 2);
        }
        if (is_line && (n < MATRIX_MIN || n > MATRIX_MAX || row->look->is_open || !same_options(it, first, row, n) ||
                        cols / 2 / (int)n < MATRIX_COLUMN)) {
            it->n_strips = start;
            return false;
        }
        if (is_line)
            add_cells(it, STRIP_MATRIX, i, i, 1, n, cols - cols / 2);
        else
            add(it, STRIP_ROW, i, 1);
    }
    if (!first)
        it->n_strips = start;
    return first != NULL;
}

/* ------------------------------------------------------------------------------------------------------ */

/* One past the last row laid; index itself where it begins no table. */
static size_t lay_table(struct intake *it, size_t index, int cols)
{
    const struct form_row *row = form_row(it->sitting.form, index);
    size_t end;

    if (row->type != FORM_GROUP)
        return index;
    if (row->look->control == CONTROL_GTABLE && (end = lay_repetitions(it, index, cols)) > 0)
        return end;
    if ((row->look->control == CONTROL_GRID || row->look->control == CONTROL_TABLE || row->look->control == CONTROL_GTABLE) && lay_grid(it, index, cols))
        return group_end(it, index);
    if ((row->look->control == CONTROL_TABLE || row->look->control == CONTROL_HTABLE || row->look->control == CONTROL_GTABLE) && lay_matrix(it, index, cols))
        return group_end(it, index);
    return index;
}

void intake_layout(struct intake *it, int cols)
{
    size_t first, end, after;

    it->cols = cols;
    it->n_strips = 0;
    intake_page(it, it->index, &first, &end);
    for (size_t i = first; i < end;) {
        if ((after = lay_table(it, i, cols)) == i)
            add(it, STRIP_ROW, i, 1), after = i + 1;
        i = after;
    }
}

struct strip *intake_strip_of(const struct intake *it, size_t index)
{
    for (size_t i = 0; i < it->n_strips; i++)
        if (it->strip[i].kind != STRIP_HEADS && index >= it->strip[i].first && index < it->strip[i].first + it->strip[i].n)
            return &it->strip[i];
    return NULL;
}
