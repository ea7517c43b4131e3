/* date_typed.c - dates as people type them.
 * The text is cut into numbers and words; a reading is tried for each shape. What was typed is
 * never repeated in an error: it may be a birth date. */
#include "base/date.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date_names.h"
#include "base/i18n.h"
#include "base/utf8.h"

enum { PARTS_MAX = 6, AGE_MAX = 130, AHEAD_MAX_YEARS = 50, WORD_MAX = 24 };

/* A number (with how many digits it was typed) or a folded word. */
struct part { bool is_number; int value, digits; char word[WORD_MAX]; };
struct typed { struct part part[PARTS_MAX]; int n; bool is_about, is_plus; };

static const char *const weekdays[] = {
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
};
static const char *const months[] = {
    "", "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
};
/* Words that only join, and words that say "about". */
static const char *const fillers[] = {"in", "of", "on", "the", "next", "old", "ago", "st", "nd", "rd", "th"};
static const char *const abouts[] = {"about", "abt", "circa", "approx"};

static bool in_list(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return false;
}

static bool part_number(const char **p, struct part *part)
{
    part->is_number = true;
    for (; isdigit((unsigned char)**p); (*p)++) {
        if (++part->digits > 8)
            return false;
        part->value = part->value * 10 + (**p - '0');
    }
    return true;
}

static void part_word(const char **p, struct part *part)
{
    struct buf folded = {0}, raw = {0};

    for (; isalpha((unsigned char)**p) || (unsigned char)**p >= 0x80; (*p)++)
        buf_char(&raw, **p);
    utf8_fold(&folded, buf_text(&raw));
    strncat(part->word, buf_text(&folded), WORD_MAX - 1);
    buf_done(&folded);
    buf_done(&raw);
}

/* Cut text into parts; false when it holds more than a date could. */
static bool typed_read(const char *text, struct typed *out)
{
    *out = (struct typed){0};
    for (const char *p = text; *p;) {
        struct part part = {0};

        if (isdigit((unsigned char)*p)) {
            if (!part_number(&p, &part))
                return false;
        } else if (isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80) {
            part_word(&p, &part);
            if (in_list(part.word, fillers, sizeof fillers / sizeof *fillers))
                continue;
            if (in_list(part.word, abouts, sizeof abouts / sizeof *abouts)) {
                out->is_about = true;
                continue;
            }
        } else {
            out->is_about |= *p == '~';
            out->is_plus |= *p == '+';
            if (!strchr(" \t/.-,~+'", *p++))
                return false;
            continue;
        }
        if (out->n == PARTS_MAX)
            return false;
        out->part[out->n++] = part;
    }
    return out->n > 0;
}

static bool begins(const char *whole, const char *word, size_t least)
{
    size_t len = strlen(word);

    return len >= least && strncmp(whole, word, len) == 0;
}

/* The word is a name of the list, in English (whole or its first letters) or translated. */
static int named(const char *word, const char *const *english, const char *const *brief, int from, int to)
{
    for (int i = from; i <= to; i++) {
        char *local;
        bool same;

        if (begins(english[i], word, 3))
            return i;
        local = utf8_folded(gettext(brief[i]));
        same = strcmp(local, word) == 0;
        free(local);
        if (same)
            return i;
    }
    return -1;
}

static int month_named(const struct part *part)
{
    int month = part->is_number ? -1 : strcmp(part->word, "sept") == 0 ? 9
              : named(part->word, months, date_month_short, 1, 12);

    return month < 0 ? 0 : month;
}

static int weekday_named(const struct part *part)
{
    return part->is_number ? -1 : named(part->word, weekdays, date_weekday_short, 0, 6);
}

/* Do the parts have this shape? 'n' number, 'm' month name, 'w' any word. */
static bool shaped(const struct typed *t, const char *shape)
{
    if ((size_t)t->n != strlen(shape))
        return false;
    for (int i = 0; i < t->n; i++)
        if (t->part[i].is_number != (shape[i] == 'n') || (shape[i] == 'm' && !month_named(&t->part[i])))
            return false;
    return true;
}

/* 'd', 'w', 'm' or 'y' for a word of length of time, else 0. */
static int unit_named(const struct part *part)
{
    static const struct { const char *word; char unit; } units[] = {
        {"d", 'd'}, {"day", 'd'}, {"days", 'd'}, {"w", 'w'}, {"wk", 'w'}, {"wks", 'w'}, {"week", 'w'},
        {"weeks", 'w'}, {"m", 'm'}, {"mo", 'm'}, {"mos", 'm'}, {"month", 'm'}, {"months", 'm'},
        {"y", 'y'}, {"yr", 'y'}, {"yrs", 'y'}, {"year", 'y'}, {"years", 'y'},
    };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!part->is_number && strcmp(part->word, units[i].word) == 0)
            return units[i].unit;
    return 0;
}

/* Day and month from two numbers in the clinic's order; the other order when only that exists. */
static struct date by_order(int first, int second, int year, bool day_first)
{
    struct date a = {year, first, second}, b = {year, second, first};

    if (day_first)
        return date_is_real(b) ? b : a;
    return date_is_real(a) ? a : b;
}

