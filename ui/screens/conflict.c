/* Conflict: what two people made of one document, decided value by value, while everything else goes on
 * syncing. What was chosen so far is kept with every key; nothing is decided before Enter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/staff.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/audit.h"
#include "ui/act.h"
#include "ui/screens.h"
#include "ui/screens/conflict.h"
#include "ui/screens/decide.h"

static const enum action_id actions[] = { ACTION_OPEN, ACTION_BACK };
static const struct key_words keys[] = {
    { "1", N_("what this desk has; of a deleted entry: make it there again") }, { "2", N_("what the server has; of a deleted entry: drop it here too") },
    { "3", N_("what both had before") }, { "e", N_("type another value") }, { "?", N_("why this is asked") },
    { "Enter", N_("decide, once every value is chosen") },
};
static const struct list_column list_columns[] = { { "", 16, false, false }, { "", 26, false, true }, { "", 0, false, false } };

const char *const conflict_sides[SIDE_COUNT] = { [SIDE_BEFORE] = "before", [SIDE_HERE] = "here", [SIDE_SERVER] = "server" };

bool conflict_is_deleted(const struct conflict_screen *c)
{
    return c->is_one && !c->conflict.server;
}

size_t conflict_questions(const struct conflict_screen *c)
{
    return conflict_is_deleted(c) ? 1 : c->questions.n;
}

size_t conflict_open_questions(const struct conflict_screen *c)
{
    size_t open = 0;

    for (size_t i = 0; i < conflict_questions(c); i++)
        open += !c->choice[i].is_made;
    return open;
}

const struct question *conflict_question(const struct conflict_screen *c, size_t i)
{
    return i < c->questions.n ? &c->questions.question[i] : NULL;
}

const char *conflict_question_name(const struct conflict_screen *c, size_t i)
{
    return conflict_is_deleted(c) ? "entry" : c->questions.question[i].name;
}

/* ---- loading ---- */

static enum rc load_list(struct app *app, struct conflict_screen *c, struct err *err)
{
    struct conflict *open = NULL;
    size_t n = 0;
    enum rc rc = conflict_list(app->ctx.st, &open, &n, err);

    list_begin(&c->list);
    for (size_t i = 0; i < n; i++) {
        struct person person = { 0 };
        char id[24], *fields = fields_words(open[i].type, open[i].fields);
        struct list_row *row;

        snprintf(id, sizeof id, "%lld", (long long)open[i].id);
        person_get(app->ctx.st, open[i].patient, &person, NULL);
        row = list_add(&c->list, 0, "Conflict", id, open[i].patient, person.name ? person.name : open[i].type);
        list_set(row, 0, STYLE_PLAIN, act_type_words(open[i].type));
        list_set(row, 1, STYLE_PLAIN, person.name ? person.name : open[i].resource_id);
        list_set(row, 2, STYLE_LATE, *fields ? fields : _("deleted at the server"));
        person_done(&person);
        conflict_done(&open[i]);
        free(fields);
    }
    list_end(&c->list, true);
    free(open);
    return rc;
}

static void name_it(struct app *app, struct conflict_screen *c)
{
    struct person person = { 0 };

    if (*c->conflict.patient)
        person_get(app->ctx.st, c->conflict.patient, &person, NULL);
    snprintf(c->about, sizeof c->about, "%s%s%s%s%s", person.name ? person.name : act_type_words(c->conflict.type),
             person.mrn && *person.mrn ? "  " : "", person.mrn ? person.mrn : "",
             person.name && strcmp(c->conflict.type, "Patient") != 0 ? "  " : "",
             person.name && strcmp(c->conflict.type, "Patient") != 0 ? act_type_words(c->conflict.type) : "");
    person_done(&person);
}

static void show_one(struct app *app, struct conflict_screen *c)
{
    questions_of(&c->conflict, &c->questions);
    c->choice = mem_array(conflict_questions(c) + 1, sizeof *c->choice);
    conflict_heads(app, c);
    c->group.column = c->column;
    name_it(app, c);
}

