/* prefill.h - a form being filled beside what the record says now: the differences, for a person to take
 * one by one or all. Nothing is taken by itself, and nothing is taken away. */
#ifndef FRONTDESK_PREFILL_H
#define FRONTDESK_PREFILL_H

#include <stddef.h>

#include "intake/sitting/sitting.h"

struct prefill_line {
    char *path;                 /* owned: of the question, or of the repeating group that gets one more */
    char *link_id, *text;       /* owned */
    char *now;                  /* owned: the answer in words, "" none; of a group always "" */
    char *record;               /* owned: what the record says, in words */
    char *from;                 /* owned: "from 12 May 2026" */
    bool is_group;
    char *value;                /* owned JSON: an array of answers, or {"path below": [answers]} of a group */
    bool is_taken;
};
struct prefill { struct prefill_line *line; size_t n, cap; };

/* What would be filled in now where something else, or nothing, is answered. What the record has nothing
 * for is no difference. Reads the record, which is audited as a part of the sitting. */
enum rc prefill_find(struct store *st, const struct grant *grant, struct sitting *s, struct prefill *out, struct err *err);
/* Take one into the form; sitting_save keeps it. RC_INVALID when the form no longer asks it. */
enum rc prefill_take(struct sitting *s, struct prefill_line *line, struct err *err);
void prefill_done(struct prefill *p);
#endif
