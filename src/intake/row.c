/* row.c - the visible lines of a form, and the words that stand on them. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "intake/model.h"

char *view_keep(struct view *view, char *owned)
{
    MEM_ROOM(view->words, view->n_words, view->cap_words);
    return view->words[view->n_words++] = owned;
}

void view_drop_words(struct view *view)
{
    for (size_t i = 0; i < view->n_words; i++)
        free(view->words[i]);
    view->n_words = 0;
}

const char *item_unit_words(const struct item *item)
{
    const char *words = item->n_units == 1 ? node_str(item->unit[0], item->is_plain_value ? "text" : "display") : "";

    return *words || item->n_units != 1 ? words : node_str(item->unit[0], "code");
}

static int inst_depth(const struct inst *inst)
{
    int depth = -1;

    for (inst = inst->parent; inst; inst = inst->parent)
        depth++;
    return depth;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const char *row_note(const struct inst *inst)
{
    return inst->overridden ? _("Typed in place of what the form works out.") : or_empty(inst->item->note);
}

static void row_fill(struct form_row *row, const struct inst *inst, size_t index)
{
    const struct item *item = inst->item;

    *row = (struct form_row){
        .index = index, .path = inst->path, .link_id = item->link_id, .prefix = inst_words(inst, PROPERTY_PREFIX), .text = inst_words(inst, PROPERTY_TEXT),
        .help = item->help, .type = item->type, .depth = inst_depth(inst), .required = inst_flag(inst, PROPERTY_REQUIRED),
        .read_only = inst_read_only(inst), .repeats = inst_flag(inst, PROPERTY_REPEATS), .is_calculated = item->calculated != NULL,
        .is_page = item->is_page, .item = item->node, .unit = item_unit_words(item), .absent = or_empty(inst->absent),
        .problem = or_empty(inst->problem), .note = row_note(inst), .n_answers = inst->n_answers,
        .is_overridden = inst->overridden, .repetition = inst->rep,
        .from_record = inst->n_answers && !inst->is_confirmed ? or_empty(inst->source) : "",
        .look = item_look(item), .min = inst_words(inst, PROPERTY_MIN), .max = inst_words(inst, PROPERTY_MAX),
    };
}

static void say_change(struct form *form, size_t came, size_t went)
{
    struct buf words = {0};

    if (came)
        buf_printf(&words, ngettext("%zu question appeared", "%zu questions appeared", came), came);
    if (went) {
        buf_add(&words, words.len ? ", " : "");
        buf_printf(&words, ngettext("%zu question went", "%zu questions went", went), went);
    }
    if (form->n_dropped) {
        buf_add(&words, words.len ? ", " : "");
        buf_printf(&words, ngettext("%zu answer is no longer offered and was taken away", "%zu answers are no longer offered and were taken away",
                                    form->n_dropped), form->n_dropped);
    }
    if (form->n_recalculated) {
        buf_add(&words, words.len ? ", " : "");
        buf_printf(&words, ngettext("%zu value worked out", "%zu values worked out", form->n_recalculated), form->n_recalculated);
    }
    free(form->change_words);
    form->change_words = buf_take(&words);
}

void rows_rebuild(struct form *form)
{
    size_t came = 0, went = 0;

    form->n_rows = 0;
    for (size_t i = 0; i < form->n_insts; i++) {
        struct inst *inst = form->inst[i];
        bool is_question = inst->item->type != FORM_GROUP && inst->item->type != FORM_DISPLAY;

        inst->is_visible = inst->enabled && !inst_hidden(inst);
        came += is_question && inst->is_visible && !inst->was_visible;
        went += is_question && !inst->is_visible && inst->was_visible;
        inst->was_visible = inst->is_visible;
        if (!inst->is_visible)
            continue;
        if (form->n_rows == form->cap_rows) {
            form->cap_rows = form->cap_rows ? 2 * form->cap_rows : 64;
            form->row = mem_grow(form->row, form->cap_rows, sizeof *form->row);
            form->shown = mem_grow(form->shown, form->cap_rows, sizeof *form->shown);
        }
        form->shown[form->n_rows] = inst;
        row_fill(&form->row[form->n_rows], inst, form->n_rows);
        form->n_rows++;
    }
    say_change(form, came, went);
}

size_t form_rows(const struct form *form)
{
    return form->n_rows;
}

const struct form_row *form_row(const struct form *form, size_t index)
{
    return index < form->n_rows ? &form->row[index] : NULL;
}

const struct form_row *form_row_by_path(const struct form *form, const char *path)
{
    for (size_t i = 0; i < form->n_rows; i++)
        if (!strcmp(form->row[i].path, path))
            return &form->row[i];
    return NULL;
}

static const struct inst *row_inst(const struct form *form, const struct form_row *row)
{
    return form->shown[row->index];
}

/* --- Words --- */

static void moment_words(struct buf *out, const char *text)
{
    char day[DATE_TEXT], words[DATE_TEXT];
    size_t len = strcspn(text, "T");
    struct date date;

    if (len >= sizeof day)
        return;
    memcpy(day, text, len);
    day[len] = '\0';
    if (!date_parse(day, &date)) {
        buf_add(out, text);
        return;
    }
    date_words_long(date, words);
    buf_add(out, words);
    if (text[len] == 'T' && strlen(text + len) >= 6)
        buf_printf(out, " %.5s", text + len + 1);
}

