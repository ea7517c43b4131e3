/* print_table.c - groups that paper shows as tables: gtable (a row for each repetition), grid (a row for each
 * group in it) and table (questions with the same options: a row each, a column for each option). */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/print/print_internal.h"

enum { COLUMNS_MAX = 7, EMPTY_ROWS = 4 };
enum table { TABLE_NONE, TABLE_REPETITIONS, TABLE_GROUPS, TABLE_OPTIONS };

/* Every child a plain question that fits in a cell. */
static bool has_plain_questions(const struct item *group)
{
    size_t n = 0;

    for (size_t i = 0; i < group->n_children; i++) {
        const struct item *child = group->child[i];

        if (child->hidden)
            continue;
        if (child->type == FORM_GROUP || child->type == FORM_DISPLAY || child->type == FORM_TEXT || child->n_children)
            return false;
        n++;
    }
    return n > 0 && n <= COLUMNS_MAX;
}

static bool has_same_options(const struct item *group)
{
    const struct item *first = group->n_children ? group->child[0] : NULL;

    if (!first || first->choices->n < 2 || first->choices->n >= COLUMNS_MAX)
        return false;
    for (size_t i = 0; i < group->n_children; i++) {
        const struct item *child = group->child[i];

        if (child->choices->n != first->choices->n || child->n_children || child->hidden || child->type != FORM_CHOICE)
            return false;
        for (size_t k = 0; k < first->choices->n; k++)
            if (strcmp(child->choices->option[k].label, first->choices->option[k].label))
                return false;
    }
    return true;
}

static const char *name_of(const struct item *item)
{
    if (*item_look(item)->short_text)
        return item_look(item)->short_text;
    return item->text && *item->text ? item->text : item->link_id;
}

/* The question of a row that stands in the column with these words; NULL when it has none there. */
static const struct item *cell_of(const struct item *row, const char *column)
{
    for (size_t i = 0; i < row->n_children; i++)
        if (!row->child[i]->hidden && strcmp(name_of(row->child[i]), column) == 0)
            return row->child[i];
    return NULL;
}

/* The columns of a grid: every question of its groups once, by its words, in the order they are met. */
static size_t grid_columns(const struct item *group, const struct item *column[COLUMNS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < group->n_children; i++)
        for (size_t k = 0; k < group->child[i]->n_children; k++) {
            const struct item *item = group->child[i]->child[k];
            const struct item *same = item->hidden ? item : NULL;

            for (size_t before = 0; before < i && !same; before++)
                same = cell_of(group->child[before], name_of(item));
            if (!same && column && n < COLUMNS_MAX)
                column[n] = item;
            n += !same;
        }
    return n;
}

static enum table table_of(const struct item *group)
{
    enum form_control control = item_look(group)->control;

    if (control == CONTROL_GTABLE && has_plain_questions(group))
        return TABLE_REPETITIONS;
    if (control == CONTROL_TABLE && has_same_options(group))
        return TABLE_OPTIONS;
    if (control != CONTROL_GRID || !group->n_children)
        return TABLE_NONE;
    for (size_t i = 0; i < group->n_children; i++)
        if (group->child[i]->type != FORM_GROUP || group->child[i]->hidden || group->child[i]->repeats || !has_plain_questions(group->child[i]))
            return TABLE_NONE;
    return grid_columns(group, NULL) <= COLUMNS_MAX ? TABLE_GROUPS : TABLE_NONE;
}

static void question_header(struct sheet *sheet, const struct item *group, int depth)
{
    struct node *row = sheet_row(sheet, depth, true);

    for (size_t i = 0; i < group->n_children; i++)
        if (!group->child[i]->hidden)
            sheet_cell(sheet, row, name_of(group->child[i]));
}

static void grid_header(struct sheet *sheet, const struct item *group, int depth)
{
    const struct item *column[COLUMNS_MAX];
    size_t n = grid_columns(group, column);
    struct node *row = sheet_row(sheet, depth, true);

    sheet_cell(sheet, row, "");
    for (size_t i = 0; i < n; i++)
        sheet_cell(sheet, row, name_of(column[i]));
}

static void option_header(struct sheet *sheet, const struct item *group, int depth)
{
    struct node *row = sheet_row(sheet, depth, true);

    sheet_cell(sheet, row, "");
    for (size_t i = 0; i < group->child[0]->choices->n; i++)
        sheet_cell(sheet, row, group->child[0]->choices->option[i].label);
}

/* Boxes in a cell, or nothing where one writes. */
static void empty_cell(struct sheet *sheet, struct node *row, const struct item *item)
{
    struct buf words = { 0 };

    if (item->type == FORM_BOOLEAN && !item->choices->n)
        buf_printf(&words, SHEET_BOX "\u00a0%s " SHEET_BOX "\u00a0%s", _("Yes"), _("No"));
    for (size_t i = 0; i < item->choices->n && item->choices->n <= COLUMNS_MAX; i++)
        buf_printf(&words, "%s" SHEET_BOX "\u00a0%s", i ? "\n" : "", item->choices->option[i].label);
    sheet_cell(sheet, row, words.len ? buf_text(&words) : "\n");
    buf_done(&words);
}

/* A row of a grid: boxes or room in its columns, a dash where it asks nothing. */
static void grid_cells(struct sheet *sheet, struct node *row, const struct item *group, const struct item *item)
{
    const struct item *column[COLUMNS_MAX];
    size_t n = grid_columns(group, column);

    for (size_t i = 0; i < n; i++) {
        const struct item *question = cell_of(item, name_of(column[i]));

        if (question)
            empty_cell(sheet, row, question);
        else
            sheet_cell(sheet, row, "-");
    }
}

