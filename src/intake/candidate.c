/* candidate.c - options that an expression gives (answerExpression, candidateExpression) and options that an
 * expression takes away (answerOptionsToggleExpression). Each repetition has its own. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "intake/model.h"

enum { CANDIDATES_MAX = 5000 };

/* --- Options from an expression --- */

void resource_words(struct buf *out, const struct node *resource)
{
    static const char *const members[] = { "display", "title", "description", "name" };
    const struct node *name = node_get(resource, "name");

    if (node_is(name, NODE_ARRAY))
        name_plain(out, node_first(name));
    for (size_t i = 0; i < sizeof members / sizeof *members && !out->len; i++)
        buf_add(out, node_str(resource, members[i]));
    if (!out->len)
        concept_words(out, node_get(resource, "code"));
    if (!out->len)
        buf_printf(out, "%s/%s", node_str(resource, "resourceType"), node_str(resource, "id"));
}

/* The words a column gives (choiceColumn), those meant for display before the first. */
static bool column_words(struct form *form, const struct item *item, const struct node *resource, struct buf *out)
{
    const char *path = "";
    struct fhirpath *compiled = NULL;
    struct fp_result result = {0};
    struct fp_env env = { .resource = resource, .context = resource, .questionnaire = form->root->node };

    for (const struct node *e = node_first(node_get(item->node, "extension")); e; e = node_next(e)) {
        const char *own = "";
        bool for_display = false;

        if (strcmp(extension_name(node_str(e, "url")), "choiceColumn") != 0)
            continue;
        for (const struct node *p = node_first(node_get(e, "extension")); p; p = node_next(p)) {
            own = !strcmp(node_str(p, "url"), "path") ? node_str(p, "valueString") : own;
            for_display |= !strcmp(node_str(p, "url"), "forDisplay") && node_bool(p, "valueBoolean");
        }
        path = !*path || for_display ? own : path;
    }
    if (!*path || fhirpath_compile(path, &compiled, NULL) != RC_OK)
        return false;
    if (fhirpath_eval(compiled, &env, &result, NULL) == RC_OK)
        for (size_t i = 0; i < result.n; i++) {
            buf_add(out, i ? " " : "");
            fp_value_text(out, fp_result_at(&result, i));
        }
    fp_result_done(&result);
    fhirpath_free(compiled);
    return out->len > 0;
}

static void add_candidate(struct form *form, struct inst *inst, struct node *answer)
{
    if (!node_count(answer))
        return;
    choices_add(inst->choices, answer, option_label(answer, form->language));
}

/* A resource is answered by a reference to it, or, where a code is asked, by its words. */
static void add_resource(struct form *form, struct inst *inst, const struct node *resource)
{
    struct node *answer = node_add_object(inst->choices->doc, node_set_array(inst->choices->doc, doc_root(inst->choices->doc), "answer"));
    struct buf words = {0};
    struct node *value;
    char *reference = mem_printf("%s/%s", node_str(resource, "resourceType"), node_str(resource, "id"));

    if (!column_words(form, inst->item, resource, &words))
        resource_words(&words, resource);
    if (inst->item->type == FORM_REFERENCE) {
        value = node_set_object(inst->choices->doc, answer, "valueReference");
        node_set_str(inst->choices->doc, value, "reference", reference);
        node_set_str(inst->choices->doc, value, "display", buf_text(&words));
    } else if (inst->item->type == FORM_CHOICE || inst->item->type == FORM_OPEN_CHOICE) {
        value = node_set_object(inst->choices->doc, answer, "valueCoding");
        node_set_str(inst->choices->doc, value, "code", reference);
        node_set_str(inst->choices->doc, value, "display", buf_text(&words));
    } else
        node_set_str(inst->choices->doc, answer, "valueString", buf_text(&words));
    add_candidate(form, inst, answer);
    free(reference);
    buf_done(&words);
}

static void add_value(struct form *form, struct inst *inst, const struct fp_value *value)
{
    const struct node *node = fp_value_node(value);
    struct node *array = node_set_array(inst->choices->doc, doc_root(inst->choices->doc), "answer");

    if (!strcmp(node_str(node, "resourceType"), "Bundle"))
        for (const struct node *e = node_first(node_get(node, "entry")); e && inst->choices->n < CANDIDATES_MAX; e = node_next(e))
            add_resource(form, inst, node_get(e, "resource"));
    else if (*node_str(node, "resourceType"))
        add_resource(form, inst, node);
    else if (node_count(node_get(node, "coding")))
        for (const struct node *c = node_first(node_get(node, "coding")); c; c = node_next(c)) {
            struct node *answer = node_add_object(inst->choices->doc, array);

            node_set_copy(inst->choices->doc, answer, "valueCoding", c);
            add_candidate(form, inst, answer);
        }
    else {
        struct node *answer = node_add_object(inst->choices->doc, array);

        value_answer(inst->item, value, inst->choices->doc, answer);
        add_candidate(form, inst, answer);
    }
}

