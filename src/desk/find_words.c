#include "desk/find_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "desk/alike.h"
#include "store/query.h"

static const char sql_starting[] = "SELECT word FROM name_word WHERE word >= ?1 AND word < ?2 LIMIT ?3";
static const char sql_variant[] = "SELECT word FROM name_variant WHERE variant = ?1 LIMIT 40";

/* Prefixes up to three letters have an index of their own. A longer one is asked as the words it
 * may become, which are read lazily; when there are more than these, the first of them do for a start,
 * and only when that finds too few is it left to FTS5, which then reads all their rows first. */
enum { INDEXED_PREFIX = 3, STARTING_MAX = 48, SLIPS_MAX = 8, SOUND_LETTERS = 3, SLIP_LETTERS = 4 };

static void add_or(struct buf *out, size_t start, const char *quoted_word, const char *star)
{
    buf_printf(out, "%s\"%s\"%s", out->len > start ? " OR " : "", quoted_word, star);
}

static void add_starting(struct store *st, struct buf *out, size_t start, const char *word, bool *cut)
{
    struct query *q;
    struct buf words = { 0 };
    char after[WORD_MAX + 8];
    int n = 0;

    if (utf8_count(word) <= INDEXED_PREFIX) {
        add_or(out, start, word, "*");
        return;
    }
    snprintf(after, sizeof after, "%s" LAST_CHARACTER, word);
    q = query_open(st, sql_starting);
    query_bind(q, 1, word);
    query_bind(q, 2, after);
    query_bind_int(q, 3, STARTING_MAX);
    for (; query_next(q); n++)
        buf_printf(&words, "%s\"%s\"", words.len > 0 || out->len > start ? " OR " : "", query_text(q, 0));
    (void)query_end(q, NULL);
    if (n == STARTING_MAX && cut != NULL)
        *cut = true;
    if (n < STARTING_MAX || cut != NULL)
        buf_add(out, buf_text(&words));
    else
        add_or(out, start, word, "*");
    buf_done(&words);
}

static bool is_slip(const char *typed, const char *word)
{
    size_t letters = utf8_count(typed);
    int limit = letters >= 6 ? 2 : 1;

    return letters >= SLIP_LETTERS && alike_distance(typed, word, limit) <= limit;
}

struct slips { struct store *st; struct buf *out; const char *typed; size_t start; int n; };

static void add_slips(void *ctx, const char *variant)
{
    struct slips *s = ctx;
    struct query *q;

    if (s->n >= SLIPS_MAX)
        return;
    q = query_open(s->st, sql_variant);
    query_bind(q, 1, variant);
    while (query_next(q) && s->n < SLIPS_MAX)
        if (is_slip(s->typed, query_text(q, 0))) {
            add_or(s->out, s->start, query_text(q, 0), "");
            s->n++;
        }
    (void)query_end(q, NULL);
}

static bool add_word(struct store *st, struct buf *out, const char *word, enum fit fit, bool *cut)
{
    struct slips slips = { st, out, word, 0, 0 };
    char sound[SOUND_MAX + 1] = "0";
    size_t start;

    buf_char(out, '(');
    start = slips.start = out->len;
    if (fit == FIT_EXACT)
        add_or(out, start, word, "");
    else if (fit == FIT_PREFIX)
        add_starting(st, out, start, word, cut);
    if (fit == FIT_SOUND && utf8_count(word) >= SOUND_LETTERS) {
        sound_of(word, sound + 1);
        if (sound[1] != '\0' && sound[2] != '\0')    /* a single sound is shared by too many */
            add_or(out, start, sound, "");
    }
    if (fit == FIT_SLIP)
        word_variants(word, add_slips, &slips);
    if (out->len == start)
        return false;
    buf_char(out, ')');
    return true;
}

/* A whole decade is one prefix of three digits, which has an index; ten lists would have to be merged. */
static void add_years(struct buf *out, const int *year, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool is_decade = i + 9 < n && year[i] % 10 == 0 && year[i + 9] == year[i] + 9;

        buf_printf(out, "%s\"%d\"%s", i > 0 ? " OR " : out->len > 0 ? " AND (" : "(",
                   is_decade ? year[i] / 10 : year[i], is_decade ? "*" : "");
        i += is_decade ? 9 : 0;
    }
    if (n > 0)
        buf_char(out, ')');
}

bool find_expression(struct store *st, struct buf *out, const struct question *q, enum fit fit, size_t loose, bool *cut,
                     const int *year, size_t n_years)
{
    for (size_t i = 0; i < q->n_words; i++) {
        enum fit here = fit <= FIT_PREFIX || i == loose ? fit : FIT_PREFIX;

        if (fit > FIT_PREFIX && i != loose && utf8_count(q->word[i]) < SOUND_LETTERS)
            continue;
        buf_add(out, out->len > 0 ? " AND " : "");
        if (!add_word(st, out, q->word[i], here, cut))
            return false;
    }
    add_years(out, year, n_years);
    return out->len > 0;
}

bool find_near_word(struct store *st, struct buf *out, const char *folded)
{
    char word[WORD_MAX + 1], sound[SOUND_MAX + 1] = "0";
    struct slips slips = { st, out, word, 0, 0 };

    if (!next_word(&folded, word))
        return false;
    buf_add(out, out->len > 0 ? " AND (" : "(");
    slips.start = out->len;
    add_or(out, slips.start, word, utf8_count(word) == INDEXED_PREFIX ? "*" : "");
    sound_of(word, sound + 1);
    if (sound[1] != '\0' && sound[2] != '\0')
        add_or(out, slips.start, sound, "");
    word_variants(word, add_slips, &slips);
    buf_char(out, ')');
    return true;
}

static enum fit word_fit(const char *typed, const char *name)
{
    size_t len = strlen(typed);
    char a[SOUND_MAX], b[SOUND_MAX];

    if (strncmp(typed, name, len) == 0)
        return name[len] == '\0' ? FIT_EXACT : FIT_PREFIX;
    if (utf8_count(typed) >= SOUND_LETTERS) {
        sound_of(typed, a);
        sound_of(name, b);
        if (a[0] != '\0' && a[1] != '\0' && strcmp(a, b) == 0)
            return FIT_SOUND;
    }
    return is_slip(typed, name) ? FIT_SLIP : FIT_NONE;
}

/* Best fit of a typed word over the words of a text; years and sounds are passed over. */
static enum fit best_fit(const char *typed, const char *names)
{
    enum fit best = FIT_NONE;
    char name[WORD_MAX + 1];

    while (best != FIT_EXACT && next_word(&names, name)) {
        enum fit fit = name[0] >= '0' && name[0] <= '9' ? FIT_NONE : word_fit(typed, name);
        if (fit < best)
            best = fit;
    }
    return best;
}

enum fit find_fit(const struct question *q, const char *names, const char *sort, const char *usual,
                  bool *is_former, int *misfit)
{
    char *called = utf8_folded(usual);
    enum fit worst = FIT_EXACT;

    *is_former = false;
    *misfit = 0;
    for (size_t i = 0; i < q->n_words; i++) {
        enum fit fit = best_fit(q->word[i], names);

        *misfit += (int)fit;
        if (fit > worst)
            worst = fit;
        if (fit < FIT_NONE && best_fit(q->word[i], sort) > fit && best_fit(q->word[i], called) > fit)
            *is_former = true;
    }
    free(called);
    return worst;
}
