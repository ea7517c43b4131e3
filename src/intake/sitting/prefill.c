/* What the record says now is worked out in a second form, opened on the record of this moment and given the
 * answers there are; the form being filled is only touched by prefill_take. */
#include "intake/sitting/prefill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"
#include "intake/sitting/populate.h"
#include "store/store.h"

void prefill_done(struct prefill *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct prefill_line *line = &p->line[i];

        free(line->path);
        free(line->link_id);
        free(line->text);
        free(line->now);
        free(line->record);
        free(line->from);
        free(line->value);
    }
    free(p->line);
    *p = (struct prefill){0};
}

/* --- The second form --- */

struct beside { struct doc *patient; struct populate *launch; struct form *form; };

static void beside_done(struct beside *b)
{
    form_close(b->form);
    populate_close(b->launch);
    doc_free(b->patient);
}

static void copy_answers(struct form *to, const struct form *from)
{
    for (size_t i = 0; i < from->n_insts; i++) {
        const struct inst *inst = from->inst[i];
        struct inst *same = state_find(to, inst->path, true);

        if (!same || !inst->n_answers)
            continue;
        state_answer(to, same, (const struct node *const *)inst->answer, inst->n_answers);
        same->is_loaded = true;
        same->overridden = inst->overridden;
    }
}

static void settle(struct form *form)
{
    form->is_loading = true;
    form_recompute(form);
    form->is_loading = false;
}

static enum rc beside_open(struct store *st, const struct grant *grant, const struct sitting *s, struct beside *b, struct err *err)
{
    struct form_context context;
    enum rc rc;

    if ((rc = store_get(st, "Patient", s->draft.patient, &b->patient, err)) != RC_OK ||
        (rc = populate_open(st, grant, b->patient, &b->launch, err)) != RC_OK)
        return rc;
    context = *populate_context(b->launch);
    context.has_answers = true;
    if ((rc = form_open(s->questionnaire, &context, &b->form, err)) != RC_OK)
        return rc;
    copy_answers(b->form, s->form);
    settle(b->form);
    return RC_OK;
}

/* --- Questions --- */

static struct prefill_line *line_add(struct prefill *p, const struct inst *inst)
{
    MEM_ROOM(p->line, p->n, p->cap);
    p->line[p->n] = (struct prefill_line){ .path = mem_dup(inst->path), .link_id = mem_dup(inst->item->link_id),
                                           .text = mem_dup(*inst->item->text ? inst->item->text : inst->item->link_id) };
    return &p->line[p->n++];
}

static char *words_of(const struct inst *inst, const struct node *const *answer, size_t n)
{
    struct buf words = {0};

    for (size_t i = 0; i < n; i++) {
        char *one = inst_answer_words(inst, answer[i]);

        buf_printf(&words, "%s%s", i ? "; " : "", one);
        free(one);
    }
    return words.len ? buf_take(&words) : mem_dup("");
}

static void compare_question(struct form *form, struct inst *inst, struct prefill *out)
{
    struct doc *doc = doc_new(NULL);
    struct node *array = node_set_array(doc, doc_root(doc), "answer");
    const struct node **answer = NULL;
    struct buf value = {0};
    char *source = NULL;
    size_t n = 0;

    if (initial_of_record(form, inst, doc, array, &source) && source && node_count(array)) {
        answer = answer_vector(array, &n);
        if (!answers_equal(inst, answer, n)) {
            struct prefill_line *line = line_add(out, inst);

            line->now = words_of(inst, (const struct node *const *)inst->answer, inst->n_answers);
            line->record = words_of(inst, answer, n);
            line->from = mem_dup(source);
            node_write(&value, array);
            line->value = buf_take(&value);
        }
    }
    free(answer);
    free(source);
    doc_free(doc);
}

/* --- Groups --- */

/* What the record gives the questions below one repetition: {"path below": [answers]}, with its words. */
struct filled { struct doc *doc; struct buf words; char *from; };

static void fill_below(struct form *form, struct inst *inst, size_t skip, struct filled *f)
{
    for (size_t i = 0; i < inst->n_sets * inst->item->n_children; i++)
        for (size_t k = 0; k < inst->slot[i].n; k++) {
            struct inst *below = inst->slot[i].inst[k];
            struct node *array = node_set_array(f->doc, doc_root(f->doc), below->path + skip);
            char *source = NULL;

            if (below->enabled && initial_of_record(form, below, f->doc, array, &source) && node_count(array)) {
                size_t n;
                const struct node **answer = answer_vector(array, &n);
                char *words = words_of(below, answer, n);

                buf_printf(&f->words, "%s%s", f->words.len ? ", " : "", words);
                free(words);
                free(answer);
                if (!f->from && source)
                    f->from = mem_dup(source);
            } else {
                node_remove(f->doc, array);
            }
            free(source);
            fill_below(form, below, skip, f);
        }
}

static bool is_filled_so(struct form *form, const struct inst *group, const struct filled *f)
{
    for (const struct node *m = node_first(doc_root(f->doc)); m; m = node_next(m)) {
        char *path = mem_printf("%s/%s", group->path, node_name(m));
        const struct inst *inst = state_find(form, path, false);
        size_t n;
        const struct node **answer = answer_vector(m, &n);
        bool same = inst && answers_equal(inst, answer, n);

        free(answer);
        free(path);
        if (!same)
            return false;
    }
    return true;
}

