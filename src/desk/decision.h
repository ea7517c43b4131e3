/* decision.h - a conflict as the questions a person is asked: one for each value that differs, element by
 * element where a list holds several things, never a whole structure for the sake of one number in it. */
#ifndef FRONTDESK_DECISION_H
#define FRONTDESK_DECISION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/conflict.h"

enum decision_side { SIDE_BEFORE, SIDE_HERE, SIDE_SERVER, SIDE_COUNT };

struct question {
    char *name;             /* owned: "birthDate", or "telecom[2]" for the second that differs in that list */
    char *path;             /* owned: of the field it is part of, as the conflict names it */
    char *words;            /* owned: of a form, the question asked of the patient; NULL else */
    const struct node *side[SIDE_COUNT];    /* borrowed from the conflict; NULL: not there */
};
struct questions { struct question *question; size_t n, cap; };

/* What differs, in the order of the conflict's fields. A conflict over a deleted resource has none. */
void questions_of(const struct conflict *c, struct questions *out);
void questions_done(struct questions *q);

/* What was chosen for a question: a side, or typed (then side is of no account). */
struct chosen { enum decision_side side; const struct node *typed; };
/* The document that comes of it: here, with what was chosen in place of each question. chosen holds one entry
 * for each question. Its rev is that of here. */
enum rc decision_make(const struct conflict *c, const struct questions *q, const struct chosen *chosen,
                      struct doc **out, struct err *err);

/* Text as a value for that question, as JSON: a number in place of a phone's, "Family, Given" for a name, a
 * date for a date; JSON is taken as it is. RC_INVALID says what would do. */
enum rc decision_typed(const struct question *q, const char *text, struct buf *json, struct err *err);

/* What both sides changed differently is asked; these were settled without: paths that one side alone
 * changed. Owned texts in an owned array. */
struct settled { char *path; bool is_ours; };
size_t decision_settled(const struct conflict *c, struct settled **out);
void settled_done(struct settled *list, size_t n);
#endif