/* ---- a day to come ------------------------------------------------------------------------ */

static struct date first_from(struct date date, struct date today)
{
    date.year = today.year;
    for (int i = 0; i < 8; i++, date.year++)    /* 29 February may be eight years away */
        if (date_is_real(date) && date_compare(date, today) >= 0)
            break;
    return date;
}

static struct date future_distance(int count, int unit, struct date today)
{
    switch (unit) {
    case 'd': return date_add_days(today, count);
    case 'w': return date_add_days(today, 7 * count);
    case 'm': return date_add_months(today, count);
    default: return date_add_months(today, 12 * count);
    }
}

static int year_to_come(const struct part *part)
{
    return part->digits == 2 ? 2000 + part->value : part->digits == 4 ? part->value : 0;
}

/* "fri" "tomorrow" "today" "mar": one word. */
static struct date future_word(const struct part *part, struct date today)
{
    int weekday = weekday_named(part), month = month_named(part);

    if (begins("today", part->word, 3) || strcmp(part->word, "now") == 0)
        return today;
    if (strcmp(part->word, "t") == 0 || begins("tomorrow", part->word, 3))
        return date_add_days(today, 1);
    if (month)
        return first_from((struct date){0, month, 1}, today);
    if (weekday >= 0) {
        int ahead = (weekday - date_weekday(today) + 7) % 7;
        return date_add_days(today, ahead ? ahead : 7);
    }
    return (struct date){0};
}

static struct date future_read(const struct typed *t, struct date today, struct date_order order)
{
    const struct part *p = t->part;
    int unit = t->n == 2 && p[0].is_number ? unit_named(&p[1]) : 0;

    if (shaped(t, "w"))
        return future_word(p, today);
    if (unit)
        return p[0].value <= 9999 ? future_distance(p[0].value, unit, today) : (struct date){0};
    if (shaped(t, "n") && p[0].digits == 8)
        return (struct date){p[0].value / 10000, p[0].value / 100 % 100, p[0].value % 100};
    if (shaped(t, "n") && t->is_plus && p[0].digits <= 3)
        return date_add_days(today, p[0].value);
    if (shaped(t, "nm"))
        return first_from((struct date){0, month_named(&p[1]), p[0].value}, today);
    if (shaped(t, "mn") && p[1].digits <= 2)
        return first_from((struct date){0, month_named(&p[0]), p[1].value}, today);
    if (shaped(t, "mn") && p[1].digits == 4)
        return (struct date){p[1].value, month_named(&p[0]), 1};
    if (shaped(t, "nmn"))
        return (struct date){year_to_come(&p[2]), month_named(&p[1]), p[0].value};
    if (shaped(t, "mnn"))
        return (struct date){year_to_come(&p[2]), month_named(&p[0]), p[1].value};
    if (shaped(t, "nnn") && p[0].digits == 4)
        return (struct date){p[0].value, p[1].value, p[2].value};
    if (shaped(t, "nnn"))
        return by_order(p[0].value, p[1].value, year_to_come(&p[2]), order.day_first);
    if (shaped(t, "nn") && p[0].digits <= 2 && p[1].digits <= 2) {  /* 29/2 exists in some year */
        struct date day = by_order(p[0].value, p[1].value, 2024, order.day_first);
        return date_is_real(day) ? first_from(day, today) : day;
    }
    return (struct date){0};
}

enum rc date_typed_future(const char *text, struct date today, struct date_order order,
                          struct date *out, struct err *err)
{
    struct typed typed;
    struct date date = {0};

    if (typed_read(text, &typed))
        date = future_read(&typed, today, order);
    if (!date_is_whole(date) || !date_is_real(date))
        return err_set(err, RC_INVALID, "%s", _("not a day: try 2w, +10d, fri, tomorrow, 12 mar or 2026-12-03"));
    if (date_compare(date, today) < 0)
        return err_set(err, RC_INVALID, "%s", _("that day is past: give a day from today on"));
    if (date.year > today.year + AHEAD_MAX_YEARS)
        return err_set(err, RC_INVALID, _("more than %d years ahead: check the year"), AHEAD_MAX_YEARS);
    *out = date;
    return RC_OK;
}

/* ---- a birth date ------------------------------------------------------------------------- */

/* Two digits mean the latest year that leaves the date not in the future. */
static int year_gone(int value, int digits, struct date date, struct date today)
{
    if (digits != 2)
        return digits == 4 ? value : 0;
    date.year = today.year / 100 * 100 + value;
    while (date_compare(date, today) > 0 || (date.day && !date_is_real(date)))
        if ((date.year -= 100) < 1)
            return 0;
    return date.year;
}

static struct date with_year_gone(struct date date, const struct part *year, struct date today)
{
    date.year = year_gone(year->value, year->digits, date, today);
    return date;
}

/* Day, month and year in the clinic's order, or in the other when only that exists. */
static struct date birth_ordered(int first, int second, int year, int digits, struct date today, bool day_first)
{
    struct date wanted = day_first ? (struct date){0, second, first} : (struct date){0, first, second};
    struct date other = {0, wanted.day, wanted.month};

