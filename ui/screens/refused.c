/* Unsent: one write that is not at the server. Of a refused one which field it is, what it says here, what to
 * do, and the server's own words; Enter goes to where it can be mended, and mending it sends it again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/field_value.h"
#include "desk/refusal.h"
#include "fhir/datatype.h"
#include "store/audit.h"
#include "store/outbox.h"
#include "store/store.h"
#include "ui/act.h"
#include "ui/app.h"
#include "ui/key.h"
#include "ui/screens.h"

enum { LABEL = 22 };

struct refused {
    struct outbox_row row;
    struct refusal refusal;
    char patient[72], about[160];
    bool is_settled;            /* it was refused, and is no longer */
    char *here;                 /* owned: the field's value in words, NULL when no field is known */
    char *question;             /* owned: of a form, the question it is about, or NULL */
};

static const enum action_id actions[] = { ACTION_OPEN, ACTION_SYNC_RETRY, ACTION_SYNC_DROP, ACTION_BACK };
static const struct key_words keys[] = { { "Enter", N_("go to where it can be corrected; once saved it is sent again by itself") } };

/* "item[2].answer[0]" stands in a question: its words, owned. */
static char *question_words(const struct node *root, const char *path)
{
    char head[160];
    size_t len = strlen(path);

    for (snprintf(head, sizeof head, "%s", path); len > 0; head[len] = '\0') {
        const struct node *node = node_path(root, head);

        if (*node_str(node, "linkId"))
            return mem_dup(*node_str(node, "text") ? node_str(node, "text") : node_str(node, "linkId"));
        while (len > 0 && head[--len] != '.')
            continue;
    }
    return NULL;
}

static void read_field(struct app *app, struct refused *r, const struct node *root)
{
    struct buf words = { 0 };

    if (!r->refusal.path[0])
        return;
    field_value(&words, app->ctx.st, node_path(root, r->refusal.path));
    r->here = buf_take(&words);
    r->question = question_words(root, r->refusal.path);
}

static void name_it(struct app *app, struct refused *r)
{
    struct person person = { 0 };

    if (r->patient[0])
        person_get(app->ctx.st, r->patient, &person, NULL);
    if (person.name)
        snprintf(r->about, sizeof r->about, "%s%s%s", person.name, *person.mrn ? "  " : "", person.mrn);
    else
        snprintf(r->about, sizeof r->about, "%s", act_type_words(r->row.type));
    person_done(&person);
}

/* What it shows stands on somebody's record: a look like any other. */
static enum rc refused_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct refused *r = state;
    struct doc *doc = NULL;
    struct grant grant;
    enum rc rc = outbox_get(app->ctx.st, strtoll(argument, NULL, 10), &r->row, err);

    if (rc == RC_OK)
        rc = doc_parse(r->row.body, strlen(r->row.body), &doc, err);
    if (rc == RC_OK)
        snprintf(r->patient, sizeof r->patient, "%s", resource_patient(doc_root(doc)));
    if (rc == RC_OK)
        rc = app_grant(app, PERM_RECORD_READ, "refused show", r->patient, &grant, err);
    if (rc == RC_OK)
        rc = audit_view(app->ctx.st, &grant, r->patient, r->row.type, r->row.id, err);
    if (rc == RC_OK) {
        refusal_read(r->row.type, r->row.last_status, r->row.last_error, &r->refusal);
        read_field(app, r, doc_root(doc));
        name_it(app, r);
    }
    doc_free(doc);
    return rc;
}

static int draw_part(struct canvas *canvas, int line, const char *label, enum style style, const char *words)
{
    int lines;

    if (!words || !*words)
        return line;
    draw_text(canvas, line, 3, STYLE_FAINT, label);
    lines = draw_folded(canvas, line, LABEL, canvas->cols - LABEL - 2, canvas->rows - line, style, words);
    return line + (lines > 0 ? lines : 1);
}

static void refused_draw(struct app *app, void *state, struct canvas *canvas)
{
    const struct refused *r = state;
    char entry[160], words[240];
    int line = 1;

    (void)app;
    if (r->is_settled) {
        draw_folded(canvas, 1, 3, canvas->cols - 6, 2, STYLE_GOOD, _("This is settled: it has been corrected, sent again or dropped."));
        return;
    }
    snprintf(entry, sizeof entry, "%s  (%s/%s)", act_type_words(r->row.type), r->row.type, r->row.id);
    refusal_words(&r->refusal, words, sizeof words);
    line = draw_part(canvas, line, _("entry"), STYLE_PLAIN, entry);
    if (r->row.state != OUTBOX_REFUSED) {
        line = draw_part(canvas, line, _("how it stands"), STYLE_PLAIN, _(outbox_state_name(r->row.state))) + 1;
        line = draw_part(canvas, line, _("because"), STYLE_LATE, r->row.last_error) + 1;
        if (r->row.state == OUTBOX_BLOCKED && r->row.last_status)
            draw_part(canvas, line, _("what to do"), STYLE_PLAIN,
                      _("It goes by itself once the server has that record. Where it never will, name another one here, or drop this (X)."));
        return;
    }
    line = draw_part(canvas, line, _("refused because"), STYLE_ALERT, words);
    line = draw_part(canvas, line, _("question"), STYLE_PLAIN, r->question);
    line = draw_part(canvas, line, _("it says here"), STYLE_PLAIN, r->here) + 1;
    line = draw_part(canvas, line, _("what to do"), STYLE_PLAIN, r->refusal.fix) + 1;
    draw_part(canvas, line, _("the server's words"), STYLE_FAINT, r->row.last_error ? r->row.last_error : _("no reason given"));
}

