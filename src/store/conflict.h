/* conflict.h - two people's edits that a machine must not settle: base, here and server are kept
 * until a person decides, field by field. */
#ifndef FRONTDESK_CONFLICT_H
#define FRONTDESK_CONFLICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"

struct store;

struct conflict {
    int64_t id;
    char type[40], resource_id[72], patient[72];
    char *fields;               /* owned JSON array of field paths that differ on both sides */
    char *opened, *opened_by;   /* owned */
    char *remote_version, *remote_updated;  /* owned */
    char *chosen;               /* owned: what conflict_keep kept, NULL nothing. Filled by conflict_get only, as all below */
    char here_by[40], here_at[40];  /* staff id and moment of the last edit here that a person made, "" none */
    struct doc *base, *here, *server;       /* owned; base NULL when there was none; server NULL when deleted there */
};
void conflict_done(struct conflict *c);

/* How a conflict is kept (sync/merge.c makes it so): the current document already has every change of
 * the server that nobody here touched, and the local value in each of the fields; what is decided is
 * therefore `here` with the server's or the earlier value put in field by field. A field is a path of
 * members without list numbers ("telecom", "restriction.period.end"), meant the same in all three
 * texts; absent in one of them means removed there. Without a base every member that differs is a field. */
/* Open (or refresh the open) conflict of a resource; its outbox row becomes OUTBOX_CONFLICT. */
enum rc conflict_open(struct store *st, const char *type, const char *id, const struct doc *server,
                      const char *remote_version, const char *remote_updated, const char *fields_json,
                      const char *by, struct err *err);
enum rc conflict_list(struct store *st, struct conflict **out, size_t *n, struct err *err);
enum rc conflict_get(struct store *st, int64_t id, struct conflict *out, struct err *err);
/* Nothing is left to decide (the server has again what it had deleted, and no field is disputed): close it. */
enum rc conflict_lapse(struct store *st, int64_t id, const char *by, struct err *err);
/* Keep what was chosen so far: the screens' own JSON, forgotten with the conflict. No act: nothing is decided. */
enum rc conflict_keep(struct store *st, int64_t id, const char *chosen, struct err *err);
/* Who decided a conflict that is not open any more, and when; "" while it is open. */
void conflict_decided_by(struct store *st, int64_t id, char by[40], char at[40]);
/* Write the decided document on the server's version as new base, queue it, close the conflict:
 * one transaction with its audit row. */
struct grant;
enum rc conflict_decide(struct store *st, const struct grant *grant, int64_t id, struct doc *decided,
                        struct err *err);
#endif
