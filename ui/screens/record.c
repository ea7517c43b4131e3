/* Record: one person's timeline, newest first, with filters and panels. Rows are loaded as they are
 * scrolled to; a record of ten thousand events opens as fast as one of ten. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/appointment.h"
#include "desk/sent.h"
#include "desk/timeline.h"
#include "ui/act.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screens.h"
#include "ui/screens/record.h"
#include "ui/screens/record_coming.h"

enum { FIRST = 60, CHUNK = 120, YEARS = 130, FILTERS = 20 };
enum { WALKED = 7 };            /* p walks so many of the panels, then who looked; t reaches them all */

static const struct list_column columns[] = {
    { N_("when"), 16, false, false }, { N_("kind"), 12, false, false }, { N_("what"), 0, false, false }, { N_("status"), 11, false, false },
    { N_("sent"), 9, false, false },
};
enum { COLUMNS = 4 };           /* and one more while something shown is not at the server yet */

struct record {
    struct list list;
    struct list_group year[YEARS];
    char year_title[YEARS][8];
    char patient[72];
    int panel;                  /* -1: everything; n_panels: who looked; else an index into panels */
    int64_t loaded, total;
    struct sent_counts sent;    /* of the whole record */
    bool has_unsent;            /* a row that is shown */
    int64_t coming;             /* the request that fetches it from the server, 0 none */
    struct record_side side;    /* stands beside from 120 columns */
    struct choice filter[FILTERS];
};

static const char *kinds_of(const struct record *r)
{
    return r->panel >= 0 && (size_t)r->panel < n_panels ? panels[r->panel].kinds : NULL;
}

/* Something new of a year newer than any so far: its group goes before the others, which keep their rows. */
static void open_newest_year(struct record *r)
{
    memmove(r->year_title[1], r->year_title[0], r->list.n_groups * sizeof r->year_title[0]);
    memmove(&r->year[1], &r->year[0], r->list.n_groups * sizeof r->year[0]);
    for (size_t i = 1; i <= r->list.n_groups; i++)
        r->year[i].title = r->year_title[i];
    for (size_t i = 0; i < r->list.n; i++)
        r->list.row[i].group++;
}

/* Rows come newest first: a new year opens the next group, or on a reload the first. */
static int year_group(struct record *r, const char *at)
{
    char year[8];
    size_t n = r->list.n_groups;

    snprintf(year, sizeof year, "%.4s", at[0] ? at : "?");
    for (size_t i = 0; i < n; i++)
        if (strcmp(r->year_title[i], year) == 0)
            return (int)i;
    if (n == YEARS)
        return YEARS - 1;
    if (n > 0 && year[0] != '?' && strcmp(year, r->year_title[0]) > 0) {
        open_newest_year(r);
        n = 0;
    }
    snprintf(r->year_title[n], sizeof r->year_title[n], "%s", year);
    r->year[n] = (struct list_group){ r->year_title[n], "", columns, COLUMNS };
    r->list.n_groups++;
    return (int)n;
}

static void when_words(const char *at, char *out, size_t size)
{
    struct date date = { 0, 0, 0 };
    char day[16], words[DATE_TEXT] = "";

    snprintf(day, sizeof day, "%.10s", at);
    if (date_parse(day, &date))
        date_words(date, words);
    if (date_is_whole(date) && date.year != clock_today().year && strlen(words) > 5)
        words[strlen(words) - 5] = '\0';        /* the year stands in the heading */
    snprintf(out, size, "%s%s%.5s", words, strlen(at) > 10 ? " " : "", strlen(at) > 10 ? at + 11 : "");
}

/* The status in the desk's words; those that are words already need only be translated. */
static const char *status_words(const struct event *e)
{
    static const struct { const char *type, *status, *words; } said[] = {
        { "Communication", "not-done", N_("not reached") }, { "Task", "in-progress", N_("still open") },
        { "Task", "requested", N_("still open") }, { "Task", "received", N_("still open") }, { "Task", "accepted", N_("still open") },
        { "Task", "ready", N_("still open") }, { "Task", "completed", N_("done") }, { "Appointment", "checked-in", N_("being seen") },
        { "Appointment", "fulfilled", N_("done") }, { "Appointment", "noshow", N_("no-show") },
        { "QuestionnaireResponse", "in-progress", N_("half-filled") }, { "", "left-unseen", N_("left unseen") },
        { "", "in-progress", N_("under way") }, { "", "not-done", N_("not done") }, { "", "on-hold", N_("on hold") },
        { "", "entered-in-error", N_("in error") },
        { "", "active", N_("active") }, { "", "arrived", N_("arrived") }, { "", "booked", N_("booked") }, { "", "cancelled", N_("cancelled") },
        { "", "completed", N_("completed") }, { "", "draft", N_("draft") }, { "", "final", N_("final") }, { "", "finished", N_("finished") },
        { "", "inactive", N_("inactive") }, { "", "pending", N_("pending") }, { "", "planned", N_("planned") }, { "", "preliminary", N_("preliminary") },
        { "", "proposed", N_("proposed") }, { "", "resolved", N_("resolved") }, { "", "revoked", N_("revoked") }, { "", "stopped", N_("stopped") },
    };

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (strcmp(e->status, said[i].status) == 0 && (!said[i].type[0] || strcmp(e->type, said[i].type) == 0))
            return _(said[i].words);
    return e->status;
}

