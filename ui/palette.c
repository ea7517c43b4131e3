/* The palette: every action by name, fuzzy, one order, with key and verb so that people learn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/field.h"
#include "ui/fuzzy.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/screens.h"

static const struct list_column columns[] = {
    { NULL, 20, false, true }, { NULL, 7, false, false }, { NULL, 3, false, false }, { NULL, 0, false, false },
};

struct palette {
    struct field field;
    struct list list;
    struct list_group group;
    bool dirty;
};

struct scored { enum action_id action; int score; };

/* Better first, equal ones in the order of the table: the palette keeps one order. */
static int by_score(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;

    return x->score != y->score ? y->score - x->score : (int)x->action - (int)y->action;
}

static size_t matches(struct app *app, const char *typed, struct scored *out)
{
    size_t n = 0;

    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        const struct action *row = action_row((enum action_id)i);
        int by_name, by_help;

        if (row->place == PLACE_CLI || !app_may(app, row->permission))
            continue;
        by_name = fuzzy_score(typed, row->name);
        by_help = fuzzy_score(typed, _(row->help));
        if (row->verb[0] && strcasecmp(typed, row->verb) == 0)
            by_name = 1000;
        if (by_name || by_help)
            out[n++] = (struct scored){ (enum action_id)i, 2 * by_name > by_help ? 2 * by_name : by_help };
    }
    if (typed[0])
        qsort(out, n, sizeof *out, by_score);
    return n;
}

static void palette_fill(struct app *app, struct palette *p)
{
    struct scored found[ACTION_COUNT];
    size_t n = matches(app, field_text(&p->field), found);
    char id[16];

    list_empty(&p->list);
    list_begin(&p->list);
    for (size_t i = 0; i < n; i++) {
        const struct action *row = action_row(found[i].action);
        struct list_row *line;

        snprintf(id, sizeof id, "%d", (int)found[i].action);
        line = list_add(&p->list, 0, "", id, "", row->name);
        line->has_no_number = true;
        list_set(line, 0, STYLE_PLAIN, row->name);
        list_set(line, 1, STYLE_KEY, action_key(app->ctx.config, found[i].action));
        list_set(line, 2, STYLE_FAINT, row->verb);
        list_set(line, 3, STYLE_PLAIN, _(row->help));
    }
    list_end(&p->list, false);
    p->dirty = false;
}

static enum rc palette_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct palette *p = state;

    (void)err;
    p->group = (struct list_group){ NULL, "", columns, 4 };
    p->list.group = &p->group;
    p->list.n_groups = 1;
    field_set(&p->field, argument);
    palette_fill(app, p);
    return RC_OK;
}

static void palette_settle(struct app *app, void *state)
{
    struct palette *p = state;

    if (p->dirty)
        palette_fill(app, p);
}

static void palette_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct palette *p = state;
    struct canvas rows = canvas_part(canvas, 2, 0, canvas->rows - 2, canvas->cols);

    (void)app;
    list_draw(&p->list, &rows);
    draw_text(canvas, 0, 1, STYLE_KEY, ":");
    field_draw(&p->field, canvas, 0, 3, canvas->cols - 4, true);
    if (p->list.n == 0 && canvas->rows > 2)
        draw_text(canvas, 2, 3, STYLE_PLAIN, _("Nothing is called that. Backspace, or Esc."));
}

/* The palette closes first, so that the action meets the screen it was called on. */
static void palette_enter(struct app *app, struct palette *p)
{
    enum action_id action = ACTION_NONE;
    char *typed = mem_dup(field_text(&p->field));

    if (p->dirty)
        palette_fill(app, p);
    if (list_at(&p->list))
        action = (enum action_id)strtol(list_at(&p->list)->target.id, NULL, 10);
    app_back(app);
    if (!strpbrk(typed, "0123456789") || !command_verb(app, typed)) {
        if (action != ACTION_NONE)
            app_act(app, action, NULL);
    }
    free(typed);
}

static bool palette_key(struct app *app, void *state, const struct key *key)
{
    struct palette *p = state;

    if (key->cap == KEYCAP_ENTER)
        palette_enter(app, p);
    else if (key->cap == KEYCAP_ESC)
        app_back(app);
    else if (!key_is_text(key) && list_key(&p->list, key))
        return true;
    else if (field_key(&p->field, key))
        p->dirty = true;
    else
        return false;
    return true;
}

static bool palette_in_field(const void *state)
{
    (void)state;
    return true;
}

static void palette_close(struct app *app, void *state)
{
    struct palette *p = state;

    (void)app;
    field_done(&p->field);
    list_done(&p->list);
}

static const enum action_id palette_actions[] = { ACTION_OPEN, ACTION_BACK };

const struct screen screen_palette = {
    .name = "palette", .title = N_("All that can be done"), .actions = palette_actions, .n_actions = 2,
    .state_size = sizeof(struct palette), .is_passing = true,
    .load = palette_load, .settle = palette_settle, .draw = palette_draw, .key = palette_key,
    .in_field = palette_in_field, .close = palette_close,
};
