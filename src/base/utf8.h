/* utf8.h - text: validity, cell width, folding, and the one sanitiser.
 * Everything from a patient, a file or a server goes through utf8_clean() on its way
 * to a terminal, a log, a CSV or a printer (RELIABILITY finding 9). */
#ifndef FRONTDESK_UTF8_H
#define FRONTDESK_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

bool utf8_valid(const char *text, size_t len);          /* strict: no surrogates, no overlong forms */
/* Decode one code point; *len is its size (1 for the NUL at the end too). Bytes that are not UTF-8
 * give U+FFFD and size 1. */
uint32_t utf8_next(const char *text, size_t *len);
size_t utf8_encode(uint32_t cp, char out[4]);
size_t utf8_count(const char *text);                    /* code points */
int utf8_width(const char *text);                       /* cells, of cleaned text (wcwidth, as ncurses counts) */
size_t utf8_clip(const char *text, int cells);          /* bytes that fit in so many cells, whole characters with their marks */
size_t utf8_prev(const char *text, size_t at);          /* start of the character (with marks) before byte at */

/* Append text made safe to show: C0, C1, DEL as visible substitutes, bad bytes as U+FFFD,
 * bidi controls and tag characters as a marker, zero-width ones dropped but ZWJ/ZWNJ between
 * letters, at most 4 combining marks a character. '\n' and '\t' stay only when multiline. */
void utf8_clean(struct buf *out, const char *text, bool multiline);
char *utf8_cleaned(const char *text);                   /* owned, one line */

/* Append the folded form names are compared and searched by: compatibility-decomposed, marks
 * dropped, case folded, l with stroke, o with stroke and the like mapped, everything not a letter
 * or digit a single space. */
void utf8_fold(struct buf *out, const char *text);
char *utf8_folded(const char *text);                    /* owned */

/* Append text in upper or lower case, by Unicode's rules for no language in particular. */
void utf8_case(struct buf *out, const char *text, bool upper);
#endif
