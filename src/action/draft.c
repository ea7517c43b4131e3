/* Half-filled forms, and finished ones that are changed: whose they are, handing over, another version, history. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "access/staff.h"
#include "action/arg.h"
#include "action/questionnaire.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/patient.h"
#include "fhir/datatype.h"
#include "intake/sitting/aside.h"
#include "intake/sitting/history.h"
#include "intake/sitting/sitting.h"
#include "intake/sitting/upgrade.h"
#include "store/audit.h"
#include "store/draft.h"
#include "store/store.h"

/* --- The list --- */

static void set_staff(struct context *ctx, struct doc *doc, struct node *row, const char *member, const char *id)
{
    struct staff staff = { 0 };

    if (*id && staff_get(ctx->st, id, &staff, NULL) == RC_OK)
        node_set_str(doc, row, member, staff.display);
    staff_done(&staff);
}

static void set_person(struct context *ctx, struct doc *doc, struct node *row, const char *patient)
{
    struct person person = { 0 };

    node_set_str(doc, row, "patient", patient);
    if (person_get(ctx->st, patient, &person, NULL) == RC_OK)
        node_set_str(doc, row, "name", person.name);
    person_done(&person);
}

static void draft_row(struct context *ctx, struct doc *doc, const struct draft *d)
{
    struct node *row = result_row(doc);
    char *progress = mem_printf(_("%d of %d"), d->answered, d->total), *age = draft_age_words(d);

    node_set_str(doc, row, "id", d->id);
    node_set_str(doc, row, "title", d->title);
    set_person(ctx, doc, row, d->patient);
    node_set_str(doc, row, "questionnaire", d->questionnaire);
    node_set_str(doc, row, "owner", d->owner);
    set_staff(ctx, doc, row, "ownerName", d->owner);
    node_set_bool(doc, row, "mine", strcmp(d->owner, ctx->session.staff.id) == 0);
    node_set_str(doc, row, "opened", d->opened);
    node_set_str(doc, row, "updated", d->updated);
    node_set_str(doc, row, "age", age);
    node_set_int(doc, row, "answered", d->answered);
    node_set_int(doc, row, "of", d->total);
    node_set_str(doc, row, "progress", progress);
    node_set_str(doc, row, "amends", d->amends);
    node_set_str(doc, row, "why", d->why);
    set_staff(ctx, doc, row, "handedBy", d->handed_by);
    node_set_str(doc, row, "handedWhy", d->handed_why);
    if (aside_count(d->aside))
        node_set_int(doc, row, "aside", (int64_t)aside_count(d->aside));
    free(progress);
    free(age);
}

enum rc act_form_drafts(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    struct draft *list = NULL;
    char owner[40] = "";
    bool whose = arg_text(args, "owner") != NULL;
    size_t n = 0;
    enum rc rc = arg_staff(ctx, args, "owner", owner, err);

    if (rc == RC_OK)
        rc = draft_list(ctx->st, grant->patient[0] ? grant->patient : NULL, whose ? owner : NULL, &list, &n, err);
    if (rc == RC_OK)
        *result = result_list();
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_OK)
            draft_row(ctx, *result, &list[i]);
        draft_done(&list[i]);
    }
    free(list);
    return rc;
}

/* --- One draft --- */

enum rc act_form_discard(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    struct sitting s = { 0 };
    enum rc rc;

    (void)result;
    if ((rc = draft_get(ctx->st, args_get(args, "id"), &s.draft, err)) == RC_OK)
        rc = sitting_discard(ctx->st, grant, &s, args_get(args, "reason"), err);
    sitting_done(&s);
    return rc;
}

/* Whoever is to go on with it has to be able to sign in. */
static enum rc can_take(struct context *ctx, const char *to, struct err *err)
{
    struct staff staff = { 0 };
    enum rc rc = *to ? staff_get(ctx->st, to, &staff, err) : RC_OK;

    if (rc == RC_OK && staff.disabled)
        rc = err_set(err, RC_DENIED, _("That account is disabled: nobody would see the form."));
    staff_done(&staff);
    return rc;
}

enum rc act_form_hand(struct context *ctx, const struct grant *grant, const struct args *args,
                      struct doc **result, struct err *err)
{
    const char *why = arg_text(args, "reason");
    char to[40] = "";
    enum rc rc = arg_staff(ctx, args, "to", to, err);

    (void)result;
    if (rc != RC_OK || (rc = can_take(ctx, to, err)) != RC_OK)
        return rc;
    return draft_hand(ctx->st, grant, args_get(args, "id"), to, why ? why : "", err);
}

static struct doc *upgrade_members(const struct upgrade *u, const char *id, bool is_done)
{
    static const char *const lists[] = { [UPGRADE_LOST] = "lost", [UPGRADE_NEW] = "new", [UPGRADE_CHANGED] = "changed", [UPGRADE_GONE] = "gone" };
    struct doc *doc = doc_new(NULL);
    struct node *root = doc_root(doc);

    node_set_str(doc, root, "id", id);
    node_set_str(doc, root, "from", u->from);
    node_set_str(doc, root, "to", u->to);
    node_set_str(doc, root, "questionnaire", u->questionnaire);
    node_set_bool(doc, root, "done", is_done);
    node_set_int(doc, root, "kept", (int64_t)u->n_kept);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        node_set_array(doc, root, lists[i]);
    for (size_t i = 0; i < u->n; i++) {
        const struct upgrade_line *line = &u->line[i];
        struct node *row = node_add_object(doc, node_get(root, lists[line->kind]));

        node_set_str(doc, row, "linkId", line->link_id);
        node_set_str(doc, row, "text", line->text);
        node_set_str(doc, row, line->kind == UPGRADE_LOST ? "answer" : "before", line->before);
        node_set_str(doc, row, "why", line->why);
        if (line->is_required)
            node_set_bool(doc, row, "required", true);
    }
    return doc;
}

