#include "desk/alike.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "store/person_words.h"

static double jaro(const char *a, size_t n, const char *b, size_t m)
{
    size_t window = (n > m ? n : m) / 2, common = 0, swaps = 0, at = 0;
    bool in_a[WORD_MAX * 2] = { false }, in_b[WORD_MAX * 2] = { false };

    window = window > 0 ? window - 1 : 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i > window ? i - window : 0; j < m && j <= i + window; j++)
            if (!in_b[j] && a[i] == b[j]) {
                in_a[i] = in_b[j] = true;
                common++;
                break;
            }
    if (common == 0)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (!in_a[i])
            continue;
        while (!in_b[at])
            at++;
        swaps += a[i] != b[at++];
    }
    return ((double)common / (double)n + (double)common / (double)m +
            ((double)common - (double)swaps / 2) / (double)common) / 3;
}

double alike_jaro_winkler(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), same = 0;
    double value;

    if (n == 0 || m == 0)
        return 0;
    n = n > 2UL * WORD_MAX ? 2UL * WORD_MAX : n;
    m = m > 2UL * WORD_MAX ? 2UL * WORD_MAX : m;
    value = jaro(a, n, b, m);
    while (same < 4 && same < n && same < m && a[same] == b[same])
        same++;
    return value + (double)same * 0.1 * (1 - value);
}

int alike_distance(const char *a, const char *b, int limit)
{
    size_t n = strlen(a), m = strlen(b);
    int rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2];

    if (n > WORD_MAX || m > WORD_MAX || abs((int)n - (int)m) > limit)
        return strcmp(a, b) == 0 ? 0 : limit + 1;
    for (size_t j = 0; j <= m; j++)
        last[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int best = last[j - 1] + (a[i - 1] != b[j - 1]);

            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        int *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[m] > limit ? limit + 1 : last[m];
}

static bool words_alike(const char *a, const char *b)
{
    char sound_a[SOUND_MAX], sound_b[SOUND_MAX];

    if (strcmp(a, b) == 0 || (strlen(a) > 3 && strlen(b) > 3 && alike_jaro_winkler(a, b) >= 0.88))
        return true;
    sound_of(a, sound_a);
    sound_of(b, sound_b);
    return sound_a[0] != '\0' && sound_a[1] != '\0' && strcmp(sound_a, sound_b) == 0;
}

/* "garcia lopez jose" and "lopez garcia jose": two of one's words are the other's, in whatever order. */
static bool share_two_words(const char *a, const char *b)
{
    char word_a[WORD_MAX + 1], word_b[WORD_MAX + 1];
    int shared = 0;

    while (shared < 2 && next_word(&a, word_a)) {
        const char *rest = b;

        while (next_word(&rest, word_b))
            if (strcmp(word_a, word_b) == 0) {
                shared++;
                break;
            }
    }
    return shared == 2;
}

bool alike_names(const char *a, const char *b)
{
    char first_a[WORD_MAX + 1], first_b[WORD_MAX + 1], word_a[WORD_MAX + 1], word_b[WORD_MAX + 1];

    if (share_two_words(a, b))
        return true;
    if (!next_word(&a, first_a) || !next_word(&b, first_b) || !words_alike(first_a, first_b))
        return false;
    if (*a == '\0' || *b == '\0')
        return strcmp(first_a, first_b) == 0;
    while (next_word(&a, word_a)) {
        const char *rest = b;

        while (next_word(&rest, word_b))
            if (words_alike(word_a, word_b))
                return true;
    }
    return false;
}

/* Two whole dates of which neither the year nor the day agrees: nearly every pair in a list of hits. */
static bool births_differ(const char *a, const char *b)
{
    return strlen(a) == 10 && strlen(b) == 10 && strcmp(a + 4, b + 4) != 0 && labs(strtol(a, NULL, 10) - strtol(b, NULL, 10)) > 1;
}

bool alike_people(const char *name_a, const char *birth_a, const char *name_b, const char *birth_b)
{
    struct date a = { 0 }, b = { 0 };

    if (births_differ(birth_a, birth_b))
        return false;
    if (date_parse(birth_a, &a) && date_parse(birth_b, &b) && abs(a.year - b.year) > 1 &&
        (a.month != b.month || a.day != b.day || a.day == 0))
        return false;
    return alike_names(name_a, name_b);
}