/* A server makes it worth saying what it does not have. */
static void add_sent(struct app *app, struct record *r, struct list_row *row, int64_t key)
{
    enum sent sent = app->sync.configured ? sent_of(app->ctx.st, key) : SENT_DONE;

    list_set(row, COLUMNS, sent >= SENT_REFUSED ? STYLE_ALERT : sent == SENT_NEVER ? STYLE_FAINT : STYLE_LATE, sent_words(sent));
    r->has_unsent |= sent != SENT_DONE;
}

static void add_event(struct app *app, struct record *r, const struct event *e)
{
    struct list_row *row = list_add(&r->list, year_group(r, e->at), e->type, e->id, r->patient, e->title);
    bool wrong = strcmp(e->status, "entered-in-error") == 0;
    char when[48], *what;

    when_words(e->at, when, sizeof when);
    what = mem_printf("%s%s%s", e->title, e->title[0] && e->detail[0] ? ": " : "", e->detail);
    row->tag = e->key;
    list_set(row, 0, STYLE_PLAIN, when);
    list_set(row, 1, STYLE_PLAIN, _(e->kind));
    list_set(row, 2, wrong ? STYLE_FAINT : STYLE_PLAIN, what);
    list_set(row, 3, wrong ? STYLE_ALERT : STYLE_FAINT, status_words(e));
    add_sent(app, r, row, e->key);
    free(what);
}

static enum rc fill(struct app *app, struct record *r, int64_t offset, int limit, struct err *err)
{
    struct events events = { 0 };
    enum rc rc;

    if (r->panel == (int)n_panels) {
        r->year[0] = (struct list_group){ NULL, "", columns, 4 };
        r->list.n_groups = 1;
        return record_looked(app, &r->list, r->patient, &r->total, err);
    }
    rc = timeline_load(app->ctx.st, r->patient, kinds_of(r), offset, limit, &events, err);
    for (size_t i = 0; rc == RC_OK && i < events.n; i++)
        add_event(app, r, &events.event[i]);
    if (rc == RC_OK) {
        r->total = events.total;
        r->loaded = offset + (int64_t)events.n;
    }
    events_done(&events);
    for (size_t i = 0; i < r->list.n_groups; i++)
        r->year[i].n_columns = COLUMNS + r->has_unsent;
    return rc;
}

/* Everything anew, as far as it was loaded. */
static enum rc refill(struct app *app, struct record *r, int limit, struct err *err)
{
    enum rc rc = sent_count(app->ctx.st, r->patient, &r->sent, err);

    if (rc != RC_OK)
        return rc;
    r->has_unsent = false;
    list_begin(&r->list);
    rc = fill(app, r, 0, limit, err);
    list_end(&r->list, true);
    return rc;
}

static enum rc record_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct record *r = state;
    const char *rest = strchr(argument, ' ');
    char type[40] = "", id[72] = "";
    enum rc rc;

    snprintf(r->patient, sizeof r->patient, "%.*s", (int)strcspn(argument, " "), argument);
    r->list.group = r->year;
    r->panel = -1;
    r->coming = record_coming(app, r->patient);
    rc = refill(app, r, FIRST, err);
    if (rest && sscanf(rest, " %39[^/]/%71s", type, id) == 2)
        list_find(&r->list, type, id);
    return rc;
}

static enum rc record_refresh(struct app *app, void *state, struct err *err)
{
    struct record *r = state;

    record_side_drop(&r->side);
    return refill(app, r, r->loaded > FIRST ? (int)r->loaded : FIRST, err);
}

