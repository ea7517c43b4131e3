/* Keys on their way: to a question, to the screen, to the list, or - digits and verbs collected on
 * line 23 - to an action. On a list keys are commands; in a field they are text. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/find_box.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/prompt.h"

enum { RECORD_DIGITS = 5 };     /* so many digits are no row: a record number, typed or scanned */

static struct list *top_list(struct app *app)
{
    struct place *top = app_top(app);

    return top && top->screen->list ? top->screen->list(top->state) : NULL;
}

static bool top_in_field(struct app *app)
{
    struct place *top = app_top(app);

    return top && top->screen->in_field && top->screen->in_field(top->state);
}

/* A verb and its rows: "NS 3-5", "ns3,5". False when text does not begin with a verb. */
bool command_verb(struct app *app, const char *text)
{
    struct list *list = top_list(app);
    struct list_pick pick = { 0 };
    struct err err = { RC_OK, "" };
    char verb[3] = { text[0], (char)(text[0] ? text[1] : '\0'), '\0' };
    enum action_id action = action_by_verb(verb, NULL);

    if (!isalpha((unsigned char)verb[0]) || !isalpha((unsigned char)verb[1]) || action == ACTION_NONE ||
        isalpha((unsigned char)text[2]))
        return false;
    if (!list) {
        app_say(app, STYLE_ALERT, _("there are no numbered rows here"));
        return true;
    }
    if (list_range(list, text + 2, &pick, &err) != RC_OK) {
        app_say_err(app, &err);
        return true;
    }
    list_go(list, pick.row[0]->number);
    app_act_rows(app, action_by_verb(verb, pick.row[0]->target.type), pick.row, pick.n);
    list_pick_done(&pick);
    return true;
}

/* What is being collected, with what it means so far: "NS 3-5  did not come: Okafor, Ada". */
void command_words(struct app *app, char *out, size_t size)
{
    struct list *list = top_list(app);
    struct list_pick pick = { 0 };
    const char *rows = app->typed, *label = "";
    size_t len;

    if (isalpha((unsigned char)rows[0])) {
        char verb[3] = { rows[0], rows[1], '\0' };
        enum action_id action = rows[1] ? action_by_verb(verb, NULL) : ACTION_NONE;
        label = action == ACTION_NONE ? rows[1] ? _("no such verb") : _("two letters, then rows") : keymap_label(action);
        rows += rows[1] ? 2 : 1;
    }
    len = (size_t)snprintf(out, size, "%s_  %s", app->typed, label);
    if (*rows && list && list_range(list, rows, &pick, NULL) == RC_OK)
        for (size_t i = 0; i < pick.n && len < size; i++)
            len += (size_t)snprintf(out + len, size - len, "%s%s", i ? "; " : " ", pick.row[i]->name);
    list_pick_done(&pick);
}

static void typed_add(struct app *app, char c)
{
    size_t len = strlen(app->typed);

    if (len + 1 < sizeof app->typed) {
        app->typed[len] = c;
        app->typed[len + 1] = '\0';
    }
    app->message[0] = '\0';
}

/* Rows are named and a command key follows: "12a", "3-5z". */
static void typed_act(struct app *app, const struct key *key)
{
    struct place *top = app_top(app);
    struct list *list = top_list(app);
    struct list_pick pick = { 0 };
    struct err err = { RC_OK, "" };
    enum action_id action = keymap_find(app->ctx.config, top->screen, key);
    char typed[sizeof app->typed];

    snprintf(typed, sizeof typed, "%s", app->typed);
    app->typed[0] = '\0';
    if (strlen(typed) >= RECORD_DIGITS && strspn(typed, "0123456789") == strlen(typed)) {
        find_box_open(app, typed);              /* a record number, typed or scanned */
    } else if (!list || list_range(list, typed, &pick, &err) != RC_OK) {
        if (!list)
            err_set(&err, RC_INVALID, _("there are no numbered rows here"));
        app_say_err(app, &err);
    } else if (action == ACTION_NONE) {
        app_say(app, STYLE_PLAIN, _("no such key here; ? shows them"));
    } else if (pick.n == 1) {
        list_go(list, pick.row[0]->number);
        app_act(app, action, NULL);
    } else {
        app_act_rows(app, action, pick.row, pick.n);
    }
    list_pick_done(&pick);
}

