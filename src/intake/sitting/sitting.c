#include "intake/sitting/sitting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/canonical.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/sitting/aside.h"
#include "intake/model.h"
#include "intake/sitting/populate.h"
#include "intake/sitting/sitting_parts.h"
#include "store/audit.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_choices[] =
    "SELECT q.id, title, version, items, status, coalesce(d.used, ''), url FROM questionnaire q LEFT JOIN"
    "  (SELECT substr(questionnaire, 1, instr(questionnaire, '@') - 1) AS of, count(*) AS n, max(updated) AS used FROM draft GROUP BY 1) d ON d.of = q.id"
    " ORDER BY status = 'retired', coalesce(d.n, 0) DESC, title LIKE '\"%', status <> 'active', title COLLATE NOCASE, version DESC, q.id";

void sitting_done(struct sitting *s)
{
    form_close(s->form);
    populate_close(s->launch);
    doc_free(s->questionnaire);
    doc_free(s->patient);
    free(s->note);
    draft_done(&s->draft);
    *s = (struct sitting){0};
}

enum rc sitting_same_patient(const struct grant *grant, const char *patient, struct err *err)
{
    if (grant->patient[0] && strcmp(grant->patient, patient))
        return err_set(err, RC_DENIED, _("The form is for another patient than the one this was opened on."));
    return RC_OK;
}

enum rc sitting_may_start(const struct doc *patient, struct err *err)
{
    char survivor[72];

    if (patient_survivor(doc_root(patient), survivor, sizeof survivor))
        return err_set(err, RC_DENIED, _("Patient/%s was merged into Patient/%s: fill the form there."), doc_id(patient), survivor);
    return RC_OK;
}

enum rc sitting_may_use(const struct doc *questionnaire, struct err *err)
{
    if (strcmp(node_str(doc_root(questionnaire), "status"), "retired") == 0)
        return err_set(err, RC_DENIED, _("Questionnaire/%s is retired: it cannot be started any more. Old answers still open."), doc_id(questionnaire));
    return RC_OK;
}

enum rc sitting_start(struct store *st, const struct grant *grant, const char *questionnaire_id, const char *patient,
                      struct sitting *out, struct err *err)
{
    enum rc rc = sitting_same_patient(grant, patient, err);

    *out = (struct sitting){0};
    if (rc != RC_OK)
        return rc;
    if ((rc = store_get(st, "Questionnaire", questionnaire_id, &out->questionnaire, err)) != RC_OK ||
        (rc = sitting_may_use(out->questionnaire, err)) != RC_OK ||
        (rc = store_get(st, "Patient", patient, &out->patient, err)) != RC_OK ||
        (rc = sitting_may_start(out->patient, err)) != RC_OK ||
        (rc = populate_open(st, grant, out->patient, &out->launch, err)) != RC_OK ||
        (rc = form_open(out->questionnaire, populate_context(out->launch), &out->form, err)) != RC_OK)
        goto fail;
    snprintf(out->draft.patient, sizeof out->draft.patient, "%s", patient);
    snprintf(out->draft.owner, sizeof out->draft.owner, "%s", grant->staff);
    out->draft.questionnaire = version_name(out->questionnaire);
    out->draft.title = mem_dup(form_title(out->form));
    out->draft.position = mem_dup(form_rows(out->form) ? form_row(out->form, 0)->path : "");
    out->draft.source = mem_dup("{}");
    form_progress(out->form, &out->draft.answered, &out->draft.total);
    if ((rc = store_begin(st, err)) == RC_OK) {
        if ((rc = draft_new(st, grant, &out->draft, err)) == RC_OK)
            rc = populate_audit(st, grant, out->launch, "", err);
        if (rc == RC_OK)    /* what the form was filled in with stays what is seen, whatever the record says later */
            rc = sitting_save_changed(st, grant, out, err);
        rc = store_end(st, rc, err);
    }
    if (rc == RC_OK) {
        sitting_all_saved(out->form);
        return RC_OK;
    }
fail:
    sitting_done(out);
    return rc;
}

/* --- Taking it up again --- */

void sitting_all_saved(struct form *form)
{
    for (size_t i = 0; i < form->n_insts; i++)
        form->inst[i]->is_dirty = false;
    for (size_t i = 0; i < form->n_gone; i++)
        free(form->gone[i]);
    form->n_gone = 0;
}

/* What was answered is loaded next; a form nobody answered anything of yet is filled in anew. */
static enum rc open_draft_form(struct store *st, struct sitting *s, struct err *err)
{
    struct form_context context = *populate_context(s->launch);
    struct draft_answer *answer = NULL;
    size_t n = 0;
    enum rc rc = draft_answers(st, s->draft.id, &answer, &n, err);

    for (size_t i = 0; i < n; i++)
        draft_answer_done(&answer[i]);
    free(answer);
    context.has_answers = n > 0;
    return rc == RC_OK ? form_open(s->questionnaire, &context, &s->form, err) : rc;
}

