/* Who gave the answers: here, from paper with its date, by phone, or somebody else. Asked as a form
 * begins; the finished response carries it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "ui/app.h"
#include "ui/prompt.h"
#include "ui/screens/intake.h"

static void keep(struct app *app, struct intake *it, const struct form_source *source)
{
    struct err err = { RC_OK, "" };
    struct grant grant;

    if (intake_grant(app, it, &grant) &&
        sitting_set_source(app->ctx.st, &grant, &it->sitting, source, &err) != RC_OK)
        app_say_err(app, &err);
}

static enum rc read_day(const struct app *app, const char *typed, char out[DATE_TEXT], struct err *err)
{
    const struct date_order order = { .day_first = app->day_first };
    struct date day;
    enum rc rc = date_typed_past(typed, clock_today(), order, &day, err);

    if (rc == RC_OK)
        date_format(day, out);
    return rc;
}

static enum rc paper_check(struct app *app, void *ctx, const char *value, struct err *err)
{
    char day[DATE_TEXT];

    (void)ctx;
    return read_day(app, value, day, err);
}

static void paper_done(struct app *app, void *ctx, const struct args *args)
{
    char day[DATE_TEXT], words[DATE_TEXT];
    struct date date;

    if (read_day(app, args->arg[0].value, day, NULL) != RC_OK || !date_parse(day, &date))
        return;
    keep(app, ctx, &(struct form_source){ .kind = "paper", .paper_date = day });
    date_words_long(date, words);
    app_say(app, STYLE_GOOD, _("From the paper of %s."), words);
}

static void other_done(struct app *app, void *ctx, const struct args *args)
{
    keep(app, ctx, &(struct form_source){ .kind = "other", .who = args->arg[0].value });
}

static void chosen(struct app *app, void *ctx, const struct args *args)
{
    const char *kind = args->arg[0].value;
    struct asking question = { .name = "paper_date", .label = _("dated"), .kind = PARAM_TEXT, .check = paper_check };
    struct prompt_spec spec = { .question = &question, .n = 1, .lead = _("Answers from paper"), .done = paper_done, .ctx = ctx };

    keep(app, ctx, &(struct form_source){ .kind = kind });
    if (strcmp(kind, "other") == 0) {
        question = (struct asking){ .name = "who", .label = _("who, and how related"), .kind = PARAM_TEXT };
        spec.lead = _("Answers from somebody else");
        spec.done = other_done;
    } else if (strcmp(kind, "paper") != 0) {
        return;
    }
    prompt_ask(app, &spec);
}

void intake_ask_source(struct app *app, struct intake *it)
{
    static const struct choice from[] = {
        { '1', "here", N_("given now") }, { '2', "paper", N_("from paper, dated") },
        { '3', "phone", N_("by phone") }, { '4', "other", N_("by someone else") },
    };
    struct asking question = { .name = "kind", .label = "", .kind = PARAM_CHOICE, .choices = from, .n_choices = 4,
                               .preset = "here", .preset_words = _("given now") };
    struct prompt_spec spec = { .question = &question, .n = 1, .lead = _("Answers are"), .done = chosen, .ctx = it };

    prompt_ask(app, &spec);
}
