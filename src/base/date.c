#include "base/date.h"

#include <stddef.h>
#include <string.h>

static const signed char month_days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    return month == 2 && is_leap(year) ? 29 : month_days[month];
}

/* Read exactly n digits; -1 when one of them is something else. */
static int digits(const char *text, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool date_parse(const char *text, struct date *out)
{
    size_t len = strnlen(text, 11);
    struct date date = {0};

    if (len != 4 && len != 7 && len != 10)
        return false;
    date.year = digits(text, 4);
    if (len >= 7)
        date.month = text[4] == '-' ? digits(text + 5, 2) : -1;
    if (len == 10)
        date.day = text[7] == '-' ? digits(text + 8, 2) : -1;
    if (date.year < 1 || (len >= 7 && date.month < 1) || (len == 10 && date.day < 1) ||
        !date_is_real(date))
        return false;
    *out = date;
    return true;
}

static char *put(char *out, int value, int n)
{
    for (int i = n - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + n;
}

void date_format(struct date date, char *out)
{
    if (date.year > 0) {
        out = put(out, date.year, 4);
        if (date.month > 0) {
            *out++ = '-';
            out = put(out, date.month, 2);
            if (date.day > 0) {
                *out++ = '-';
                out = put(out, date.day, 2);
            }
        }
    }
    *out = '\0';
}

bool date_is_whole(struct date date)
{
    return date.year > 0 && date.month > 0 && date.day > 0;
}

bool date_is_real(struct date date)
{
    if (date.year < 1 || date.year > 9999)
        return false;
    if (date.month == 0)
        return date.day == 0;
    if (date.month < 1 || date.month > 12)
        return false;
    return date.day >= 0 && date.day <= days_in_month(date.year, date.month);
}

int date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

/* Days and dates by eras of 400 years that begin on 1 March, so that the leap day is the
 * last of its year: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
long date_days(struct date date)
{
    long y = date.month <= 2 ? date.year - 1L : date.year;
    long era = (y >= 0 ? y : y - 399) / 400;
    long year_of_era = y - era * 400;
    long day_of_year = (153L * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    long day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

struct date date_from_days(long days)
{
    long z = days + 719468;
    long era = (z >= 0 ? z : z - 146096) / 146097;
    long day_of_era = z - era * 146097;
    long year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long mp = (5 * day_of_year + 2) / 153;
    struct date date = {.day = (int)(day_of_year - (153 * mp + 2) / 5 + 1),
                        .month = (int)(mp < 10 ? mp + 3 : mp - 9)};

    date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
    return date;
}

struct date date_add_days(struct date date, int days)
{
    return date_from_days(date_days(date) + days);
}

struct date date_add_months(struct date date, int months)
{
    long count = date.year * 12L + date.month - 1 + months;
    struct date moved = {.year = (int)(count / 12), .month = (int)(count % 12) + 1, .day = date.day};

    if (moved.day > days_in_month(moved.year, moved.month))
        moved.day = days_in_month(moved.year, moved.month);
    return moved;
}

int date_weekday(struct date date)
{
    long days = date_days(date);    /* 1 January 1970 was a Thursday, 4 */

    return (int)(((days + 4) % 7 + 7) % 7);
}

int date_age_years(struct date birth, struct date on)
{
    int years = on.year - birth.year;

    if (birth.year < 1 || on.year < 1)
        return -1;
    if (birth.month > 0 && on.month > 0 &&
        (on.month < birth.month ||
         (on.month == birth.month && birth.day > 0 && on.day > 0 && on.day < birth.day)))
        years--;
    return years < 0 ? -1 : years;
}
