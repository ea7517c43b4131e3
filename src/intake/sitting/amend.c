/* amend.c - a finished response changed afterwards: its answers as a draft again, and the next revision of the
 * same document, with everything in it that the form knows nothing of left as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/sitting/aside.h"
#include "intake/model.h"
#include "intake/sitting/populate.h"
#include "intake/sitting/sitting_parts.h"
#include "store/store.h"

/* --- Beginning --- */

static enum rc may_amend(const struct doc *response, struct err *err)
{
    const char *status = node_str(doc_root(response), "status");

    if (strcmp(status, "completed") == 0 || strcmp(status, "amended") == 0)
        return RC_OK;
    if (strcmp(status, "entered-in-error") == 0)
        return err_set(err, RC_DENIED, _("QuestionnaireResponse/%s was entered in error: it cannot be amended."), doc_id(response));
    return err_set(err, RC_DENIED, _("QuestionnaireResponse/%s is not finished (%s): there is nothing to amend yet."), doc_id(response), status);
}

static char *source_of(const struct doc *response)
{
    const struct node *root = doc_root(response);
    const char *kind = node_text(extension_value(root, EXT_ANSWERS_FROM)), *day = node_text(extension_value(root, EXT_PAPER_DATE)),
               *who = node_text(extension_value(root, EXT_GIVEN_BY));

    return sitting_source_text(&(struct form_source){ kind ? kind : "", day ? day : "", who ? who : "" });
}

static void fill_draft(struct sitting *s, const struct grant *grant, const struct doc *response, const char *why)
{
    struct draft *d = &s->draft;

    snprintf(d->patient, sizeof d->patient, "%s", resource_patient(doc_root(response)));
    snprintf(d->owner, sizeof d->owner, "%s", grant->staff);
    snprintf(d->amends, sizeof d->amends, "%s", doc_id(response));
    d->base_rev = doc_rev(response);
    d->questionnaire = version_name(s->questionnaire);
    d->title = mem_dup(form_title(s->form));
    d->position = mem_dup(form_rows(s->form) ? form_row(s->form, 0)->path : "");
    d->source = source_of(response);
    d->why = mem_dup(why);
    d->aside = mem_dup("[]");
    form_progress(s->form, &d->answered, &d->total);
}

static enum rc open_response(struct store *st, const struct grant *grant, const struct doc *response, struct sitting *s, struct err *err)
{
    enum version_match match = VERSION_SAME;
    struct form_context context;
    enum rc rc = version_of_response(st, response, &s->questionnaire, &match, err);

    if (rc != RC_OK || (rc = store_get(st, "Patient", resource_patient(doc_root(response)), &s->patient, err)) != RC_OK ||
        (rc = populate_open(st, grant, s->patient, &s->launch, err)) != RC_OK)
        return rc;
    context = *populate_context(s->launch);
    context.has_answers = true;
    if ((rc = form_open(s->questionnaire, &context, &s->form, err)) == RC_OK)
        rc = form_load_response(s->form, response, err);
    if (rc == RC_OK)
        s->note = sitting_match_words(s->questionnaire, match);
    return rc;
}

static enum rc begin(struct store *st, const struct grant *grant, const struct doc *response, const char *why,
                     struct sitting *s, struct err *err)
{
    enum rc rc = open_response(st, grant, response, s, err);

    if (rc != RC_OK)
        return rc;
    fill_draft(s, grant, response, why);
    for (size_t i = 0; i < s->form->n_insts; i++)
        s->form->inst[i]->is_dirty |= s->form->inst[i]->absent != NULL;
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    if ((rc = draft_new(st, grant, &s->draft, err)) == RC_OK)
        rc = sitting_save_changed(st, grant, s, err);
    if (rc == RC_OK)
        rc = sitting_audit_reads(st, grant, s, err);
    rc = store_end(st, rc, err);
    if (rc == RC_OK)
        sitting_all_saved(s->form);
    return rc;
}

enum rc sitting_amend(struct store *st, const struct grant *grant, const char *response_id, const char *why,
                      struct sitting *out, struct err *err)
{
    struct doc *response = NULL;
    struct draft open = { 0 };
    enum rc rc;

    *out = (struct sitting){ 0 };
    if ((rc = store_get(st, "QuestionnaireResponse", response_id, &response, err)) != RC_OK ||
        (rc = sitting_same_patient(grant, resource_patient(doc_root(response)), err)) != RC_OK ||
        (rc = may_amend(response, err)) != RC_OK)
        goto out;
    if (draft_amending(st, response_id, &open, NULL) == RC_OK)
        rc = sitting_resume(st, grant, open.id, out, err);
    else if (!why || !*why)
        rc = err_set(err, RC_INVALID, _("QuestionnaireResponse/%s: say why it is amended."), response_id);
    else if ((rc = begin(st, grant, response, why, out, err)) != RC_OK)
        sitting_done(out);
out:
    draft_done(&open);
    doc_free(response);
    return rc;
}

/* --- What somebody else changed meanwhile --- */

/* The answers at a path as text, "!code" for a reason there are none, "" for nothing; owned. */
static char *said_at(struct form *form, const char *path)
{
    const struct inst *inst = state_find(form, path, false);
    char *text = inst ? form_answers_text(form, path) : NULL;

    if (text)
        return text;
    return inst && inst->absent ? mem_printf("!%s", inst->absent) : mem_dup("");
}

