/* population.c - groups made for each item of a context (itemPopulationContext), answers that are the newest
 * Observation (observationLinkPeriod), and the words that tell where a first value is from. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "intake/model.h"

/* --- Where a value is from --- */

static const struct node *resource_of(const struct node *node)
{
    while (node && !node_get(node, "resourceType"))
        node = node_parent(node);
    return node;
}

static const char *resource_moment(const struct node *resource)
{
    static const char *const paths[] = {
        "effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "performedDateTime", "performedPeriod.start",
        "occurrenceDateTime", "authored", "authoredOn", "recordedDate", "dateAsserted", "issued", "date", "period.start",
        "onsetDateTime", "start",
    };

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (*node_path_str(resource, paths[i]))
            return node_path_str(resource, paths[i]);
    return "";
}

/* In the words of the desk; the day the clinic had, when a time is known too. */
static char *words_since(const char *moment)
{
    char day[CLOCK_TEXT], words[DATE_TEXT];
    struct date date;

    clock_sort_key(moment, day);
    day[strcspn(day, " ")] = '\0';
    if (!date_parse(day, &date))
        return mem_dup(_("from the record"));
    date_words_long(date, words);
    return mem_printf(_("from %s"), words);
}

char *source_words(const struct fp_result *result)
{
    const struct node *resource = result->n ? resource_of(fp_value_node(fp_result_at(result, 0))) : NULL;

    if (resource && strcmp(node_str(resource, "resourceType"), "QuestionnaireResponse") != 0)
        return words_since(resource_moment(resource));
    return mem_dup(_("from the record"));
}

/* --- Groups --- */

struct fp_result result_empty(void)
{
    return (struct fp_result){ .arena = mem_alloc(sizeof(struct arena)) };
}

void bundles_open(const struct fp_result *from, struct fp_result *out)
{
    *out = result_empty();
    for (size_t i = 0; i < from->n; i++) {
        const struct node *node = fp_value_node(fp_result_at(from, i));

        if (!node || strcmp(node_str(node, "resourceType"), "Bundle") != 0) {
            fp_result_add_copy(out, fp_result_at(from, i));
            continue;
        }
        for (const struct node *e = node_first(node_get(node, "entry")); e; e = node_next(e))
            if (node_get(e, "resource") && strcmp(node_path_str(e, "search.mode"), "include") != 0 &&
                strcmp(node_path_str(e, "search.mode"), "outcome") != 0)
                fp_result_add_node(out, node_get(e, "resource"));
    }
}

bool population_result(struct form *form, const struct inst *inst, struct fp_result *out)
{
    struct expression *e = inst->item->population;
    struct fp_result result = {0};
    bool known = expression_can(form, e) && expression_result(form, e, inst, &result);

    *out = (struct fp_result){0};
    if (known)
        bundles_open(&result, out);
    fp_result_done(&result);
    return known;
}

/* What lies in the response of the moment is gone with the next answer: of it a copy is kept. */
void population_bind(struct form *form, struct inst *inst, const struct fp_value *value)
{
    const struct node *node = value ? fp_value_node(value) : NULL, *top = node;

    fp_result_done(&inst->bound);
    inst->bound = result_empty();
    inst->is_bound = true;
    while (top && node_parent(top))
        top = node_parent(top);
    if (top && form->view->response && top == doc_root(form->view->response))
        fp_result_add_node(&inst->bound, node_add_copy(form->pool, form->answers, node));
    else if (value)
        fp_result_add_copy(&inst->bound, value);
}

const struct inst *population_find(const struct inst *at, const char *name)
{
    for (; at; at = at->parent)
        if (at->is_bound && strcmp(at->item->population->name, name) == 0)
            return at;
    return NULL;
}

bool is_unbound(const struct form *form, const struct expression *e, const struct inst *inst)
{
    if (!e->population || !form->context.has_answers)
        return false;
    while (inst && inst->item != e->population)
        inst = inst->parent;
    return inst && !inst->is_bound;
}

/* A question that repeats takes all of them; a group as it stands takes one, or none where there are several:
 * that is an error (SDC expressions). */
static bool bind_alone(struct form *form, struct inst *group, const struct fp_result *result)
{
    bool takes_all = group->item->repeats && group->item->type != FORM_GROUP;

    if (takes_all) {
        population_bind(form, group, result->n ? fp_result_at(result, 0) : NULL);
        for (size_t i = 1; i < result->n; i++)
            fp_result_add_copy(&group->bound, fp_result_at(result, i));
        return false;
    }
    if (result->n > 1)
        form_add_defect(form, group->item, DEFECT_WARNING, _("Item %s does not repeat, but its population context gives %zu; none is taken."),
                        group->item->link_id, result->n);
    population_bind(form, group, result->n == 1 ? fp_result_at(result, 0) : NULL);
    return false;
}

