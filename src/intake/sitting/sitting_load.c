/* The answers of a draft into its form: all of them when it is taken up, and what somebody else answered in the same
 * draft while it stands open here. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/model.h"
#include "intake/sitting/sitting_parts.h"
#include "store/store.h"

static enum rc load_draft_answer(struct form *form, const struct draft_answer *a, struct err *err)
{
    struct inst *inst = state_find(form, a->path, true);
    const struct node **vector;
    struct doc *doc = NULL;
    size_t n = 0;
    enum rc rc;

    if (!inst)      /* nothing of a form is dropped silently: the row stays in the draft */
        return RC_OK;
    if (a->value) {
        if ((rc = doc_parse(a->value, strlen(a->value), &doc, err)) != RC_OK)
            return rc;
        vector = mem_array(node_count(doc_root(doc)), sizeof *vector);
        for (const struct node *v = node_first(doc_root(doc)); v; v = node_next(v))
            vector[n++] = v;
        state_answer(form, inst, vector, n);
        free(inst->source);
        inst->source = mem_dup(node_text(n ? extension_value(vector[0], EXT_FROM_RECORD) : NULL));
        free(vector);
        doc_free(doc);
        inst->is_loaded = n > 0;
        inst->overridden = n == 0 && inst->item->calculated && !inst_read_only(inst);
    }
    inst->touched = !inst->item->calculated || inst->overridden;
    if (a->absent) {
        free(inst->absent);
        inst->absent = mem_dup(a->absent);
    }
    return RC_OK;
}

enum rc sitting_load(struct store *st, struct sitting *s, struct err *err)
{
    struct draft_answer *answer = NULL;
    size_t n = 0;
    enum rc rc = draft_answers(st, s->draft.id, &answer, &n, err);

    s->form->is_loading = n > 0;
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_OK)
            rc = load_draft_answer(s->form, &answer[i], err);
        draft_answer_done(&answer[i]);
    }
    free(answer);
    form_recompute(s->form);
    s->form->is_loading = false;
    if (n)
        sitting_all_saved(s->form);
    return rc;
}

/* --- Somebody else at the same draft --- */

static int by_path(const void *path, const void *row)
{
    return strcmp(path, ((const struct draft_answer *)row)->path);
}

/* The rows are in the order of their paths (draft_answers). */
static const struct draft_answer *row_of(const struct draft_answer *row, size_t n, const char *path)
{
    return n ? bsearch(path, row, n, sizeof *row, by_path) : NULL;
}

static bool is_said(const struct form *form, const struct inst *inst, const struct draft_answer *row)
{
    char *text = form_answers_text(form, inst->path);
    bool same = strcmp(text ? text : "", row->value && strcmp(row->value, "[]") ? row->value : "") == 0 &&
                strcmp(inst->absent ? inst->absent : "", row->absent ? row->absent : "") == 0;

    free(text);
    return same;
}

/* What they answered or took away, everywhere but where this sitting has an answer of its own to write. */
static enum rc take_rows(struct form *form, const struct draft_answer *row, size_t n, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct inst *inst = state_find(form, row[i].path, true);

        if (!inst || inst->is_dirty || is_said(form, inst, &row[i]))
            continue;
        rc = load_draft_answer(form, &row[i], err);
        inst->is_dirty = false;
    }
    for (size_t i = 0; i < form->n_insts && rc == RC_OK; i++) {
        struct inst *inst = form->inst[i];

        if (!inst->n_answers || inst->is_dirty || inst->item->calculated || row_of(row, n, inst->path))
            continue;
        state_answer(form, inst, NULL, 0);
        inst->is_dirty = false;
    }
    form_recompute(form);
    return rc;
}

enum rc sitting_catch_up(struct store *st, struct sitting *s, bool *is_news, struct err *err)
{
    struct draft now = { 0 };
    struct draft_answer *row = NULL;
    size_t n = 0;
    enum rc rc = draft_get(st, s->draft.id, &now, err);

    *is_news = false;
    if (rc == RC_OK && strcmp(now.questionnaire, s->draft.questionnaire))
        rc = err_set(err, RC_STALE, _("Somebody took this form to another version meanwhile. Leave it and open it again; what was answered before is there."));
    else if (rc == RC_OK && now.saves != s->draft.saves && (rc = draft_answers(st, s->draft.id, &row, &n, err)) == RC_OK) {
        rc = take_rows(s->form, row, n, err);
        s->draft.saves = now.saves;
        *is_news = true;
    }
    for (size_t i = 0; i < n; i++)
        draft_answer_done(&row[i]);
    free(row);
    draft_done(&now);
    return rc;
}

enum rc sitting_count_saves(struct store *st, struct sitting *s, struct err *err)
{
    struct draft now = { 0 };
    enum rc rc = draft_get(st, s->draft.id, &now, err);

    if (rc == RC_OK)
        s->draft.saves = now.saves;
    draft_done(&now);
    return rc;
}

enum rc sitting_no_news(struct store *st, const struct sitting *s, struct err *err)
{
    struct draft now = { 0 };
    enum rc rc = draft_get(st, s->draft.id, &now, err);

    if (rc == RC_OK && now.saves != s->draft.saves)
        rc = err_set(err, RC_STALE, _("Somebody else answered in this form meanwhile. Look at it, then finish again."));
    draft_done(&now);
    return rc;
}
