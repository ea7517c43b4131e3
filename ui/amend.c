/* Changing a finished form, looking at its versions, and taking a half-filled one to a newer version. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "store/draft.h"
#include "ui/act.h"
#include "ui/prompt.h"
#include "ui/screens.h"

static void open_with(struct app *app, const struct screen *screen, const char *patient, const char *rest)
{
    char *argument = mem_printf("%s %s", patient, rest);

    app_open(app, screen, argument);
    free(argument);
}

static void amend(struct app *app, const struct target *target, const char *why)
{
    struct arg arg[] = { { "response", target->id }, { "reason", why } };
    struct doc *result = NULL;
    char *argument;

    if (app_run(app, ACTION_FORM_AMEND, &(struct args){ arg, 2 }, NULL, &result)) {
        argument = mem_printf("%s draft %s", target->patient, node_str(doc_root(result), "draft"));
        /* The answers that were looked at make room for the same ones to be changed. */
        if (app_top(app)->screen != &screen_intake || !app_replace(app, &screen_intake, argument))
            app_open(app, &screen_intake, argument);
        free(argument);
    }
    doc_free(result);
}

static void reason_given(struct app *app, void *ctx, const struct args *args)
{
    amend(app, ctx, args_get(args, "reason"));
}

void amend_start(struct app *app, const struct target *target)
{
    struct asking question = prompt_question(action_param(ACTION_FORM_AMEND, "reason"));
    struct prompt_spec spec = { .lead = _("Change this form"), .question = &question, .n = 1, .done = reason_given, .free_ctx = free };
    struct draft open = { 0 };
    struct target *kept;

    if (draft_amending(app->ctx.st, target->id, &open, NULL) == RC_OK) {
        amend(app, target, open.why);       /* somebody has begun: go on with theirs */
    } else {
        kept = mem_alloc(sizeof *kept);
        *kept = *target;
        spec.ctx = kept;
        prompt_ask(app, &spec);
    }
    draft_done(&open);
}

void history_start(struct app *app, const struct target *target)
{
    open_with(app, &screen_history, target->patient, target->id);
}

void upgrade_start(struct app *app, const struct target *target)
{
    struct target here = *target;       /* the screen it may point into is left */

    target = &here;
    if (app_top(app)->screen->holds_work)       /* the form itself: it is parked as it stands */
        app_back(app);
    open_with(app, &screen_upgrade, target->patient, target->id);
}
