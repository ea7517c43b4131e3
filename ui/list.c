#include "ui/list.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

enum { GUTTER = 6, RANGE_LIMIT = 200 };

static void row_done(struct list_row *row)
{
    free(row->name);
    for (int i = 0; i < LIST_COLUMNS; i++)
        free(row->text[i]);
}

void list_empty(struct list *list)
{
    for (size_t i = 0; i < list->n; i++)
        row_done(&list->row[i]);
    list->n = list->at = 0;
    list->next_number = 0;
    list->top = 0;
}

void list_done(struct list *list)
{
    list_empty(list);
    free(list->row);
    list->row = NULL;
    list->cap = 0;
}

void list_begin(struct list *list)
{
    for (size_t i = 0; i < list->n; i++)
        list->row[i].seen_now = list->row[i].differs = false;
    list->next_place = 0;
}

static bool row_is(const struct list_row *row, int group, const char *type, const char *id)
{
    return row->group == group && strcmp(row->target.id, id) == 0 && strcmp(row->target.type, type) == 0;
}

/* A new row goes where the reload has it: behind the row it came after, else first of its group. */
static size_t place_for(const struct list *list, int group)
{
    size_t i = list->next_place;

    if (i > 0 && i <= list->n && list->row[i - 1].group == group)
        return i;
    for (i = 0; i < list->n && list->row[i].group < group; i++)
        continue;
    return i;
}

struct list_row *list_add(struct list *list, int group, const char *type, const char *id, const char *patient, const char *name)
{
    struct list_row row = { .group = group, .seen_now = true };
    size_t i;

    for (i = 0; i < list->n; i++)
        if (row_is(&list->row[i], group, type, id)) {
            list->row[i].seen_now = true;
            if (list->row[i].mark == LIST_DONE)
                list->row[i].mark = LIST_PLAIN;
            list->next_place = i + 1;
            return &list->row[i];
        }
    snprintf(row.target.type, sizeof row.target.type, "%s", type);
    snprintf(row.target.id, sizeof row.target.id, "%s", id);
    snprintf(row.target.patient, sizeof row.target.patient, "%s", patient);
    row.name = mem_dup(name);
    row.number = ++list->next_number;
    MEM_ROOM(list->row, list->n, list->cap);
    i = place_for(list, group);
    memmove(list->row + i + 1, list->row + i, (list->n - i) * sizeof row);
    list->row[i] = row;
    list->n++;
    list->next_place = i + 1;
    if (i <= list->at && i < list->n - 1)
        list->at++;                             /* nothing moves under the cursor */
    return &list->row[i];
}

/* Minutes that tick are no change. */
static bool same_but_digits(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (isdigit((unsigned char)*a))
            a++;
        while (isdigit((unsigned char)*b))
            b++;
        if (*a != *b)
            return false;
        if (!*a)
            return true;
    }
}

void list_set(struct list_row *row, int column, enum style style, const char *text)
{
    if (row->text[column] && !same_but_digits(row->text[column], text))
        row->differs = true;
    free(row->text[column]);
    row->text[column] = mem_dup(text);
    row->style[column] = (unsigned char)style;
}

void list_end(struct list *list, bool keep)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->n; i++) {
        if (!list->row[i].seen_now && !keep) {
            if (i < list->at)
                list->at--;
            row_done(&list->row[i]);
            continue;
        }
        if (!list->row[i].seen_now)
            list->row[i].mark = LIST_DONE;
        else if (list->row[i].differs && list->marks_changes && !list->row[i].has_no_number)
            list->row[i].mark = LIST_CHANGED;
        list->row[kept++] = list->row[i];
    }
    list->n = kept;
    if (list->at >= list->n)
        list->at = list->n ? list->n - 1 : 0;
}

struct list_row *list_at(const struct list *list)
{
    return list->at < list->n ? &list->row[list->at] : NULL;
}

struct list_row *list_numbered(const struct list *list, int number)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->row[i].number == number && !list->row[i].has_no_number)
            return &list->row[i];
    return NULL;
}

bool list_go(struct list *list, int number)
{
    struct list_row *row = list_numbered(list, number);

    if (row)
        list->at = (size_t)(row - list->row);
    return row != NULL;
}

