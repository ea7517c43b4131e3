/* screen.h - a screen as a table: state, the actions it offers, and what to draw.
 * load decides what to show, draw only shows it. Help text, key, permission and handler stand
 * once, in the action's row. */
#ifndef FRONTDESK_SCREEN_H
#define FRONTDESK_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "action/action.h"
#include "base/err.h"

struct app;     /* the running desk: context, stack of screens, terminal, parked place (ui/app.h) */
struct canvas;  /* where to draw: the body area (ui/draw.h) */
struct key;     /* one key event (ui/key.h) */
struct list;    /* numbered rows (ui/list.h) */
struct buf;

/* What actions act on. */
struct target { char type[40], id[72], patient[72]; };

/* Keys a screen has that are no actions, for its help: N_(). */
struct key_words { const char *keys, *words; };

struct screen {
    const char *name;           /* "record"; also the key group in the configuration */
    const char *title;          /* N_() */
    const enum action_id *actions; size_t n_actions;    /* what the footer, help and palette offer here, most wanted first */
    const struct key_words *keys; size_t n_keys;
    size_t state_size;
    bool shows_person;          /* lines 2-3 are the banner of app's open person; argument begins with its Patient id */
    bool holds_work;            /* leaving parks it together with what it stood on: one Space returns to it */
    bool is_passing;            /* find, help, palette: never parked, left by Esc without a trace */
    enum rc (*load)(struct app *app, void *state, const char *argument, struct err *err);
    enum rc (*refresh)(struct app *app, void *state, struct err *err);  /* another process committed; may be NULL */
    /* After every key that was waiting, before draw: what depends on what was typed (a search). May be NULL. */
    void (*settle)(struct app *app, void *state);
    void (*draw)(struct app *app, void *state, struct canvas *canvas);
    bool (*key)(struct app *app, void *state, const struct key *key);  /* true: taken. Keys not taken go to the action table */
    bool (*act)(struct app *app, void *state, enum action_id action);  /* an action this screen handles itself; true: done */
    struct target (*target)(struct app *app, const void *state);       /* the row under the cursor; NULL: the list's */
    struct list *(*list)(void *state);      /* numbered rows that digits and verbs name; NULL: none here */
    /* True while the cursor is in a field: every plain key is text and goes to key. NULL: never. */
    bool (*in_field)(const void *state);
    /* False while an action is of no use in this state: footer and help leave it out. NULL: all are. */
    bool (*offers)(const void *state, enum action_id action);
    /* What stands beside the title ("004512", "New patient registration"); NULL or "" none. */
    const char *(*about)(struct app *app, const void *state);
    /* Words for the place when it is parked ("intake 3.3"); NULL: the title. */
    const char *(*place)(const void *state);
    /* --linear: what to read out, and a line that was typed (false: not taken, it goes the usual way). NULL: the
     * painted screen is read and lines are keys. */
    void (*say)(struct app *app, void *state, struct buf *out);
    bool (*hear)(struct app *app, void *state, const char *line);
    const struct screen *linear;    /* opened in its place under --linear; NULL: itself */
    /* A second without a key has passed; idle_ms since the last one. May be NULL. */
    void (*tick)(struct app *app, void *state, int64_t idle_ms);
    /* Nothing but this screen: no title, banner, footer, palette, lock or other key of the desk reaches past it. */
    bool is_sealed;
    const char *empty;          /* N_(): why it is empty and which key makes the first; list screens */
    void (*close)(struct app *app, void *state);
};
#endif
