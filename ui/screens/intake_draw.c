/* Drawing of the intake screen: questions down the left, answers at the right, what belongs to the question
 * of the cursor below it; at the foot scores, section and progress, and beside it all where there is room. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/screens/intake.h"

enum { INDENT = 2, MAX_INDENT = 8, FOOT_LINES = 2, ANSWER_LINES = 3, TEXT_LINES = 8, SIDE_FROM = 112, SIDE_WIDTH = 34 };

static int answer_column(const struct canvas *canvas)
{
    return canvas->cols * 62 / 100;
}

int intake_indent(const struct form_row *row)
{
    int indent = row->depth * INDENT;

    return INTAKE_LEFT + (indent > MAX_INDENT ? MAX_INDENT : indent);
}

char *intake_answer_words(const struct intake *it, const struct form_row *row)
{
    struct buf words = { 0 };

    for (size_t i = 0; i < row->n_answers; i++) {
        char *one = form_answer_words(it->sitting.form, row, i);

        buf_printf(&words, "%s%s", i ? "; " : "", one);
        free(one);
    }
    if (row->n_answers && *row->unit && row->type != FORM_QUANTITY)
        buf_printf(&words, " %s", row->unit);
    return buf_take(&words);
}

int intake_draw_answer(const struct intake *it, struct canvas *canvas, int line, int col, int width, const struct form_row *row)
{
    enum style style = row->is_overridden || *row->from_record ? STYLE_LATE : row->is_calculated ? STYLE_TITLE : STYLE_PLAIN;
    char *words = intake_answer_words(it, row);
    struct buf said = { 0 };
    int lines = 0;

    if (*row->absent)
        draw_format(canvas, line, col, STYLE_FAINT, _("none: %s"), intake_absent_words(row->absent));
    else if (*words) {
        buf_printf(&said, "%s%s%s", row->is_calculated && !row->is_overridden ? "= " : "", words,
                   row->is_overridden ? _(" (typed over)") : *row->from_record ? " ~" : "");
        lines = draw_folded(canvas, line, col, width, ANSWER_LINES, style, buf_text(&said));
    } else if (row->required && row->type != FORM_GROUP && row->type != FORM_DISPLAY && !row->read_only)
        draw_text_in(canvas, line, col, width, STYLE_FAINT, _("needed"));
    buf_done(&said);
    free(words);
    return lines > ANSWER_LINES ? ANSWER_LINES : lines;
}

/* What typing looks like, in the empty field. */
static const char *ghost(const struct form_row *row)
{
    if (*row->look->entry_format)
        return row->look->entry_format;
    switch (row->type) {
    case FORM_DATE: return _("day month year");
    case FORM_DATETIME: return _("day month year time");
    case FORM_TIME: return _("9:30");
    case FORM_ATTACHMENT: return _("/path of a file, or where it is");
    default: return "";
    }
}

void intake_draw_field(const struct intake *it, struct canvas *canvas, int line, int col, int width, const struct form_row *row)
{
    char *kept = NULL;

    if (!it->field.len && intake_picks(it, row) && row->n_answers)
        draw_text_in(canvas, line, col, width, STYLE_PLAIN, kept = intake_answer_words(it, row));
    else if (!it->field.len)
        draw_text_in(canvas, line, col, width, STYLE_FAINT, ghost(row));
    if (it->field.len || !kept)
        field_draw(&it->field, canvas, line, col, width, true);
    draw_cursor(canvas, line, col + (it->field.len ? canvas->grid->cursor_col - canvas->left - col : 0));
    free(kept);
}

static enum style text_style(const struct form_row *row)
{
    if (row->look->style & FORM_STYLE_ALERT)
        return STYLE_ALERT;
    if (row->type == FORM_GROUP)
        return STYLE_HEADING;
    if (row->look->style & FORM_STYLE_BOLD)
        return STYLE_HEADING;
    return row->type == FORM_DISPLAY ? STYLE_FAINT : STYLE_PLAIN;
}

/* A sign before words that ask for more than reading. */
static const char *sign_of(const struct form_row *row)
{
    if ((row->look->style & FORM_STYLE_ALERT) || strcmp(row->look->display_category, "security") == 0)
        return "! ";
    return row->look->is_style_sensitive ? "~ " : "";
}

/* A linkId is for programs: a group or a note without words has no line, unless the cursor stands there. */
static const char *text_of(const struct form_row *row)
{
    if (*row->text)
        return row->text;
    if (row->type == FORM_GROUP && row->repeats)
        return _("as often as it takes: + adds one");
    return row->type == FORM_GROUP || row->type == FORM_DISPLAY ? "" : row->link_id;
}

static int draw_question(struct canvas *canvas, int line, int width, const struct form_row *row)
{
    const char *text = text_of(row), *sign = sign_of(row);
    int left = intake_indent(row), gutter = INTAKE_GUTTER;
    struct buf words = { 0 };
    int lines;

    if (!*text && !*row->prefix)
        return 0;
    if (*row->prefix && utf8_width(row->prefix) < gutter) {
        draw_text_in(canvas, line, left - gutter, gutter, text_style(row), row->prefix);
        buf_printf(&words, "%s%s", sign, text);
    } else {
        buf_printf(&words, "%s%s%s%s", row->prefix, *row->prefix ? " " : "", sign, text);
    }
    if (row->type == FORM_GROUP && row->repeats && row->repetition > 0)
        buf_printf(&words, " (%zu)", row->repetition + 1);
    lines = draw_folded(canvas, line, left, width, canvas->rows - line, text_style(row), buf_text(&words));
    buf_done(&words);
    return lines < 1 ? 1 : lines;
}

