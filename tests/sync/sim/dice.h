/* dice.h - chance that comes out the same every time. One stream for each use, so that a fault more or
 * less does not change what people do. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_DICE_H
#define FRONTDESK_TESTS_SYNC_SIM_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice { uint64_t state; };

void dice_seed(struct dice *dice, uint64_t seed, const char *use);
uint64_t dice_roll(struct dice *dice);
int dice_below(struct dice *dice, int n);                   /* 0 .. n-1 */
int64_t dice_between(struct dice *dice, int64_t from, int64_t to);  /* both included */
bool dice_chance(struct dice *dice, int per_mille);

/* Ids and jitter of the program under test come from here too, from now on. */
void dice_rule_ids(uint64_t seed);
#endif
