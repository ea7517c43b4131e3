/* The foot of the intake screen (scores, section, progress), the list of sections, and the column beside the
 * form that wide terminals have. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/screens/intake.h"

enum { BAR = 10, SECTION_LEFT = 3 };

/* Scores -------------------------------------------------------------------------------------------- */

/* "PHQ-9: 7 of 27, mild (9 of 9 answered)"; without a value yet the name and a dash. brief: beside others. */
static void add_score(struct buf *words, const struct form_score *score, bool brief)
{
    size_t len = strlen(score->name);

    while (len && strchr(": ", score->name[len - 1]))
        len--;
    buf_add_n(words, score->name, len);
    if (*score->value && score->max > 0)
        buf_printf(words, _(": %s of %d"), score->value, score->max);
    else
        buf_printf(words, ": %s", *score->value ? score->value : "-");
    if (score->band && *score->band)
        buf_printf(words, ", %s", score->band);
    buf_printf(words, brief ? _(" (%d of %d)") : _(" (%d of %d answered)"), score->answered, score->of);
}

static void draw_scores(const struct intake *it, struct canvas *canvas, int line)
{
    struct buf words = { 0 };

    for (size_t i = 0; i < form_scores(it->sitting.form); i++) {
        struct form_score score = form_score(it->sitting.form, i);

        buf_add(&words, words.len ? "   " : "");
        add_score(&words, &score, form_scores(it->sitting.form) > 1);
    }
    draw_text_in(canvas, line, SECTION_LEFT, canvas->cols - 1 - SECTION_LEFT, STYLE_TITLE, buf_text(&words));
    buf_done(&words);
}

/* Progress ------------------------------------------------------------------------------------------ */

/* "[####......]": how much of it is answered; full only when nothing is left. */
static void bar(const struct intake_progress *p, char out[BAR + 3])
{
    int filled = p->total ? p->answered * BAR / p->total : BAR;

    out[0] = '[';
    for (int i = 0; i < BAR; i++)
        out[1 + i] = i < filled ? '#' : '.';
    out[BAR + 1] = ']';
    out[BAR + 2] = '\0';
}

static void progress_words(const struct intake *it, const struct intake_progress *p, char *words, size_t size)
{
    if (it->is_view)
        snprintf(words, size, _("as answered; %d of %d"), p->answered, p->total);
    else if (p->to_fix)
        snprintf(words, size, _("%d of %d answered, %d to fix"), p->answered, p->total, p->to_fix);
    else
        snprintf(words, size, _("%d of %d answered"), p->answered, p->total);
}

void intake_draw_foot(const struct intake *it, struct canvas *canvas, bool has_scores)
{
    struct intake_progress all = intake_progress(it, 0, form_rows(it->sitting.form));
    int last = canvas->rows - 1, right;
    char words[160], gauge[BAR + 3];

    all.to_fix = (int)form_problems(it->sitting.form);
    progress_words(it, &all, words, sizeof words);
    if (last > 0 && has_scores)
        draw_scores(it, canvas, last - 1);
    right = draw_right(canvas, last, canvas->cols - 1, all.to_fix ? STYLE_LATE : STYLE_FAINT, words);
    bar(&all, gauge);
    if (right > BAR + 6)
        draw_text(canvas, last, right - BAR - 3, STYLE_FAINT, gauge);
}

/* Sections ------------------------------------------------------------------------------------------ */

static bool begins_section(const struct form_row *row)
{
    return row->is_page || row->look->control == CONTROL_PAGE || row->look->control == CONTROL_TAB;
}

