/* time_typed.c - times of day as people type them. */
#include "base/date.h"

#include <ctype.h>
#include <string.h>

/* "a", "am", "p.m." after the digits: adds to the hour. -1 when it is something else. */
static int half_day(const char *p, int hour)
{
    char half = (char)tolower((unsigned char)*p);

    if (!half)
        return hour;
    if ((half != 'a' && half != 'p') || hour < 1 || hour > 12)
        return -1;
    p++;
    p += *p == '.';
    p += tolower((unsigned char)*p) == 'm';
    p += *p == '.';
    if (*p)
        return -1;
    return hour % 12 + (half == 'p' ? 12 : 0);
}

int date_typed_time(const char *text)
{
    int hour = 0, minute = 0, n = 0, value = 0;
    const char *p = text + strspn(text, " ");

    for (; isdigit((unsigned char)*p) && n < 5; p++, n++)
        value = value * 10 + (*p - '0');
    if (n < 1 || n > 4)
        return -1;
    hour = n > 2 ? value / 100 : value;
    minute = n > 2 ? value % 100 : 0;
    if (n <= 2 && (*p == ':' || *p == '.' || *p == 'h') && isdigit((unsigned char)p[1])) {
        if (!isdigit((unsigned char)p[2]))
            return -1;
        minute = (p[1] - '0') * 10 + (p[2] - '0');
        p += 3;
    }
    p += strspn(p, " ");
    hour = half_day(p, hour);
    return hour < 0 || hour > 23 || minute > 59 ? -1 : hour * 60 + minute;
}
