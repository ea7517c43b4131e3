/* history.h - the versions of a finished response: who, when, why, and what each changed. Reads the store's own
 * history; knows nothing of screens. */
#ifndef FRONTDESK_HISTORY_H
#define FRONTDESK_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"

struct store;

/* One question answered otherwise, or one score; before or after "" where there was no answer. All owned. */
struct answer_change { char *link_id, *text, *before, *after; };
struct answer_changes { struct answer_change *change; size_t n, cap; };
/* In the order of newer, then what it no longer holds. */
void answer_changes_between(const struct doc *older, const struct doc *newer, struct answer_changes *out);
void answer_changes_done(struct answer_changes *changes);

struct response_version {
    int64_t rev;
    char *at;                       /* owned instant: of the act here, or as the response says when it was pulled */
    char *by, *action;              /* owned: staff id ("system" when nobody is known), the act's name here */
    char *who;                      /* owned: the name of by, when it is a person of another desk; "" */
    char *status, *why;             /* owned; why "" when nobody had to say */
    bool is_current;
    struct answer_changes changes;  /* since the version before; none for the first */
};
struct response_versions { struct response_version *version; size_t n; };
/* Newest first. RC_NOT_FOUND when there is no such response. */
enum rc response_history(struct store *st, const char *id, struct response_versions *out, struct err *err);
void response_versions_done(struct response_versions *versions);
#endif
