/* Lock: hides everything, keeps the work. A PIN of this sitting or the password returns to the very
 * place; nothing of a patient is on the screen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/session.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/field.h"
#include "ui/prompt.h"
#include "ui/screens.h"
#include "ui/screens/lock.h"

enum { PIN_MIN = 4, PIN_MAX = 6, PIN_TRIES = 3 };

/* A PIN is good for half a day; then the password again (NIST SP 800-63B, section 4.2.3). */
static const int64_t pin_ms = 12LL * 3600 * 1000;

/* The PIN of this sitting: salted hash, whose it is, since when, tries left. Gone with the process. */
static struct { unsigned char salt[16]; char hash[CRYPTO_HEX], staff[40]; int64_t since_ms; int tries; } pin;

struct lock { struct field field; char problem[200]; };

static void pin_hash(const char *typed, char out[CRYPTO_HEX])
{
    unsigned char bytes[sizeof pin.salt + PIN_MAX + 1] = { 0 };
    size_t len = strlen(typed);

    memcpy(bytes, pin.salt, sizeof pin.salt);
    memcpy(bytes + sizeof pin.salt, typed, len <= PIN_MAX ? len : PIN_MAX);
    crypto_sha256_hex(bytes, sizeof bytes, out);
    mem_wipe(bytes, sizeof bytes);
}

static bool is_pin(const char *typed)
{
    size_t len = strlen(typed);

    return len >= PIN_MIN && len <= PIN_MAX && strspn(typed, "0123456789") == len;
}

static bool pin_is_set(const struct app *app)
{
    return pin.staff[0] && pin.tries > 0 && clock_monotonic_ms() - pin.since_ms < pin_ms && strcmp(pin.staff, app->ctx.session.staff.id) == 0;
}

static enum rc pin_check(struct app *app, void *ctx, const char *value, struct err *err)
{
    (void)app;
    (void)ctx;
    return !*value || is_pin(value) ? RC_OK : err_set(err, RC_INVALID, _("four to six digits, or Enter for none"));
}

static void pin_take(struct app *app, void *ctx, const struct args *args)
{
    const char *typed = args->arg[0].value;

    (void)ctx;
    if (!is_pin(typed))
        return;
    crypto_random(pin.salt, sizeof pin.salt);
    pin_hash(typed, pin.hash);
    snprintf(pin.staff, sizeof pin.staff, "%s", app->ctx.session.staff.id);
    pin.since_ms = clock_monotonic_ms();
    pin.tries = PIN_TRIES;
    app_say(app, STYLE_GOOD, _("this PIN unlocks until you sign out"));
}

static void ask_pin(struct app *app)
{
    struct asking question = { .name = "pin", .label = _("4 to 6 digits, Enter for none"), .kind = PARAM_PASSWORD, .is_optional = true, .check = pin_check };
    struct prompt_spec spec = { .lead = _("A PIN for this sitting?"), .question = &question, .n = 1, .done = pin_take };

    prompt_ask(app, &spec);
}

static enum rc lock_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct lock *lock = state;

    (void)argument;
    (void)err;
    lock->field.is_secret = true;
    prompt_set_aside(app);      /* a half-answered question is work too */
    app->locked = true;
    return RC_OK;
}

static void unlock(struct app *app)
{
    app->locked = false;
    app->repaint = true;
    app_close_top(app);
}

/* The PIN tells who it is; that the account still stands is asked each time, before anything is shown. */
static enum lock_answer pin_opens(struct app *app, const char *typed, char *problem, size_t size)
{
    char hash[CRYPTO_HEX];

    pin_hash(typed, hash);
    if (strcmp(hash, pin.hash) == 0) {
        pin.tries = PIN_TRIES;
        return app_session_stands(app) ? LOCK_OPENS : LOCK_GONE;
    }
    pin.tries--;
    snprintf(problem, size, pin.tries > 0 ? _("That is not the PIN; %d tries left.") : _("That is not the PIN. Your password, please."), pin.tries);
    return LOCK_STAYS;
}

