/* limit.c - does one answer keep the limits of its item? Sentences stand beside the field: they name no answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/code.h"
#include "intake/model.h"

/* Each check gives an owned sentence, or NULL when the answer keeps the rule. */
struct checked { struct form *form; const struct inst *inst; struct item *item; const struct node *answer, *value; const char *type; };

static char *say(const char *words)
{
    return mem_dup(words);
}

/* --- One answer --- */

static bool type_fits(const struct inst *inst, const char *type)
{
    const struct item *item = inst->item;
    const struct choices *choices = inst_choices(inst);
    const char *want = answer_type_name(item->type), *option_type;

    if (!strcmp(type, want))
        return true;
    if (item->type == FORM_OPEN_CHOICE && !strcmp(type, "String"))
        return true;
    for (size_t i = 0; i < choices->n; i++)
        if (answer_value(choices->option[i].value, &option_type) && !strcmp(type, option_type))
            return true;
    return false;
}

static char *check_type(const struct checked *c)
{
    static const struct { const char *type; enum node_kind kind; } kinds[] = {
        { "Integer", NODE_NUMBER }, { "Decimal", NODE_NUMBER }, { "Date", NODE_STRING }, { "DateTime", NODE_STRING },
        { "Time", NODE_STRING }, { "String", NODE_STRING }, { "Uri", NODE_STRING }, { "Coding", NODE_OBJECT },
        { "Quantity", NODE_OBJECT }, { "Reference", NODE_OBJECT }, { "Attachment", NODE_OBJECT },
    };

    if (!c->value)
        return say(_("The answer has no value."));
    if (!type_fits(c->inst, c->type))
        return mem_printf(_("The answer is of type %.20s, which this question does not take."), c->type);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].type, c->type) && node_kind(c->value) != kinds[i].kind)
            return mem_printf(_("The answer is not written as a %.20s."), c->type);
    if (!strcmp(c->type, "Boolean") && !node_is(c->value, NODE_TRUE) && !node_is(c->value, NODE_FALSE))
        return say(_("The answer is neither true nor false."));
    if (!strcmp(c->type, "Integer") && strpbrk(node_text(c->value), ".eE"))
        return say(_("A whole number is needed."));
    return NULL;
}

static char *check_day(const struct checked *c)
{
    const char *text = node_text(c->value);
    char day[16];
    struct date date;
    size_t len;

    if (strcmp(c->type, "Date") && strcmp(c->type, "DateTime"))
        return NULL;
    len = strcspn(text, "T");
    if (len >= sizeof day || (!strcmp(c->type, "Date") && text[len]))
        return say(_("This is not a day of the calendar."));
    memcpy(day, text, len);
    day[len] = '\0';
    if (!date_parse(day, &date) || !date_is_real(date))
        return say(_("This is not a day of the calendar."));
    return NULL;
}

static char *check_length(const struct checked *c)
{
    const char *text = !strcmp(c->type, "String") || !strcmp(c->type, "Uri") ? node_text(c->value) : NULL;
    long n = text ? (long)utf8_count(text) : 0, most = inst_number(c->inst, PROPERTY_MAX_LENGTH), least = inst_number(c->inst, PROPERTY_MIN_LENGTH);

    if (!n)
        return NULL;
    if (c->item->type == FORM_STRING && strpbrk(text, "\r\n"))
        return say(_("One line only."));
    if (most >= 0 && n > most)
        return mem_printf(_("At most %ld characters; these are %ld."), most, n);
    if (n < least)
        return mem_printf(_("At least %ld characters; these are %ld."), least, n);
    return NULL;
}

