#include "desk/question.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { TOKENS = 12, OLDEST = 130 };

/* What stands between blanks; name words come from those without digits. */
struct token { char text[WORD_MAX + 1]; bool has_digit, is_digits; };

static size_t tokens_of(const char *typed, struct token *token)
{
    size_t n = 0;

    while (*typed != '\0' && n < TOKENS) {
        size_t len;

        typed += strspn(typed, " \t");
        len = strcspn(typed, " \t");
        if (len == 0)
            break;
        if (len <= WORD_MAX) {
            struct token *t = &token[n++];

            memcpy(t->text, typed, len);
            t->text[len] = '\0';
            t->has_digit = strpbrk(t->text, "0123456789") != NULL;
            t->is_digits = strspn(t->text, "0123456789") == len;
        }
        typed += len;
    }
    return n;
}

static void add_year(struct question *q, int year, struct date today)
{
    if (year <= today.year && year >= today.year - OLDEST && q->n_years < QUESTION_YEARS)
        q->year[q->n_years++] = year;
}

/* Tokens from..to as one birth date: "1 jul 1954", "7/1/54", "jul 1954", "72y". */
static bool read_birth(struct question *q, const struct token *token, size_t from, size_t to,
                       struct date today, struct date_order order)
{
    struct buf text = { 0 };
    struct date date;
    bool has_digit = false, is_estimated, is_date;

    for (size_t i = from; i < to; i++) {
        buf_printf(&text, "%s%s", i > from ? " " : "", token[i].text);
        has_digit = has_digit || token[i].has_digit;
    }
    is_date = has_digit && date_typed_birth(buf_text(&text), today, order, &date, &is_estimated, NULL) == RC_OK;
    buf_done(&text);
    if (!is_date)
        return false;
    if (date.month > 0 && !is_estimated) {
        q->birth = date;
        return true;
    }
    add_year(q, date.year, today);
    if (is_estimated)
        add_year(q, date.year - 1, today);
    return true;
}

/* A year as typed beside a name: 1954 or 54, or on the way there 5 and 195, which mean a decade. */
static bool read_year(struct question *q, const struct token *token, struct date today)
{
    size_t len = strlen(token->text), before = q->n_years;
    int year = (int)strtol(token->text, NULL, 10), century = today.year / 100 * 100;

    if (!token->is_digits || len > 4)
        return false;
    if (len == 4)
        add_year(q, year, today);
    for (int i = 0; i < 10 && len == 1; i++)
        add_year(q, century - 100 + 10 * year + i, today);
    for (int i = 0; i < 10 && len % 2 == 1; i++)
        add_year(q, len == 1 ? century + 10 * year + i : 10 * year + i, today);
    if (len == 2) {
        add_year(q, century + year, today);
        add_year(q, century - 100 + year, today);
    }
    return q->n_years > before;
}

/* Digits and what stands between those of a number or a date. */
static bool is_phone_text(const char *text)
{
    return text[strspn(text, "0123456789 -.()+/")] == '\0' && strpbrk(text, "0123456789") != NULL;
}

static bool read_phone(struct question *q, const char *text)
{
    struct buf digits = { 0 };

    if (is_phone_text(text))
        digits_reversed(&digits, text);
    if (digits.len >= 4 && digits.len < sizeof q->phone)
        /* A country code may be typed and not stored, or the other way round: seven digits tell. */
        snprintf(q->phone, digits.len > 7 ? 8 : sizeof q->phone, "%s", digits.data);
    buf_done(&digits);
    return q->phone[0] != '\0';
}

static void add_words(struct question *q, const char *text)
{
    char *folded = utf8_folded(text);
    const char *at = folded;

    while (q->n_words < QUESTION_WORDS && next_word(&at, q->word[q->n_words]))
        q->n_words++;
    free(folded);
}

static void read_identifier(struct question *q, const char *typed)
{
    char *folded = utf8_folded(typed);
    size_t len = strlen(folded);

    if (len > 0 && len < sizeof q->identifier && strpbrk(folded, "0123456789") != NULL) {
        memcpy(q->identifier, folded, len + 1);
        if (len < 6 && strspn(folded, "0123456789") == len)
            snprintf(q->padded, sizeof q->padded, "%06d", (int)strtol(folded, NULL, 10));
    }
    free(folded);
}

/* A birth date takes the longest run of tokens at either end; names are the rest. */
static void take_date(struct question *q, struct token *token, size_t *n, size_t *from,
                      struct date today, struct date_order order)
{
    for (size_t i = 0; i < *n; i++)
        if (read_birth(q, token, i, *n, today, order)) {
            *n = i;
            return;
        }
    for (size_t i = *n; i > 0; i--)
        if (read_birth(q, token, 0, i, today, order)) {
            *from = i;
            return;
        }
}

/* "garcia 1 jul 1954": three parts make a day, so the year at the end is not alone. */
static bool ends_with_day(const struct token *token, size_t n, struct date today, struct date_order order)
{
    struct question day = { .n_words = 0 };

    return n >= 3 && read_birth(&day, token, n - 3, n, today, order) && day.birth.day > 0;
}

static void read_else(struct question *q, const struct token *token, size_t n, struct date today, struct date_order order)
{
    struct question other = { .n_words = 0 };

    if (read_birth(&other, token, 0, n, today, order))
        q->birth_else = other.birth;
}

void question_read(const char *typed, struct date today, struct date_order order, struct question *out)
{
    struct token token[TOKENS];
    size_t n = tokens_of(typed, token), from = 0;
    bool all_digits = is_phone_text(typed);

    *out = (struct question){ .n_words = 0 };
    read_identifier(out, typed);
    if (all_digits)
        read_phone(out, typed);
    if (all_digits || n < 2 || ends_with_day(token, n, today, order) || !read_year(out, &token[n - 1], today))
        take_date(out, token, &n, &from, today, order);
    else
        read_else(out, token, n--, today, order);
    if (all_digits) {
        /* Two digits alone are the start of many things, and a year of none. */
        if (n == 1 && strlen(token[0].text) < 4)
            out->n_years = 0;
        return;
    }
    for (size_t i = from; i < n; i++) {
        if (token[i].has_digit && n > 1 && out->birth.year == 0 && out->n_years == 0 &&
            (read_year(out, &token[i], today) || read_phone(out, token[i].text)))
            continue;
        add_words(out, token[i].text);
    }
}

size_t question_near_years(int year, struct date today, int out[6])
{
    int tens = year / 10 % 10, ones = year % 10;
    const int near[] = { year - tens * 10 - ones + ones * 10 + tens, year - 1, year + 1, year - 10, year + 10 };
    size_t n = 0;

    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        if (near[i] != year && near[i] <= today.year && near[i] >= today.year - OLDEST)
            out[n++] = near[i];
    return n;
}
