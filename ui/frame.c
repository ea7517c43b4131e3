#include "ui/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "desk/patient.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screens.h"

enum { FOOTER_KEYS = 7 };

/* "5 min", "3 h", "2 d". */
static void span_words(long long ms, char *out, size_t size)
{
    long long minutes = ms / 60000;

    if (minutes < 60)
        snprintf(out, size, _("%lld min"), minutes < 0 ? 0 : minutes);
    else if (minutes < 48 * 60)
        snprintf(out, size, _("%lld h"), minutes / 60);
    else
        snprintf(out, size, _("%lld d"), minutes / 1440);
}

void frame_sync_words(const struct sync_status *sync, long long now_ms, long long backup_ms, char *out, size_t size)
{
    char span[32], tail[80] = "";
    struct civil at;

    if (sync->refused || sync->conflicts) {
        size_t n = 0;
        if (sync->refused)
            n = (size_t)snprintf(tail, sizeof tail, _(", %lld refused"), (long long)sync->refused);
        if (sync->conflicts)
            snprintf(tail + n, sizeof tail - n, _(", %lld in conflict"), (long long)sync->conflicts);
    }
    if (!sync->configured) {
        span_words(now_ms - backup_ms, span, sizeof span);
        if (backup_ms)
            snprintf(out, size, _("this machine only, backup %s old"), span);
        else
            snprintf(out, size, "%s", _("this machine only, no backup yet"));
    } else if (sync->problem[0] || !sync->last_ok_ms) {
        span_words(now_ms - sync->last_ok_ms, span, sizeof span);
        if (sync->last_ok_ms)
            snprintf(out, size, _("offline %s, %lld unsent%s"), span, (long long)sync->unsent, tail);
        else
            snprintf(out, size, _("never synced, %lld unsent%s"), (long long)sync->unsent, tail);
    } else if (sync->unsent) {
        span_words(now_ms - sync->oldest_ms, span, sizeof span);
        snprintf(out, size, _("%lld unsent, oldest %s%s"), (long long)sync->unsent, span, tail);
    } else {
        at = clock_local(sync->last_ok_ms);
        snprintf(out, size, _("✓ synced %02d:%02d%s"), at.hour, at.minute, tail);
    }
}

static void draw_title(struct app *app, struct canvas *line, const struct place *top)
{
    struct civil now = clock_local(clock_now_ms());
    const char *about = top->screen->about && !app->locked ? top->screen->about(app, top->state) : NULL;
    const struct staff *staff = &app->ctx.session.staff;
    int col, right = line->cols - 1;
    char text[160];

    snprintf(text, sizeof text, "%02d:%02d", now.hour, now.minute);
    if (!app->quiet)            /* a clock that ticks is read out each time */
        right = draw_right(line, 0, right, STYLE_FAINT, text) - 2;
    if (staff->id[0] && line->cols >= 60) {
        snprintf(text, sizeof text, "%s%s", staff->display ? staff->display : staff->name, store_meta(app->ctx.st, "demo")[0] ? _(", demo") : "");
        right = draw_right(line, 0, right, STYLE_PLAIN, text) - 2;
    }
    col = draw_text_in(line, 0, 1, right - 1, STYLE_TITLE, _(top->screen->title)) + 2;
    if (about && *about)
        draw_text_in(line, 0, col, right - col, STYLE_PLAIN, about);
}

/* Who this is. Line 1: names, sex, birth date and age, alerts; line 2: how to speak with and reach them. */
static void draw_banner(struct app *app, struct canvas *lines)
{
    const struct banner *b = &app->banner;
    struct date birth = { 0, 0, 0 };
    char born[DATE_TEXT] = "";
    char *label = person_label(&b->person);
    struct buf words = { 0 };
    int col = draw_text(lines, 0, 1, STYLE_TITLE, label);

    free(label);
    if (b->person.birth && date_parse(b->person.birth, &birth))
        date_words_long(birth, born);
    if (b->person.sex[0])
        col = draw_format(lines, 0, col + 2, STYLE_PLAIN, "%s", b->person.sex);
    col = draw_format(lines, 0, col + 2, STYLE_PLAIN, born[0] ? "%s%s (%s)" : _("born: not known"),
                      b->person.birth_estimated ? "~" : "", born, b->age && b->age[0] ? b->age : "?");
    for (size_t i = 0; i < b->n_alerts; i++)
        col = draw_format(lines, 0, col + 2, STYLE_ALERT, "! %s", b->alert[i]);
    if (b->confidential && b->confidential[0])
        draw_format(lines, 0, col + 2, STYLE_ALERT, "! %s", b->confidential);
    if (b->person.language && b->person.language[0])
        buf_printf(&words, "%s%s", b->person.language, b->person.needs_interpreter ? _(", interpreter") : "");
    else if (b->person.needs_interpreter)
        buf_add(&words, _("interpreter"));
    const char *rest[] = { b->phone_rule, b->cover, b->permissions };
    for (size_t i = 0; i < 3; i++)
        if (rest[i] && rest[i][0])
            buf_printf(&words, "%s%s", words.len ? "  " : "", rest[i]);
    draw_text(lines, 1, 1, STYLE_PLAIN, buf_text(&words));
    buf_done(&words);
}