    wanted.year = year_gone(year, digits, wanted, today);
    other.year = year_gone(year, digits, other, today);
    return date_is_real(wanted) || !date_is_real(other) ? wanted : other;
}

static bool is_plausible_birth(struct date date, struct date today)
{
    return date_is_real(date) && date_compare(date, today) <= 0 && date.year >= today.year - AGE_MAX;
}

/* Only digits: 1954, 070154, 01071954, 19540701. */
static struct date birth_digits(const struct part *p, struct date today, bool day_first)
{
    int v = p->value;

    if (p->digits == 4)
        return (struct date){v, 0, 0};
    if (p->digits == 6)
        return birth_ordered(v / 10000, v / 100 % 100, v % 100, 2, today, day_first);
    if (p->digits == 8) {
        struct date year_first = {v / 10000, v / 100 % 100, v % 100};

        if (is_plausible_birth(year_first, today))
            return year_first;
        return birth_ordered(v / 1000000, v / 10000 % 100, v % 10000, 4, today, day_first);
    }
    return (struct date){0};
}

/* An age, as precise a date as it can give. */
static struct date birth_age(int count, int unit, struct date today)
{
    if (unit == 'y')
        return (struct date){today.year - count, 0, 0};
    if (unit == 'm') {
        struct date date = date_add_months(today, -count);

        date.day = 0;
        return date;
    }
    return date_add_days(today, unit == 'w' ? -7 * count : -count);
}

static struct date birth_read(struct typed *t, struct date today, bool day_first, bool *is_age)
{
    const struct part *p = t->part;
    int unit = t->n == 2 && p[0].is_number ? unit_named(&p[1]) : 0;

    *is_age = unit != 0;
    if (unit)
        return p[0].digits <= 3 ? birth_age(p[0].value, unit, today) : (struct date){0};
    if (shaped(t, "w") && begins("today", p[0].word, 3))
        return today;
    if (shaped(t, "w") && begins("yesterday", p[0].word, 3))
        return date_add_days(today, -1);
    if (shaped(t, "n"))
        return birth_digits(p, today, day_first);
    if (shaped(t, "mn"))
        return with_year_gone((struct date){0, month_named(&p[0]), 0}, &p[1], today);
    if (shaped(t, "nm") && p[0].digits == 4)
        return (struct date){p[0].value, month_named(&p[1]), 0};
    if (shaped(t, "nmn") && p[0].digits == 4)
        return (struct date){p[0].value, month_named(&p[1]), p[2].value};
    if (shaped(t, "nmn"))
        return with_year_gone((struct date){0, month_named(&p[1]), p[0].value}, &p[2], today);
    if (shaped(t, "mnn"))
        return with_year_gone((struct date){0, month_named(&p[0]), p[1].value}, &p[2], today);
    if (shaped(t, "nnn") && p[0].digits == 4)
        return (struct date){p[0].value, p[1].value, p[2].value};
    if (shaped(t, "nnn"))
        return birth_ordered(p[0].value, p[1].value, p[2].value, p[2].digits, today, day_first);
    if (shaped(t, "nn") && p[0].digits == 4)
        return (struct date){p[0].value, p[1].value, 0};
    if (shaped(t, "nn") && p[1].digits == 4)
        return (struct date){p[1].value, p[0].value, 0};
    return (struct date){0};
}

enum rc date_typed_birth(const char *text, struct date today, struct date_order order,
                         struct date *out, bool *estimated, struct err *err)
{
    struct typed typed;
    struct date date = {0};
    bool is_age = false;

    if (typed_read(text, &typed))
        date = birth_read(&typed, today, order.day_first, &is_age);
    if (!date_is_real(date))
        return err_set(err, RC_INVALID, "%s",
                       _("not a birth date: 1 jul 1954, 1954, ~1954, 72y"));
    if (date_compare(date, today) > 0)
        return err_set(err, RC_INVALID, "%s", _("that birth date is in the future"));
    if (date.year < today.year - AGE_MAX)
        return err_set(err, RC_INVALID, _("that would be over %d years old: check the year"), AGE_MAX);
    *out = date;
    *estimated = is_age || typed.is_about;
    return RC_OK;
}

enum rc date_typed_past(const char *text, struct date today, struct date_order order,
                        struct date *out, struct err *err)
{
    bool estimated = false;
    struct date day;

    if (strcmp(text, "yesterday") == 0) {
        *out = date_add_days(today, -1);
        return RC_OK;
    }
    if (date_typed_birth(text, today, order, &day, &estimated, NULL) == RC_OK && !estimated && date_is_whole(day)) {
        *out = day;
        return RC_OK;
    }
    /* Day and month alone read as the next such day: the last one is a year before it. */
    if (!estimated && date_typed_future(text, today, order, &day, NULL) == RC_OK) {
        *out = date_compare(day, today) > 0 && strpbrk(text, "/. ") ? date_add_months(day, -12) : day;
        if (date_compare(*out, today) <= 0)
            return RC_OK;
    }
    return err_set(err, RC_INVALID, _("a day gone by, as 20 Nov 2026 or yesterday"));
}