/* The cursor nears the end of what is loaded: load on. */
static void record_settle(struct app *app, void *state)
{
    struct record *r = state;
    struct err err = { RC_OK, "" };

    while (r->panel < (int)n_panels && r->loaded < r->total && r->list.at + (size_t)r->list.height + 5 >= r->list.n) {
        size_t before = r->list.n;

        if (fill(app, r, r->loaded, CHUNK, &err) != RC_OK) {
            app_say_err(app, &err);
            return;
        }
        if (r->list.n == before)
            return;
    }
}

/* What is open, and at the right edge whether the server has all of this record. */
static void draw_open(struct app *app, const struct record *r, struct canvas *canvas, int row)
{
    const struct banner *b = &app->banner;
    char words[160] = "", sent[120];
    size_t n = 0;

    if (b->open_tasks)
        n += (size_t)snprintf(words + n, sizeof words - n, ngettext("%d follow-up   ", "%d follow-ups   ", (unsigned long)b->open_tasks), b->open_tasks);
    if (b->open_referrals)
        n += (size_t)snprintf(words + n, sizeof words - n, ngettext("%d referral   ", "%d referrals   ", (unsigned long)b->open_referrals), b->open_referrals);
    if (b->open_goals)
        snprintf(words + n, sizeof words - n, ngettext("%d goal", "%d goals", (unsigned long)b->open_goals), b->open_goals);
    draw_text(canvas, row, 3, STYLE_HEADING, _("OPEN"));
    draw_text(canvas, row, 10, STYLE_PLAIN, words[0] ? words : _("nothing"));
    if (!app->sync.configured)
        return;
    sent_counts_words(&r->sent, sent, sizeof sent);
    draw_right(canvas, row, canvas->cols - 1, r->sent.n[SENT_REFUSED] || r->sent.n[SENT_CONFLICT] ? STYLE_ALERT : STYLE_FAINT,
               sent[0] ? sent : _("✓ at the server"));
}

static void record_tick(struct app *app, void *state, int64_t idle_ms)
{
    struct record *r = state;

    (void)idle_ms;
    record_coming_look(app, r->patient, &r->coming);
}

static void record_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct record *r = state;
    int cols = canvas->cols >= 120 ? canvas->cols - 46 : canvas->cols;
    struct canvas head = canvas_part(canvas, 0, 0, 1, cols), rows = canvas_part(canvas, 1, 0, canvas->rows - 2, cols);
    char title[120];

    snprintf(title, sizeof title, "%s  %lld%s", r->panel < 0 ? _("TIMELINE") : r->panel == (int)n_panels ? _("WHO LOOKED AT THIS RECORD") : _(panels[r->panel].name),
             (long long)r->total, r->coming ? _("  still coming from the server") : "");
    draw_heading(&head, 0, title, r->panel < 0 ? _("t contacts, visits, ...   p panels") : _("p next panel   Esc everything"));
    list_draw(&r->list, &rows);
    if (r->list.n == 0)
        draw_text(&rows, 1, 3, STYLE_PLAIN, r->panel < 0 ? _("Nothing is on record yet. i fills a form, l logs a contact, b books a visit.") : _("Nothing of this kind is on record."));
    draw_open(app, r, canvas, canvas->rows - 1);
    if (cols < canvas->cols) {
        struct canvas side = canvas_part(canvas, 0, cols + 1, canvas->rows - 1, canvas->cols - cols - 2);
        record_side_draw(app, &r->side, r->patient, &side);
    }
}

/* Show one panel, or everything (-1): other rows, other numbers. */
static void show_panel(struct app *app, struct record *r, int panel)
{
    struct err err = { RC_OK, "" };

    r->panel = panel;
    list_empty(&r->list);
    r->list.n_groups = 0;
    r->loaded = 0;
    if (refill(app, r, FIRST, &err) != RC_OK)
        app_say_err(app, &err);
}

static void filter_done(struct app *app, void *ctx, const struct args *args)
{
    const char *kind = args_get(args, "kind");
    int panel = -1;

    for (size_t i = 0; i < n_panels; i++)
        if (strcmp(panels[i].name, kind) == 0)
            panel = (int)i;
    show_panel(app, ctx, panel);
}

/* t and a letter. */
static void filter_ask(struct app *app, struct record *r)
{
    static const char everything[] = N_("everything");
    struct asking question = { .name = "kind", .label = _("Show"), .kind = PARAM_CHOICE, .choices = r->filter, .at_once = true };
    struct prompt_spec spec = { .question = &question, .n = 1, .done = filter_done, .ctx = r };

    for (size_t i = 0; i < n_panels && i + 1 < FILTERS; i++)
        r->filter[question.n_choices++] = (struct choice){ panels[i].letter, panels[i].name, panels[i].name };
    r->filter[question.n_choices++] = (struct choice){ 't', everything, everything };
    prompt_ask(app, &spec);
}

