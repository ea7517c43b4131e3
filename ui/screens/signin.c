/* Sign-in: name, password. Shows clinic and clock, nothing of a patient. */
#include <stdio.h>
#include <string.h>

#include "access/session.h"
#include "base/i18n.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/field.h"
#include "ui/screens.h"

enum { NAME, PASSWORD, FIELDS };

struct signin {
    struct field field[FIELDS];
    int at;
    char problem[200];
};

static enum rc signin_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct signin *s = state;

    (void)app;
    (void)err;
    s->field[PASSWORD].is_secret = true;
    field_set(&s->field[NAME], argument);
    return RC_OK;
}

static void signin_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct signin *s = state;
    const char *labels[FIELDS] = { _("Name"), _("Password") }, *sign_in = store_meta(app->ctx.st, "demo_sign_in");
    int row = canvas->rows > 10 ? 3 : 0;

    if (app->clinic && app->clinic[0])
        draw_text(canvas, row, 3, STYLE_HEADING, app->clinic);
    for (int i = 0; i < FIELDS; i++) {
        draw_text(canvas, row + 2 + i, 3, STYLE_PLAIN, i == s->at ? ">" : " ");
        draw_text(canvas, row + 2 + i, 5, STYLE_PLAIN, labels[i]);
        field_draw(&s->field[i], canvas, row + 2 + i, 18, 40, i == s->at);
    }
    draw_folded(canvas, row + 5, 5, canvas->cols - 8, 3, STYLE_ALERT, s->problem);
    if (sign_in[0])
        draw_format(canvas, row + 8, 5, STYLE_FAINT, _("Demo: name and password are %s"), sign_in);
}

static void try_sign_in(struct app *app, struct signin *s)
{
    struct err err = { RC_OK, "" };
    struct session session = { .origin = ORIGIN_DESK };

    if (session_open(app->ctx.st, field_text(&s->field[NAME]), field_text(&s->field[PASSWORD]),
                     config_int(app->ctx.config, "idle_lock_s"), &session, &err) == RC_OK) {
        app->ctx.session = session;
        app->ctx.session.origin = ORIGIN_DESK;
        app->session_resumed = false;
        app->in_patient_hands = false;
        app_restart_at(app, &screen_today);
        return;
    }
    snprintf(s->problem, sizeof s->problem, "%s", err_text(&err));
    field_done(&s->field[PASSWORD]);
}

static bool signin_key(struct app *app, void *state, const struct key *key)
{
    struct signin *s = state;

    if (key->cap == KEYCAP_ENTER && s->at == PASSWORD && s->field[PASSWORD].len > 0)
        try_sign_in(app, s);
    else if (key->cap == KEYCAP_ENTER || key->cap == KEYCAP_TAB || key->cap == KEYCAP_DOWN)
        s->at = s->at == NAME && s->field[NAME].len > 0 ? PASSWORD : NAME;
    else if (key->cap == KEYCAP_UP || key->cap == KEYCAP_BACKTAB)
        s->at = NAME;
    else if (key_is_ctrl(key, 'c') || (key_is_ctrl(key, 'd') && s->field[s->at].len == 0))
        app->quit = !app->in_patient_hands;
    else if (field_key(&s->field[s->at], key))
        s->problem[0] = '\0';
    else
        return false;
    return true;
}

static bool signin_in_field(const void *state)
{
    (void)state;
    return true;
}

static void signin_close(struct app *app, void *state)
{
    struct signin *s = state;

    (void)app;
    for (int i = 0; i < FIELDS; i++)
        field_done(&s->field[i]);
}

const struct screen screen_signin = {
    .name = "signin", .title = N_("Sign in"), .state_size = sizeof(struct signin),
    .load = signin_load, .draw = signin_draw, .key = signin_key, .in_field = signin_in_field, .close = signin_close,
};
