/* planner.h - what happens next to one write on its way to the server (SYNC.md 4.2).
 * A pure function: (where the write stands, what just happened) -> (where it stands now, what to do).
 * It reads no clock, no network and no database, so that every path can be tried in a test. */
#ifndef FRONTDESK_SYNC_PLANNER_H
#define FRONTDESK_SYNC_PLANNER_H

#include <stdbool.h>
#include <stdint.h>

#include "store/outbox.h"

/* How this server lets a create refuse to overwrite; found by the probe. */
enum create_guard { GUARD_NONE, GUARD_IF_NONE_MATCH, GUARD_IF_MATCH_ZERO };

/* Where a write stands. */
struct plan_op {
    enum outbox_state state;
    bool is_create;             /* the server never had it, as far as we know */
    bool undoes_deletion;       /* it is known to be deleted there, and a person wants it again */
    enum create_guard guard;
    bool honors_if_match;       /* false: compare by reading before each update */
    bool has_history;           /* an instance's versions can be read */
    bool has_address;           /* its id at the server is known, so that it can be read: ours, or the one
                                   the server gave; false only for creates where servers give ids */
    int attempts;               /* tries that came to nothing so far */
    int disputes;               /* writes of this run answered 409, 412 or without a version */
    int troubles;               /* writes in a row of this pass that came to nothing, before this one */
    int64_t unanswered_ms;      /* since the last try left of which nothing is known, PLAN_NEVER when there is none */
    enum plan_unit { UNIT_ALONE, UNIT_WORK, UNIT_RING } unit;   /* goes with others in one transaction: as
                                   one piece of work, or because they refer to each other */
};
#define PLAN_NEVER INT64_MAX

enum plan_event_kind {
    EVENT_TURN,         /* its time has come */
    EVENT_ANSWER,       /* the server answered the write: status, has_version, names_reference */
    EVENT_UNREACHED,    /* the write certainly did not arrive: no address, no connection, no handshake */
    EVENT_LOST,         /* it may have arrived: no answer, half an answer, an unreadable one */
    EVENT_STOPPED,      /* the same, because we were told to stop */
    EVENT_UNTRUSTED,    /* the server could not prove who it is */
    EVENT_READ,         /* the resource was read at the server: found */
    EVENT_READ_FAILED,  /* it could not be read: status 0 or what the server said */
    EVENT_HISTORY,      /* its older versions were looked through: found is FOUND_OURS or FOUND_OTHER */
};

enum plan_found {
    FOUND_ABSENT,       /* 404 */
    FOUND_GONE,         /* 410: deleted */
    FOUND_OURS,         /* equal to what we sent */
    FOUND_BASE,         /* still the version ours is based on */
    FOUND_OTHER,        /* another version with other content */
};

struct plan_event {
    enum plan_event_kind kind;
    int status;                 /* HTTP status */
    bool has_version;           /* the 2xx answer told version and content */
    bool names_reference;       /* the refusal names a reference of ours that the server does not know */
    enum plan_found found;
    int64_t retry_after_ms;     /* -1: the server did not say */
    uint32_t random;            /* jitter comes from outside */
};

/* What to do now; exactly one. */
enum plan_effect {
    PLAN_SEND,          /* write it, the state made durable before the first byte */
    PLAN_READ,          /* read the resource */
    PLAN_SEARCH,        /* look for our text among its versions */
    PLAN_DONE,          /* the server has it: base and outbox row in one transaction */
    PLAN_DONE_LOST,     /* the same, and a person is told: the server no longer had what we updated */
    PLAN_DONE_OLDER,    /* done at the version found in the history, then the newest is merged */
    PLAN_MERGE,         /* merge with the version read, or leave it to a person */
    PLAN_DELETED,       /* deleted there, edited here: a person decides */
    PLAN_WAIT,          /* nothing before wait_ms have passed */
    PLAN_BLOCK,         /* wait for what it refers to */
    PLAN_REFUSE,        /* shown with the server's reason; nothing else waits for it */
    PLAN_APART,         /* of a unit: none of it was done, each goes by itself */
    PLAN_HALVES,        /* of a unit: too large, in two parts */
    PLAN_PAUSE_TYPE,    /* no right to write such resources: leave the type alone in this pass */
    PLAN_PAUSE_ALL,     /* the token is not accepted, or the address is wrong: nothing can be sent */
    PLAN_STOP,          /* the server is not who it should be: loud, and never a try without proof */
};

/* What the end of one write means for the others of the pass. */
enum plan_pass { PASS_GOES_ON, PASS_WITHOUT_TYPE, PASS_OVER };

struct plan {
    enum outbox_state state;
    enum plan_effect effect;
    int64_t wait_ms;            /* from now until the next try */
    enum plan_pass pass;
    bool is_trouble;            /* counts for troubles; whatever else ends a write sets it back */
};

struct plan plan_step(const struct plan_op *op, const struct plan_event *event);

/* Full jitter: a random moment within min(15 min, 2 s * 2^attempts), or what the server asked for,
 * at most an hour. */
int64_t plan_backoff_ms(int attempts, int64_t retry_after_ms, uint32_t random);
#endif
