/* stand_in.c - a form made of a response, for answers whose own form is not here: every answer with the
 * question's text as the response carries it, in its order, and nothing invented. */
#include "intake/sitting/stand_in.h"

#include <string.h>

#include "intake/model.h"

static const struct { const char *value, *type; } types[] = {
    { "Boolean", "boolean" }, { "Decimal", "decimal" }, { "Integer", "integer" }, { "Date", "date" },
    { "DateTime", "dateTime" }, { "Time", "time" }, { "String", "text" }, { "Uri", "url" }, { "Attachment", "attachment" },
    { "Coding", "open-choice" }, { "Quantity", "quantity" }, { "Reference", "reference" },
};

static const char *item_type(const struct node *item)
{
    const char *value = "", *found = "text";

    for (const struct node *a = node_first(node_get(item, "answer")); a; a = node_next(a)) {
        answer_value(a, &value);
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (strcmp(types[i].value, value) == 0 && strcmp(found, "open-choice"))
                found = types[i].type;
    }
    return !node_get(item, "answer") && node_get(item, "item") ? "group" : found;
}

static struct node *question_of(const struct node *parent, const char *link_id)
{
    for (struct node *q = node_first(node_get(parent, "item")); q; q = node_next(q))
        if (strcmp(node_str(q, "linkId"), link_id) == 0)
            return q;
    return NULL;
}

static void add_items(struct doc *form, struct node *parent, const struct node *items)
{
    for (const struct node *item = node_first(items); item; item = node_next(item)) {
        struct node *q = question_of(parent, node_str(item, "linkId"));
        bool again = q != NULL;

        if (!q) {
            q = node_add_object(form, node_set_array(form, parent, "item"));
            node_set_str(form, q, "linkId", node_str(item, "linkId"));
            node_set_str(form, q, "text", node_str(item, "text"));
            node_set_str(form, q, "type", item_type(item));
        }
        if (again || node_count(node_get(item, "answer")) > 1)
            node_set_bool(form, q, "repeats", true);
        add_items(form, q, node_get(item, "item"));
        for (const struct node *a = node_first(node_get(item, "answer")); a; a = node_next(a))
            add_items(form, q, node_get(a, "item"));
    }
}

struct doc *stand_in_form(const struct doc *response, const char *title)
{
    struct doc *form = doc_new("Questionnaire");

    node_set_str(form, doc_root(form), "status", "unknown");
    node_set_str(form, doc_root(form), "title", title);
    add_items(form, doc_root(form), node_get(doc_root(response), "item"));
    return form;
}
