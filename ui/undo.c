/* Undo of the last act, named before it is undone; correcting an older entry, which stays on record
 * as entered in error. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/correct.h"
#include "ui/act.h"
#include "ui/find_box.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/prompt.h"

static void undo_yes(struct app *app, void *ctx, const struct args *args)
{
    struct arg arg = { "act", ctx };

    (void)args;
    app_run(app, ACTION_UNDO, &(struct args){ &arg, 1 }, _("Undone."), NULL);
}

static void local_time(const char *at, char *out, size_t size)
{
    int64_t ms;
    struct civil civil;

    out[0] = '\0';
    if (!clock_parse(at, &ms))
        return;
    civil = clock_local(ms);
    snprintf(out, size, "%02d:%02d", civil.hour, civil.minute);
}

/* The short word of the act: the line has to have room for whose it was and when. */
static const char *act_label(const char *action)
{
    enum action_id id = action ? action_by_name(action) : ACTION_NONE;

    return id == ACTION_NONE ? action ? action : "" : keymap_label(id);
}

void undo_start(struct app *app, const struct target *target)
{
    struct err err = { RC_OK, "" };
    struct last_act act = { 0 };
    enum rc rc = correct_last(app->ctx.st, app->ctx.session.staff.id, &act, &err);
    char at[16], *text;

    (void)target;
    if (rc == RC_NOT_FOUND) {
        app_say(app, STYLE_PLAIN, _("You have done nothing yet that could be undone."));
    } else {
        local_time(act.at ? act.at : "", at, sizeof at);
        text = mem_printf(_("Undo: %s, %s, %s"), act_label(act.action), act.patient_name ? act.patient_name : "", at);
        if (rc == RC_OK)
            prompt_confirm(app, text, false, undo_yes, mem_printf("%" PRId64, act.act), free);
        else
            app_say(app, STYLE_ALERT, "%s: %s", text, err_text(&err));
        free(text);
    }
    last_act_done(&act);
}

/* An entry and what is wrong with it, while the right person is looked for. */
struct correction { char resource[120], reason[200], person[72]; };

static void correct_run(struct app *app, const struct correction *c, const char *as)
{
    struct arg arg[] = { { "resource", c->resource }, { "as", as }, { "reason", c->reason }, { "to", c->person } };

    app_run(app, ACTION_CORRECT, &(struct args){ arg, c->person[0] ? 4 : 3 }, _("Corrected: it stays on record as entered in error."), NULL);
}

static void move_yes(struct app *app, void *ctx, const struct args *args)
{
    (void)args;
    correct_run(app, ctx, "move");
}

static void move_to(struct app *app, void *ctx, const char *patient)
{
    struct correction *c = mem_alloc(sizeof *c);
    struct person person = { 0 };
    char *text;

    *c = *(struct correction *)ctx;
    snprintf(c->person, sizeof c->person, "%s", patient);
    if (person_get(app->ctx.st, patient, &person, NULL) == RC_OK) {
        text = mem_printf(_("It belongs to %s, born %s?"), person.name, person.birth);
        prompt_confirm(app, text, true, move_yes, c, free);
        free(text);
    } else {
        free(c);
    }
    person_done(&person);
}

static void correct_done(struct app *app, void *ctx, const struct args *args)
{
    struct correction *c = ctx, *copy;

    snprintf(c->reason, sizeof c->reason, "%s", args_get(args, "reason"));
    if (strcmp(args_get(args, "as"), "move") != 0) {
        correct_run(app, c, args_get(args, "as"));
        return;
    }
    copy = mem_alloc(sizeof *copy);
    *copy = *c;
    find_box_choose(app, _("whose is it?"), move_to, copy, free);
}

void correct_start(struct app *app, const struct target *target)
{
    struct asking question[2] = { prompt_question(action_param(ACTION_CORRECT, "as")), prompt_question(action_param(ACTION_CORRECT, "reason")) };
    struct prompt_spec spec = { .question = question, .n = 2, .done = correct_done, .free_ctx = free, .lead = _("Correct") };
    struct correction *c;

    if (!target->type[0] || strcmp(target->type, "Patient") == 0 || strcmp(target->type, "Draft") == 0 ||
        strcmp(target->type, "Conflict") == 0 || strcmp(target->type, "Outbox") == 0) {
        app_say(app, STYLE_PLAIN, _("Put the cursor on the entry that is wrong, then x."));
        return;
    }
    c = mem_alloc(sizeof *c);
    snprintf(c->resource, sizeof c->resource, "%s/%s", target->type, target->id);
    spec.ctx = c;
    prompt_ask(app, &spec);
}
