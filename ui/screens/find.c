/* Find: one box, results as typed, enough columns to tell two people apart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/find.h"
#include "desk/patient.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/field.h"
#include "ui/find_box.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screens.h"
#include "ui/screens/find_server.h"
#include "ui/screens/people.h"

enum { HITS, MORE, SERVER, GROUPS };
enum { LIMIT = 50 };

struct find {
    struct field field;
    struct list list;
    struct list_group group[GROUPS];
    bool dirty, in_list;
    int found, more;
    char look_alikes[40];       /* numbers of the rows that look like another: "1, 2, 4"; "" none */
    bool *alike;                /* owned: per hit, whether the whole birth date must be asked */
    void (*chosen)(struct app *app, void *ctx, const char *patient);
    void *ctx;
    void (*free_ctx)(void *ctx);
    char about[60];
    struct find_server server;
};

static const struct list_column more_columns[] = { { NULL, 0, false, false } };

/* What follows the last row is a row too. */
static void add_more(struct app *app, struct find *f)
{
    char words[200];
    struct list_row *row;

    if (f->field.len == 0)
        return;
    if (f->chosen || !app_may(app, PERM_PERSON_WRITE)) {
        find_server_ask_row(app, &f->server, &f->list, MORE);
        return;
    }
    snprintf(words, sizeof words, _("register \"%s\""), field_text(&f->field));
    row = list_add(&f->list, MORE, "", "register", "", words);
    row->has_no_number = true;
    list_set(row, 0, STYLE_PLAIN, words);
    find_server_ask_row(app, &f->server, &f->list, MORE);
}

/* "1, 3, 4": the rows nobody opens without the whole birth date. */
static void name_look_alikes(struct find *f, size_t n)
{
    size_t len = 0;

    f->look_alikes[0] = '\0';
    for (size_t i = 0; i < n && len < sizeof f->look_alikes; i++)
        if (f->alike[i])
            len += (size_t)snprintf(f->look_alikes + len, sizeof f->look_alikes - len, "%s%zu", len ? ", " : "", i + 1);
}

static void take_hits(struct find *f, const struct hits *hits)
{
    free(f->alike);
    f->alike = mem_array(hits->n ? hits->n : 1, sizeof *f->alike);
    for (size_t i = 0; i < hits->n; i++) {
        int other = hits->hit[i].looks_like;

        people_add(&f->list, HITS, &hits->hit[i], NULL);
        if (other > 0 && (size_t)other <= hits->n)
            f->alike[i] = f->alike[other - 1] = true;
    }
    name_look_alikes(f, hits->n);
    f->found = (int)hits->n;
    f->more = hits->more;
}

static void search(struct app *app, struct find *f)
{
    struct err err = { RC_OK, "" };
    struct hits hits = { 0 };
    bool recent = f->field.len == 0;
    enum rc rc;

    f->dirty = false;
    rc = recent ? find_recent(app->ctx.st, app->ctx.session.staff.id, 12, &hits, &err)
                : find_people(app->ctx.st, field_text(&f->field), LIMIT, clock_today(), (struct date_order){ app->day_first }, &hits, &err);
    if (rc != RC_OK)
        app_say_err(app, &err);
    f->group[HITS].title = recent && hits.n ? _("RECENT") : NULL;
    f->list.has_titles = !recent;
    list_empty(&f->list);
    list_begin(&f->list);
    take_hits(f, &hits);
    add_more(app, f);
    find_server_people(app, &f->server, &f->list, SERVER);
    list_end(&f->list, false);
    hits_done(&hits);
}

/* The same question, the cursor where it is: something came from the server. */
static void search_again(struct app *app, struct find *f)
{
    size_t at = f->list.at;

    search(app, f);
    f->list.at = at < f->list.n ? at : 0;
}

static enum rc find_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct find *f = state;
    struct grant grant;
    enum rc rc = app_grant(app, PERM_PERSON_FIND, "find", NULL, &grant, err);

    f->group[HITS] = (struct list_group){ NULL, "", people_columns, n_people_columns };
    f->group[MORE] = (struct list_group){ NULL, "", more_columns, 1 };
    f->group[SERVER] = (struct list_group){ _("AT THE SERVER"), "", people_columns, n_people_columns };
    f->list.group = f->group;
    f->list.n_groups = GROUPS;
    f->list.gutter = 4;
    field_set(&f->field, argument);
    if (rc == RC_OK)
        search(app, f);
    return rc;
}

static void find_settle(struct app *app, void *state)
{
    struct find *f = state;

    if (f->dirty)
        search(app, f);
}

