/* Where the cursor of the intake screen stands and goes: rows, sections, pages, the next thing to fix. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "ui/app.h"
#include "ui/prompt.h"
#include "ui/screens/intake.h"

const struct form_row *intake_row(const struct intake *it)
{
    const struct form_row *row = *it->path ? form_row(it->sitting.form, it->index) : NULL;

    if (row && strcmp(row->path, it->path) == 0)
        return row;
    return *it->path ? form_row_by_path(it->sitting.form, it->path) : NULL;
}

bool intake_takes_focus(const struct intake *it, const struct form_row *row)
{
    if (row->type == FORM_DISPLAY)
        return false;
    if (row->type == FORM_GROUP)
        return row->repeats && !it->is_view;
    return it->is_view || !row->read_only;
}

/* Sections and pages ------------------------------------------------------------------------------- */

static bool is_page(const struct form_row *row)
{
    return row->look->control == CONTROL_PAGE || row->look->control == CONTROL_TAB;
}

size_t intake_section(const struct intake *it, size_t index, size_t *n, const char **title)
{
    size_t rows = form_rows(it->sitting.form), at = 0;

    *n = 0;
    *title = "";
    for (size_t i = 0; i < rows; i++) {
        const struct form_row *row = form_row(it->sitting.form, i);

        if (!row->is_page && !is_page(row))
            continue;
        ++*n;
        if (i <= index) {
            at = *n;
            *title = row->text;
        }
    }
    return at;
}

void intake_page(const struct intake *it, size_t index, size_t *first, size_t *end)
{
    size_t n = form_rows(it->sitting.form);
    int depth = 0;

    *first = 0;
    *end = n;
    for (size_t i = 0; i < n; i++) {
        const struct form_row *row = form_row(it->sitting.form, i);
        bool starts = is_page(row);

        if (i > index && (starts || (*first && row->depth < depth))) {
            *end = i;
            return;
        }
        if (starts) {
            *first = i;
            depth = row->depth;
        }
    }
}

struct intake_progress intake_progress(const struct intake *it, size_t first, size_t end)
{
    struct intake_progress p = { 0, 0, 0 };

    for (size_t i = first; i < end; i++) {
        const struct form_row *row = form_row(it->sitting.form, i);

        if (row->type == FORM_GROUP || row->type == FORM_DISPLAY || row->read_only || row->is_calculated)
            continue;
        p.total++;
        p.answered += row->n_answers > 0 || *row->absent;
    }
    for (size_t i = 0; i < form_problems(it->sitting.form); i++) {
        const struct form_row *row = form_row_by_path(it->sitting.form, form_problem(it->sitting.form, i).path);

        p.to_fix += row && row->index >= first && row->index < end;
    }
    return p;
}

static void say_section(struct intake *it)
{
    const char *title, *form = form_title(it->sitting.form);
    size_t n, at = intake_section(it, it->index, &n, &title);

    if (at && n > 1)
        snprintf(it->about, sizeof it->about, _("%.60s   %zu of %zu  %.60s"), form, at, n, title);
    else
        snprintf(it->about, sizeof it->about, "%.120s", form);
}

/* Rows --------------------------------------------------------------------------------------------- */

void intake_stand_on(struct intake *it, const struct form_row *row)
{
    bool has_field = row && row->type != FORM_GROUP && !intake_has_keys(it, row) && !intake_picks(it, row);
    char *typed = has_field ? form_answer_typed(it->sitting.form, row) : NULL, *path = mem_dup(row ? row->path : "");

    free(it->path);
    it->path = path;
    it->index = row ? row->index : form_rows(it->sitting.form);
    it->field.is_multiline = row && row->type == FORM_TEXT;
    field_set(&it->field, typed ? typed : "");
    free(typed);
    it->touched = it->why_none = it->help_is_open = false;
    it->picks.is_due = true;
    it->problem[0] = '\0';
    say_section(it);
}

const struct form_row *intake_row_from(const struct intake *it, size_t index, int step)
{
    size_t n = form_rows(it->sitting.form);

    for (size_t i = index; i < n; i += (size_t)step)
        if (intake_takes_focus(it, form_row(it->sitting.form, i)))
            return form_row(it->sitting.form, i);
    return NULL;
}

