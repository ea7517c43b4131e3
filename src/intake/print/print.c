#include "intake/print/print.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/code.h"
#include "fhir/datatype.h"
#include "intake/model.h"
#include "intake/print/print_internal.h"

enum { LISTED_OPTIONS = 40, IN_LINE = 6, IN_LINE_CELLS = 110, TEXT_LINES = 4, SHORT_TEXT = 40 };

/* Room for an answer --------------------------------------------------------------------------- */

/* "[box] Not at all (0)": what belongs together is not parted at the end of a line. */
static void box_words(struct buf *out, const struct option *o, bool chosen)
{
    struct buf words = { 0 };

    buf_printf(&words, "%s%s%s", o->prefix && *o->prefix ? o->prefix : "", o->prefix && *o->prefix ? " " : "", o->label);
    if (o->score)
        buf_printf(&words, " (%s)", o->score);
    buf_printf(out, "%s\u00a0", chosen ? SHEET_BOX_MARKED : SHEET_BOX);
    for (const char *p = buf_text(&words); *p; p++)
        if (*p == ' ')
            buf_add(out, "\u00a0");
        else
            buf_char(out, *p);
    buf_done(&words);
}

static bool fits_in_line(const struct item *item)
{
    int cells = 0;

    for (size_t i = 0; i < item->choices->n; i++) {
        int width = utf8_width(item->choices->option[i].label) + 6;

        if (width > IN_LINE_CELLS / 3)
            return false;
        cells += width;
    }
    return item->choices->n <= IN_LINE && cells <= IN_LINE_CELLS;
}

static void add_boxes(struct sheet *sheet, const struct item *item, int depth)
{
    bool in_line = item_look(item)->is_horizontal || fits_in_line(item);
    struct buf words = { 0 };

    for (size_t i = 0; i < item->choices->n; i++) {
        buf_add(&words, words.len ? "    " : "");
        box_words(&words, &item->choices->option[i], false);
        if (!in_line || i + 1 == item->choices->n) {
            sheet_add(sheet, "choice", depth, NULL, buf_text(&words));
            buf_clear(&words);
        }
    }
    if (item_look(item)->is_open) {
        buf_printf(&words, SHEET_BOX "\u00a0%s ______________________________", *item_look(item)->open_label ? item_look(item)->open_label : _("other:"));
        sheet_add(sheet, "choice", depth, NULL, buf_text(&words));
    }
    buf_done(&words);
}

/* What goes behind a line to write on: the unit, or how a day is written. */
static const char *behind(const struct item *item)
{
    switch (item->type) {
    case FORM_DATE:
        return _("(day, month, year)");
    case FORM_DATETIME:
        return _("(day, month, year, time)");
    case FORM_TIME:
        return _("(time)");
    case FORM_DECIMAL: case FORM_INTEGER: case FORM_QUANTITY:
        return *item_unit_words(item) ? item_unit_words(item) : _("(number)");
    case FORM_ATTACHMENT:
        return _("(please attach)");
    default:
        return "";
    }
}

void print_room(struct sheet *sheet, const struct item *item, int depth)
{
    struct buf words = { 0 };

    if (item->type == FORM_BOOLEAN && !item->choices->n) {
        buf_printf(&words, SHEET_BOX "\u00a0%s    " SHEET_BOX "\u00a0%s", _("Yes"), _("No"));
        sheet_add(sheet, "choice", depth, NULL, buf_text(&words));
    } else if (item->choices->n > 0 && item->choices->n <= LISTED_OPTIONS) {
        if (item->repeats)
            sheet_add(sheet, "help", depth, NULL, _("Mark all that apply."));
        add_boxes(sheet, item, depth);
    } else {
        sheet_write(sheet, depth, item->type == FORM_TEXT ? TEXT_LINES : item->repeats ? 2 : 1, behind(item));
    }
    buf_done(&words);
}

/* When a question is asked --------------------------------------------------------------------- */

/* A question in few words: its number, or its beginning. Owned. */
static char *short_name(const struct item *item)
{
    size_t len;

    if (item->prefix && *item->prefix)
        return mem_dup(item->prefix);
    len = utf8_clip(item->text ? item->text : item->link_id, SHORT_TEXT);
    return mem_printf("\"%.*s%s\"", (int)len, item->text ? item->text : item->link_id, item->text && item->text[len] ? "..." : "");
}

