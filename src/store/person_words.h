/* person_words.h - the words a person is found by, the same when written and when asked.
 * Pure functions over folded text; no store. */
#ifndef FRONTDESK_PERSON_WORDS_H
#define FRONTDESK_PERSON_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SOUND_MAX = 8, WORD_MAX = 60 };

/* How a folded Latin word sounds: consonants in classes that English and Spanish spellings share
 * ("garcia", "garzia" and "garsia" are krs). "" when there is no code: other scripts, digits. */
void sound_of(const char *word, char out[SOUND_MAX]);
/* Call each for the word itself and the word with one letter left out (each once). Words under
 * four letters give only themselves: one slip in three letters is another word. */
void word_variants(const char *word, void (*each)(void *ctx, const char *variant), void *ctx);
/* The digits of a phone number, last first, without its extension ("ext 4", "x4", "#4", ";ext=4"); "" when there are none. */
void digits_reversed(struct buf *out, const char *text);
/* The last four digits of a phone number, as a list shows them: "-1187"; "" when there are fewer. Owned. */
char *phone_tail(const char *phone);
/* Next word of folded text at *at; false at the end. Words past WORD_MAX bytes are cut at a character. */
bool next_word(const char **at, char word[WORD_MAX + 1]);

#endif
