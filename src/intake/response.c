/* response.c - the QuestionnaireResponse of a form, in the shape R4 wants: a repeating question is
 * one item with many answers, a repeating group many adjacent items, and what stands below a
 * question stands inside its answer. Items follow the order of the questionnaire. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/model.h"

static void add_children(struct doc *doc, struct node *parent, const struct inst *inst, size_t set, bool is_final);

static bool is_kept(const struct inst *inst, bool is_final)
{
    return inst_has_answered(inst) || (is_final && inst->absent && inst->enabled);
}

/* Anything in it, or a reason given anywhere below. A required group of words alone stands without any. */
static bool has_kept(const struct inst *inst, bool is_final)
{
    if (!inst->enabled || inst->item->type == FORM_DISPLAY)
        return false;
    if (is_kept(inst, is_final) || (is_final && inst->item->type == FORM_GROUP && inst->item->required && !item_has_question(inst->item)))
        return true;
    for (size_t i = 0; is_final && i < inst->n_sets * inst->item->n_children; i++)
        for (size_t k = 0; k < inst->slot[i].n; k++)
            if (has_kept(inst->slot[i].inst[k], is_final))
                return true;
    return false;
}

static void add_absent(struct doc *doc, struct node *node, const char *code)
{
    struct node *extension = node_add_object(doc, node_set_array(doc, node, "extension"));

    node_set_str(doc, extension, "url", EXT_ABSENT);
    node_set_str(doc, extension, "valueCode", code);
}

/* The id of an option names it inside the form; two answers that copy it would share it. */
static void drop_id(struct doc *doc, struct node *answer)
{
    const char *type;
    const struct node *value = answer_value(answer, &type);

    if (value && node_is(value, NODE_OBJECT) && node_get(value, "id"))
        node_remove_name(doc, node_get(answer, node_name(value)), "id");
}

/* Words of a group that has nothing else. */
static void add_words(struct doc *doc, struct node *node, const struct item *group)
{
    struct node *array = node_set_array(doc, node, "item");

    for (size_t i = 0; i < group->n_children; i++) {
        struct node *word = node_add_object(doc, array);

        node_set_str(doc, word, "linkId", group->child[i]->link_id);
        node_set_str(doc, word, "text", node_str(group->child[i]->node, "text"));
    }
}

static void add_item(struct doc *doc, struct node *array, struct inst *inst, bool is_final)
{
    struct node *node = node_add_object(doc, array), *answers;

    inst->built = node;
    node_set_str(doc, node, "linkId", inst->item->link_id);
    if (is_final)
        node_set_str(doc, node, "text", node_str(inst->item->node, "text"));
    if (is_final && inst->absent && !inst->n_answers)
        add_absent(doc, node, inst->absent);
    if (inst->item->type == FORM_GROUP)
        add_children(doc, node, inst, 0, is_final);
    if (inst->item->type == FORM_GROUP && inst->item->n_children && !item_has_question(inst->item))
        add_words(doc, node, inst->item);
    if (!inst->n_answers)
        return;
    answers = node_set_array(doc, node, "answer");
    for (size_t i = 0; i < inst->n_answers; i++) {
        struct node *answer = node_add_copy(doc, answers, inst->answer[i]);

        drop_id(doc, answer);
        if (inst->item->n_children)
            add_children(doc, answer, inst, i, is_final);
    }
}

static void add_children(struct doc *doc, struct node *parent, const struct inst *inst, size_t set, bool is_final)
{
    struct node *array = NULL;

    for (size_t i = 0; set < inst->n_sets && i < inst->item->n_children; i++) {
        const struct slot *slot = inst_slot(inst, set, i);

        for (size_t k = 0; k < slot->n; k++)
            if (has_kept(slot->inst[k], is_final)) {
                array = array ? array : node_set_array(doc, parent, "item");
                add_item(doc, array, slot->inst[k], is_final);
            }
    }
}

void response_items(const struct form *form, struct doc *doc, bool is_final)
{
    add_children(doc, doc_root(doc), form->top, 0, is_final);
}

const struct node *response_now(struct form *form)
{
    struct view *view = form->view;

    if (view->response_known)
        return doc_root(view->response);
    for (size_t i = 0; i < form->n_insts; i++)
        form->inst[i]->built = NULL;
    doc_free(view->response);
    view->response = doc_new("QuestionnaireResponse");
    node_set_str(view->response, doc_root(view->response), "status", "in-progress");
    if (form->context.patient && *doc_id(form->context.patient))
        reference_set(view->response, doc_root(view->response), "subject", "Patient", doc_id(form->context.patient));
    response_items(form, view->response, false);
    view->response_known = true;
    return doc_root(view->response);
}

