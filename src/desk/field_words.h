/* field_words.h - the elements of a resource by the names the screens give them. */
#ifndef FRONTDESK_FIELD_WORDS_H
#define FRONTDESK_FIELD_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct field_words {
    const char *label;      /* translated: as the edit screen names it, or in words of the desk */
    const char *field;      /* the parameter of "patient edit" that changes it, "" none */
};
/* "telecom[0].value" of a Patient is "Phone". False when there are no words: label is then the path. */
bool field_words_of(const char *type, const char *path, struct field_words *out);
const char *field_label(const char *type, const char *path);
/* The path of an element that the text names as a whole word ("birthDate"), NULL when it names none. */
const char *field_named_in(const char *type, const char *text);
/* "Patient.name[0].given" -> "name.given": without type, list numbers and slices. */
void field_plain_path(const char *type, const char *path, char *out, size_t size);
#endif