/* One row from line on; the number of lines it takes, also of those that no longer fit. */
static int draw_row(const struct intake *it, struct canvas *canvas, int line, const struct form_row *row, bool here)
{
    int left = intake_indent(row), right = answer_column(canvas), taken, below, room = canvas->cols - 1 - right;
    bool is_question = row->type != FORM_GROUP && row->type != FORM_DISPLAY;
    bool types = here && is_question && !it->is_view && !intake_has_keys(it, row);

    if (!here && !is_question && !*row->text && !*row->prefix)
        return 0;               /* a group that only holds others together, a blank line of the form's */
    if (here)
        draw_text(canvas, line, 0, STYLE_CURSOR, ">");
    taken = draw_question(canvas, line, (is_question ? right - 1 : canvas->cols - 1) - left, row);
    if (types && it->field.is_multiline)
        taken += field_draw_folded(&it->field, canvas, line + taken, left, canvas->cols - 1 - left, TEXT_LINES);
    else if (types)
        intake_draw_field(it, canvas, line, right, room, row);
    else if (is_question && (below = intake_draw_answer(it, canvas, line, right, room, row)) > taken)
        taken = below;
    if (here && !types && !it->is_view)
        draw_cursor(canvas, line, right);
    if (here)
        taken += intake_draw_under(it, canvas, line + taken, row);
    else if (*row->problem && row->n_answers)
        taken += draw_folded(canvas, line + taken, left, canvas->cols - 1 - left, canvas->rows - line - taken, STYLE_ALERT, row->problem);
    return taken;
}

static bool is_here(const struct intake *it, const struct strip *strip)
{
    return *it->path && strip->kind != STRIP_HEADS && it->index >= strip->first && it->index < strip->first + strip->n;
}

static int draw_strip(const struct intake *it, struct canvas *canvas, int line, const struct strip *strip)
{
    if (strip->kind != STRIP_ROW)
        return intake_draw_table(it, canvas, line, strip);
    return draw_row(it, canvas, line, form_row(it->sitting.form, strip->first), is_here(it, strip));
}

/* The heads of the table that the first drawn strip is in the middle of; NULL when it is in none. */
static const struct strip *heads_above(const struct intake *it, size_t top)
{
    if (top >= it->n_strips || it->strip[top].kind == STRIP_ROW || it->strip[top].kind == STRIP_HEADS)
        return NULL;
    while (top > 0 && it->strip[top].kind != STRIP_HEADS)
        top--;
    return it->strip[top].kind == STRIP_HEADS ? &it->strip[top] : NULL;
}

static int lines_of(const struct intake *it, const struct canvas *canvas, size_t i)
{
    struct canvas nowhere = *canvas;

    nowhere.rows = 0;
    return i < it->n_strips ? draw_strip(it, &nowhere, 0, &it->strip[i]) : 2;
}

/* Bring the cursor's strip into the window: from the first drawn one on, as far up as it takes. The heads
 * of a table stay on the screen with its lines. */
static void scroll(struct intake *it, struct canvas *canvas)
{
    const struct strip *here = *it->path ? intake_strip_of(it, it->index) : NULL, *heads;
    size_t at = here ? (size_t)(here - it->strip) : it->n_strips;
    int lines = 0;

    if (it->top > at)
        it->top = at;
    while (it->top > 0 && it->top == at && it->top < it->n_strips && it->strip[it->top - 1].kind == STRIP_HEADS)
        it->top--;
    for (size_t i = at + 1; i-- > it->top;) {
        heads = heads_above(it, i);
        lines += lines_of(it, canvas, i);
        if (lines + (heads ? lines_of(it, canvas, (size_t)(heads - it->strip)) : 0) > canvas->rows) {
            it->top = i < at ? i + 1 : at;
            return;
        }
    }
}

static void draw_finish(const struct intake *it, struct canvas *body, int line)
{
    size_t first, end;

    intake_page(it, it->index, &first, &end);
    if (line + 1 >= body->rows || it->is_view || end < form_rows(it->sitting.form))
        return;
    draw_text(body, line + 1, 0, STYLE_CURSOR, *it->path ? "" : ">");
    draw_text(body, line + 1, INTAKE_LEFT, *it->path ? STYLE_FAINT : STYLE_TITLE, _("Finish this form (Enter)"));
    if (!*it->path)
        draw_cursor(body, line + 1, INTAKE_LEFT);
}

static void draw_body(struct intake *it, struct canvas *body)
{
    int line = 0;

    intake_layout(it, body->cols);
    scroll(it, body);
    for (size_t i = 0; i < it->n_strips; i++)
        it->strip[i].lines = 0;
    if (heads_above(it, it->top))
        line = draw_strip(it, body, 0, heads_above(it, it->top));
    for (size_t i = it->top; i < it->n_strips && line < body->rows; i++) {
        it->strip[i].line = line;
        it->strip[i].lines = draw_strip(it, body, line, &it->strip[i]);
        line += it->strip[i].lines;
    }
    draw_finish(it, body, line);
}

void intake_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct intake *it = state;
    bool has_side = canvas->cols >= SIDE_FROM;
    int cols = has_side ? canvas->cols - SIDE_WIDTH - 2 : canvas->cols;
    struct canvas body = canvas_part(canvas, 0, 0, canvas->rows - FOOT_LINES, cols);
    struct canvas side = canvas_part(canvas, 0, cols + 2, canvas->rows - FOOT_LINES, SIDE_WIDTH);

    (void)app;
    if (*it->path && !intake_row(it))       /* it went while another process held the form */
        it->index = form_rows(it->sitting.form);
    if (it->shows_sections)
        intake_draw_sections(it, &body);
    else
        draw_body(it, &body);
    if (has_side)
        intake_draw_side(it, &side);
    intake_draw_foot(it, canvas, !has_side);
}