/* What it shows stands on somebody's record: a look like any other. */
static enum rc load_one(struct app *app, const struct grant *grant, struct conflict_screen *c, int64_t id, struct err *err)
{
    enum rc rc = conflict_get(app->ctx.st, id, &c->conflict, err);

    if (rc == RC_OK)
        rc = audit_view(app->ctx.st, grant, c->conflict.patient, c->conflict.type, c->conflict.resource_id, err);
    if (rc != RC_OK)
        return rc;
    show_one(app, c);
    conflict_choices_load(c);
    conflict_rows_fill(app, c);
    return RC_OK;
}

static enum rc conflict_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct conflict_screen *c = state;
    struct grant grant;
    enum rc rc = app_grant(app, PERM_CONFLICT, "conflict show", NULL, &grant, err);

    c->is_one = *argument != '\0';
    c->group = c->is_one ? (struct list_group){ .title = NULL, .column = c->column, .n_columns = CONFLICT_COLUMNS }
                         : (struct list_group){ .title = _("TO DECIDE"), .column = list_columns, .n_columns = 3 };
    c->list.group = &c->group;
    c->list.n_groups = 1;
    c->list.has_titles = c->is_one;
    if (rc != RC_OK)
        return rc;
    return c->is_one ? load_one(app, &grant, c, strtoll(argument, NULL, 10), err) : load_list(app, c, err);
}

/* ---- while it is open ---- */

/* Somebody else decided it: nothing is to be done here any more. */
static void is_over(struct app *app, struct conflict_screen *c)
{
    struct staff staff = { 0 };
    char by[40], at[40];

    conflict_decided_by(app->ctx.st, c->conflict.id, by, at);
    if (staff_get(app->ctx.st, by, &staff, NULL) == RC_OK)
        snprintf(c->over, sizeof c->over, _("%s has decided this meanwhile. What was chosen here was not used."), staff.display ? staff.display : staff.name);
    else
        snprintf(c->over, sizeof c->over, "%s", _("This has been settled meanwhile. What was chosen here was not used."));
    staff_done(&staff);
    c->is_over = true;
    c->is_typing = false;
    list_empty(&c->list);
}

static bool same_question(const struct question *a, const struct question *b)
{
    if (strcmp(a->name, b->name) != 0)
        return false;
    for (int s = 0; s < SIDE_COUNT; s++)
        if (!a->side[s] != !b->side[s] || (a->side[s] && !node_equal(a->side[s], b->side[s])))
            return false;
    return true;
}

/* A choice stands while the three texts it was made on do; the others are asked again, and marked. */
static size_t carry_choices(struct conflict_screen *c, const struct questions *before, struct choice_so_far *old, bool was_deleted)
{
    size_t news = 0;

    for (size_t i = 0; i < conflict_questions(c); i++) {
        c->choice[i].is_news = true;
        for (size_t k = 0; k < before->n && !was_deleted && !conflict_is_deleted(c); k++)
            if (same_question(&c->questions.question[i], &before->question[k])) {
                c->choice[i] = old[k];
                old[k].typed = NULL;
            }
        news += c->choice[i].is_news;
    }
    return news;
}

/* Another version came, or another edit: nobody decides on texts that are not there any more. */
static void show_newer(struct app *app, struct conflict_screen *c, struct conflict *newer)
{
    struct conflict old = c->conflict;
    struct questions before = c->questions;
    struct choice_so_far *choice = c->choice;
    bool was_deleted = conflict_is_deleted(c);
    size_t n = conflict_questions(c), news;

    c->conflict = *newer;
    *newer = (struct conflict){ 0 };
    c->is_typing = false;
    show_one(app, c);
    news = carry_choices(c, &before, choice, was_deleted);
    conflict_choices_drop(choice, n);
    questions_done(&before);
    conflict_done(&old);
    list_empty(&c->list);
    conflict_rows_fill(app, c);
    conflict_choices_keep(app, c);
    app_say(app, STYLE_LATE, news ? _("This has changed since it was shown: look again at what is marked *.") : _("This has changed since it was shown; what was chosen still stands."));
}

