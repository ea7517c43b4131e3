/* net.h - the network between desks and server, and the server's moods: what becomes of each request. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_NET_H
#define FRONTDESK_TESTS_SYNC_SIM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sync/http.h"

struct world;
struct desk;

enum fate {
    FATE_FINE, FATE_UNREACHED, FATE_REQUEST_LOST, FATE_ANSWER_LOST, FATE_TRUNCATED, FATE_DELAYED, FATE_LATE, FATE_TWICE,
    FATE_TWICE_LATER, FATE_ERROR_UNDONE, FATE_ERROR_DONE, FATE_BUSY, FATE_UNAUTHORIZED, FATE_FORBIDDEN, FATE_BAD_JSON,
    FATE_NO_BODY, FATE_WRONG_BUNDLE, FATE_NEXT_LOOP, FATE_EXPIRED, FATE_UNTRUSTED, FATE_COUNT
};
extern const char *const fate_names[FATE_COUNT];

/* A request that the network still holds, to be carried out later. */
struct held { int64_t due_ms; char *method, *path, *body, *if_match, *if_none_match, *if_none_exist, *request_id; };

/* Which version a write said it was based on, as the desk's database had it when it was sent. */
struct claim { int desk; char request_id[40], type[40], id[72], base[72]; bool is_doubled; /* by the network */ };

struct net {
    int badness;                /* per mille of requests that meet something */
    int bad[FATE_COUNT];        /* weights */
    char forbidden[40];         /* a type nobody may write now, "" none */
    struct held *held;
    size_t n_held, held_cap;
    struct claim *claim;
    size_t n_claims, claims_cap;
    int64_t requests;           /* of this pass */
    int64_t left_ms;            /* when the one that meets its fate now left its desk */
    bool is_down;
    bool loses_answer;          /* to the next write */
};

void net_done(struct net *net);
/* Other weather: which faults, how often. */
void net_change(struct world *w);
/* Carry out what is due. */
void net_deliver(struct world *w);
/* left_ms: when it left the desk; others may have been waited for since. */
void net_exchange(struct world *w, struct desk *desk, const struct http_request *r, int64_t left_ms, struct http_answer *a);
int64_t net_count(enum fate fate);      /* how often it happened in this process */
#endif
