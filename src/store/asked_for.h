/* asked_for.h - patients whose whole record somebody asked for though server.scope does not bring
 * them: until when theirs is kept. Pull lets it in and the sweep leaves it alone until then. */
#ifndef FRONTDESK_ASKED_FOR_H
#define FRONTDESK_ASKED_FOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/* Days after it was last asked for. */
enum { ASKED_FOR_DAYS = 30 };

/* until_ms: since 1970. A later moment replaces an earlier one, never the other way round. Before the first
 * of their resources is written, or in that transaction. */
enum rc asked_for_add(struct store *st, const char *patient, int64_t until_ms, struct err *err);
/* Still wanted, by the clock. */
bool asked_for_has(struct store *st, const char *patient);
/* Until when, in ms since 1970; 0: never asked for. */
int64_t asked_for_until(struct store *st, const char *patient);
#endif