static bool repeat_for(struct form *form, struct inst *group, const struct fp_result *result)
{
    size_t child = inst_child_index(group), n = result->n;
    struct inst *parent = group->parent;

    if (group->item->max_occurs >= 0 && n > (size_t)group->item->max_occurs) {
        n = (size_t)group->item->max_occurs;
        form_add_defect(form, group->item, DEFECT_WARNING, _("Item %s: the record has %zu of these, the form takes %zu."), group->item->link_id, result->n, n);
    }
    population_bind(form, group, n ? fp_result_at(result, 0) : NULL);
    for (size_t i = 1; i < n; i++) {
        struct inst *one = state_repeat(form, parent, group->set, child);

        if (!one)
            break;
        one->initialised = true;
        population_bind(form, one, fp_result_at(result, i));
    }
    return n > 1;
}

/* Once, for the first of a repeating group, while nobody has answered anything in it. What was answered
 * before keeps its groups as they were: those are not made anew, and stay bound to nothing. */
bool population_apply(struct form *form, struct inst *group)
{
    bool is_repeating = group->parent && group->item->type == FORM_GROUP && group->item->repeats, changed;
    struct fp_result result;

    if (!group->item->population || (is_repeating && form->is_loading))
        return false;
    if (is_repeating && (group->rep > 0 || inst_slot(group->parent, group->set, inst_child_index(group))->n > 1 || inst_has_answered(group)))
        return false;
    if (!population_result(form, group, &result))
        return false;
    changed = is_repeating ? repeat_for(form, group, &result) : bind_alone(form, group, &result);
    fp_result_done(&result);
    return changed;
}

/* --- The newest Observation --- */

static void add_encoded(struct buf *out, const char *text)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~:/", *text))
            buf_char(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned char)*text);
}

/* "system|code,system|code" of an item; false when it has none. */
static bool add_codes(struct buf *out, const struct item *item)
{
    size_t n = 0;

    for (const struct node *c = node_first(node_get(item->node, "code")); c; c = node_next(c)) {
        if (!*node_str(c, "code"))
            continue;
        buf_add(out, n++ ? "," : "");
        if (*node_str(c, "system")) {
            add_encoded(out, node_str(c, "system"));
            buf_char(out, '|');
        }
        add_encoded(out, node_str(c, "code"));
    }
    return n > 0;
}

/* The first day of a Duration that ends now, or the moment for hours and minutes; false when it cannot be told. */
static bool period_start(const struct node *duration, char out[CLOCK_TEXT])
{
    const char *code = *node_str(duration, "code") ? node_str(duration, "code") : node_str(duration, "unit");
    double value = strtod(node_str(duration, "value"), NULL);
    static const struct { const char *code; int months; double days; } units[] = {
        { "a", 12, 0 }, { "year", 12, 0 }, { "years", 12, 0 }, { "mo", 1, 0 }, { "month", 1, 0 }, { "months", 1, 0 }, { "wk", 0, 7 },
        { "week", 0, 7 }, { "weeks", 0, 7 }, { "d", 0, 1 }, { "day", 0, 1 }, { "days", 0, 1 }, { "h", 0, 1.0 / 24 }, { "hour", 0, 1.0 / 24 },
        { "hours", 0, 1.0 / 24 }, { "min", 0, 1.0 / 1440 },
    };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct date today = clock_today();

        if (strcmp(units[i].code, code) != 0 || value <= 0 || value * units[i].months > 12000 || value * units[i].days > 366000)
            continue;
        if (units[i].days > 0 && units[i].days < 1)
            clock_datetime(clock_now_ms() - (int64_t)(value * units[i].days * 86400000), out);
        else
            date_format(units[i].months ? date_add_months(today, -(int)(value * units[i].months)) : date_add_days(today, -(int)(value * units[i].days)), out);
        return true;
    }
    return false;
}

static const struct node *observations(struct form *form, const struct item *coded, const struct item *item)
{
    char since[CLOCK_TEXT];
    struct buf query = {0};
    const struct node *bundle = NULL;

    buf_add(&query, "Observation?code=");
    if (add_codes(&query, coded) && period_start(item->link_period, since)) {
        buf_add(&query, "&date=ge");
        add_encoded(&query, since);
        buf_add(&query, "&status=final,amended,corrected&_sort=-date&_count=50");
        if (form->context.patient)
            buf_printf(&query, "&patient=%s", doc_id(form->context.patient));
        form_search(form, buf_text(&query), &bundle, NULL);
    }
    buf_done(&query);
    return bundle;
}