static char *check_pattern(const struct checked *c)
{
    struct item *item = c->item;
    const char *text = node_text(c->value), *words, *why;
    enum pattern_result matched;

    if (!item->pattern || !text || !*text)
        return NULL;
    if (!item->regex && !(item->regex = pattern_compile(item->pattern, &why))) {
        item->pattern = NULL;       /* a pattern we cannot decide refuses nobody */
        item_add_note(item, _("The form's rule for how this is written cannot be checked here."));
        return NULL;
    }
    matched = pattern_matches_whole(item->regex, text);
    if (matched == PATTERN_TOO_LONG)
        form_add_defect(c->form, item, DEFECT_WARNING, _("Item %s: its rule for how this is written takes more than %d steps and is not checked."),
                        item->link_id, PATTERN_STEPS);
    if (matched != PATTERN_NO)
        return NULL;
    words = node_text(item_extension(item, "validationtext"));
    if (!words)
        words = node_text(item_extension(item, "entryFormat"));
    return words ? plain_text(words, false) : say(_("This is not written the way the form asks for."));
}

static char *limit_words(const char *fmt_words, const struct node *limit)
{
    const char *unit = *node_str(limit, "unit") ? node_str(limit, "unit") : node_str(limit, "code");

    if (node_is(limit, NODE_OBJECT))
        return mem_printf("%s %.40s %.20s.", fmt_words, node_str(limit, "value"), unit);
    return mem_printf("%s %.40s.", fmt_words, node_text(limit) ? node_text(limit) : "");
}

static const char *limit_type(const struct node *limit)
{
    return strncmp(node_name(limit), "value", 5) ? "" : node_name(limit) + 5;
}

static char *check_limit(const struct checked *c, const struct node *limit, enum order wrong, const char *words)
{
    enum order order;

    if (!limit)
        return NULL;
    if (!strcmp(c->type, "Quantity") && node_is(limit, NODE_NUMBER))    /* a bare number says nothing of the unit */
        order = decimal_order(node_str(c->value, "value"), node_text(limit));
    else
        order = value_order(c->value, c->type, limit, limit_type(limit));
    if (order == wrong)
        return limit_words(words, limit);
    if (order == ORDER_UNKNOWN && !strcmp(c->type, "Quantity"))
        return mem_printf(_("The unit cannot be compared with %.20s."), node_str(limit, "code"));
    return NULL;
}

static char *check_range(const struct checked *c)
{
    char *words = check_limit(c, inst_limit(c->inst, PROPERTY_MIN), ORDER_LESS, _("Not below"));

    if (!words)
        words = check_limit(c, inst_limit(c->inst, PROPERTY_MAX), ORDER_MORE, _("Not above"));
    if (!words)
        words = check_limit(c, inst_limit(c->inst, PROPERTY_MIN_QUANTITY), ORDER_LESS, _("Not below"));
    return words ? words : check_limit(c, inst_limit(c->inst, PROPERTY_MAX_QUANTITY), ORDER_MORE, _("Not above"));
}

static char *check_decimals(const struct checked *c)
{
    const char *text = !strcmp(c->type, "Quantity") ? node_str(c->value, "value") : node_text(c->value);
    const char *dot = text ? strchr(text, '.') : NULL;
    long most = inst_number(c->inst, PROPERTY_MAX_DECIMALS);

    if (most < 0 || !dot || (long)strspn(dot + 1, "0123456789") <= most)
        return NULL;
    return mem_printf(_("At most %ld digits after the point."), most);
}

static char *check_option(const struct checked *c)
{
    const struct choices *choices = inst_choices(c->inst);
    const struct option *o = option_of(choices, c->answer);

    if (o && option_disabled(c->inst, o))
        return say(_("This answer is not offered as things stand."));
    if (!choices->n || choices->missing || o || c->item->type == FORM_OPEN_CHOICE)
        return NULL;
    if (c->item->candidates && c->item->type != FORM_CHOICE)
        return NULL;        /* suggestions */
    return say(_("This is not one of the answers of the form."));
}