static void value_said(struct buf *out, const struct condition *c)
{
    const struct item *target = c->target;

    if (strcmp(c->type, "Boolean") == 0) {
        buf_add(out, node_is(c->value, NODE_TRUE) ? _("Yes") : _("No"));
        return;
    }
    for (size_t i = 0; i < target->choices->n; i++) {
        const char *type;
        const struct node *value = answer_value(target->choices->option[i].value, &type);

        if (strcmp(type, c->type) == 0 && value_order(value, type, c->value, c->type) == ORDER_SAME) {
            buf_add(out, target->choices->option[i].label);
            return;
        }
    }
    value_words(out, c->value, c->type);
}

static const char *operator_words(enum operator op)
{
    switch (op) {
    case OP_NOT_EQUAL:
        return _("is not");
    case OP_GREATER:
        return _("is more than");
    case OP_LESS:
        return _("is less than");
    case OP_GREATER_EQUAL:
        return _("is at least");
    case OP_LESS_EQUAL:
        return _("is at most");
    default:
        return _("is");
    }
}

/* "Only if 3.1 is Yes": paper cannot hide a question. Owned, "" when it is always asked. */
static char *condition_words(const struct item *item)
{
    struct buf words = { 0 };

    for (size_t i = 0; i < item->n_conditions; i++) {
        const struct condition *c = &item->condition[i];
        char *name;

        if (!c->target || c->op == OP_INVALID)
            continue;
        name = short_name(c->target);
        buf_printf(&words, "%s%s ", words.len == 0 ? _("Only if ") : item->is_any ? _(" or ") : _(" and "), name);
        if (c->op == OP_EXISTS) {
            buf_add(&words, node_is(c->value, NODE_TRUE) ? _("is answered") : _("is not answered"));
        } else {
            buf_printf(&words, "%s ", operator_words(c->op));
            value_said(&words, c);
        }
        free(name);
    }
    if (words.len)
        buf_char(&words, '.');
    else if (item->enable)
        buf_add(&words, _("Only if it applies."));
    return buf_take(&words);
}

/* Blank ---------------------------------------------------------------------------------------- */

void print_question(struct sheet *sheet, const struct item *item, int depth)
{
    char *words = mem_printf("%s%s", item->text && *item->text ? item->text : item->link_id, item->required ? " *" : "");

    sheet_unit(sheet);
    sheet_add(sheet, "question", depth, item->prefix, words);
    if (item->help && *item->help)
        sheet_add(sheet, "help", depth + 1, NULL, item->help);
    free(words);
}

void print_heading(struct sheet *sheet, const struct item *item, int depth, size_t repetition)
{
    char *words = repetition ? mem_printf("%s (%zu)", item->text ? item->text : "", repetition + 1) : mem_dup(item->text ? item->text : "");

    if (*words) {
        sheet_add(sheet, "heading", depth, item->prefix, words);
        if (item->help && *item->help) {
            sheet_add(sheet, "help", depth, NULL, item->help);
            sheet->heading_waits = true;
        }
    }
    free(words);
}

static void blank_item(struct sheet *sheet, const struct item *item, int depth)
{
    char *condition;

    if (item->hidden)
        return;
    if (item->type == FORM_DISPLAY) {
        sheet_unit(sheet);
        sheet_add(sheet, "text", depth, item->prefix, item->text);
        return;
    }
    if (item->type == FORM_GROUP)
        print_heading(sheet, item, depth, 0);
    else
        print_question(sheet, item, depth);
    condition = condition_words(item);
    if (*condition) {
        bool waits = sheet->heading_waits;

        sheet_add(sheet, "help", depth + (item->type != FORM_GROUP), NULL, condition);
        sheet->heading_waits = waits;
    }
    free(condition);
    if (item->type == FORM_GROUP && print_blank_table(sheet, item, depth))
        return;
    if (item->type == FORM_GROUP && item->repeats) {
        sheet_add(sheet, "help", depth, NULL, _("Use a further sheet for each one more."));
        sheet->heading_waits = true;
    }
    if (item->type != FORM_GROUP && (item->calculated && item->read_only))
        sheet_add(sheet, "help", depth + 1, NULL, _("Worked out by the clinic."));
    else if (item->type != FORM_GROUP)
        print_room(sheet, item, depth + 1);
    for (size_t i = 0; i < item->n_children; i++)
        blank_item(sheet, item->child[i], depth + 1);
}

void form_print_blank(const struct form *form, struct sheet *sheet)
{
    for (size_t i = 0; i < form->root->n_children; i++)
        blank_item(sheet, form->root->child[i], 0);
    for (size_t i = 0; i < form->n_items; i++)
        if (form->item[i]->required && !form->item[i]->hidden) {
            sheet_set(sheet, "note", _("* needs an answer"));
            break;
        }
}

