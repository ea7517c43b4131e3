/* turn.h - inside src/access: at most two passwords are hashed at once in a data directory. Each
 * takes 64 MiB for a moment, and on a shared host twenty people may come back from lunch together. */
#ifndef FRONTDESK_TURN_H
#define FRONTDESK_TURN_H

struct store;

/* Wait for a turn. -1 when there can be none (a full or read-only disk): the work is done without. */
int turn_take(struct store *st);
void turn_give(int turn);
#endif
