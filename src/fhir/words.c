#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "fhir/datatype.h"
#include "fhir/element.h"

void datetime_words(struct buf *out, const char *text)
{
    char key[CLOCK_TEXT], day[DATE_TEXT];
    struct date date;

    clock_sort_key(text, key);
    if (strlen(key) > 11 && key[10] == ' ') {
        key[10] = key[16] = '\0';
        if (date_parse(key, &date)) {
            date_words_long(date, day);
            buf_printf(out, "%s %s", day, key + 11);
            return;
        }
    } else if (date_parse(text, &date)) {
        date_words_long(date, day);
        buf_add(out, day);
        return;
    }
    buf_add(out, text);
}

void quantity_words(struct buf *out, const struct node *quantity)
{
    const char *comparator = node_str(quantity, "comparator"), *unit = node_str(quantity, "unit");

    if (!*unit)
        unit = node_str(quantity, "code");
    if (*comparator)
        buf_printf(out, "%s ", comparator);
    buf_add(out, node_str(quantity, "value"));
    if (*unit && strcmp(unit, "1") != 0)
        buf_printf(out, "%s%s", *node_str(quantity, "value") ? " " : "", unit);
}

void period_words(struct buf *out, const struct node *period)
{
    struct buf start = {0}, end = {0};

    datetime_words(&start, node_str(period, "start"));
    datetime_words(&end, node_str(period, "end"));
    if (start.len > 0 && end.len > 0 && strcmp(start.data, end.data) == 0)
        buf_add(out, start.data);
    else if (start.len > 0 && end.len > 0)
        buf_printf(out, _("%1$s to %2$s"), start.data, end.data);
    else if (start.len > 0)
        buf_printf(out, _("since %s"), start.data);
    else if (end.len > 0)
        buf_printf(out, _("until %s"), end.data);
    buf_done(&start);
    buf_done(&end);
}

static void add_after(struct buf *out, size_t start, const char *separator, const char *text)
{
    if (!*text)
        return;
    if (out->len > start)
        buf_add(out, separator);
    buf_add(out, text);
}

void address_line(struct buf *out, const struct node *address)
{
    size_t start = out->len, town;

    for (const struct node *n = node_first(node_get(address, "line")); n; n = node_next(n))
        add_after(out, start, ", ", node_text(n) ? node_text(n) : "");
    add_after(out, start, ", ", node_str(address, "city"));
    town = out->len;
    add_after(out, start, ", ", node_str(address, "state"));
    add_after(out, start, out->len > town ? " " : ", ", node_str(address, "postalCode"));
    add_after(out, start, ", ", node_str(address, "country"));
    if (out->len == start)
        buf_add(out, node_str(address, "text"));
}

static void range_words(struct buf *out, const struct node *range)
{
    const struct node *low = node_get(range, "low"), *high = node_get(range, "high");

    if (low)
        quantity_words(out, low);
    if (high) {
        buf_add(out, low ? " - " : "<= ");
        quantity_words(out, high);
    } else if (low) {
        buf_char(out, '+');
    }
}

static void ratio_words(struct buf *out, const struct node *ratio)
{
    quantity_words(out, node_get(ratio, "numerator"));
    buf_add(out, " : ");
    quantity_words(out, node_get(ratio, "denominator"));
}

static void money_words(struct buf *out, const struct node *money)
{
    size_t start = out->len;

    buf_add(out, node_str(money, "value"));
    add_after(out, start, " ", node_str(money, "currency"));
}

static void reference_words(struct buf *out, const struct node *reference)
{
    const char *display = node_str(reference, "display"), *target = node_str(reference, "reference");

    buf_add(out, *display ? display : *target ? target : node_path_str(reference, "identifier.value"));
}

static void contact_words(struct buf *out, const struct node *contact)
{
    size_t start = out->len;

    buf_add(out, node_str(contact, "value"));
    if (*node_str(contact, "use"))
        buf_printf(out, "%s(%s)", out->len > start ? " " : "", node_str(contact, "use"));
}

static void identifier_words(struct buf *out, const struct node *identifier)
{
    size_t start = out->len;

    if (node_get(identifier, "type"))
        concept_words(out, node_get(identifier, "type"));
    add_after(out, start, " ", node_str(identifier, "value"));
}

static void annotation_words(struct buf *out, const struct node *annotation)
{
    buf_add(out, node_str(annotation, "text"));
    if (*node_str(annotation, "time")) {
        buf_add(out, " (");
        datetime_words(out, node_str(annotation, "time"));
        buf_char(out, ')');
    }
}

static void attachment_words(struct buf *out, const struct node *attachment)
{
    static const char *const names[] = {"title", "url", "contentType"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (*node_str(attachment, names[i])) {
            buf_add(out, node_str(attachment, names[i]));
            return;
        }
}

static void dosage_words(struct buf *out, const struct node *dosage)
{
    size_t start = out->len;
    struct buf part = {0};

    add_after(out, start, ", ", node_str(dosage, "text"));
    if (out->len > start)
        return;
    quantity_words(&part, node_path(dosage, "doseAndRate.doseQuantity"));
    add_after(out, start, ", ", buf_text(&part));
    buf_clear(&part);
    timing_words(&part, node_get(dosage, "timing"));
    add_after(out, start, ", ", buf_text(&part));
    if (node_bool(dosage, "asNeededBoolean"))
        add_after(out, start, ", ", _("as needed"));
    buf_clear(&part);
    concept_words(&part, node_get(dosage, "route"));
    add_after(out, start, ", ", buf_text(&part));
    buf_done(&part);
}

static const struct { const char *type; void (*words)(struct buf *out, const struct node *value); } writers[] = {
    {"CodeableConcept", concept_words}, {"Coding", concept_words}, {"Quantity", quantity_words},
    {"Age", quantity_words}, {"Duration", quantity_words}, {"Count", quantity_words}, {"Distance", quantity_words},
    {"Money", money_words}, {"Range", range_words}, {"Ratio", ratio_words}, {"Period", period_words},
    {"Timing", timing_words}, {"Reference", reference_words}, {"Address", address_line},
    {"HumanName", name_plain}, {"ContactPoint", contact_words}, {"Identifier", identifier_words},
    {"Annotation", annotation_words}, {"Attachment", attachment_words}, {"Dosage", dosage_words},
};

static bool is_moment(const char *type)
{
    return strcmp(type, "Date") == 0 || strcmp(type, "DateTime") == 0 || strcmp(type, "Instant") == 0;
}

void value_words(struct buf *out, const struct node *value, const char *type)
{
    if (!type || !*type)
        type = element_type(value);
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (strcmp(writers[i].type, type) == 0) {
            writers[i].words(out, value);
            return;
        }
    if (node_is(value, NODE_TRUE) || node_is(value, NODE_FALSE))
        buf_add(out, node_is(value, NODE_TRUE) ? _("yes") : _("no"));
    else if (node_text(value) && is_moment(type))
        datetime_words(out, node_text(value));
    else if (node_text(value))
        buf_add(out, node_text(value));
}