static void draw_section(const struct intake *it, struct canvas *canvas, int line, size_t number, size_t from, size_t to)
{
    const struct form_row *row = form_row(it->sitting.form, from);
    struct intake_progress p = intake_progress(it, from, to);
    bool here = it->index >= from && it->index < to;
    char words[80], gauge[BAR + 3];
    int right = canvas->cols - 1;

    bar(&p, gauge);
    if (p.to_fix)
        snprintf(words, sizeof words, canvas->cols > 60 ? _("%d of %d, %d to fix") : "%d/%d !%d", p.answered, p.total, p.to_fix);
    else
        snprintf(words, sizeof words, canvas->cols > 60 ? _("%d of %d") : "%d/%d", p.answered, p.total);
    draw_format(canvas, line, 0, here ? STYLE_CURSOR : STYLE_PLAIN, "%s%2zu", here ? ">" : " ", number);
    right = draw_right(canvas, line, right, p.to_fix ? STYLE_LATE : STYLE_FAINT, words) - 1;
    if (canvas->cols > 60) {
        right = canvas->cols - 34;
        draw_text(canvas, line, right, p.total && p.answered == p.total && !p.to_fix ? STYLE_GOOD : STYLE_FAINT, gauge);
    }
    draw_text_in(canvas, line, SECTION_LEFT + 1, right - SECTION_LEFT - 2, here ? STYLE_TITLE : STYLE_PLAIN, *row->text ? row->text : _("(without a title)"));
}

/* From the line given; gives the one after the last. The section of the cursor is always among those drawn. */
static int list_sections(const struct intake *it, struct canvas *canvas, int line, int rows)
{
    size_t n, total = form_rows(it->sitting.form), number = 0, at, skip;
    const char *title;

    at = intake_section(it, it->index, &n, &title);
    skip = (int)at > rows ? at - (size_t)rows : 0;
    for (size_t i = 0; i < total; i++) {
        size_t to = i + 1;

        if (!begins_section(form_row(it->sitting.form, i)) || number++ < skip)
            continue;
        if ((int)(number - skip) > rows)
            break;
        while (to < total && !begins_section(form_row(it->sitting.form, to)))
            to++;
        draw_section(it, canvas, line++, number, i, to);
    }
    return line;
}

void intake_draw_sections(const struct intake *it, struct canvas *canvas)
{
    draw_heading(canvas, 1, _("SECTIONS"), "");
    list_sections(it, canvas, 3, canvas->rows - 3);
}

/* Beside the form ----------------------------------------------------------------------------------- */

static int side_scores(const struct intake *it, struct canvas *canvas, int line)
{
    size_t n = form_scores(it->sitting.form);

    if (n)
        draw_text(canvas, line++, 0, STYLE_HEADING, _("SCORES"));
    for (size_t i = 0; i < n && line < canvas->rows; i++) {
        struct form_score score = form_score(it->sitting.form, i);
        struct buf words = { 0 };

        add_score(&words, &score, false);
        line += draw_folded(canvas, line, 0, canvas->cols - 1, canvas->rows - line, *score.value ? STYLE_TITLE : STYLE_FAINT, buf_text(&words));
        buf_done(&words);
    }
    return n ? line + 1 : line;
}

static void side_problems(const struct intake *it, struct canvas *canvas, int line)
{
    size_t n = form_problems(it->sitting.form);

    if (!n || it->is_view || line + 1 >= canvas->rows)
        return;
    draw_text(canvas, line++, 0, STYLE_HEADING, _("TO FIX   ^N"));
    for (size_t i = 0; i < n && line < canvas->rows; i++) {
        struct form_problem problem = form_problem(it->sitting.form, i);
        const struct form_row *row = form_row_by_path(it->sitting.form, problem.path);
        struct buf words = { 0 };

        buf_printf(&words, "%s %s", row && *row->prefix ? row->prefix : "!", row && *row->text ? row->text : problem.path);
        draw_text_in(canvas, line++, 0, canvas->cols - 1, STYLE_PLAIN, buf_text(&words));
        buf_done(&words);
    }
}

void intake_draw_side(const struct intake *it, struct canvas *canvas)
{
    const char *title;
    size_t sections;
    int line = 0;

    intake_section(it, it->index, &sections, &title);
    if (sections > 1 && !it->shows_sections) {
        draw_text(canvas, line++, 0, STYLE_HEADING, _("SECTIONS   ^G"));
        line = list_sections(it, canvas, line, canvas->rows / 2) + 1;
    }
    line = side_scores(it, canvas, line);
    side_problems(it, canvas, line);
}
