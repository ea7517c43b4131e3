/* Sync: the last pass, what waits, what the server refused and why, what is in conflict. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/process.h"
#include "store/conflict.h"
#include "store/outbox.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/screens.h"

enum { SHOWN = 200, GROUPS = 3, HEAD_LINES = 5 };

struct sync_screen {
    struct list list;
    struct list_group group[GROUPS];
    struct sync_status status;
    char *caps;             /* owned: what the probe found, or NULL */
};

static const enum action_id actions[] = {
    ACTION_SYNC_NOW, ACTION_OPEN, ACTION_SYNC_RETRY, ACTION_CONFLICTS, ACTION_BACK,
};

static const struct list_column columns[] = { { "", 14, false, false }, { "", 26, false, true }, { "", 0, false, false } };
static const struct list_group groups[GROUPS] = {
    { .title = N_("IN CONFLICT"), .column = columns, .n_columns = 3 },
    { .title = N_("REFUSED BY THE SERVER"), .column = columns, .n_columns = 3 },
    { .title = N_("WAITING TO BE SENT"), .column = columns, .n_columns = 3 },
};

static void moment_words(int64_t ms, char *out, size_t size)
{
    struct civil at = clock_local(ms);
    char day[DATE_TEXT];

    date_words(at.date, day);
    if (ms)
        snprintf(out, size, "%s %02d:%02d", day, at.hour, at.minute);
    else
        snprintf(out, size, "%s", _("never"));
}

static void add_outbox_row(struct sync_screen *s, int group, const struct outbox_row *o)
{
    char id[24], resource[128], state[120];
    struct list_row *row;

    snprintf(id, sizeof id, "%lld", (long long)o->seq);
    snprintf(resource, sizeof resource, "%s/%s", o->type, o->id);
    row = list_add(&s->list, group, "Outbox", id, strcmp(o->type, "Patient") == 0 ? o->id : "", resource);
    list_set(row, 0, STYLE_PLAIN, o->type);
    list_set(row, 1, STYLE_FAINT, o->id);
    if (o->last_error && *o->last_error)
        list_set(row, 2, o->state == OUTBOX_REFUSED ? STYLE_ALERT : STYLE_LATE, o->last_error);
    else {
        snprintf(state, sizeof state, o->attempts ? _("%s, tried %d times") : "%s", _(outbox_state_name(o->state)), o->attempts);
        list_set(row, 2, STYLE_PLAIN, state);
    }
}

static enum rc add_outbox(struct app *app, struct sync_screen *s, struct err *err)
{
    struct outbox_row *rows = NULL;
    int n = 0;
    enum rc rc = outbox_list(app->ctx.st, OUTBOX_REFUSED, INT64_MAX, SHOWN, &rows, &n, err);

    for (int i = 0; i < n; i++) {
        add_outbox_row(s, 1, &rows[i]);
        outbox_row_done(&rows[i]);
    }
    free(rows);
    rows = NULL;
    n = 0;
    if (rc == RC_OK)
        rc = outbox_list(app->ctx.st, -1, INT64_MAX, SHOWN, &rows, &n, err);
    for (int i = 0; i < n; i++) {
        if (rows[i].state != OUTBOX_REFUSED && rows[i].state != OUTBOX_CONFLICT)
            add_outbox_row(s, 2, &rows[i]);
        outbox_row_done(&rows[i]);
    }
    free(rows);
    return rc;
}

static enum rc add_conflicts(struct app *app, struct sync_screen *s, struct err *err)
{
    struct conflict *list = NULL;
    size_t n = 0;
    enum rc rc = conflict_list(app->ctx.st, &list, &n, err);

    for (size_t i = 0; i < n; i++) {
        char id[24];
        struct list_row *row;

        snprintf(id, sizeof id, "%lld", (long long)list[i].id);
        row = list_add(&s->list, 0, "Conflict", id, list[i].patient, list[i].type);
        list_set(row, 0, STYLE_PLAIN, list[i].type);
        list_set(row, 1, STYLE_FAINT, list[i].resource_id);
        list_set(row, 2, STYLE_LATE, list[i].fields);
        conflict_done(&list[i]);
    }
    free(list);
    return rc;
}

