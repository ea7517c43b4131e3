/* pull_course.h - one type within one query of the scope: from its watermark on, again where a page was lost, to
 * where it leaves the watermark. */
#ifndef FRONTDESK_SYNC_PULL_COURSE_H
#define FRONTDESK_SYNC_PULL_COURSE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "sync/pull.h"
#include "sync/walk.h"

struct course {
    const struct sync_type *type;
    const char *query;              /* borrowed */
    struct belong *belong;          /* borrowed */
    char *scope_key, *watermark, *witness;  /* owned; watermark NULL: not begun */
    struct buf first;               /* what the first page is asked with */
    struct walk walk;
    struct pull_pass pass;
    bool is_open;                   /* walk is on its way */
    bool wants_smaller;
    int status;                     /* of the answer that broke a pass, as in walk.h */
    int64_t pulled_before;          /* what had been pulled when these pages were first asked for */
    size_t counted_before;          /* the rows counted when the same was asked for the last time */
    int rounds;                     /* times the same was asked for once more */
};

void course_init(struct course *course, const struct central *c, const struct sync_type *type, const char *query,
                 struct belong *belong);
void course_done(struct course *course);
/* Ask for its first page, before its turn; needs a lane. */
void course_begin(struct central *c, struct course *course);
/* Trouble with this type alone is noted, and is no failure. */
enum rc course_run(struct central *c, struct course *course, struct err *err);
/* Passes look back further once something was seen late. */
void course_grow_overlap(struct central *c);
#endif
