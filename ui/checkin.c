/* Check-in: the second identifier is asked, never shown; then whether phone, address and cover are
 * still the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/patient.h"
#include "fhir/datatype.h"
#include "store/store.h"
#include "ui/act.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screens.h"

/* What stays the same over both questions. */
struct checkin { struct target visit; char lead[160]; };

/* Address and cover in a word each, for "Same?". */
static char *same_words(struct app *app, const char *patient)
{
    struct banner banner = { 0 };
    struct doc *doc = NULL;
    struct buf out = { 0 };
    const char *line = "";
    const char *phone;

    if (banner_load(app->ctx.st, patient, &banner, NULL) == RC_OK) {
        phone = banner.phone_rule ? banner.phone_rule : "";
        buf_add(&out, phone[0] ? phone : _("no phone"));
        if (store_get(app->ctx.st, "Patient", patient, &doc, NULL) == RC_OK)
            line = node_path_str(doc_root(doc), "address[0].line[0]");
        buf_printf(&out, ", %s, %s", line[0] ? line : _("no address"), banner.cover && banner.cover[0] ? banner.cover : _("no cover"));
    }
    doc_free(doc);
    banner_done(&banner);
    return out.data ? buf_take(&out) : mem_dup("");
}

static void same_done(struct app *app, void *ctx, const struct args *args)
{
    const struct checkin *c = ctx;
    const char *what = args_get(args, "same");
    char *argument;

    if (strcmp(what, "yes") == 0) {
        app_say(app, STYLE_GOOD, _("%s: saved"), c->lead);
        return;
    }
    if (strcmp(what, "cover") == 0) {
        const struct target person = target_of("Patient", c->visit.patient, c->visit.patient);

        app_act(app, ACTION_COVERAGE_CHANGE, &person);
        return;
    }
    argument = mem_printf("%s edit %s", c->visit.patient, what);
    app_open(app, &screen_edit, argument);
    free(argument);
}

static void ask_same(struct app *app, const struct checkin *c)
{
    static const struct choice answers[] = {
        { 'y', "yes", N_("yes") }, { '1', "phone", N_("phone") }, { '2', "address", N_("address") }, { '3', "cover", N_("cover") },
    };
    struct asking question = { .name = "same", .label = "", .kind = PARAM_CHOICE, .choices = answers, .n_choices = 4,
                               .preset = "yes", .preset_words = _("yes"), .at_once = true };
    struct prompt_spec spec = { .question = &question, .n = 1, .done = same_done, .free_ctx = free };
    struct checkin *copy = mem_alloc(sizeof *copy);
    char *words = same_words(app, c->visit.patient), *lead = mem_printf(_("Same? %s"), words), *saved = mem_printf(_("%s: saved"), c->lead);

    *copy = *c;
    spec.ctx = copy;
    spec.lead = lead;
    spec.above = saved;
    prompt_ask(app, &spec);
    free(saved);
    free(lead);
    free(words);
}

static enum rc arrive(struct app *app, const struct checkin *c, const char *name, const char *value, struct err *err)
{
    struct arg arg[] = { { "id", c->visit.id }, { name, value } };

    return action_run(&app->ctx, ACTION_APPOINTMENT_ARRIVE, &(struct args){ arg, 2 }, NULL, err);
}

/* Enter on the birthday: the action itself compares, and what is wrong stays beside the field. */
static enum rc check_birthday(struct app *app, void *ctx, const char *value, struct err *err)
{
    return strcmp(value, ".") == 0 ? RC_OK : arrive(app, ctx, "birthday", value, err);
}

static enum rc check_reason(struct app *app, void *ctx, const char *value, struct err *err)
{
    return arrive(app, ctx, "unchecked", value, err);
}

static void arrived(struct app *app, void *ctx, const struct args *args)
{
    struct checkin *c = ctx;

    (void)args;
    app_acted(app);
    ask_same(app, c);
}

static void ask_why(struct app *app, const struct checkin *c)
{
    struct asking question = prompt_question(action_param(ACTION_APPOINTMENT_ARRIVE, "unchecked"));
    struct prompt_spec spec = { .lead = c->lead, .question = &question, .n = 1, .done = arrived, .free_ctx = free };
    struct checkin *copy = mem_alloc(sizeof *copy);

    *copy = *c;
    spec.ctx = copy;
    question.label = _("Not asked, because");
    question.is_optional = false;
    question.check = check_reason;
    prompt_ask(app, &spec);
}

static void birthday_done(struct app *app, void *ctx, const struct args *args)
{
    if (strcmp(args_get(args, "birthday"), ".") == 0)
        ask_why(app, ctx);
    else
        arrived(app, ctx, args);
}

void checkin_start(struct app *app, const struct target *target)
{
    struct asking question = { .name = "birthday", .label = _("Day month"), .kind = PARAM_TEXT, .is_safety = true, .check = check_birthday,
                               .hint = _("Enter check in   . cannot, say why   Esc back") };
    struct prompt_spec spec = { .question = &question, .n = 1, .done = birthday_done, .free_ctx = free };
    struct place *top = app_top(app);
    struct list *list = top->screen->list ? top->screen->list(top->state) : NULL;
    struct list_row *row = list ? list_at(list) : NULL;
    struct checkin *c = mem_alloc(sizeof *c);
    char *lead;

    c->visit = *target;
    if (row && strcmp(row->target.id, target->id) == 0 && top->screen->shows_person == false)
        snprintf(c->lead, sizeof c->lead, _("Arrived %d %s"), row->number, row->name);
    else
        snprintf(c->lead, sizeof c->lead, _("Arrived %s"), app->banner_for[0] ? app->banner.person.name : "");
    lead = mem_printf(_("%s? Ask the birthday."), c->lead);
    spec.lead = lead;
    spec.ctx = c;
    prompt_ask(app, &spec);
    free(lead);
}
