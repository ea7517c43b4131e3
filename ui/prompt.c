#include "ui/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/prompt_internal.h"

static void prompt_free(struct prompt *prompt)
{
    if (!prompt)
        return;
    for (size_t i = 0; i < prompt->spec.n; i++)
        field_done(&prompt->answer[i].field);
    if (prompt->spec.free_ctx)
        prompt->spec.free_ctx(prompt->spec.ctx);
    free(prompt->lead);
    free(prompt->above);
    free(prompt);
}

void prompt_close(struct app *app)
{
    struct prompt *prompt = app->prompt;

    app->prompt = NULL;
    prompt_free(prompt);
}

void prompt_forget(struct app *app)
{
    prompt_free(app->given_up);
    app->given_up = NULL;
}

/* The same questions about the same thing as those given up: what was typed is there again. */
static void take_back(struct app *app, struct prompt *prompt)
{
    struct prompt *old = app->given_up;
    bool same = old && old->spec.n == prompt->spec.n && strcmp(old->lead, prompt->lead) == 0 && strcmp(old->above, prompt->above) == 0;

    for (size_t i = 0; same && i < prompt->spec.n; i++)
        same = strcmp(old->question[i].name, prompt->question[i].name) == 0;
    for (size_t i = 0; same && i < prompt->spec.n; i++) {
        struct answer fresh = prompt->answer[i];

        if (fresh.field.is_secret || prompt->question[i].is_safety)
            continue;
        prompt->answer[i] = old->answer[i];
        old->answer[i] = fresh;
    }
    if (same)
        prompt_forget(app);
}

void prompt_ask(struct app *app, const struct prompt_spec *spec)
{
    struct prompt *prompt = mem_alloc(sizeof *prompt);

    prompt->spec = *spec;
    if (prompt->spec.n > QUESTIONS)
        prompt->spec.n = QUESTIONS;
    for (size_t i = 0; i < prompt->spec.n; i++) {
        prompt->question[i] = spec->question[i];
        prompt->answer[i].chosen = -1;
        prompt->answer[i].field.is_secret = spec->question[i].kind == PARAM_PASSWORD;
    }
    prompt->lead = mem_dup(spec->lead ? spec->lead : "");
    prompt->above = mem_dup(spec->above ? spec->above : "");
    prompt->fresh = spec->n > 0 && spec->question[0].is_safety;
    prompt_close(app);
    take_back(app, prompt);
    app->prompt = prompt;
    app->message[0] = '\0';
}

void prompt_confirm(struct app *app, const char *text, bool is_safety,
                    void (*yes)(struct app *app, void *ctx, const struct args *args), void *ctx, void (*free_ctx)(void *))
{
    static const struct choice answers[] = { { 'y', "yes", N_("yes") }, { 'n', "no", N_("no") } };
    struct asking question = { .name = "sure", .label = "", .kind = PARAM_CHOICE, .choices = answers, .n_choices = 2,
                                 .preset = "yes", .preset_words = _("yes"), .is_safety = is_safety, .at_once = true };
    struct prompt_spec spec = { .lead = text, .question = &question, .n = 1, .done = yes, .ctx = ctx, .free_ctx = free_ctx };

    prompt_ask(app, &spec);
}

bool prompt_is_fresh(const struct prompt *prompt)
{
    return prompt && prompt->fresh;
}

void prompt_painted(struct prompt *prompt)
{
    if (prompt)
        prompt->fresh = false;
}

size_t prompt_position(const struct prompt *prompt)
{
    return prompt->at;
}

size_t prompt_choices_fit(const struct asking *q, size_t from, int cols)
{
    int col = 1, open = q->is_open ? (int)utf8_width(_("or type it")) + 1 : 0;

    for (size_t i = from; i < q->n_choices; i++) {
        col += 2 + (int)utf8_width(_(q->choices[i].label));
        if (i > from && col > cols - (i + 1 == q->n_choices ? open : 0))
            return i;
        col += 2;
    }
    return q->n_choices;
}

