/* date_words.c - dates and ages in the words of the desk. */
#include "base/date.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/date_names.h"
#include "base/i18n.h"
#include "base/utf8.h"

const char *const date_month_short[] = {
    "", N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
};
const char *const date_weekday_short[] = {
    N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"),
};

/* Format into DATE_TEXT bytes; a translation that is too long loses whole characters. */
__attribute__((format(printf, 2, 3))) static void words(char *out, const char *fmt, ...)
{
    char text[4 * DATE_TEXT];
    size_t len = 0, step;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    while (text[len]) {
        utf8_next(text + len, &step);
        if (len + step >= DATE_TEXT)
            break;
        len += step;
    }
    snprintf(out, DATE_TEXT, "%.*s", (int)len, text);
}

void date_words(struct date date, char *out)
{
    if (!date_is_whole(date)) {
        date_words_long(date, out);
        return;
    }
    const char *weekday = gettext(date_weekday_short[date_weekday(date)]);
    const char *month = gettext(date_month_short[date.month]);

    if (date.year == clock_today().year)    /* TRANSLATORS: weekday, day, month */
        words(out, _("%1$s %2$d %3$s"), weekday, date.day, month);
    else                                    /* TRANSLATORS: weekday, day, month, year */
        words(out, _("%1$s %2$d %3$s %4$d"), weekday, date.day, month, date.year);
}

void date_words_long(struct date date, char *out)
{
    if (date.year < 1)
        out[0] = '\0';
    else if (date.month < 1 || date.month > 12)
        words(out, "%d", date.year);
    else if (date.day < 1)                  /* TRANSLATORS: month, year */
        words(out, _("%1$s %2$d"), gettext(date_month_short[date.month]), date.year);
    else                                    /* TRANSLATORS: day, month, year */
        words(out, _("%1$d %2$s %3$d"), date.day, gettext(date_month_short[date.month]), date.year);
}

void date_relative(struct date date, struct date today, char *out)
{
    long days;

    out[0] = '\0';
    if (!date_is_whole(date) || !date_is_whole(today))
        return;
    days = date_days(date) - date_days(today);
    if (days == 0)
        words(out, "%s", _("today"));
    else if (days > 0)                      /* TRANSLATORS: d is short for days */
        words(out, _("in %ld d"), days);
    else
        words(out, _("%ld d late"), -days);
}

/* Whole months between two dates of at least month precision. */
static int months_between(struct date birth, struct date on)
{
    int months = (on.year - birth.year) * 12 + on.month - birth.month;

    return birth.day > 0 && on.day > 0 && on.day < birth.day ? months - 1 : months;
}

void date_age(struct date birth, struct date on, char *out)
{
    int years = date_age_years(birth, on);
    bool is_partial = !date_is_whole(birth);
    int months = birth.month > 0 && on.month > 0 ? months_between(birth, on) : years * 12;

    out[0] = '\0';
    if (years < 0 || months < 0)
        return;
    if (is_partial && birth.month > 0 && months < 24) {
        words(out, _("about %d mo"), months);
    } else if (is_partial) {
        words(out, _("about %d"), years);
    } else if (months >= 24 || !date_is_whole(on)) {
        words(out, "%d", years);
    } else {
        long days = date_days(on) - date_days(birth);

        if (days < 14)                      /* TRANSLATORS: age in days, weeks, months */
            words(out, _("%ld d"), days);
        else if (days < 91)
            words(out, _("%ld wk"), days / 7);
        else
            words(out, _("%d mo"), months);
    }
}