static bool record_key(struct app *app, void *state, const struct key *key)
{
    struct record *r = state;

    if (key->cap != KEYCAP_ESC || r->panel < 0)
        return false;
    show_panel(app, r, -1);
    return true;
}

static void open_row(struct app *app, struct record *r)
{
    struct list_row *row = list_at(&r->list);
    char *argument;

    if (!row || !row->target.type[0]) {
        app_say(app, STYLE_PLAIN, _("There is nothing here to open."));
        return;
    }
    argument = mem_printf("%s %s/%s %lld", r->patient, row->target.type, row->target.id, (long long)row->tag);
    app_open(app, &screen_resource, argument);
    free(argument);
}

/* "a" anywhere on the record means today's visit. */
static bool arrive_today(struct app *app, struct record *r)
{
    struct list_row *row = list_at(&r->list);
    struct appointment_list visits = { 0 };
    struct target target = { "", "", "" };
    char day[DATE_TEXT];

    if (row && strcmp(row->target.type, "Appointment") == 0)
        return false;           /* the visit under the cursor is meant */
    date_format(clock_today(), day);
    if (appointment_list(app->ctx.st, day, r->patient, &visits, NULL) == RC_OK)
        for (size_t i = 0; i < visits.n && !target.id[0]; i++)
            if (strcmp(visits.appointment[i].status, "booked") == 0)
                target = target_of("Appointment", visits.appointment[i].id, r->patient);
    appointment_list_done(&visits);
    if (target.id[0])
        checkin_start(app, &target);
    else
        app_say(app, STYLE_PLAIN, _("Nothing is booked for today. w makes a walk-in."));
    return true;
}

/* Everything, the first panels one by one, who looked, and round again. */
static int next_panel(int panel)
{
    if (panel == (int)n_panels)
        return -1;
    return panel + 1 < WALKED ? panel + 1 : (int)n_panels;
}

static bool record_act(struct app *app, void *state, enum action_id action)
{
    struct record *r = state;

    switch (action) {
    case ACTION_OPEN:
        open_row(app, r);
        return true;
    case ACTION_APPOINTMENT_ARRIVE:
        return arrive_today(app, r);
    case ACTION_FILTER:
        filter_ask(app, r);
        return true;
    case ACTION_PANELS:
        show_panel(app, r, next_panel(r->panel));
        return true;
    default:
        return false;
    }
}

static const char *record_about(struct app *app, const void *state)
{
    (void)state;
    return app->banner.person.mrn;
}

static struct list *record_list(void *state)
{
    struct record *r = state;

    return &r->list;
}

static void record_close(struct app *app, void *state)
{
    struct record *r = state;

    (void)app;
    list_done(&r->list);
    record_side_drop(&r->side);
}

static const enum action_id record_actions[] = {
    ACTION_OPEN, ACTION_APPOINTMENT_ARRIVE, ACTION_INTAKE, ACTION_CONTACT_LOG, ACTION_TASK_ADD, ACTION_PATIENT_EDIT,
    ACTION_PANELS, ACTION_FILTER, ACTION_APPOINTMENT_WALK_IN, ACTION_APPOINTMENT_BOOK, ACTION_TASK_COMPLETE,
    ACTION_TASK_SNOOZE, ACTION_TASK_RESCHEDULE, ACTION_TASK_ASSIGN, ACTION_TASK_CANCEL, ACTION_APPOINTMENT_NOSHOW,
    ACTION_APPOINTMENT_START, ACTION_APPOINTMENT_DONE, ACTION_APPOINTMENT_LEFT, ACTION_APPOINTMENT_CANCEL,
    ACTION_FORM_PRINT, ACTION_KIOSK, ACTION_CORRECT, ACTION_FORM_AMEND, ACTION_FORM_HISTORY, ACTION_FORM_EXTRACT, ACTION_RAW_JSON, ACTION_RECORD_FETCH, ACTION_UNDO, ACTION_BACK,
};

const struct screen screen_record = {
    .name = "record", .title = N_("Record"), .actions = record_actions, .n_actions = sizeof record_actions / sizeof *record_actions,
    .state_size = sizeof(struct record), .shows_person = true,
    .load = record_load, .refresh = record_refresh, .settle = record_settle, .draw = record_draw, .key = record_key, .tick = record_tick,
    .act = record_act, .about = record_about, .list = record_list, .close = record_close,
};
