#include "ui/opened.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "intake/sitting/aside.h"
#include "intake/extract/extract.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/prompt.h"
#include "ui/screens/extract.h"

enum rc opened_response(struct app *app, const char *name, struct sitting *out, struct err *err)
{
    const char *at = strchr(name, '@');
    char *id = mem_dup_n(name, strcspn(name, "@"));
    struct doc *response = NULL;
    enum rc rc = at ? store_get_rev(app->ctx.st, "QuestionnaireResponse", id, strtoll(at + 1, NULL, 10), &response, err)
                    : store_get(app->ctx.st, "QuestionnaireResponse", id, &response, err);

    free(id);
    if (rc == RC_OK)
        rc = sitting_view(app->ctx.st, response, out, err);
    doc_free(response);
    return rc;
}

void opened_say(struct app *app, const struct sitting *s)
{
    const char *why = s->draft.why ? s->draft.why : "";
    size_t aside = aside_count(s->draft.aside);

    if (s->note)
        app_say(app, STYLE_LATE, "%s", s->note);
    else if (s->draft.amends[0])
        app_say(app, STYLE_LATE, _("Changing a finished form: %s. It stays as it was until you finish."), why);
    else if (aside)
        app_say(app, STYLE_LATE, ngettext("%zu answer is kept aside: U on the drafts list shows it.",
                                          "%zu answers are kept aside: U on the drafts list shows them.", aside), aside);
}

bool opened_was_stopped(const struct sitting *s)
{
    return form_safety_stop(s->form) && !s->draft.amends[0];
}

/* The stop ----------------------------------------------------------------------------------------- */

static void stopped(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    app_say(app, STYLE_GOOD, _("The alert and a follow-up for the clinician are on the record."));
}

/* It is tried again with the next answer and at the end. */
static void stopped_unwritten(struct app *app, void *ctx, const struct args *args)
{
    (void)ctx;
    (void)args;
    app_say(app, STYLE_ALERT, _("The alert is NOT on the record yet. Write it down by hand; it is tried again with the next answer."));
}

void opened_say_stop(struct app *app, bool is_written)
{
    static const struct choice told[] = { { 't', "told", N_("clinician told, person not alone") } };
    struct asking question = { .name = "told", .label = "", .kind = PARAM_CHOICE, .choices = told, .n_choices = 1, .is_safety = true, .must_answer = true };
    const char *contact = config_text(app->ctx.config, "clinic.crisis_contact");
    char above[300];
    struct prompt_spec spec = { .question = &question, .n = 1, .done = is_written ? stopped : stopped_unwritten, .above = above };

    snprintf(above, sizeof above, _("! THOUGHTS OF SELF-HARM. Do not leave the person alone. Call now: %s%s988"), contact, *contact ? _(", or ") : "");
    spec.lead = is_written ? _("STOP. Tell the clinician on duty in person.") : _("STOP. NOT on record. Tell the clinician in person.");
    prompt_ask(app, &spec);
}

/* The end ------------------------------------------------------------------------------------------ */

/* "PHQ-9; PHQ-9 11, moderate (9 of 9)"; owned. */
static char *finished_words(const struct form *form)
{
    struct buf words = { 0 };

    buf_add(&words, form_title(form));
    for (size_t i = 0; i < form_scores(form); i++) {
        struct form_score score = form_score(form, i);

        if (*score.value)
            buf_printf(&words, _("; %s %s%s%s (%d of %d)"), score.name, score.value, score.band && *score.band ? ", " : "",
                       score.band ? score.band : "", score.answered, score.of);
    }
    return words.len ? buf_take(&words) : mem_dup("");
}

void opened_finish(struct app *app, struct sitting *s, const struct grant *grant)
{
    bool asks = extract_is_asked(s->questionnaire);
    char *words = finished_words(s->form), *response = NULL;
    struct err err = { RC_OK, "" };

    if (sitting_finish(app->ctx.st, grant, s, &response, &err) != RC_OK) {
        app_say_err(app, &err);
    } else {
        app_close_top(app);
        app_person_changed(app);
        app->changes = app_changes(app);
        app_say(app, STYLE_GOOD, _("finished and saved: %s"), words);
        if (asks)
            extract_offer(app, grant->patient, response);
    }
    free(response);
    free(words);
}
