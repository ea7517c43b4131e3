/* faults.h - what the proxy has been told to do wrong, shared by all its processes; and the slow line. */
#ifndef FRONTDESK_TESTS_PROXY_FAULTS_H
#define FRONTDESK_TESTS_PROXY_FAULTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { RULES = 32, RATES = 32, PARAM = 48, PATH_PART = 96, ALWAYS = 1 << 30 };
enum scope { SCOPE_ALL, SCOPE_READS, SCOPE_WRITES };

/* KIND or KIND:PARAM. */
struct fault { char kind[24], param[PARAM]; };

struct rule {
    atomic_int left;            /* how many more requests meet it; ALWAYS does not count down */
    struct fault fault;
    enum scope scope;
    char path_part[PATH_PART];  /* only requests whose target holds it */
};
struct rate { int per_mille; struct fault fault; enum scope scope; };

/* A line that passes so many bits a second, both ways and for all connections together. */
struct line { atomic_long bits_per_s; _Atomic int64_t free_at_ns; };
void line_pass(struct line *line, size_t bytes);    /* returns when they have passed; NULL: at once */
bool line_is_slow(const struct line *line);
void pause_ms(int64_t ms);
int64_t now_ns(void);

struct faults {
    atomic_long requests;       /* so far */
    atomic_ulong seed;
    atomic_bool is_down;        /* the network is cut */
    struct line line;
    atomic_int n_rates;
    struct rate rate[RATES];
    struct rule rule[RULES];
};

/* What request number n meets: a rule that waits for it, else by chance, which only the seed and n
 * decide. "pass" is none. */
struct fault faults_choose(struct faults *faults, long n, const char *method, const char *target);

/* One line of control: see README.md. False when it is not understood. */
bool faults_command(struct faults *faults, const char *line, struct buf *reply);
#endif
