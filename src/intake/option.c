/* option.c - what can be chosen: answerOption, contained value sets, the small sets we ship.
 * A value set that is not here is said to be missing, and a typed answer is taken. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/code.h"
#include "intake/model.h"

static const char *const score_urls[] = {
    "http://hl7.org/fhir/StructureDefinition/itemWeight", "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
};

/* Answers of LOINC lists LL358-3 (PHQ, GAD) carry these scores whether or not the form says so. */
static const struct { const char *code, *score; } loinc_scores[] = {
    { "LA6568-5", "0" }, { "LA6569-3", "1" }, { "LA6570-1", "2" }, { "LA6571-9", "3" },
};

static bool read_score(const struct node *element, struct option *option)
{
    for (const struct node *e = node_first(node_get(element, "extension")); e; e = node_next(e))
        for (size_t i = 0; i < sizeof score_urls / sizeof *score_urls; i++)
            if (!strcmp(node_str(e, "url"), score_urls[i])) {
                const char *type;
                const char *digits = node_text(answer_value(e, &type));

                option->score = mem_dup(digits);
                option->score_url = score_urls[i];
                return digits != NULL;
            }
    return false;
}

static void known_score(struct option *option)
{
    const struct node *coding = node_get(option->value, "valueCoding");

    if (strcmp(node_str(coding, "system"), "http://loinc.org"))
        return;
    for (size_t i = 0; i < sizeof loinc_scores / sizeof *loinc_scores; i++)
        if (!strcmp(node_str(coding, "code"), loinc_scores[i].code)) {
            option->score = mem_dup(loinc_scores[i].score);
            option->score_url = score_urls[1];
        }
}

static char *option_label(const struct node *value, const char *language)
{
    const char *type;
    const struct node *v = answer_value(value, &type);

    if (!strcmp(type, "Coding"))
        return plain_text(*node_str(v, "display") ? translated(v, "display", language) : node_str(v, "code"), false);
    if (!strcmp(type, "Reference"))
        return plain_text(*node_str(v, "display") ? node_str(v, "display") : node_str(v, "reference"), false);
    return plain_text(node_text(v) ? node_text(v) : "", false);
}

static const char *option_prefix(const struct node *element)
{
    for (const struct node *e = node_first(node_get(element, "extension")); e; e = node_next(e))
        if (strstr(node_str(e, "url"), "optionPrefix"))
            return node_str(e, "valueString");
    return "";
}

static bool option_flag(const struct node *element, const char *tail)
{
    for (const struct node *e = node_first(node_get(element, "extension")); e; e = node_next(e))
        if (strstr(node_str(e, "url"), tail))
            return node_bool(e, "valueBoolean");
    return false;
}

static struct option *option_add(struct item *item)
{
    item->option = mem_grow(item->option, item->n_options + 1, sizeof *item->option);
    item->option[item->n_options] = (struct option){ .prefix = "" };
    return &item->option[item->n_options++];
}

static void load_answer_options(const struct form *form, struct item *item)
{
    for (const struct node *n = node_first(node_get(item->node, "answerOption")); n; n = node_next(n)) {
        struct option *o = option_add(item);
        const char *type;
        const struct node *value = answer_value(n, &type);

        o->value = n;
        o->label = option_label(n, form->language);
        o->prefix = option_prefix(n);
        if (!*o->prefix)
            o->prefix = option_prefix(value);
        o->is_exclusive = option_flag(n, "optionExclusive");
        o->is_initial = node_bool(n, "initialSelected");
        if (!read_score(n, o) && !read_score(value, o))
            known_score(o);
    }
}

/* Codes we make options of are kept as answers in the form's pool. */
static void add_coding(struct form *form, struct item *item, const char *system, const char *code,
                       const char *display, const struct node *concept)
{
    struct node *answer = node_add_object(form->pool, form->answers);
    struct node *coding = node_set_object(form->pool, answer, "valueCoding");
    struct option *o = option_add(item);

    node_set_str(form->pool, coding, "system", system);
    node_set_str(form->pool, coding, "code", code);
    node_set_str(form->pool, coding, "display", display);
    o->value = answer;
    o->label = concept && *translated(concept, "display", form->language) ? plain_text(translated(concept, "display", form->language), false)
                                                                         : option_label(answer, "");
    if (concept) {
        const char *prefix = option_prefix(concept);

        o->prefix = *prefix ? prefix : o->prefix;
    }
    if (!concept || !read_score(concept, o))
        known_score(o);
}

static void add_expansion(struct form *form, struct item *item, const struct node *contains, int depth)
{
    for (const struct node *n = node_first(contains); n; n = node_next(n)) {
        if (*node_str(n, "code") && !node_bool(n, "abstract"))
            add_coding(form, item, node_str(n, "system"), node_str(n, "code"), node_str(n, "display"), n);
        if (depth < FORM_DEPTH_MAX)
            add_expansion(form, item, node_get(n, "contains"), depth + 1);
    }
}

static void add_system(struct form *form, struct item *item, const char *url, const struct node *concepts, int depth)
{
    for (const struct node *n = node_first(concepts); n; n = node_next(n)) {
        add_coding(form, item, url, node_str(n, "code"), node_str(n, "display"), n);
        if (depth < FORM_DEPTH_MAX)
            add_system(form, item, url, node_get(n, "concept"), depth + 1);
    }
}

