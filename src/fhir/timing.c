#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "fhir/code.h"
#include "fhir/datatype.h"

/* Units of time (UCUM) as one and as many. */
static const struct { const char *code, *one, *many; } units[] = {
    {"s", N_("second"), N_("seconds")}, {"min", N_("minute"), N_("minutes")}, {"h", N_("hour"), N_("hours")},
    {"d", N_("day"), N_("days")}, {"wk", N_("week"), N_("weeks")}, {"mo", N_("month"), N_("months")},
    {"a", N_("year"), N_("years")},
};

static void unit_words(struct buf *out, const char *count, const char *code)
{
    bool one = strcmp(count, "1") == 0 || !*count;

    if (!one)
        buf_printf(out, "%s ", count);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].code, code) == 0)
            code = one ? gettext(units[i].one) : gettext(units[i].many);
    buf_add(out, code);
}

/* "3 times every day", "every 8 hours". */
static void repeat_words(struct buf *out, const struct node *repeat)
{
    const char *frequency = node_str(repeat, "frequency"), *most = node_str(repeat, "frequencyMax");

    if (!*node_str(repeat, "period"))
        return;
    if (*most)
        buf_printf(out, _("%1$s to %2$s times "), *frequency ? frequency : "1", most);
    else if (*frequency && strcmp(frequency, "1") != 0)
        buf_printf(out, _("%s times "), frequency);
    buf_add(out, _("every "));
    unit_words(out, node_str(repeat, "period"), node_str(repeat, "periodUnit"));
}

/* Days, times of day and moments ("after breakfast") of a repeat, as a list. */
static void list_words(struct buf *out, size_t start, const struct node *list, const char *system)
{
    for (const struct node *n = node_first(list); n; n = node_next(n)) {
        const char *text = node_text(n), *display;

        if (!text)
            continue;
        display = system ? code_display(system, text) : NULL;
        buf_printf(out, "%s%.*s", out->len > start ? ", " : "", system ? 60 : 5, display ? display : text);
    }
}

void timing_words(struct buf *out, const struct node *timing)
{
    const struct node *repeat = node_get(timing, "repeat");
    size_t start = out->len;

    repeat_words(out, repeat);
    list_words(out, start, node_get(repeat, "dayOfWeek"), "http://hl7.org/fhir/days-of-week");
    list_words(out, start, node_get(repeat, "timeOfDay"), NULL);
    list_words(out, start, node_get(repeat, "when"), "http://hl7.org/fhir/event-timing");
    if (out->len == start && node_get(timing, "code"))
        concept_words(out, node_get(timing, "code"));
    if (out->len == start && node_count(node_get(timing, "event")) > 0)
        value_words(out, node_first(node_get(timing, "event")), "DateTime");
}
