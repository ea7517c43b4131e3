/* storm.h - desks, a server and a bad day: what the parts of the storm share.
 *
 * Everybody writes values that nobody wrote before ("tokens"), and the ledger here remembers who wrote
 * which over what. With the server's history that tells afterwards what became of each. */
#ifndef FRONTDESK_TESTS_STORM_H
#define FRONTDESK_TESTS_STORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "store/grant.h"
#include "store/store.h"
#include "sync/http.h"

enum { DESKS_MOST = 16, VALUE = 40, OVERS = 6, ANOTHER_CLINIC = -1 };

struct desk {
    const char *name;
    char *dir, *config;
    struct store *st;
    pid_t agent, second;        /* 0: does not run */
    bool is_stopped;            /* SIGSTOP */
};

/* A resource of the storm. */
struct thing {
    const char *type;           /* "Patient" or "Task" */
    char id[40];
    bool is_lonely;             /* a patient nothing refers to: another clinic may delete it */
    bool was_deleted;           /* at the server, at some time */
    bool status_decided;        /* a person decided its status, which may then fall */
    int rank;                   /* of the furthest status a desk was told is saved */
};

struct token {
    int desk;                   /* ANOTHER_CLINIC: written at the server */
    size_t thing, field;
    char value[VALUE];
    char before[VALUE];         /* what the writer saw in its place */
    char over[OVERS][VALUE];    /* what a person decided to write it over */
    int n_over;
    bool is_given_up;           /* a person decided against it, or dropped the resource */
};

struct storm {
    const char *programs, *dir;         /* dir: where tests/server/run put its files */
    const char *proxy;                  /* the program that tells the proxy */
    uint64_t seed, random;
    struct desk desk[DESKS_MOST];
    int n_desks;
    struct thing *thing;
    size_t n_things, cap_things;
    struct token *token;
    size_t n_tokens, cap_tokens;
    struct http *central;               /* straight to the server */
    char *authorization;
    struct grant grant;
    int decisions, kills, stops, cuts, deletes, edits, seconds_refused;
};

uint32_t storm_random(struct storm *s, uint32_t below);
void storm_tell(const struct storm *s, const char *line);  /* the proxy */
_Noreturn void storm_die(const char *what, const char *why);

/* ---- fields.c: what is written, and where ---- */
size_t field_count(const char *type);
const char *field_path(const char *type, size_t field);
const char *field_value(const struct doc *doc, size_t field);   /* "" when absent */
void field_token(const struct storm *s, const char *type, size_t field, char out[VALUE]);   /* a value never written before */
/* Does a conflict's field hold ours? */
bool field_is_within(const char *conflict_field, const char *type, size_t field);
int status_rank(const char *status);    /* of a Task on its way up, -1 off it */

/* ---- edits.c: what people do ---- */
void edit_some(struct storm *s);                /* one act of somebody */
void edit_found(struct storm *s, size_t n_shared);      /* the patients everybody knows */
int edit_decide_all(struct storm *s, struct desk *d);   /* every open conflict; how many were */
size_t ledger_find(const struct storm *s, const char *type, const char *id);    /* n_things: not ours */

/* ---- nemesis.c: what goes wrong, and who syncs ---- */
void nemesis_begin(struct storm *s);
void nemesis_some(struct storm *s, int step);
void nemesis_end(struct storm *s);              /* all agents gone, all faults off */
bool nemesis_pass(struct storm *s, struct desk *d);     /* one pass in front */

/* ---- check.c: what became of it; each returns how many times it found otherwise, and says where ---- */
struct chain;
struct chain *check_read_history(struct storm *s);      /* one for each thing: all its versions */
struct chain *check_read_now(struct storm *s);          /* only how it is */
int check_equal(struct storm *s, const struct chain *chains, bool is_loud);  /* desks and server alike */
int check_unsent(struct storm *s);
int check_lost(struct storm *s, const struct chain *chains);
int check_overwritten(struct storm *s, const struct chain *chains);
int check_status(struct storm *s, const struct chain *chains);
int check_twice(struct storm *s, const struct chain *chains);
int check_doubles(struct storm *s, const struct chain *chains);
int check_bases(struct storm *s);               /* the proxy's log: each update follows the version it names */
int check_conflicts_again(struct storm *s);
void check_free(struct storm *s, struct chain *chains);
#endif
