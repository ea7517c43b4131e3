/* Forms: which there are, what they ask, what was answered, and half-filled ones. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/bind.h"
#include "action/questionnaire.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "fhir/datatype.h"
#include "intake/form.h"
#include "intake/populate.h"
#include "intake/sitting.h"
#include "store/audit.h"
#include "store/draft.h"
#include "store/store.h"

static const char *const type_names[] = {
    [FORM_GROUP] = "group", [FORM_DISPLAY] = "display", [FORM_BOOLEAN] = "boolean", [FORM_DECIMAL] = "decimal",
    [FORM_INTEGER] = "integer", [FORM_DATE] = "date", [FORM_DATETIME] = "dateTime", [FORM_TIME] = "time",
    [FORM_STRING] = "string", [FORM_TEXT] = "text", [FORM_URL] = "url", [FORM_CHOICE] = "choice",
    [FORM_OPEN_CHOICE] = "open-choice", [FORM_ATTACHMENT] = "attachment", [FORM_REFERENCE] = "reference",
    [FORM_QUANTITY] = "quantity",
};

enum rc act_form_list(struct context *ctx, const struct grant *grant, const struct args *args,
                      struct doc **result, struct err *err)
{
    struct form_choice *list = NULL;
    size_t n = 0;
    enum rc rc = sitting_choices(ctx->st, &list, &n, err);

    (void)grant;
    (void)args;
    if (rc == RC_OK)
        *result = result_list();
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_OK) {
            struct node *row = result_row(*result);

            node_set_str(*result, row, "id", list[i].id);
            node_set_str(*result, row, "title", list[i].title);
            node_set_str(*result, row, "version", list[i].version);
            node_set_int(*result, row, "items", list[i].items);
        }
        form_choice_done(&list[i]);
    }
    free(list);
    return rc;
}

static void options_members(struct doc *doc, struct node *row, const struct form *form, const struct form_row *r)
{
    size_t n = form_options(form, r);
    struct node *list = n ? node_set_array(doc, row, "options") : NULL;

    for (size_t i = 0; i < n; i++) {
        struct form_option option = form_option(form, r, i);
        struct node *one = node_add_object(doc, list);

        node_set_str(doc, one, "label", option.label);
        node_set_str(doc, one, "score", option.score);
        if (option.chosen)
            node_set_bool(doc, one, "chosen", true);
    }
}

static void row_members(struct doc *doc, struct node *row, const struct form *form, const struct form_row *r)
{
    struct node *answers = r->n_answers ? node_set_array(doc, row, "answers") : NULL;

    node_set_str(doc, row, "linkId", r->link_id);
    node_set_str(doc, row, "prefix", r->prefix);
    node_set_str(doc, row, "text", r->text);
    node_set_str(doc, row, "type", type_names[r->type]);
    node_set_int(doc, row, "depth", r->depth);
    if (r->required)
        node_set_bool(doc, row, "required", true);
    if (r->repeats)
        node_set_bool(doc, row, "repeats", true);
    node_set_str(doc, row, "absent", r->absent);
    node_set_str(doc, row, "note", r->note);
    for (size_t i = 0; i < r->n_answers; i++) {
        char *words = form_answer_words(form, r, i);

        node_add_str(doc, answers, words);
        free(words);
    }
}

static void form_members(struct doc *doc, const struct form *form, bool with_options)
{
    struct node *list = node_set_array(doc, doc_root(doc), "rows"), *scores, *defects;

    for (size_t i = 0; i < form_rows(form); i++) {
        const struct form_row *r = form_row(form, i);
        struct node *row = node_add_object(doc, list);

        row_members(doc, row, form, r);
        if (with_options)
            options_members(doc, row, form, r);
    }
    scores = node_set_array(doc, doc_root(doc), "scores");
    for (size_t i = 0; i < form_scores(form); i++) {
        struct form_score score = form_score(form, i);
        struct node *row = node_add_object(doc, scores);

        node_set_str(doc, row, "name", score.name);
        node_set_str(doc, row, "value", score.value);
        node_set_str(doc, row, "band", score.band);
        node_set_int(doc, row, "answered", score.answered);
        node_set_int(doc, row, "of", score.of);
    }
    defects = node_set_array(doc, doc_root(doc), "defects");
    for (size_t i = 0; i < form_defects(form); i++)
        node_add_str(doc, defects, form_defect(form, i));
}

/* A response without its questionnaire is shown from its own texts. */
static void answered_members(struct doc *doc, struct node *list, const struct node *items, int depth)
{
    for (const struct node *item = node_first(items); item; item = node_next(item)) {
        struct node *row = node_add_object(doc, list), *words = NULL;

        node_set_str(doc, row, "linkId", node_str(item, "linkId"));
        node_set_str(doc, row, "text", node_str(item, "text"));
        node_set_int(doc, row, "depth", depth);
        for (const struct node *a = node_first(node_get(item, "answer")); a; a = node_next(a)) {
            const char *type = "";
            const struct node *value = choice_value(a, "value", &type);
            struct buf text = { 0 };

            if (!words)
                words = node_set_array(doc, row, "answers");
            value_words(&text, value, type);
            node_add_str(doc, words, buf_text(&text));
            buf_done(&text);
            answered_members(doc, list, node_get(a, "item"), depth + 1);
        }
        answered_members(doc, list, node_get(item, "item"), depth + 1);
    }
}

