/* record.h - parts of the record screen: the panel that stands beside it on wide terminals, and the
 * list of who looked. */
#ifndef FRONTDESK_RECORD_H
#define FRONTDESK_RECORD_H

#include <stdint.h>

#include "desk/timeline.h"
#include "ui/app.h"
#include "ui/list.h"

enum { SIDE_PANELS = 4 };
struct record_side { bool is_loaded; struct events events[SIDE_PANELS]; };

/* Conditions, allergies, medications, immunizations; read when first drawn, kept until dropped. */
void record_side_draw(struct app *app, struct record_side *side, const char *patient, struct canvas *canvas);
void record_side_drop(struct record_side *side);
/* Rows of who opened or changed this record, newest first, in the list's groups by year (between
 * list_begin and list_end). RC_DENIED without the right to read the audit. */
enum rc record_looked(struct app *app, struct list *list, const char *patient, int64_t *total, struct err *err);
#endif
