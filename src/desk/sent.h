/* sent.h - where a record stands on its way to the central server, in a word for its row. */
#ifndef FRONTDESK_SENT_H
#define FRONTDESK_SENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

enum sent { SENT_DONE, SENT_NEVER, SENT_WAITS, SENT_ON_ITS_WAY, SENT_REFUSED, SENT_CONFLICT, SENT_COUNT };

/* Of one record, by its row's key. SENT_DONE: the server has it as it is here. SENT_NEVER: it was brought in
 * with the wish that it is not sent. */
enum sent sent_of(struct store *st, int64_t key);
int64_t sent_key(struct store *st, const char *type, const char *id);  /* 0: there is none */
/* Of a person and everything on their timeline. SENT_DONE is not counted, SENT_NEVER of the person alone. */
struct sent_counts { int64_t n[SENT_COUNT]; };
enum rc sent_count(struct store *st, const char *patient, struct sent_counts *out, struct err *err);
/* "only here", "not sent", "sending", "refused", "conflict", translated; "" for SENT_DONE. */
const char *sent_words(enum sent sent);
/* "3 not sent, 1 refused" into out; "" when the server has everything. */
void sent_counts_words(const struct sent_counts *counts, char *out, size_t size);
#endif
