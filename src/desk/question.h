/* question.h - what a person meant by what was typed into the one box: decided by shape.
 * Pure: text and today's date in, words, dates and digits out. */
#ifndef FRONTDESK_QUESTION_H
#define FRONTDESK_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "store/person_words.h"

enum { QUESTION_WORDS = 6, QUESTION_YEARS = 20 };

struct question {
    char word[QUESTION_WORDS][WORD_MAX + 1];    /* folded name words, as typed so far */
    size_t n_words;
    struct date birth;                          /* year 0: none; month and day as far as typed */
    struct date birth_else;                     /* "jun 1954" is read as a name and a year first; this is the other reading */
    int year[QUESTION_YEARS];                   /* birth years that were meant, when only a year (or an age) was */
    size_t n_years;
    char phone[24];                             /* reversed digits of a phone tail (4 or more), "" none */
    char identifier[2 * WORD_MAX];              /* the whole text folded, when it may be a number of record; "" */
    char padded[8];                             /* the same filled with zeros to six digits, "" when it has them */
};

void question_read(const char *typed, struct date today, struct date_order order, struct question *out);

/* Years one slip away from a year typed: digits swapped, the year before and after, a decade off.
 * Returns how many; those in the future are left out. */
size_t question_near_years(int year, struct date today, int out[6]);

#endif