static bool add_shipped(struct form *form, struct item *item, const char *canonical)
{
    struct code_list list;

    if (!code_list_find(canonical, &list))
        return false;
    for (size_t i = 0; i < list.n; i++)
        add_coding(form, item, list.code[i].system, list.code[i].code, list.code[i].display, NULL);
    return true;
}

static bool add_value_set(struct form *form, struct item *item, const struct node *set, int depth);

static bool add_canonical(struct form *form, struct item *item, const char *canonical, int depth)
{
    const struct node *set = form_canonical(form, "ValueSet", canonical);

    if (depth > 4)
        return false;
    return set ? add_value_set(form, item, set, depth + 1) : add_shipped(form, item, canonical);
}

/* One compose.include: listed concepts, a whole code system we have, or other value sets. */
static bool add_include(struct form *form, struct item *item, const struct node *include, int depth)
{
    const char *system = node_str(include, "system");
    const struct node *concepts = node_get(include, "concept"), *own = form_canonical(form, "CodeSystem", system);
    bool complete = true;

    for (const struct node *n = node_first(concepts); n; n = node_next(n))
        add_coding(form, item, system, node_str(n, "code"), node_str(n, "display"), n);
    for (const struct node *n = node_first(node_get(include, "valueSet")); n; n = node_next(n))
        complete &= node_text(n) && add_canonical(form, item, node_text(n), depth);
    if (concepts || node_get(include, "valueSet"))
        return complete;
    if (node_get(include, "filter"))
        return false;
    if (own)
        add_system(form, item, system, node_get(own, "concept"), 0);
    return own || add_shipped(form, item, system);
}

static bool add_value_set(struct form *form, struct item *item, const struct node *set, int depth)
{
    const struct node *contains = node_get(node_get(set, "expansion"), "contains");
    bool complete = true;

    if (contains) {
        add_expansion(form, item, contains, 0);
        return true;
    }
    for (const struct node *n = node_first(node_get(node_get(set, "compose"), "include")); n; n = node_next(n))
        complete &= add_include(form, item, n, depth);
    return complete && item->n_options > 0;
}

static void load_value_set(struct form *form, struct item *item, const char *canonical)
{
    if (add_canonical(form, item, canonical, 0))
        return;
    item->options_missing = true;
    item_add_note(item, item->n_options ? _("The list of answers is not complete here; another answer can be typed.")
                                        : _("The list of answers is not available here; type the answer."));
    form_add_defect(form, item, DEFECT_WARNING, _("Item %s needs the value set %.120s, which is not available here."), item->link_id, canonical);
}

/* Many items of a form share one value set: the first item's options are copied. */
static const struct item *same_set_before(const struct form *form, const struct item *item, const char *canonical)
{
    for (size_t i = 0; i < item->order; i++)
        if (form->item[i]->n_options && !strcmp(node_str(form->item[i]->node, "answerValueSet"), canonical))
            return form->item[i];
    return NULL;
}

static void copy_options(struct item *item, const struct item *from)
{
    for (size_t i = 0; i < from->n_options; i++) {
        struct option *o = option_add(item);

        *o = from->option[i];
        o->label = mem_dup(from->option[i].label);
        o->score = mem_dup(from->option[i].score);
    }
    item->options_missing = from->options_missing;
    if (from->options_missing)
        item_add_note(item, from->note);
}

void item_load_options(struct form *form, struct item *item)
{
    const char *canonical = node_str(item->node, "answerValueSet");
    const struct item *same;

    load_answer_options(form, item);
    if (*canonical && (same = same_set_before(form, item, canonical)))
        copy_options(item, same);
    else if (*canonical)
        load_value_set(form, item, canonical);
    else if (item->type == FORM_CHOICE && !item->n_options) {
        item->options_missing = true;
        item_add_note(item, _("The form lists no answers; type the answer."));
    }
}

void item_free_options(struct item *item)
{
    for (size_t i = 0; i < item->n_options; i++) {
        free(item->option[i].label);
        free(item->option[i].score);
    }
    free(item->option);
}

/* A coded answer matches its option by system and code; a wrong display does not make it another. */
const struct option *option_of(const struct item *item, const struct node *answer)
{
    const char *type, *option_type;
    const struct node *value = answer_value(answer, &type);

    for (size_t i = 0; i < item->n_options; i++) {
        const struct node *v = answer_value(item->option[i].value, &option_type);

        if (!strcmp(type, option_type) && value_order(value, type, v, option_type) == ORDER_SAME)
            return &item->option[i];
    }
    return NULL;
}

bool value_set_has(struct form *form, const char *canonical, const char *system, const char *code, bool *is_known)
{
    const struct node *set = form_canonical(form, "ValueSet", canonical);
    struct code_list list = {0};
    bool found = false;

    *is_known = true;
    if (set) {
        for (const struct node *i = node_first(node_get(node_get(set, "compose"), "include")); i; i = node_next(i))
            for (const struct node *c = node_first(node_get(i, "concept")); c; c = node_next(c))
                found |= !strcmp(node_str(c, "code"), code) && (!*system || !strcmp(node_str(i, "system"), system));
        return found;
    }
    *is_known = code_list_find(canonical, &list);
    for (size_t i = 0; i < list.n && !found; i++)
        found = !strcmp(list.code[i].code, code) && (!*system || !list.code[i].system || !strcmp(list.code[i].system, system));
    return found;
}
