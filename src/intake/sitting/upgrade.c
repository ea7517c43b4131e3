#include "intake/sitting/upgrade.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/sitting/aside.h"
#include "intake/model.h"
#include "intake/sitting/populate.h"
#include "intake/sitting/sitting_parts.h"
#include "store/store.h"

void upgrade_done(struct upgrade *u)
{
    for (size_t i = 0; i < u->n; i++) {
        free(u->line[i].link_id);
        free(u->line[i].text);
        free(u->line[i].before);
        free(u->line[i].why);
        free(u->line[i].value);
    }
    free(u->line);
    free(u->from);
    free(u->to);
    free(u->questionnaire);
    *u = (struct upgrade){ 0 };
}

static struct upgrade_line *add_line(struct upgrade *u, enum upgrade_kind kind, const struct item *item, const char *before, const char *why)
{
    MEM_ROOM(u->line, u->n, u->cap);
    u->line[u->n] = (struct upgrade_line){ .kind = kind, .link_id = mem_dup(item->link_id), .before = mem_dup(before), .why = mem_dup(why),
                                           .text = mem_dup(*item->text ? item->text : item->link_id) };
    return &u->line[u->n++];
}

static bool is_question(const struct item *item)
{
    return item->type != FORM_GROUP && item->type != FORM_DISPLAY;
}

/* --- Carrying over --- */

static char *words_of(const struct inst *inst)
{
    struct buf words = { 0 };

    for (size_t i = 0; i < inst->n_answers; i++) {
        char *one = inst_answer_words(inst, inst->answer[i]);

        buf_printf(&words, "%s%s", i ? "; " : "", one);
        free(one);
    }
    return words.len ? buf_take(&words) : mem_dup(inst->absent ? inst->absent : "");
}

static void lose(struct upgrade *u, const struct form *form, const struct inst *old, const char *why)
{
    char *words = words_of(old);

    add_line(u, UPGRADE_LOST, old->item, words, why)->value = form_answers_text(form, old->path);
    free(words);
}

static void carry_answers(struct upgrade *u, const struct form *old_form, const struct inst *old, struct form *form, struct inst *new)
{
    struct doc *doc = doc_new(NULL);
    struct node *array = node_set_array(doc, doc_root(doc), "answer");
    const char *why = upgrade_fit(old, new, doc, array);
    const struct node **vector = mem_array(node_count(array), sizeof *vector);
    size_t n = 0;

    for (const struct node *a = node_first(array); a; a = node_next(a))
        vector[n++] = a;
    if (why) {
        lose(u, old_form, old, why);
    } else {
        state_answer(form, new, vector, n);
        new->touched = true;
        new->overridden = old->overridden && new->item->calculated;
        free(new->source);
        new->source = mem_dup(old->source);
        u->n_kept++;
    }
    free(vector);
    doc_free(doc);
}

/* A worked out value that a person took away stays away. */
static void carry_cleared(const struct inst *old, struct form *form)
{
    struct inst *new = old->overridden && !old->n_answers ? upgrade_place(form, old) : NULL;

    if (!new || !new->item->calculated || inst_read_only(new))
        return;
    state_answer(form, new, NULL, 0);
    new->overridden = new->touched = true;
}

/* What the form works out itself is worked out again; everything a person said goes on or is lost by name. */
static void carry(struct upgrade *u, const struct form *old_form, const struct inst *old, struct form *form)
{
    struct inst *new;

    if (!is_question(old->item) || (!old->n_answers && !old->absent) || (old->item->calculated && !old->overridden))
        return;
    new = upgrade_place(form, old);
    if (!new || !is_question(new->item)) {
        lose(u, old_form, old, item_by_link(form, old->item->link_id) ? _("it stands in another part of the form now") : _("it is not asked any more"));
    } else if (new->item->calculated && inst_read_only(new)) {
        lose(u, old_form, old, _("the form works it out itself now"));
    } else if (old->n_answers) {
        carry_answers(u, old_form, old, form, new);
    } else {
        free(new->absent);
        new->absent = mem_dup(old->absent);
        new->is_dirty = new->touched = true;
        u->n_kept++;
    }
}

/* --- What else is different --- */

