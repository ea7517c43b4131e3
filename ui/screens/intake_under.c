/* What stands under the question of the cursor: what can be answered and how, what the form says about it,
 * what is wrong. In the order a person needs it: the choices first, explanations after them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "ui/screens/intake.h"

enum { OPTION_GAP = 3, SHORT_OPTION = 24, SHORT_OPTIONS = 64, PICK_LINES = 8, HELP_LINES = 2, SLIDER_CELLS = 30 };

/* Where the next thing goes. */
struct under { const struct intake *it; struct canvas *canvas; const struct form_row *row; int line, left; };

static void say_lines(struct under *u, enum style style, const char *text, int most)
{
    int width = u->canvas->cols - 1 - u->left, room = u->canvas->rows - u->line, lines;

    if (!*text)
        return;
    lines = draw_folded(u->canvas, u->line, u->left, width, most && most < room ? most : room, style, text);
    if (most && lines > most) {
        draw_right(u->canvas, u->line + most - 1, u->canvas->cols - 1, STYLE_KEY, _("…  ? all of it"));
        lines = most;
    }
    u->line += lines;
}

static void say(struct under *u, enum style style, const char *text)
{
    say_lines(u, style, text, 0);
}

/* Is the question answered by typing words of one's own? */
static bool is_typed(const struct under *u)
{
    enum form_type type = u->row->type;

    return type == FORM_STRING || type == FORM_TEXT || type == FORM_URL || (u->row->look->is_open && type != FORM_REFERENCE);
}

/* Options ------------------------------------------------------------------------------------------- */

static void option_words(const struct under *u, size_t i, char *out, size_t size, enum style *style)
{
    struct form_option option = form_option(u->it->sitting.form, u->row, i);
    const char *mark = u->row->repeats ? (option.chosen ? " [x]" : " [ ]") : option.chosen ? "*" : "";
    char key[16];

    intake_option_key(u->it, u->row, i, key, sizeof key);
    snprintf(out, size, "%s%s %s%s%s%s", option.disabled ? "-" : key, mark, option.prefix, *option.prefix ? " " : "", option.label,
             option.disabled ? _(" (not now)") : option.exclusive && u->row->repeats ? _(" (alone)") : "");
    *style = option.chosen ? STYLE_GOOD : option.disabled ? STYLE_FAINT : STYLE_PLAIN;
}

/* Few and short ones stand beside one another, as the form's orientation or their length suggests. */
static bool is_beside(const struct under *u, size_t n)
{
    int total = 0, longest = 0;

    for (size_t i = 0; i < n; i++) {
        int width = (int)utf8_width(form_option(u->it->sitting.form, u->row, i).label);

        total += width + OPTION_GAP;
        longest = width > longest ? width : longest;
    }
    return u->row->look->is_horizontal || longest <= SHORT_OPTION || total <= SHORT_OPTIONS;
}

/* In columns of one width where they stand beside one another, so that the eye finds them. */
static void draw_options(struct under *u)
{
    size_t n = form_options(u->it->sitting.form, u->row);
    int col = u->left, width, right = u->canvas->cols - 1;
    bool beside = is_beside(u, n);
    enum style style;
    char words[400];

    for (size_t i = 0; i < n; i++) {
        option_words(u, i, words, sizeof words, &style);
        width = (int)utf8_width(words);
        if (i > 0 && (!beside || col + width > right)) {
            u->line++;
            col = u->left;
        }
        if (col == u->left && width > right - col)
            u->line += draw_folded(u->canvas, u->line, col, right - col, u->canvas->rows - u->line, style, words) - 1;
        else
            draw_text_in(u->canvas, u->line, col, right - col, style, words);
        col += width + OPTION_GAP;
    }
    u->line += n > 0;
}

