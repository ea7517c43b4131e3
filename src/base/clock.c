#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_MS = 1000, DAY_S = 86400, QUARTER_S = 900 };
/* Since this moment (1973) every zone's offset changes only at a full quarter of an hour UTC. */
static const int64_t quarters_since_s = 94694400;

static struct {
    char zone[64];          /* as last set; "" = the machine's */
    char found[64];         /* name of the machine's zone, once asked for */
    int64_t shift_ms;       /* added to the real clock */
    int64_t held_ms, held_monotonic_ms; /* where a simulation holds the clocks */
    bool is_held;
    int64_t quarter;        /* the quarter of an hour whose offset is known */
    long offset_s;
    bool is_known, is_set;
} state;

static bool zone_name_ok(const char *name)
{
    size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

    return len > 0 && len < sizeof state.zone && !name[len] && name[0] != '/' && name[0] != '-';
}

bool clock_zone_exists(const char *name)
{
    char path[PATH_MAX];

    if (!zone_name_ok(name))
        return false;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    return strcmp(name, "UTC") == 0 || access(path, R_OK) == 0;
}

bool clock_set_zone(const char *name)
{
    bool is_named = name && *name;
    bool known = !is_named || clock_zone_exists(name);

    state.is_known = false;
    snprintf(state.zone, sizeof state.zone, "%s", !is_named ? "" : known ? name : "UTC");
    if (is_named)
        setenv("TZ", !known || strcmp(name, "UTC") == 0 ? "UTC0" : name, 1);
    else if (state.is_set)
        unsetenv("TZ");
    state.is_set = is_named;
    tzset();
    return known;
}

/* What the machine calls its zone: TZ, the link /etc/localtime, else UTC. */
static void zone_find(void)
{
    static const char folder[] = "/zoneinfo/";
    const char *tz = getenv("TZ");
    char link[PATH_MAX];
    ssize_t len = readlink("/etc/localtime", link, sizeof link - 1);
    const char *name = NULL;

    if (tz && *tz)
        name = tz + (*tz == ':');
    else if (len > 0) {
        link[len] = '\0';
        name = strstr(link, folder);
        name = name ? name + strlen(folder) : NULL;
    }
    snprintf(state.found, sizeof state.found, "%.63s", name && clock_zone_exists(name) ? name : "UTC");
}

const char *clock_zone(void)
{
    if (state.zone[0])
        return state.zone;
    if (!state.found[0])
        zone_find();
    return state.found;
}

void clock_hold(int64_t now_ms, int64_t monotonic_ms)
{
    state.held_ms = now_ms;
    state.held_monotonic_ms = monotonic_ms;
    state.is_held = true;
}

