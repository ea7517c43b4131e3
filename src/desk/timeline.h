/* timeline.h - one person's record: the timeline and its panels, from the event projection. */
#ifndef FRONTDESK_TIMELINE_H
#define FRONTDESK_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

struct event { int64_t key; char *type, *id, *at, *kind, *status, *title, *detail; };  /* owned */
struct events { struct event *event; size_t n; int64_t total; };
void events_done(struct events *e);
/* Newest first; kind NULL = all, or a comma list of kinds. offset and limit make a window. */
enum rc timeline_load(struct store *st, const char *patient, const char *kinds, int64_t offset, int limit,
                      struct events *out, struct err *err);
/* Panels in the order p walks them; name is for gettext, kinds for timeline_load. */
struct panel { const char *name, *kinds; char letter; };
extern const struct panel panels[];
extern const size_t n_panels;
/* Course of a measurement or score: the same code on the same patient, oldest first; event.detail is the value. */
enum rc timeline_course(struct store *st, const char *patient, int64_t key, struct events *out, struct err *err);
#endif