bool list_find(struct list *list, const char *type, const char *id)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->row[i].target.id, id) == 0 && strcmp(list->row[i].target.type, type) == 0) {
            list->at = i;
            return true;
        }
    return false;
}

void list_next_open(struct list *list)
{
    for (size_t i = list->at + 1; i < list->n; i++)
        if (list->row[i].mark != LIST_DONE) {
            list->at = i;
            return;
        }
}

/* Lines above row i, headings and the empty lines between groups counted. */
static int line_of(const struct list *list, size_t i)
{
    int line = list->has_titles ? 1 : 0;

    for (size_t k = 0; k <= i && k < list->n; k++) {
        bool opens = k == 0 || list->row[k].group != list->row[k - 1].group;

        if (opens && k > 0)
            line++;
        if (opens && list->group[list->row[k].group].title)
            line++;
        if (k < i)
            line++;
    }
    return line;
}

int list_lines(const struct list *list)
{
    return list->n ? line_of(list, list->n - 1) + 1 : 0;
}

static void list_step(struct list *list, int by)
{
    long to = (long)list->at + by;

    if (list->n == 0)
        return;
    if (to < 0)
        to = 0;
    list->at = to >= (long)list->n ? list->n - 1 : (size_t)to;
    if (list->row[list->at].mark == LIST_CHANGED)
        list->row[list->at].mark = LIST_PLAIN;
}

/* The row drawn at a line of the screen. */
static bool list_click(struct list *list, int screen_row)
{
    for (size_t i = 0; i < list->n; i++)
        if (line_of(list, i) - list->top + list->screen_row == screen_row) {
            list_step(list, (int)i - (int)list->at);
            return true;
        }
    return false;
}

bool list_key(struct list *list, const struct key *key)
{
    int page = list->height > 2 ? list->height - 2 : 1;

    if (key->cap == KEYCAP_UP || key_is(key, 'k'))
        list_step(list, -1);
    else if (key->cap == KEYCAP_DOWN || key_is(key, 'j'))
        list_step(list, 1);
    else if (key->cap == KEYCAP_PAGE_UP || key->cap == KEYCAP_WHEEL_UP)
        list_step(list, key->cap == KEYCAP_PAGE_UP ? -page : -3);
    else if (key->cap == KEYCAP_PAGE_DOWN || key->cap == KEYCAP_WHEEL_DOWN)
        list_step(list, key->cap == KEYCAP_PAGE_DOWN ? page : 3);
    else if (key->cap == KEYCAP_HOME)
        list_step(list, -(int)list->at);
    else if (key->cap == KEYCAP_END)
        list_step(list, (int)(list->n - list->at));
    else if (key->cap == KEYCAP_CLICK)
        return list_click(list, key->row);
    else
        return false;
    return true;
}

static enum rc pick_add(const struct list *list, long from, long to, struct list_pick *out, struct err *err)
{
    if (from < 1 || to < from || to - from > RANGE_LIMIT)
        return err_set(err, RC_INVALID, _("%ld-%ld is not a range of rows"), from, to);
    for (long number = from; number <= to; number++) {
        struct list_row *row = list_numbered(list, (int)number);

        if (!row)
            return err_set(err, RC_INVALID, _("there is no row %ld"), number);
        out->row = mem_grow(out->row, out->n + 1, sizeof *out->row);
        out->row[out->n++] = row;
    }
    return RC_OK;
}

enum rc list_range(const struct list *list, const char *text, struct list_pick *out, struct err *err)
{
    enum rc rc = RC_OK;

    *out = (struct list_pick){ 0 };
    while (*text == ' ')
        text++;
    if (!*text)
        return err_set(err, RC_INVALID, _("which rows? a number, 3-5 or 3,5"));
    while (*text && rc == RC_OK) {
        char *end;
        long from = strtol(text, &end, 10), to = from;

        if (end != text && *end == '-')
            to = strtol(text = end + 1, &end, 10);
        if (end == text || (*end && *end != ',' && *end != ' ')) {
            rc = err_set(err, RC_INVALID, _("\"%.20s\" is not a number, 3-5 or 3,5"), text);
            break;
        }
        rc = pick_add(list, from, to, out, err);
        for (text = end; *text == ',' || *text == ' '; text++)
            continue;
    }
    if (rc != RC_OK)
        list_pick_done(out);
    return rc;
}