static void element_words(struct buf *out, const char *type, const struct node *value)
{
    const char *unit = *node_str(value, "unit") ? node_str(value, "unit") : node_str(value, "code");

    if (!strcmp(type, "Quantity"))
        buf_printf(out, "%s%s%s", node_str(value, "value"), *unit ? " " : "", unit);
    else if (!strcmp(type, "Coding"))
        buf_add(out, *node_str(value, "display") ? node_str(value, "display") : node_str(value, "code"));
    else if (!strcmp(type, "Reference"))
        buf_add(out, *node_str(value, "display") ? node_str(value, "display") : node_str(value, "reference"));
    else if (!strcmp(type, "Attachment"))
        buf_add(out, *node_str(value, "title") ? node_str(value, "title") : *node_str(value, "url") ? node_str(value, "url")
                     : _("attached file"));
}

/* The answer says what its option says: another display given with the same code stands. */
static bool is_own_word(const struct option *o, const struct node *value)
{
    const char *type, *display = node_str(value, "display");

    return !*display || !strcmp(display, node_str(answer_value(o->value, &type), "display"));
}

char *inst_answer_words(const struct inst *inst, const struct node *answer)
{
    const char *type;
    const struct node *value = answer_value(answer, &type);
    const struct option *o = !strcmp(type, "Coding") || !strcmp(type, "String") ? option_of(inst_choices(inst), answer) : NULL;
    struct buf words = {0}, clean = {0};

    if (o && is_own_word(o, value))     /* as the form says it in the reader's language */
        buf_add(&words, o->label);
    else if (!strcmp(type, "Boolean"))
        buf_add(&words, node_is(value, NODE_TRUE) ? _("Yes") : _("No"));
    else if (!strcmp(type, "Date") || !strcmp(type, "DateTime"))
        moment_words(&words, node_text(value) ? node_text(value) : "");
    else if (!strcmp(type, "Time"))
        buf_printf(&words, "%.5s", node_text(value) ? node_text(value) : "");
    else if (node_text(value))
        buf_add(&words, node_text(value));
    else
        element_words(&words, type, value);
    utf8_clean(&clean, buf_text(&words), inst->item->type == FORM_TEXT);
    buf_done(&words);
    return buf_take(&clean);
}

char *form_answer_words(const struct form *form, const struct form_row *row, size_t i)
{
    const struct inst *inst = row_inst(form, row);

    return i < inst->n_answers ? inst_answer_words(inst, inst->answer[i]) : mem_dup("");
}

const struct node *form_answer(const struct form *form, const struct form_row *row, size_t i)
{
    const struct inst *inst = row_inst(form, row);

    return i < inst->n_answers ? inst->answer[i] : NULL;
}

/* Dates and times are typed back as FHIR writes them: the one form read the same in every clinic. */
char *form_answer_typed(const struct form *form, const struct form_row *row)
{
    const struct inst *inst = row_inst(form, row);
    struct buf typed = {0};

    for (size_t i = 0; i < inst->n_answers; i++) {
        const char *type;
        const struct node *value = answer_value(inst->answer[i], &type);
        char *words = node_text(value) && strcmp(type, "Boolean") ? mem_dup(node_text(value)) : inst_answer_words(inst, inst->answer[i]);

        buf_printf(&typed, "%s%s", i ? "; " : "", words);
        free(words);
    }
    return buf_take(&typed);
}

struct form_unit form_unit(const struct form *form, const struct form_row *row, size_t i)
{
    const struct item *item = row_inst(form, row)->item;
    const struct node *unit = item->unit[i];

    if (item->is_plain_value)
        return (struct form_unit){ node_str(unit, "text"), NULL };
    return (struct form_unit){ *node_str(unit, "display") ? node_str(unit, "display") : node_str(unit, "code"), unit };
}

size_t form_options(const struct form *form, const struct form_row *row)
{
    return inst_choices(row_inst(form, row))->n;
}

struct form_option form_option(const struct form *form, const struct form_row *row, size_t i)
{
    const struct inst *inst = row_inst(form, row);
    const struct option *o = &inst_choices(inst)->option[i];
    struct form_option out = { .label = o->label, .prefix = o->prefix, .value = o->value, .score = or_empty(o->score),
                               .exclusive = o->is_exclusive, .disabled = option_disabled(inst, o) };

    for (size_t k = 0; k < inst->n_answers && !out.chosen; k++)
        out.chosen = option_is(o, inst->answer[k]);
    return out;
}

void form_progress(const struct form *form, int *answered, int *total)
{
    *answered = *total = 0;
    for (size_t i = 0; i < form->n_rows; i++) {
        const struct form_row *row = &form->row[i];

        if (row->type == FORM_GROUP || row->type == FORM_DISPLAY || row->read_only || row->is_calculated)
            continue;
        ++*total;
        *answered += row->n_answers > 0 || *row->absent;
    }
}
