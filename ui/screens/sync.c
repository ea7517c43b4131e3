/* Sync: the last pass, what waits, what the server refused and why, what is in conflict, what the
 * passes did and what the server can do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/process.h"
#include "desk/ability.h"
#include "desk/pass_words.h"
#include "desk/patient.h"
#include "desk/refusal.h"
#include "fhir/datatype.h"
#include "store/conflict.h"
#include "store/outbox.h"
#include "store/pass.h"
#include "store/store.h"
#include "store/sweep.h"
#include "store/sync_state.h"
#include "ui/act.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/screens.h"
#include "ui/screens/decide.h"

enum { SHOWN = 200, PASSES = 5, ABILITIES = 40, NO_SERVER_LINES = 3 };
enum { CONFLICTS, REFUSED, LOG, WAITING, CAN, GROUPS };

struct sync_screen {
    struct list list;
    struct list_group group[GROUPS];
    struct sync_status status;
    const char *weakness;   /* what the server cannot do and everybody has to know, or NULL */
};

static const enum action_id actions[] = {
    ACTION_SYNC_NOW, ACTION_OPEN, ACTION_SYNC_RETRY, ACTION_BACK, ACTION_SYNC_DROP, ACTION_CONFLICTS,
};

static const struct list_column columns[] = { { "", 13, false, false }, { "", 18, false, true }, { "", 0, false, false } };
static const struct list_column log_columns[] = {
    { "", 16, false, false }, { "", 9, false, false }, { "", 0, false, false }, { "", 22, true, false },
};
static const struct list_column can_columns[] = { { "", 0, false, false } };
static const struct list_group groups[GROUPS] = {
    [CONFLICTS] = { .title = N_("IN CONFLICT"), .column = columns, .n_columns = 3 },
    [REFUSED] = { .title = N_("REFUSED BY THE SERVER"), .column = columns, .n_columns = 3 },
    [LOG] = { .title = N_("LATEST PASSES"), .column = log_columns, .n_columns = 4 },
    [WAITING] = { .title = N_("WAITING TO BE SENT"), .column = columns, .n_columns = 3 },
    [CAN] = { .title = N_("WHAT THE SERVER CAN DO"), .column = can_columns, .n_columns = 1 },
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

/* Whose it is, or what: owned. Rows of nobody keep their id. */
static char *owner_words(struct app *app, const char *patient, const char *id)
{
    struct person person = { 0 };
    char *words;

    if (patient[0])
        person_get(app->ctx.st, patient, &person, NULL);
    words = mem_dup(person.name && *person.name ? person.name : id);
    person_done(&person);
    return words;
}

static void outbox_words(const struct outbox_row *o, char *out, size_t size)
{
    struct refusal refusal;

    if (o->state == OUTBOX_REFUSED) {
        refusal_read(o->type, o->last_status, o->last_error, &refusal);
        refusal_words(&refusal, out, size);
    } else if (o->last_error && *o->last_error) {
        snprintf(out, size, "%s", o->last_error);
    } else {
        snprintf(out, size, o->attempts ? _("%s, tried %d times") : "%s", _(outbox_state_name(o->state)), o->attempts);
    }
}

static void add_outbox_row(struct app *app, struct sync_screen *s, int group, const struct outbox_row *o)
{
    char id[24], patient[72] = "", state[240], *whose;
    struct doc *doc = NULL;
    struct list_row *row;

    if (o->body && doc_parse(o->body, strlen(o->body), &doc, NULL) == RC_OK)
        snprintf(patient, sizeof patient, "%s", resource_patient(doc_root(doc)));
    doc_free(doc);
    snprintf(id, sizeof id, "%lld", (long long)o->seq);
    whose = owner_words(app, patient, o->id);
    row = list_add(&s->list, group, "Outbox", id, patient, whose);
    outbox_words(o, state, sizeof state);
    list_set(row, 0, STYLE_PLAIN, act_type_words(o->type));
    list_set(row, 1, STYLE_PLAIN, whose);
    list_set(row, 2, o->state == OUTBOX_REFUSED ? STYLE_ALERT : o->last_error ? STYLE_LATE : STYLE_FAINT, state);
    free(whose);
}

static enum rc add_outbox(struct app *app, struct sync_screen *s, struct err *err)
{
    struct outbox_row *rows = NULL;
    int n = 0;
    enum rc rc = outbox_list(app->ctx.st, OUTBOX_REFUSED, INT64_MAX, SHOWN, &rows, &n, err);

    for (int i = 0; i < n; i++) {
        add_outbox_row(app, s, REFUSED, &rows[i]);
        outbox_row_done(&rows[i]);
    }
    free(rows);
    rows = NULL;
    n = 0;
    if (rc == RC_OK)
        rc = outbox_list(app->ctx.st, -1, INT64_MAX, SHOWN, &rows, &n, err);
    for (int i = 0; i < n; i++) {
        if (rows[i].state != OUTBOX_REFUSED && rows[i].state != OUTBOX_CONFLICT)
            add_outbox_row(app, s, WAITING, &rows[i]);
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
        char id[24], *whose = owner_words(app, list[i].patient, list[i].resource_id), *fields = fields_words(list[i].type, list[i].fields);
        struct list_row *row;

        snprintf(id, sizeof id, "%lld", (long long)list[i].id);
        row = list_add(&s->list, CONFLICTS, "Conflict", id, list[i].patient, whose);
        list_set(row, 0, STYLE_PLAIN, act_type_words(list[i].type));
        list_set(row, 1, STYLE_PLAIN, whose);
        list_set(row, 2, STYLE_LATE, fields[0] ? fields : _("deleted at the server"));
        free(fields);
        free(whose);
        conflict_done(&list[i]);
    }
    free(list);
    return rc;
}

static enum rc add_log(struct app *app, struct sync_screen *s, struct err *err)
{
    struct pass *list = NULL;
    size_t n = 0;
    enum rc rc = pass_list(app->ctx.st, PASSES, &list, &n, err);

    for (size_t i = 0; i < n; i++) {
        enum style style = list[i].problem[0] ? STYLE_LATE : STYLE_PLAIN;
        char id[24], words[320];
        struct list_row *row;

        snprintf(id, sizeof id, "%zu", i);        /* the line, which shows another pass when a new one has ended */
        row = list_add(&s->list, LOG, "Pass", id, "", "");
        row->has_no_number = true;
        moment_words(list[i].ended_ms, words, sizeof words);
        list_set(row, 0, STYLE_PLAIN, words);
        list_set(row, 1, style, pass_outcome_words(list[i].outcome));
        pass_words(&list[i], words, sizeof words);
        list_set(row, 2, style, words);
        pass_wire_words(&list[i], words, sizeof words);
        list_set(row, 3, STYLE_FAINT, words);
    }
    free(list);
    return rc;
}

/* On a line of its own: together they are wider than most screens. */
static void add_rule(struct sync_screen *s, const struct ability *ability)
{
    struct list_row *row = list_add(&s->list, CAN, "Rule", ability->name, "", ability->name);
    char *words = mem_printf("   %s", ability->rule);

    row->has_no_number = true;
    list_set(row, 0, STYLE_FAINT, words);
    free(words);
}

/* Each finding of the probe, and what the desk does for it. */
static void add_abilities(struct sync_screen *s, const struct node *caps)
{
    struct ability ability[ABILITIES];
    size_t n = ability_list(caps, ability, ABILITIES);

    for (size_t i = 0; i < n; i++) {
        char *name = ability[i].words ? NULL : mem_printf("%s: %s", ability[i].name, ability[i].value);
        struct list_row *row = list_add(&s->list, CAN, "Ability", ability[i].name, "", ability[i].name);

        row->has_no_number = true;
        list_set(row, 0, ability[i].is_weak ? STYLE_LATE : STYLE_PLAIN, name ? name : ability[i].words);
        free(name);
        if (ability[i].rule)
            add_rule(s, &ability[i]);
    }
    s->weakness = ability_weakness(caps);
}

static void read_abilities(struct app *app, struct sync_screen *s)
{
    char *text = server_caps(app->ctx.st, config_text(app->ctx.config, "server.url"));
    struct doc *caps = NULL;

    s->weakness = NULL;
    if (text && doc_parse(text, strlen(text), &caps, NULL) == RC_OK)
        add_abilities(s, doc_root(caps));
    doc_free(caps);
    free(text);
}

static enum rc sync_refresh(struct app *app, void *state, struct err *err)
{
    struct sync_screen *s = state;
    enum rc rc = sync_status_get(app->ctx.st, &s->status, err);

    if (rc != RC_OK)
        return rc;
    list_begin(&s->list);
    if ((rc = add_conflicts(app, s, err)) == RC_OK && (rc = add_outbox(app, s, err)) == RC_OK)
        rc = add_log(app, s, err);
    read_abilities(app, s);
    list_end(&s->list, true);
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

/* The nightly comparison: 0 found is what proves that the passes bring everything. */
static int draw_sweep(struct app *app, struct canvas *canvas, int line)
{
    struct sweep last = { 0 };
    char at[64];
    int64_t ms = 0;

    if (sweep_last(app->ctx.st, &last, NULL) != RC_OK || !last.started[0])
        return line;
    clock_parse(last.finished[0] ? last.finished : last.started, &ms);
    moment_words(ms, at, sizeof at);
    if (last.finished[0])
        draw_format(canvas, line, 3, last.counts.findings || last.counts.lost ? STYLE_ALERT : STYLE_GOOD,
                    _("Compared    %s   %lld looked at, %lld found that were missed, %lld lost there"), at,
                    (long long)last.counts.seen, (long long)last.counts.findings, (long long)last.counts.lost);
    else
        draw_format(canvas, line, 3, STYLE_PLAIN, _("Compared    since %s   %lld looked at so far"), at, (long long)last.counts.seen);
    return line + 1;
}

static void sync_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct sync_screen *s = state;
    struct canvas body = canvas_part(canvas, NO_SERVER_LINES, 0, canvas->rows - NO_SERVER_LINES, canvas->cols);
    const char *url = config_text(app->ctx.config, "server.url");
    char words[200];
    int head;

    if (!*url) {
        draw_folded(canvas, 0, 3, canvas->cols - 6, NO_SERVER_LINES, STYLE_PLAIN,
                    _("This machine only: no server is configured. Everything is kept here and waits in the list below until one is (server.url in the configuration)."));
        list_draw(&s->list, &body);
        return;
    }
    draw_format(canvas, 0, 3, STYLE_PLAIN, _("Server      %s"), url);
    moment_words(s->status.last_ok_ms, words, sizeof words);
    draw_format(canvas, 1, 3, STYLE_PLAIN, _("Last pass   %s   %s"), words, s->status.running ? _("(agent is at work)") : _("(no agent is at work)"));
    draw_format(canvas, 2, 3, s->status.problem[0] ? STYLE_ALERT : STYLE_GOOD, _("State       %s"),
                s->status.problem[0] ? s->status.problem : s->status.last_ok_ms ? _("went through") : _("not tried yet"));
    head = draw_sweep(app, canvas, 3);
    if (s->weakness)
        head += draw_folded(canvas, head, 3, canvas->cols - 6, 2, STYLE_ALERT, s->weakness);
    body = canvas_part(canvas, head + 1, 0, canvas->rows - head - 1, canvas->cols);
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
}

const struct screen screen_sync = {
    .name = "sync", .title = N_("Sync"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct sync_screen), .is_passing = true,
    .load = sync_load, .refresh = sync_refresh, .draw = sync_draw, .act = sync_act, .list = sync_list,
    .close = sync_close,
};
