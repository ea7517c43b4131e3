/* http_lane.h - one request of http.c on its way: what goes out, what comes back, what went wrong. For
 * http.c alone. */
#ifndef FRONTDESK_SYNC_HTTP_LANE_H
#define FRONTDESK_SYNC_HTTP_LANE_H

#include <curl/curl.h>

#include "sync/http.h"

/* One request on its way, or room for one. */
struct lane {
    struct http *http;
    CURL *curl;
    bool is_busy, is_done;
    bool is_repeated;                   /* sent again, with other credentials */
    CURLcode code;                      /* how it ended, once is_done */
    struct curl_slist *headers;         /* Authorization stands last */
    char *authorization;                /* its value; NULL: none */
    struct buf packed;                  /* the body as it goes out, when it goes compressed */
    struct http_sink *sink;
    struct http_answer answer;
    size_t header_bytes;
    bool has_endless_headers;
    char error[CURL_ERROR_SIZE];
};

struct http {
    CURLM *multi;                       /* keeps the connections */
    struct lane lane[HTTP_LANES];
    char *base;                         /* without the slash at the end */
    struct http_credentials credentials;    /* value may be NULL */
    size_t most_body;
    const volatile sig_atomic_t *stop;
    struct http_traffic traffic;
};

void lane_listen(struct lane *lane);                    /* once: libcurl calls us */
void lane_start(struct lane *lane);                     /* nothing of an answer yet */
/* Headers, Authorization among them. False when the request may not go out: the answer says why. */
bool lane_authorize(struct lane *lane, const struct http_request *r);
void lane_prepare(struct lane *lane, const struct http_request *r);     /* address, method and body */
void lane_set_off(struct lane *lane);
void lane_judge(struct lane *lane);                     /* lane->code to an outcome, with words */
void lane_meter(struct lane *lane);
/* A 401 says that nothing was done: with a newer token the same request may go once more. True: it went. */
bool lane_repeat(struct lane *lane);
void lane_end(struct lane *lane);                       /* take it from libcurl, and drop what it needed */
void lane_drop(struct lane *lane);                      /* drop it alone, for one that never set off */
#endif
