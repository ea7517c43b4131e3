/* lock.h - what proves that staff are back: the PIN of this sitting or the password. For lock.c and kiosk.c. */
#ifndef FRONTDESK_SCREEN_LOCK_H
#define FRONTDESK_SCREEN_LOCK_H

#include <stdbool.h>
#include <stddef.h>

struct app;

/* GONE: the session was ended elsewhere, and the sign-in screen stands now; the caller's state is no more. */
enum lock_answer { LOCK_STAYS, LOCK_OPENS, LOCK_GONE };
/* Tries are counted, on record and slowed as at sign-in. STAYS: problem says why. */
enum lock_answer lock_try(struct app *app, const char *typed, char *problem, size_t size);
bool lock_has_pin(const struct app *app);       /* is there a PIN of this sitting that still counts? */
#endif
