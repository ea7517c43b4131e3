/* look.c - what a form says about the looks of an item: controls, hints, the display items that only
 * explain a question, the style of a text. Nothing here changes what is asked or taken. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "intake/model.h"

static const struct form_look plain_look = {
    .flyover = "", .prompt = "", .legal = "", .entry_format = "", .open_label = "", .short_text = "", .display_category = "",
    .support_link = "", .lower = "", .upper = "", .step = "", .max_length = -1, .min_occurs = -1, .max_occurs = -1,
    .references = "", .mime_types = "", .max_size = "",
};

static const struct { const char *code; enum form_control control; } controls[] = {
    { "page", CONTROL_PAGE }, { "tab-container", CONTROL_TAB_CONTAINER }, { "tab", CONTROL_TAB }, { "table", CONTROL_TABLE },
    { "gtable", CONTROL_GTABLE }, { "atable", CONTROL_TABLE }, { "htable", CONTROL_HTABLE }, { "grid", CONTROL_GRID },
    { "list", CONTROL_LIST }, { "header", CONTROL_HEADER }, { "footer", CONTROL_FOOTER }, { "slider", CONTROL_SLIDER },
    { "autocomplete", CONTROL_AUTOCOMPLETE }, { "drop-down", CONTROL_DROP_DOWN }, { "radio-button", CONTROL_RADIO },
    { "inline-choice", CONTROL_RADIO }, { "check-box", CONTROL_CHECK_BOX }, { "lookup", CONTROL_LOOKUP },
    { "text-box", CONTROL_TEXT_BOX }, { "spinner", CONTROL_SPINNER }, { "year", CONTROL_YEAR }, { "yearMonth", CONTROL_YEAR_MONTH },
    { "inline", CONTROL_INLINE }, { "prompt", CONTROL_PROMPT }, { "unit", CONTROL_UNIT }, { "lower", CONTROL_LOWER },
    { "upper", CONTROL_UPPER }, { "flyover", CONTROL_FLYOVER }, { "help", CONTROL_HELP }, { "legal", CONTROL_LEGAL },
    { "context-display", CONTROL_CONTEXT },
};

const struct form_look *item_look(const struct item *item)
{
    return item->look ? item->look : &plain_look;
}

struct form_look *item_look_own(struct form *form, struct item *item)
{
    if (!item->look) {
        item->look = arena_alloc(&form->texts, sizeof *item->look);
        *item->look = plain_look;
    }
    return item->look;
}

static const char *keep(struct form *form, char *owned)
{
    const char *kept = arena_dup_n(&form->texts, owned, strlen(owned));

    free(owned);
    return kept;
}

/* A control in a wrong shape (its code an array) names none. */
enum form_control control_of(const struct node *concept)
{
    for (const struct node *c = node_first(node_get(concept, "coding")); c; c = node_next(c))
        for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
            if (!strcmp(controls[i].code, node_str(c, "code")))
                return controls[i].control;
    return CONTROL_NONE;
}

/* --- Extensions --- */

static void look_control(struct form *form, struct item *item, const struct node *value)
{
    enum form_control control = control_of(value);

    if (control == CONTROL_NONE)
        return;
    item_look_own(form, item)->control = control;
    item->is_page |= control == CONTROL_PAGE;
}

static void look_orientation(struct form *form, struct item *item, const struct node *value)
{
    if (node_text(value) && !strcmp(node_text(value), "horizontal"))
        item_look_own(form, item)->is_horizontal = true;
}

static void look_collapsible(struct form *form, struct item *item, const struct node *value)
{
    if (node_text(value) && !strcmp(node_text(value), "default-closed"))
        item_look_own(form, item)->is_collapsed = true;
}

static void look_unit_open(struct form *form, struct item *item, const struct node *value)
{
    bool closed = node_is(value, NODE_FALSE) || (node_text(value) && !strcmp(node_text(value), "optionsOnly"));

    item_look_own(form, item)->is_unit_open = !closed;
}

static void look_category(struct form *form, struct item *item, const struct node *value)
{
    const char *code = node_path_str(value, "coding[0].code");

    if (*code)
        item_look_own(form, item)->display_category = code;
}

