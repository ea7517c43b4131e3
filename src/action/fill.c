/* Filling a form from a file of answers: the same form, checks, safety stop and door as on a screen. */
#include "action/handler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/questionnaire.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "intake/check/check.h"
#include "intake/sitting/populate.h"
#include "intake/sitting/sitting.h"
#include "store/store.h"

/* A response is all there is to be in the form: nothing is filled in before it. */
static enum rc open_form(struct sitting *s, const struct grant *grant, const char *path, struct err *err)
{
    struct form_context context = *populate_context(s->launch);
    struct doc *answers = NULL;
    enum rc rc = answers_file(path, grant, &answers, err);

    context.has_answers = rc == RC_OK && strcmp(doc_type(answers), "QuestionnaireResponse") == 0;
    if (rc == RC_OK && (rc = form_open(s->questionnaire, &context, &s->form, err)) == RC_OK)
        rc = context.has_answers ? form_load_response(s->form, answers, err) : form_load_answers(s->form, answers, err);
    doc_free(answers);
    return rc;
}

/* What is wrong with it as a completed response, whatever status it has now. */
static enum rc judge(const struct sitting *s, const struct doc *response, struct doc **outcome, struct err *err)
{
    struct doc *completed = doc_copy(response);
    enum rc rc;

    node_set_str(completed, doc_root(completed), "status", "completed");
    rc = response_check(s->questionnaire, populate_context(s->launch), completed, outcome, NULL, err);
    doc_free(completed);
    return rc;
}

/* The version that was used is kept, also of a form from a file: an act of its own, so that undoing the answers
 * leaves it. */
static enum rc keep_version(struct context *ctx, const struct grant *grant, const struct doc *questionnaire,
                            struct doc *response, struct err *err)
{
    struct grant import = *grant;

    import.origin = ORIGIN_IMPORT;
    import.patient[0] = '\0';
    return version_keep(ctx->st, &import, questionnaire, response, err);
}

/* The response and, when item 9 says so, the flag and the task: together or not at all. */
static enum rc keep(struct context *ctx, const struct grant *grant, struct sitting *s, struct doc *response, struct err *err)
{
    enum rc rc = store_begin(ctx->st, err);

    if (rc != RC_OK)
        return rc;
    version_mark(response, s->questionnaire);
    if (doc_rev(s->questionnaire) == 0)
        rc = keep_version(ctx, grant, s->questionnaire, response, err);
    if (rc == RC_OK)
        rc = store_put(ctx->st, grant, response, err);
    if (rc == RC_OK && form_safety_stop(s->form))
        rc = sitting_safety(ctx->st, grant, s, err);
    if (rc == RC_OK)
        rc = populate_audit(ctx->st, grant, s->launch, "", err);
    return store_end(ctx->st, rc, err);
}

/* The day on the paper, gone by; "" when none was given. */
static enum rc paper_day(struct context *ctx, const struct args *args, char out[DATE_TEXT], struct err *err)
{
    const char *typed = arg_text(args, "paper-date");
    struct date day;
    enum rc rc;

    out[0] = '\0';
    if (!typed)
        return RC_OK;
    if ((rc = date_typed_past(typed, clock_today(), arg_order(ctx->config), &day, err)) == RC_OK)
        date_format(day, out);
    return rc;
}

static struct form_source source_of(const struct args *args, const char *paper_date)
{
    const char *kind = arg_text(args, "source"), *who = arg_text(args, "who");

    return (struct form_source){ .kind = kind ? kind : "here", .paper_date = paper_date, .who = who ? who : "" };
}

static enum rc open_sitting(struct context *ctx, const struct grant *grant, const struct args *args,
                            struct sitting *s, struct err *err)
{
    char id[CRYPTO_UUID];
    enum rc rc = questionnaire_named(ctx->st, args_get(args, "questionnaire"), &s->questionnaire, err);

    if (rc != RC_OK || (rc = sitting_may_use(s->questionnaire, err)) != RC_OK ||
        (rc = store_get(ctx->st, "Patient", grant->patient, &s->patient, err)) != RC_OK ||
        (rc = sitting_may_start(s->patient, err)) != RC_OK || (rc = populate_open(ctx->st, grant, s->patient, &s->launch, err)) != RC_OK ||
        (rc = open_form(s, grant, args_get(args, "answers"), err)) != RC_OK)
        return rc;
    crypto_uuid(id);
    snprintf(s->draft.id, sizeof s->draft.id, "%s", id);
    snprintf(s->draft.patient, sizeof s->draft.patient, "%s", grant->patient);
    snprintf(s->draft.owner, sizeof s->draft.owner, "%s", grant->staff);
    return RC_OK;
}

/* Which answers nobody gave: they are the record's. */
static void record_members(struct doc *doc, const struct form *form)
{
    for (size_t i = 0; i < form_rows(form); i++) {
        const struct form_row *r = form_row(form, i);
        struct node *one;

        if (!*r->from_record)
            continue;
        one = node_add_object(doc, node_set_array(doc, doc_root(doc), "fromRecord"));
        node_set_str(doc, one, "path", r->path);
        node_set_str(doc, one, "linkId", r->link_id);
        node_set_str(doc, one, "from", r->from_record);
    }
}

enum rc act_form_fill(struct context *ctx, const struct grant *grant, const struct args *args,
                      struct doc **result, struct err *err)
{
    char paper_date[DATE_TEXT];
    struct sitting s = { 0 };
    struct form_source source;
    struct doc *response = NULL, *outcome = NULL;
    size_t problems = 0;
    enum rc rc = paper_day(ctx, args, paper_date, err);

    if (rc != RC_OK || (rc = open_sitting(ctx, grant, args, &s, err)) != RC_OK)
        goto out;
    source = source_of(args, paper_date);
    problems = form_problems(s.form);
    rc = form_response(s.form, s.draft.id, problems ? "in-progress" : "completed", grant->patient, grant->staff,
                       &source, &response, err);
    if (rc != RC_OK || (rc = judge(&s, response, &outcome, err)) != RC_OK)
        goto out;
    if (problems)
        rc = err_set(err, RC_INVALID, ngettext("%zu answer is missing or wrong; nothing was kept",
                                               "%zu answers are missing or wrong; nothing was kept", problems), problems);
    else
        rc = args_flag(args, "preview") ? populate_audit(ctx->st, grant, s.launch, "", err) : keep(ctx, grant, &s, response, err);
    *result = doc_new(NULL);
    node_set_copy(*result, doc_root(*result), "response", doc_root(response));
    node_set_copy(*result, doc_root(*result), "outcome", doc_root(outcome));
    record_members(*result, s.form);
    if (form_safety_stop(s.form))
        node_set_bool(*result, doc_root(*result), "safetyStop", true);
out:
    doc_free(outcome);
    doc_free(response);
    sitting_done(&s);
    return rc;
}
