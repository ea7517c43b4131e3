/* Drawing of the intake screen: questions down the left, answers at the right, the options of the
 * question under the cursor below it, scores and progress at the foot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/screens/intake.h"

enum { TEXT_LEFT = 8, INDENT = 2, MAX_INDENT = 8, FOOT_LINES = 2, OPTION_GAP = 3 };

static int answer_column(const struct canvas *canvas)
{
    return canvas->cols * 62 / 100;
}

static int indent_of(const struct form_row *row)
{
    int indent = row->depth * INDENT;

    return TEXT_LEFT + (indent > MAX_INDENT ? MAX_INDENT : indent);
}

/* All answers in words, "; " between them; owned. */
static char *answer_words(const struct intake *it, const struct form_row *row)
{
    struct buf words = { 0 };

    for (size_t i = 0; i < row->n_answers; i++) {
        char *one = form_answer_words(it->sitting.form, row, i);

        buf_printf(&words, "%s%s", i ? "; " : "", one);
        free(one);
    }
    if (row->n_answers && *row->unit)
        buf_printf(&words, " %s", row->unit);
    return buf_take(&words);
}

/* Options under their question, as many on a line as fit; the number of lines they take. */
static int draw_options(const struct intake *it, struct canvas *canvas, int line, const struct form_row *row)
{
    size_t n = form_options(it->sitting.form, row);
    int col = indent_of(row), first = line;

    for (size_t i = 0; i < n; i++) {
        struct form_option option = form_option(it->sitting.form, row, i);
        char key[16], words[300];
        int width;

        intake_option_key(it, row, i, key, sizeof key);
        snprintf(words, sizeof words, row->repeats ? "%s [%s] %s%s%s" : "%s %s%s%s%s", key,
                 row->repeats ? (option.chosen ? "x" : " ") : (option.chosen ? "*" : ""),
                 option.prefix, *option.prefix ? " " : "", option.label);
        width = utf8_width(words);
        if (col > indent_of(row) && col + width > canvas->cols - 1) {
            line++;
            col = indent_of(row);
        }
        draw_text_in(canvas, line, col, canvas->cols - 1 - col, option.chosen ? STYLE_GOOD : STYLE_PLAIN, words);
        col += width + OPTION_GAP;
    }
    return n ? line - first + 1 : 0;
}

/* Beside the question: the answer, why there is none, or the field. */
static void draw_answer(const struct intake *it, struct canvas *canvas, int line, const struct form_row *row)
{
    int col = answer_column(canvas);
    char *words = answer_words(it, row);

    if (*row->absent)
        draw_format(canvas, line, col, STYLE_FAINT, _("none: %s"), intake_absent_words(row->absent));
    else if (*words)
        draw_text_in(canvas, line, col, canvas->cols - 1 - col, row->is_calculated ? STYLE_TITLE : STYLE_PLAIN, words);
    else if (row->required && row->type != FORM_GROUP && row->type != FORM_DISPLAY)
        draw_text(canvas, line, col, STYLE_FAINT, _("needed"));
    free(words);
}

static bool is_heading(const struct form_row *row)
{
    return row->type == FORM_GROUP;
}

/* What stands under the question that has the cursor: options, help, what is wrong. */
static int draw_under(const struct intake *it, struct canvas *canvas, int line, const struct form_row *row)
{
    int first = line, left = indent_of(row), width = canvas->cols - 1 - left;

    if (intake_has_keys(it, row))
        line += draw_options(it, canvas, line, row);
    else if (form_options(it->sitting.form, row) > 0)
        line += draw_folded(canvas, line, left, width, canvas->rows - line, STYLE_FAINT, _("Type a part of the answer, or its number."));
    if (*row->help)
        line += draw_folded(canvas, line, left, width, canvas->rows - line, STYLE_FAINT, row->help);
    if (*row->note)
        line += draw_folded(canvas, line, left, width, canvas->rows - line, STYLE_FAINT, row->note);
    if (is_heading(row) && row->repeats)
        line += draw_folded(canvas, line, left, width, canvas->rows - line, STYLE_FAINT, _("+ one more   Delete takes this one away"));
    if (row->is_overridden)
        line += draw_folded(canvas, line, left, width, canvas->rows - line, STYLE_FAINT, _("Typed over what the form works out; ^R works it out again."));
    if (it->why_none)
        line += draw_folded(canvas, line, left, width, canvas->rows - line, STYLE_LATE, _("Why none?  d declined   k does not know   u unreadable   l ask later"));
    if (*it->problem)
        line += draw_folded(canvas, line, left, width, canvas->rows - line, STYLE_ALERT, it->problem);
    return line - first;
}

