/* upgrade.h - a draft taken to a newer version of its form. Nothing is decided here: a plan says what would be
 * lost, new and changed, and only upgrade_apply does it. Answers without a place go aside (aside.h). */
#ifndef FRONTDESK_UPGRADE_H
#define FRONTDESK_UPGRADE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/grant.h"

struct store;

enum upgrade_kind {
    UPGRADE_LOST,               /* an answer that has no place: kept aside */
    UPGRADE_NEW,                /* a question that was not asked before */
    UPGRADE_CHANGED,            /* asked in other words, or chosen from other ones */
    UPGRADE_GONE                /* a question nobody had answered is not asked any more */
};
struct upgrade_line {
    enum upgrade_kind kind;
    char *link_id, *text;       /* owned; text as the new version has it, the old one's for LOST and GONE */
    char *before;               /* owned: CHANGED, the words it was asked in; LOST, the answer */
    char *why;                  /* owned: why an answer has no place, or what changed; "" none */
    bool is_required;           /* NEW, and an answer is needed */
    char *value;                /* owned JSON of a LOST answer, else NULL */
};
struct upgrade {
    char *from, *to;            /* owned: "version 1", "version 2" */
    char *questionnaire;        /* owned "id@rev" of the newer one */
    size_t n_kept;              /* answers that stay */
    struct upgrade_line *line; size_t n, cap;
};
void upgrade_done(struct upgrade *u);

/* What would happen. RC_NOT_FOUND when the draft is in the newest version, RC_DENIED when it is an amendment, which
 * stays in the version that was answered. Writes nothing but the audit of what the newer form read of the record. */
enum rc upgrade_plan(struct store *st, const struct grant *grant, const char *draft_id, struct upgrade *out, struct err *err);
/* Do it, in one transaction; questionnaire is what the plan said: RC_STALE when there is a newer one by now (NULL:
 * whatever is newest). The draft keeps its id; upgrade_back brings the former one back. */
enum rc upgrade_apply(struct store *st, const struct grant *grant, const char *draft_id, const char *questionnaire,
                      struct upgrade *out, struct err *err);
enum rc upgrade_back(struct store *st, const struct grant *grant, const char *draft_id, struct err *err);
#endif
