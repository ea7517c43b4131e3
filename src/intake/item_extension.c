/* item_extension.c - the extensions of an item that mean something here: limits and logic (looks: look.c). What is not
 * in the table is ignored and stays in the stored form. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

/* What an extension is called, whichever guide or slip of the pen its url came from. */
const char *extension_name(const char *url)
{
    static const char *const prefixes[] = { "sdc-questionnaire-", "questionnaire-", "sdc-" };
    const char *name = strrchr(url, '/');

    name = name ? name + 1 : url;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
            return name + strlen(prefixes[i]);
    return name;
}

static const struct node *extension_any_value(const struct node *extension)
{
    const char *type;

    return answer_value(extension, &type);
}

const struct node *item_extension(const struct item *item, const char *tail)
{
    for (const struct node *e = node_first(node_get(item->node, "extension")); e; e = node_next(e))
        if (!strcmp(extension_name(node_str(e, "url")), tail))
            return extension_any_value(e);
    return NULL;
}

/* --- One function for each extension that means something here --- */

typedef void (*extension_fn)(struct form *form, struct item *item, const struct node *value);

static long number_of(const struct node *value)
{
    const char *text = node_text(value);

    return text ? strtol(text, NULL, 10) : -1;
}

static void set_hidden(struct form *form, struct item *item, const struct node *value)
{
    (void)form;
    item->hidden = node_is(value, NODE_TRUE);
}

static void set_min(struct form *form, struct item *item, const struct node *value) { (void)form; item->min = value; }
static void set_max(struct form *form, struct item *item, const struct node *value) { (void)form; item->max = value; }
static void set_min_quantity(struct form *form, struct item *item, const struct node *value) { (void)form; item->min_quantity = value; }
static void set_max_quantity(struct form *form, struct item *item, const struct node *value) { (void)form; item->max_quantity = value; }
static void set_min_length(struct form *form, struct item *item, const struct node *value) { (void)form; item->min_length = number_of(value); }
static void set_min_occurs(struct form *form, struct item *item, const struct node *value) { (void)form; item->min_occurs = number_of(value); }
static void set_max_occurs(struct form *form, struct item *item, const struct node *value) { (void)form; item->max_occurs = number_of(value); }
static void set_max_decimals(struct form *form, struct item *item, const struct node *value) { (void)form; item->max_decimals = number_of(value); }
static void set_pattern(struct form *form, struct item *item, const struct node *value) { (void)form; item->pattern = node_text(value); }
static void set_unit_set(struct form *form, struct item *item, const struct node *value) { (void)form; item->unit_value_set = node_text(value); }

void item_add_unit(struct item *item, const struct node *value)
{
    item->unit = mem_grow(item->unit, item->n_units + 1, sizeof(const struct node *));
    item->unit[item->n_units++] = value;
}

static void add_unit(struct form *form, struct item *item, const struct node *value)
{
    (void)form;
    item_add_unit(item, value);
}

static void set_enable(struct form *form, struct item *item, const struct node *value)
{
    item->enable = expression_new(form, item, value, N_("whether this is asked"));
    if (node_get(item->node, "enableWhen"))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has enableWhen and enableWhenExpression; the expression decides."), item->link_id);
}

static void set_calculated(struct form *form, struct item *item, const struct node *value)
{
    item->calculated = expression_new(form, item, value, N_("the value"));
}

static void set_initial_expression(struct form *form, struct item *item, const struct node *value)
{
    item->initial = expression_new(form, item, value, N_("the first value"));
    if (node_get(item->node, "initial"))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has initial and initialExpression; the expression decides."), item->link_id);
}

static void set_population(struct form *form, struct item *item, const struct node *value)
{
    item->population = expression_new(form, item, value, N_("what it is filled in from"));
    item->population->name = node_str(value, "name");
}

static void set_link_period(struct form *form, struct item *item, const struct node *value)
{
    (void)form;
    item->link_period = value;
}

static void add_variable(struct form *form, struct item *item, const struct node *value)
{
    struct expression *e = expression_new(form, item, value, NULL);

    if (!e)
        return;
    e->name = node_str(value, "name");
    item->variable = mem_grow(item->variable, item->n_variables + 1, sizeof(struct expression *));
    item->variable[item->n_variables++] = e;
}

/* The list to choose from, or a list to pick suggestions from. */
static void set_candidates(struct form *form, struct item *item, const struct node *value)
{
    item->candidates = expression_new(form, item, value, N_("the list of answers"));
}

static void add_target_constraint(struct form *form, struct item *item, const struct node *value);

static const struct { const char *name; extension_fn set; } extensions[] = {
    { "hidden", set_hidden },
    { "minValue", set_min }, { "maxValue", set_max }, { "minQuantity", set_min_quantity }, { "maxQuantity", set_max_quantity },
    { "minLength", set_min_length }, { "minOccurs", set_min_occurs }, { "maxOccurs", set_max_occurs },
    { "maxDecimalPlaces", set_max_decimals }, { "regex", set_pattern },
    { "unit", add_unit }, { "unitOption", add_unit }, { "unitValueSet", set_unit_set },
    { "enableWhenExpression", set_enable }, { "calculatedExpression", set_calculated }, { "cqf-calculatedValue", set_calculated },
    { "initialExpression", set_initial_expression }, { "variable", add_variable },
    { "itemPopulationContext", set_population }, { "observationLinkPeriod", set_link_period },
    { "answerExpression", set_candidates }, { "candidateExpression", set_candidates },
    { "answerOptionsToggleExpression", toggle_load }, { "targetConstraint", add_target_constraint }, { "constraint", add_target_constraint },
};

/* Both constraint extensions are complex: expression (string or Expression), human, severity. */
static void add_target_constraint(struct form *form, struct item *item, const struct node *extension)
{
    struct rule rule = { .words = "" };

    for (const struct node *part = node_first(node_get(extension, "extension")); part; part = node_next(part)) {
        const char *name = node_str(part, "url");
        const struct node *value = extension_any_value(part);

        if (!strcmp(name, "expression"))
            rule.expression = expression_new(form, item, value, N_("a rule"));
        else if (!strcmp(name, "human"))
            rule.words = node_text(value) ? translated(part, node_name(value), form->language) : "";
        else if (!strcmp(name, "location") && node_text(value))
            fhirpath_compile(node_text(value), &rule.location, NULL);
        else if (!strcmp(name, "severity"))
            rule.is_warning = node_text(value) && !strcmp(node_text(value), "warning");
    }
    if (!rule.expression) {
        fhirpath_free(rule.location);
        return;
    }
    item->rule = mem_grow(item->rule, item->n_rules + 1, sizeof *item->rule);
    item->rule[item->n_rules++] = rule;
}

/* An element that has only extensions says nothing itself. */
static bool is_said(const struct node *value)
{
    return value && !(node_is(value, NODE_OBJECT) && node_count(value) == 1 && node_get(value, "extension"));
}

void item_load_extensions(struct form *form, struct item *item)
{
    for (const struct node *e = node_first(node_get(item->node, "extension")); e; e = node_next(e)) {
        const char *name = extension_name(node_str(e, "url"));
        const struct node *value = extension_any_value(e);

        computed_extension(form, item, name, e);
        if (value && look_extension(form, item, name, e, value))
            continue;
        for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
            bool is_complex = extensions[i].set == add_target_constraint || extensions[i].set == toggle_load;

            if (!strcmp(extensions[i].name, name) && (is_complex || is_said(value)))
                extensions[i].set(form, item, is_complex ? e : value);
        }
    }
}
