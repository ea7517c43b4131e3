/* If this breaks, rows sort in the wrong order or an appointment shows at another hour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Zones come from the machine; one without them can only show UTC. */
static bool has_zones(void)
{
    return clock_set_zone("America/New_York");
}

static void unknown_zones_mean_utc(void **state)
{
    static const char *const bad[] = {"Mars/Olympus", "/America/New_York", "../../etc/passwd", "/etc/localtime", "America/New York", ":UTC", "-x", ""};

    (void)state;
    for (size_t i = 0; i + 1 < sizeof bad / sizeof *bad; i++) {
        struct civil civil;

        assert_false(clock_zone_exists(bad[i]));
        assert_false(clock_set_zone(bad[i]));
        assert_string_equal(clock_zone(), "UTC");
        civil = clock_local(0);
        assert_int_equal(civil.hour, 0);
        assert_int_equal(civil.date.year, 1970);
    }
    assert_true(clock_set_zone("UTC"));
    assert_true(clock_set_zone(NULL));
    assert_true(clock_set_zone(""));
    assert_true(clock_zone()[0] != '\0');
}

static void reads_moments(void **state)
{
    static const struct { const char *text; bool ok; int64_t ms; } cases[] = {
        {"1970-01-01T00:00:00Z", true, 0}, {"1970-01-01T00:00:00.5Z", true, 500}, {"1970-01-01T00:00:00.123456789Z", true, 123},
        {"1970-01-01T01:00:00+01:00", true, 0}, {"1969-12-31T19:00:00-05:00", true, 0}, {"1969-12-31T23:59:59.999Z", true, -1},
        {"2026-11-23T13:14:05Z", true, 1795439645000}, {"2016-12-31T23:59:60Z", true, 1483228800000},     /* a leap second */
        {"2026-11-23", true, 1795392000000}, {"2026-11", true, 1793491200000}, {"2026", true, 1767225600000},
        {"2026-11-23T13:14Z", false, 0},            /* FHIR wants seconds */
        {"2026-11-23T13:14:05", false, 0},          /* and a zone beside a time */
        {"2026-11-23T24:00:00Z", false, 0}, {"2026-11-23T13:60:00Z", false, 0}, {"2026-11-23T13:14:05+15:00", false, 0},
        {"2026-02-30T13:14:05Z", false, 0}, {"2026-11-23T13:14:05.Z", false, 0}, {"2026-11-23 13:14:05Z", false, 0},
        {"2026-11-23T13:14:05Zx", false, 0}, {"", false, 0}, {"yesterday", false, 0},
    };

    (void)state;
    assert_true(clock_set_zone("UTC"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = 0;

        if (clock_parse(cases[i].text, &ms) != cases[i].ok || ms != cases[i].ms)
            fail_msg("\"%s\" gave %lld", cases[i].text, (long long)ms);
    }
}

static void writes_what_it_reads(void **state)
{
    char text[CLOCK_TEXT];
    int64_t ms;

    (void)state;
    for (int64_t at = -2000000000123; at < 4000000000000; at += 86399999777) {
        clock_instant(at, text);
        assert_true(clock_parse(text, &ms));
        assert_int_equal(ms, at);
        clock_datetime(at, text);
        assert_true(clock_parse(text, &ms));
        assert_int_equal(ms, at - (at % 1000 + 1000) % 1000);
    }
}

static void knows_the_zone(void **state)
{
    char text[CLOCK_TEXT];

    (void)state;
    if (!has_zones())
        skip();
    clock_datetime(1795439645123, text);
    assert_string_equal(text, "2026-11-23T08:14:05-05:00");
    clock_datetime(1783000000000, text);        /* summer */
    assert_string_equal(text, "2026-07-02T09:46:40-04:00");
    clock_sort_key("2026-11-23T13:14:05Z", text);
    assert_string_equal(text, "2026-11-23 08:14:05");
    clock_sort_key("2026-11-23", text);         /* a date is never moved by a zone */
    assert_string_equal(text, "2026-11-23");
    clock_sort_key("2026", text);
    assert_string_equal(text, "2026");
    clock_sort_key("not a date", text);
    assert_string_equal(text, "");
}

/* 8 March 2026 has no 02:30 in New York, 1 November has two. */
static void survives_the_change_of_hour(void **state)
{
    static const struct { struct civil civil; const char *want; } cases[] = {
        {{{2026, 3, 8}, 1, 59, 59}, "2026-03-08T01:59:59-05:00"}, {{{2026, 3, 8}, 2, 30, 0}, "2026-03-08T03:30:00-04:00"},
        {{{2026, 3, 8}, 3, 0, 0}, "2026-03-08T03:00:00-04:00"}, {{{2026, 11, 1}, 0, 59, 59}, "2026-11-01T00:59:59-04:00"},
        {{{2026, 11, 1}, 1, 30, 0}, "2026-11-01T01:30:00-04:00"}, {{{2026, 11, 1}, 2, 0, 0}, "2026-11-01T02:00:00-05:00"},
    };
    const int64_t change = 1772953200;      /* 2026-03-08T07:00:00Z */

    (void)state;
    if (!has_zones())
        skip();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[CLOCK_TEXT];

        clock_datetime(clock_from_civil(cases[i].civil), text);
        assert_string_equal(text, cases[i].want);
    }
    /* Each second around the change, in order and not: the offset kept from before must not stick. */
    for (int64_t s = -3; s < 3; s++) {
        assert_int_equal(clock_local((change + s) * 1000).hour, s < 0 ? 1 : 3);
        assert_int_equal(clock_local((change - 1 - s) * 1000).hour, s < 0 ? 3 : 1);
    }
}

static void stands_where_it_is_set(void **state)
{
    struct civil civil;
    int64_t before;

    (void)state;
    assert_true(clock_set_zone("UTC"));
    assert_true(clock_set_now("2026-11-23T08:14"));
    civil = clock_local(clock_now_ms());
    assert_int_equal(civil.hour, 8);
    assert_int_equal(civil.minute, 14);
    assert_int_equal(date_compare(clock_today(), (struct date){2026, 11, 23}), 0);
    before = clock_now_ms();
    assert_true(clock_now_ms() >= before);
    assert_false(clock_set_now("2026-11-23"));
    assert_false(clock_set_now("2026-11-23T08:14Z"));
    assert_false(clock_set_now("2026-11-31T08:14"));
    assert_int_equal(clock_local(clock_now_ms()).hour, 8);      /* a wrong one changes nothing */
    assert_true(clock_set_now("2026-11-23T23:59:58"));
    assert_int_equal(clock_local(clock_now_ms()).minute, 59);
    assert_true(clock_monotonic_ms() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_zones_mean_utc), cmocka_unit_test(reads_moments), cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(knows_the_zone), cmocka_unit_test(survives_the_change_of_hour), cmocka_unit_test(stands_where_it_is_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
