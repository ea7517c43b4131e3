/* search_internal.h - one search being answered, for src/store/search*.c alone.
 *
 *   text --search_query.c--> struct search --search.c--> what fits --search_answer.c--> Bundle */
#ifndef FRONTDESK_SEARCH_INTERNAL_H
#define FRONTDESK_SEARCH_INTERNAL_H

#include "store/search.h"
#include "store/search_rules.h"

enum { ASKED_MAX = 24, TYPE_ROOM = 48 };

struct asked { const struct search_rule *rule; char *modifier, *values; };     /* owned */
struct found { struct doc *doc; int64_t at; };
struct search {
    struct store *st;
    const char *patient;
    char type[TYPE_ROOM];
    struct asked asked[ASKED_MAX]; size_t n_asked;
    char *include[ASKED_MAX]; size_t n_include;         /* owned "Type:parameter" */
    const struct search_rule *sort;                     /* NULL: newest first */
    bool is_ascending, is_count_only, is_cut;
    long count;                                         /* -1: not said */
    const char *left_out;                               /* a parameter that changes nothing here */
    struct found *found; size_t n_found, cap_found;
};

char *search_decoded(const char *text, size_t len);     /* percent-encoding undone; owned */
/* What stands behind the question mark. RC_INVALID and RC_DENIED as store_search says. */
enum rc search_query_read(struct search *s, const char *text, struct err *err);
bool search_is_told(const struct search *s, const struct node *resource);      /* the patient's, or nobody's */
bool search_is_error(const struct node *resource);                              /* entered in error */
size_t search_most(const struct search *s);                                     /* resources wanted */
struct doc *search_bundle(struct search *s);                                    /* of what was found; owned */
#endif