enum rc sitting_audit_reads(struct store *st, const struct grant *grant, struct sitting *s, struct err *err)
{
    char subject[sizeof s->draft.id + sizeof "draft="];

    snprintf(subject, sizeof subject, "draft=%s", s->draft.id);
    return populate_audit(st, grant, s->launch, subject, err);
}

enum rc sitting_resume(struct store *st, const struct grant *grant, const char *draft_id, struct sitting *out, struct err *err)
{
    enum rc rc;

    *out = (struct sitting){0};
    if ((rc = draft_get(st, draft_id, &out->draft, err)) != RC_OK ||
        (rc = sitting_same_patient(grant, out->draft.patient, err)) != RC_OK ||
        (rc = version_load(st, out->draft.questionnaire, &out->questionnaire, err)) != RC_OK ||
        (rc = store_get(st, "Patient", out->draft.patient, &out->patient, err)) != RC_OK ||
        (rc = populate_open(st, grant, out->patient, &out->launch, err)) != RC_OK ||
        (rc = open_draft_form(st, out, err)) != RC_OK ||
        (rc = sitting_load(st, out, err)) != RC_OK || (rc = sitting_audit_reads(st, grant, out, err)) != RC_OK) {
        sitting_done(out);
        return rc;
    }
    return RC_OK;
}

/* --- Saving --- */

/* A first value keeps its mark while nobody has confirmed it. */
static char *record_value(const struct inst *inst)
{
    struct doc *doc = doc_new(NULL);
    struct node *array = node_set_array(doc, doc_root(doc), "answer"), *mark;
    struct buf text = {0};

    for (size_t i = 0; i < inst->n_answers; i++)
        node_add_copy(doc, array, inst->answer[i]);
    mark = node_add_object(doc, node_set_array(doc, node_first(array), "extension"));
    node_set_str(doc, mark, "url", EXT_FROM_RECORD);
    node_set_str(doc, mark, "valueString", inst->source);
    node_write(&text, array);
    doc_free(doc);
    return buf_take(&text);
}

/* An answer a person took away is kept as an empty list, so that no first or calculated value comes back. */
static char *draft_value(const struct form *form, const struct inst *inst)
{
    const struct item *item = inst->item;
    bool comes_back = node_get(item->node, "initial") || item->initial || item->link_period;

    for (size_t i = 0; i < item->choices->n; i++)
        comes_back |= item->choices->option[i].is_initial;
    if (inst->n_answers)
        return inst->source && !inst->is_confirmed ? record_value(inst) : form_answers_text(form, inst->path);
    return inst->overridden || (inst->touched && comes_back && !item->calculated) ? mem_dup("[]") : NULL;
}

enum rc sitting_save_changed(struct store *st, const struct grant *grant, struct sitting *s, struct err *err)
{
    struct form *form = s->form;
    struct draft *d = &s->draft;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < form->n_gone && rc == RC_OK; i++)
        rc = draft_save_answer(st, d->id, form->gone[i], NULL, NULL, d->position, d->answered, d->total, grant->staff, err);
    for (size_t i = 0; i < form->n_insts && rc == RC_OK; i++) {
        const struct inst *inst = form->inst[i];
        char *value;

        if (!inst->is_dirty)
            continue;
        value = draft_value(form, inst);
        rc = draft_save_answer(st, d->id, inst->path, value, inst->absent, d->position, d->answered, d->total, grant->staff, err);
        free(value);
    }
    return rc == RC_OK ? sitting_count_saves(st, s, err) : rc;
}

enum rc sitting_save(struct store *st, const struct grant *grant, struct sitting *s, const char *path, const char *position, struct err *err)
{
    bool is_news;
    struct inst *inst = path ? state_find(s->form, path, false) : NULL;
    enum rc rc = sitting_same_patient(grant, s->draft.patient, err);

    if (rc != RC_OK)
        return rc;
    if (inst && inst->item->type != FORM_GROUP && inst->item->type != FORM_DISPLAY)
        inst->is_dirty = true;
    if (position) {
        free(s->draft.position);
        s->draft.position = mem_dup(position);
    }
    sitting_safety(st, grant, s, NULL);     /* first: no kill leaves the answer without its alert */
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    rc = sitting_catch_up(st, s, &is_news, err);
    form_progress(s->form, &s->draft.answered, &s->draft.total);
    if (rc == RC_OK)
        rc = sitting_save_changed(st, grant, s, err);
    if (rc == RC_OK)
        rc = draft_save_position(st, s->draft.id, s->draft.position, err);
    if (rc == RC_OK)
        rc = sitting_audit_reads(st, grant, s, err);
    rc = store_end(st, rc, err);
    if (rc == RC_OK)
        sitting_all_saved(s->form);
    return rc;
}

char *sitting_source_text(const struct form_source *source)
{
    struct doc *doc = doc_new(NULL);
    char *text;

    node_set_str(doc, doc_root(doc), "kind", source->kind);
    node_set_str(doc, doc_root(doc), "paper_date", source->paper_date);
    node_set_str(doc, doc_root(doc), "who", source->who);
    text = doc_text(doc, NULL);
    doc_free(doc);
    return text;
}

