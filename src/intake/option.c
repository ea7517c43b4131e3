/* option.c - what can be chosen: answerOption, and what a value set (valueset.c) or an expression
 * (candidate.c) gives. Items that name the same value set share one list. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

enum { INDEX_FROM = 24 };       /* shorter lists are looked through */

static const char *const score_urls[] = {
    "http://hl7.org/fhir/StructureDefinition/itemWeight", "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
};

/* Answers of LOINC lists LL358-3 (PHQ, GAD) carry these scores whether or not the form says so. */
static const struct { const char *code, *score; } loinc_scores[] = {
    { "LA6568-5", "0" }, { "LA6569-3", "1" }, { "LA6570-1", "2" }, { "LA6571-9", "3" },
};

/* --- Scores --- */

static bool read_score(const struct node *element, struct option *option)
{
    for (const struct node *e = node_first(node_get(element, "extension")); e; e = node_next(e))
        for (size_t i = 0; i < sizeof score_urls / sizeof *score_urls; i++)
            if (!strcmp(node_str(e, "url"), score_urls[i])) {
                const char *type, *digits = node_text(answer_value(e, &type));

                option->score = digits;
                option->score_url = score_urls[i];
                return digits != NULL;
            }
    return false;
}

/* Which of the score extensions a property of a code stands for: by its name, or by what its system declares. */
static const char *property_url(const struct node *concept, const char *code)
{
    const struct node *system = concept;
    const char *meaning = code;

    while (system && !*node_str(system, "resourceType"))
        system = node_parent(system);
    for (const struct node *p = node_first(node_get(system, "property")); p; p = node_next(p))
        if (!strcmp(node_str(p, "code"), code) && *node_str(p, "uri"))
            meaning = node_str(p, "uri");
    if (strstr(meaning, "itemWeight"))
        return score_urls[0];
    return strstr(meaning, "ordinalValue") || strstr(meaning, "ordinal-value") ? score_urls[1] : NULL;
}

static bool read_property(const struct node *concept, struct option *option)
{
    for (const struct node *p = node_first(node_get(concept, "property")); p; p = node_next(p)) {
        const char *url = property_url(concept, node_str(p, "code")), *type;

        if (!url || !node_text(answer_value(p, &type)))
            continue;
        option->score = node_text(answer_value(p, &type));
        option->score_url = url;
        return true;
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
            option->score = loinc_scores[i].score;
            option->score_url = score_urls[1];
        }
}

/* --- Words --- */

char *option_label(const struct node *value, const char *language)
{
    const char *type;
    const struct node *v = answer_value(value, &type);

    if (!strcmp(type, "Coding"))
        return plain_text(*node_str(v, "display") ? translated(v, "display", language) : node_str(v, "code"), false);
    if (!strcmp(type, "Reference"))
        return plain_text(*node_str(v, "display") ? node_str(v, "display") : node_str(v, "reference"), false);
    if (!strcmp(type, "Quantity"))
        return mem_printf("%s %s", node_str(v, "value"), *node_str(v, "unit") ? node_str(v, "unit") : node_str(v, "code"));
    return plain_text(v ? translated(value, node_name(v), language) : "", false);
}

static const char *option_prefix(const struct node *element)
{
    for (const struct node *e = node_first(node_get(element, "extension")); e; e = node_next(e))
        if (!strcmp(extension_name(node_str(e, "url")), "optionPrefix"))
            return node_str(e, "valueString");
    return "";
}

static bool option_flag(const struct node *element, const char *name)
{
    for (const struct node *e = node_first(node_get(element, "extension")); e; e = node_next(e))
        if (!strcmp(extension_name(node_str(e, "url")), name))
            return node_bool(e, "valueBoolean");
    return false;
}

/* --- Lists --- */

static struct choices no_choices;       /* never written to */

struct choices *choices_none(void)
{
    return &no_choices;
}

struct choices *choices_new(void)
{
    return mem_alloc(sizeof(struct choices));
}

void choices_free(struct choices *choices)
{
    if (!choices || choices == &no_choices)
        return;
    for (size_t i = 0; i < choices->n; i++)
        free(choices->option[i].label);
    free(choices->option);
    free(choices->bucket);
    doc_free(choices->doc);
    free(choices);
}

struct option *choices_add(struct choices *choices, const struct node *value, char *label)
{
    MEM_ROOM(choices->option, choices->n, choices->cap);
    choices->option[choices->n] = (struct option){ .prefix = "", .value = value, .label = label };
    return &choices->option[choices->n++];
}

static struct choices *item_choices_own(struct form *form, struct item *item)
{
    MEM_ROOM(form->choices, form->n_choices, form->cap_choices);
    return item->choices = form->choices[form->n_choices++] = choices_new();
}

