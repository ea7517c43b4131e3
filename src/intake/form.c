/* form.c - opening a form and changing it: what screens, --linear and the command line call. */
#include "intake/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/datatype.h"
#include "intake/model.h"

enum { UNTITLED = 60 };     /* cells of the first words of a form without a title */

/* A form without title and name is called by its first words: its id tells nobody anything. */
static char *title_of(const struct form *form)
{
    const struct node *root = form->root->node;
    const char *words = "";

    if (*node_str(root, "title") || *node_str(root, "name"))
        return plain_text(*node_str(root, "title") ? translated(root, "title", form->language) : node_str(root, "name"), false);
    for (size_t i = 0; i < form->n_items && !*words; i++)
        words = form->item[i]->text ? form->item[i]->text : "";
    return *words ? mem_printf("\"%.*s%s\"", (int)utf8_clip(words, UNTITLED), words, words[utf8_clip(words, UNTITLED)] ? "..." : "")
                  : mem_dup(_("untitled form"));
}

enum rc form_open(const struct doc *questionnaire, const struct form_context *context, struct form **out, struct err *err)
{
    struct form *form = mem_alloc(sizeof *form);
    enum rc rc;

    *out = NULL;
    form->questionnaire = questionnaire;
    if (context)
        form->context = *context;
    form->language = form->context.patient ? language_spoken(doc_root(form->context.patient)) : "";    /* the patient's, not the staff's */
    form->clock = 1;
    form->view = mem_alloc(sizeof *form->view);
    form->pool = doc_new(NULL);
    form->answers = node_set_array(form->pool, doc_root(form->pool), "answer");
    rc = definition_load(form, err);
    if (rc != RC_OK) {
        form_close(form);
        return rc;
    }
    form->title = title_of(form);
    form->top = state_new(form, form->root, NULL, 0, 0);
    form->top->enabled = true;
    form->is_loading = form->context.has_answers;
    form_recompute(form);
    form->is_loading = false;
    free(form->change_words);
    form->change_words = mem_dup("");
    *out = form;
    return RC_OK;
}

static void strings_free(char **text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(text[i]);
    free(text);
}

void form_close(struct form *form)
{
    if (!form)
        return;
    view_forget(form);
    state_free(form->top);
    definition_free(form);
    doc_free(form->view->response);
    strings_free(form->view->words, form->view->n_words);
    free(form->view->problem);
    free(form->view->warning);
    free(form->view->score);
    free(form->view->cached);
    free(form->view);
    for (size_t i = 0; i < form->n_defects; i++)
        free(form->defect[i].words);
    free(form->defect);
    free(form->by_words);
    strings_free(form->gone, form->n_gone);
    for (size_t i = 0; i < form->n_searches; i++) {
        free(form->search[i].query);
        doc_free(form->search[i].bundle);
        free(form->search[i].why);
    }
    free(form->search);
    for (size_t i = 0; i < form->n_known; i++) {
        free(form->known[i].url);
        doc_free(form->known[i].doc);
    }
    free(form->known);
    free(form->by_link);
    doc_free(form->pool);
    arena_done(&form->texts);
    free(form->change_words);
    free(form->title);
    free(form->inst);
    free(form->shown);
    free(form->row);
    free(form);
}

const char *form_title(const struct form *form)
{
    return form->title;
}

void form_set_day_first(struct form *form, bool day_first)
{
    form->day_first = day_first;
}

/* --- Changing --- */

/* The inst a person may answer now. */
static enum rc answerable(struct form *form, const char *path, struct inst **out, struct err *err)
{
    struct inst *inst = state_find(form, path, false);

    *out = inst;
    if (!inst || !inst->is_visible)
        return err_set(err, RC_INVALID, _("Item %.80s is not asked now."), path);
    if (inst->item->type == FORM_GROUP || inst->item->type == FORM_DISPLAY)
        return err_set(err, RC_INVALID, _("Item %.80s is not a question."), path);
    if (inst_read_only(inst))
        return err_set(err, RC_INVALID, _("This is filled in by the form."));
    return RC_OK;
}

