#include "ui/act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/communication.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/prompt.h"

enum { ASKED = 12, ARGS = 16, VALUE = 120 };

const struct desk_act desk_acts[] = {
    { ACTION_APPOINTMENT_ARRIVE, checkin_start },
    { ACTION_UNDO, undo_start },
    { ACTION_CORRECT, correct_start }, { ACTION_FORM_PRINT, print_start }, { ACTION_FORM_PREFILL, prefill_start },
    { ACTION_FORM_AMEND, amend_start },
    { ACTION_FORM_HISTORY, history_start },
    { ACTION_FORM_UPGRADE, upgrade_start },
    { ACTION_FORM_EXTRACT, extract_start },
    { ACTION_NONE, NULL },
};

struct target target_of(const char *type, const char *id, const char *patient)
{
    struct target t = { "", "", "" };

    snprintf(t.type, sizeof t.type, "%s", type);
    snprintf(t.id, sizeof t.id, "%s", id);
    snprintf(t.patient, sizeof t.patient, "%s", patient);
    return t;
}

struct target app_target(struct app *app)
{
    struct place *top = app_top(app);
    struct list *list = top && top->screen->list ? top->screen->list(top->state) : NULL;
    struct target target = { "", "", "" };

    if (top && top->screen->target)
        target = top->screen->target(app, top->state);
    else if (list && list_at(list))
        target = list_at(list)->target;
    if (!target.type[0] && top && top->patient[0])
        target = target_of("Patient", top->patient, top->patient);
    if (!target.patient[0] && top)
        snprintf(target.patient, sizeof target.patient, "%s", top->patient);
    return target;
}

const char *act_type_words(const char *type)
{
    static const struct { const char *type, *words; } words[] = {
        { "Appointment", N_("visit") }, { "Task", N_("follow-up") }, { "Communication", N_("contact") },
        { "Patient", N_("person") }, { "Draft", N_("half-filled form") }, { "Conflict", N_("conflict") },
        { "Outbox", N_("unsent write") }, { "QuestionnaireResponse", N_("form") },
        { "Encounter", N_("visit") }, { "AllergyIntolerance", N_("allergy") }, { "Condition", N_("condition") }, { "Coverage", N_("cover") },
        { "Consent", N_("consent") }, { "Observation", N_("measurement") }, { "Immunization", N_("immunization") }, { "Flag", N_("alert") },
        { "MedicationStatement", N_("medication") }, { "MedicationRequest", N_("medication") }, { "ServiceRequest", N_("referral") },
        { "Goal", N_("goal") }, { "CarePlan", N_("care plan") }, { "Questionnaire", N_("blank form") }, { "Practitioner", N_("staff") },
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].type, type) == 0)
            return _(words[i].words);
    return type;
}

bool act_fits(enum action_id action, const struct target *target)
{
    const struct action *row = action_row(action);

    if (!row->on[0])
        return true;
    if (strcmp(row->on, "Patient") == 0)
        return target->patient[0] || strcmp(target->type, "Patient") == 0;
    return strcmp(row->on, target->type) == 0;
}

bool act_bind(const struct param *param, const struct target *target, char *value, size_t size)
{
    const char *found = NULL;

    if (param->kind == PARAM_PATIENT && strcmp(param->name, "patient") == 0)
        found = target->patient[0] ? target->patient : strcmp(target->type, "Patient") == 0 ? target->id : NULL;
    else if ((param->kind == PARAM_ID && param->type && target->type[0] && strstr(param->type, target->type)) ||
             (param->kind == PARAM_CONFLICT && strcmp(target->type, "Conflict") == 0) ||
             (param->kind == PARAM_DRAFT && strcmp(target->type, "Draft") == 0) ||
             (param->kind == PARAM_OUTBOX && strcmp(target->type, "Outbox") == 0))
        found = target->id;
    if (param->kind == PARAM_RESOURCE && (param->flags & PARAM_REQUIRED) && target->type[0]) {
        snprintf(value, size, "%s/%s", target->type, target->id);
        return true;
    }
    if (!found || !found[0])
        return false;
    snprintf(value, size, "%s", found);
    return true;
}

/* An act that waits for its answers on line 23. */
struct pending {
    enum action_id action;
    size_t n;
    struct target *target;      /* owned: n */
    char **name;                /* owned */
};

static void pending_free(void *ctx)
{
    struct pending *p = ctx;

    for (size_t i = 0; i < p->n; i++)
        free(p->name[i]);
    free(p->name);
    free(p->target);
    free(p);
}

