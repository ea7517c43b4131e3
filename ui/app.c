#include "ui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "store/audit.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screens.h"

void app_say(struct app *app, enum style style, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(app->message, sizeof app->message, fmt, ap);
    va_end(ap);
    app->message_style = style;
}

void app_say_err(struct app *app, const struct err *err)
{
    app_say(app, STYLE_ALERT, "%s", err_text(err));
}

struct place *app_top(struct app *app)
{
    return app->open.n ? &app->open.place[app->open.n - 1] : NULL;
}

bool app_may(const struct app *app, enum permission permission)
{
    if (permission == PERM_ANYONE)
        return true;
    return app->ctx.session.staff.id[0] &&
           (permission == PERM_SIGNED_IN || authz_role_has(app->ctx.session.staff.role, permission));
}

enum rc app_grant(struct app *app, enum permission permission, const char *what, const char *patient,
                  struct grant *out, struct err *err)
{
    return authz(app->ctx.st, &app->ctx.session, permission, what, "view", patient, out, err);
}

/* The open person ---------------------------------------------------------------------------- */

static void banner_drop(struct app *app)
{
    if (app->banner_for[0])
        banner_done(&app->banner);
    app->banner = (struct banner){ 0 };
    app->banner_for[0] = '\0';
}

static enum rc banner_take(struct app *app, const char *patient, struct err *err)
{
    struct banner banner = { 0 };
    enum rc rc = banner_load(app->ctx.st, patient, &banner, err);

    if (rc != RC_OK)
        return rc;
    banner_drop(app);
    app->banner = banner;
    snprintf(app->banner_for, sizeof app->banner_for, "%s", patient);
    return RC_OK;
}

bool app_person(struct app *app, const char *patient)
{
    struct err err = { RC_OK, "" };
    struct grant grant;

    if (app_grant(app, PERM_RECORD_READ, "open", patient, &grant, &err) != RC_OK ||
        audit_view(app->ctx.st, &grant, patient, NULL, NULL, &err) != RC_OK ||
        banner_take(app, patient, &err) != RC_OK) {
        app_say_err(app, &err);
        return false;
    }
    snprintf(app->last_person, sizeof app->last_person, "%s", patient);
    if (app->banner.person.merged_into && app->banner.person.merged_into[0])
        app_say(app, STYLE_ALERT, _("This record was merged into another one. Nothing new belongs here."));
    else if (app->banner.has_namesake)
        app_say(app, STYLE_LATE, _("Somebody else has the same or a similar name: check the birth date."));
    return true;
}

void app_person_changed(struct app *app)
{
    char patient[72];

    snprintf(patient, sizeof patient, "%s", app->banner_for);
    if (patient[0])
        banner_take(app, patient, NULL);
}

/* The banner follows the top place; a place without a person has none. */
static bool follow_person(struct app *app)
{
    struct place *top = app_top(app);

    if (!top || !top->patient[0])
        return true;
    return strcmp(top->patient, app->banner_for) == 0 || app_person(app, top->patient);
}

/* Places --------------------------------------------------------------------------------------- */

static void place_close(struct app *app, struct place *place)
{
    if (place->screen->close)
        place->screen->close(app, place->state);
    free(place->state);
    free(place->argument);
    *place = (struct place){ 0 };
}

static void stack_close(struct app *app, struct place_stack *stack)
{
    while (stack->n > 0)
        place_close(app, &stack->place[--stack->n]);
}

void app_drop_parked(struct app *app)
{
    stack_close(app, &app->parked);
}

/* What stands on a person's screen was authorized and audited with it. */
static bool is_open_already(struct app *app, const char *patient)
{
    struct place *top = app_top(app);

    return top && top->patient[0] && strcmp(top->patient, patient) == 0 && strcmp(app->banner_for, patient) == 0;
}

bool app_open(struct app *app, const struct screen *screen, const char *argument)
{
    struct place place = { .screen = app->linear && screen->linear ? screen->linear : screen, .argument = mem_dup(argument ? argument : "") };
    struct prompt *asked = app->prompt, *asks;      /* here, and by the screen that opens */
    struct err err = { RC_OK, "" };

    screen = place.screen;
    app->message[0] = '\0';
    app->typed[0] = '\0';
    if (screen->shows_person) {
        snprintf(place.patient, sizeof place.patient, "%.*s", (int)strcspn(place.argument, " "), place.argument);
        if (!is_open_already(app, place.patient) && !app_person(app, place.patient)) {
            free(place.argument);
            return false;
        }
    }
    if (screen->shows_person)
        snprintf(place.name, sizeof place.name, "%s", app->banner.person.name);
    place.state = mem_alloc(screen->state_size ? screen->state_size : 1);
    app->prompt = NULL;
    if (app->open.n == APP_DEPTH)
        err_set(&err, RC_INVALID, _("too many screens are open: Esc goes back"));
    else if (!screen->load || screen->load(app, place.state, place.argument, &err) == RC_OK)
        err.rc = RC_OK;
    asks = app->prompt;
    app->prompt = asked;
    if (err.rc != RC_OK) {
        place_close(app, &place);
        follow_person(app);
        app_say_err(app, &err);
        return false;
    }
    prompt_set_aside(app);
    app->prompt = asks;
    app->open.place[app->open.n++] = place;
    return true;
}

