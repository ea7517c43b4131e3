/* http.h - kept-alive HTTPS connections to the central server, up to HTTP_LANES requests at once; the
 * only file that calls libcurl for the network. Knows nothing of FHIR but its media type.
 *
 * TLS is always verified, from version 1.2 on, against the configured CA. Only https, only below
 * the configured base address; no redirect is followed, no proxy taken from the environment, no
 * netrc. What Authorization says is asked for anew for each request, never logged, and wiped. */
#ifndef FRONTDESK_SYNC_HTTP_H
#define FRONTDESK_SYNC_HTTP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct http;

enum { HTTP_WORDS = 320 };

/* Who says what Authorization is. */
struct http_credentials {
    /* The value for the request that goes out now, "" for none; NULL when it may not go without and none
     * is to be had: words says why, and nothing is sent (HTTP_UNREACHED). refused: a server has just
     * answered 401 to this value; another one back is tried once, the same or NULL leaves it at the 401. */
    const char *(*value)(void *ctx, const char *refused, char words[HTTP_WORDS]);
    void *ctx;
};

struct http_settings {
    const char *base_url;       /* https://host[:port]/path, with or without a slash at the end */
    const char *ca_file;        /* "" = the system's */
    const struct http_credentials *credentials;     /* copied; NULL = none */
    const char *tls_cert_file;  /* our certificate, PEM, with what leads to its CA; NULL or "" = none */
    const char *tls_key;        /* its private key as PEM text; lives until http_close */
    size_t tls_key_len;
    long connect_timeout_s;
    long stall_s;               /* give up when next to nothing came for so long */
    size_t most_body;           /* bytes of an answer, counted after decompression */
    const volatile sig_atomic_t *stop;  /* becomes true: break off; may be NULL */
};

/* Once in a process, before the first and after the last connection. */
void http_start(void);
void http_end(void);

/* RC_INVALID for an address that is no https address, RC_IO when a file cannot be read. Nothing is sent yet. */
enum rc http_open(const struct http_settings *settings, struct http **out, struct err *err);
void http_close(struct http *http);
const char *http_base(const struct http *http);     /* without the slash at the end */

/* Where the body of a 2xx answer goes when it is too much for memory: files of an export, attachments.
 * What else is answered comes in answer->body as always. */
struct http_sink {
    int fd;                     /* open for writing, the caller's; what a broken answer left in it stays */
    int64_t most;               /* bytes, counted after decompression: more is answer->too_large */
    int64_t written;            /* set */
    int error;                  /* set: errno of a write that failed, 0 none */
};

struct http_request {
    const char *method;         /* "GET", "PUT", "POST", "DELETE" */
    const char *path;           /* below the base, "Patient/1" or "Patient?_count=5"; "" = the base itself */
    const char *body;           /* NULL: none */
    size_t body_len;            /* 0: the body is text up to its NUL */
    bool gzip_body;             /* send it compressed: only for a server that is known to take that */
    const char *if_match, *if_none_match, *if_none_exist, *request_id;  /* header values, NULL: none */
    const char *accept, *content_type;  /* NULL: FHIR JSON */
    const char *authorization;  /* NULL: what the credentials say; "" none */
    const char *prefer;         /* NULL: "return=representation" with a body, none without; "" none */
    struct http_sink *sink;     /* NULL: none; lives until the answer was waited for */
};

enum http_outcome {
    HTTP_ANSWERED,      /* a whole answer: status and body */
    HTTP_UNREACHED,     /* not a byte of the request left: no address, no connection, no handshake */
    HTTP_UNTRUSTED,     /* the server could not prove who it is; not a byte of the request left */
    HTTP_LOST,          /* the request may have arrived; no whole answer came */
};

struct http_answer {
    enum http_outcome outcome;
    int status;
    char etag[96], retry_after[64], location[256];  /* "" when absent or longer */
    char content_type[96], content_location[512], date[40], www_authenticate[96];
    bool timed_out, too_large;
    struct buf body;
    char words[HTTP_WORDS];     /* why it was not ANSWERED, or why a 401 could not be helped */
};

/* One request, waited for. Never fails but through answer->outcome. answer must be zeroed or done. A
 * lane must be free; what else is on its way moves on meanwhile. */
void http_send(struct http *http, const struct http_request *request, struct http_answer *answer);
void http_answer_done(struct http_answer *answer);

/* Several at once. http_begin sends a request on a free lane and gives its number, -1 when none is
 * free; the body must live until it is answered, the rest of the request is copied. http_wait waits
 * for that lane, or for whichever is first with HTTP_ANY, fills answer (zeroed or done) and frees the
 * lane; -1 when nothing is on its way. What was begun must be waited for, or ends with http_close. */
enum { HTTP_LANES = 4, HTTP_ANY = -1 };
int http_begin(struct http *http, const struct http_request *request);
int http_wait(struct http *http, int lane, struct http_answer *answer);
/* Nobody wants the answer any more: the request is broken off, its lane is free. */
void http_drop(struct http *http, int lane);
bool http_has_room(const struct http *http);        /* a lane is free */
/* Let what is on its way move on; never waits. For now and then in long work between. */
void http_pump(struct http *http);

/* What went over the wire since http_open, headers and retries included, as compressed as it went. */
struct http_traffic { int64_t requests, bytes_out, bytes_in; };
struct http_traffic http_traffic(const struct http *http);
#endif
