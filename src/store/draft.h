/* draft.h - half-filled forms: every answer is committed before the next field takes focus.
 * Local rows, no outbox; one audit event a sitting. */
#ifndef FRONTDESK_DRAFT_H
#define FRONTDESK_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;
struct grant;

struct draft {
    char id[72];                /* id of the QuestionnaireResponse it will become */
    char patient[72], owner[40];
    char *questionnaire;        /* owned: Questionnaire id and rev, "id@rev" */
    char *title;                /* owned */
    char *position;             /* owned: path of the field with the cursor */
    char *source;               /* owned JSON: who gave the answers */
    char *opened, *updated;     /* owned instants */
    int answered, total;
    char amends[72];            /* id of the finished response that this changes; "" it becomes a new one */
    int64_t base_rev;           /* revision of that response its answers came from */
    char *why;                  /* owned: why it is changed, "" otherwise */
    char *aside;                /* owned JSON array: answers that have no place in the form (aside.h) */
    int64_t saves;              /* grows with every answer written */
    char handed_by[40];         /* staff id of who gave it to its owner, "" nobody */
    char *handed_why;           /* owned */
};
struct draft_answer {
    char *path;                 /* owned: linkId path with repetition numbers, "3/3.1[0]/a" */
    char *value;                /* owned JSON array of QuestionnaireResponse answers, or NULL */
    char *absent;               /* owned data-absent-reason code, or NULL */
};
void draft_done(struct draft *d);
void draft_answer_done(struct draft_answer *a);
/* How long ago it was touched last: "5 min", "3 h", "2 d"; owned. */
char *draft_age_words(const struct draft *d);

enum rc draft_new(struct store *st, const struct grant *grant, struct draft *d, struct err *err);
enum rc draft_get(struct store *st, const char *id, struct draft *out, struct err *err);
/* The open draft that changes this response; RC_NOT_FOUND when there is none. */
enum rc draft_amending(struct store *st, const char *response_id, struct draft *out, struct err *err);
/* Open drafts of a patient (NULL: all) and owner (NULL: all; "": those of nobody), newest first. */
enum rc draft_list(struct store *st, const char *patient, const char *owner,
                   struct draft **out, size_t *n, struct err *err);
/* Durable when it returns: one answer (value and absent NULL clear it), the cursor and the counts.
 * by: staff id of who typed it. */
enum rc draft_save_answer(struct store *st, const char *id, const char *path, const char *value,
                          const char *absent, const char *position, int answered, int total,
                          const char *by, struct err *err);
enum rc draft_save_position(struct store *st, const char *id, const char *position, struct err *err);
enum rc draft_set_source(struct store *st, const char *id, const char *source, struct err *err);
/* In the order of their paths, byte by byte. */
enum rc draft_answers(struct store *st, const char *id, struct draft_answer **out, size_t *n, struct err *err);
/* What was kept aside, and which revision of the response it amends the answers now stand on. */
enum rc draft_set_aside(struct store *st, const char *id, const char *aside, int64_t base_rev, struct err *err);
/* Give it to a colleague (to: staff id, "" nobody's); why may be "". On the audit. */
enum rc draft_hand(struct store *st, const struct grant *grant, const char *id, const char *to, const char *why, struct err *err);
/* Other answers to another form under the same id: in the caller's transaction the draft as it is becomes
 * "ID+n" with state replaced, and the id is empty, of d's questionnaire, title, position and aside. */
enum rc draft_replace(struct store *st, const struct grant *grant, const struct draft *d, struct err *err);
bool draft_was_replaced(struct store *st, const char *id);      /* and can be put back */
/* The draft as it was before it was replaced last; what it is now is kept as "ID+n" with state restored.
 * RC_NOT_FOUND when it never was replaced. */
enum rc draft_put_back(struct store *st, const struct grant *grant, const char *id, struct err *err);
/* Finished (its response was put, same transaction) or discarded with a reason: off the lists, kept. */
enum rc draft_close(struct store *st, const char *id, const char *state, const char *reason, struct err *err);
#endif
