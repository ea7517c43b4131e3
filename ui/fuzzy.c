#include "ui/fuzzy.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { START = 8, WORD = 4, NEXT = 3, FAR = 1 };

/* One word's letters in order, greedy from each possible first letter; the best of them. */
static int word_score(const char *word, size_t len, const char *text)
{
    int best = 0;

    for (const char *from = text; *from; from++) {
        const char *at = from;
        int score = 0;
        size_t i;

        if (tolower((unsigned char)*from) != tolower((unsigned char)word[0]))
            continue;
        for (i = 0; i < len && *at; at++) {
            bool starts = at == text || at[-1] == ' ' || at[-1] == '-';

            if (tolower((unsigned char)*at) != tolower((unsigned char)word[i]))
                continue;
            score += at == text ? START : starts ? WORD : i > 0 && at > text && tolower((unsigned char)at[-1]) == tolower((unsigned char)word[i - 1]) ? NEXT : FAR;
            i++;
        }
        if (i == len && score > best)
            best = score;
    }
    return best;
}

int fuzzy_score(const char *typed, const char *text)
{
    int total = 1;

    for (;;) {
        size_t len;
        int score;

        typed += strspn(typed, " ");
        len = strcspn(typed, " ");
        if (len == 0)
            return total;
        if ((score = word_score(typed, len, text)) == 0)
            return 0;
        total += score;
        typed += len;
    }
}
