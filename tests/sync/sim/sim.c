/* The exchange with the central server could lose, double or forget something in a way that no test of one case shows.
 *
 * sim: whole histories from seeds, each with its own desks, network, crashes and server. Every choice comes
 * from the seed, so that "sim --seed N --trace" shows the same again.
 *
 *   sim                         the fixed budget of `make test`, as TAP
 *   sim --seed N [--to M] [--steps N] [--mutate PART] [--trace]
 *   sim --soak SECONDS [--seed N]    as many as there is time for, from a seed on */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sync/sim/run.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

enum { HISTORIES = 520, TWICE_EACH = 8, STEPS = 60, LONG_STEPS = 240, MUTANTS = 90 };

static const char *const temper_names[] = { "strict", "hapi", "helios" };

struct options { uint64_t from, to; enum mutation mutation; int steps, soak_s; bool is_shown, has_seed; };

/* ---- one history ---- */

static uint64_t run_seed(uint64_t seed, const struct options *o, int64_t *steps)
{
    char how[200];
    enum temper temper = (enum temper)(seed % 3);

    snprintf(how, sizeof how, "sim --seed %" PRIu64 " --steps %d%s%s", seed, o->steps, o->mutation ? " --mutate " : "",
             o->mutation ? mutation_names[o->mutation] : "");
    trace_begin(how, o->is_shown);
    trace("seed %" PRIu64 ", server %s", seed, temper_names[temper]);
    history_run(seed, temper, o->mutation, o->steps, steps);
    return trace_hash();
}

/* Now and then twice: what a seed does must not depend on anything else. */
static void run_history(int64_t n, const void *arg, int64_t *steps)
{
    const struct options *o = arg;
    int64_t again = 0;
    uint64_t seed = o->from + (uint64_t)n, hash = run_seed(seed, o, steps);

    if (n % TWICE_EACH == 0 && !violations() && run_seed(seed, o, &again) != hash)
        violation("determinism", "the same seed gave another history");
}

/* A soak takes long ones too. */
static void run_soak(int64_t n, const void *arg, int64_t *steps)
{
    struct options o = *(const struct options *)arg;

    o.steps = n % 10 == 0 ? LONG_STEPS : STEPS;
    run_history(n, &o, steps);
}

/* ---- what was done ---- */

static void print_tally(const struct tally *t)
{
    static const char *const disk[] = { "", "write error", "disk full", "short write", "power lost" };

    printf("# %lld runs, %lld steps; requests:", (long long)t->runs, (long long)t->steps);
    for (int f = 0; f < FATE_COUNT; f++)
        printf(" %lld %s%s", (long long)t->fates[f], fate_names[f], f + 1 < FATE_COUNT ? "," : ";");
    printf(" disks:");
    for (int f = 1; f <= DISK_POWER; f++)
        printf(" %lld %s%s", (long long)t->disk[f], disk[f], f < DISK_POWER ? "," : "\n");
}

static int tap(int number, bool is_fine, const char *what)
{
    printf("%sok %d - %s\n", is_fine ? "" : "not ", number, what);
    fflush(stdout);
    return !is_fine;
}

/* ---- ways to be asked ---- */

/* A part of the protocol switched off must be noticed. */
static int test_mutations(int number)
{
    int bad = 0;

    violations_quiet(true);
    for (int m = MUTATION_NONE + 1; m < MUTATION_COUNT; m++) {
        struct options o = { .mutation = (enum mutation)m, .steps = STEPS };
        char what[120];
        struct tally t = run_all(run_history, &o, MUTANTS, 0);
        snprintf(what, sizeof what, "without %s something is found wrong (in %lld of %d histories)", mutation_names[m], (long long)t.bad,
                 MUTANTS);
        bad += tap(number++, t.bad > 0, what);
    }
    violations_quiet(false);
    return bad;
}

static int run_budget(void)
{
    struct options o = { .steps = STEPS };
    struct tally t = run_all(run_history, &o, HISTORIES, 0);
    int bad = tap(1, t.bad == 0, "histories of desks, crashes and a bad network lose and double nothing");

    print_tally(&t);
    bad += test_mutations(2);
    return bad != 0;
}

static int run_for(struct options *o)
{
    if (!o->has_seed)
        o->from = (uint64_t)time(NULL);
    printf("# from seed %" PRIu64 ", for %d s\n", o->from, o->soak_s);
    struct tally t = run_all(run_soak, o, -1, o->soak_s);
    print_tally(&t);
    printf("%lld passed, %lld failed\n", (long long)(t.runs - t.bad), (long long)t.bad);
    return t.bad != 0;
}

static int run_seeds(struct options *o)
{
    int64_t steps = 0, bad = 0;

    for (uint64_t seed = o->from; seed <= o->to; seed++) {
        uint64_t hash = run_seed(seed, o, &steps);
        bad += violations() > 0;
        printf("# seed %" PRIu64 ": trace %016" PRIx64 "\n", seed, hash);
    }
    printf("%lld passed, %lld failed\n", (long long)(o->to - o->from + 1) - (long long)bad, (long long)bad);
    return bad != 0;
}

static bool read_option(struct options *o, const char *name, const char *value)
{
    if (strcmp(name, "--seed") == 0) {
        o->from = o->to = strtoull(value, NULL, 10);
        o->has_seed = true;
    } else if (strcmp(name, "--to") == 0) {
        o->to = strtoull(value, NULL, 10);
    } else if (strcmp(name, "--steps") == 0) {
        o->steps = (int)strtol(value, NULL, 10);
    } else if (strcmp(name, "--soak") == 0) {
        o->soak_s = (int)strtol(value, NULL, 10);
    } else if (strcmp(name, "--mutate") == 0) {
        for (int m = 0; m < MUTATION_COUNT; m++)
            if (strcmp(mutation_names[m], value) == 0)
                o->mutation = (enum mutation)m;
        return o->mutation != MUTATION_NONE;
    } else {
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct options o = { .steps = STEPS };
    int i = 1;

    for (; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            o.is_shown = true;
        else if (i + 1 < argc && read_option(&o, argv[i], argv[i + 1]))
            i++;
        else
            break;
    }
    if (i < argc) {
        fprintf(stderr, "sim: what is %s?\n", argv[i]);
        return 2;
    }
    return o.soak_s ? run_for(&o) : o.has_seed ? run_seeds(&o) : run_budget();
}