enum lock_answer lock_try(struct app *app, const char *typed, char *problem, size_t size)
{
    struct err err = { RC_OK, "" };

    problem[0] = '\0';
    if (pin_is_set(app) && is_pin(typed))
        return pin_opens(app, typed, problem, size);
    if (session_unlock(app->ctx.st, &app->ctx.session, typed, &err) == RC_OK)
        return LOCK_OPENS;
    snprintf(problem, size, "%s", err_text(&err));
    return LOCK_STAYS;
}

bool lock_has_pin(const struct app *app)
{
    return pin_is_set(app);
}

static void try_unlock(struct app *app, struct lock *lock)
{
    char *typed = mem_dup(field_text(&lock->field));
    bool had_pin = pin_is_set(app), by_password = !had_pin || !is_pin(typed);

    field_set(&lock->field, "");
    if (lock_try(app, typed, lock->problem, sizeof lock->problem) == LOCK_OPENS) {
        unlock(app);
        if (by_password && !had_pin)
            ask_pin(app);
    }
    mem_wipe(typed, strlen(typed));
    free(typed);
}

/* Somebody else signs in: this person's work is in drafts already. */
static void switch_user(struct app *app)
{
    struct err err = { RC_OK, "" };

    if (session_close(app->ctx.st, &app->ctx.session, &err) != RC_OK) {
        app_say_err(app, &err);
        return;
    }
    session_done(&app->ctx.session);
    app->ctx.session = (struct session){ .origin = ORIGIN_DESK };
    app->locked = false;
    app_restart_at(app, &screen_signin);
}

static bool lock_key(struct app *app, void *state, const struct key *key)
{
    struct lock *lock = state;

    if (key->cap == KEYCAP_ENTER)
        try_unlock(app, lock);
    else if (key->cap == KEYCAP_TAB)
        switch_user(app);
    else if (field_key(&lock->field, key))
        lock->problem[0] = '\0';
    return true;
}

static void lock_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct lock *lock = state;
    struct civil now = clock_local(clock_now_ms());
    const struct staff *staff = &app->ctx.session.staff;
    const char *sign_in = store_meta(app->ctx.st, "demo_sign_in");
    int row = canvas->rows / 3, left = canvas->cols / 4, col;
    char day[DATE_TEXT];

    date_words(now.date, day);
    draw_text(canvas, row, left, STYLE_TITLE, app->clinic && *app->clinic ? app->clinic : "frontdesk");
    draw_format(canvas, row + 1, left, STYLE_PLAIN, "%s %02d:%02d", day, now.hour, now.minute);
    draw_format(canvas, row + 3, left, STYLE_PLAIN, _("Locked. The work of %s is kept."), staff->display ? staff->display : staff->name);
    col = draw_text(canvas, row + 5, left, STYLE_PLAIN, pin_is_set(app) ? _("PIN or password: ") : _("Password: "));
    field_draw(&lock->field, canvas, row + 5, col, canvas->cols - col - 1, true);
    if (lock->problem[0])
        draw_folded(canvas, row + 6, left, canvas->cols - left - 1, 2, STYLE_ALERT, lock->problem);
    draw_text(canvas, row + 8, left, STYLE_FAINT, _("Enter unlock   Tab somebody else signs in"));
    if (sign_in[0])             /* the terminal was cleared since it was said */
        draw_format(canvas, row + 9, left, STYLE_FAINT, _("Demo: name and password are %s"), sign_in);
}

static bool lock_in_field(const void *state)
{
    (void)state;
    return true;
}

static void lock_close(struct app *app, void *state)
{
    (void)app;
    field_done(&((struct lock *)state)->field);
}

const struct screen screen_lock = {
    .name = "lock", .title = N_("Locked"), .state_size = sizeof(struct lock), .is_passing = true,
    .load = lock_load, .draw = lock_draw, .key = lock_key, .in_field = lock_in_field, .close = lock_close,
};