static bool same_words(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Options that came, went, or read or count otherwise now. */
static char *options_change(const struct item *old, const struct item *new)
{
    size_t more = 0, fewer = 0, other = 0;

    for (size_t i = 0; i < new->choices->n; i++) {
        const struct option *is = &new->choices->option[i], *was = option_of(old->choices, is->value);

        more += !was;
        other += was && (!same_words(was->label, is->label) || !same_words(was->score, is->score));
    }
    for (size_t i = 0; i < old->choices->n; i++)
        fewer += !option_of(new->choices, old->choices->option[i].value);
    if (!more && !fewer && !other)
        return mem_dup("");
    if (!other)
        return mem_printf(_("to choose from: %zu new, %zu gone"), more, fewer);
    return mem_printf(_("to choose from: %zu new, %zu gone, %zu read or count otherwise"), more, fewer, other);
}

static bool is_answered(const struct form *form, const struct item *item)
{
    for (size_t i = 0; i < form->n_insts; i++)
        if (form->inst[i]->item == item && (form->inst[i]->n_answers || form->inst[i]->absent))
            return true;
    return false;
}

static void compare(struct upgrade *u, const struct form *old_form, const struct form *form)
{
    for (size_t i = 0; i < form->n_items; i++) {
        const struct item *new = form->item[i], *old = item_by_link(old_form, new->link_id);
        char *options;

        if (!old) {
            if (is_question(new) && !new->hidden)
                add_line(u, UPGRADE_NEW, new, "", "")->is_required = new->required;
            continue;
        }
        options = options_change(old, new);
        if (strcmp(old->text, new->text) || *options)
            add_line(u, UPGRADE_CHANGED, new, strcmp(old->text, new->text) ? old->text : "", options);
        free(options);
    }
    for (size_t i = 0; i < old_form->n_items; i++) {
        const struct item *old = old_form->item[i];

        if (is_question(old) && !old->hidden && !old->calculated && !item_by_link(form, old->link_id) && !is_answered(old_form, old))
            add_line(u, UPGRADE_GONE, old, "", "");
    }
}

/* --- Planning and doing --- */

/* What the person answered is all there is to be in it: the record fills in nothing that was asked before. */
static enum rc open_beside_answers(struct sitting *s, struct err *err)
{
    struct form_context context = *populate_context(s->launch);

    context.has_answers = true;
    return form_open(s->questionnaire, &context, &s->form, err);
}

/* Questions that are new get their first values. */
static void ask_first_time(const struct form *old_form, struct form *form)
{
    state_order(form);
    for (size_t i = 0; i < form->n_insts; i++)
        if (!item_by_link(old_form, form->inst[i]->item->link_id))
            form->inst[i]->initialised = false;
}

/* The draft as it is, and its answers in the newest form there is. */
static enum rc prepare(struct store *st, const struct grant *grant, const char *id, struct sitting *old, struct sitting *new,
                       struct upgrade *u, struct err *err)
{
    enum rc rc = sitting_resume(st, grant, id, old, err);

    if (rc != RC_OK)
        return rc;
    if (old->draft.amends[0])
        return err_set(err, RC_DENIED, _("An amendment stays in the version that was answered."));
    if ((rc = version_newest(st, old->questionnaire, &new->questionnaire, err)) != RC_OK ||
        (rc = populate_open(st, grant, old->patient, &new->launch, err)) != RC_OK ||
        (rc = open_beside_answers(new, err)) != RC_OK)
        return rc;
    u->from = version_words(old->questionnaire);
    u->to = version_words(new->questionnaire);
    u->questionnaire = version_name(new->questionnaire);
    for (size_t i = 0; i < old->form->n_insts; i++) {
        carry(u, old->form, old->form->inst[i], new->form);
        carry_cleared(old->form->inst[i], new->form);
    }
    ask_first_time(old->form, new->form);
    form_recompute(new->form);
    compare(u, old->form, new->form);
    memcpy(new->draft.id, old->draft.id, sizeof new->draft.id);
    return sitting_audit_reads(st, grant, new, err);
}

enum rc upgrade_plan(struct store *st, const struct grant *grant, const char *draft_id, struct upgrade *out, struct err *err)
{
    struct sitting old = { 0 }, new = { 0 };
    enum rc rc;

    *out = (struct upgrade){ 0 };
    rc = prepare(st, grant, draft_id, &old, &new, out, err);
    sitting_done(&new);
    sitting_done(&old);
    if (rc != RC_OK)
        upgrade_done(out);
    return rc;
}

static void put_aside(struct draft *d, const struct upgrade *u)
{
    for (size_t i = 0; i < u->n; i++) {
        const struct upgrade_line *line = &u->line[i];
        char *aside, *why;

        if (line->kind != UPGRADE_LOST)
            continue;
        why = mem_printf(_("answered in %s; in %s %s"), u->from, u->to, line->why);
        aside = aside_add(d->aside, &(struct aside){ .kind = ASIDE_UNFIT, .link_id = line->link_id, .text = line->text,
                                                     .answer = line->before, .why = why, .value = line->value });
        free(why);
        free(d->aside);
        d->aside = aside;
    }
}

static void fill_draft(struct sitting *new, const struct sitting *old, const struct upgrade *u)
{
    struct draft *d = &new->draft;
    const struct form_row *row = form_row_by_path(new->form, old->draft.position);

    *d = (struct draft){ .questionnaire = mem_dup(u->questionnaire), .title = mem_dup(form_title(new->form)), .aside = mem_dup(old->draft.aside) };
    memcpy(d->id, old->draft.id, sizeof d->id);
    memcpy(d->patient, old->draft.patient, sizeof d->patient);
    d->position = mem_dup(row ? row->path : form_rows(new->form) ? form_row(new->form, 0)->path : "");
    form_progress(new->form, &d->answered, &d->total);
    put_aside(d, u);
}

static enum rc write_it(struct store *st, const struct grant *grant, const struct sitting *old, struct sitting *new, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < new->form->n_insts; i++)
        new->form->inst[i]->is_dirty |= new->form->inst[i]->n_answers > 0;
    if ((rc = sitting_no_news(st, old, err)) == RC_OK)
        rc = draft_replace(st, grant, &new->draft, err);
    if (rc == RC_OK)
        rc = sitting_save_changed(st, grant, new, err);
    return store_end(st, rc, err);
}

enum rc upgrade_apply(struct store *st, const struct grant *grant, const char *draft_id, const char *questionnaire,
                      struct upgrade *out, struct err *err)
{
    struct sitting old = { 0 }, new = { 0 };
    enum rc rc;

    *out = (struct upgrade){ 0 };
    rc = prepare(st, grant, draft_id, &old, &new, out, err);
    if (rc == RC_OK && questionnaire && strcmp(questionnaire, out->questionnaire))
        rc = err_set(err, RC_STALE, _("Draft %s: there is another newest version by now; look at it first."), draft_id);
    if (rc == RC_OK) {
        fill_draft(&new, &old, out);
        rc = write_it(st, grant, &old, &new, err);
    }
    sitting_done(&new);
    sitting_done(&old);
    if (rc != RC_OK)
        upgrade_done(out);
    return rc;
}

enum rc upgrade_back(struct store *st, const struct grant *grant, const char *draft_id, struct err *err)
{
    return draft_put_back(st, grant, draft_id, err);
}