int prompt_lines(const struct prompt *prompt, int cols)
{
    const struct asking *q = &prompt->question[prompt->at];
    int lines = 1 + (prompt->above[0] || prompt->problem[0]);

    for (size_t i = prompt_choices_fit(q, 0, cols); i < q->n_choices; i = prompt_choices_fit(q, i, cols))
        lines++;
    return lines;
}

struct asking prompt_question(const struct param *param)
{
    struct asking q = { .name = param->name, .label = _(param->prompt), .kind = param->kind,
                          .choices = param->choices, .n_choices = param->n_choices };

    q.is_open = param->flags & PARAM_OPEN;
    q.is_optional = !(param->flags & PARAM_REQUIRED);
    if (param->kind == PARAM_STAFF && q.is_optional) {
        q.preset = "me";
        q.preset_words = _("me");
    }
    return q;
}

const char *prompt_answer(const struct prompt *prompt, size_t i)
{
    const struct asking *q = &prompt->question[i];
    const struct answer *a = &prompt->answer[i];
    const char *typed = field_text(&a->field);

    if (a->chosen >= 0)
        return q->choices[a->chosen].value;
    return typed[0] || !q->preset ? typed : q->preset;
}

bool prompt_date_words(struct app *app, const char *typed, char *out, size_t size)
{
    char words[DATE_TEXT];
    struct when when;

    if (when_parse(app->ctx.config, typed, &when, NULL) != RC_OK)
        return false;
    date_words(when.date, words);
    snprintf(out, size, "%s%s%s%s%s", words, when.time[0] ? " " : "", when.time, when.rest[0] ? " " : "", when.rest);
    return true;
}

static enum rc check_answer(struct app *app, struct prompt *prompt, struct err *err)
{
    const struct asking *q = &prompt->question[prompt->at];
    const char *value = prompt_answer(prompt, prompt->at);
    struct date_order order = { app->day_first };
    struct when when;
    struct date date;
    bool estimated;

    if (!value[0])
        return q->is_optional ? RC_OK : q->label[0] ? err_set(err, RC_INVALID, _("%s: an answer is needed"), q->label)
                                                    : err_set(err, RC_INVALID, "%s", _("an answer is needed"));
    if (q->check)
        return q->check(app, prompt->spec.ctx, value, err);
    if (q->kind == PARAM_DATE)
        return when_parse(app->ctx.config, value, &when, err);
    if (q->kind == PARAM_BIRTH)
        return date_typed_birth(value, clock_today(), order, &date, &estimated, err);
    if (q->kind == PARAM_TIME && date_typed_time(value) < 0)
        return err_set(err, RC_INVALID, _("a time, as 9:30 or 2pm"));
    if (q->kind == PARAM_CHOICE && !q->is_open && prompt->answer[prompt->at].chosen < 0 && prompt->answer[prompt->at].field.len)
        return err_set(err, RC_INVALID, _("choose by its letter"));
    return RC_OK;
}

/* Every question has its answer: hand them over. The prompt is no longer asked then, but kept like one
 * that was given up until done returns, so that done may ask the same again. */
static void prompt_finish(struct app *app)
{
    struct prompt *prompt = app->prompt, *kept = app->given_up;
    struct arg arg[QUESTIONS];
    struct args args = { arg, prompt->spec.n };
    char staff[sizeof app->ctx.session.staff.id];

    snprintf(staff, sizeof staff, "%s", app->ctx.session.staff.id);
    for (size_t i = 0; i < prompt->spec.n; i++)
        arg[i] = (struct arg){ prompt->question[i].name, prompt_answer(prompt, i) };
    app->prompt = NULL;
    app->given_up = prompt;
    if (prompt->spec.done)
        prompt->spec.done(app, prompt->spec.ctx, &args);
    if (app->given_up == prompt)
        prompt_forget(app);
    if (!app->given_up && strcmp(staff, app->ctx.session.staff.id) == 0)
        app->given_up = kept;
    else
        prompt_free(kept);              /* somebody else sits here now, or there is newer work */
}