/* overlap: what the act warns of although it was done ("overlaps 09:30 Dr Patel"), "" nothing. */
static enum rc run_one(struct app *app, const struct pending *p, size_t i, const struct args *answers,
                       char *overlap, size_t size, struct err *err)
{
    const struct action *row = action_row(p->action);
    char value[ARGS][VALUE];
    struct arg arg[ARGS + ASKED];
    struct args args = { arg, 0 };
    struct doc *result = NULL;
    enum rc rc;

    for (size_t k = 0; k < row->n_params && k < ARGS; k++)
        if (act_bind(&row->params[k], &p->target[i], value[k], VALUE))
            arg[args.n++] = (struct arg){ row->params[k].name, value[k] };
    for (size_t k = 0; answers && k < answers->n; k++)
        if (answers->arg[k].value[0] && strcmp(answers->arg[k].name, "sure") != 0)
            arg[args.n++] = answers->arg[k];
    rc = action_run(&app->ctx, p->action, &args, &result, err);
    snprintf(overlap, size, "%s", node_str(doc_root(result), "overlap"));
    doc_free(result);
    return rc;
}

void app_acted(struct app *app)
{
    struct place *top = app_top(app);
    struct list *list = top && top->screen->list ? top->screen->list(top->state) : NULL;

    app_person_changed(app);
    app_refresh(app);
    app_look_at_sync(app);
    app->changes = app_changes(app);
    if (list && list_at(list) && list_at(list)->mark == LIST_DONE)
        list_next_open(list);
}

/* A call that was logged is done with: the cursor goes on to the next row. */
static void after(struct app *app, enum action_id action)
{
    struct place *top = app_top(app);

    if (action == ACTION_CONTACT_LOG && !top->patient[0] && top->screen->list)
        list_next_open(top->screen->list(top->state));
}

static void say_done(struct app *app, const struct pending *p, const char *overlap)
{
    if (overlap[0])
        app_say(app, STYLE_LATE, _("%s: %s, saved. %s"), keymap_label(p->action), p->name[0], overlap);
    else if (p->n > 1)
        app_say(app, STYLE_GOOD, _("%s: %zu rows, saved"), keymap_label(p->action), p->n);
    else
        app_say(app, STYLE_GOOD, p->name[0][0] ? _("%s: %s, saved") : _("%s: saved"), keymap_label(p->action), p->name[0]);
}

/* What was refused is asked again, everything typed still there, with what is wrong beside it. */
static void run_pending(struct app *app, void *ctx, const struct args *answers)
{
    struct pending *p = ctx;
    struct err err = { RC_OK, "" };
    char overlap[160] = "";
    size_t done = 0;

    for (; done < p->n; done++)
        if (run_one(app, p, done, answers, overlap, sizeof overlap, &err) != RC_OK)
            break;
    if (done > 0)
        app_acted(app);
    if (err.rc == RC_OK) {
        say_done(app, p, overlap);
        after(app, p->action);
    } else if (p->n > 1) {
        app_say(app, STYLE_ALERT, _("%s: %s (%zu of %zu done)"), p->name[done], err_text(&err), done, p->n);
    } else if (answers) {
        act_ask(app, p->action, p->target, (const char *const *)p->name, 1);
        prompt_again(app, err_text(&err));
    } else {
        app_say_err(app, &err);
    }
}

static struct pending *pending_new(enum action_id action, const struct target *target, const char *const *name, size_t n)
{
    struct pending *p = mem_alloc(sizeof *p);

    p->action = action;
    p->n = n;
    p->target = mem_array(n, sizeof *p->target);
    p->name = mem_array(n, sizeof *p->name);
    for (size_t i = 0; i < n; i++) {
        p->target[i] = target[i];
        p->name[i] = mem_dup(name[i] ? name[i] : "");
    }
    return p;
}

static size_t questions_of(const struct action *row, const struct target *target, struct asking *question)
{
    char value[VALUE];
    size_t n = 0;

    for (size_t i = 0; i < row->n_params && n < ASKED; i++)
        if (!(row->params[i].flags & PARAM_QUIET) && !act_bind(&row->params[i], target, value, sizeof value))
            question[n++] = prompt_question(&row->params[i]);
    return n;
}

/* The number and its rules, seen before anybody dials. Owned; NULL when the act is no contact. */
static char *dial_words(struct app *app, enum action_id action, const struct target *target)
{
    bool is_task = strcmp(target->type, "Task") == 0;

    return action == ACTION_CONTACT_LOG ? contact_dial_words(app->ctx.st, target->patient, is_task ? target->id : NULL) : NULL;
}