static void load_answer_options(struct form *form, struct item *item)
{
    const struct node *first = node_first(node_get(item->node, "answerOption"));
    struct choices *choices;

    if (!first)
        return;
    choices = item_choices_own(form, item);
    for (const struct node *n = first; n; n = node_next(n)) {
        struct option *o = choices_add(choices, n, option_label(n, form->language));
        const char *type;
        const struct node *value = answer_value(n, &type);

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
static void add_concept(struct form *form, struct choices *choices, const struct concept *c)
{
    struct node *answer = node_add_object(form->pool, form->answers);
    struct node *coding = node_set_object(form->pool, answer, "valueCoding");
    const char *words = concept_display(c, form->language), *prefix;
    struct option *o;

    node_set_str(form->pool, coding, "system", c->system);
    node_set_str(form->pool, coding, "code", c->code);
    node_set_str(form->pool, coding, "display", c->display);
    o = choices_add(choices, answer, plain_text(*words ? words : c->code, false));
    prefix = option_prefix(c->node);
    o->prefix = *prefix ? prefix : option_prefix(c->defined);
    if (!read_score(c->node, o) && !read_score(c->defined, o) && !read_property(c->defined, o))
        known_score(o);
}

static void say_missing(struct form *form, struct item *item, const char *canonical)
{
    item_add_note(item, item->choices->n ? _("The list of answers is not complete here; another answer can be typed.")
                                         : _("The list of answers is not available here; type the answer."));
    form_add_defect(form, item, DEFECT_WARNING, _("Item %s needs the value set %.120s, which is not available here."), item->link_id, canonical);
}

static void load_value_set(struct form *form, struct item *item, const char *canonical)
{
    struct concepts set = {0};
    struct choices *choices;

    for (size_t i = 0; i < form->n_choices; i++)
        if (form->choices[i]->canonical && !strcmp(form->choices[i]->canonical, canonical)) {
            item->choices = form->choices[i];
            if (item->choices->missing)
                say_missing(form, item, canonical);
            return;
        }
    choices = item_choices_own(form, item);
    choices->canonical = canonical;
    choices->missing = !value_set_expand(form, canonical, &set) || !set.n;
    for (size_t i = 0; i < set.n; i++)
        add_concept(form, choices, &set.concept[i]);
    concepts_done(&set);
    if (choices->missing)
        say_missing(form, item, canonical);
}

/* Units to pick from are codes like any other. */
static void load_units(struct form *form, struct item *item)
{
    struct concepts set = {0};
    bool complete = value_set_expand(form, item->unit_value_set, &set) && set.n;

    for (size_t i = 0; i < set.n; i++) {
        struct node *unit = node_set_object(form->pool, node_add_object(form->pool, form->answers), "valueCoding");

        node_set_str(form->pool, unit, "system", set.concept[i].system);
        node_set_str(form->pool, unit, "code", set.concept[i].code);
        node_set_str(form->pool, unit, "display", set.concept[i].display);
        item_add_unit(item, unit);
    }
    concepts_done(&set);
    if (complete)
        return;
    item_look_own(form, item)->is_unit_open = true;
    item_add_note(item, _("The list of units is not available here; type the unit."));
    form_add_defect(form, item, DEFECT_WARNING, _("Item %s needs the units of %.120s, which are not available here."), item->link_id, item->unit_value_set);
}

void item_load_options(struct form *form, struct item *item)
{
    bool is_choice = item->type == FORM_CHOICE || item->type == FORM_OPEN_CHOICE;
    const char *canonical = is_choice ? node_str(item->node, "answerValueSet") : "";   /* que-5: codes are no dates */

    item->choices = &no_choices;
    load_answer_options(form, item);
    if (item->unit_value_set)
        load_units(form, item);
    if (*canonical && !item->choices->n)
        load_value_set(form, item, canonical);
    else if (item->type == FORM_CHOICE && !item->choices->n && !expression_can(form, item->candidates)) {
        item_choices_own(form, item)->missing = true;
        item_add_note(item, item->candidates ? _("The list of answers cannot be worked out here; type the answer.")
                                             : _("The form lists no answers; type the answer."));
    }
}

const struct choices *inst_choices(const struct inst *inst)
{
    return inst->choices ? inst->choices : inst->item->choices;
}

/* --- Finding --- */

static size_t code_hash(const char *code)
{
    size_t hash = 5381;

    for (; *code; code++)
        hash = hash * 33 ^ (unsigned char)*code;
    return hash;
}

/* Long lists are found by code: bucket holds option numbers from 1, each option the next of its bucket. */
static void index_build(struct choices *choices)
{
    choices->n_buckets = 64;
    while (choices->n_buckets < choices->n)
        choices->n_buckets *= 2;
    choices->bucket = mem_array(choices->n_buckets, sizeof *choices->bucket);
    for (size_t i = choices->n; i-- > 0;) {
        size_t *bucket = &choices->bucket[code_hash(node_path_str(choices->option[i].value, "valueCoding.code")) & (choices->n_buckets - 1)];

        choices->option[i].next = *bucket;
        *bucket = i + 1;
    }
}

/* A coded answer matches its option by system and code; a wrong display does not make it another. */
bool option_is(const struct option *option, const struct node *answer)
{
    const char *type, *option_type;
    const struct node *value = answer_value(answer, &type), *own = answer_value(option->value, &option_type);

    return !strcmp(type, option_type) && value_order(value, type, own, option_type) == ORDER_SAME;
}

const struct option *option_of(const struct choices *choices, const struct node *answer)
{
    const char *code = node_path_str(answer, "valueCoding.code");

    if (choices->n >= INDEX_FROM && *code) {
        struct choices *own = (struct choices *)(uintptr_t)choices;     /* only its index is made on first use */

        if (!own->bucket)
            index_build(own);
        for (size_t i = own->bucket[code_hash(code) & (own->n_buckets - 1)]; i; i = own->option[i - 1].next)
            if (option_is(&own->option[i - 1], answer))
                return &own->option[i - 1];
        return NULL;
    }
    for (size_t i = 0; i < choices->n; i++)
        if (option_is(&choices->option[i], answer))
            return &choices->option[i];
    return NULL;
}