static const char *listed(struct form *form, const char *list, const struct node *value)
{
    const char *code = node_text(value);

    return !code ? list : *list ? keep(form, mem_printf("%s %s", list, code)) : code;
}

static void look_reference(struct form *form, struct item *item, const struct node *value)
{
    struct form_look *look = item_look_own(form, item);

    look->references = listed(form, look->references, value);
}

static void look_mime(struct form *form, struct item *item, const struct node *value)
{
    struct form_look *look = item_look_own(form, item);

    look->mime_types = listed(form, look->mime_types, value);
}

/* Members that are one plain text. */
static const struct { const char *name; size_t offset; } texts[] = {
    { "entryFormat", offsetof(struct form_look, entry_format) }, { "openLabel", offsetof(struct form_look, open_label) },
    { "shortText", offsetof(struct form_look, short_text) }, { "supportLink", offsetof(struct form_look, support_link) },
    { "sliderStepValue", offsetof(struct form_look, step) }, { "maxSize", offsetof(struct form_look, max_size) },
};
static const struct { const char *name; void (*set)(struct form *form, struct item *item, const struct node *value); } looks[] = {
    { "itemControl", look_control }, { "choiceOrientation", look_orientation }, { "collapsible", look_collapsible },
    { "unitOpen", look_unit_open }, { "displayCategory", look_category }, { "referenceResource", look_reference },
    { "mimeType", look_mime },
};

bool look_extension(struct form *form, struct item *item, const char *name, const struct node *extension, const struct node *value)
{
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (!strcmp(looks[i].name, name)) {
            looks[i].set(form, item, value);
            return true;
        }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(texts[i].name, name) && node_text(value)) {
            const char **text = (const char **)((char *)item_look_own(form, item) + texts[i].offset);
            char *plain = plain_text(translated(extension, node_name(value), form->language), false);

            *text = **text ? *text : keep(form, mem_dup(plain));
            free(plain);
            return true;
        }
    return false;
}

/* --- Style --- */

static unsigned style_words(const char *text)
{
    static const struct { const char *words; unsigned style; } styles[] = {
        { "font-weight:bold", FORM_STYLE_BOLD }, { "font-weight:700", FORM_STYLE_BOLD }, { "<b>", FORM_STYLE_BOLD }, { "<strong", FORM_STYLE_BOLD },
        { "font-style:italic", FORM_STYLE_ITALIC }, { "<i>", FORM_STYLE_ITALIC }, { "<em>", FORM_STYLE_ITALIC },
        { "text-decoration:underline", FORM_STYLE_UNDERLINE }, { "<u>", FORM_STYLE_UNDERLINE },
        { "color:red", FORM_STYLE_ALERT }, { "color:#f00", FORM_STYLE_ALERT }, { "color:#ff0000", FORM_STYLE_ALERT },
    };
    struct buf packed = {0};
    unsigned style = 0;

    for (; *text; text++)
        if (!strchr(" \t\r\n", *text))
            buf_char(&packed, (char)tolower((unsigned char)*text));
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
        if (strstr(buf_text(&packed), styles[i].words))
            style |= styles[i].style;
    buf_done(&packed);
    return style;
}

/* Of the text as a whole: what only some of its words carry is not told apart on a terminal. */
void look_load_style(struct form *form, struct item *item)
{
    for (const struct node *e = node_first(node_path(item->node, "_text.extension")); e; e = node_next(e)) {
        const char *name = extension_name(node_str(e, "url"));

        if (!strcmp(name, "rendering-style") || !strcmp(name, "rendering-xhtml"))
            item_look_own(form, item)->style |= style_words(node_str(e, "valueString"));
        else if (!strcmp(name, "rendering-styleSensitive") && node_bool(e, "valueBoolean"))
            item_look_own(form, item)->is_style_sensitive = true;
    }
    for (const struct node *e = node_first(node_get(item->node, "modifierExtension")); e; e = node_next(e))
        if (!strcmp(extension_name(node_str(e, "url")), "rendering-styleSensitive") && node_bool(e, "valueBoolean"))
            item_look_own(form, item)->is_style_sensitive = true;
}

