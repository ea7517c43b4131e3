/* unit.h - several writes in one transaction Bundle: one piece of work, which stands as a whole, or new
 * resources that refer to each other in a ring, of which none can go first. The same guarded PUTs as one
 * by one, so that repeating it is safe. */
#ifndef FRONTDESK_SYNC_UNIT_H
#define FRONTDESK_SYNC_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/outbox.h"
#include "sync/central.h"
#include "sync/planner.h"

enum { UNIT_MOST = 100, UNIT_BYTES = 1024 * 1024 };

struct unit {
    struct central *c;
    struct outbox_row *row;     /* owned, frozen */
    size_t n;
    enum plan_unit kind;
    int troubles;
    char *body;                 /* owned; what is sent */
    int lane;                   /* the request on its way, -1 none */
    struct plan plan;           /* how it ended. PLAN_APART and PLAN_HALVES: the rows are queued again */
    struct http_answer answer;
    struct doc *said;
    struct err why;             /* of PASS_OVER */
};

/* Takes the rows, as outbox_take gave them, and sends them. When the answer is lost or disputed they are
 * in doubt, and each is looked for by itself later. */
void unit_start(struct unit *unit, struct central *c, struct outbox_row *row, size_t n, enum plan_unit kind, int troubles);
/* Its lane was answered: takes answer. */
enum rc unit_answered(struct unit *unit, struct http_answer *answer, struct err *err);
void unit_done(struct unit *unit);
#endif