static bool candidates_refresh(struct form *form, struct inst *inst)
{
    struct expression *e = inst->item->candidates;
    struct fp_result result = {0};

    if (!expression_is_due(form, e, inst->candidates_stamp))
        return false;
    inst->candidates_stamp = form->clock;
    choices_free(inst->choices);
    free(inst->disabled);
    inst->disabled = NULL;
    inst->toggle_stamp = 0;
    inst->choices = choices_new();
    inst->choices->doc = doc_new(NULL);
    if (!expression_result(form, e, inst, &result))
        inst->choices->missing = true;
    for (size_t i = 0; i < result.n && inst->choices->n < CANDIDATES_MAX; i++)
        add_value(form, inst, fp_result_at(&result, i));
    inst->choices->missing |= e->query && !inst->choices->n;    /* a question is never without an answer to give */
    fp_result_done(&result);
    return true;
}

/* --- Options that come and go --- */

/* Of those a toggle lists, by value: a string is the display or the string of an option. */
static bool toggle_lists(const struct toggle *toggle, const struct option *option)
{
    for (size_t i = 0; i < toggle->n_values; i++) {
        const char *type, *option_type;
        const struct node *listed = answer_value(toggle->value[i], &type), *own = answer_value(option->value, &option_type);

        if (value_order(own, option_type, listed, type) == ORDER_SAME)
            return true;
    }
    return false;
}

/* Enabled by any of the expressions that list it; one that cannot be worked out takes nothing away. */
static bool is_disabled(const struct item *item, const int *truth, const struct option *option)
{
    bool is_listed = false;

    for (size_t i = 0; i < item->n_toggles; i++)
        if (toggle_lists(&item->toggle[i], option)) {
            if (truth[i] == EXPRESSION_TRUE || truth[i] == EXPRESSION_FAILED)
                return false;
            is_listed = true;
        }
    return is_listed;
}

/* Answers that can no longer be chosen go, and it is said; not while a response is read. */
static bool drop_disabled(struct form *form, struct inst *inst)
{
    const struct choices *choices = inst_choices(inst);
    const struct node **kept = mem_array(inst->n_answers, sizeof *kept);
    size_t n = 0;
    bool changed;

    for (size_t i = 0; i < inst->n_answers; i++) {
        const struct option *o = option_of(choices, inst->answer[i]);

        if (!o || !inst->disabled[o - choices->option])
            kept[n++] = inst->answer[i];
    }
    changed = n < inst->n_answers;
    form->n_dropped += inst->n_answers - n;
    if (changed)
        state_answer(form, inst, kept, n);
    free(kept);
    return changed;
}

static bool is_toggle_due(const struct form *form, const struct inst *inst)
{
    for (size_t i = 0; i < inst->item->n_toggles; i++)
        if (expression_is_due(form, inst->item->toggle[i].expression, inst->toggle_stamp))
            return true;
    return false;
}

static bool toggles_refresh(struct form *form, struct inst *inst, bool *fewer)
{
    const struct item *item = inst->item;
    const struct choices *choices = inst_choices(inst);
    int *truth;
    bool changed = false;

    if (!is_toggle_due(form, inst))
        return false;
    inst->toggle_stamp = form->clock;
    truth = mem_array(item->n_toggles, sizeof *truth);
    for (size_t i = 0; i < item->n_toggles; i++)
        truth[i] = expression_truth(form, item->toggle[i].expression, inst);
    if (!inst->disabled)
        inst->disabled = mem_array(choices->n, sizeof *inst->disabled);
    for (size_t i = 0; i < choices->n; i++) {
        bool disabled = is_disabled(item, truth, &choices->option[i]);

        *fewer |= disabled && !inst->disabled[i];
        changed |= disabled != inst->disabled[i];
        inst->disabled[i] = disabled;
    }
    free(truth);
    return changed;
}

bool candidate_pass(struct form *form)
{
    bool dropped = false;

    for (size_t i = 0; i < form->n_insts && form->is_order_known; i++) {
        struct inst *inst = form->inst[i];
        bool fewer = false, changed = false;

        if (!inst->enabled || (!inst->item->candidates && !inst->item->n_toggles))
            continue;
        if (inst->item->candidates)
            changed = candidates_refresh(form, inst);
        if (inst->item->n_toggles)
            changed |= toggles_refresh(form, inst, &fewer);
        if (changed && inst->n_answers) {
            free(inst->problem);
            inst->problem = validate_answers(form, inst);
        }
        if (fewer && !form->is_loading)
            dropped |= drop_disabled(form, inst);
    }
    return dropped;
}

bool option_disabled(const struct inst *inst, const struct option *option)
{
    return inst->disabled && inst->disabled[option - inst_choices(inst)->option];
}

/* --- Reading the form --- */

void toggle_load(struct form *form, struct item *item, const struct node *extension)
{
    struct toggle toggle = {0};

    for (const struct node *part = node_first(node_get(extension, "extension")); part; part = node_next(part)) {
        const char *url = node_str(part, "url"), *type;

        if (!strcmp(url, "option")) {
            toggle.value = mem_grow(toggle.value, toggle.n_values + 1, sizeof(const struct node *));
            toggle.value[toggle.n_values++] = part;
        } else if (!strcmp(url, "expression") && answer_value(part, &type))
            toggle.expression = expression_new(form, item, answer_value(part, &type), N_("which answers are offered"));
    }
    if (!toggle.expression) {
        free(toggle.value);
        return;
    }
    item->toggle = mem_grow(item->toggle, item->n_toggles + 1, sizeof *item->toggle);
    item->toggle[item->n_toggles++] = toggle;
}

void toggles_free(struct item *item)
{
    for (size_t i = 0; i < item->n_toggles; i++)
        free(item->toggle[i].value);
    free(item->toggle);
}