static void set_answers(struct form *form, struct inst *inst, const struct node *array)
{
    const struct node **answer = mem_array(node_count(array), sizeof *answer);
    size_t n = 0;

    for (const struct node *a = node_first(array); a; a = node_next(a))
        answer[n++] = a;
    inst->touched = inst->is_confirmed = true;
    inst->overridden = inst->item->calculated && !inst_read_only(inst);
    state_answer(form, inst, answer, n);
    form_recompute(form);
    free(answer);
}

enum rc form_type_answer(struct form *form, const char *path, const char *typed, struct err *err)
{
    struct doc *doc;
    struct node *array;
    struct inst *inst;
    enum rc rc = answerable(form, path, &inst, err);

    if (rc != RC_OK)
        return rc;
    doc = doc_new(NULL);
    array = node_set_array(doc, doc_root(doc), "answer");
    rc = answer_typed(form, inst, typed, doc, array, err);
    if (rc == RC_OK)
        set_answers(form, inst, array);
    doc_free(doc);
    return rc;
}

/* What stays when option o is switched on (or off): free text and other options of a repeating
 * question, but none beside an exclusive one. */
static bool stays(const struct inst *inst, const struct node *answer, const struct option *o, bool on)
{
    const struct option *other = option_of(inst_choices(inst), answer);

    if (other == o)
        return false;
    return !on || (inst_flag(inst, PROPERTY_REPEATS) && !o->is_exclusive && !(other && other->is_exclusive));
}

enum rc form_choose(struct form *form, const char *path, size_t option, bool on, struct err *err)
{
    const struct option *o;
    struct inst *inst;
    struct doc *doc;
    struct node *array;
    bool placed = !on;
    enum rc rc = answerable(form, path, &inst, err);

    if (rc != RC_OK)
        return rc;
    if (option >= inst_choices(inst)->n)
        return err_set(err, RC_INVALID, _("Item %.80s has no such answer."), path);
    o = &inst_choices(inst)->option[option];
    if (on && option_disabled(inst, o))
        return err_set(err, RC_INVALID, _("This answer is not offered as things stand."));
    doc = doc_new(NULL);
    array = node_set_array(doc, doc_root(doc), "answer");
    for (size_t i = 0; i < inst->n_answers; i++) {
        const struct option *other = option_of(inst_choices(inst), inst->answer[i]);

        if (!placed && other > o) {     /* chosen options stand in the order of the form */
            node_add_copy(doc, array, o->value);
            placed = true;
        }
        if (stays(inst, inst->answer[i], o, on))
            node_add_copy(doc, array, inst->answer[i]);
    }
    if (!placed)
        node_add_copy(doc, array, o->value);
    set_answers(form, inst, array);
    doc_free(doc);
    return RC_OK;
}

enum rc form_set_json(struct form *form, const char *path, const struct node *answers, struct err *err)
{
    struct inst *inst = state_find(form, path, true);

    if (!inst || inst->item->type == FORM_GROUP || inst->item->type == FORM_DISPLAY)
        return err_set(err, RC_INVALID, _("The form has no question %.80s."), path);
    set_answers(form, inst, answers);
    return RC_OK;
}

enum rc form_set_absent(struct form *form, const char *path, const char *code, struct err *err)
{
    struct inst *inst;
    enum rc rc = answerable(form, path, &inst, err);

    if (rc != RC_OK)
        return rc;
    if (*code && inst->n_answers)
        set_answers(form, inst, NULL);
    free(inst->absent);
    inst->absent = *code ? mem_dup(code) : NULL;
    inst->is_dirty = inst->touched = true;
    form_recompute(form);
    return RC_OK;
}

enum rc form_reset_calculated(struct form *form, const char *path, struct err *err)
{
    struct inst *inst;
    enum rc rc = answerable(form, path, &inst, err);

    if (rc != RC_OK)
        return rc;
    if (!inst->item->calculated)
        return err_set(err, RC_INVALID, _("Item %.80s is not worked out by the form."), path);
    inst->overridden = inst->is_loaded = false;
    inst->calculated_stamp = 0;
    form_recompute(form);
    return RC_OK;
}

