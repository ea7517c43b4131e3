/* match_weight.h - how much two descriptions of people speak for one person. Pure: no store.
 * Fellegi-Sunter: log2(m/u) for fields that agree, log2((1-m)/(1-u)) for those that do not, nothing for
 * what is missing (Fellegi, Sunter. J Am Stat Assoc 1969;64:1183-1210). */
#ifndef FRONTDESK_MATCH_WEIGHT_H
#define FRONTDESK_MATCH_WEIGHT_H

#include "base/buf.h"
#include "base/date.h"

/* Everything folded but phone (digits, last first) and birth; "" or year 0 = not known. */
struct description {
    const char *family, *given, *address, *phone, *mrn, *email;
    const char *names;          /* all words of all names, former ones too */
    const char *sex;            /* F M O U or "" */
    struct date birth;
    double family_rarity, given_rarity;     /* log2(1/u) of the words typed; 0 = use the mean */
};

/* A candidate is worth showing from log2(people) - MATCH_SPARE bits on, within these bounds. */
#define MATCH_SPARE 4.0
#define MATCH_LEAST 6.0
#define MATCH_MOST 16.0

/* Sum of weights; appends to reasons, when not NULL, what speaks for it: "name, birth date, phone". */
double match_weight(const struct description *a, const struct description *b, struct buf *reasons);

#endif