static void say_at(struct form *form, const char *path, const char *text)
{
    struct inst *inst = state_find(form, path, true);
    struct doc *doc = NULL;
    const struct node **answer;
    size_t n = 0;

    if (!inst)
        return;
    if (*text == '[')
        doc_parse(text, strlen(text), &doc, NULL);
    answer = mem_array(doc ? node_count(doc_root(doc)) : 0, sizeof *answer);
    for (const struct node *a = doc ? node_first(doc_root(doc)) : NULL; a; a = node_next(a))
        answer[n++] = a;
    state_answer(form, inst, answer, n);
    free(inst->absent);
    inst->absent = *text == '!' ? mem_dup(text + 1) : NULL;
    inst->touched = true;
    free(answer);
    doc_free(doc);
}

static char *words_at(struct form *form, const char *path)
{
    const struct inst *inst = state_find(form, path, false);
    struct buf words = { 0 };

    for (size_t i = 0; inst && i < inst->n_answers; i++) {
        char *one = inst_answer_words(inst, inst->answer[i]);

        buf_printf(&words, "%s%s", i ? "; " : "", one);
        free(one);
    }
    return words.len ? buf_take(&words) : mem_dup(_("no answer"));
}

/* Put theirs beside mine, for a person to decide. */
static void put_aside(struct sitting *s, struct form *theirs, const struct inst *inst, const char *value)
{
    char *words = words_at(theirs, inst->path), *aside;

    aside = aside_add(s->draft.aside, &(struct aside){ .kind = ASIDE_CHANGED, .link_id = inst->item->link_id,
        .text = inst->item->text, .answer = words, .value = *value == '[' ? value : NULL,
        .why = _("answered so by somebody else meanwhile; yours stands here") });
    free(s->draft.aside);
    s->draft.aside = aside;
    free(words);
}

struct met { size_t taken, both; };

static void meet_at(struct sitting *s, struct form *was, struct form *theirs, const struct inst *inst, struct met *met)
{
    char *before = said_at(was, inst->path), *there = said_at(theirs, inst->path), *here = said_at(s->form, inst->path);

    if (strcmp(before, there) && strcmp(here, there)) {
        if (strcmp(here, before) == 0) {
            say_at(s->form, inst->path, there);
            met->taken++;
        } else {
            put_aside(s, theirs, inst, there);
            met->both++;
        }
    }
    free(before);
    free(there);
    free(here);
}

static bool is_worked_out(const struct inst *inst)
{
    return inst->item->calculated && !inst->overridden;
}

static void meet(struct sitting *s, struct form *was, struct form *theirs, struct met *met)
{
    for (size_t i = 0; i < theirs->n_insts; i++)
        if (!is_worked_out(theirs->inst[i]))
            meet_at(s, was, theirs, theirs->inst[i], met);
    for (size_t i = 0; i < was->n_insts; i++)       /* repetitions they took away */
        if (!is_worked_out(was->inst[i]) && !state_find(theirs, was->inst[i]->path, false))
            meet_at(s, was, theirs, was->inst[i], met);
    form_recompute(s->form);
}

static enum rc keep_met(struct store *st, const struct grant *grant, struct sitting *s, int64_t rev, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    form_progress(s->form, &s->draft.answered, &s->draft.total);
    if ((rc = sitting_save_changed(st, grant, s, err)) == RC_OK)
        rc = draft_set_aside(st, s->draft.id, s->draft.aside, rev, err);
    if ((rc = store_end(st, rc, err)) == RC_OK) {
        s->draft.base_rev = rev;
        sitting_all_saved(s->form);
    }
    return rc;
}

/* The draft on the response as it is now. RC_STALE when there is something new to look at. */
static enum rc catch_up(struct store *st, const struct grant *grant, struct sitting *s, const struct doc *now, struct err *err)
{
    struct doc *base = NULL;
    struct sitting was = { 0 }, theirs = { 0 };
    struct met met = { 0, 0 };
    enum rc rc;

    if (doc_rev(now) == s->draft.base_rev)
        return RC_OK;
    if ((rc = store_get_rev(st, "QuestionnaireResponse", s->draft.amends, s->draft.base_rev, &base, err)) != RC_OK ||
        (rc = open_response(st, grant, base, &was, err)) != RC_OK || (rc = open_response(st, grant, now, &theirs, err)) != RC_OK)
        goto out;
    meet(s, was.form, theirs.form, &met);
    if ((rc = keep_met(st, grant, s, doc_rev(now), err)) == RC_OK && met.taken + met.both > 0)
        rc = err_set(err, RC_STALE, _("Somebody changed this form meanwhile: %zu of their answers are taken over, %zu you both changed (yours stand; theirs are kept aside). Look, then finish again."),
                     met.taken, met.both);
out:
    sitting_done(&was);
    sitting_done(&theirs);
    doc_free(base);
    return rc;
}

/* --- The end --- */

enum rc amend_finish(struct store *st, const struct grant *grant, struct sitting *s, char **response_id, struct err *err)
{
    struct doc *now = NULL, *response = NULL;
    enum rc rc = store_get(st, "QuestionnaireResponse", s->draft.amends, &now, err);

    if (rc == RC_OK && (rc = may_amend(now, err)) == RC_OK && (rc = catch_up(st, grant, s, now, err)) == RC_OK &&
        (rc = amend_revision(grant, s, now, &response, err)) == RC_OK && (rc = sitting_end(st, grant, s, response, err)) == RC_OK && response_id)
        *response_id = mem_dup(s->draft.amends);
    doc_free(response);
    doc_free(now);
    return rc;
}