/* Filled --------------------------------------------------------------------------------------- */

/* All answers of one place in words, "; " between them; owned. */
char *print_answers(const struct inst *inst)
{
    struct buf words = { 0 };

    for (size_t i = 0; i < inst->n_answers; i++) {
        char *one = inst_answer_words(inst, inst->answer[i]);

        buf_printf(&words, "%s%s", i ? "; " : "", one);
        free(one);
    }
    if (inst->n_answers && inst->item->type != FORM_QUANTITY && *item_unit_words(inst->item))
        buf_printf(&words, " %s", item_unit_words(inst->item));
    return buf_take(&words);
}

static void filled_question(struct sheet *sheet, const struct inst *inst, int depth, bool to_fill)
{
    const struct item *item = inst->item;

    print_question(sheet, item, depth);
    for (size_t i = 0; i < inst->n_answers; i++) {
        char *one = inst_answer_words(inst, inst->answer[i]);
        bool has_unit = item->type != FORM_QUANTITY && *item_unit_words(item);
        char *words = mem_printf("%s%s%s", one, has_unit ? " " : "", has_unit ? item_unit_words(item) : "");

        sheet_add(sheet, "answer", depth + 1, NULL, words);
        free(words);
        free(one);
    }
    if (inst->n_answers)
        return;
    if (inst->absent && *inst->absent) {
        const char *display = code_display("http://terminology.hl7.org/CodeSystem/data-absent-reason", inst->absent);
        char *words = mem_printf(_("no answer: %s"), display ? display : inst->absent);

        sheet_add(sheet, "help", depth + 1, NULL, words);
        free(words);
    } else if (to_fill && !item->read_only) {
        print_room(sheet, item, depth + 1);
    } else {
        sheet_add(sheet, "help", depth + 1, NULL, _("not answered"));
    }
}

static int depth_of(const struct form *form, size_t i)
{
    return form->row[i].depth < 0 ? 0 : form->row[i].depth;
}

static void add_scores(const struct form *form, struct sheet *sheet)
{
    for (size_t i = 0; i < form_scores(form); i++) {
        struct form_score score = form_score(form, i);
        struct buf words = { 0 };

        buf_printf(&words, score.max > 0 && *score.value ? _("%s: %s of %d") : "%s: %s", score.name, *score.value ? score.value : _("not known"), score.max);
        if (score.band && *score.band)
            buf_printf(&words, ", %s", score.band);
        buf_printf(&words, _(" (%d of %d answered)"), score.answered, score.of);
        sheet_unit(sheet);
        sheet_add(sheet, "score", 0, NULL, buf_text(&words));
        buf_done(&words);
    }
}

void form_print_filled(const struct form *form, bool to_fill, struct sheet *sheet)
{
    for (size_t i = 0; i < form->n_rows; i++) {
        const struct inst *inst = form->shown[i];

        if (inst->item->type == FORM_DISPLAY) {
            sheet_unit(sheet);
            sheet_add(sheet, "text", depth_of(form, i), inst->item->prefix, inst->item->text);
        } else if (inst->item->type != FORM_GROUP) {
            filled_question(sheet, inst, depth_of(form, i), to_fill);
        } else {
            size_t taken = print_filled_table(sheet, form, i);

            if (taken)
                i += taken - 1;
            else
                print_heading(sheet, inst->item, depth_of(form, i), inst->item->repeats ? inst->rep : 0);
        }
    }
    add_scores(form, sheet);
}

static void response_items_print(const struct node *items, struct sheet *sheet, int depth)
{
    for (const struct node *item = node_first(items); item; item = node_next(item)) {
        const char *text = node_str(item, "text");

        sheet_unit(sheet);
        sheet_add(sheet, node_get(item, "answer") ? "question" : "heading", depth, NULL, *text ? text : node_str(item, "linkId"));
        for (const struct node *a = node_first(node_get(item, "answer")); a; a = node_next(a)) {
            const char *type = "";
            const struct node *value = choice_value(a, "value", &type);
            struct buf words = { 0 };

            value_words(&words, value, type);
            sheet_add(sheet, "answer", depth + 1, NULL, buf_text(&words));
            buf_done(&words);
            response_items_print(node_get(a, "item"), sheet, depth + 1);
        }
        response_items_print(node_get(item, "item"), sheet, depth + 1);
    }
}

void form_print_response(const struct doc *response, struct sheet *sheet)
{
    response_items_print(node_get(doc_root(response), "item"), sheet, 0);
}