void prompt_set_aside(struct app *app)
{
    if (!app->prompt)
        return;
    prompt_forget(app);
    app->given_up = app->prompt;
    app->prompt = NULL;
}

void prompt_again(struct app *app, const char *problem)
{
    struct prompt *prompt = app->prompt;

    if (!prompt) {
        app_say(app, STYLE_ALERT, "%s", problem);
        return;
    }
    prompt->at = prompt->spec.n - 1;
    snprintf(prompt->problem, sizeof prompt->problem, "%s", problem);
}

static void prompt_next(struct app *app)
{
    struct prompt *prompt = app->prompt;

    prompt->problem[0] = '\0';
    if (prompt->at + 1 == prompt->spec.n) {
        prompt_finish(app);
        return;
    }
    prompt->at++;
    prompt->fresh = prompt->question[prompt->at].is_safety;
}

static void prompt_enter(struct app *app)
{
    struct err err = { RC_OK, "" };

    if (check_answer(app, app->prompt, &err) == RC_OK)
        prompt_next(app);
    else
        snprintf(app->prompt->problem, sizeof app->prompt->problem, "%s", err_text(&err));
}

/* One question back; from the first one the act is given up. */
static void prompt_back(struct app *app)
{
    struct prompt *prompt = app->prompt;

    prompt->problem[0] = '\0';
    if (prompt->at > 0) {
        prompt->at--;
        return;
    }
    if (prompt->question[0].must_answer) {
        snprintf(prompt->problem, sizeof prompt->problem, "%s", _("this cannot be left: answer it first"));
        return;
    }
    app->prompt = NULL;
    if (prompt->spec.cancelled)
        prompt->spec.cancelled(app, prompt->spec.ctx);
    prompt_forget(app);
    app->given_up = prompt;
}

static bool choose(struct app *app, const struct key *key)
{
    struct prompt *prompt = app->prompt;
    const struct asking *q = &prompt->question[prompt->at];
    struct answer *answer = &prompt->answer[prompt->at];

    if (!key_is_text(key) || answer->field.len > 0)
        return false;
    for (size_t i = 0; i < q->n_choices; i++) {
        if (key->cp != (unsigned char)q->choices[i].key)
            continue;
        answer->chosen = (int)i;
        prompt->problem[0] = '\0';
        if (prompt->at + 1 < prompt->spec.n)
            prompt_next(app);
        else if (strcmp(q->choices[i].value, "no") == 0 && q->at_once)
            prompt_back(app);
        else if (q->at_once)
            prompt_finish(app);
        return true;
    }
    return false;
}

void prompt_key(struct app *app, const struct key *key)
{
    struct prompt *prompt = app->prompt;
    const struct asking *q = &prompt->question[prompt->at];
    struct answer *answer = &prompt->answer[prompt->at];

    app->held[0] = '\0';
    if (key->cap == KEYCAP_ESC || key_is_ctrl(key, 'c')) {     /* NOLINT(bugprone-branch-clone): in the order they are tried */
        prompt_back(app);
    } else if (key->cap == KEYCAP_ENTER) {
        prompt_enter(app);
    } else if (choose(app, key)) {
        return;
    } else if (key->cap == KEYCAP_BACKSPACE && answer->chosen >= 0) {
        answer->chosen = -1;
    } else if (key->cap == KEYCAP_BACKSPACE && answer->field.len == 0 && prompt->at > 0) {
        prompt_back(app);
    } else if (q->kind == PARAM_CHOICE && !q->is_open) {
        if (key_is_text(key))
            snprintf(prompt->problem, sizeof prompt->problem, "%s", _("choose by its letter"));
    } else if (field_key(&answer->field, key)) {
        answer->chosen = -1;
        prompt->problem[0] = '\0';
    }
}