static void compare_one(struct form *form, struct slot *slot, size_t n_before, struct prefill *out)
{
    struct inst *trial = slot->inst[slot->n - 1];
    struct filled f = { .doc = doc_new(NULL) };
    bool is_known = false;

    fill_below(form, trial, strlen(trial->path) + 1, &f);
    for (size_t r = 0; r < n_before && !is_known; r++)
        is_known = is_filled_so(form, slot->inst[r], &f);
    if (!is_known && node_count(doc_root(f.doc))) {
        struct prefill_line *line = line_add(out, slot->inst[0]);

        line->is_group = true;
        line->now = mem_dup("");
        line->record = mem_dup(buf_text(&f.words));
        line->from = mem_dup(f.from ? f.from : _("from the record"));
        line->value = doc_text(f.doc, NULL);
    }
    buf_done(&f.words);
    free(f.from);
    doc_free(f.doc);
}

/* Each item of the context is tried in a repetition of its own that nobody sees. */
static void compare_group(struct form *form, struct inst *first, struct prefill *out)
{
    size_t child = inst_child_index(first), n_before;
    struct inst *parent = first->parent, *trial;
    struct fp_result result;
    struct slot *slot;

    if (!population_result(form, first, &result))
        return;
    n_before = inst_slot(parent, first->set, child)->n;
    trial = result.n ? state_repeat(form, parent, first->set, child) : NULL;
    if (trial)
        settle(form);
    for (size_t i = 0; trial && i < result.n; i++) {
        population_bind(form, trial, fp_result_at(&result, i));
        view_forget(form);
        slot = inst_slot(parent, first->set, child);
        compare_one(form, slot, n_before, out);
    }
    fp_result_done(&result);
}

/* --- All of it --- */

enum rc prefill_find(struct store *st, const struct grant *grant, struct sitting *s, struct prefill *out, struct err *err)
{
    struct beside b = {0};
    struct inst **inst = NULL;
    char subject[sizeof s->draft.id + sizeof "draft="];
    size_t n = 0;
    enum rc rc = beside_open(st, grant, s, &b, err);

    *out = (struct prefill){0};
    if (rc == RC_OK) {      /* trying a group adds to the list that is walked: walk what it was */
        n = b.form->n_insts;
        inst = mem_array(n, sizeof *inst);
        memcpy(inst, b.form->inst, n * sizeof *inst);
        for (size_t i = 0; i < n; i++) {
            bool is_group = inst[i]->item->type == FORM_GROUP && inst[i]->item->repeats && inst[i]->item->population;

            if (!inst[i]->enabled || inst_hidden(inst[i]))
                continue;
            if (is_group && inst[i]->rep == 0)
                compare_group(b.form, inst[i], out);
            else if (!inst[i]->item->calculated)
                compare_question(b.form, inst[i], out);
        }
        snprintf(subject, sizeof subject, "draft=%s", s->draft.id);
        rc = populate_audit(st, grant, b.launch, subject, err);
    }
    free(inst);
    beside_done(&b);
    if (rc != RC_OK)
        prefill_done(out);
    return rc;
}

/* --- Taking --- */

static enum rc take_answers(struct form *form, const char *path, const struct node *answers, const char *from, struct err *err)
{
    enum rc rc = form_set_json(form, path, answers, err);
    struct inst *inst = rc == RC_OK ? state_find(form, path, false) : NULL;

    if (!inst)
        return rc;
    free(inst->source);
    inst->source = mem_dup(from);
    inst->is_confirmed = false;
    rows_rebuild(form);
    return RC_OK;
}

/* The last repetition when it is still blank, else one more. */
static enum rc place_of(struct form *form, const char *first, char **path, struct err *err)
{
    struct inst *inst = state_find(form, first, false);
    struct slot *slot;
    enum rc rc;

    if (!inst)
        return err_set(err, RC_INVALID, _("Item %.80s is not asked now."), first);
    slot = inst_slot(inst->parent, inst->set, inst_child_index(inst));
    if (inst_has_answered(slot->inst[slot->n - 1])) {
        if ((rc = form_repeat(form, first, err)) != RC_OK)
            return rc;
        slot = inst_slot(inst->parent, inst->set, inst_child_index(inst));
    }
    *path = mem_dup(slot->inst[slot->n - 1]->path);
    return RC_OK;
}

enum rc prefill_take(struct sitting *s, struct prefill_line *line, struct err *err)
{
    struct doc *value = NULL;
    char *group = NULL;
    enum rc rc = doc_parse(line->value, strlen(line->value), &value, err);

    if (rc == RC_OK && !line->is_group)
        rc = take_answers(s->form, line->path, doc_root(value), line->from, err);
    else if (rc == RC_OK && (rc = place_of(s->form, line->path, &group, err)) == RC_OK)
        for (const struct node *m = node_first(doc_root(value)); m && rc == RC_OK; m = node_next(m)) {
            char *path = mem_printf("%s/%s", group, node_name(m));

            rc = take_answers(s->form, path, m, line->from, err);
            free(path);
        }
    line->is_taken = rc == RC_OK;
    free(group);
    doc_free(value);
    return rc;
}