static void find_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct find *f = state;
    struct canvas rows = canvas_part(canvas, 2, 0, canvas->rows - 3, canvas->cols);
    char words[40];
    int right = canvas->cols - 1;

    (void)app;
    if (f->field.len) {
        snprintf(words, sizeof words, f->more ? _("more than %d found") : f->found ? _("%d found") : _("nobody found"), f->found);
        right = draw_right(canvas, 0, right, STYLE_FAINT, words) - 1;
    }
    list_draw(&f->list, &rows);
    draw_text(canvas, 0, 1, STYLE_KEY, "/");
    field_draw(&f->field, canvas, 0, 3, right - 3, !f->in_list);
    if (f->look_alikes[0])
        draw_format(canvas, canvas->rows - 1, 1, STYLE_ALERT, _("! %s look alike: ask for the whole birth date."), f->look_alikes);
    else if (f->field.len == 0 && f->found == 0)
        draw_text(canvas, 2, 3, STYLE_PLAIN, _("Type a name, a birth date, a phone's end or a record number."));
}

static void open_person(struct app *app, struct find *f, const char *patient)
{
    void (*chosen)(struct app *, void *, const char *) = f->chosen;
    void (*free_ctx)(void *) = f->free_ctx;
    void *ctx = f->ctx;
    char id[72];

    snprintf(id, sizeof id, "%s", patient);
    if (!chosen) {
        app_replace(app, &screen_record, id);
        return;
    }
    f->chosen = NULL;
    f->ctx = NULL;
    app_back(app);
    chosen(app, ctx, id);
    if (free_ctx)
        free_ctx(ctx);
}

static enum rc check_birthday(struct app *app, void *ctx, const char *value, struct err *err)
{
    struct person person = { 0 };
    int day, month;
    enum rc rc = person_get(app->ctx.st, ctx, &person, err);

    if (rc == RC_OK && !birthday_read(&app->ctx, value, &day, &month))
        rc = err_set(err, RC_INVALID, _("day and month, as 1 7 or 1 jul"));
    else if (rc == RC_OK && !patient_birthday_is(&person, day, month))
        rc = err_set(err, RC_INVALID, _("not this person's birthday"));
    person_done(&person);
    return rc;
}

static void alike_done(struct app *app, void *ctx, const struct args *args)
{
    struct place *top = app_top(app);

    (void)args;
    if (top->screen == &screen_find)
        open_person(app, top->state, ctx);
}

static enum rc check_far_birthday(struct app *app, void *ctx, const char *value, struct err *err)
{
    struct place *top = app_top(app);
    const struct hit *hit = top->screen == &screen_find ? find_server_hit(&((struct find *)top->state)->server, ctx) : NULL;
    char none[] = "";
    struct person person = { .birth = hit ? hit->birth : none };
    int day, month;

    if (!birthday_read(&app->ctx, value, &day, &month))
        return err_set(err, RC_INVALID, _("day and month, as 1 7 or 1 jul"));
    return patient_birthday_is(&person, day, month) ? RC_OK : err_set(err, RC_INVALID, _("not this person's birthday"));
}

/* Somebody of the server's: here by now, or to be fetched first. */
static void open_far(struct app *app, struct find *f, const char *patient)
{
    if (store_has(app->ctx.st, "Patient", patient))
        open_person(app, f, patient);
    else
        find_server_fetch(app, &f->server, patient);
}

static void far_alike_done(struct app *app, void *ctx, const struct args *args)
{
    struct place *top = app_top(app);

    (void)args;
    if (top->screen == &screen_find)
        open_far(app, top->state, ctx);
}

/* Asked before it is opened, when somebody else in the list could be taken for this one. */
static void ask_birthday(struct app *app, const struct list_row *row, bool is_far)
{
    struct asking question = { .name = "birthday", .label = _("Day month"), .kind = PARAM_TEXT, .is_safety = true,
                               .check = is_far ? check_far_birthday : check_birthday };
    struct prompt_spec spec = { .question = &question, .n = 1, .done = is_far ? far_alike_done : alike_done, .free_ctx = free };
    char lead[160];

    snprintf(lead, sizeof lead, _("%d %s has a look-alike. Ask the birthday."), row->number, row->name);
    spec.lead = lead;
    spec.ctx = mem_dup(row->target.id);
    prompt_ask(app, &spec);
}

/* Enter: somebody who has a look-alike near is opened only after the birthday was said. */
static void find_open(struct app *app, struct find *f)
{
    struct list_row *row;
    char argument[440];

    if (f->dirty)
        search(app, f);
    row = list_at(&f->list);
    if (!row) {
        app_say(app, STYLE_PLAIN, _("Nobody to open yet: type a name, a birth date, a phone's end or a record number."));
    } else if (strcmp(row->target.id, "register") == 0) {
        snprintf(argument, sizeof argument, "name=%s", field_text(&f->field));
        app_replace(app, &screen_register, argument);
    } else if (strcmp(row->target.id, FIND_SERVER_ASK) == 0) {
        find_server_ask(app, &f->server, field_text(&f->field));
        search_again(app, f);
    } else if (row->group == SERVER) {
        if (find_server_is_alike(&f->server, &f->list, row->target.id))
            ask_birthday(app, row, true);
        else
            open_far(app, f, row->target.id);
    } else if (f->alike[row->number - 1]) {
        ask_birthday(app, row, false);
    } else {
        open_person(app, f, row->target.id);
    }
}