enum rc sitting_set_source(struct store *st, const struct grant *grant, struct sitting *s, const struct form_source *source, struct err *err)
{
    enum rc rc = sitting_same_patient(grant, s->draft.patient, err);

    if (rc != RC_OK)
        return rc;
    free(s->draft.source);
    s->draft.source = sitting_source_text(source);
    return draft_set_source(st, s->draft.id, s->draft.source, err);
}

struct form_source sitting_source(const struct sitting *s, struct doc **keep)
{
    const char *text = s->draft.source ? s->draft.source : "{}";
    struct form_source source = { "", "", "" };

    *keep = NULL;
    if (doc_parse(text, strlen(text), keep, NULL) == RC_OK)
        source = (struct form_source){ node_str(doc_root(*keep), "kind"), node_str(doc_root(*keep), "paper_date"),
                                       node_str(doc_root(*keep), "who") };
    return source;
}

/* --- The end of a sitting --- */

static enum rc build_response(const struct grant *grant, const struct sitting *s, struct doc **out, struct err *err)
{
    struct doc *keep;
    struct form_source source = sitting_source(s, &keep);
    enum rc rc = form_response(s->form, s->draft.id, "completed", s->draft.patient, grant->staff, &source, out, err);

    if (rc == RC_OK) {
        version_mark(*out, s->questionnaire);
        aside_to_response(s->draft.aside, *out);
    }
    doc_free(keep);
    return rc;
}

enum rc sitting_end(struct store *st, const struct grant *grant, struct sitting *s, struct doc *response, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = sitting_no_news(st, s, err)) == RC_OK)
        rc = store_put(st, grant, response, err);
    if (rc == RC_OK)
        rc = sitting_safety(st, grant, s, err);
    if (rc == RC_OK)
        rc = draft_close(st, s->draft.id, "finished", NULL, err);
    if (rc == RC_OK)
        rc = sitting_audit_reads(st, grant, s, err);
    return store_end(st, rc, err);
}

enum rc sitting_finish(struct store *st, const struct grant *grant, struct sitting *s, char **response_id, struct err *err)
{
    struct doc *response = NULL;
    bool is_news = false;
    enum rc rc = sitting_same_patient(grant, s->draft.patient, err);

    if (rc == RC_OK)
        rc = sitting_catch_up(st, s, &is_news, err);
    if (is_news)
        rc = err_set(err, RC_STALE, _("Somebody else answered in this form meanwhile. Look at it, then finish again."));
    if (rc == RC_OK && s->draft.amends[0])
        return amend_finish(st, grant, s, response_id, err);
    if (rc != RC_OK || (rc = build_response(grant, s, &response, err)) != RC_OK)
        return rc;
    rc = sitting_end(st, grant, s, response, err);
    if (rc == RC_OK && response_id)
        *response_id = mem_dup(doc_id(response));
    doc_free(response);
    return rc;
}

enum rc sitting_discard(struct store *st, const struct grant *grant, struct sitting *s, const char *reason, struct err *err)
{
    enum rc rc = sitting_same_patient(grant, s->draft.patient, err);

    if (rc == RC_OK && (!reason || !*reason))
        rc = err_set(err, RC_INVALID, _("Say why the form is discarded."));
    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    audit_act(st, grant);
    if ((rc = draft_close(st, s->draft.id, "discarded", reason, err)) == RC_OK)
        audit_detail(st, "draft=%s discarded", s->draft.id);
    return store_end(st, rc, err);
}

/* --- What can be chosen --- */

void form_choice_done(struct form_choice *c)
{
    free(c->id);
    free(c->title);
    free(c->version);
    free(c->status);
    free(c->used);
    free(c->url);
    *c = (struct form_choice){0};
}

static bool has_newer(const struct form_choice *list, size_t n, const struct form_choice *c)
{
    for (size_t i = 0; i < n; i++)
        if (*c->url && strcmp(list[i].url, c->url) == 0 && strcmp(list[i].status, "active") == 0 && canonical_version_order(list[i].version, c->version) > 0)
            return true;
    return false;
}

enum rc sitting_choices(struct store *st, struct form_choice **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_choices);
    size_t cap = 0;

    *out = NULL;
    *n = 0;
    while (query_next(q)) {
        MEM_ROOM(*out, *n, cap);
        (*out)[(*n)++] = (struct form_choice){ mem_dup(query_text(q, 0)), mem_dup(query_text(q, 1)),
                                              mem_dup(query_text(q, 2)), mem_dup(query_text(q, 4)), mem_dup(query_text(q, 5)),
                                              mem_dup(query_text(q, 6)), (int)query_int(q, 3), strcmp(query_text(q, 4), "retired") == 0, false };
    }
    for (size_t i = 0; i < *n; i++)
        (*out)[i].is_older = has_newer(*out, *n, &(*out)[i]);
    return query_end(q, err);
}
