/* clock.h - the one clock, and the clinic's time zone.
 * Every "now", "today" and local time in the program comes from here, so that a
 * directory marked as demo or a test can stand at a fixed moment. */
#ifndef FRONTDESK_CLOCK_H
#define FRONTDESK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"

struct civil { struct date date; int hour, minute, second; };   /* a clinic-local wall time */

/* Set the clinic's zone (an IANA name such as "America/New_York"; NULL or "" means the
 * machine's). False when the machine does not know the name; UTC is used then. */
bool clock_set_zone(const char *name);
/* Whether the machine knows the zone by that name. */
bool clock_zone_exists(const char *name);
/* The name of the zone in use: as set, or what the machine calls its own. */
const char *clock_zone(void);
/* Stand at a fixed wall moment that then runs on: YYYY-MM-DDTHH:MM[:SS], clinic-local.
 * Set the zone first. False when it is not such a time. Tests and demo directories only. */
bool clock_set_now(const char *local);

/* Both clocks stand at this moment until they are put elsewhere, earlier too: simulations only. */
void clock_hold(int64_t now_ms, int64_t monotonic_ms);

int64_t clock_now_ms(void);             /* ms since 1970 UTC, as set or real */
int64_t clock_monotonic_ms(void);       /* never goes back; for waits */
struct date clock_today(void);          /* clinic-local */
struct civil clock_local(int64_t ms);   /* clinic-local wall time of a moment */
int64_t clock_from_civil(struct civil civil);   /* a skipped hour moves forward, a doubled one is the first */

/* Write FHIR text; out has room for CLOCK_TEXT bytes. */
enum { CLOCK_TEXT = 40 };
void clock_instant(int64_t ms, char *out);      /* 2026-11-23T13:14:05.123Z */
void clock_datetime(int64_t ms, char *out);     /* 2026-11-23T08:14:05-05:00, clinic-local */
/* Read any FHIR date, dateTime or instant as a moment; dates count from their first
 * second, clinic-local. False when it is none of them. */
bool clock_parse(const char *text, int64_t *ms);
/* The clinic-local "YYYY-MM-DD HH:MM:SS" of a FHIR dateTime, or the date as written
 * (never through a time zone) when it has no time: what timelines sort by. "" when bad. */
void clock_sort_key(const char *text, char *out);
#endif
