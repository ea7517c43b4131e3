/* computed.c - what an expression says about an item instead of a fixed word of the form: its text, whether
 * an answer is needed, its limits (cqf-expression and cqf-calculatedValue on text, flags and extensions).
 * Each repetition has its own. What cannot be worked out leaves what the form says without it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

static const struct { const char *name; enum property property; } members[] = {
    { "text", PROPERTY_TEXT }, { "prefix", PROPERTY_PREFIX }, { "required", PROPERTY_REQUIRED }, { "repeats", PROPERTY_REPEATS },
    { "readOnly", PROPERTY_READ_ONLY }, { "maxLength", PROPERTY_MAX_LENGTH },
};
static const struct { const char *name; enum property property; } extensions[] = {
    { "minValue", PROPERTY_MIN }, { "maxValue", PROPERTY_MAX }, { "minQuantity", PROPERTY_MIN_QUANTITY },
    { "maxQuantity", PROPERTY_MAX_QUANTITY }, { "minLength", PROPERTY_MIN_LENGTH }, { "minOccurs", PROPERTY_MIN_OCCURS },
    { "maxOccurs", PROPERTY_MAX_OCCURS }, { "maxDecimalPlaces", PROPERTY_MAX_DECIMALS }, { "maxSize", PROPERTY_MAX_SIZE },
    { "hidden", PROPERTY_HIDDEN },
};

/* --- Reading the form --- */

/* The Expression that stands in for the value of an element: in the element's own extensions. */
static const struct node *expression_in(const struct node *element)
{
    for (const struct node *e = node_first(node_get(element, "extension")); e; e = node_next(e)) {
        const char *name = extension_name(node_str(e, "url"));

        if (!strcmp(name, "cqf-expression") || !strcmp(name, "cqf-calculatedValue"))
            return node_get(e, "valueExpression") ? node_get(e, "valueExpression") : node_get(e, "valueString");
    }
    return NULL;
}

static void add_computed(struct form *form, struct item *item, enum property property, const struct node *value)
{
    struct expression *e = expression_new(form, item, value, N_("a part of it"));

    item->computed = mem_grow(item->computed, item->n_computed + 1, sizeof *item->computed);
    item->computed[item->n_computed++] = (struct computed){ property, e };
    item->repeats |= property == PROPERTY_REPEATS;      /* room for several; how many holds is worked out */
}

/* "_valueDate": {extension}, "valueDate": {extension} (seen), or on the extension itself. */
static const struct node *expression_of_extension(const struct node *extension)
{
    const struct node *found = expression_in(extension);

    for (const struct node *m = node_first(extension); m && !found; m = node_next(m))
        if (!strncmp(node_name(m), "_value", 6) || !strncmp(node_name(m), "value", 5)) {
            found = expression_in(m);
            found = found ? found : expression_in(node_get(m, "_value"));
        }
    return found;
}

bool computed_extension(struct form *form, struct item *item, const char *name, const struct node *extension)
{
    const struct node *value;

    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (!strcmp(extensions[i].name, name) && (value = expression_of_extension(extension))) {
            add_computed(form, item, extensions[i].property, value);
            return true;
        }
    return false;
}

void computed_load(struct form *form, struct item *item)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        char beside[24];
        const struct node *value;

        snprintf(beside, sizeof beside, "_%s", members[i].name);
        if ((value = expression_in(node_get(item->node, beside))))
            add_computed(form, item, members[i].property, value);
    }
}

/* --- Working it out --- */

struct value { struct doc *doc; const struct node *node; char *words; uint64_t stamp; };

/* The value as a member the limits can read: a whole element, else its digits or letters by its type. */
static const struct node *value_node(struct doc *doc, const struct fp_value *value)
{
    static const struct { const char *type, *member; } types[] = {
        { "integer", "valueInteger" }, { "decimal", "valueDecimal" }, { "date", "valueDate" }, { "dateTime", "valueDateTime" },
        { "time", "valueTime" }, { "boolean", "valueBoolean" }, { "Quantity", "valueQuantity" },
    };
    const struct node *node = fp_value_node(value);
    const char *member = "valueString", *type = fp_value_type(value);
    struct buf text = {0};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcasecmp(types[i].type, type))
            member = types[i].member;
    fp_value_text(&text, value);
    if (node && node_is(node, NODE_OBJECT))
        node_set_copy(doc, doc_root(doc), member, node);
    else if (!strcmp(member, "valueQuantity"))
        quantity_from_text(doc, node_set_object(doc, doc_root(doc), member), buf_text(&text));
    else if (!strcmp(member, "valueBoolean"))
        node_set_bool(doc, doc_root(doc), member, *buf_text(&text) == 't');
    else if (strcmp(member, "valueInteger") && strcmp(member, "valueDecimal"))
        node_set_str(doc, doc_root(doc), member, buf_text(&text) + (*buf_text(&text) == '@'));
    else if (!node_set_number(doc, doc_root(doc), member, buf_text(&text)))
        node_set_str(doc, doc_root(doc), member, buf_text(&text));
    buf_done(&text);
    return node_get(doc_root(doc), member);
}

