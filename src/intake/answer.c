/* answer.c - from what a person typed to a FHIR answer, for every item type.
 * What cannot be read is refused with a sentence that says what would work; what can be read but
 * breaks a limit of the form is kept and marked (validate.c), so that no typing is lost. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/fhirpath/unit.h"
#include "intake/answer_internal.h"

const char *answer_type_name(enum form_type type)
{
    static const char *const names[] = {
        [FORM_BOOLEAN] = "Boolean", [FORM_DECIMAL] = "Decimal", [FORM_INTEGER] = "Integer", [FORM_DATE] = "Date",
        [FORM_DATETIME] = "DateTime", [FORM_TIME] = "Time", [FORM_STRING] = "String", [FORM_TEXT] = "String",
        [FORM_URL] = "Uri", [FORM_CHOICE] = "Coding", [FORM_OPEN_CHOICE] = "Coding", [FORM_ATTACHMENT] = "Attachment",
        [FORM_REFERENCE] = "Reference", [FORM_QUANTITY] = "Quantity", [FORM_GROUP] = "", [FORM_DISPLAY] = "",
    };

    return names[type];
}

static enum rc read_boolean(struct reading *r)
{
    static const char *const yes[] = { "y", "yes", "true", "t", "1", "s", "si", "s\xC3\xAD" };
    static const char *const no[] = { "n", "no", "false", "f", "0" };

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!strcasecmp(r->typed, yes[i]) || !strcasecmp(r->typed, _("yes"))) {
            node_set_bool(r->doc, r->answer, "valueBoolean", true);
            return RC_OK;
        }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (!strcasecmp(r->typed, no[i]) || !strcasecmp(r->typed, _("no"))) {
            node_set_bool(r->doc, r->answer, "valueBoolean", false);
            return RC_OK;
        }
    return err_set(r->err, RC_INVALID, _("Yes or no: y or n."));
}

static enum rc read_integer(struct reading *r)
{
    char *end, digits[24];
    long value = strtol(r->typed, &end, 10);

    if (end == r->typed || *end)
        return err_set(r->err, RC_INVALID, _("A whole number, as 12."));
    if (value > INT32_MAX || value < INT32_MIN)
        return err_set(r->err, RC_INVALID, _("That number is too large to be kept."));
    snprintf(digits, sizeof digits, "%ld", value);
    node_set_number(r->doc, r->answer, "valueInteger", digits);
    return RC_OK;
}

/* Copy a decimal as it may stand in JSON, its digits kept; returns how much of typed it was, 0 none.
 * One comma is a decimal comma unless three digits follow, which could mean thousands. */
static size_t decimal_digits(const char *typed, char *out, size_t size)
{
    const char *p = typed + (*typed == '-' || *typed == '+');
    size_t n = 0, whole, fraction = 0;

    whole = strspn(p, "0123456789");
    if (p[whole] == '.' || p[whole] == ',')
        fraction = strspn(p + whole + 1, "0123456789");
    if (!whole && !fraction)
        return 0;
    if ((p[whole] == ',' && fraction == 3) || whole + fraction + 4 > size)
        return 0;
    if (*typed == '-')
        out[n++] = '-';
    while (whole > 1 && *p == '0') {
        p++;
        whole--;
    }
    if (!whole)
        out[n++] = '0';
    memcpy(out + n, p, whole);
    n += whole;
    if (fraction) {
        out[n++] = '.';
        memcpy(out + n, p + whole + 1, fraction);
        n += fraction;
    }
    out[n] = '\0';
    p += whole + fraction + (fraction > 0);
    return (size_t)(p - typed);
}

static enum rc read_decimal(struct reading *r)
{
    char digits[48];
    size_t len = decimal_digits(r->typed, digits, sizeof digits);

    if (!len || r->typed[len])
        return err_set(r->err, RC_INVALID, _("A number, as 7.5."));
    node_set_number(r->doc, r->answer, "valueDecimal", digits);
    return RC_OK;
}

