/* questionnaire.c - read a Questionnaire into a tree of items.
 * What a form does wrong but can be lived with is kept, worked around and listed as a defect. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

static const struct { const char *code; enum form_type type; } types[] = {
    { "group", FORM_GROUP }, { "display", FORM_DISPLAY }, { "boolean", FORM_BOOLEAN }, { "decimal", FORM_DECIMAL },
    { "integer", FORM_INTEGER }, { "date", FORM_DATE }, { "dateTime", FORM_DATETIME }, { "time", FORM_TIME },
    { "string", FORM_STRING }, { "text", FORM_TEXT }, { "url", FORM_URL }, { "choice", FORM_CHOICE },
    { "open-choice", FORM_OPEN_CHOICE }, { "attachment", FORM_ATTACHMENT }, { "reference", FORM_REFERENCE },
    { "quantity", FORM_QUANTITY },
};
static const struct { const char *code; enum operator op; } operators[] = {
    { "exists", OP_EXISTS }, { "=", OP_EQUAL }, { "!=", OP_NOT_EQUAL }, { ">", OP_GREATER }, { "<", OP_LESS },
    { ">=", OP_GREATER_EQUAL }, { "<=", OP_LESS_EQUAL },
};

/* FNV-1a */
static size_t text_hash(const char *text)
{
    uint64_t hash = 14695981039346656037u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return (size_t)hash;
}

/* Enter the defect that is about to be added, by its words, into the table of those there are: a hostile
 * form has one for each of its items. Places hold the number of the defect, from 1. */
static bool defect_is_new(struct form *form, const char *words)
{
    size_t mask, i;

    if (2 * form->n_defects >= form->n_by_words) {
        form->n_by_words = form->n_by_words ? 2 * form->n_by_words : 64;
        free(form->by_words);
        form->by_words = mem_array(form->n_by_words, sizeof *form->by_words);
        mask = form->n_by_words - 1;
        for (size_t d = 0; d < form->n_defects; d++) {
            for (i = text_hash(form->defect[d].words) & mask; form->by_words[i]; i = (i + 1) & mask)
                ;
            form->by_words[i] = d + 1;
        }
    }
    mask = form->n_by_words - 1;
    for (i = text_hash(words) & mask; form->by_words[i]; i = (i + 1) & mask)
        if (!strcmp(form->defect[form->by_words[i] - 1].words, words))
            return false;
    form->by_words[i] = form->n_defects + 1;
    return true;
}

/* The form itself is no item: what would read "Item (the form) ..." reads "The form ...". */
static void name_the_form(const struct form *form, char *text, size_t size)
{
    char *item = mem_printf(_("Item %s"), form->root->link_id), *rest = mem_dup(text);
    size_t len = strlen(item);

    if (!strncmp(text, item, len))
        snprintf(text, size, "%s%s", _("The form"), rest + len);
    free(item);
    free(rest);
}

void form_add_defect(struct form *form, const struct item *item, enum defect_kind kind, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (item == form->root)
        name_the_form(form, text, sizeof text);
    if (!defect_is_new(form, text))
        return;
    MEM_ROOM(form->defect, form->n_defects, form->cap_defects);
    form->defect[form->n_defects++] = (struct defect){ mem_dup(text), item, kind };
}

void item_add_note(struct item *item, const char *words)
{
    char *old = item->note;

    if (old && strstr(old, words))
        return;
    item->note = old && *old ? mem_printf("%s %s", old, words) : mem_dup(words);
    free(old);
}

/* Where the items of this linkId stand, or would stand, in the table. */
static size_t link_place(const struct form *form, const char *link_id)
{
    size_t mask = form->n_by_link - 1, i = text_hash(link_id) & mask;

    while (form->by_link[i] && strcmp(form->by_link[i]->link_id, link_id) != 0)
        i = (i + 1) & mask;
    return i;
}

/* The part of a path that names this item: siblings of the same linkId are numbered. */
static void item_set_key(struct item *item)
{
    const struct item *same = item->earlier_link;

    while (same && same->parent != item->parent)
        same = same->earlier_link;
    item->nth = same ? same->nth + 1 : 1;
    item->key = item->nth > 1 ? mem_printf("%s~%zu", item->link_id, item->nth) : mem_dup(item->link_id);
}

/* The first item of each linkId; others of the same follow it in the order of the form. */
static void link_table(struct form *form)
{
    form->n_by_link = 16;
    while (form->n_by_link < 2 * form->n_items)
        form->n_by_link *= 2;
    form->by_link = mem_array(form->n_by_link, sizeof *form->by_link);
    for (size_t i = form->n_items; i-- > 0;) {
        struct item *item = form->item[i];
        size_t place = link_place(form, item->link_id);

        item->same_link = form->by_link[place];
        if (item->same_link)
            item->same_link->earlier_link = item;
        form->by_link[place] = item;
    }
    for (size_t i = 0; i < form->n_items; i++)
        item_set_key(form->item[i]);
}

struct item *item_by_link(const struct form *form, const char *link_id)
{
    return form->by_link[link_place(form, link_id)];
}

