/* field.h - one line of text being typed: UTF-8, a cursor, the usual editing keys.
 * Knows nothing of what the text means; its owner reads it after each key. */
#ifndef FRONTDESK_FIELD_H
#define FRONTDESK_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/draw.h"
#include "ui/key.h"

struct field {
    char *text;         /* owned; NULL reads as "" */
    size_t len, cap;
    size_t at;          /* byte of the cursor, on a character's start */
    size_t limit;       /* bytes at most; 0 = 400 */
    bool is_multiline;  /* line breaks are kept */
    bool is_secret;     /* shown as dots, wiped when released */
};
void field_done(struct field *field);
const char *field_text(const struct field *field);      /* never NULL */
void field_set(struct field *field, const char *text);  /* cursor to the end */
/* True when the key was an editing key or text: characters, paste (line breaks become spaces, other
 * control characters are refused), Backspace, Delete, arrows, Home, End, words, ^U, ^W, ^K. */
bool field_key(struct field *field, const struct key *key);
void field_insert(struct field *field, const char *text);
/* Draw in width cells, scrolled so that the cursor is seen; has_cursor puts the hardware cursor there. */
void field_draw(const struct field *field, struct canvas *canvas, int row, int col, int width, bool has_cursor);
/* The same over several lines, folded at width; at most rows of them, those around the cursor. Draws nothing below
 * the canvas. Returns the lines it takes, at least one. */
int field_draw_folded(const struct field *field, struct canvas *canvas, int row, int col, int width, int rows);
#endif
