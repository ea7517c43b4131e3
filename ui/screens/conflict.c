/* Conflict: what two people made of one document, decided field by field, while everything else goes
 * on syncing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/field_value.h"
#include "desk/field_words.h"
#include "fhir/datatype.h"
#include "store/audit.h"
#include "store/conflict.h"
#include "ui/app.h"
#include "ui/field.h"
#include "ui/list.h"
#include "ui/screens.h"

enum side { SIDE_NONE, SIDE_HERE, SIDE_SERVER, SIDE_BEFORE, SIDE_TYPED };

struct decision {
    char *path;             /* owned */
    enum side side;
    char *typed;            /* owned JSON, for SIDE_TYPED */
};
struct conflict_screen {
    struct list list;       /* the open conflicts, or the fields of one */
    struct list_group group;
    struct conflict conflict;
    struct decision *decision; size_t n;
    struct field field;
    bool is_one, is_typing;
    char about[160], note[80];
};

static const enum action_id actions[] = { ACTION_OPEN, ACTION_BACK };
static const struct list_column list_columns[] = { { "", 16, false, false }, { "", 26, false, true }, { "", 0, false, false } };
static const struct list_column field_columns[] = {
    { "", 9, false, false }, { N_("before"), 17, false, true }, { N_("here"), 17, false, true },
    { N_("server"), 17, false, true }, { "", 0, false, false },
};
static void set_value(struct list_row *row, int column, enum style style, const struct doc *doc, const char *path)
{
    struct buf words = { 0 };

    field_value(&words, NULL, doc ? node_path(doc_root(doc), path) : NULL);
    list_set(row, column, style, buf_text(&words));
    buf_done(&words);
}

static enum rc load_list(struct app *app, struct conflict_screen *c, struct err *err)
{
    struct conflict *open = NULL;
    size_t n = 0;
    enum rc rc = conflict_list(app->ctx.st, &open, &n, err);

    list_begin(&c->list);
    for (size_t i = 0; i < n; i++) {
        struct person person = { 0 };
        char id[24];
        struct list_row *row;

        snprintf(id, sizeof id, "%lld", (long long)open[i].id);
        person_get(app->ctx.st, open[i].patient, &person, NULL);
        row = list_add(&c->list, 0, "Conflict", id, open[i].patient, person.name ? person.name : open[i].type);
        list_set(row, 0, STYLE_PLAIN, open[i].type);
        list_set(row, 1, STYLE_PLAIN, person.name ? person.name : open[i].resource_id);
        list_set(row, 2, STYLE_LATE, open[i].fields);
        person_done(&person);
        conflict_done(&open[i]);
    }
    list_end(&c->list, true);
    free(open);
    return rc;
}

static const char *side_words(enum side side)
{
    static const char *const words[] = { N_("undecided"), N_("here"), N_("server"), N_("before"), N_("typed") };

    return _(words[side]);
}

static void show_fields(struct conflict_screen *c)
{
    size_t at = c->list.at;

    list_begin(&c->list);
    for (size_t i = 0; i < c->n; i++) {
        const struct decision *d = &c->decision[i];
        struct list_row *row = list_add(&c->list, 0, "Field", d->path, c->conflict.patient, d->path);

        list_set(row, 0, STYLE_PLAIN, field_label(c->conflict.type, d->path));
        set_value(row, 1, d->side == SIDE_BEFORE ? STYLE_GOOD : STYLE_PLAIN, c->conflict.base, d->path);
        set_value(row, 2, d->side == SIDE_HERE ? STYLE_GOOD : STYLE_PLAIN, c->conflict.here, d->path);
        set_value(row, 3, d->side == SIDE_SERVER ? STYLE_GOOD : STYLE_PLAIN, c->conflict.server, d->path);
        list_set(row, 4, d->side == SIDE_NONE ? STYLE_LATE : STYLE_GOOD, side_words(d->side));
    }
    list_end(&c->list, false);
    if (at < c->list.n)
        c->list.at = at;
}

/* What it shows stands on somebody's record: a look like any other. */
static enum rc load_one(struct app *app, const struct grant *grant, struct conflict_screen *c, int64_t id, struct err *err)
{
    struct doc *fields = NULL;
    struct person person = { 0 };
    enum rc rc = conflict_get(app->ctx.st, id, &c->conflict, err);
    size_t cap = 0;