static enum rc conflict_refresh(struct app *app, void *state, struct err *err)
{
    struct conflict_screen *c = state;
    struct conflict now = { 0 };

    if (!c->is_one)
        return load_list(app, c, err);
    if (c->is_over)
        return RC_OK;
    if (conflict_get(app->ctx.st, c->conflict.id, &now, NULL) != RC_OK)
        is_over(app, c);
    else if (doc_rev(now.here) != doc_rev(c->conflict.here) || !now.server != !c->conflict.server ||
             strcmp(now.remote_version ? now.remote_version : "", c->conflict.remote_version ? c->conflict.remote_version : "") != 0)
        show_newer(app, c, &now);
    conflict_done(&now);
    return RC_OK;
}

/* ---- deciding ---- */

static void run_decision(struct app *app, const struct conflict_screen *c, struct arg *arg, size_t n)
{
    if (app_run(app, ACTION_CONFLICT_RESOLVE, &(struct args){ arg, n }, NULL, NULL)) {
        app_close_top(app);
        app_say(app, STYLE_GOOD, _("decided, saved, and on its way to the server"));
    } else if (app_top(app)->state == c) {
        struct err err = { RC_OK, "" };
        char why[sizeof app->message];

        memcpy(why, app->message, sizeof why);      /* what it was refused for stays to be read */
        conflict_refresh(app, app_top(app)->state, &err);
        app_say(app, STYLE_ALERT, "%s", why);
    }
}

/* Everything chosen: write it on the server's version, or say what is still open. */
void conflict_decide_now(struct app *app, struct conflict_screen *c)
{
    size_t open = conflict_open_questions(c), n = 0, shown;
    struct arg *arg = mem_array(conflict_questions(c) + 4, sizeof *arg);
    char id[24], rev[24];

    snprintf(id, sizeof id, "%lld", (long long)c->conflict.id);
    snprintf(rev, sizeof rev, "%lld", (long long)doc_rev(c->conflict.here));
    arg[n++] = (struct arg){ "id", id };
    arg[n++] = (struct arg){ "rev", rev };
    arg[n++] = (struct arg){ "server-version", c->conflict.remote_version ? c->conflict.remote_version : "" };
    if (conflict_is_deleted(c) && !open)
        arg[n++] = (struct arg){ "take", conflict_sides[c->choice[0].side] };
    shown = n;
    for (size_t i = 0; i < c->questions.n && !open; i++) {
        const struct choice_so_far *choice = &c->choice[i];

        arg[n++] = (struct arg){ "field", mem_printf("%s=%s", conflict_question_name(c, i), choice->is_typed ? choice->typed : conflict_sides[choice->side]) };
    }
    if (open && conflict_is_deleted(c))
        app_say(app, STYLE_LATE, _("not decided yet: 1 keep  2 drop  3 as before"));
    else if (open)
        app_say(app, STYLE_LATE, _("%zu not decided yet: 1 here  2 server  3 before  e type another"), open);
    else
        run_decision(app, c, arg, n);
    for (size_t i = shown; i < n; i++)
        free((char *)(size_t)arg[i].value);
    free(arg);
}

void conflict_choose(struct app *app, struct conflict_screen *c, enum decision_side side, char *typed)
{
    struct choice_so_far *choice = c->list.at < conflict_questions(c) ? &c->choice[c->list.at] : NULL;

    if (!choice || (side == SIDE_BEFORE && !typed && !c->conflict.base)) {
        app_say(app, STYLE_LATE, choice ? _("nothing is known of before") : _("this was put together already: nothing is to be chosen"));
        free(typed);
        return;
    }
    free(choice->typed);
    *choice = (struct choice_so_far){ .is_made = true, .is_typed = typed != NULL, .side = side, .typed = typed };
    conflict_choices_keep(app, c);
    conflict_rows_fill(app, c);
    if (c->list.at + 1 < conflict_questions(c))
        c->list.at++;
}