/* One row from line on; the number of lines it takes, also of those that no longer fit. */
static int draw_row(const struct intake *it, struct canvas *canvas, int line, const struct form_row *row, bool here)
{
    int left = indent_of(row), right = answer_column(canvas), text_width, taken;
    enum style style = is_heading(row) ? STYLE_HEADING : row->type == FORM_DISPLAY ? STYLE_FAINT : STYLE_PLAIN;
    bool types = here && !is_heading(row) && !it->is_view && !intake_has_keys(it, row);

    text_width = (is_heading(row) || row->type == FORM_DISPLAY ? canvas->cols - 1 : right - 1) - left;
    if (here)
        draw_text(canvas, line, 0, STYLE_CURSOR, ">");
    if (*row->prefix)
        draw_text_in(canvas, line, left - 5, 5, style, row->prefix);
    taken = draw_folded(canvas, line, left, text_width, canvas->rows - line, style, *row->text ? row->text : row->link_id);
    if (taken < 1)
        taken = 1;
    if (types)
        field_draw(&it->field, canvas, line, right, canvas->cols - 1 - right, true);
    else if (!is_heading(row) && row->type != FORM_DISPLAY)
        draw_answer(it, canvas, line, row);
    if (here && !types && !it->is_view)
        draw_cursor(canvas, line, right);
    if (here && !it->is_view)
        taken += draw_under(it, canvas, line + taken, row);
    else if (*row->problem && row->n_answers)
        taken += draw_folded(canvas, line + taken, left, canvas->cols - 1 - left, canvas->rows - line - taken, STYLE_ALERT, row->problem);
    return taken;
}

/* Bring the cursor's row into the window: from the first drawn row on, as far up as it takes. */
static void scroll(struct intake *it, struct canvas *canvas)
{
    struct canvas nowhere = *canvas;
    size_t n = form_rows(it->sitting.form), at = it->index < n ? it->index : n;
    int lines = 0;

    nowhere.rows = 0;
    if (it->top > at)
        it->top = at;
    for (size_t i = at + 1; i-- > it->top;) {
        lines += i < n ? draw_row(it, &nowhere, 0, form_row(it->sitting.form, i), i == at) : 2;
        if (lines > canvas->rows) {
            it->top = i < at ? i + 1 : at;
            return;
        }
    }
}

static void draw_scores(const struct intake *it, struct canvas *canvas, int line)
{
    struct buf words = { 0 };

    for (size_t i = 0; i < form_scores(it->sitting.form); i++) {
        struct form_score score = form_score(it->sitting.form, i);

        buf_add(&words, words.len ? "   " : "");
        if (*score.value && score.max > 0)
            buf_printf(&words, _("%s: %s of %d"), score.name, score.value, score.max);
        else
            buf_printf(&words, "%s: %s", score.name, *score.value ? score.value : "-");
        if (score.band && *score.band)
            buf_printf(&words, ", %s", score.band);
        buf_printf(&words, _(" (%d of %d answered)"), score.answered, score.of);
    }
    draw_text(canvas, line, 3, STYLE_TITLE, buf_text(&words));
    buf_done(&words);
}

static void draw_progress(const struct intake *it, struct canvas *canvas, int line)
{
    size_t problems = form_problems(it->sitting.form);
    char words[120];
    int answered, total;

    form_progress(it->sitting.form, &answered, &total);
    if (it->is_view)
        snprintf(words, sizeof words, _("as answered; %d of %d"), answered, total);
    else if (problems)
        snprintf(words, sizeof words, _("%d of %d answered, %zu to fix"), answered, total, problems);
    else
        snprintf(words, sizeof words, _("%d of %d answered"), answered, total);
    draw_right(canvas, line, canvas->cols - 1, STYLE_FAINT, words);
}

void intake_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct intake *it = state;
    struct canvas body = canvas_part(canvas, 0, 0, canvas->rows - FOOT_LINES, canvas->cols);
    size_t n = form_rows(it->sitting.form);
    int line = 0;

    (void)app;
    scroll(it, &body);
    for (size_t i = it->top; i < n && line < body.rows; i++)
        line += draw_row(it, &body, line, form_row(it->sitting.form, i), i == it->index && intake_row(it));
    if (line + 1 < body.rows && !it->is_view) {
        bool here = !intake_row(it);

        draw_text(&body, line + 1, 0, STYLE_CURSOR, here ? ">" : "");
        draw_text(&body, line + 1, TEXT_LEFT, here ? STYLE_TITLE : STYLE_FAINT, _("Finish this form (Enter)"));
        if (here)
            draw_cursor(&body, line + 1, TEXT_LEFT);
    }
    draw_scores(it, canvas, canvas->rows - 1);
    draw_progress(it, canvas, canvas->rows - 1);
}