bool item_has_question(const struct item *item)
{
    for (size_t i = 0; i < item->n_children; i++)
        if (item->child[i]->type == FORM_GROUP ? item_has_question(item->child[i]) : item->child[i]->type != FORM_DISPLAY)
            return true;
    return false;
}

static enum form_type item_type(struct form *form, const struct item *item)
{
    const char *code = node_str(item->node, "type");

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(types[i].code, code))
            return types[i].type;
    form_add_defect(form, item, DEFECT_ERROR, _("Item %s has the unknown type '%.40s'; it is asked as text."), item->link_id, code);
    return node_count(node_get(item->node, "item")) ? FORM_GROUP : FORM_STRING;
}

static void item_load_code(struct item *item)
{
    item->score_code = "";
    for (const struct node *c = node_first(node_get(item->node, "code")); c; c = node_next(c))
        if (!strcmp(node_str(c, "system"), "http://loinc.org"))
            item->score_code = node_str(c, "code");
}

static void item_load_limits(struct item *item)
{
    const char *max = node_str(item->node, "maxLength");

    item->max_length = *max ? strtol(max, NULL, 10) : -1;
    item->min_length = item->min_occurs = item->max_occurs = item->max_decimals = -1;
}

/* Illegal combinations (que-1, 3, 6, 8, 11, 13) are reported; the item is asked all the same. */
static void item_check_shape(struct form *form, const struct item *item)
{
    const struct node *n = item->node;
    bool is_question = item->type != FORM_GROUP && item->type != FORM_DISPLAY;

    if (item->type == FORM_DISPLAY && (node_get(n, "required") || node_get(n, "repeats") || node_get(n, "readOnly")))
        form_add_defect(form, item, DEFECT_WARNING, _("Display item %s has required, repeats or readOnly, which mean nothing there."), item->link_id);
    if (!is_question && node_get(n, "initial"))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s is not a question and cannot have an initial value."), item->link_id);
    if (node_count(node_get(n, "initial")) && node_count(node_get(n, "answerOption")))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has initial beside answerOption; initialSelected is meant."), item->link_id);
    if (node_count(node_get(n, "initial")) > 1 && !item->repeats)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s does not repeat but has several initial values; the first is used."), item->link_id);
    if (item->type == FORM_DISPLAY && node_count(node_get(n, "item")))
        form_add_defect(form, item, DEFECT_WARNING, _("Display item %s has items below it, which cannot be answered."), item->link_id);
    if (item->hidden && item->required && !item->calculated && !item->initial && !node_get(n, "initial"))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s is hidden and required; nobody can answer it, so it is not demanded."), item->link_id);
    if (node_count(node_get(n, "enableWhen")) > 1 && !*node_str(n, "enableBehavior"))
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s has several conditions and does not say whether all must hold; any is taken."), item->link_id);
}

/* A part that is kept in another form is not put in here: its place says so. */
static void item_load_part(struct form *form, struct item *item)
{
    const struct node *part = item_extension(item, "subQuestionnaire");

    if (!part)
        return;
    item_add_note(item, _("A part of the form belongs here that is kept elsewhere; it cannot be filled here."));
    form_add_defect(form, item, DEFECT_WARNING, _("Item %s stands for the form %.160s, which is not put in here."), item->link_id,
                    node_text(part) ? node_text(part) : "");
}

static void item_load_children(struct form *form, struct item *parent, const struct node *items, int depth);

static struct item *item_load(struct form *form, struct item *parent, const struct node *node, int depth)
{
    struct item *item = mem_alloc(sizeof *item);

    item->node = node;
    item->parent = parent;
    item->link_id = node_str(node, "linkId");
    item->type = item_type(form, item);
    item->prefix = node_str(node, "prefix");
    item->help = "";
    item->text = plain_item_text(node, form->language);
    for (char *p = item->text; item->type == FORM_GROUP && *p; p++)
        if (*p == '\n')
            *p = ' ';   /* a heading is one line */
    item->required = node_bool(node, "required");
    item->repeats = item->says_repeats = node_bool(node, "repeats");
    item->read_only = node_bool(node, "readOnly");
    item->is_any = strcmp(node_str(node, "enableBehavior"), "all") != 0;
    item->is_page = item->type == FORM_GROUP && depth == 0;
    item->order = form->n_items;
    MEM_ROOM(form->item, form->n_items, form->cap_items);
    form->item[form->n_items++] = item;
    MEM_ROOM(parent->child, parent->n_children, parent->cap_children);
    item->index = parent->n_children;
    parent->child[parent->n_children++] = item;
    item_load_limits(item);
    item_load_code(item);
    item_load_extensions(form, item);
    computed_load(form, item);
    look_load_style(form, item);
    item_check_shape(form, item);
    if (!*item->link_id)
        form_add_defect(form, item, DEFECT_ERROR, _("An item has no linkId; it is addressed by its place."));
    item_load_options(form, item);
    item_load_part(form, item);
    item_load_children(form, item, node_get(node, "item"), depth + 1);
    look_finish(form, item);
    return item;
}

