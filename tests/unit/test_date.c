/* If this breaks, a follow-up or a birth date lands on another day than the person typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "base/date.h"

static const struct date monday = {2026, 11, 23};

static void reads_fhir_dates_only(void **state)
{
    static const struct { const char *text; bool ok; struct date date; } cases[] = {
        {"2026", true, {2026, 0, 0}}, {"2026-11", true, {2026, 11, 0}}, {"2026-11-23", true, {2026, 11, 23}},
        {"2024-02-29", true, {2024, 2, 29}}, {"0001-01-01", true, {1, 1, 1}}, {"9999-12-31", true, {9999, 12, 31}},
        {"2023-02-29", false, {0, 0, 0}},       /* not in the calendar */
        {"1900-02-29", false, {0, 0, 0}},       /* centuries are not leap years */
        {"2026-13", false, {0, 0, 0}}, {"2026-00", false, {0, 0, 0}}, {"2026-01-00", false, {0, 0, 0}},
        {"0000", false, {0, 0, 0}}, {"2026-1-2", false, {0, 0, 0}}, {"2026-11-23 ", false, {0, 0, 0}},
        {"2026/11/23", false, {0, 0, 0}}, {"+026-11-23", false, {0, 0, 0}}, {"", false, {0, 0, 0}},
        {"2026-11-23T08:00:00Z", false, {0, 0, 0}},     /* a date, not a dateTime */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date date = {0};
        char text[DATE_TEXT];

        assert_int_equal(date_parse(cases[i].text, &date), cases[i].ok);
        assert_int_equal(date_compare(date, cases[i].date), 0);
        date_format(date, text);
        assert_string_equal(text, cases[i].ok ? cases[i].text : "");
    }
}

/* Every day of 800 years: the number goes up by one and leads back to the same day. */
static void counts_days(void **state)
{
    struct date date = {1600, 1, 1};
    long days = date_days(date);
    int weekday = 6;    /* a Saturday */

    (void)state;
    for (; date.year < 2400; days++, weekday = (weekday + 1) % 7) {
        assert_int_equal(date_days(date), days);
        assert_int_equal(date_compare(date_from_days(days), date), 0);
        assert_int_equal(date_weekday(date), weekday);
        date.day++;
        if (!date_is_real(date)) {
            date.day = 1;
            date.month++;
        }
        if (date.month > 12)
            date = (struct date){date.year + 1, 1, 1};
    }
    assert_int_equal(date_days((struct date){1970, 1, 1}), 0);
    assert_int_equal(date_days((struct date){2000, 3, 1}), 11017);
}

