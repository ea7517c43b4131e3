/* scroll.h - a text longer than the screen: which of its lines is the first one seen. */
#ifndef FRONTDESK_SCROLL_H
#define FRONTDESK_SCROLL_H

#include <stdbool.h>

struct key;
/* lines and height are what was drawn last: how many lines there are, how many fit. */
struct scroll { int top, lines, height; };

/* Down (negative: up) by lines, never beyond the ends. */
void scroll_by(struct scroll *s, int lines);
/* Arrows, j and k, pages, wheel, Home and End; false for any other key. */
bool scroll_key(struct scroll *s, const struct key *key);
#endif
