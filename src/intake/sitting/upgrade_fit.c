/* Where an answer goes in a newer version of its form, and whether it fits there. */
#include <string.h>

#include "base/i18n.h"
#include "intake/model.h"
#include "intake/sitting/sitting_parts.h"

/* --- Where an answer goes --- */

static bool is_repeating_group(const struct item *item)
{
    return item->type == FORM_GROUP && item->repeats;
}

/* Repetition numbers of the groups an inst stands in, outermost first; and under which answers. */
static size_t numbers_of(const struct inst *inst, size_t *number, size_t room)
{
    size_t n = inst->parent ? numbers_of(inst->parent, number, room) : 0;

    if (inst->parent && inst->parent->parent && inst->parent->item->type != FORM_GROUP && inst->parent->item->repeats && n < room)
        number[n++] = inst->set;
    if (is_repeating_group(inst->item) && n < room)
        number[n++] = inst->rep;
    return n;
}

/* The path of an item with those numbers put in where it repeats; false when it repeats less or more often. */
static bool path_with(const struct item *item, const size_t *number, size_t n, size_t *used, struct buf *path)
{
    const struct item *parent = item->parent;

    if (parent && parent->parent) {
        if (!path_with(parent, number, n, used, path))
            return false;
        if (parent->type != FORM_GROUP && parent->repeats) {
            if (*used == n)
                return false;
            buf_printf(path, "[%zu]", number[(*used)++]);
        }
        buf_char(path, '/');
    }
    buf_add(path, item->key);
    if (is_repeating_group(item)) {
        if (*used == n)
            return false;
        buf_printf(path, "[%zu]", number[(*used)++]);
    }
    return true;
}

struct inst *upgrade_place(struct form *form, const struct inst *old)
{
    const struct item *item = item_by_link(form, old->item->link_id);
    size_t number[FORM_DEPTH_MAX], n = numbers_of(old, number, FORM_DEPTH_MAX), used = 0;
    struct buf path = { 0 };
    struct inst *found = NULL;

    if (item && path_with(item, number, n, &used, &path) && used == n)
        found = state_find(form, buf_text(&path), true);
    buf_done(&path);
    return found;
}

/* --- Does it fit? --- */

static const char *types_apart(enum form_type from, enum form_type to, const char *value)
{
    if (from == to || (from == FORM_STRING && to == FORM_TEXT) || (from == FORM_CHOICE && to == FORM_OPEN_CHOICE) ||
        (from == FORM_INTEGER && to == FORM_DECIMAL) || (from == FORM_DATE && to == FORM_DATETIME) ||
        (from == FORM_TEXT && to == FORM_STRING && !strstr(value, "\\n")) ||
        ((from == FORM_STRING || from == FORM_TEXT) && to == FORM_OPEN_CHOICE) || (from == FORM_OPEN_CHOICE && to == FORM_CHOICE))
        return NULL;
    return _("it asks for another kind of answer now");
}

/* The answer as the new item takes it, added to array; a sentence why it cannot. */
static const char *fit_answer(const struct inst *new, const struct node *answer, struct doc *doc, struct node *array)
{
    const struct item *item = new->item;
    const struct choices *choices = inst_choices(new);
    static const struct { const char *from; enum form_type type; const char *member; } renamed[] = {
        { "Integer", FORM_DECIMAL, "valueDecimal" }, { "Date", FORM_DATETIME, "valueDateTime" },
    };
    const char *type;
    const struct node *value = answer_value(answer, &type);
    const struct option *o = strcmp(type, "Coding") == 0 || item->type == FORM_CHOICE ? option_of(choices, answer) : NULL;

    if (item->type == FORM_CHOICE && !o && !choices->missing && (choices->n || strcmp(type, "Coding")))
        return _("it cannot be chosen any more");
    if (item->type == FORM_OPEN_CHOICE && strcmp(type, "Coding") == 0 && !o && choices->n && !choices->missing)
        return _("it cannot be chosen any more");
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (item->type == renamed[i].type && strcmp(type, renamed[i].from) == 0) {
            node_set_copy(doc, node_add_object(doc, array), renamed[i].member, value);
            return NULL;
        }
    node_add_copy(doc, array, o ? o->value : answer);       /* with the label and the weight of today */
    return NULL;
}

const char *upgrade_fit(const struct inst *old, const struct inst *new, struct doc *doc, struct node *array)
{
    struct buf text = { 0 };
    const char *why = NULL;

    for (size_t i = 0; i < old->n_answers; i++)
        node_write(&text, old->answer[i]);
    why = types_apart(old->item->type, new->item->type, buf_text(&text));
    buf_done(&text);
    if (!why && old->n_answers > 1 && !new->item->repeats)
        why = _("only one answer is asked for now");
    for (size_t i = 0; i < old->n_answers && !why; i++)
        why = fit_answer(new, old->answer[i], doc, array);
    return why;
}