/* --- Display items that explain their question --- */

static enum form_control decoration_control(const struct node *node, bool *has_category)
{
    enum form_control control = CONTROL_NONE;

    *has_category = false;
    for (const struct node *e = node_first(node_get(node, "extension")); e; e = node_next(e)) {
        const char *name = extension_name(node_str(e, "url"));

        if (!strcmp(name, "itemControl"))
            control = control_of(node_get(e, "valueCodeableConcept"));
        *has_category |= !strcmp(name, "displayCategory");
    }
    return control;
}

/* A condition or words of its own that change make it a row, asked and left out like any other. */
static bool is_conditional(const struct node *node)
{
    for (const struct node *e = node_first(node_path(node, "_text.extension")); e; e = node_next(e))
        if (!strcmp(extension_name(node_str(e, "url")), "cqf-expression"))
            return true;
    for (const struct node *e = node_first(node_get(node, "extension")); e; e = node_next(e))
        if (!strcmp(extension_name(node_str(e, "url")), "enableWhenExpression"))
            return true;
    return node_count(node_get(node, "enableWhen")) > 0;
}

bool look_is_decoration(const struct node *node, enum form_type parent)
{
    bool has_category;
    enum form_control control = decoration_control(node, &has_category);

    if (strcmp(node_str(node, "type"), "display") || parent == FORM_DISPLAY || is_conditional(node))
        return false;
    if (parent == FORM_GROUP)
        return control == CONTROL_HELP || control == CONTROL_FLYOVER || control == CONTROL_PROMPT;
    return true;
}

static const char *joined(struct form *form, const char *first, const char *second)
{
    return *first ? keep(form, mem_printf("%s\n%s", first, second)) : keep(form, mem_dup(second));
}

void look_decorate(struct form *form, struct item *item, const struct node *display)
{
    bool has_category;
    enum form_control control = decoration_control(display, &has_category);
    char *words = plain_item_text(display, form->language);
    struct form_look *look = item_look_own(form, item);
    const char **into = control == CONTROL_FLYOVER ? &look->flyover : control == CONTROL_PROMPT ? &look->prompt :
                        control == CONTROL_LEGAL ? &look->legal : control == CONTROL_LOWER ? &look->lower :
                        control == CONTROL_UPPER ? &look->upper : &item->help;

    if (control == CONTROL_UNIT && !item->n_units) {
        item->is_plain_value = true;    /* the older idiom: a unit in words, no code */
        item_add_unit(item, display);
    } else if (*words && control != CONTROL_UNIT)
        *into = joined(form, *into, words);
    free(words);
}

/* --- For a row --- */

char *look_limit_words(const struct node *limit)
{
    const char *unit = *node_str(limit, "unit") ? node_str(limit, "unit") : node_str(limit, "code");

    if (node_is(limit, NODE_OBJECT))
        return mem_printf("%s%s%s", node_str(limit, "value"), *unit ? " " : "", unit);
    return mem_dup(node_text(limit) ? node_text(limit) : "");
}

static const char *limit_kept(struct form *form, const struct node *limit)
{
    return limit ? keep(form, look_limit_words(limit)) : "";
}

/* After the options are known: whether something else may be typed. */
void look_finish(struct form *form, struct item *item)
{
    bool is_open = item->type == FORM_OPEN_CHOICE || item->choices->missing || (item->candidates && (item->type != FORM_CHOICE || item->candidates->query));

    if (is_open || item->n_units || item->max_length >= 0 || item->min_occurs >= 0 || item->max_occurs >= 0) {
        struct form_look *look = item_look_own(form, item);

        look->is_open = is_open;
        look->n_units = item->n_units;
        look->max_length = item->max_length;
        look->min_occurs = item->min_occurs;
        look->max_occurs = item->max_occurs;
    }
    item->min_words = limit_kept(form, item->min_quantity ? item->min_quantity : item->min);
    item->max_words = limit_kept(form, item->max_quantity ? item->max_quantity : item->max);
}
