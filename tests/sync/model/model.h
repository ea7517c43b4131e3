/* model.h - a FHIR server small enough to be believed, for histories that have to come out the same
 * every time: everything in memory, no clock but the one it is told, no chance at all. It speaks what
 * src/sync speaks: metadata, read, guarded PUT, DELETE, transaction Bundles, searches by _lastUpdated
 * in pages, instance and system history. */
#ifndef FRONTDESK_TESTS_SYNC_MODEL_H
#define FRONTDESK_TESTS_SYNC_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sync/http.h"

/* How servers differ, as measured (SYNC.md 3). */
enum temper {
    TEMPER_STRICT,      /* the text of FHIR R4: If-None-Match: * guards a create, 412 for what is stale,
                           on DELETE too and inside a transaction; If-Match on the absent is 412 */
    TEMPER_HAPI,        /* 409 for stale; If-None-Match ignored, If-Match: W/"0" guards a create; an update
                           of the absent creates (201); If-Match on DELETE ignored, deleting again is 200;
                           an equal PUT keeps its version; search results of the same address may be 60 s
                           old without no-cache; DELETE entries of the history have no resource */
    TEMPER_HELIOS,      /* no create guard at all; 412 for stale and for If-Match on the absent; equal content
                           makes a new version; a failed precondition in a transaction is 400; next links of
                           a foreign origin, pages by offset; dangling references accepted */
};

struct model;

/* base_url is what clients are configured with ("https://central.test/fhir"). */
struct model *model_new(enum temper temper, const char *base_url);
void model_free(struct model *model);

/* Carry a request out at server time now_ms; *answer (zeroed) is what the server would send: ANSWERED,
 * status, headers and body. Whether any of it arrives is the caller's affair. */
void model_request(struct model *model, int64_t now_ms, const struct http_request *request, struct http_answer *answer);

/* What may be bent. All 0 at first. */
struct model_bends {
    int64_t visible_after_ms;   /* commit gap: stamped now, found by searches and the history this much later */
    int64_t clock_ms;           /* added to the time versions are stamped with: a clock that is wrong */
    bool refuses_ids;           /* gives ids of its own: a PUT of the unknown is 400 or 405, a POST creates */
    bool expires_pages;         /* a next link is 410 */
    bool shifts_pages;          /* Helios: a page is counted from the front each time, whatever was written since */
    bool drops_unknown;         /* members it does not know are lost, silently */
};
struct model_bends *model_bends(struct model *model);

/* A backup, and going back to it as if nothing had happened since. */
struct model_backup *model_back_up(const struct model *model);
void model_restore(struct model *model, const struct model_backup *backup);
void model_backup_free(struct model_backup *backup);

/* Every commit there ever was, restores included, in order: the truth that checkers read. */
struct model_commit {
    int64_t at_ms;              /* real server time, whatever was stamped */
    const char *type, *id, *version;
    const char *previous;       /* version it replaced, "" none */
    bool is_delete;
    bool is_undone;             /* a restore took it back */
    const char *request_id, *if_match;  /* of the request, "" none */
    const char *body;           /* as kept, "" for a delete; server's meta included */
};
size_t model_commits(const struct model *model);
struct model_commit model_commit(const struct model *model, size_t i);      /* borrowed until the next request */
/* The text Type/id has now, "" deleted, NULL never there. Borrowed likewise. */
const char *model_body(const struct model *model, const char *type, const char *id);
#endif