    if (rc != RC_OK || (rc = doc_parse(c->conflict.fields, strlen(c->conflict.fields), &fields, err)) != RC_OK)
        return rc;
    if ((rc = audit_view(app->ctx.st, grant, c->conflict.patient, c->conflict.type, c->conflict.resource_id, err)) != RC_OK) {
        doc_free(fields);
        return rc;
    }
    for (const struct node *f = node_first(doc_root(fields)); f; f = node_next(f)) {
        MEM_ROOM(c->decision, c->n, cap);
        c->decision[c->n++] = (struct decision){ mem_dup(node_text(f)), SIDE_NONE, NULL };
    }
    doc_free(fields);
    if (*c->conflict.patient)
        person_get(app->ctx.st, c->conflict.patient, &person, NULL);
    snprintf(c->about, sizeof c->about, "%s%s%s", person.name ? person.name : c->conflict.type,
             person.mrn && *person.mrn ? "  " : "", person.mrn ? person.mrn : "");
    snprintf(c->note, sizeof c->note, _("%zu to decide"), c->n);
    person_done(&person);
    show_fields(c);
    return RC_OK;
}

static enum rc conflict_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct conflict_screen *c = state;
    struct grant grant;
    enum rc rc = app_grant(app, PERM_CONFLICT, "conflict show", NULL, &grant, err);

    c->is_one = *argument != '\0';
    c->group = c->is_one ? (struct list_group){ .title = NULL, .column = field_columns, .n_columns = 5 }
                         : (struct list_group){ .title = _("TO DECIDE"), .column = list_columns, .n_columns = 3 };
    c->list.group = &c->group;
    c->list.n_groups = 1;
    c->list.has_titles = c->is_one;
    if (rc != RC_OK)
        return rc;
    return c->is_one ? load_one(app, &grant, c, strtoll(argument, NULL, 10), err) : load_list(app, c, err);
}

static enum rc conflict_refresh(struct app *app, void *state, struct err *err)
{
    struct conflict_screen *c = state;

    return c->is_one ? RC_OK : load_list(app, c, err);
}

/* Every field decided: write it on the server's version, or say what is still open. */
static void decide(struct app *app, struct conflict_screen *c)
{
    static const char *const names[] = { "", "here", "server", "before" };
    struct arg *arg = mem_array(c->n + 3, sizeof *arg);
    char id[24], rev[24];
    size_t open = 0, n = 0, shown;

    snprintf(id, sizeof id, "%lld", (long long)c->conflict.id);
    snprintf(rev, sizeof rev, "%lld", (long long)doc_rev(c->conflict.here));
    arg[n++] = (struct arg){ "id", id };
    arg[n++] = (struct arg){ "rev", rev };
    arg[n++] = (struct arg){ "server-version", c->conflict.remote_version ? c->conflict.remote_version : "" };
    shown = n;
    for (size_t i = 0; i < c->n; i++) {
        const struct decision *d = &c->decision[i];

        open += d->side == SIDE_NONE;
        arg[n++] = (struct arg){ "field", mem_printf("%s=%s", d->path, d->side == SIDE_TYPED ? d->typed : names[d->side]) };
    }
    if (open)
        app_say(app, STYLE_LATE, _("%zu not decided yet: 1 here  2 server  3 before  e type another"), open);
    else if (app_run(app, ACTION_CONFLICT_RESOLVE, &(struct args){ arg, n }, NULL, NULL)) {
        app_close_top(app);
        app_say(app, STYLE_GOOD, _("decided, saved, and on its way to the server"));
    }
    for (size_t i = shown; i < n; i++)
        free((char *)(size_t)arg[i].value);
    free(arg);
}

static void choose(struct conflict_screen *c, enum side side, const char *typed)
{
    struct decision *d = c->list.at < c->n ? &c->decision[c->list.at] : NULL;

    if (!d)
        return;
    free(d->typed);
    d->typed = typed ? mem_dup(typed) : NULL;
    d->side = side;
    show_fields(c);
    list_next_open(&c->list);
    if (c->list.at + 1 < c->n)
        c->list.at++;
}

/* What was typed as JSON for its place: as it is where it is JSON; for a phone in place of its number,
 * the rest of the entry kept; else a string. */
static void typed_json(const struct conflict_screen *c, const char *text, struct buf *out)
{
    const struct node *here = node_path(doc_root(c->conflict.here), c->decision[c->list.at].path);
    struct doc *doc = NULL;
    struct buf copy = { 0 };

    if (doc_parse(text, strlen(text), &doc, NULL) == RC_OK) {
        buf_add(out, text);
    } else if (node_is(here, NODE_ARRAY) && node_get(node_first(here), "value")) {
        node_write(&copy, here);
        if (doc_parse(buf_text(&copy), copy.len, &doc, NULL) == RC_OK) {
            node_set_str(doc, node_first(doc_root(doc)), "value", text);
            node_write(out, doc_root(doc));
        }
    } else {
        doc = doc_new(NULL);
        node_set_str(doc, doc_root(doc), "v", text);
        node_write(out, node_get(doc_root(doc), "v"));
    }
    doc_free(doc);
    buf_done(&copy);
}

static void typed_done(struct conflict_screen *c)
{
    struct buf json = { 0 };

    typed_json(c, field_text(&c->field), &json);
    choose(c, SIDE_TYPED, buf_text(&json));
    buf_done(&json);
    c->is_typing = false;
}