/* Most dates asked for lie behind ("1 jul 54"); days named from today lie ahead ("2w", "fri"), years
 * counted from it behind ("5y", an age). */
static bool read_typed_day(const char *typed, struct date today, struct date_order order, struct date *out)
{
    size_t len = strlen(typed);
    bool estimated = false;
    struct err ignored;
    struct date ahead;

    if (date_typed_birth(typed, today, order, out, &estimated, &ignored) != RC_OK)
        return date_typed_future(typed, today, order, out, &ignored) == RC_OK;
    if (estimated && len && strchr("dwm", typed[len - 1]) && date_typed_future(typed, today, order, &ahead, &ignored) == RC_OK)
        *out = ahead;
    return true;
}

/* A day, month or year, past or to come. A whole or partial FHIR date is taken as it is. */
static enum rc read_day(const struct form *form, const char *typed, char *out, struct err *err)
{
    struct date_order order = { form->day_first };
    struct date today = clock_today(), date;

    if (date_parse(typed, &date)) {
        if (!date_is_real(date))
            return err_set(err, RC_INVALID, _("There is no such day in the calendar."));
    } else if (!strcasecmp(typed, "yesterday") || !strcasecmp(typed, _("yesterday")))
        date = date_add_days(today, -1);
    else if (!strcasecmp(typed, "today") || !strcasecmp(typed, "t") || !strcasecmp(typed, _("today")))
        date = today;
    else if (!read_typed_day(typed, today, order, &date))
        return err_set(err, RC_INVALID, _("A date, as 1 Jul 1954, 7/1/1954, Jul 1954 or 1954."));
    date_format(date, out);
    return RC_OK;
}

static enum rc read_date(struct reading *r)
{
    char date[DATE_TEXT];
    enum rc rc = read_day(r->form, r->typed, date, r->err);

    if (rc == RC_OK)
        node_set_str(r->doc, r->answer, "valueDate", date);
    return rc;
}

static bool is_fhir_moment(const char *typed)
{
    int64_t ms;

    return strlen(typed) >= 20 && typed[10] == 'T' && clock_parse(typed, &ms);
}

/* "<day>", "<day> <time>" or "now"; a time stands in the clinic's zone. */
static enum rc read_datetime(struct reading *r)
{
    const char *space = strrchr(r->typed, ' ');
    int minutes = space ? date_typed_time(space + 1) : -1;
    char day[DATE_TEXT], text[CLOCK_TEXT];
    char *first = mem_dup_n(r->typed, minutes >= 0 ? (size_t)(space - r->typed) : strlen(r->typed));
    struct civil civil = { .hour = minutes / 60, .minute = minutes % 60 };
    struct err ignored;
    enum rc rc = RC_OK;

    if (!strcasecmp(r->typed, "now") || is_fhir_moment(r->typed)) {
        clock_datetime(clock_now_ms(), text);
        node_set_str(r->doc, r->answer, "valueDateTime", strcasecmp(r->typed, "now") ? r->typed : text);
        goto out;
    }
    if (minutes >= 0 && read_day(r->form, r->typed, day, &ignored) == RC_OK)
        minutes = -1;       /* "1 jul 19": the last word belongs to the day */
    else
        rc = read_day(r->form, first, day, r->err);
    if (rc != RC_OK)
        goto out;
    if (minutes >= 0 && (!date_parse(day, &civil.date) || !date_is_whole(civil.date)))
        rc = err_set(r->err, RC_INVALID, _("A time needs a whole day before it, as 1 Jul 2026 9:30."));
    else if (minutes >= 0) {
        clock_datetime(clock_from_civil(civil), text);
        node_set_str(r->doc, r->answer, "valueDateTime", text);
    } else
        node_set_str(r->doc, r->answer, "valueDateTime", day);
out:
    free(first);
    return rc;
}

static enum rc read_time(struct reading *r)
{
    int minutes = date_typed_time(r->typed), hour, minute, second;
    char text[16] = "";

