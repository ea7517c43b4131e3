/* central.h - one pass with the central server: everything its parts share, and what it counted. */
#ifndef FRONTDESK_SYNC_CENTRAL_H
#define FRONTDESK_SYNC_CENTRAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "fhir/document.h"
#include "store/grant.h"
#include "sync/capability.h"
#include "sync/http.h"

struct store;

struct central_counts { int64_t pushed, pulled, conflicts, refused; };

struct central {
    struct store *st;
    struct http *http;
    struct capability caps;
    struct grant push, pull;            /* the agent's own, by what they do */
    enum { ALIASES_UNKNOWN, ALIASES_NONE, ALIASES_SOME } aliases;   /* ids of the server's own: alias.h */
    const char *scope;                  /* a search on Patient, "" = all */
    const char *bulk_export;            /* "system", "Patient" or "Group/[id]"; NULL or "" = none */
    int page_size, overlap_s;
    const volatile sig_atomic_t *stop;  /* may be NULL */
    void (*tick)(void *ctx);            /* called before each request; may be NULL */
    void *tick_ctx;
    struct central_counts counts;
    bool is_answering;                  /* a request of the desk, in the midst of a pass or between two */
    int64_t retry_after_ms;             /* the server asked to be left alone for so long, -1 not */
    char problem[240];                  /* what a person should know about this pass, "" = nothing */
};

/* Keep the first problem of a pass; it goes to the status line: codes and types, never people. */
void central_problem(struct central *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool central_stopped(const struct central *c);
/* Every request of a pass goes through here. */
void central_send(struct central *c, const struct http_request *request, struct http_answer *answer);
/* The same for several at once: see http_begin and http_wait. */
int central_begin(struct central *c, const struct http_request *request);
bool central_packs(const struct central *c, const char *body);      /* such a body goes compressed */
int central_wait(struct central *c, int lane, struct http_answer *answer);
/* What the answer's Retry-After asks for, in ms, -1 nothing; the pass remembers it. */
int64_t central_note_wait(struct central *c, const struct http_answer *answer);

/* A resource as the server has it now. */
struct remote {
    enum { REMOTE_THERE, REMOTE_ABSENT, REMOTE_GONE, REMOTE_FAILED } state;
    struct doc *doc;                        /* owned; REMOTE_THERE only */
    char version[72], updated[40];          /* for GONE the version that deleted it, "" unknown */
    bool was_deleted;                       /* GONE, and the history shows by which version */
    struct http_answer failure;             /* REMOTE_FAILED: why */
};
void central_read(struct central *c, const char *type, const char *id, struct remote *out);
/* The same from the answer to a GET of Type/id; takes what it needs of answer. Of what is GONE the version
 * that deleted it is not in the answer: central_deleting_version asks for it. */
void remote_from(struct central *c, struct http_answer *answer, struct remote *out);
void central_deleting_version(struct central *c, const char *type, const char *id, struct remote *out);
void remote_done(struct remote *remote);
/* Of what is ABSENT: was it deleted there, by its history? A server without histories is believed. */
bool central_was_deleted(struct central *c, const char *type, const char *id);
/* The server seems to have lost what it once confirmed (restored from a copy, its clock set back): written
 * down, so that everything is compared soon. why: for the log, codes and types only. */
void central_suspect(struct central *c, const char *why);

/* GET and parse a document; RC_NET with a sentence about type and status when that fails, answer
 * (may be NULL) then tells more. */
enum rc central_get(struct central *c, const char *path, struct doc **out, struct http_answer *answer,
                    struct err *err);
/* The document in an answer to GET path, or what went wrong, as central_get says it. */
enum rc central_take(struct central *c, const char *path, struct http_answer *answer, struct doc **out,
                     struct err *err);
/* POST [type]/_search: what is looked for stays out of the address. form: an encoded body. */
enum rc central_search(struct central *c, const char *type, const char *form, struct doc **out, struct err *err);
/* The sentence and code for an answer that is no success. */
enum rc central_failure(const struct http_answer *answer, const char *what, struct err *err);
#endif