/* In the item's unit, converted where both are known. */
static bool quantity_answer(const struct inst *inst, const struct node *value, struct doc *doc, struct node *array)
{
    const char *code = *node_str(value, "code") ? node_str(value, "code") : node_str(value, "unit"), *first;
    const struct item *item = inst->item;
    struct fp_env env = { .resource = value, .context = value };
    struct fp_result result = result_empty();
    struct fhirpath *convert = NULL;
    char *path;
    bool is_number = item->type != FORM_QUANTITY;

    if (!*node_str(value, "value") || *node_str(value, "comparator"))
        return false;
    first = item->n_units ? node_str(item->unit[0], "code") : "";
    for (size_t i = 0; i < item->n_units && (!is_number || i == 0); i++)
        if (strcmp(node_str(item->unit[i], "code"), code) == 0)
            first = code;
    if (!*first && is_number && *code && *code != '{' && strcmp(code, "1") != 0)
        return false;           /* a number alone would hide its unit */
    if (!*first || strcmp(first, code) == 0) {
        fp_result_add_node(&result, value);
        result_answers(inst, &result, doc, array);
        fp_result_done(&result);
        return node_count(array) > 0;
    }
    fp_result_done(&result);
    path = mem_printf("toQuantity('%s').value.round(3)", first);
    if (!strchr(first, '\'') && fhirpath_compile(path, &convert, NULL) == RC_OK && fhirpath_eval(convert, &env, &result, NULL) == RC_OK)
        result_answers(inst, &result, doc, array);
    fp_result_done(&result);
    fhirpath_free(convert);
    free(path);
    return node_count(array) > 0;
}

static bool coded_answer(const struct inst *inst, const struct node *concept, struct doc *doc, struct node *array)
{
    const struct choices *choices = inst_choices(inst);
    bool is_free = inst->item->type == FORM_OPEN_CHOICE || choices->missing;

    for (int any = 0; any < (is_free ? 2 : 1); any++)
        for (const struct node *c = node_first(node_get(concept, "coding")); c; c = node_next(c)) {
            struct node *answer = node_add_object(doc, array);

            node_set_copy(doc, answer, "valueCoding", c);
            if (any || option_of(choices, answer))
                return true;
            node_remove(doc, answer);
        }
    return false;
}

/* The value of an Observation, or of one component of it, when it is of the question's type. */
static bool holder_answer(const struct inst *inst, const struct node *holder, struct doc *doc, struct node *array)
{
    const struct item *item = inst->item;
    const char *type = "";
    const struct node *value = answer_value(holder, &type);
    struct fp_result result;
    static const struct { enum form_type item; const char *type; } plain[] = {
        { FORM_STRING, "String" }, { FORM_TEXT, "String" }, { FORM_OPEN_CHOICE, "String" }, { FORM_BOOLEAN, "Boolean" },
        { FORM_INTEGER, "Integer" }, { FORM_DATE, "DateTime" }, { FORM_DATETIME, "DateTime" }, { FORM_TIME, "Time" },
    };

    if (!strcmp(type, "Quantity") && (item->type == FORM_QUANTITY || item->type == FORM_DECIMAL || item->type == FORM_INTEGER))
        return quantity_answer(inst, value, doc, array);
    if (!strcmp(type, "CodeableConcept") && (item->type == FORM_CHOICE || item->type == FORM_OPEN_CHOICE))
        return coded_answer(inst, value, doc, array);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (plain[i].item == item->type && !strcmp(plain[i].type, type)) {
            result = result_empty();
            fp_result_add_node(&result, value);
            result_answers(inst, &result, doc, array);
            fp_result_done(&result);
            return node_count(array) > 0;
        }
    return false;
}

static bool has_code(const struct item *item, const struct node *concept)
{
    for (const struct node *c = node_first(node_get(item->node, "code")); c; c = node_next(c))
        if (*node_str(c, "code") && concept_has(concept, *node_str(c, "system") ? node_str(c, "system") : NULL, node_str(c, "code")))
            return true;
    return false;
}

/* Of somebody else than the patient: a fetus, a donor. */
static bool is_of_another(const struct form *form, const struct node *observation)
{
    const struct node *focus = node_first(node_get(observation, "focus"));

    return focus && !(form->context.patient && reference_is(focus, "Patient", doc_id(form->context.patient)));
}

/* Under a coded group with codes of its own (a panel) the answer is a component of the panel's Observation. */
bool observation_answer(struct form *form, const struct inst *inst, struct doc *doc, struct node *array, char **source)
{
    const struct item *item = inst->item, *panel = item->parent && item->parent->node && node_get(item->parent->node, "code") ? item->parent : NULL;
    const struct item *looked[] = { item, panel };

    for (size_t i = 0; i < 2 && looked[i]; i++) {
        const struct node *bundle = observations(form, looked[i], item);

        for (const struct node *e = node_first(node_get(bundle, "entry")); e; e = node_next(e)) {
            const struct node *observation = node_get(e, "resource"), *holder = i == 0 ? observation : node_first(node_get(observation, "component"));

            for (; holder && !is_of_another(form, observation); holder = i == 0 ? NULL : node_next(holder))
                if ((i == 0 || has_code(item, node_get(holder, "code"))) && holder_answer(inst, holder, doc, array)) {
                    *source = words_since(resource_moment(observation));
                    return true;
                }
        }
    }
    return false;
}