void act_ask(struct app *app, enum action_id action, const struct target *target, const char *const *name, size_t n)
{
    struct asking question[ASKED];
    struct pending *p = pending_new(action, target, name, n);
    struct buf lead = { 0 }, names = { 0 };
    struct prompt_spec spec = { .question = question, .done = run_pending, .ctx = p, .free_ctx = pending_free };
    char *dial = n == 1 ? dial_words(app, action, target) : NULL;

    spec.n = questions_of(action_row(action), target, question);
    buf_printf(&lead, "%s", keymap_label(action));
    for (size_t i = 0; i < n; i++)
        buf_printf(&names, "%s%s", i ? "; " : "", p->name[i]);
    spec.above = n > 1 ? buf_text(&names) : dial;
    if (n == 1 && names.len)
        buf_printf(&lead, " %s", buf_text(&names));
    spec.lead = buf_text(&lead);
    if (spec.n > 0) {
        prompt_ask(app, &spec);
    } else if (n > 1) {
        buf_add(&lead, "?");
        prompt_confirm(app, buf_text(&lead), false, run_pending, p, pending_free);
    } else {
        run_pending(app, p, NULL);
        pending_free(p);
    }
    buf_done(&lead);
    buf_done(&names);
    free(dial);
}

static const struct desk_act *desk_find(const struct desk_act *table, enum action_id action)
{
    for (; table->action != ACTION_NONE; table++)
        if (table->action == action)
            return table;
    return NULL;
}

/* The name line 23 repeats: the row's, or the open person's for what is done with people. */
static const char *target_name(struct app *app, const struct action *action, const struct target *target)
{
    struct place *top = app_top(app);
    struct list *list = top && top->screen->list ? top->screen->list(top->state) : NULL;
    struct list_row *row = list ? list_at(list) : NULL;

    if (!top)
        return "";
    if (top->patient[0] && strcmp(action->on, "Patient") == 0 && strcmp(app->banner_for, target->patient) == 0)
        return app->banner.person.name;
    return row && strcmp(row->target.id, target->id) == 0 && row->name ? row->name : top->patient[0] ? app->banner.person.name : "";
}

void app_act(struct app *app, enum action_id action, const struct target *target)
{
    const struct action *row = action_row(action);
    const struct desk_act *own;
    struct place *top = app_top(app);
    struct target here = target ? *target : app_target(app);
    const char *name;

    app->message[0] = '\0';
    if (!row || (top && top->screen->is_sealed))
        return;
    if (!app_may(app, row->permission)) {
        app_say(app, STYLE_ALERT, _("%s: your role (%s) does not have this"), keymap_label(action),
                role_name(app->ctx.session.staff.role));
        return;
    }
    if (top && top->screen->act && top->screen->act(app, top->state, action))
        return;
    if ((own = desk_find(desk_moves, action)) != NULL) {
        own->run(app, &here);
        return;
    }
    if (!row->run) {
        app_say(app, STYLE_PLAIN, _("%s: not on this screen"), keymap_label(action));
        return;
    }
    if (!act_fits(action, &here)) {
        app_say(app, STYLE_ALERT, _("%s goes with a %s; the cursor is not on one"), keymap_label(action), act_type_words(row->on));
        return;
    }
    if ((own = desk_find(desk_acts, action)) != NULL) {
        own->run(app, &here);
        return;
    }
    name = target_name(app, row, &here);
    act_ask(app, action, &here, &name, 1);
}

void app_act_rows(struct app *app, enum action_id action, struct list_row *const *row, size_t n)
{
    struct target *target = mem_array(n, sizeof *target);
    const char **name = mem_array(n, sizeof *name);
    struct buf misfits = { 0 };

    for (size_t i = 0; i < n; i++) {
        target[i] = row[i]->target;
        name[i] = row[i]->name;
        if (row[i]->mark == LIST_DONE || !act_fits(action, &row[i]->target))
            buf_printf(&misfits, "%s%d %s", misfits.len ? ", " : "", row[i]->number, row[i]->name);
    }
    if (misfits.len)
        app_say(app, STYLE_ALERT, _("%s does not fit %s: nothing was done"), keymap_label(action), buf_text(&misfits));
    else if (!app_may(app, action_row(action)->permission))
        app_say(app, STYLE_ALERT, _("%s: your role (%s) does not have this"), keymap_label(action),
                role_name(app->ctx.session.staff.role));
    else if (n == 1)
        app_act(app, action, &row[0]->target);
    else
        act_ask(app, action, target, name, n);
    buf_done(&misfits);
    free(target);
    free(name);
}

bool app_run(struct app *app, enum action_id action, const struct args *args, const char *done, struct doc **result)
{
    struct err err = { RC_OK, "" };

    if (action_run(&app->ctx, action, args, result, &err) != RC_OK) {
        app_say_err(app, &err);
        return false;
    }
    app_acted(app);
    if (done)
        app_say(app, STYLE_GOOD, "%s", done);
    return true;
}
