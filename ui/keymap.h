/* keymap.h - which action a key means on a screen, and what the footer calls it.
 * Keys come from the action rows and the configuration's overrides; nothing is bound here. */
#ifndef FRONTDESK_KEYMAP_H
#define FRONTDESK_KEYMAP_H

#include "action/action.h"
#include "ui/key.h"
#include "ui/screen.h"

/* The action of a key: the screen's own first, then those that work everywhere. ACTION_NONE when unbound. */
enum action_id keymap_find(const struct config *config, const struct screen *screen, const struct key *key);
/* Actions that work on every screen, ACTION_NONE-ended, in the footer's order. */
extern const enum action_id keymap_everywhere[];
/* One or two words for the footer, translated: "arrived". */
const char *keymap_label(enum action_id action);
/* The first key of an action as the footer shows it: "^N"; "" when it has none. */
void keymap_key(const struct config *config, enum action_id action, char out[KEY_NAME]);
#endif