    if (strlen(r->typed) == 8 && sscanf(r->typed, "%2d:%2d:%2d", &hour, &minute, &second) == 3 &&
        hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60)
        snprintf(text, sizeof text, "%02d:%02d:%02d", hour, minute, second);
    if (*text && strcmp(text, r->typed) == 0) {
        node_set_str(r->doc, r->answer, "valueTime", text);
        return RC_OK;
    }
    if (minutes < 0)
        return err_set(r->err, RC_INVALID, _("A time of day, as 9:30 or 2pm."));
    snprintf(text, sizeof text, "%02d:%02d:00", minutes / 60 % 24, minutes % 60);
    node_set_str(r->doc, r->answer, "valueTime", text);
    return RC_OK;
}

static enum rc read_text(struct reading *r)
{
    if (r->item->type == FORM_STRING && strpbrk(r->typed, "\r\n"))
        return err_set(r->err, RC_INVALID, _("One line only."));
    node_set_str(r->doc, r->answer, "valueString", r->typed);
    return RC_OK;
}

static enum rc read_url(struct reading *r)
{
    if (strpbrk(r->typed, " \t\r\n"))
        return err_set(r->err, RC_INVALID, _("An address without spaces, as https://example.org."));
    node_set_str(r->doc, r->answer, "valueUri", r->typed);
    return RC_OK;
}

static enum rc read_reference(struct reading *r)
{
    struct node *reference = node_set_object(r->doc, r->answer, "valueReference");
    const char *slash = strchr(r->typed, '/');

    node_set_str(r->doc, reference, slash && !strchr(r->typed, ' ') ? "reference" : "display", r->typed);
    return RC_OK;
}

/* Papers stay on paper here: what is typed says what it is or where it is kept. */
static enum rc read_attachment(struct reading *r)
{
    struct node *attachment = node_set_object(r->doc, r->answer, "valueAttachment");

    node_set_str(r->doc, attachment, strstr(r->typed, "://") ? "url" : "title", r->typed);
    return RC_OK;
}

/* --- Quantities --- */

static const char *unit_words(const struct node *unit)
{
    return *node_str(unit, "display") ? node_str(unit, "display") : node_str(unit, "code");
}

static const struct node *unit_typed(const struct item *item, const char *typed)
{
    const struct node *found = NULL;

    for (size_t i = 0; i < item->n_units; i++)
        if (!strcmp(node_str(item->unit[i], "code"), typed) || !strcasecmp(unit_words(item->unit[i]), typed))
            return item->unit[i];
    for (size_t i = 0; i < item->n_units; i++)
        if (!strncasecmp(unit_words(item->unit[i]), typed, strlen(typed))) {
            if (found)
                return NULL;
            found = item->unit[i];
        }
    return found;
}

static void set_unit(struct reading *r, struct node *quantity, const struct node *unit)
{
    node_set_str(r->doc, quantity, "unit", unit_words(unit));
    node_set_str(r->doc, quantity, "system", node_str(unit, "system"));
    node_set_str(r->doc, quantity, "code", node_str(unit, "code"));
}

static enum rc unit_needed(struct reading *r)
{
    struct buf words = {0};
    enum rc rc;

    for (size_t i = 0; i < r->item->n_units; i++)
        buf_printf(&words, "%s%s", i ? ", " : "", unit_words(r->item->unit[i]));
    rc = err_set(r->err, RC_INVALID, _("A number and its unit: %.200s."), buf_text(&words));
    buf_done(&words);
    return rc;
}

/* Where the form speaks of UCUM, what is typed is its code: limits could not be compared otherwise. Elsewhere
 * "C" may be anything. */
static bool is_ucum_here(const struct item *item, const char *unit)
{
    struct unit known;

    return (item->unit_value_set || node_is(item->min, NODE_OBJECT) || node_is(item->max, NODE_OBJECT) || item->min_quantity || item->max_quantity) &&
           ucum_parse(unit, &known);
}

