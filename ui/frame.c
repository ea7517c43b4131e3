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
#include "fhir/code.h"
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

static void local_words(long long since_backup, bool has_backup, struct frame_sync *out)
{
    char span[32];

    span_words(since_backup, span, sizeof span);
    snprintf(out->words, sizeof out->words, has_backup ? _("this machine only, backup %s old") : "%s",
             has_backup ? span : _("this machine only, no backup yet"));
    snprintf(out->brief, sizeof out->brief, "%s", _("this machine only"));
}

enum { STALE_MS = 15 * 60 * 1000, DAY_MS = 24 * 60 * 60 * 1000 };

static void add_count(char *out, size_t size, const char *format, int64_t n)
{
    size_t used = strlen(out);

    if (n && used + 2 < size) {
        if (used)
            used += (size_t)snprintf(out + used, size - used, ", ");
        snprintf(out + used, size - used, format, (long long)n);
    }
}

/* "12 unsent, oldest 2 h, 1 refused, 2 in conflict": what waits, and for whom. */
static void waiting_words(const struct sync_status *sync, long long now_ms, bool with_age, char *out, size_t size)
{
    char span[32];

    out[0] = '\0';
    add_count(out, size, _("%lld unsent"), sync->unsent);
    if (with_age && sync->unsent && sync->oldest_ms) {
        span_words(now_ms - sync->oldest_ms, span, sizeof span);
        snprintf(out + strlen(out), size - strlen(out), _(", oldest %s"), span);
    }
    add_count(out, size, _("%lld refused"), sync->refused);
    add_count(out, size, _("%lld in conflict"), sync->conflicts);
    add_count(out, size, _("files to send: %lld"), sync->files);
    add_count(out, size, _("files refused: %lld"), sync->files_refused);
}

/* Since when there is trouble, in a word; "" when the last pass went through. */
static void trouble_words(const struct sync_status *sync, long long now_ms, char *out, size_t size)
{
    static const char *const words[PASS_COUNT] = {
        [PASS_DONE] = N_("offline %s"), [PASS_PARTLY] = N_("synced in part %s"), [PASS_OFFLINE] = N_("offline %s"),
        [PASS_SHUT_OUT] = N_("shut out %s"), [PASS_FAILED] = N_("sync fails %s"), [PASS_STOPPED] = N_("offline %s"),
    };
    char span[32];

    out[0] = '\0';
    if (!sync->problem[0])
        return;
    span_words(now_ms - sync->last_ok_ms, span, sizeof span);
    snprintf(out, size, _(words[sync->outcome]), span);
}

/* Nothing waits and the last pass went through: when that was. It is not said of a pass so long ago
 * that nobody can be at work any more. */
static void step_words(const struct sync_status *sync, long long now_ms, struct frame_sync *out)
{
    long long age = now_ms - sync->last_ok_ms;
    struct civil at = clock_local(sync->last_ok_ms);
    char span[32];

    if (age > DAY_MS || (age > STALE_MS && !sync->running)) {
        span_words(age, span, sizeof span);
        snprintf(out->words, sizeof out->words, _("synced %s ago"), span);
        snprintf(out->brief, sizeof out->brief, _("synced %s ago"), span);
    } else {
        snprintf(out->words, sizeof out->words, "✓ %s %02d:%02d", _("synced"), at.hour, at.minute);
        snprintf(out->brief, sizeof out->brief, "✓ %02d:%02d", at.hour, at.minute);
    }
}

void frame_sync_words(const struct sync_status *sync, long long now_ms, long long backup_ms, struct frame_sync *out)
{
    char trouble[60], waiting[160];

    if (!sync->configured) {
        local_words(now_ms - backup_ms, backup_ms != 0, out);
        return;
    }
    trouble_words(sync, now_ms, trouble, sizeof trouble);
    waiting_words(sync, now_ms, !trouble[0] && sync->last_ok_ms, waiting, sizeof waiting);
    if (!sync->last_ok_ms)
        snprintf(out->words, sizeof out->words, waiting[0] ? _("never synced, %s") : "%s", waiting[0] ? waiting : _("never synced"));
    else if (trouble[0])
        snprintf(out->words, sizeof out->words, "%s%s%s", trouble, waiting[0] ? ", " : "", waiting);
    else if (waiting[0])
        snprintf(out->words, sizeof out->words, "%s", waiting);
    else {
        step_words(sync, now_ms, out);
        return;
    }
    out->brief[0] = '\0';
    add_count(out->brief, sizeof out->brief, _("%lld refused"), sync->refused);
    if (!out->brief[0])
        add_count(out->brief, sizeof out->brief, _("%lld in conflict"), sync->conflicts);
    if (!out->brief[0])
        snprintf(out->brief, sizeof out->brief, "%s", sync->last_ok_ms ? trouble : _("never synced"));
    if (!out->brief[0])
        add_count(out->brief, sizeof out->brief, _("%lld unsent"), sync->unsent + sync->files);
    if (!out->brief[0])
        add_count(out->brief, sizeof out->brief, _("files refused: %lld"), sync->files_refused);
}

