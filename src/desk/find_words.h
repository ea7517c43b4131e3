/* find_words.h - name words against the index and against one person: the expression that finds
 * candidates, and how well a person's names fit what was typed. */
#ifndef FRONTDESK_FIND_WORDS_H
#define FRONTDESK_FIND_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "desk/question.h"

struct store;

/* How a typed word meets a name; a question fits as well as its worst word. */
enum fit { FIT_EXACT, FIT_PREFIX, FIT_SOUND, FIT_SLIP, FIT_NONE };

/* After every text that starts with the same characters. */
#define LAST_CHARACTER "\xf4\x8f\xbf\xbf"

/* Full-text expression: every word up to this fit, and one of the years. From FIT_SOUND on only the
 * word number `loose` is taken so far, the others as they begin, and words of one or two letters are
 * left out: people slip once, and a union of unions is slow to walk. False when nothing can match.
 * With cut, a start that very many words have stands for the first of them, and *cut is set. */
bool find_expression(struct store *st, struct buf *out, const struct question *q, enum fit fit, size_t loose, bool *cut,
                     const int *year, size_t n_years);
/* "(word OR as it begins OR as it sounds OR one slip away)" of the first word of folded text, with
 * " AND " before it when out is not empty. False when there is no word. */
bool find_near_word(struct store *st, struct buf *out, const char *folded);
/* names: all words, years and sounds of a person; sort: the folded official name; usual: as written.
 * *is_former: a word was found only in other names; *misfit: the fits of all words added up. */
enum fit find_fit(const struct question *q, const char *names, const char *sort, const char *usual,
                  bool *is_former, int *misfit);

#endif
