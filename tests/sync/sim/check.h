/* check.h - what must hold (SYNC.md 5), read from the server's log and the desks' databases. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_CHECK_H
#define FRONTDESK_TESTS_SYNC_SIM_CHECK_H

#include <stdbool.h>

struct world;
struct desk;

/* After every step: the new lines of the server's log (I2, I3, I4, I8), and where the desks' cursors stand (I7). */
void check_log(struct world *w);
void check_cursors(struct world *w, struct desk *desk);
/* After a whole pass without a problem: everything that could be seen before it began is here. */
void check_brought(struct world *w, struct desk *desk, long long began_ms);
/* Nothing fails any more and nothing moves: every save has arrived or waits in sight (I1), all are
 * equal (I5), and only what was refused is left (I10). */
void check_end(struct world *w);
/* All that a desk holds, as a number: equal twice when nothing changed. */
unsigned long long check_sum(struct desk *desk);
#endif