bool app_replace(struct app *app, const struct screen *screen, const char *argument)
{
    size_t n = app->open.n;

    if (n < 2 || !app_open(app, screen, argument))
        return false;
    place_close(app, &app->open.place[n - 1]);
    app->open.place[n - 1] = app->open.place[n];
    app->open.n = n;
    return true;
}

/* Put what was popped (bottom first) aside. Work that was parked from on top of it stays with it. */
static void park(struct app *app, struct place *popped, size_t n)
{
    struct place_stack held = { 0 };

    if (app->parked.n > 0 && app->parked_depth == app->open.n + n && n + app->parked.n < APP_DEPTH &&
        app->parked.place[app->parked.n - 1].screen->holds_work)
        held = app->parked;
    else
        stack_close(app, &app->parked);
    app->parked_depth = app->open.n;
    memcpy(app->parked.place, popped, n * sizeof *popped);
    memcpy(app->parked.place + n, held.place, held.n * sizeof *popped);
    app->parked.n = n + held.n;
}

/* Move everything above keep places out; passing screens are closed, the rest is parked. */
static void leave_down_to(struct app *app, size_t keep)
{
    struct place popped[APP_DEPTH];
    size_t n = 0;

    for (size_t i = keep; i < app->open.n; i++) {
        if (app->open.place[i].screen->is_passing)
            place_close(app, &app->open.place[i]);
        else
            popped[n++] = app->open.place[i];
    }
    app->open.n = keep < app->open.n ? keep : app->open.n;
    if (n > 0)
        park(app, popped, n);
    prompt_close(app);
    app->typed[0] = '\0';
    app->message[0] = '\0';
    follow_person(app);
    app_refresh(app);
}

void app_back(struct app *app)
{
    if (app->open.n > 1)
        leave_down_to(app, app->open.n - 1);
}

void app_home(struct app *app)
{
    if (app->open.n > 1)
        leave_down_to(app, 1);
}

void app_close_top(struct app *app)
{
    if (app->open.n < 2)
        return;
    place_close(app, &app->open.place[--app->open.n]);
    follow_person(app);
    app_refresh(app);
}

bool app_resume(struct app *app)
{
    struct place_stack back = app->parked;
    size_t depth = app->parked_depth;

    if (back.n == 0)
        return app->last_person[0] && app_open(app, &screen_record, app->last_person);
    app->parked.n = 0;
    if (app->open.n > depth)
        leave_down_to(app, depth);
    if (app->open.n + back.n > APP_DEPTH) {
        stack_close(app, &back);
        return false;
    }
    memcpy(app->open.place + app->open.n, back.place, back.n * sizeof *back.place);
    app->open.n += back.n;
    app->message[0] = '\0';
    app->typed[0] = '\0';
    if (app_top(app)->patient[0] && !app_person(app, app_top(app)->patient)) {
        app_close_top(app);
        return false;
    }
    app_refresh(app);
    return true;
}

void app_restart_at(struct app *app, const struct screen *screen)
{
    prompt_close(app);
    prompt_forget(app);
    stack_close(app, &app->parked);
    stack_close(app, &app->open);
    banner_drop(app);
    app->last_person[0] = '\0';
    app_open(app, screen, NULL);
}

void app_refresh(struct app *app)
{
    struct place *top = app_top(app);
    struct err err = { RC_OK, "" };

    if (top && top->screen->refresh && top->screen->refresh(app, top->state, &err) != RC_OK)
        app_say_err(app, &err);
}

void app_reload(struct app *app)
{
    struct place *top = app_top(app);
    struct list *list = top && top->screen->list ? top->screen->list(top->state) : NULL;

    if (list && top->screen->refresh) {         /* a search is not read again: its rows stay */
        struct target at = list_at(list) ? list_at(list)->target : (struct target){ "", "", "" };

        list_empty(list);
        app_refresh(app);
        list_find(list, at.type, at.id);
    }
    app_person_changed(app);
}

/* Keys that wait ------------------------------------------------------------------------------ */

void app_settle(struct app *app)
{
    struct place *top = app_top(app);

    app->unsettled = false;
    if (top && top->screen->settle)
        top->screen->settle(app, top->state);
}

void app_queue_key(struct app *app, struct key key)
{
    if (app->key_n == APP_KEYS) {
        key_done(&key);
        return;
    }
    app->key[(app->key_first + app->key_n++) % APP_KEYS] = key;
}

void app_hold_keys(struct app *app)
{
    size_t len = 0;

    app->held[0] = '\0';
    while (app->key_n > 0) {
        struct key *key = &app->key[app->key_first];
        char name[KEY_NAME];

        key_name(key, name);
        if (len + strlen(name) + 2 < sizeof app->held)
            len += (size_t)snprintf(app->held + len, sizeof app->held - len, "%s%s", len ? " " : "", name);
        key_done(key);
        app->key_first = (app->key_first + 1) % APP_KEYS;
        app->key_n--;
    }
}

void app_done(struct app *app)
{
    prompt_close(app);
    prompt_forget(app);
    stack_close(app, &app->parked);
    stack_close(app, &app->open);
    banner_drop(app);
    app_hold_keys(app);
    key_decoder_done(&app->decoder);
    grid_done(&app->grid);
}