enum rc act_form_upgrade(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    const char *id = args_get(args, "id");
    bool does = args_flag(args, "yes");
    struct upgrade u = { 0 };
    enum rc rc;

    if (args_flag(args, "back")) {
        if ((rc = upgrade_back(ctx->st, grant, id, err)) == RC_OK) {
            *result = doc_new(NULL);
            node_set_str(*result, doc_root(*result), "id", id);
        }
        return rc;
    }
    rc = does ? upgrade_apply(ctx->st, grant, id, arg_text(args, "seen"), &u, err) : upgrade_plan(ctx->st, grant, id, &u, err);
    if (rc == RC_OK)
        *result = upgrade_members(&u, id, does);
    upgrade_done(&u);
    return rc;
}

/* --- Finished ones --- */

/* Change and finish in one go: nothing half-done stays behind when an answer is wrong. */
static enum rc amend_with(struct context *ctx, const struct grant *grant, struct sitting *s, const struct doc *answers, struct err *err)
{
    enum rc rc = strcmp(doc_type(answers), "QuestionnaireResponse") == 0 ? form_load_response(s->form, answers, err)
                                                                         : form_load_answers(s->form, answers, err);

    if (rc == RC_OK && form_problems(s->form))
        rc = err_set(err, RC_INVALID, _("Item %s: %s Nothing was kept."), form_problem(s->form, 0).path, form_problem(s->form, 0).text);
    if (rc == RC_OK)
        rc = sitting_save(ctx->st, grant, s, NULL, NULL, err);
    return rc == RC_OK ? sitting_finish(ctx->st, grant, s, NULL, err) : rc;
}

static enum rc no_draft_open(struct context *ctx, const char *response, struct err *err)
{
    struct draft open = { 0 };
    enum rc rc = draft_amending(ctx->st, response, &open, NULL);

    if (rc == RC_OK)
        err_set(err, RC_EXISTS, _("QuestionnaireResponse/%s is being amended in draft %s: finish or discard that first."), response, open.id);
    draft_done(&open);
    return rc == RC_OK ? RC_EXISTS : RC_OK;
}

enum rc act_form_amend(struct context *ctx, const struct grant *grant, const struct args *args,
                       struct doc **result, struct err *err)
{
    const char *id = arg_id(args, "response"), *path = arg_text(args, "answers");
    struct doc *answers = NULL;     /* read before the gate is taken: it may be a person typing */
    struct sitting s = { 0 };
    enum rc rc = path ? answers_file(path, grant, &answers, err) : RC_OK;

    if (rc != RC_OK || (answers && (rc = no_draft_open(ctx, id, err)) != RC_OK) || (rc = store_begin(ctx->st, err)) != RC_OK)
        goto out;
    rc = sitting_amend(ctx->st, grant, id, args_get(args, "reason"), &s, err);
    if (rc == RC_OK && answers)
        rc = amend_with(ctx, grant, &s, answers, err);
    if ((rc = store_end(ctx->st, rc, err)) != RC_OK)
        goto out;
    *result = result_made("QuestionnaireResponse", id);
    if (!answers)
        node_set_str(*result, doc_root(*result), "draft", s.draft.id);
    node_set_str(*result, doc_root(*result), "note", s.note);
    if (answers && form_safety_stop(s.form))
        node_set_bool(*result, doc_root(*result), "safetyStop", true);
out:
    sitting_done(&s);
    doc_free(answers);
    return rc;
}

static void version_row(struct context *ctx, struct doc *doc, const struct response_version *v)
{
    struct node *row = result_row(doc);

    node_set_int(doc, row, "rev", v->rev);
    node_set_str(doc, row, "at", v->at);
    node_set_str(doc, row, "by", v->by);
    node_set_str(doc, row, "byName", v->who);
    set_staff(ctx, doc, row, "byName", v->by);
    node_set_str(doc, row, "action", v->action);
    node_set_str(doc, row, "status", v->status);
    node_set_str(doc, row, "why", v->why);
    if (v->is_current)
        node_set_bool(doc, row, "current", true);
    for (size_t i = 0; i < v->changes.n; i++) {
        const struct answer_change *c = &v->changes.change[i];
        struct node *one = node_add_object(doc, node_set_array(doc, row, "changes"));

        node_set_str(doc, one, "linkId", c->link_id);
        node_set_str(doc, one, "text", c->text);
        node_set_str(doc, one, "before", c->before);
        node_set_str(doc, one, "after", c->after);
    }
}

enum rc act_form_history(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    struct response_versions versions = { 0 };
    const char *id = arg_id(args, "response");
    enum rc rc = response_history(ctx->st, id, &versions, err);

    if (rc == RC_OK)
        rc = audit_view(ctx->st, grant, grant->patient, "QuestionnaireResponse", id, err);
    if (rc == RC_OK) {
        *result = result_list();
        for (size_t i = 0; i < versions.n; i++)
            version_row(ctx, *result, &versions.version[i]);
    }
    response_versions_done(&versions);
    return rc;
}