/* Questionnaire by canonical where it has one that names it everywhere, else by its id here. */
static void set_questionnaire(const struct form *form, struct doc *doc)
{
    const struct node *q = form->root->node;
    const char *url = node_str(q, "url"), *version = node_str(q, "version");
    char *canonical = strchr(url, ':') ? mem_printf(*version ? "%s|%s" : "%s", url, version) : mem_printf("Questionnaire/%s", doc_id(form->questionnaire));

    node_set_str(doc, doc_root(doc), "questionnaire", canonical);
    free(canonical);
}

static void add_source_extension(struct doc *doc, const char *url, const char *member, const char *value)
{
    struct node *extension;

    if (!value || !*value)
        return;
    extension = node_add_object(doc, node_set_array(doc, doc_root(doc), "extension"));
    node_set_str(doc, extension, "url", url);
    node_set_str(doc, extension, member, value);
}

/* QuestionnaireResponse.source is whoever gave the answers: the patient, unless somebody else did,
 * whom we know by name only. */
static void set_source(struct doc *doc, const char *patient, const struct form_source *source)
{
    struct node *other;

    if (!source || !source->kind || !*source->kind)
        return;
    add_source_extension(doc, EXT_ANSWERS_FROM, "valueCode", source->kind);
    add_source_extension(doc, EXT_PAPER_DATE, "valueDate", source->paper_date);
    add_source_extension(doc, EXT_GIVEN_BY, "valueString", source->who);
    if (strcmp(source->kind, "other")) {
        if (patient && *patient)
            reference_set(doc, doc_root(doc), "source", "Patient", patient);
        return;
    }
    other = node_set_object(doc, doc_root(doc), "source");
    node_set_str(doc, other, "display", source->who && *source->who ? source->who : _("someone else"));
}

static bool is_digits(const char *text)
{
    return *text && strspn(text, "-0123456789.") == strlen(text);
}

static void add_part(struct doc *doc, struct node *extension, const char *url, const char *member, const char *value)
{
    struct node *part = node_add_object(doc, node_set_array(doc, extension, "extension"));

    node_set_str(doc, part, "url", url);
    if (!strcmp(member, "valueDecimal"))
        node_set_number(doc, part, member, value);
    else
        node_set_str(doc, part, member, value);
}

static void add_count(struct doc *doc, struct node *extension, const char *url, int n)
{
    struct node *part = node_add_object(doc, node_set_array(doc, extension, "extension"));

    node_set_str(doc, part, "url", url);
    node_set_int(doc, part, "valueInteger", n);
}

static void set_scores(const struct form *form, struct doc *doc)
{
    for (size_t i = 0; i < form_scores(form); i++) {
        struct form_score score = form_score(form, i);
        struct node *extension;

        if (!is_digits(score.value) && !score.answered)
            continue;
        extension = node_add_object(doc, node_set_array(doc, doc_root(doc), "extension"));
        node_set_str(doc, extension, "url", EXT_SCORE);
        add_part(doc, extension, "name", "valueString", score.name);
        if (is_digits(score.value))     /* not known is said by leaving it out, never by a zero */
            add_part(doc, extension, "value", "valueDecimal", score.value);
        if (*score.band)
            add_part(doc, extension, "band", "valueString", score.band);
        add_count(doc, extension, "answered", score.answered);
        add_count(doc, extension, "of", score.of);
    }
}

enum rc form_response(const struct form *form, const char *id, const char *status, const char *patient,
                      const char *author, const struct form_source *source, struct doc **out, struct err *err)
{
    struct doc *doc;
    char now[CLOCK_TEXT];
    bool is_complete = !strcmp(status, "completed") || !strcmp(status, "amended");

    if (is_complete && form_problems(form))
        return err_set(err, RC_INVALID, _("QuestionnaireResponse %s is not complete: %zu to fix."), id ? id : "", form_problems(form));
    doc = doc_new("QuestionnaireResponse");
    node_set_str(doc, doc_root(doc), "id", id);
    set_source(doc, patient, source);
    set_scores(form, doc);
    set_questionnaire(form, doc);
    node_set_str(doc, doc_root(doc), "status", status);
    if (patient && *patient)
        reference_set(doc, doc_root(doc), "subject", "Patient", patient);
    if (form->context.encounter && *doc_id(form->context.encounter))
        reference_set(doc, doc_root(doc), "encounter", "Encounter", doc_id(form->context.encounter));
    clock_datetime(clock_now_ms(), now);
    node_set_str(doc, doc_root(doc), "authored", now);
    if (author && *author)
        reference_set(doc, doc_root(doc), "author", "Practitioner", author);
    response_items(form, doc, true);
    *out = doc;
    return RC_OK;
}