static void value_done(struct value *value)
{
    doc_free(value->doc);
    free(value->words);
    *value = (struct value){0};
}

static bool refresh_one(struct form *form, struct inst *inst, size_t i)
{
    const struct computed *c = &inst->item->computed[i];
    struct value *value = &inst->value[i], old = *value;
    struct fp_result result = {0};
    bool changed;

    if (!expression_is_due(form, c->expression, value->stamp))
        return false;
    *value = (struct value){ .stamp = form->clock };
    if (expression_result(form, c->expression, inst, &result) && result.n) {
        value->doc = doc_new(NULL);
        value->node = value_node(value->doc, fp_result_at(&result, 0));
        if (c->property == PROPERTY_TEXT || c->property == PROPERTY_PREFIX)
            value->words = node_text(value->node) ? (c->property == PROPERTY_TEXT ? plain_lines : plain_text)(node_text(value->node), true) : NULL;
        else
            value->words = look_limit_words(value->node);
    }
    fp_result_done(&result);
    changed = !old.node != !value->node || (old.node && !node_equal(old.node, value->node));
    value_done(&old);
    return changed;
}

bool computed_refresh(struct form *form)
{
    bool changed = false;

    for (size_t i = 0; i < form->n_insts; i++) {
        struct inst *inst = form->inst[i];
        bool own = false;

        if (!inst->item->n_computed || !inst->enabled)
            continue;
        if (!inst->value)
            inst->value = mem_array(inst->item->n_computed, sizeof *inst->value);
        for (size_t k = 0; k < inst->item->n_computed; k++)
            own |= refresh_one(form, inst, k);
        if (own && inst->n_answers) {
            free(inst->problem);
            inst->problem = validate_answers(form, inst);
        }
        changed |= own;
    }
    return changed;
}

void computed_done(struct inst *inst)
{
    for (size_t i = 0; inst->value && i < inst->item->n_computed; i++)
        value_done(&inst->value[i]);
    free(inst->value);
}

/* --- What holds now --- */

static const struct value *value_of(const struct inst *inst, enum property property)
{
    for (size_t i = 0; inst->value && i < inst->item->n_computed; i++)
        if (inst->item->computed[i].property == property && inst->value[i].node)
            return &inst->value[i];
    return NULL;
}

const struct node *inst_limit(const struct inst *inst, enum property property)
{
    const struct item *item = inst->item;
    const struct value *value = value_of(inst, property);

    if (value)
        return value->node;
    switch (property) {
    case PROPERTY_MIN:          return item->min;
    case PROPERTY_MAX:          return item->max;
    case PROPERTY_MIN_QUANTITY: return item->min_quantity;
    case PROPERTY_MAX_QUANTITY: return item->max_quantity;
    default:                    return NULL;
    }
}

long inst_number(const struct inst *inst, enum property property)
{
    const struct item *item = inst->item;
    const struct value *value = value_of(inst, property);

    if (value && node_text(value->node))
        return strtol(node_text(value->node), NULL, 10);
    switch (property) {
    case PROPERTY_MIN_LENGTH:   return item->min_length;
    case PROPERTY_MAX_LENGTH:   return item->max_length;
    case PROPERTY_MIN_OCCURS:   return item->min_occurs;
    case PROPERTY_MAX_OCCURS:   return item->max_occurs;
    case PROPERTY_MAX_DECIMALS: return item->max_decimals;
    default:                    return -1;
    }
}

bool inst_flag(const struct inst *inst, enum property property)
{
    const struct item *item = inst->item;
    const struct value *value = value_of(inst, property);

    if (value && (node_is(value->node, NODE_TRUE) || node_is(value->node, NODE_FALSE)))
        return node_is(value->node, NODE_TRUE);
    switch (property) {
    case PROPERTY_REQUIRED:     return item->required;
    case PROPERTY_REPEATS:      return item->says_repeats;
    case PROPERTY_READ_ONLY:    return item->read_only;
    case PROPERTY_HIDDEN:       return item->hidden;
    default:                    return false;
    }
}

const char *inst_words(const struct inst *inst, enum property property)
{
    const struct item *item = inst->item;
    const struct value *value = value_of(inst, property), *other = NULL;

    if (property == PROPERTY_MIN || property == PROPERTY_MAX)
        other = value_of(inst, property == PROPERTY_MIN ? PROPERTY_MIN_QUANTITY : PROPERTY_MAX_QUANTITY);
    if (value && value->words)
        return value->words;
    if (other && other->words)
        return other->words;
    switch (property) {
    case PROPERTY_TEXT:         return item->text;
    case PROPERTY_PREFIX:       return item->prefix;
    case PROPERTY_MIN:          return item->min_words;
    case PROPERTY_MAX:          return item->max_words;
    case PROPERTY_MAX_SIZE:     return item_look(item)->max_size;
    default:                    return "";
    }
}