static void draw_boolean(struct under *u)
{
    const struct node *answer = form_answer(u->it->sitting.form, u->row, 0);
    bool yes = answer && node_bool(answer, "valueBoolean");

    draw_text(u->canvas, u->line, u->left, answer && yes ? STYLE_GOOD : STYLE_PLAIN, answer && yes ? _("y* yes") : _("y yes"));
    draw_text(u->canvas, u->line++, u->left + 10, answer && !yes ? STYLE_GOOD : STYLE_PLAIN, answer && !yes ? _("n* no") : _("n no"));
}

/* Long lists ---------------------------------------------------------------------------------------- */

static void draw_picks(struct under *u)
{
    const struct picks *picks = &u->it->picks;
    size_t shown = picks->n_matches < PICK_LINES ? picks->n_matches : PICK_LINES, from = 0;
    bool is_known = picks->path && strcmp(picks->path, u->row->path) == 0;
    char words[200];

    if (!is_known || (!u->it->field.len && picks->at == PICKS_NONE)) {
        snprintf(words, sizeof words, _("Type a part of the answer, or Tab for the list of %zu."), is_known ? picks->n : form_options(u->it->sitting.form, u->row));
        say(u, STYLE_FAINT, words);
        return;
    }
    if (picks->at != PICKS_NONE && picks->at >= shown)
        from = picks->at - shown + 1;
    for (size_t i = from; i < from + shown; i++) {
        char *label = intake_pick_words(u->it, u->row, i);

        if (i == picks->at)
            draw_text(u->canvas, u->line, u->left - 2, STYLE_CURSOR, ">");
        draw_text_in(u->canvas, u->line++, u->left, u->canvas->cols - 1 - u->left, i == picks->at ? STYLE_TITLE : STYLE_PLAIN, label);
        free(label);
    }
    if (picks->total > shown)
        snprintf(words, sizeof words, _("%zu of %zu fit. Tab goes through them, Enter takes the one marked >."), picks->total, picks->n);
    else if (picks->total == 0)
        snprintf(words, sizeof words, "%s", u->row->look->is_open || u->row->type == FORM_REFERENCE ? _("None fits; Enter keeps it as it is typed.") : _("None fits."));
    else
        snprintf(words, sizeof words, "%s", picks->at == PICKS_NONE ? _("Enter keeps your own words; Tab takes one of the list.") : _("Enter takes the one marked >."));
    say(u, STYLE_FAINT, words);
}

/* Numbers ------------------------------------------------------------------------------------------- */

static void draw_slider(struct under *u)
{
    const char *typed = field_text(&u->it->field), *low = u->row->look->lower, *high = u->row->look->upper;
    double min = strtod(u->row->min, NULL), max = strtod(u->row->max, NULL), value = strtod(typed, NULL);
    char scale[SLIDER_CELLS + 1], words[300];
    int at = max > min && *typed ? (int)((value - min) / (max - min) * (SLIDER_CELLS - 1) + 0.5) : -1;

    if (!*u->row->min || !*u->row->max || max <= min) {
        say(u, STYLE_FAINT, _("Left and Right go by steps; or type the number."));
        return;
    }
    memset(scale, '-', SLIDER_CELLS);
    scale[SLIDER_CELLS] = '\0';
    if (at >= 0)
        scale[at < SLIDER_CELLS ? at : SLIDER_CELLS - 1] = '|';
    snprintf(words, sizeof words, "%s%s%s [%s] %s%s%s   %s", low, *low ? " " : "", u->row->min, scale, u->row->max, *high ? " " : "", high, _("Left, Right or digits"));
    say(u, STYLE_PLAIN, words);
}

static void draw_units(struct under *u)
{
    struct buf words = { 0 };

    if (u->row->type != FORM_QUANTITY || u->row->look->n_units < 2)
        return;
    buf_add(&words, _("Unit, Tab for the next:"));
    for (size_t i = 0; i < u->row->look->n_units; i++)
        buf_printf(&words, "   %s", form_unit(u->it->sitting.form, u->row, i).label);
    if (u->row->look->is_unit_open)
        buf_printf(&words, "   %s", _("or another"));
    say(u, STYLE_PLAIN, buf_text(&words));
    buf_done(&words);
}