static void header_of(struct sheet *sheet, const struct item *group, enum table kind, int depth)
{
    if (kind == TABLE_OPTIONS)
        option_header(sheet, group, depth);
    else if (kind == TABLE_GROUPS)
        grid_header(sheet, group, depth);
    else
        question_header(sheet, group, depth);
    sheet->heading_waits = true;        /* the header stays with its first row */
}

static void empty_cells(struct sheet *sheet, struct node *row, const struct item *group)
{
    for (size_t i = 0; i < group->n_children; i++)
        if (!group->child[i]->hidden)
            empty_cell(sheet, row, group->child[i]);
}

static struct node *named_row(struct sheet *sheet, const struct item *item, int depth)
{
    struct node *row;
    char *words = mem_printf("%s%s%s", item->prefix ? item->prefix : "", item->prefix && *item->prefix ? " " : "", name_of(item));

    sheet_unit(sheet);
    row = sheet_row(sheet, depth, false);
    sheet_cell(sheet, row, words);
    free(words);
    return row;
}

bool print_blank_table(struct sheet *sheet, const struct item *group, int depth)
{
    enum table kind = table_of(group);

    if (kind == TABLE_NONE)
        return false;
    sheet_unit(sheet);
    header_of(sheet, group, kind, depth);
    for (size_t i = 0; kind == TABLE_REPETITIONS && i < (group->repeats ? EMPTY_ROWS : 1); i++) {
        sheet_unit(sheet);
        empty_cells(sheet, sheet_row(sheet, depth, false), group);
    }
    for (size_t i = 0; kind != TABLE_REPETITIONS && i < group->n_children; i++) {
        struct node *row = named_row(sheet, group->child[i], depth);

        if (kind == TABLE_GROUPS)
            grid_cells(sheet, row, group, group->child[i]);
        for (size_t k = 0; kind == TABLE_OPTIONS && k < group->child[0]->choices->n; k++)
            sheet_cell(sheet, row, SHEET_BOX);
    }
    return true;
}

/* Filled --------------------------------------------------------------------------------------- */

static void answer_cells(struct sheet *sheet, struct node *row, const struct inst *inst)
{
    for (size_t i = 0; i < inst->item->n_children; i++) {
        const struct slot *slot = inst->n_sets ? inst_slot(inst, 0, i) : NULL;
        bool asked = slot && slot->n && slot->inst[0]->is_visible;
        char *words = asked ? print_answers(slot->inst[0]) : mem_dup("-");

        if (!inst->item->child[i]->hidden)
            sheet_cell(sheet, row, words);
        free(words);
    }
}

/* The same as grid_cells, as answered. */
static void grid_answers(struct sheet *sheet, struct node *row, const struct item *group, const struct inst *inst)
{
    const struct item *column[COLUMNS_MAX];
    size_t n = grid_columns(group, column);

    for (size_t i = 0; i < n; i++) {
        const struct item *question = cell_of(inst->item, name_of(column[i]));
        char *words = NULL;

        for (size_t k = 0; question && inst->n_sets && k < inst->item->n_children; k++) {
            const struct slot *slot = inst_slot(inst, 0, k);

            if (inst->item->child[k] == question && slot->n && slot->inst[0]->is_visible)
                words = print_answers(slot->inst[0]);
        }
        sheet_cell(sheet, row, words ? words : "-");
        free(words);
    }
}

static void option_cells(struct sheet *sheet, struct node *row, const struct inst *inst)
{
    for (size_t k = 0; k < inst->item->choices->n; k++) {
        bool chosen = false;

        for (size_t a = 0; a < inst->n_answers; a++)
            chosen |= option_of(inst_choices(inst), inst->answer[a]) == &inst->item->choices->option[k];
        sheet_cell(sheet, row, chosen ? SHEET_BOX_MARKED : SHEET_BOX);
    }
}

static bool is_below(const struct inst *inst, const struct inst *group)
{
    for (inst = inst->parent; inst; inst = inst->parent)
        if (inst == group)
            return true;
    return false;
}

/* The rows of the form from a group on that belong to it. */
static size_t extent(const struct form *form, size_t row)
{
    size_t n = 1;

    while (row + n < form->n_rows && is_below(form->shown[row + n], form->shown[row]))
        n++;
    return n;
}

size_t print_filled_table(struct sheet *sheet, const struct form *form, size_t row)
{
    const struct inst *group = form->shown[row];
    enum table kind = table_of(group->item);
    size_t taken = extent(form, row);
    int depth = form->row[row].depth;

    if (kind == TABLE_NONE || taken == 1)
        return 0;
    if (kind != TABLE_REPETITIONS || group->rep == 0) {
        print_heading(sheet, group->item, depth, 0);
        sheet_unit(sheet);
        header_of(sheet, group->item, kind, depth);
    }
    if (kind == TABLE_REPETITIONS) {
        sheet_unit(sheet);
        answer_cells(sheet, sheet_row(sheet, depth, false), group);
        return taken;
    }
    for (size_t i = row + 1; i < row + taken; i++) {
        const struct inst *inst = form->shown[i];

        if (inst->parent != group)
            continue;
        if (kind == TABLE_GROUPS)
            grid_answers(sheet, named_row(sheet, inst->item, depth), group->item, inst);
        else
            option_cells(sheet, named_row(sheet, inst->item, depth), inst);
    }
    return taken;
}
