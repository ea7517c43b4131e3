/* Printing from a row or an open form: where to is asked on line 23, then it says how many pages went where. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/act.h"
#include "ui/prompt.h"

/* What is to be printed while the question stands. */
static struct { struct target target; } asked;

static bool can_print(const struct target *target)
{
    static const char *const types[] = { "Questionnaire", "QuestionnaireResponse", "Draft" };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], target->type) == 0)
            return true;
    return false;
}

static void say_where(struct app *app, const struct node *result)
{
    enum style style = node_bool(result, "lacksLetters") ? STYLE_LATE : STYLE_GOOD;
    const char *boxes = node_bool(result, "lacksLetters") ? _("   Some letters have no font here and are boxes on the paper.") : "";

    if (node_bool(result, "printer"))
        app_say(app, style, _("Sent to the printer.%s"), boxes);
    else
        app_say(app, style, _("Written to %s%s"), node_str(result, "file"), boxes);
}

static void print_to(struct app *app, void *ctx, const struct args *answers)
{
    char what[sizeof asked.target.type + sizeof asked.target.id + 1];
    bool is_form = strcmp(asked.target.type, "Questionnaire") == 0;
    struct arg arg[] = { { "form", what }, { "to", answers->arg[0].value }, { "patient", asked.target.patient } };
    struct args args = { arg, is_form && asked.target.patient[0] ? 3 : 2 };
    struct doc *result = NULL;

    (void)ctx;
    snprintf(what, sizeof what, "%s/%s", asked.target.type, asked.target.id);
    if (app_run(app, ACTION_FORM_PRINT, &args, NULL, &result))
        say_where(app, doc_root(result));
    doc_free(result);
}

void print_start(struct app *app, const struct target *target)
{
    bool has_printer = config_text(app->ctx.config, "print.command")[0] != '\0';
    struct asking question = prompt_question(action_param(ACTION_FORM_PRINT, "to"));
    struct prompt_spec spec = { .lead = _("Print to"), .question = &question, .n = 1, .done = print_to };

    if (!can_print(target)) {
        app_say(app, STYLE_ALERT, _("Printing goes with a form; the cursor is not on one."));
        return;
    }
    asked.target = *target;
    question.label = "";
    question.preset = has_printer ? "printer" : "file";
    question.preset_words = has_printer ? _("the printer") : _("a PDF file");
    prompt_ask(app, &spec);
}
