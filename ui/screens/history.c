/* History of a finished form: its versions, newest first, and what the one under the cursor changed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/staff.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "intake/sitting/history.h"
#include "store/audit.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/screens.h"
#include "ui/screens/reading.h"

enum { LIST_LINES = 9 };

struct history {
    struct target target;
    struct list list;
    struct list_group group;
    struct response_versions versions;
    struct reading changes;
    int64_t changes_of;         /* the revision they belong to */
};

static const struct list_column columns[] = {
    { N_("when"), 16, false, false }, { N_("who"), 16, false, true }, { N_("status"), 10, false, false },
    { N_("changes"), 8, true, false }, { N_("why"), 0, false, false },
};

static char *who_words(struct app *app, const struct response_version *v)
{
    struct staff staff = { 0 };
    char *words;

    if (strcmp(v->by, "system") == 0 || !v->by[0])
        return mem_dup(_("the server"));
    words = mem_dup(staff_get(app->ctx.st, v->by, &staff, NULL) == RC_OK ? staff.display : *v->who ? v->who : v->by);
    staff_done(&staff);
    return words;
}

static void when_words(const char *at, char *out, size_t size)
{
    char day[DATE_TEXT];
    struct civil civil;
    int64_t ms = 0;

    out[0] = '\0';
    if (!clock_parse(at, &ms))
        return;
    civil = clock_local(ms);
    date_words(civil.date, day);
    snprintf(out, size, "%s %02d:%02d", day, civil.hour, civil.minute);
}

static const char *status_words(const char *status)
{
    static const struct { const char *status, *words; } known[] = {
        { "completed", N_("completed") }, { "amended", N_("amended") }, { "entered-in-error", N_("in error") }, { "in-progress", N_("half-filled") },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].status, status) == 0)
            return _(known[i].words);
    return status;
}

static void add_version(struct app *app, struct history *h, const struct response_version *v)
{
    char id[24], words[48], *who = who_words(app, v);
    struct list_row *row;

    snprintf(id, sizeof id, "%" PRId64, v->rev);
    row = list_add(&h->list, 0, "Version", id, h->target.patient, who);
    row->tag = v->rev;
    when_words(v->at, words, sizeof words);
    list_set(row, 0, STYLE_PLAIN, words);
    list_set(row, 1, STYLE_PLAIN, who);
    list_set(row, 2, strcmp(v->status, "entered-in-error") == 0 ? STYLE_ALERT : STYLE_PLAIN, status_words(v->status));
    snprintf(words, sizeof words, "%zu", v->changes.n);
    list_set(row, 3, STYLE_FAINT, v->changes.n ? words : "");
    list_set(row, 4, STYLE_PLAIN, v->why);
    free(who);
}

static enum rc history_refresh(struct app *app, void *state, struct err *err)
{
    struct history *h = state;
    struct response_versions versions;
    enum rc rc = response_history(app->ctx.st, h->target.id, &versions, err);

    if (rc != RC_OK)
        return rc;
    response_versions_done(&h->versions);
    h->versions = versions;
    h->changes_of = 0;
    list_empty(&h->list);       /* the newest is row 1 */
    list_begin(&h->list);
    for (size_t i = 0; i < versions.n; i++)
        add_version(app, h, &versions.version[i]);
    list_end(&h->list, false);
    return RC_OK;
}

static enum rc history_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct history *h = state;
    struct grant grant;
    enum rc rc;

    snprintf(h->target.type, sizeof h->target.type, "QuestionnaireResponse");
    if (sscanf(argument, "%71s %71s", h->target.patient, h->target.id) != 2)
        return err_set(err, RC_INVALID, _("no form was named"));
    h->group = (struct list_group){ _("VERSIONS, newest first"), "", columns, 5 };
    h->list.group = &h->group;
    h->list.n_groups = 1;
    rc = app_grant(app, PERM_RECORD_READ, "form history", h->target.patient, &grant, err);
    if (rc == RC_OK)
        rc = audit_view(app->ctx.st, &grant, h->target.patient, h->target.type, h->target.id, err);
    return rc == RC_OK ? history_refresh(app, h, err) : rc;
}

static const struct response_version *version_at(const struct history *h)
{
    const struct list_row *row = list_at(&h->list);

    for (size_t i = 0; row && i < h->versions.n; i++)
        if (h->versions.version[i].rev == row->tag)
            return &h->versions.version[i];
    return NULL;
}

/* What the version under the cursor changed, in words. */
static void read_changes(struct history *h)
{
    const struct response_version *v = version_at(h);

    if (!v || v->rev == h->changes_of)
        return;
    reading_empty(&h->changes);
    h->changes.scroll.top = 0;
    h->changes_of = v->rev;
    if (v->why[0])
        reading_add(&h->changes, STYLE_PLAIN, 0, _("Why: %s"), v->why);
    if (!v->changes.n)
        reading_add(&h->changes, STYLE_FAINT, 0, "%s", v == &h->versions.version[h->versions.n - 1] ? _("The first version here.") : _("No answer changed."));
    for (size_t i = 0; i < v->changes.n; i++) {
        const struct answer_change *c = &v->changes.change[i];

        reading_add(&h->changes, STYLE_PLAIN, 0, "%s", c->text);
        reading_add(&h->changes, STYLE_TITLE, 3, "%s  ▸  %s", c->before[0] ? c->before : _("no answer"), c->after[0] ? c->after : _("no answer"));
    }
}

static void history_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct history *h = state;
    int top = canvas->rows / 2 < LIST_LINES ? canvas->rows / 2 : LIST_LINES;
    struct canvas rows, below;

    (void)app;
    top = (int)h->list.n + 1 < top ? (int)h->list.n + 1 : top;
    rows = canvas_part(canvas, 0, 0, top, canvas->cols);
    below = canvas_part(canvas, top + 2, 0, canvas->rows - top - 2, canvas->cols);
    list_draw(&h->list, &rows);
    draw_heading(canvas, top + 1, _("WHAT THIS VERSION CHANGED"), "");
    read_changes(h);
    reading_draw(&h->changes, &below);
}

static bool history_key(struct app *app, void *state, const struct key *key)
{
    struct history *h = state;

    (void)app;
    return (key->cap == KEYCAP_PAGE_DOWN || key->cap == KEYCAP_PAGE_UP) && scroll_key(&h->changes.scroll, key);
}

static bool history_act(struct app *app, void *state, enum action_id action)
{
    struct history *h = state;
    const struct response_version *v = version_at(h);
    char *argument;

    if (action != ACTION_OPEN || !v)
        return false;
    argument = mem_printf("%s response %s@%" PRId64, h->target.patient, h->target.id, v->rev);
    app_open(app, &screen_intake, argument);
    free(argument);
    return true;
}

static struct target history_target(struct app *app, const void *state)
{
    (void)app;
    return ((const struct history *)state)->target;
}

static struct list *history_list(void *state)
{
    return &((struct history *)state)->list;
}

static void history_close(struct app *app, void *state)
{
    struct history *h = state;

    (void)app;
    list_done(&h->list);
    reading_empty(&h->changes);
    response_versions_done(&h->versions);
}

static const enum action_id actions[] = { ACTION_OPEN, ACTION_FORM_AMEND, ACTION_FORM_PRINT, ACTION_RAW_JSON, ACTION_BACK };

const struct screen screen_history = {
    .name = "history", .title = N_("History"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct history), .shows_person = true, .is_passing = true,
    .load = history_load, .refresh = history_refresh, .draw = history_draw, .key = history_key, .act = history_act,
    .target = history_target, .list = history_list, .close = history_close,
};