void list_pick_done(struct list_pick *pick)
{
    free(pick->row);
    *pick = (struct list_pick){ 0 };
}

static int gutter_of(const struct list *list)
{
    return list->gutter ? list->gutter : GUTTER;
}

/* What fixed columns leave over goes to the open column and to those that may grow. */
static int column_width(const struct list *list, const struct list_group *group, size_t column, int cols)
{
    int fixed = gutter_of(list), growing = 0, wide, spare;

    for (size_t i = 0; i < group->n_columns; i++) {
        fixed += group->column[i].width + 1;
        growing += group->column[i].grow || group->column[i].width == 0;
    }
    wide = group->column[column].width;
    spare = cols - fixed;
    if (spare > 0 && growing > 0 && (group->column[column].grow || wide == 0))
        wide += group->column[column].grow && wide ? (spare < 40 ? 0 : (spare - 40) / growing) : spare;
    return wide;
}

static void draw_columns(const struct list *list, const struct list_group *group, struct canvas *canvas, int line, const struct list_row *row)
{
    int col = gutter_of(list);

    for (size_t i = 0; i < group->n_columns && col < canvas->cols; i++) {
        int width = column_width(list, group, i, canvas->cols);
        const char *text = row ? row->text[i] : group->column[i].title ? _(group->column[i].title) : "";
        enum style style = row ? (enum style)row->style[i] : STYLE_FAINT;

        if (i + 1 == group->n_columns || width > canvas->cols - col)
            width = canvas->cols - col - 1;
        if (row && row->mark == LIST_DONE && i + 1 == group->n_columns) {
            text = _("done");
            style = STYLE_GOOD;
        }
        if (text && group->column[i].right)
            draw_right(canvas, line, col + width, style, text);
        else if (text)
            draw_text_in(canvas, line, col, width, style, text);
        col += width + 1;
    }
}

static void draw_row(const struct list *list, struct canvas *canvas, int line, size_t i)
{
    const struct list_row *row = &list->row[i];
    bool is_here = i == list->at && !list->is_unfocused;

    if (row->has_no_number)
        draw_text(canvas, line, 0, STYLE_PLAIN, is_here ? ">" : "");
    else
        draw_format(canvas, line, 0, STYLE_PLAIN, "%c%*d", is_here ? '>' : ' ', gutter_of(list) > 4 ? 3 : 2, row->number);
    if (row->mark == LIST_CHANGED)
        draw_text(canvas, line, gutter_of(list) - 2, STYLE_LATE, "*");
    draw_columns(list, &list->group[row->group], canvas, line, row);
    if (is_here) {
        draw_style(canvas, line, 0, gutter_of(list) - 1, STYLE_CURSOR);
        draw_cursor(canvas, line, gutter_of(list) - 1);
    }
}

/* Scroll as little as keeps the cursor's row (and the heading above the first) inside. */
static void list_scroll(struct list *list, int rows)
{
    int line = list->n ? line_of(list, list->at) : 0;

    list->height = rows;
    if (list->at == 0)
        line = 0;
    if (line < list->top)
        list->top = line;
    line = list->n ? line_of(list, list->at) : 0;
    if (line >= list->top + rows)
        list->top = line - rows + 1;
}

void list_draw(struct list *list, struct canvas *canvas)
{
    int line = 0;

    list->screen_row = canvas->top;
    list_scroll(list, canvas->rows);
    if (list->has_titles && list->n && list->top == 0)
        draw_columns(list, &list->group[list->row[0].group], canvas, 0, NULL);
    line = list->has_titles ? 1 : 0;
    for (size_t i = 0; i < list->n; i++) {
        const struct list_group *group = &list->group[list->row[i].group];
        bool opens = i == 0 || list->row[i].group != list->row[i - 1].group;

        line += opens && i > 0;
        if (opens && group->title) {
            if (line >= list->top && line - list->top < canvas->rows)
                draw_heading(canvas, line - list->top, group->title, group->note);
            line++;
        }
        if (line >= list->top && line - list->top < canvas->rows)
            draw_row(list, canvas, line - list->top, i);
        line++;
    }
}
