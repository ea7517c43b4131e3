#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/prompt_internal.h"

static const char *answer_words(const struct prompt *prompt, size_t i)
{
    const struct asking *q = &prompt->question[i];
    const struct answer *a = &prompt->answer[i];

    if (a->chosen >= 0)
        return _(q->choices[a->chosen].label);
    if (a->field.len == 0 && q->preset)
        return q->preset_words ? q->preset_words : q->preset;
    return q->kind == PARAM_PASSWORD ? "***" : field_text(&a->field);
}

/* What the typed text means, shown before Enter: every date in full. "" when there is nothing to say. */
static void echo_words(struct app *app, const struct asking *q, const char *typed, char *out, size_t size)
{
    char words[DATE_TEXT];
    struct date date;
    bool estimated;
    int minutes;

    out[0] = '\0';
    if (!typed[0])
        return;
    if (q->kind == PARAM_DATE || q->kind == PARAM_DAY) {
        prompt_date_words(app, typed, out, size);
    } else if (q->kind == PARAM_BIRTH) {
        if (date_typed_birth(typed, clock_today(), (struct date_order){ app->day_first }, &date, &estimated, NULL) == RC_OK) {
            date_words_long(date, words);
            snprintf(out, size, estimated ? _("about %s") : "%s", words);
        }
    } else if (q->kind == PARAM_TIME && (minutes = date_typed_time(typed)) >= 0) {
        snprintf(out, size, "%02d:%02d", minutes / 60, minutes % 60);
    }
}

/* The answers so far, newest last: "call out ▸ no answer ▸ ". */
static char *path_so_far(struct app *app, const struct prompt *prompt)
{
    struct buf out = { 0 };
    char words[80];

    for (size_t i = 0; i < prompt->at; i++) {
        const char *text = answer_words(prompt, i);
        echo_words(app, &prompt->question[i], prompt_answer(prompt, i), words, sizeof words);
        buf_printf(&out, "%s ▸ ", words[0] ? words : text[0] ? text : "-");
    }
    return out.data ? buf_take(&out) : mem_dup("");
}

/* The choices from one on and before another, on a line of their own. */
static void draw_choices(const struct asking *q, size_t from, size_t to, struct canvas *canvas, int row)
{
    int col = 1;

    for (size_t i = from; i < to && col < canvas->cols; i++) {
        char letter[2] = { q->choices[i].key, '\0' };
        col = draw_text(canvas, row, col, STYLE_KEY, letter) + 1;
        col = draw_text(canvas, row, col, STYLE_PLAIN, _(q->choices[i].label)) + 2;
    }
    if (q->is_open && to == q->n_choices)
        draw_text(canvas, row, col, STYLE_FAINT, _("or type it"));
}

/* What stands behind the field: the echo, the preset. */
static void draw_tail(struct app *app, const struct prompt *prompt, struct canvas *lines, int row, int col)
{
    const struct asking *q = &prompt->question[prompt->at];
    const struct answer *answer = &prompt->answer[prompt->at];
    char words[80];

    echo_words(app, q, field_text(&answer->field), words, sizeof words);
    if (app->held[0])
        draw_format(lines, row, col, STYLE_LATE, _("held: %s"), app->held);
    else if (words[0])
        draw_format(lines, row, col, STYLE_PLAIN, "→ %s", words);
    else if (answer->chosen >= 0)
        draw_text(lines, row, col, STYLE_FAINT, prompt->at + 1 == prompt->spec.n ? _("Enter does it") : _("Enter keeps it"));
    else if (answer->field.len == 0 && q->preset)
        draw_format(lines, row, col, STYLE_FAINT, _("Enter: %s"), q->preset_words ? q->preset_words : q->preset);
}

void prompt_draw(struct app *app, struct canvas *lines, struct canvas *footer)
{
    const struct prompt *prompt = app->prompt;
    const struct asking *q = &prompt->question[prompt->at];
    const struct answer *answer = &prompt->answer[prompt->at];
    char *path = path_so_far(app, prompt);
    size_t fit = prompt_choices_fit(q, 0, footer->cols);
    int row = lines->rows - 1, at = prompt->above[0] || prompt->problem[0], col = 1, room;

    for (size_t from = fit, to; from < q->n_choices && at < row; from = to) {
        to = prompt_choices_fit(q, from, footer->cols);
        draw_choices(q, from, to, lines, at++);
    }
    if (row > 0 && (prompt->above[0] || prompt->problem[0]))    /* what is wrong stands in place of what must be seen first */
        draw_text(lines, 0, 1, prompt->problem[0] ? STYLE_ALERT : STYLE_PLAIN, prompt->problem[0] ? prompt->problem : prompt->above);
    if (prompt->lead[0])
        col = draw_text_in(lines, row, col, lines->cols - 24, STYLE_PLAIN, prompt->lead) + (q->label[0] || q->n_choices ? 2 : 1);
    room = lines->cols - 24 - col;
    col = draw_text_in(lines, row, col, room, STYLE_PLAIN, path) + (utf8_width(path) > room);
    if (q->label[0])
        col = draw_format(lines, row, col, STYLE_PLAIN, "%s: ", q->label);
    room = lines->cols - col - 1;
    if (answer->chosen >= 0) {
        col = draw_text(lines, row, col, STYLE_FIELD, _(q->choices[answer->chosen].label));
        draw_cursor(lines, row, col);
        col += 2;
    } else {
        int want = (int)utf8_count(field_text(&answer->field)) + 2;
        want = want < 6 ? 6 : want > room ? room : want;
        field_draw(&answer->field, lines, row, col, want, true);
        col += want + 1;
    }
    draw_tail(app, prompt, lines, row, col);
    if (q->n_choices > 0)
        draw_choices(q, 0, fit, footer, 0);
    else
        draw_text(footer, 0, 1, STYLE_PLAIN, q->hint ? q->hint : _("Enter go on   Esc back   ^U clear"));
    free(path);
}
