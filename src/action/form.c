/* Forms: which there are, what they ask and what was answered. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/bind.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/form.h"
#include "intake/sitting/populate.h"
#include "intake/sitting/sitting.h"
#include "store/audit.h"
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
            node_set_str(*result, row, "status", list[i].status);
            node_set_int(*result, row, "items", list[i].items);
            node_set_str(*result, row, "lastUsed", list[i].used);
            if (list[i].is_older)
                node_set_bool(*result, row, "older", true);
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
    node_set_str(doc, row, "fromRecord", r->from_record);
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

/* Answers of an older version that found no place in this one. */
static void aside_members(struct doc *out, const struct node *response)
{
    static const char *const parts[] = { "linkId", "text", "answer", "why" };
    struct node *list = NULL;

    for (const struct node *e = node_first(node_get(response, "extension")); e; e = node_next(e)) {
        struct node *row;

        if (strcmp(node_str(e, "url"), EXT_ASIDE))
            continue;
        list = list ? list : node_set_array(out, doc_root(out), "aside");
        row = node_add_object(out, list);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            node_set_str(out, row, parts[i], node_text(extension_value(e, parts[i])));
    }
}

static enum rc show_response(struct context *ctx, const struct doc *response, struct doc *out, struct err *err)
{
    struct node *root = doc_root(response);
    struct sitting s = { 0 };
    enum rc rc = sitting_view(ctx->st, response, &s, err);

    if (rc != RC_OK)
        return rc;
    node_set_str(out, doc_root(out), "status", node_str(root, "status"));
    node_set_str(out, doc_root(out), "authored", node_str(root, "authored"));
    node_set_str(out, doc_root(out), "questionnaire", node_str(root, "questionnaire"));
    node_set_str(out, doc_root(out), "title", form_title(s.form));
    node_set_str(out, doc_root(out), "version", node_str(doc_root(s.questionnaire), "version"));
    node_set_str(out, doc_root(out), "note", s.note);
    form_members(out, s.form, false);
    aside_members(out, root);
    sitting_done(&s);
    return RC_OK;
}

static enum rc get_shown(struct context *ctx, const struct args *args, const char *type, struct doc **doc, struct err *err)
{
    const char *id = arg_id(args, "form");
    int rev = arg_int(args, "rev", 0);

    return rev ? store_get_rev(ctx->st, type, id, rev, doc, err) : store_get(ctx->st, type, id, doc, err);
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
        rc = get_shown(ctx, args, type, &doc, err);
    if (rc != RC_OK)
        return rc;
    out = result_made(type, id);
    if (strcmp(type, "QuestionnaireResponse") == 0) {
        rc = show_response(ctx, doc, out, err);
        if (rc == RC_OK)
            rc = audit_view(ctx->st, grant, grant->patient, type, id, err);
    } else if ((rc = populate_open(ctx->st, grant, NULL, &launch, err)) == RC_OK &&
               (rc = form_open(doc, populate_context(launch), &form, err)) == RC_OK) {
        node_set_str(out, doc_root(out), "title", form_title(form));
        node_set_str(out, doc_root(out), "version", node_str(doc_root(doc), "version"));
        node_set_str(out, doc_root(out), "status", node_str(doc_root(doc), "status"));
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
