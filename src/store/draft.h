/* draft.h - half-filled forms: every answer is committed before the next field takes focus.
 * Local rows, no outbox; one audit event a sitting. */
#ifndef FRONTDESK_DRAFT_H
#define FRONTDESK_DRAFT_H

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
};
struct draft_answer {
    char *path;                 /* owned: linkId path with repetition numbers, "3/3.1[0]/a" */
    char *value;                /* owned JSON array of QuestionnaireResponse answers, or NULL */
    char *absent;               /* owned data-absent-reason code, or NULL */
};
void draft_done(struct draft *d);
void draft_answer_done(struct draft_answer *a);

enum rc draft_new(struct store *st, const struct grant *grant, struct draft *d, struct err *err);
enum rc draft_get(struct store *st, const char *id, struct draft *out, struct err *err);
/* Open drafts of a patient (NULL: all) and owner (NULL: all), newest first. */
enum rc draft_list(struct store *st, const char *patient, const char *owner,
                   struct draft **out, size_t *n, struct err *err);
/* Durable when it returns: one answer (value and absent NULL clear it), the cursor and the counts.
 * by: staff id of who typed it. */
enum rc draft_save_answer(struct store *st, const char *id, const char *path, const char *value,
                          const char *absent, const char *position, int answered, int total,
                          const char *by, struct err *err);
enum rc draft_save_position(struct store *st, const char *id, const char *position, struct err *err);
enum rc draft_set_source(struct store *st, const char *id, const char *source, struct err *err);
enum rc draft_answers(struct store *st, const char *id, struct draft_answer **out, size_t *n, struct err *err);
/* Finished (its response was put, same transaction) or discarded with a reason: off the lists, kept. */
enum rc draft_close(struct store *st, const char *id, const char *state, const char *reason, struct err *err);
#endif