static enum rc sync_refresh(struct app *app, void *state, struct err *err)
{
    struct sync_screen *s = state;
    enum rc rc = sync_status_get(app->ctx.st, &s->status, err);

    if (rc != RC_OK)
        return rc;
    list_begin(&s->list);
    if ((rc = add_conflicts(app, s, err)) == RC_OK)
        rc = add_outbox(app, s, err);
    list_end(&s->list, true);
    free(s->caps);
    s->caps = server_caps(app->ctx.st, config_text(app->ctx.config, "server.url"));
    return rc;
}

static enum rc sync_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct sync_screen *s = state;

    (void)argument;
    for (size_t i = 0; i < GROUPS; i++) {
        s->group[i] = groups[i];
        s->group[i].title = _(groups[i].title);
    }
    s->list.group = s->group;
    s->list.n_groups = GROUPS;
    return sync_refresh(app, s, err);
}

/* What the probe found, in a line: how creates are guarded, whether edits are. */
static void caps_words(const char *caps, char *out, size_t size)
{
    struct doc *doc = NULL;

    if (!caps || doc_parse(caps, strlen(caps), &doc, NULL) != RC_OK) {
        snprintf(out, size, "%s", _("not asked yet"));
        return;
    }
    snprintf(out, size, _("%s %s, creates guarded by %s, edits %s"), node_str(doc_root(doc), "software"),
             node_str(doc_root(doc), "version"),
             *node_str(doc_root(doc), "guard") ? node_str(doc_root(doc), "guard") : _("nothing"),
             node_bool(doc_root(doc), "ifMatch") ? _("checked") : _("not checked"));
    doc_free(doc);
}

static void sync_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct sync_screen *s = state;
    struct canvas body = canvas_part(canvas, HEAD_LINES, 0, canvas->rows - HEAD_LINES, canvas->cols);
    const char *url = config_text(app->ctx.config, "server.url");
    char words[200];

    if (!*url) {
        draw_folded(canvas, 0, 3, canvas->cols - 6, HEAD_LINES, STYLE_PLAIN,
                    _("This machine only: no server is configured. Everything is kept here and waits in the list below until one is (server.url in the configuration)."));
    } else {
        draw_format(canvas, 0, 3, STYLE_PLAIN, _("Server      %s"), url);
        moment_words(s->status.last_ok_ms, words, sizeof words);
        draw_format(canvas, 1, 3, STYLE_PLAIN, _("Last pass   %s%s"), words, s->status.running ? _("   (agent is running)") : "");
        draw_format(canvas, 2, 3, s->status.problem[0] ? STYLE_ALERT : STYLE_GOOD, _("State       %s"),
                    s->status.problem[0] ? s->status.problem : s->status.last_ok_ms ? _("in step") : _("not tried yet"));
        caps_words(s->caps, words, sizeof words);
        draw_format(canvas, 3, 3, STYLE_FAINT, _("Able to     %s"), words);
    }
    list_draw(&s->list, &body);
}

static bool sync_act(struct app *app, void *state, enum action_id action)
{
    const struct args none = { NULL, 0 };
    struct sync_screen *s = state;

    if (action != ACTION_SYNC_NOW)
        return false;
    if (!s->status.running && *config_text(app->ctx.config, "server.url"))
        process_spawn_agent(store_dir(app->ctx.st), app->config_path);
    app_run(app, ACTION_SYNC_NOW, &none, _("asked; this screen follows what happens"), NULL);
    return true;
}

static struct list *sync_list(void *state)
{
    return &((struct sync_screen *)state)->list;
}

static void sync_close(struct app *app, void *state)
{
    struct sync_screen *s = state;

    (void)app;
    list_done(&s->list);
    free(s->caps);
}

const struct screen screen_sync = {
    .name = "sync", .title = N_("Sync"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct sync_screen), .is_passing = true,
    .load = sync_load, .refresh = sync_refresh, .draw = sync_draw, .act = sync_act, .list = sync_list,
    .close = sync_close,
};
