/* Help: the keys and verbs of the screen it was asked on, drawn from the action rows. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/app.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/screens.h"

enum { HERE, EVERYWHERE, MOVING, GROUPS };
enum { VERB = 8 };
static const struct list_column columns[] = { { NULL, 11, false, false }, { NULL, 3, false, false }, { NULL, 0, false, false } };

struct help {
    struct list list;
    struct list_group group[GROUPS];
    char about[40];
};

/* Keys that are no action: they belong to lists and fields themselves. */
static const struct { const char *keys, *words; } moving[] = {
    { "Up Down", N_("move; also j and k, PgUp, PgDn, Home, End, the wheel") },
    { "12 Enter", N_("open row 12; 12a acts on it, 3-5z on several") },
    { "NS 3-5", N_("two letters of a verb, the rows, Enter; :ns 3-5 does the same anywhere") },
    { "^U ^W", N_("in a field: clear it, clear a word") },
    { "Esc", N_("one step back; nothing typed is lost") },
};

static void add_line(struct help *help, int group, const char *id, const char *keys, const char *verb, const char *words)
{
    struct list_row *row = list_add(&help->list, group, "", id, "", words);

    row->has_no_number = true;
    list_set(row, 0, STYLE_KEY, keys);
    list_set(row, 1, STYLE_FAINT, verb);
    list_set(row, 2, STYLE_PLAIN, words);
}

/* How a verb is typed on this screen: "NS"; ":PR" where its first letter is a key here; "" where nothing is numbered. */
static void verb_here(struct app *app, const char *verb, char out[VERB])
{
    struct place *top = app_top(app);
    struct key first = { .cp = (unsigned char)verb[0] };
    bool is_taken = verb[0] && keymap_find(app->ctx.config, top->screen, &first) != ACTION_NONE;

    if (!top->screen->list)
        is_taken = false, verb = "";
    snprintf(out, VERB, "%s%.3s", is_taken ? ":" : "", verb);
}

static void add_action(struct app *app, struct help *help, int group, enum action_id action)
{
    const struct action *row = action_row(action);
    struct place *top = app_top(app);
    char verb[VERB];

    if (!row || !app_may(app, row->permission) || (top->screen->offers && !top->screen->offers(top->state, action)))
        return;
    verb_here(app, row->verb, verb);
    add_line(help, group, row->name, action_key(app->ctx.config, action), verb, _(row->help));
}

static enum rc help_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct help *help = state;
    struct place *top = app_top(app);

    (void)err;
    snprintf(help->about, sizeof help->about, "%s", top ? _(top->screen->title) : argument);
    help->group[HERE] = (struct list_group){ _("HERE"), "", columns, 3 };
    help->group[EVERYWHERE] = (struct list_group){ _("EVERYWHERE"), "", columns, 3 };
    help->group[MOVING] = (struct list_group){ _("MOVING"), "", columns, 3 };
    help->list.group = help->group;
    help->list.n_groups = GROUPS;
    list_begin(&help->list);
    for (size_t i = 0; top && i < top->screen->n_keys; i++)
        add_line(help, HERE, top->screen->keys[i].keys, top->screen->keys[i].keys, "", _(top->screen->keys[i].words));
    for (size_t i = 0; top && i < top->screen->n_actions; i++)
        add_action(app, help, HERE, top->screen->actions[i]);
    for (const enum action_id *action = keymap_everywhere; *action != ACTION_NONE; action++)
        add_action(app, help, EVERYWHERE, *action);
    for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
        add_line(help, MOVING, moving[i].keys, moving[i].keys, "", _(moving[i].words));
    list_end(&help->list, false);
    return RC_OK;
}

static void help_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct help *help = state;

    (void)app;
    list_draw(&help->list, canvas);
}

static bool help_key(struct app *app, void *state, const struct key *key)
{
    (void)state;
    if (key->cap != KEYCAP_ENTER && !key_is(key, 'q'))
        return false;
    app_back(app);
    return true;
}

static const char *help_about(struct app *app, const void *state)
{
    const struct help *help = state;

    (void)app;
    return help->about;
}

static struct list *help_list(void *state)
{
    struct help *help = state;

    return &help->list;
}

static void help_close(struct app *app, void *state)
{
    struct help *help = state;

    (void)app;
    list_done(&help->list);
}

static const enum action_id help_actions[] = { ACTION_BACK, ACTION_PALETTE };

const struct screen screen_help = {
    .name = "help", .title = N_("Help"), .actions = help_actions, .n_actions = 2,
    .state_size = sizeof(struct help), .is_passing = true,
    .load = help_load, .draw = help_draw, .key = help_key, .about = help_about, .list = help_list, .close = help_close,
};
