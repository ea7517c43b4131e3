/* element.h - what the datatype files of this folder share. */
#ifndef FRONTDESK_ELEMENT_H
#define FRONTDESK_ELEMENT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct node;

enum { ID_MAX = 64, ID_TEXT = ID_MAX + 1, TYPE_TEXT = 48 };

bool id_is_legal(const char *id, size_t len);           /* [A-Za-z0-9.-]{1,64}, the first len bytes */
bool reference_text_split(const char *text, char *type, size_t type_size, char *id, size_t id_size);
bool member_is_moment(const char *name);                /* a member of this name holds a date, dateTime or instant */
/* A FHIR date, dateTime or instant that exists in the calendar; *why says what is wrong. */
bool datetime_is_real(const char *text, const char **why);
/* A date, dateTime or instant as people read it; the text itself when it is none. */
void datetime_words(struct buf *out, const char *text);
/* The datatype an element has by the look of its members ("Period", "Quantity", ...), "" when
 * it is a primitive or nothing known. */
const char *element_type(const struct node *element);

#endif