static void adds_months(void **state)
{
    static const struct { struct date from; int months; struct date to; } cases[] = {
        {{2026, 1, 31}, 1, {2026, 2, 28}}, {{2024, 1, 31}, 1, {2024, 2, 29}}, {{2024, 2, 29}, 12, {2025, 2, 28}},
        {{2026, 11, 30}, 3, {2027, 2, 28}}, {{2026, 1, 15}, -1, {2025, 12, 15}}, {{2026, 3, 31}, -13, {2025, 2, 28}},
        {{2026, 12, 1}, 0, {2026, 12, 1}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(date_compare(date_add_months(cases[i].from, cases[i].months), cases[i].to), 0);
}

struct typed { const char *text, *want; bool day_first; };

static void reads_days_to_come(void **state)
{
    static const struct typed cases[] = {
        {"2w", "2026-12-07", false}, {"+10d", "2026-12-03", false}, {"10 days", "2026-12-03", false}, {"+10", "2026-12-03", false},
        {"3m", "2027-02-23", false}, {"1y", "2027-11-23", false}, {"in 2 weeks", "2026-12-07", false}, {"0d", "2026-11-23", false},
        {"fri", "2026-11-27", false}, {"Friday", "2026-11-27", false}, {"next tue", "2026-11-24", false},
        {"mon", "2026-11-30", false},           /* today is a Monday: the next one */
        {"t", "2026-11-24", false}, {"tom", "2026-11-24", false}, {"tomorrow", "2026-11-24", false}, {"today", "2026-11-23", false},
        {"3/12", "2027-03-12", false}, {"3/12", "2026-12-03", true}, {"3.12.", "2026-12-03", true}, {"03-12", "2026-12-03", true},
        {"25/12", "2026-12-25", false},         /* there is no month 25 */
        {"11/23", "2026-11-23", false},         /* today's own date is today */
        {"11/22", "2027-11-22", false}, {"3/12/27", "2027-03-12", false}, {"3/12/2027", "2027-12-03", true},
        {"mar", "2027-03-01", false}, {"dec", "2026-12-01", false}, {"12 mar", "2027-03-12", false}, {"Mar 12", "2027-03-12", false},
        {"12mar", "2027-03-12", false}, {"12 mar 28", "2028-03-12", false}, {"march 12th, 2028", "2028-03-12", false},
        {"mar 2028", "2028-03-01", false}, {"2026-12-03", "2026-12-03", false}, {"20261203", "2026-12-03", false},
        {"29/2", "2028-02-29", true}, {"sept 4", "2027-09-04", false},
        {"", NULL, false}, {"soon", NULL, false}, {"12", NULL, false}, {"31/4", NULL, true}, {"30 feb", NULL, false},
        {"2026-11-22", NULL, false},            /* yesterday */
        {"3/12/20", NULL, false},               /* years ago */
        {"90y", NULL, false}, {"2w 3d", NULL, false}, {"3/12/7", NULL, false}, {"999999999999w", NULL, false}, {"-3d;", NULL, false},
        {"1 2 3 4 5 6 7", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date date = {0};
        struct err err = {0};
        char text[DATE_TEXT];
        enum rc rc = date_typed_future(cases[i].text, monday, (struct date_order){cases[i].day_first}, &date, &err);

        date_format(date, text);
        if (strcmp(text, cases[i].want ? cases[i].want : "") != 0)
            fail_msg("\"%s\" gave %s", cases[i].text, text);
        assert_int_equal(rc, cases[i].want ? RC_OK : RC_INVALID);
        assert_true((err.text[0] != '\0') == !cases[i].want);
    }
}

static void reads_days_gone_by(void **state)
{
    static const struct { const char *text, *want; bool day_first; } cases[] = {
        {"11/20", "2026-11-20", false}, {"20/11", "2026-11-20", true}, {"12/24", "2025-12-24", false},
        {"20 nov", "2026-11-20", false}, {"today", "2026-11-23", false}, {"yesterday", "2026-11-22", false},
        {"2026-11-02", "2026-11-02", false}, {"11/2/26", "2026-11-02", false}, {"3 mar 2025", "2025-03-03", false},
        {"2w", NULL, false}, {"tomorrow", NULL, false}, {"2027-01-01", NULL, false}, {"1954", NULL, false}, {"72y", NULL, false}, {"1111112t", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date date = {0};
        struct err err = {0};
        char text[DATE_TEXT] = "";
        enum rc rc = date_typed_past(cases[i].text, monday, (struct date_order){cases[i].day_first}, &date, &err);

        if (rc == RC_OK)
            date_format(date, text);
        if (strcmp(text, cases[i].want ? cases[i].want : "") != 0)
            fail_msg("\"%s\" gave %s", cases[i].text, text);
        assert_true((err.text[0] != '\0') == !cases[i].want);
    }
}

static void reads_birth_dates(void **state)
{
    static const struct { const char *text, *want; bool day_first, estimated; } cases[] = {
        {"1 jul 1954", "1954-07-01", false, false}, {"jul 1 1954", "1954-07-01", false, false}, {"July 1st, 1954", "1954-07-01", false, false},
        {"7/1/54", "1954-07-01", false, false}, {"7/1/54", "1954-01-07", true, false}, {"070154", "1954-07-01", false, false},
        {"070154", "1954-01-07", true, false}, {"01071954", "1954-07-01", true, false}, {"01071954", "1954-01-07", false, false},
        {"13/7/54", "1954-07-13", false, false},    /* only one reading exists */
        {"1954-07-01", "1954-07-01", false, false}, {"1954.7.1", "1954-07-01", false, false}, {"19540701", "1954-07-01", false, false},
        {"1954", "1954", false, false}, {"jul 1954", "1954-07", false, false}, {"7/1954", "1954-07", false, false}, {"1954-07", "1954-07", false, false},
        {"~1954", "1954", false, true}, {"about jul 1954", "1954-07", false, true}, {"72y", "1954", false, true}, {"72 years", "1954", false, true},
        {"3m", "2026-08", false, true}, {"2 wk", "2026-11-09", false, true}, {"5d", "2026-11-18", false, true},
        {"130y", "1896", false, true}, {"1 jul 54", "1954-07-01", false, false}, {"1 jul 26", "2026-07-01", false, false},
        {"11/24/26", "1926-11-24", false, false},   /* tomorrow cannot be a birthday yet */
        {"11/23/26", "2026-11-23", false, false}, {"2/29/24", "2024-02-29", false, false}, {"today", "2026-11-23", false, false},
        {"yesterday", "2026-11-22", false, false},
        {"", NULL, false, false}, {"54", NULL, false, false}, {"131y", NULL, false, false}, {"2027", NULL, false, false},
        {"1 jul 2027", NULL, false, false}, {"1 jul 1895", NULL, false, false}, {"31 jun 1954", NULL, false, false}, {"2/30/54", NULL, false, false},
        {"smith", NULL, false, false}, {"1954-07-01T00:00:00Z", NULL, false, false}, {"1/2/3/4", NULL, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date date = {0};
        struct err err = {0};
        char text[DATE_TEXT];
        bool estimated = false;
        enum rc rc = date_typed_birth(cases[i].text, monday, (struct date_order){cases[i].day_first}, &date, &estimated, &err);

        date_format(date, text);
        if (strcmp(text, cases[i].want ? cases[i].want : "") != 0)
            fail_msg("\"%s\" gave %s", cases[i].text, text);
        assert_int_equal(rc, cases[i].want ? RC_OK : RC_INVALID);
        assert_int_equal(estimated, cases[i].estimated);
    }
}

/* A birth date typed wrong must not come back in the sentence, which goes to the log. */
static void errors_repeat_nothing_typed(void **state)
{
    struct date date;
    struct err err;
    bool estimated;

    (void)state;
    assert_int_equal(date_typed_birth("41 jul 1937", monday, (struct date_order){0}, &date, &estimated, &err), RC_INVALID);
    assert_null(strstr(err.text, "1937"));
    assert_null(strstr(err.text, "41"));
}

static void reads_times(void **state)
{
    static const struct { const char *text; int minutes; } cases[] = {
        {"9:30", 570}, {"930", 570}, {"0930", 570}, {"9", 540}, {"9a", 540}, {"9 am", 540}, {"2pm", 840}, {"2:15p", 855}, {"14:05", 845},
        {"9.30", 570}, {"9h30", 570}, {"12am", 0}, {"12pm", 720}, {"0:00", 0}, {"23:59", 1439}, {"2 p.m.", 840},
        {"24:00", -1}, {"9:60", -1}, {"13pm", -1}, {"0am", -1}, {"9:5", -1}, {"", -1}, {"noonish", -1}, {"12345", -1}, {"9:30x", -1}, {"9 30", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (date_typed_time(cases[i].text) != cases[i].minutes)
            fail_msg("\"%s\" gave %d", cases[i].text, date_typed_time(cases[i].text));
}

static void says_dates_in_words(void **state)
{
    char text[DATE_TEXT];

    (void)state;
    assert_true(clock_set_zone("UTC") && clock_set_now("2026-11-23T08:14"));
    date_words(monday, text);
    assert_string_equal(text, "Mon 23 Nov");
    date_words((struct date){2027, 3, 1}, text);
    assert_string_equal(text, "Mon 1 Mar 2027");
    date_words_long((struct date){1954, 7, 1}, text);
    assert_string_equal(text, "1 Jul 1954");
    date_words_long((struct date){1954, 7, 0}, text);
    assert_string_equal(text, "Jul 1954");
    date_words((struct date){1954, 0, 0}, text);
    assert_string_equal(text, "1954");
    date_words((struct date){0}, text);
    assert_string_equal(text, "");
    date_relative(monday, monday, text);
    assert_string_equal(text, "today");
    date_relative((struct date){2026, 11, 25}, monday, text);
    assert_string_equal(text, "in 2 d");
    date_relative((struct date){2026, 11, 20}, monday, text);
    assert_string_equal(text, "3 d late");
}

static void says_ages(void **state)
{
    static const struct { struct date birth; const char *want; int years; } cases[] = {
        {{1954, 7, 1}, "72", 72}, {{1954, 11, 23}, "72", 72},
        {{1954, 11, 24}, "71", 71},             /* birthday tomorrow */
        {{2019, 11, 22}, "7", 7}, {{2024, 11, 23}, "2", 2}, {{2024, 11, 24}, "23 mo", 1}, {{2026, 6, 20}, "5 mo", 0},
        {{2026, 8, 24}, "2 mo", 0}, {{2026, 8, 25}, "12 wk", 0}, {{2026, 11, 2}, "3 wk", 0}, {{2026, 11, 10}, "13 d", 0}, {{2026, 11, 23}, "0 d", 0},
        {{1954, 0, 0}, "about 72", 72}, {{1954, 12, 0}, "about 71", 71}, {{2026, 6, 0}, "about 5 mo", 0}, {{2026, 0, 0}, "about 0", 0},
        {{0, 0, 0}, "", -1}, {{2026, 11, 24}, "", -1}, {{2027, 0, 0}, "", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[DATE_TEXT];

        date_age(cases[i].birth, monday, text);
        assert_string_equal(text, cases[i].want);
        if (cases[i].years >= 0 || cases[i].birth.year != 2026)
            assert_int_equal(date_age_years(cases[i].birth, monday), cases[i].years);
    }
    assert_int_equal(date_age_years((struct date){1920, 2, 29}, (struct date){2023, 2, 28}), 102);
    assert_int_equal(date_age_years((struct date){1920, 2, 29}, (struct date){2023, 3, 1}), 103);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fhir_dates_only), cmocka_unit_test(counts_days), cmocka_unit_test(adds_months),
        cmocka_unit_test(reads_days_to_come), cmocka_unit_test(reads_days_gone_by), cmocka_unit_test(reads_birth_dates), cmocka_unit_test(errors_repeat_nothing_typed),
        cmocka_unit_test(reads_times), cmocka_unit_test(says_dates_in_words), cmocka_unit_test(says_ages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