/* While something is being collected every key belongs to it. */
static void typed_key(struct app *app, const struct key *key)
{
    size_t len = strlen(app->typed);
    bool is_verb = isalpha((unsigned char)app->typed[0]);
    char typed[sizeof app->typed];

    if (key->cap == KEYCAP_ESC || key_is_ctrl(key, 'c') || key_is_ctrl(key, 'u')) {
        app->typed[0] = '\0';
    } else if (key->cap == KEYCAP_BACKSPACE) {
        app->typed[len - 1] = '\0';
    } else if (key_is_text(key) && key->cp < 0x80 &&
               (isdigit((int)key->cp) || key->cp == '-' || key->cp == ',' || (key->cp == ' ' && is_verb) ||
                (is_verb && len == 1 && isalpha((int)key->cp)))) {
        typed_add(app, (char)key->cp);
    } else if (is_verb && key->cap == KEYCAP_ENTER) {
        snprintf(typed, sizeof typed, "%s", app->typed);
        app->typed[0] = '\0';
        if (!command_verb(app, typed))
            app_say(app, STYLE_ALERT, _("%.2s is not a verb; : shows them all"), typed);
    } else if (is_verb) {
        app_say(app, STYLE_ALERT, _("rows, as 3 or 3-5, then Enter"));
    } else {
        typed_act(app, key);
    }
}

/* Keys that work in lists and in fields. */
static bool global_key(struct app *app, const struct key *key)
{
    if (app->locked)
        return false;
    if (key_is_ctrl(key, 'z'))
        app_act(app, ACTION_LOCK, NULL);
    else if (key_is_ctrl(key, 'l')) {
        app_act(app, ACTION_REPAINT, NULL);
    } else if (key_is_ctrl(key, 'p') && app->ctx.session.staff.id[0]) {
        app_act(app, ACTION_PALETTE, NULL);
    } else {
        return false;
    }
    return true;
}

/* Nothing is bound to this key: what was typed on in one go after it is dropped, so that a name
 * typed at a list does not run commands. */
static void unbound(struct app *app, const struct key *key)
{
    char name[KEY_NAME];

    if (key->cap == KEYCAP_PASTE) {
        find_box_open(app, key->paste);
        return;
    }
    key_name(key, name);
    app_hold_keys(app);
    if (app->held[0])
        app_say(app, STYLE_PLAIN, _("%s does nothing here; not taken: %s; ? shows the keys"), name, app->held);
    else
        app_say(app, STYLE_PLAIN, _("%s does nothing here; ? shows the keys"), name);
    app->held[0] = '\0';
}

/* An upper-case letter opens a verb when the screen has no key of that letter. */
static bool opens_verb(struct app *app, const struct key *key)
{
    return top_list(app) && key_is_text(key) && key->cp < 0x80 && isupper((int)key->cp);
}

static void command_key(struct app *app, const struct key *key)
{
    struct place *top = app_top(app);
    struct list *list = top_list(app);
    enum action_id action;

    if (app->typed[0]) {
        typed_key(app, key);
        return;
    }
    if (list && key_is_text(key) && key->cp >= '0' && key->cp <= '9') {
        typed_add(app, (char)key->cp);
        return;
    }
    if (list && !list->is_unfocused && list_key(list, key))
        return;
    action = keymap_find(app->ctx.config, top->screen, key);
    if (action == ACTION_NONE && key->cap == KEYCAP_CLICK)
        return;
    if (action != ACTION_NONE)
        app_act(app, action, NULL);
    else if (opens_verb(app, key))
        typed_add(app, (char)key->cp);
    else
        unbound(app, key);
}

void app_key(struct app *app, const struct key *key)
{
    struct place *top = app_top(app);

    app->last_key_ms = clock_monotonic_ms();
    if (!top)
        return;
    if (top->screen->is_sealed) {
        top->screen->key(app, top->state, key);
        return;
    }
    if (global_key(app, key))
        return;
    if (app->prompt) {
        prompt_key(app, key);
        return;
    }
    if (!app->typed[0] && top->screen->key && top->screen->key(app, top->state, key))
        return;
    if (!top_in_field(app)) {
        if (!app->typed[0])
            app->message[0] = '\0';
        command_key(app, key);
    } else if (key->cap == KEYCAP_ESC) {
        app_act(app, ACTION_BACK, NULL);
    } else {
        enum action_id action = key_is_text(key) ? ACTION_NONE : keymap_find(app->ctx.config, top->screen, key);

        if (action != ACTION_NONE)
            app_act(app, action, NULL);
    }
}