/* Nothing to mend: the entry itself. */
static void open_entry(struct app *app, const struct refused *r)
{
    char *argument = strcmp(r->row.type, "Patient") == 0 ? mem_dup(r->patient) : mem_printf("%s %s/%s", r->patient, r->row.type, r->row.id);

    if (r->patient[0])
        app_replace(app, &screen_record, argument);
    else
        app_say(app, STYLE_PLAIN, _("There is nothing here to open."));
    free(argument);
}

/* Of a person the field on the edit screen; of a form its change; of anything else its place on the record. */
static void mend(struct app *app, struct refused *r)
{
    char fix[160], *argument = NULL;
    const struct screen *screen = &screen_record;
    bool is_edit = strcmp(r->row.type, "Patient") == 0 && r->refusal.field[0];

    snprintf(fix, sizeof fix, "%s", r->refusal.fix);
    if (r->row.state != OUTBOX_REFUSED) {
        open_entry(app, r);
        return;
    }
    if (!r->patient[0]) {
        app_say(app, STYLE_PLAIN, _("This is no entry of a person: it is corrected where it came from, then imported again."));
        return;
    }
    if (strcmp(r->row.type, "QuestionnaireResponse") == 0) {
        struct target target = target_of(r->row.type, r->row.id, r->patient);

        app_close_top(app);
        amend_start(app, &target);
        return;
    }
    if (is_edit) {
        screen = &screen_edit;
        argument = mem_printf("%s edit %s", r->patient, r->refusal.field);
    } else if (strcmp(r->row.type, "Patient") == 0) {
        screen = &screen_edit;
        argument = mem_printf("%s edit", r->patient);
    } else {
        argument = mem_printf("%s %s/%s", r->patient, r->row.type, r->row.id);
    }
    if (app_replace(app, screen, argument))
        app_say(app, STYLE_LATE, "%s", fix);
    free(argument);
}

/* What only waits its turn is neither sent again nor dropped by hand. */
static bool refused_offers(const void *state, enum action_id action)
{
    const struct refused *r = state;

    return (action != ACTION_SYNC_RETRY && action != ACTION_SYNC_DROP) || r->row.state == OUTBOX_REFUSED || r->row.state == OUTBOX_BLOCKED;
}

static bool refused_act(struct app *app, void *state, enum action_id action)
{
    if (action != ACTION_OPEN)
        return false;
    mend(app, state);
    return true;
}

static bool is_stuck(enum outbox_state state)
{
    return state == OUTBOX_REFUSED || state == OUTBOX_BLOCKED;
}

/* What happened to it meanwhile: it may have been sent again, or be gone. */
static enum rc refused_refresh(struct app *app, void *state, struct err *err)
{
    struct refused *r = state;
    struct outbox_row now = { 0 };
    bool is_there = outbox_get(app->ctx.st, r->row.seq, &now, NULL) == RC_OK;

    (void)err;
    r->is_settled |= is_stuck(r->row.state) && !(is_there && is_stuck(now.state));
    r->row.state = is_there ? now.state : OUTBOX_QUEUED;
    outbox_row_done(&now);
    return RC_OK;
}

static struct target refused_target(struct app *app, const void *state)
{
    const struct refused *r = state;
    char seq[24];

    (void)app;
    snprintf(seq, sizeof seq, "%lld", (long long)r->row.seq);
    return target_of("Outbox", seq, r->patient);
}

static const char *refused_about(struct app *app, const void *state)
{
    (void)app;
    return ((const struct refused *)state)->about;
}

static void refused_close(struct app *app, void *state)
{
    struct refused *r = state;

    (void)app;
    outbox_row_done(&r->row);
    free(r->here);
    free(r->question);
}

const struct screen screen_refused = {
    .name = "refused", .title = N_("Unsent"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .keys = keys, .n_keys = sizeof keys / sizeof *keys, .state_size = sizeof(struct refused), .is_passing = true,
    .load = refused_load, .refresh = refused_refresh, .draw = refused_draw, .act = refused_act,
    .target = refused_target, .offers = refused_offers, .about = refused_about, .close = refused_close,
};