static enum rc read_quantity(struct reading *r)
{
    char digits[48];
    size_t len = decimal_digits(r->typed, digits, sizeof digits);
    const char *unit = r->typed + len + strspn(r->typed + len, " ");
    const struct node *coding = *unit ? unit_typed(r->item, unit) : r->item->n_units == 1 ? r->item->unit[0] : NULL;
    struct node *quantity;

    if (!len)
        return err_set(r->err, RC_INVALID, _("A number and its unit, as 72 kg."));
    if (r->item->n_units && !coding && !r->item->is_plain_value && !item_look(r->item)->is_unit_open)
        return unit_needed(r);
    quantity = node_set_object(r->doc, r->answer, "valueQuantity");
    node_set_number(r->doc, quantity, "value", digits);
    if (coding && !r->item->is_plain_value)
        set_unit(r, quantity, coding);
    else if (*unit) {
        node_set_str(r->doc, quantity, "unit", unit);
        if (is_ucum_here(r->item, unit)) {
            node_set_str(r->doc, quantity, "system", "http://unitsofmeasure.org");
            node_set_str(r->doc, quantity, "code", unit);
        }
    } else if (coding)
        node_set_str(r->doc, quantity, "unit", node_str(coding, "text"));
    return RC_OK;
}

static enum rc read_one(struct reading *r)
{
    static enum rc (*const readers[])(struct reading *) = {
        [FORM_BOOLEAN] = read_boolean, [FORM_DECIMAL] = read_decimal, [FORM_INTEGER] = read_integer,
        [FORM_DATE] = read_date, [FORM_DATETIME] = read_datetime, [FORM_TIME] = read_time, [FORM_STRING] = read_text,
        [FORM_TEXT] = read_text, [FORM_URL] = read_url, [FORM_CHOICE] = answer_choice, [FORM_OPEN_CHOICE] = answer_choice,
        [FORM_ATTACHMENT] = read_attachment, [FORM_REFERENCE] = read_reference, [FORM_QUANTITY] = read_quantity,
    };

    if (r->item->type == FORM_GROUP || r->item->type == FORM_DISPLAY)
        return err_set(r->err, RC_INVALID, _("Item %s is not a question."), r->item->link_id);
    /* An answerOption of another type than its item (dates, times, strings) is chosen like any other. */
    if (inst_choices(r->inst)->n && r->item->type != FORM_CHOICE && r->item->type != FORM_OPEN_CHOICE && answer_choice(r) == RC_OK)
        return RC_OK;
    return readers[r->item->type](r);
}

static char *trimmed(const char *text, size_t len)
{
    while (len && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    return mem_dup_n(text, len);
}

/* Several answers of a repeating question are typed with semicolons between them; numbers of
 * options also with commas or spaces ("1,3"). */
static size_t part_length(const struct inst *inst, const char *typed)
{
    bool is_numbers = inst_choices(inst)->n && strspn(typed, "0123456789,; ") == strlen(typed);

    if (!inst_flag(inst, PROPERTY_REPEATS))
        return strlen(typed);
    return strcspn(typed, is_numbers ? ",; " : ";");
}

enum rc answer_typed(struct form *form, const struct inst *inst, const char *typed, struct doc *into,
                     struct node *array, struct err *err)
{
    if (!utf8_valid(typed, strlen(typed)))
        return err_set(err, RC_INVALID, _("The text is not valid UTF-8."));
    while (*typed) {
        size_t len = part_length(inst, typed);
        char *part = trimmed(typed, len);
        struct reading r = { form, inst, inst->item, part, into, NULL, err };
        enum rc rc = RC_OK;

        if (*part) {
            r.answer = node_add_object(into, array);
            rc = read_one(&r);
        }
        free(part);
        if (rc != RC_OK)
            return rc;
        typed += len + (typed[len] != '\0');
    }
    return RC_OK;
}