static void draw_limits(struct under *u)
{
    const struct form_row *row = u->row;
    struct buf words = { 0 };

    if (row->look->control == CONTROL_SLIDER || row->type == FORM_GROUP)
        return;
    if (*row->min && *row->max)
        buf_printf(&words, _("From %s to %s."), row->min, row->max);
    else if (*row->min || *row->max)
        buf_printf(&words, *row->min ? _("Not below %s.") : _("Not above %s."), *row->min ? row->min : row->max);
    if (row->look->max_length > 0 && is_typed(u) && (long)utf8_count(field_text(&u->it->field)) * 4 > row->look->max_length * 3)
        buf_printf(&words, ngettext("%sAt most %ld character.", "%sAt most %ld characters.", (unsigned long)row->look->max_length), words.len ? " " : "", row->look->max_length);
    say(u, STYLE_FAINT, buf_text(&words));
    buf_done(&words);
}

/* All of it ----------------------------------------------------------------------------------------- */

static void draw_answering(struct under *u)
{
    const struct strip *strip = intake_strip_of(u->it, u->row->index);
    bool has_keys = intake_has_keys(u->it, u->row);

    if (u->row->type == FORM_BOOLEAN && form_options(u->it->sitting.form, u->row) == 0)
        draw_boolean(u);
    else if (has_keys && !(strip && strip->kind == STRIP_MATRIX))
        draw_options(u);
    else if (intake_picks(u->it, u->row))
        draw_picks(u);
    if (u->row->look->is_open && form_options(u->it->sitting.form, u->row) > 0) {
        char words[300];

        snprintf(words, sizeof words, "%s: %s", *u->row->look->open_label ? u->row->look->open_label : _("Or in other words"),
                 has_keys ? _("type them") : field_text(&u->it->field));
        say(u, STYLE_FAINT, words);
    }
    if (u->row->look->control == CONTROL_SLIDER)
        draw_slider(u);
    draw_units(u);
    draw_limits(u);
    if (u->row->repeats && u->row->type != FORM_GROUP && u->row->type != FORM_BOOLEAN && !form_options(u->it->sitting.form, u->row))
        say(u, STYLE_FAINT, _("Several answers: put ; between them."));
    if (u->row->type == FORM_TEXT)
        say(u, STYLE_FAINT, _("^J begins a new line."));
    if (u->row->type == FORM_GROUP && u->row->repeats)
        say(u, STYLE_FAINT, _("+ one more   Delete takes this one away"));
}

static void draw_explanations(struct under *u)
{
    const struct form_row *row = u->row;
    int most = u->it->help_is_open ? 0 : HELP_LINES;
    struct buf from = { 0 };

    say(u, STYLE_PLAIN, row->look->prompt);
    say_lines(u, STYLE_FAINT, row->help, most);
    say_lines(u, STYLE_FAINT, row->look->flyover, most);
    say_lines(u, STYLE_FAINT, row->look->legal, most);
    if (u->it->help_is_open && *row->look->support_link)
        say(u, STYLE_FAINT, row->look->support_link);
    say(u, STYLE_FAINT, row->note);
    if (*row->from_record)
        buf_printf(&from, _("~ %s; type over it, or go on to keep it."), row->from_record);
    say(u, STYLE_LATE, buf_text(&from));
    buf_done(&from);
    if (row->is_overridden)
        say(u, STYLE_FAINT, _("^R works it out again."));
}

int intake_draw_under(const struct intake *it, struct canvas *canvas, int line, const struct form_row *row)
{
    struct under under = { it, canvas, row, line, intake_indent(row) };

    if (!it->is_view)
        draw_answering(&under);
    draw_explanations(&under);
    if (it->why_none)
        say(&under, STYLE_LATE, _("Why none?  d declined   k does not know   u unreadable   l ask later"));
    say(&under, STYLE_ALERT, *it->problem ? it->problem : row->n_answers ? row->problem : "");
    return under.line - line;
}