int64_t clock_now_ms(void)
{
    struct timespec now;

    if (state.is_held)
        return state.held_ms;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000 + state.shift_ms;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now;

    if (state.is_held)
        return state.held_monotonic_ms;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Seconds east of UTC at a moment. The last quarter of an hour asked for is kept, which serves
 * "now" and rows in time order without another walk through the zone's table. */
static long offset_at(int64_t s)
{
    int64_t quarter = floor_div(s, QUARTER_S);
    time_t t = (time_t)s;
    struct tm tm;

    if (state.is_known && state.quarter == quarter)
        return state.offset_s;
    if (!localtime_r(&t, &tm))
        return 0;
    if (s >= quarters_since_s) {
        state.quarter = quarter;
        state.offset_s = tm.tm_gmtoff;
        state.is_known = true;
    }
    return tm.tm_gmtoff;
}

static struct civil civil_of(int64_t local_s)
{
    int64_t day = floor_div(local_s, DAY_S);
    int rest = (int)(local_s - day * DAY_S);

    return (struct civil){.date = date_from_days((long)day), .hour = rest / 3600,
                          .minute = rest / 60 % 60, .second = rest % 60};
}

struct civil clock_local(int64_t ms)
{
    int64_t s = floor_div(ms, SECOND_MS);

    return civil_of(s + offset_at(s));
}

struct date clock_today(void)
{
    return clock_local(clock_now_ms()).date;
}

static int64_t civil_seconds(struct civil civil)
{
    return (int64_t)date_days(civil.date) * DAY_S + civil.hour * 3600L + civil.minute * 60L + civil.second;
}

int64_t clock_from_civil(struct civil civil)
{
    int64_t local = civil_seconds(civil);
    long before = offset_at(local - DAY_S), after = offset_at(local + DAY_S);
    int64_t early = local - before, late = local - after;
    bool early_fits = offset_at(early) == before, late_fits = offset_at(late) == after;
    int64_t s = early;      /* the offset before a skipped hour carries it past the gap */

    if (early_fits && late_fits)
        s = early < late ? early : late;
    else if (late_fits)
        s = late;
    return s * SECOND_MS;
}

/* Read n digits at *p and step over them; false when they are not all digits. */
static bool take(const char **p, int n, int *out)
{
    int value = 0;

    for (int i = 0; i < n; i++, (*p)++) {
        if (**p < '0' || **p > '9')
            return false;
        value = value * 10 + (**p - '0');
    }
    *out = value;
    return true;
}

static bool take_char(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

/* hh:mm:ss; seconds may be left out when they_may. 60 is a leap second. */
static bool take_time(const char **p, bool they_may, struct civil *out)
{
    if (!take(p, 2, &out->hour) || !take_char(p, ':') || !take(p, 2, &out->minute))
        return false;
    out->second = 0;
    if (!(they_may && **p != ':') && (!take_char(p, ':') || !take(p, 2, &out->second)))
        return false;
    return out->hour < 24 && out->minute < 60 && out->second <= 60;
}

/* The whole date at the front of text. */
static bool take_date(const char **p, struct date *out)
{
    char day[11];
    size_t len = strnlen(*p, 10);

    memcpy(day, *p, len);
    day[len] = '\0';
    *p += len;
    return len == 10 && date_parse(day, out);
}

static bool take_fraction(const char **p, int *ms)
{
    int scale = 100;

    *ms = 0;
    if (**p != '.')
        return true;
    if ((*p)[1] < '0' || (*p)[1] > '9')
        return false;
    for ((*p)++; **p >= '0' && **p <= '9'; (*p)++, scale /= 10)
        *ms += (**p - '0') * scale;
    return true;
}

static bool take_zone(const char **p, int *offset_s)
{
    int sign = **p == '-' ? -1 : 1, hour, minute;

    *offset_s = 0;
    if (take_char(p, 'Z'))
        return true;
    if (!take_char(p, '+') && !take_char(p, '-'))
        return false;
    if (!take(p, 2, &hour) || !take_char(p, ':') || !take(p, 2, &minute))
        return false;
    *offset_s = sign * (hour * 3600 + minute * 60);
    return minute < 60 && hour * 60 + minute <= 14 * 60;
}

bool clock_set_now(const char *local)
{
    struct civil civil;
    const char *p = local;
    int64_t wanted;

    if (!take_date(&p, &civil.date) || !take_char(&p, 'T') || !take_time(&p, true, &civil) || *p)
        return false;
    wanted = clock_from_civil(civil);
    state.shift_ms = 0;
    state.shift_ms = wanted - clock_now_ms();
    return true;
}

bool clock_parse(const char *text, int64_t *ms)
{
    struct civil civil = {0};
    const char *p = text;
    int fraction, offset_s;

    if (date_parse(text, &civil.date)) {
        civil.date.month += civil.date.month == 0;
        civil.date.day += civil.date.day == 0;
        *ms = clock_from_civil(civil);
        return true;
    }
    if (!take_date(&p, &civil.date) || !take_char(&p, 'T') || !take_time(&p, false, &civil) ||
        !take_fraction(&p, &fraction) || !take_zone(&p, &offset_s) || *p)
        return false;
    *ms = (civil_seconds(civil) - offset_s) * SECOND_MS + fraction;
    return true;
}

static char *put(char *out, int value, int n, char then)
{
    for (int i = n - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    out[n] = then;
    return out + n + 1;
}

static char *put_civil(char *out, struct civil c, char between, char then)
{
    out = put(out, c.date.year, 4, '-');
    out = put(out, c.date.month, 2, '-');
    out = put(out, c.date.day, 2, between);
    out = put(out, c.hour, 2, ':');
    out = put(out, c.minute, 2, ':');
    return put(out, c.second, 2, then);
}

void clock_instant(int64_t ms, char *out)
{
    int64_t s = floor_div(ms, SECOND_MS);

    out = put_civil(out, civil_of(s), 'T', '.');
    out = put(out, (int)(ms - s * SECOND_MS), 3, 'Z');
    *out = '\0';
}

void clock_datetime(int64_t ms, char *out)
{
    int64_t s = floor_div(ms, SECOND_MS);
    long offset = offset_at(s) / 60 * 60;   /* FHIR writes offsets in minutes */
    long minutes = labs(offset) / 60;

    out = put_civil(out, civil_of(s + offset), 'T', offset < 0 ? '-' : '+');
    out = put(out, (int)(minutes / 60), 2, ':');
    put(out, (int)(minutes % 60), 2, '\0');
}

void clock_sort_key(const char *text, char *out)
{
    struct date date;
    int64_t ms;

    out[0] = '\0';
    if (date_parse(text, &date))
        date_format(date, out);
    else if (clock_parse(text, &ms))
        put_civil(out, clock_local(ms), ' ', '\0');
}
