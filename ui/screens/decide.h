/* decide.h - what a person must settle: conflicts, refused writes, half-filled forms. */
#ifndef FRONTDESK_DECIDE_H
#define FRONTDESK_DECIDE_H

#include "ui/screens/sections.h"

enum rc decide_load(struct app *app, enum whose whose, struct section_rows *out, struct err *err);
/* A new row; its text is to be set by the caller. Valid until the next. */
struct section_row *section_row_new(struct section_rows *rows, const char *type, const char *id,
                                    const char *patient, const char *name);
/* "Phone, Address": the fields of a conflict, from its JSON array of paths. Owned. */
char *fields_words(const char *type, const char *fields);
#endif