static enum rc show_response(struct context *ctx, const struct grant *grant, const struct doc *response, struct doc *out, struct err *err)
{
    struct form_context context;
    struct populate *launch = NULL;
    struct node *root = doc_root(response);
    struct doc *questionnaire = NULL, *patient = NULL;
    struct form *form = NULL;
    enum rc rc = questionnaire_by_url(ctx->st, node_str(root, "questionnaire"), &questionnaire, err);

    node_set_str(out, doc_root(out), "status", node_str(root, "status"));
    node_set_str(out, doc_root(out), "authored", node_str(root, "authored"));
    node_set_str(out, doc_root(out), "questionnaire", node_str(root, "questionnaire"));
    if (rc == RC_NOT_FOUND) {
        answered_members(out, node_set_array(out, doc_root(out), "rows"), node_get(root, "item"), 0);
        return RC_OK;
    }
    if (rc == RC_OK)
        store_get(ctx->st, "Patient", resource_patient(root), &patient, NULL);
    if (rc == RC_OK && (rc = populate_open(ctx->st, grant, patient, &launch, err)) == RC_OK) {
        context = *populate_context(launch);
        context.has_answers = true;
        rc = form_open(questionnaire, &context, &form, err);
    }
    if (rc == RC_OK && (rc = form_load_response(form, response, err)) == RC_OK &&
        (rc = populate_audit(ctx->st, grant, launch, "", err)) == RC_OK) {
        node_set_str(out, doc_root(out), "title", form_title(form));
        form_members(out, form, false);
    }
    form_close(form);
    populate_close(launch);
    doc_free(questionnaire);
    doc_free(patient);
    return rc;
}

enum rc act_form_show(struct context *ctx, const struct grant *grant, const struct args *args,
                      struct doc **result, struct err *err)
{
    const char *id = arg_id(args, "form");
    struct doc *doc = NULL, *out = NULL;
    struct populate *launch = NULL;
    struct form *form = NULL;
    char type[BIND_TYPE];
    enum rc rc = bind_find(ctx->st, action_param(ACTION_FORM_SHOW, "form")->type, args_get(args, "form"), type, err);

    if (rc == RC_OK)
        rc = store_get(ctx->st, type, id, &doc, err);
    if (rc != RC_OK)
        return rc;
    out = result_made(type, id);
    if (strcmp(type, "QuestionnaireResponse") == 0) {
        rc = show_response(ctx, grant, doc, out, err);
        if (rc == RC_OK)
            rc = audit_view(ctx->st, grant, grant->patient, type, id, err);
    } else if ((rc = populate_open(ctx->st, grant, NULL, &launch, err)) == RC_OK &&
               (rc = form_open(doc, populate_context(launch), &form, err)) == RC_OK) {
        node_set_str(out, doc_root(out), "title", form_title(form));
        form_members(out, form, true);
    }
    form_close(form);
    populate_close(launch);
    doc_free(doc);
    if (rc == RC_OK)
        *result = out;
    else
        doc_free(out);
    return rc;
}

enum rc act_form_drafts(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    struct draft *list = NULL;
    char owner[40] = "";
    size_t n = 0;
    enum rc rc = arg_staff(ctx, args, "owner", owner, err);

    if (rc == RC_OK)
        rc = draft_list(ctx->st, grant->patient[0] ? grant->patient : NULL, owner[0] ? owner : NULL, &list, &n, err);
    if (rc == RC_OK)
        *result = result_list();
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_OK) {
            struct node *row = result_row(*result);

            node_set_str(*result, row, "id", list[i].id);
            node_set_str(*result, row, "title", list[i].title);
            node_set_str(*result, row, "patient", list[i].patient);
            node_set_str(*result, row, "owner", list[i].owner);
            node_set_str(*result, row, "opened", list[i].opened);
            node_set_str(*result, row, "updated", list[i].updated);
            node_set_int(*result, row, "answered", list[i].answered);
            node_set_int(*result, row, "of", list[i].total);
        }
        draft_done(&list[i]);
    }
    free(list);
    return rc;
}

enum rc act_form_discard(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    struct sitting s = { 0 };
    enum rc rc = sitting_resume(ctx->st, grant, args_get(args, "id"), &s, err);

    (void)result;
    if (rc == RC_OK)
        rc = sitting_discard(ctx->st, grant, &s, args_get(args, "reason"), err);
    sitting_done(&s);
    return rc;
}