static bool conflict_key(struct app *app, void *state, const struct key *key)
{
    static const struct { char key; enum side side; } sides[] = { { '1', SIDE_HERE }, { '2', SIDE_SERVER }, { '3', SIDE_BEFORE } };
    struct conflict_screen *c = state;

    if (!c->is_one)
        return false;
    if (c->is_typing) {
        if (key->cap == KEYCAP_ENTER)
            typed_done(c);
        else if (key->cap == KEYCAP_ESC)
            c->is_typing = false;
        else
            field_key(&c->field, key);
        return true;
    }
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (key_is(key, sides[i].key)) {
            if (sides[i].side == SIDE_BEFORE && !c->conflict.base)
                app_say(app, STYLE_LATE, _("nothing is known of before"));
            else
                choose(c, sides[i].side, NULL);
            return true;
        }
    if (key_is(key, 'e')) {
        c->is_typing = c->list.at < c->n;
        field_set(&c->field, "");
        return true;
    }
    if (key->cap == KEYCAP_ENTER) {
        decide(app, c);
        return true;
    }
    return list_key(&c->list, key);
}

enum { WHOLE_LINES = 7 };       /* the values of the field under the cursor, whole, two lines each, and what was typed */

/* A column is too narrow for most addresses: what is under the cursor is shown whole. */
static void draw_whole(const struct conflict_screen *c, struct canvas *canvas, int line)
{
    const struct { const char *label; const struct doc *doc; } sides[] = {
        { N_("before"), c->conflict.base }, { N_("here"), c->conflict.here }, { N_("server"), c->conflict.server },
    };

    for (int i = 0; i < 3 && c->list.at < c->n; i++) {
        struct buf words = { 0 };

        field_value(&words, NULL, sides[i].doc ? node_path(doc_root(sides[i].doc), c->decision[c->list.at].path) : NULL);
        draw_text(canvas, line + 2 * i, 3, STYLE_KEY, _(sides[i].label));
        draw_folded(canvas, line + 2 * i, 14, canvas->cols - 15, 2, STYLE_PLAIN, buf_text(&words));
        buf_done(&words);
    }
    if (c->list.at < c->n && c->decision[c->list.at].side == SIDE_TYPED) {
        draw_text(canvas, line + 6, 3, STYLE_KEY, _("typed"));
        draw_text(canvas, line + 6, 14, STYLE_GOOD, c->decision[c->list.at].typed);
    }
}

static void conflict_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct conflict_screen *c = state;
    int foot = canvas->rows - 2, whole = c->is_one && canvas->rows > 2 * WHOLE_LINES ? WHOLE_LINES : 0;
    struct canvas body = canvas_part(canvas, 1, 0, canvas->rows - 4 - whole, canvas->cols);

    (void)app;
    list_draw(&c->list, &body);
    if (!c->is_one)
        return;
    if (whole)
        draw_whole(c, canvas, foot - 1 - whole);
    draw_text(canvas, foot, 1, STYLE_PLAIN, _("1 here  2 server  3 before  e type another  Enter decide"));
    if (!c->conflict.server)
        draw_text(canvas, foot - 1, 1, STYLE_ALERT, _("The server has deleted this; deciding writes it there again."));
    draw_right(canvas, foot, canvas->cols - 1, STYLE_FAINT, c->note);
    if (c->is_typing) {
        int col = draw_format(canvas, foot + 1, 1, STYLE_PLAIN, "%s: ", field_label(c->conflict.type, c->decision[c->list.at].path));

        field_draw(&c->field, canvas, foot + 1, col, canvas->cols - col - 1, true);
    }
}

static struct list *conflict_rows(void *state)
{
    struct conflict_screen *c = state;

    return c->is_one ? NULL : &c->list;
}

static bool conflict_in_field(const void *state)
{
    return ((const struct conflict_screen *)state)->is_typing;
}

static const char *conflict_about(struct app *app, const void *state)
{
    (void)app;
    return ((const struct conflict_screen *)state)->about;
}

static void conflict_close(struct app *app, void *state)
{
    struct conflict_screen *c = state;

    (void)app;
    for (size_t i = 0; i < c->n; i++) {
        free(c->decision[i].path);
        free(c->decision[i].typed);
    }
    free(c->decision);
    field_done(&c->field);
    list_done(&c->list);
    conflict_done(&c->conflict);
}

const struct screen screen_conflict = {
    .name = "conflict", .title = N_("Conflict"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct conflict_screen),
    .load = conflict_load, .refresh = conflict_refresh, .draw = conflict_draw, .key = conflict_key,
    .list = conflict_rows, .in_field = conflict_in_field, .about = conflict_about,
    .empty = N_("Nothing to decide: no edit of yours met another one at the server."), .close = conflict_close,
};