/* --- Repetitions --- */

static enum rc repetition(struct form *form, const char *path, struct inst **out, struct err *err)
{
    *out = state_find(form, path, false);
    if (!*out || (*out)->item->type != FORM_GROUP || !inst_flag(*out, PROPERTY_REPEATS))
        return err_set(err, RC_INVALID, _("Item %.80s does not repeat."), path);
    return RC_OK;
}

enum rc form_repeat(struct form *form, const char *path, struct err *err)
{
    struct inst *inst;
    enum rc rc = repetition(form, path, &inst, err);
    struct slot *slot;
    long most;

    if (rc != RC_OK)
        return rc;
    slot = inst_slot(inst->parent, inst->set, inst_child_index(inst));
    most = inst_number(inst, PROPERTY_MAX_OCCURS);
    if (most >= 0 && (long)slot->n >= most)
        return err_set(err, RC_INVALID, _("At most %ld of these."), most);
    if (!state_repeat(form, inst->parent, inst->set, inst_child_index(inst)))
        return err_set(err, RC_INVALID, _("That is more than a form can hold."));
    form_recompute(form);
    return RC_OK;
}

/* The draft must forget these paths, or write them anew. */
static void subtree_gone(struct form *form, struct inst *inst)
{
    inst->is_dirty = true;
    MEM_ROOM(form->gone, form->n_gone, form->cap_gone);
    form->gone[form->n_gone++] = mem_dup(inst->path);
    for (size_t i = 0; i < inst->n_sets * inst->item->n_children; i++)
        for (size_t k = 0; k < inst->slot[i].n; k++)
            subtree_gone(form, inst->slot[i].inst[k]);
}

enum rc form_unrepeat(struct form *form, const char *path, struct err *err)
{
    struct inst *inst, *parent;
    enum rc rc = repetition(form, path, &inst, err);
    struct slot *slot;
    size_t child, set;

    if (rc != RC_OK)
        return rc;
    parent = inst->parent;
    set = inst->set;
    child = inst_child_index(inst);
    slot = inst_slot(parent, set, child);
    for (size_t i = inst->rep; i < slot->n; i++)
        subtree_gone(form, slot->inst[i]);
    for (size_t i = inst->rep; i + 1 < slot->n; i++) {
        slot->inst[i] = slot->inst[i + 1];
        slot->inst[i]->rep = i;
        state_path_renew(slot->inst[i]);
    }
    slot->n--;
    state_free(inst);
    form->is_order_known = false;
    if (slot->n == 0)
        state_repeat(form, parent, set, child);
    state_touch(form, parent);
    parent->item->child[child]->stamp = form->clock;
    form_recompute(form);
    return RC_OK;
}

/* --- Reading --- */

const char *form_change_words(const struct form *form)
{
    return form->change_words ? form->change_words : "";
}

char *form_answers_text(const struct form *form, const char *path)
{
    struct buf text = {0};

    for (size_t i = 0; i < form->n_insts; i++) {
        const struct inst *inst = form->inst[i];

        if (strcmp(inst->path, path))
            continue;
        if (!inst->n_answers)
            return NULL;
        for (size_t k = 0; k < inst->n_answers; k++) {
            buf_char(&text, k ? ',' : '[');
            node_write(&text, inst->answer[k]);
        }
        buf_char(&text, ']');
        return buf_take(&text);
    }
    return NULL;
}

size_t form_problems(const struct form *form)
{
    return form->view->n_problems;
}

struct form_problem form_problem(const struct form *form, size_t i)
{
    return form->view->problem[i];
}

size_t form_warnings(const struct form *form)
{
    return form->view->n_warnings;
}

struct form_problem form_warning(const struct form *form, size_t i)
{
    return form->view->warning[i];
}

size_t form_defects(const struct form *form)
{
    return form->n_defects;
}

const char *form_defect(const struct form *form, size_t i)
{
    return form->defect[i].words;
}