static int draw_key_label(struct app *app, struct canvas *line, int col, int right, enum action_id action)
{
    char key[KEY_NAME];
    const char *label = keymap_label(action);
    int width;

    keymap_key(app->ctx.config, action, key);
    width = utf8_width(key) + 1 + utf8_width(label);
    if (!key[0] || col + width >= right)
        return col;
    col = draw_text(line, 0, col, STYLE_KEY, key) + 1;
    return draw_text(line, 0, col, STYLE_PLAIN, label) + 2;
}

static bool offers(const struct screen *screen, enum action_id action)
{
    for (size_t i = 0; i < screen->n_actions; i++)
        if (screen->actions[i] == action)
            return true;
    return false;
}

/* At most seven keys that matter here, then the truth about sync. */
static void draw_footer(struct app *app, struct canvas *line, const struct place *top)
{
    long long backup = 0;
    int64_t at = 0;
    char words[120];
    int col = 1, shown = 0, right = line->cols - 1;

    if (clock_parse(store_meta(app->ctx.st, "backup"), &at))
        backup = at;
    if (app->ctx.session.staff.id[0] && !app->prompt) {
        frame_sync_words(&app->sync, clock_now_ms(), backup, words, sizeof words);
        right = draw_right(line, 0, right, app->sync.refused || app->sync.conflicts ? STYLE_ALERT : STYLE_FAINT, words) - 1;
    }
    if (app->prompt)
        return;
    for (size_t i = 0; i < top->screen->n_actions && shown < FOOTER_KEYS; i++) {
        const struct action *row = action_row(top->screen->actions[i]);
        int next = app_may(app, row->permission) ? draw_key_label(app, line, col, right, top->screen->actions[i]) : col;
        shown += next > col;
        col = next;
    }
    if (shown < FOOTER_KEYS && !offers(top->screen, ACTION_HELP) && app->ctx.session.staff.id[0])
        draw_key_label(app, line, col, right, ACTION_HELP);
}

/* Line 23 when nothing is asked: what is collected, what just happened, what is parked. */
static void draw_line23(struct app *app, struct canvas *line)
{
    const struct place *parked = app->parked.n ? &app->parked.place[app->parked.n - 1] : NULL;
    char words[240];

    if (app->typed[0]) {
        command_words(app, words, sizeof words);
        draw_text(line, 0, 1, STYLE_PLAIN, words);
        draw_cursor(line, 0, 1 + (int)strlen(app->typed));
    } else if (app->message[0]) {
        draw_text(line, 0, 1, app->message_style, app->message);
    } else if (parked && !app->locked && app->open.n <= app->parked_depth + 1 && parked->patient[0] && app->last_name[0]) {
        draw_format(line, 0, 1, STYLE_FAINT, _("parked: %s, %s (Space)"), app->last_name,
                    parked->screen->place ? parked->screen->place(parked->state) : _(parked->screen->title));
    }
}

static void draw_body(struct app *app, struct canvas *body, struct place *top)
{
    struct list *list = top->screen->list ? top->screen->list(top->state) : NULL;

    top->screen->draw(app, top->state, body);
    if (list && list->n == 0 && top->screen->empty && body->rows > 2)
        draw_folded(body, 1, 3, body->cols - 6, body->rows - 2, STYLE_PLAIN, _(top->screen->empty));
}

void app_paint(struct app *app)
{
    struct canvas all = { &app->grid, 0, 0, app->grid.rows, app->grid.cols };
    struct place *top = app_top(app);
    struct canvas part;
    bool person = top && top->patient[0] && top->screen->shows_person && !app->locked && app->banner_for[0];
    int above = 1, below = all.rows >= 4 ? 2 : all.rows >= 2 ? 1 : 0, asked;

    grid_clear(&app->grid);
    if (!top || all.rows < 1)
        return;
    part = canvas_part(&all, 0, 0, 1, all.cols);
    draw_title(app, &part, top);
    if (person && all.rows >= 8) {
        part = canvas_part(&all, 1, 0, 2, all.cols);
        draw_banner(app, &part);
        above = 3;
    }
    if (all.rows >= 7)
        draw_rule(&all, above++);
    asked = app->prompt ? prompt_lines(app->prompt) - 1 : 0;
    part = canvas_part(&all, above, 0, all.rows - above - below - asked, all.cols);
    app->body_top = above;
    draw_body(app, &part, top);
    part = canvas_part(&all, all.rows - 1, 0, 1, all.cols);
    if (below)
        draw_footer(app, &part, top);
    if (app->prompt) {
        struct canvas lines = canvas_part(&all, all.rows - below - asked, 0, 1 + asked, all.cols);
        prompt_draw(app, &lines, &part);
    } else if (below > 1) {
        part = canvas_part(&all, all.rows - 2, 0, 1, all.cols);
        draw_line23(app, &part);
    }
}