/* named: no room for the banner, so that the person's name stands in place of the screen's. */
static void draw_title(struct app *app, struct canvas *line, const struct place *top, bool named)
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
    col = draw_text_in(line, 0, 1, right - 1, STYLE_TITLE, named ? app->banner.person.name : _(top->screen->title)) + 2;
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
    if (b->person.language && b->person.language[0]) {
        const char *language = code_display("urn:ietf:bcp:47", b->person.language);

        buf_printf(&words, "%s%s", language ? language : b->person.language, b->person.needs_interpreter ? _(", interpreter") : "");
    }
    if (b->person.needs_interpreter && words.len == 0)
        buf_add(&words, _("interpreter"));
    const char *rest[] = { b->phone_rule, b->cover, b->permissions };
    for (size_t i = 0; i < 3; i++)
        if (rest[i] && rest[i][0])
            buf_printf(&words, "%s%s", words.len ? "  " : "", rest[i]);
    draw_text(lines, 1, 1, STYLE_PLAIN, buf_text(&words));
    buf_done(&words);
}

/* A key that is a plain character is text while the cursor is in a field. */
static bool works_here(struct app *app, const struct place *top, enum action_id action)
{
    const struct action *row = action_row(action);
    bool in_field = top->screen->in_field && top->screen->in_field(top->state);
    char key[KEY_NAME];

    keymap_key(app->ctx.config, action, key);
    if (top->screen->offers && !top->screen->offers(top->state, action))
        return false;
    return app_may(app, row->permission) && key[0] && !(in_field && utf8_count(key) == 1);
}

static int label_width(struct app *app, enum action_id action)
{
    char key[KEY_NAME];

    keymap_key(app->ctx.config, action, key);
    return utf8_width(key) + 1 + utf8_width(keymap_label(action)) + 2;
}

/* The keys wanted most, at most seven; help keeps its place when room is short. */
static size_t footer_keys(struct app *app, const struct place *top, int room, enum action_id out[FOOTER_KEYS])
{
    bool has_help = works_here(app, top, ACTION_HELP) && app->ctx.session.staff.id[0];
    size_t n = 0;

    if (has_help)
        room -= label_width(app, ACTION_HELP);
    for (size_t i = 0; i < top->screen->n_actions && n + has_help < FOOTER_KEYS; i++) {
        enum action_id action = top->screen->actions[i];

        if (action == ACTION_HELP || !works_here(app, top, action) || label_width(app, action) > room + 2)
            continue;
        room -= label_width(app, action);
        out[n++] = action;
    }
    if (has_help)
        out[n++] = ACTION_HELP;
    return n;
}

/* At most seven keys that matter here, then the truth about sync, in a word when room is short. */
static void draw_footer(struct app *app, struct canvas *line, const struct place *top)
{
    enum action_id keys[FOOTER_KEYS];
    struct frame_sync sync = { .words = "" };
    const char *words;
    int col = 1, wanted = 0, right = line->cols - 1;
    int64_t backup = 0;
    size_t n;

    if (app->prompt)
        return;
    if (app->ctx.session.staff.id[0]) {
        if (!clock_parse(store_meta(app->ctx.st, "backup"), &backup))
            backup = 0;
        frame_sync_words(&app->sync, clock_now_ms(), backup, &sync);
        n = footer_keys(app, top, 1000, keys);
        for (size_t i = 0; i < n; i++)
            wanted += label_width(app, keys[i]);
        words = wanted + utf8_width(sync.words) < right ? sync.words : sync.brief;
        right = draw_right(line, 0, right, app->sync.refused || app->sync.conflicts ? STYLE_ALERT : STYLE_FAINT, words) - 1;
    }
    n = footer_keys(app, top, right - col, keys);
    for (size_t i = 0; i < n; i++) {
        char key[KEY_NAME];

        keymap_key(app->ctx.config, keys[i], key);
        col = draw_text_in(line, 0, col, right - col, STYLE_KEY, key) + 1;
        col = draw_text_in(line, 0, col, right - col, STYLE_PLAIN, keymap_label(keys[i])) + 2;
    }
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
    } else if (parked && !app->locked && app->open.n <= app->parked_depth + 1) {
        const char *place = parked->screen->place ? parked->screen->place(parked->state) : _(parked->screen->title);

        if (parked->patient[0])
            draw_format(line, 0, 1, STYLE_FAINT, _("parked: %s, %s (Space)"), parked->name, place);
        else
            draw_format(line, 0, 1, STYLE_FAINT, _("parked: %s (Space)"), place);
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
    if (top->screen->is_sealed) {
        top->screen->draw(app, top->state, &all);
        return;
    }
    part = canvas_part(&all, 0, 0, 1, all.cols);
    draw_title(app, &part, top, person && all.rows < 8);
    if (person && all.rows >= 8) {
        part = canvas_part(&all, 1, 0, 2, all.cols);
        draw_banner(app, &part);
        above = 3;
    }
    if (all.rows >= 7)
        draw_rule(&all, above++);
    asked = app->prompt ? prompt_lines(app->prompt, all.cols) - 1 : 0;
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
