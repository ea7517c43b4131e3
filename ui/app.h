/* app.h - the running desk: who is signed in, the stack of screens, the open person, line 23.
 * One for the program; every screen function gets it. Screens call what is declared here and
 * nothing of the terminal. */
#ifndef FRONTDESK_APP_H
#define FRONTDESK_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "action/action.h"
#include "desk/patient.h"
#include "store/sync_state.h"
#include "ui/draw.h"
#include "ui/key.h"
#include "ui/screen.h"

struct prompt;
struct list_row;

/* A screen that is open: its state lives here until it is closed. */
struct place {
    const struct screen *screen;
    void *state;                /* owned, screen->state_size bytes */
    char *argument;             /* owned */
    char patient[72];           /* Patient id when the screen shows a person, else "" */
    char name[120];             /* that person's, for "parked: ..." */
};
enum { APP_DEPTH = 12, APP_KEYS = 1024 };
struct place_stack { struct place place[APP_DEPTH]; size_t n; };

struct app {
    struct context ctx;
    const char *config_path;    /* as given on the command line, or NULL */
    struct place_stack open;    /* place[0] is Today, or sign-in */
    struct place_stack parked;  /* what Space returns to, bottom first */
    size_t parked_depth;        /* how many places were below it */

    struct banner banner;       /* of the top place's patient; banner.person.id NULL: none loaded */
    char banner_for[72];
    char last_person[72];

    char message[400];          /* line 23 when nothing is asked */
    enum style message_style;
    char typed[32];             /* digits or a verb being collected on line 23 */
    struct prompt *prompt;      /* the question on line 23, or NULL */
    struct prompt *given_up;    /* left by Esc with something typed: asked again, it is still there */
    char held[64];              /* keys that came before a safety question was painted */

    struct sync_status sync;
    int64_t last_key_ms, last_poll_ms, last_touch_ms;
    int64_t changes;            /* sum of the change counters at the last look */

    struct grid grid;
    int body_top;               /* screen row of the body's first line */
    struct key key[APP_KEYS];   /* read and not handled yet */
    size_t key_first, key_n;
    struct key_decoder decoder;
    bool quiet, day_first, linear;
    bool unsettled;             /* quiet: keys came, their results wait for a pause */
    bool session_resumed;       /* the sign-in is the terminal session's: it stays when the desk is left */
    bool in_patient_hands;      /* the kiosk was opened: nothing leaves the program until staff have signed in */
    bool locked;                /* the lock screen is on top; nothing of a patient is drawn */
    bool repaint;               /* the next show paints every cell */
    /* Paint at once, before something that takes time: what it changed is seen while the disk works. NULL
     * where the screen is not a terminal's. */
    void (*paint_early)(struct app *app);
    bool quit;
    int exit_status;
    const char *clinic;         /* borrowed from the settings */
};

/* Screens --------------------------------------------------------------------------------- */
/* Open on top of what is there; argument (may be NULL) is copied. A screen that shows a person gets
 * "PATIENT-ID" or "PATIENT-ID what": the view is authorized and audited, and the banner loaded, before
 * load runs. On failure nothing changes, the message says why, and false is returned. */
bool app_open(struct app *app, const struct screen *screen, const char *argument);
/* One step back; the place left is parked unless it is a passing one. Today stays. */
void app_back(struct app *app);
/* Close the top place without parking it (what it did is done), then go on where one was. */
void app_close_top(struct app *app);
/* Open in the place of the top one, which is closed; on failure it stays. */
bool app_replace(struct app *app, const struct screen *screen, const char *argument);
/* Everything above Today is parked; for an interruption (`/` from inside a record). */
void app_home(struct app *app);
/* Space: swap with the parked place, else open the last person. False when there is neither. */
bool app_resume(struct app *app);
void app_drop_parked(struct app *app);      /* another user, or the place is no more */
/* Close everything and start over at screen (sign-in, Today). */
void app_restart_at(struct app *app, const struct screen *screen);
struct place *app_top(struct app *app);
/* Reload the top place through its refresh, keeping cursor and numbers (after an act). */
void app_refresh(struct app *app);
/* ^L: numbers anew, everything repainted. */
void app_reload(struct app *app);

/* Line 23 ---------------------------------------------------------------------------------- */
void app_say(struct app *app, enum style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Say why something failed. */
void app_say_err(struct app *app, const struct err *err);

/* Acts ------------------------------------------------------------------------------------- */
/* Do an action on a target: the screen's own way, the desk's own way (ui/act.c), else ask on line
 * 23 for what is not known and run its row. target NULL: the row under the cursor. */
void app_act(struct app *app, enum action_id action, const struct target *target);
/* The same on several rows at once ("NS 3-5"); their names are repeated before anything is done. */
void app_act_rows(struct app *app, enum action_id action, struct list_row *const *row, size_t n);
/* Run the row now with these arguments; on success says `done` (may be NULL) and refreshes what is
 * shown, else says why not. result may be NULL. True when it was done. */
bool app_run(struct app *app, enum action_id action, const struct args *args, const char *done, struct doc **result);
/* After an act of our own: what is shown follows, and it is no news. */
void app_acted(struct app *app);
/* The row under the cursor of the top screen, or its person; type "" when there is nothing. */
struct target app_target(struct app *app);
struct target target_of(const char *type, const char *id, const char *patient);
/* Who is signed in has this permission. */
bool app_may(const struct app *app, enum permission permission);
/* A grant for reading, checked and audited by authz when it is refused. */
enum rc app_grant(struct app *app, enum permission permission, const char *what, const char *patient,
                  struct grant *out, struct err *err);
/* The open person: authorize, audit the view, load the banner. */
bool app_person(struct app *app, const char *patient);
/* Load the banner anew (after an edit). */
void app_person_changed(struct app *app);

/* Take the settings over, those said at the first start where the configuration is silent. */
void app_settings_changed(struct app *app);
/* Sum of store's change counters; an act of our own sets app->changes to it, so that it is not news. */
int64_t app_changes(struct app *app);

/* The one entry for keys, and painting; ui/loop.c and tests call them. */
void app_key(struct app *app, const struct key *key);
void app_paint(struct app *app);        /* into app->grid */
void app_settle(struct app *app);       /* screens' settle, once the keys at hand are used up */
/* The session is in use, and was not ended elsewhere (the account was disabled); otherwise nothing of it
 * is shown any more: the sign-in screen says why. False then. */
bool app_session_stands(struct app *app);
void app_look_at_sync(struct app *app); /* app->sync, for the status line */
void app_tick(struct app *app);         /* idle: other processes' commits, idle lock, clock */
/* Keys that wait are held: shown, not acted on (safety questions). */
void app_hold_keys(struct app *app);
void app_queue_key(struct app *app, struct key key);    /* takes the key's paste */
void app_done(struct app *app);
#endif