bool conflict_typed(struct app *app, struct conflict_screen *c, const char *text)
{
    const struct question *q = conflict_question(c, c->list.at);
    struct err err = { RC_OK, "" };
    struct buf json = { 0 };

    if (q && decision_typed(q, text, &json, &err) == RC_OK) {
        c->is_typing = false;
        conflict_choose(app, c, SIDE_HERE, buf_take(&json));
        return true;
    }
    snprintf(c->problem, sizeof c->problem, "%s", err_text(&err));
    buf_done(&json);
    return false;
}

static bool typing_key(struct app *app, struct conflict_screen *c, const struct key *key)
{
    if (key->cap == KEYCAP_ENTER) {
        conflict_typed(app, c, field_text(&c->field));
    } else if (key->cap == KEYCAP_ESC) {
        c->is_typing = false;
    } else {
        c->problem[0] = '\0';
        field_key(&c->field, key);
    }
    return true;
}

static bool side_key(const struct key *key, enum decision_side *side)
{
    static const struct { char key; enum decision_side side; } sides[] = { { '1', SIDE_HERE }, { '2', SIDE_SERVER }, { '3', SIDE_BEFORE } };

    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (key_is(key, sides[i].key)) {
            *side = sides[i].side;
            return true;
        }
    return false;
}

static bool conflict_key(struct app *app, void *state, const struct key *key)
{
    struct conflict_screen *c = state;
    enum decision_side side;

    if (!c->is_one || c->is_over)
        return false;
    if (c->is_typing)
        return typing_key(app, c, key);
    if (side_key(key, &side)) {
        conflict_choose(app, c, side, NULL);
    } else if (key_is(key, 'e')) {
        c->is_typing = conflict_question(c, c->list.at) != NULL;
        c->problem[0] = '\0';
        field_set(&c->field, "");
    } else if (key_is(key, '?')) {
        c->shows_why = !c->shows_why;
    } else if (key->cap == KEYCAP_ENTER) {
        conflict_decide_now(app, c);
    } else {
        return list_key(&c->list, key);
    }
    return true;
}

static void conflict_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct conflict_screen *c = state;

    if (c->is_one)
        conflict_draw_one(app, c, canvas);
    else
        list_draw(&c->list, canvas);
}

/* ---- the table ---- */

static struct list *conflict_rows(void *state)
{
    struct conflict_screen *c = state;

    return c->is_one ? NULL : &c->list;
}

static bool conflict_in_field(const void *state)
{
    return ((const struct conflict_screen *)state)->is_typing;
}

/* ? says why here (F1 is the help), and Enter decides. */
static bool conflict_offers(const void *state, enum action_id action)
{
    return (action != ACTION_HELP && action != ACTION_OPEN) || !((const struct conflict_screen *)state)->is_one;
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
    if (c->choice)
        conflict_choices_drop(c->choice, conflict_questions(c));
    questions_done(&c->questions);
    field_done(&c->field);
    list_done(&c->list);
    conflict_done(&c->conflict);
}

const struct screen screen_conflict = {
    .name = "conflict", .title = N_("Conflict"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .keys = keys, .n_keys = sizeof keys / sizeof *keys, .state_size = sizeof(struct conflict_screen),
    .load = conflict_load, .refresh = conflict_refresh, .draw = conflict_draw, .key = conflict_key, .say = conflict_say, .hear = conflict_hear,
    .list = conflict_rows, .in_field = conflict_in_field, .offers = conflict_offers, .about = conflict_about,
    .empty = N_("Nothing to decide: no edit of yours met another one at the server."), .close = conflict_close,
};