/* In a table of cells: the same column of the line below or above; NULL when there is no such line. */
static const struct form_row *cell_beside(const struct intake *it, const struct form_row *row, int step)
{
    const struct strip *strip = intake_strip_of(it, row->index), *beside;
    size_t column = strip && strip->kind == STRIP_CELLS ? intake_column_of(it, strip, row) : SIZE_MAX;

    if (column == SIZE_MAX)
        return NULL;
    for (beside = strip + step; beside >= it->strip && beside < it->strip + it->n_strips && beside->kind == STRIP_CELLS; beside += step)
        for (size_t i = beside->first; i < beside->first + beside->n; i++) {
            const struct form_row *cell = form_row(it->sitting.form, i);

            if (cell && intake_column_of(it, beside, cell) == column && intake_takes_focus(it, cell))
                return cell;
        }
    return NULL;
}

/* Out of a line of cells: the row before its first, or after its last. */
static size_t line_edge(const struct intake *it, const struct form_row *row, int step)
{
    const struct strip *strip = intake_strip_of(it, row->index);

    if (!strip || strip->kind != STRIP_CELLS)
        return row->index;
    return step > 0 ? strip->first + strip->n - 1 : strip->first;
}

const struct form_row *intake_row_beside(const struct intake *it, int step, bool by_line)
{
    const struct form_row *row = intake_row(it), *beside = row && by_line ? cell_beside(it, row, step) : NULL;
    size_t index = row ? (by_line ? line_edge(it, row, step) : row->index) : it->index;

    if (beside)
        return beside;
    if (step > 0)
        return intake_row_from(it, row ? index + 1 : index, 1);
    beside = index > 0 ? intake_row_from(it, index - 1, -1) : NULL;
    return beside ? beside : intake_row_from(it, 0, 1);
}

/* What is to be fixed ------------------------------------------------------------------------------ */

/* A group has no field of its own: what it lacks is typed at its first question. */
static const struct form_row *place_of(const struct intake *it, const char *path)
{
    const struct form_row *row = form_row_by_path(it->sitting.form, path);

    if (!row || (row->type != FORM_GROUP && intake_takes_focus(it, row)))
        return row;
    return intake_row_from(it, row->index + 1, 1);
}

void intake_go_to_problem(struct app *app, struct intake *it, bool from_the_start)
{
    size_t n = form_problems(it->sitting.form), pick = 0;
    const char *text;

    if (n == 0) {
        app_say(app, STYLE_GOOD, _("Nothing to fix. ^F finishes the form."));
        return;
    }
    for (size_t i = 0; i < n && !from_the_start; i++) {
        const struct form_row *row = place_of(it, form_problem(it->sitting.form, i).path);

        if (row && row->index > it->index) {
            pick = i;
            break;
        }
    }
    text = form_problem(it->sitting.form, pick).text;
    intake_stand_on(it, place_of(it, form_problem(it->sitting.form, pick).path));
    snprintf(it->problem, sizeof it->problem, "%s", text);
    app_say(app, STYLE_LATE, _("%zu to fix. ^N goes to the next."), n);
}

/* Asking for a section ----------------------------------------------------------------------------- */

static void section_left(struct app *app, void *ctx)
{
    (void)app;
    ((struct intake *)ctx)->shows_sections = false;
}

static void section_chosen(struct app *app, void *ctx, const struct args *args)
{
    struct intake *it = ctx;
    long pick = strtol(args->arg[0].value, NULL, 10);
    size_t n = form_rows(it->sitting.form);

    it->shows_sections = false;
    for (size_t i = 0; i < n; i++) {
        const struct form_row *row = form_row(it->sitting.form, i);

        if ((row->is_page || is_page(row)) && --pick == 0) {
            intake_stand_on(it, intake_row_from(it, i, 1));
            it->top = 0;
            for (size_t k = 0; k < it->n_strips; k++)
                if (it->strip[k].first <= i)
                    it->top = k;
            return;
        }
    }
    app_say(app, STYLE_ALERT, _("there is no such section"));
}

void intake_ask_section(struct app *app, struct intake *it)
{
    struct asking question = { .name = "section", .label = _("section"), .kind = PARAM_NUMBER };
    struct prompt_spec spec = { .question = &question, .n = 1, .done = section_chosen, .cancelled = section_left, .ctx = it };
    const char *title;
    size_t n;

    intake_section(it, 0, &n, &title);
    if (n == 0) {
        app_say(app, STYLE_PLAIN, _("This form has no sections."));
        return;
    }
    it->shows_sections = true;
    prompt_ask(app, &spec);
}
