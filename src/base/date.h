/* date.h - calendar dates, whole or partial, that never pass through a time zone. */
#ifndef FRONTDESK_DATE_H
#define FRONTDESK_DATE_H

#include <stdbool.h>

#include "base/err.h"

struct date { int year, month, day; };  /* month and day 0 = not known; year 0 = no date */
enum { DATE_TEXT = 32 };

bool date_parse(const char *text, struct date *out);    /* FHIR YYYY, YYYY-MM, YYYY-MM-DD only, whole text, and in the calendar */
void date_format(struct date date, char *out);          /* FHIR form, as precise as known; DATE_TEXT bytes */
bool date_is_whole(struct date date);                   /* has year, month and day */
bool date_is_real(struct date date);                    /* exists in the calendar, to its precision */
int date_compare(struct date a, struct date b);         /* <0, 0, >0; unknown parts sort first */
long date_days(struct date date);                       /* days since 1970-01-01; whole dates only */
struct date date_from_days(long days);
struct date date_add_days(struct date date, int days);
struct date date_add_months(struct date date, int months);  /* 31 Jan + 1 month = 28 or 29 Feb */
int date_weekday(struct date date);                     /* 0 Sunday .. 6 Saturday */

/* Words of the desk, translated. DATE_TEXT bytes each. */
void date_words(struct date date, char *out);           /* "Mon 23 Nov", year added when not this one */
void date_words_long(struct date date, char *out);      /* "1 Jul 1954", "Jul 1954", "1954" */
void date_relative(struct date date, struct date today, char *out); /* "today", "in 2 d", "3 d late" */
/* "72", "7", infants "5 mo", "3 wk", "2 d"; "about 72" when birth is partial; "" when unknown. */
void date_age(struct date birth, struct date on, char *out);
int date_age_years(struct date birth, struct date on);  /* -1 when unknown */

/* Dates as people type them. */
struct date_order { bool day_first; };  /* 3/12 is 3 December when true, March 12 when false */
/* A day to come: "2w" "+10d" "3m" "1y" "fri" "tomorrow" "tom" "t" "today" "3/12" "3/12/27" "mar" "12 mar" "2026-12-03" "20261203".
 * RC_INVALID with a sentence that says what would work; it never repeats what was typed. A weekday means
 * the next one after today, a month-day the next from today on, a month its first day; "t" is tomorrow.
 * Where 25/12 exists in one order only, that is taken. Refuses past days and more than 50 years ahead. */
enum rc date_typed_future(const char *text, struct date today, struct date_order order,
                          struct date *out, struct err *err);
/* A day gone by: whole dates as above, "today", "yesterday", or day and month alone, which mean the last such
 * day. Ages and partial dates are refused, and so is the future. */
enum rc date_typed_past(const char *text, struct date today, struct date_order order,
                        struct date *out, struct err *err);
/* A birth date: "1 jul 1954" "7/1/54" "070154" "01071954" "1954" "jul 1954" "72y" "3m" (age) "~1954" "1954-07-01".
 * *estimated is set for ages and "~". Refuses the future and ages over 130. Two-digit years are the
 * latest year that is not in the future. */
enum rc date_typed_birth(const char *text, struct date today, struct date_order order,
                         struct date *out, bool *estimated, struct err *err);
/* A time of day: "9:30" "930" "9" "9a" "2pm" "14:05". Minutes since midnight or -1. */
int date_typed_time(const char *text);
#endif