static void item_load_children(struct form *form, struct item *parent, const struct node *items, int depth)
{
    if (parent->type == FORM_DISPLAY)
        return;
    if (depth > FORM_DEPTH_MAX && node_count(items)) {
        form_add_defect(form, parent, DEFECT_ERROR, _("What stands below item %s is more than %d levels deep; it is left out."), parent->link_id, FORM_DEPTH_MAX);
        return;
    }
    for (const struct node *node = node_first(items); node; node = node_next(node)) {
        if (!node_is(node, NODE_OBJECT))
            form_add_defect(form, parent, DEFECT_ERROR, _("An item of the form is not an object; it is left out."));
        else if (parent != form->root && look_is_decoration(node, parent->type))
            look_decorate(form, parent, node);
        else
            item_load(form, parent, node, depth);
    }
}

/* --- Conditions, once every item is known --- */

/* The item a condition means when a broken form has the linkId twice: the closest one. */
static struct item *condition_target(const struct form *form, const struct item *from, const char *link_id)
{
    struct item *found = NULL;

    for (struct item *up = from->parent; up && up->node; up = up->parent)
        if (!strcmp(up->link_id, link_id))
            return up;
    for (struct item *item = item_by_link(form, link_id); item; item = item_same_link(item))
        if (!found || item->order < from->order)
            found = item;
    return found;
}

static void condition_load(struct form *form, const struct item *item, const struct node *node, struct condition *c)
{
    const char *op = node_str(node, "operator");

    c->op = OP_INVALID;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (!strcmp(operators[i].code, op))
            c->op = operators[i].op;
    c->value = NULL;
    c->type = "";
    for (const struct node *m = node_first(node); m; m = node_next(m))
        if (!strncmp(node_name(m), "answer", 6)) {
            c->value = m;
            c->type = node_name(m) + 6;
        }
    c->target = condition_target(form, item, node_str(node, "question"));
    if (!c->target)
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s depends on %.60s, which the form does not have."), item->link_id, node_str(node, "question"));
    if (c->op == OP_INVALID)
        form_add_defect(form, item, DEFECT_ERROR, _("Item %s has a condition with the unknown operator '%.20s'; it never holds."), item->link_id, op);
    if (c->target && !strcmp(c->type, "String") && c->target->type == FORM_CHOICE)
        form_add_defect(form, item, DEFECT_WARNING, _("Item %s compares the choice %s with text; its words are compared."), item->link_id, c->target->link_id);
}

static void item_load_conditions(struct form *form, struct item *item)
{
    const struct node *when = node_get(item->node, "enableWhen");

    item->condition = mem_array(node_count(when), sizeof *item->condition);
    for (const struct node *n = node_first(when); n; n = node_next(n))
        condition_load(form, item, n, &item->condition[item->n_conditions++]);
}

static void report_duplicates(struct form *form)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (*form->item[i]->link_id && item_same_link(form->item[i]))
            form_add_defect(form, item_same_link(form->item[i]), DEFECT_ERROR, _("linkId %s stands more than once; its items are told apart by their place."),
                            form->item[i]->link_id);
}

enum rc definition_load(struct form *form, struct err *err)
{
    const struct node *root = doc_root(form->questionnaire);

    if (!node_is(root, NODE_OBJECT) || strcmp(doc_type(form->questionnaire), "Questionnaire"))
        return err_set(err, RC_INVALID, _("This is not a Questionnaire."));
    form->root = mem_alloc(sizeof *form->root);
    form->root->node = root;
    form->root->type = FORM_GROUP;
    form->root->choices = choices_none();
    form->root->link_id = _("(the form)");
    form->root->prefix = form->root->score_code = form->root->help = "";
    form->root->key = mem_dup("");
    form->root->text = mem_dup("");
    item_load_extensions(form, form->root);
    item_load_children(form, form->root, node_get(root, "item"), 0);
    if (form->n_items == 0)
        return err_set(err, RC_INVALID, _("Questionnaire %s has no items."), doc_id(form->questionnaire));
    link_table(form);
    for (size_t i = 0; i < form->n_items; i++)
        item_load_conditions(form, form->item[i]);
    report_duplicates(form);
    expression_link(form);
    return RC_OK;
}

static void item_free(struct item *item)
{
    toggles_free(item);
    free(item->computed);
    pattern_free(item->regex);
    free(item->child);
    free(item->key);
    free(item->text);
    free(item->note);
    free(item->condition);
    free(item->variable);
    for (size_t i = 0; i < item->n_rules; i++)
        fhirpath_free(item->rule[i].location);
    free(item->rule);
    free(item->unit);
    free(item);
}

void definition_free(struct form *form)
{
    for (size_t i = 0; i < form->n_items; i++)
        item_free(form->item[i]);
    if (form->root)
        item_free(form->root);
    for (size_t i = 0; i < form->n_expressions; i++)
        expression_free(form->expression[i]);
    for (size_t i = 0; i < form->n_choices; i++)
        choices_free(form->choices[i]);
    free(form->choices);
    free(form->item);
    free(form->expression);
}