static char *check_unit(const struct checked *c)
{
    const struct item *item = c->item;

    if (strcmp(c->type, "Quantity"))
        return NULL;
    if (!*node_str(c->value, "value"))
        return say(_("The number is missing."));
    if (item->unit_value_set && *node_str(c->value, "system") && !*node_str(c->value, "code"))
        return say(_("The unit needs a code from the form's list of units."));
    if (!item->n_units || item->is_plain_value || item_look(item)->is_unit_open)
        return NULL;
    if (item->unit_value_set && !*node_str(c->value, "code"))
        return say(_("The unit needs a code from the form's list of units."));
    for (size_t i = 0; i < item->n_units; i++)
        if (coding_same(item->unit[i], c->value) || (!*node_str(c->value, "code") && *node_str(c->value, "unit") &&
            !strcmp(node_str(item->unit[i], "display"), node_str(c->value, "unit"))))
            return NULL;
    return say(_("The unit is not one the form allows."));
}

/* Bytes that base64 text stands for. */
static size_t decoded_size(const char *data)
{
    size_t n = 0, padding = 0;

    for (; *data; data++) {
        n += strchr(" \t\r\n", *data) == NULL;
        padding += *data == '=';
    }
    return n / 4 * 3 - (padding <= 2 ? padding : 0);
}

/* "image/png", or all of a kind: "image/" and a star. */
static bool mime_matches(const char *listed, const char *type)
{
    size_t len = strlen(listed);

    return !strcmp(listed, type) || (len > 1 && listed[len - 1] == '*' && !strncmp(listed, type, len - 1));
}

static char *check_attachment(const struct checked *c)
{
    const char *size = node_str(c->value, "size"), *data = node_str(c->value, "data"), *content = node_str(c->value, "contentType");
    const char *max_size = inst_words(c->inst, PROPERTY_MAX_SIZE);
    char digits[32];
    bool listed = false, any = false;

    if (strcmp(c->type, "Attachment"))
        return NULL;
    snprintf(digits, sizeof digits, "%zu", *data ? decoded_size(data) : 0);
    if (*data && *size && strcmp(size, digits))
        return say(_("The size given is not the size of the data."));
    if (*max_size && (*data || *size) && decimal_order(*data ? digits : size, max_size) == ORDER_MORE)
        return mem_printf(_("The file is larger than %.20s bytes."), max_size);
    for (const struct node *e = node_first(node_get(c->item->node, "extension")); e; e = node_next(e))
        if (strstr(node_str(e, "url"), "/mimeType")) {
            any = true;
            listed |= mime_matches(node_str(e, "valueCode"), content);
        }
    return any && !listed && *content ? say(_("This kind of file is not taken here.")) : NULL;
}

/* "Type/id" or the end of a URL; a reference by identifier or display alone names no type. */
static char *check_reference(const struct checked *c)
{
    const char *reference = node_str(c->value, "reference"), *slash = strrchr(reference, '/'), *start = slash;
    bool listed = false, any = false;
    char type[64];

    if (strcmp(c->type, "Reference") || !slash || *reference == '#' || !strncmp(reference, "urn:", 4))
        return NULL;
    while (start > reference && start[-1] != '/')
        start--;
    if ((size_t)(slash - start) >= sizeof type)
        return say(_("The reference does not name a kind of resource."));
    memcpy(type, start, (size_t)(slash - start));
    type[slash - start] = '\0';
    if (!code_resource_type_known(type))
        return mem_printf(_("%.30s is no kind of resource."), type);
    for (const struct node *e = node_first(node_get(c->item->node, "extension")); e; e = node_next(e))
        if (strstr(node_str(e, "url"), "referenceResource")) {
            any = true;
            listed |= !strcmp(node_str(e, "valueCode"), type);
        }
    return any && !listed ? mem_printf(_("The form does not take a reference to %.30s here."), type) : NULL;
}

char *limit_broken(struct form *form, const struct inst *inst, const struct node *answer)
{
    static char *(*const checks[])(const struct checked *) = {
        check_type, check_day, check_length, check_pattern, check_range, check_decimals, check_option, check_unit,
        check_attachment, check_reference,
    };
    struct checked c = { .form = form, .inst = inst, .item = inst->item, .answer = answer };
    char *words = NULL;

    c.value = answer_value(answer, &c.type);
    for (size_t i = 0; i < sizeof checks / sizeof *checks && !words; i++)
        words = checks[i](&c);
    return words;
}
