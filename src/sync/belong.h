/* belong.h - may this row of the server be kept here? What a server sends outside the scope it was asked
 * for is set aside, its contents not kept, with a reason that names the field (SYNC.md 4.5). */
#ifndef FRONTDESK_SYNC_BELONG_H
#define FRONTDESK_SYNC_BELONG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"
#include "sync/scope.h"

struct central;
struct sync_type;

/* Of one pass. */
struct belong {
    struct scope scope;
    char **out;                 /* owned: patients known to be out */
    size_t n_out, out_cap;
    int64_t set_aside;          /* rows that did not belong */
    bool has_set_aside;         /* something from this server waits in quarantine: look there when a row comes in */
};
void belong_init(struct belong *b, struct central *c);
void belong_done(struct belong *b);

enum belonging { BELONGS, BELONGS_NOT, BELONGS_MAYBE };
/* Without the network. MAYBE: about a patient nobody here knows. Inside or outside a transaction. */
enum belonging belong_look(struct belong *b, struct central *c, const struct sync_type *type, const struct doc *doc);
/* Ask the server about that patient; who is in scope is taken in first. Outside a transaction. */
enum rc belong_ask(struct belong *b, struct central *c, const struct doc *doc, bool *belongs, struct err *err);
/* Is this Patient found by any of the scope's searches, at this moment? */
enum rc belong_find(struct belong *b, struct central *c, const char *patient, bool *is_found, struct err *err);
/* It does not: it goes to quarantine, what we had of it goes away. Inside or outside a transaction. */
enum rc belong_refuse(struct belong *b, struct central *c, const struct doc *doc, const char *version, struct err *err);
#endif
