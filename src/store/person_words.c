#include "store/person_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Spellings that start a word and lose their first letter, or take another. */
static const struct { const char *spelling, *as; } starts[] = {
    { "kn", "n" }, { "gn", "n" }, { "pn", "n" }, { "wr", "r" }, { "ps", "s" }, { "wh", "w" }, { "x", "s" },
    { "pf", "f" }, { "ts", "s" }, { "mc", "mk" }, { "hj", "j" },
};
/* Spellings inside a word, longest first; sound_of() knows the letters they start with. */
static const struct { const char *spelling, *as; } insides[] = {
    { "sch", "s" }, { "tch", "s" }, { "chr", "kr" }, { "ph", "f" }, { "gh", "" }, { "sh", "s" }, { "ch", "s" },
    { "ck", "k" }, { "ce", "s" }, { "ci", "s" }, { "cy", "s" }, { "ge", "j" }, { "gi", "j" }, { "dg", "j" },
    { "dt", "t" }, { "tz", "s" }, { "th", "t" }, { "qu", "k" }, { "ll", "l" },
};
/* Single letters; a missing one (vowels, h, w, y) is not heard inside a word. */
static const char classes[26 + 1] = " pkt fk  jklmn pkrst f s s";

static bool spelled(const char *at, const char *spelling)
{
    for (; *spelling != '\0' && *at == *spelling; at++)
        spelling++;
    return *spelling == '\0';
}

/* Add a sound unless it repeats the last one. */
static void add_sound(char *out, size_t *n, char sound)
{
    if (*n + 1 < SOUND_MAX && (*n == 0 || out[*n - 1] != sound))
        out[(*n)++] = sound;
}

static char first_sound(char letter)
{
    char sound = classes[letter - 'a'];

    if (letter == 'h' || letter == 'w' || letter == 'y')
        return (char)(letter == 'y' ? 'j' : letter);
    return (char)(sound == ' ' ? 'a' : sound);
}

void sound_of(const char *word, char out[SOUND_MAX])
{
    const char *at = word;
    size_t n = 0, i;

    out[0] = '\0';
    for (at = word; *at != '\0'; at++)
        if (*at < 'a' || *at > 'z')
            return;
    at = word;
    for (i = 0; i < sizeof starts / sizeof *starts && at == word; i++)
        if (spelled(word, starts[i].spelling)) {
            add_sound(out, &n, first_sound(starts[i].as[0]));
            at += strlen(starts[i].spelling);
        }
    while (*at != '\0') {
        size_t before = (size_t)(at - word);
        bool may_start = strchr("cdglpqst", *at) != NULL;

        for (i = may_start ? 0 : sizeof insides / sizeof *insides; i < sizeof insides / sizeof *insides; i++)
            if (spelled(at, insides[i].spelling) && (insides[i].as[0] != '\0' || before > 0)) {
                for (const char *c = insides[i].as; *c != '\0'; c++)
                    add_sound(out, &n, *c);
                at += strlen(insides[i].spelling);
                break;
            }
        if (i < sizeof insides / sizeof *insides)
            continue;
        char sound = (char)(before == 0 ? first_sound(*at) : classes[*at - 'a']);
        if (sound != ' ')
            add_sound(out, &n, sound);
        at++;
    }
    out[n] = '\0';
}

void word_variants(const char *word, void (*each)(void *ctx, const char *variant), void *ctx)
{
    size_t len = strlen(word), step;
    char variant[WORD_MAX + 1], last[WORD_MAX + 1] = "";

    each(ctx, word);
    if (utf8_count(word) < 4 || len > WORD_MAX)
        return;
    for (size_t i = 0; i < len; i += step) {
        step = len - i;
        utf8_next(word + i, &step);
        if (step == 0)
            return;
        memcpy(variant, word, i);
        memcpy(variant + i, word + i + step, len - i - step + 1);
        if (strcmp(variant, last) != 0)
            each(ctx, variant);
        memcpy(last, variant, len - step + 1);
    }
}

enum { WHOLE_NUMBER = 7 };      /* digits after which a letter begins an extension: "555-0199 ext 4" */

void digits_reversed(struct buf *out, const char *text)
{
    size_t end, digits = 0;

    for (end = 0; text[end] != '\0'; end++) {
        digits += isdigit((unsigned char)text[end]) != 0;
        if (digits >= WHOLE_NUMBER && (isalpha((unsigned char)text[end]) || text[end] == '#' || text[end] == ';'))
            break;
    }
    for (size_t i = end; i > 0; i--)
        if (isdigit((unsigned char)text[i - 1]))
            buf_char(out, text[i - 1]);
}

bool next_word(const char **at, char word[WORD_MAX + 1])
{
    size_t len, keep;

    while (**at == ' ')
        (*at)++;
    if (**at == '\0')
        return false;
    len = strcspn(*at, " ");
    keep = len;
    if (keep > WORD_MAX)
        for (keep = WORD_MAX; keep > 0 && ((unsigned char)(*at)[keep] & 0xc0) == 0x80; keep--)
            continue;
    memcpy(word, *at, keep);
    word[keep] = '\0';
    *at += len;
    return true;
}

char *phone_tail(const char *phone)
{
    struct buf digits = { 0 };
    char tail[6] = "";

    digits_reversed(&digits, phone);
    if (digits.len >= 4)
        snprintf(tail, sizeof tail, "-%c%c%c%c", digits.data[3], digits.data[2], digits.data[1], digits.data[0]);
    buf_done(&digits);
    return mem_dup(tail);
}