static bool box_key(struct app *app, struct find *f, const struct key *key)
{
    if (key->cap == KEYCAP_ENTER) {
        find_open(app, f);
    } else if (key->cap == KEYCAP_TAB || key->cap == KEYCAP_DOWN) {
        f->in_list = f->list.n > 0;
    } else if (f->field.len == 0 && key_is(key, ' ')) {
        app_act(app, ACTION_LAST_PLACE, NULL);
    } else if (key->cap == KEYCAP_ESC) {
        app_back(app);
    } else if (key->cap == KEYCAP_CLICK || key->cap == KEYCAP_WHEEL_DOWN || key->cap == KEYCAP_WHEEL_UP) {
        f->in_list = f->list.n > 0;
        return false;
    } else if (field_key(&f->field, key)) {
        f->dirty = true;
        f->list.at = 0;
        find_server_forget(&f->server);
        app->message[0] = '\0';
    } else {
        return false;
    }
    return true;
}

static bool find_key(struct app *app, void *state, const struct key *key)
{
    struct find *f = state;

    if (!f->in_list)
        return box_key(app, f, key);
    if (key->cap == KEYCAP_ENTER) {
        find_open(app, f);
    } else if (key->cap == KEYCAP_ESC || key->cap == KEYCAP_BACKTAB || key_is(key, '/') ||
               ((key->cap == KEYCAP_UP || key_is(key, 'k')) && f->list.at == 0)) {
        f->in_list = false;
    } else {
        return false;
    }
    return true;
}

static void find_tick(struct app *app, void *state, int64_t idle_ms)
{
    struct find *f = state;
    enum find_server_news news = find_server_tick(app, &f->server);

    (void)idle_ms;
    if (news == FIND_SERVER_ROWS)
        search_again(app, f);
    if (news == FIND_SERVER_OPEN)
        open_person(app, f, f->server.patient);
}

static bool find_act(struct app *app, void *state, enum action_id action)
{
    struct find *f = state;

    if (action != ACTION_OPEN)
        return false;
    find_open(app, f);
    return true;
}

static bool find_in_field(const void *state)
{
    const struct find *f = state;

    return !f->in_list;
}

static const char *find_about(struct app *app, const void *state)
{
    const struct find *f = state;

    (void)app;
    return f->about;
}

static struct list *find_list(void *state)
{
    struct find *f = state;

    return &f->list;
}

static void find_close(struct app *app, void *state)
{
    struct find *f = state;

    (void)app;
    if (f->free_ctx && f->ctx)
        f->free_ctx(f->ctx);
    field_done(&f->field);
    list_done(&f->list);
    find_server_done(&f->server);
    free(f->alike);
}

void find_box_open(struct app *app, const char *text)
{
    struct place *top = app_top(app);

    if (!top || !app->ctx.session.staff.id[0] || app->locked)
        return;
    if (top->screen != &screen_find) {
        app_home(app);
        app_open(app, &screen_find, text);
    } else if (text[0]) {
        struct find *f = top->state;
        field_set(&f->field, text);
        find_server_forget(&f->server);
        f->dirty = true;
        f->in_list = false;
    }
}

void find_box_choose(struct app *app, const char *what, void (*chosen)(struct app *app, void *ctx, const char *patient),
                     void *ctx, void (*free_ctx)(void *))
{
    struct find *f;

    if (!app_open(app, &screen_find, "")) {
        if (free_ctx)
            free_ctx(ctx);
        return;
    }
    f = app_top(app)->state;
    f->chosen = chosen;
    f->ctx = ctx;
    f->free_ctx = free_ctx;
    snprintf(f->about, sizeof f->about, "%s", what);
}

static const enum action_id find_actions[] = {
    ACTION_OPEN, ACTION_CHOICES, ACTION_BACK, ACTION_LAST_PLACE, ACTION_CONTACT_LOG, ACTION_TASK_ADD, ACTION_INTAKE,
    ACTION_PATIENT_EDIT, ACTION_APPOINTMENT_WALK_IN, ACTION_APPOINTMENT_BOOK, ACTION_PATIENT_REGISTER,
};

const struct screen screen_find = {
    .name = "find", .title = N_("Find"), .actions = find_actions, .n_actions = sizeof find_actions / sizeof *find_actions,
    .state_size = sizeof(struct find), .is_passing = true,
    .load = find_load, .settle = find_settle, .draw = find_draw, .key = find_key, .act = find_act, .tick = find_tick,
    .in_field = find_in_field, .about = find_about, .list = find_list, .close = find_close,
};
