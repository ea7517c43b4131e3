/* The exchange with the central server could lose, double or forget something in a way that no test of one case shows.
 *
 * sim: whole histories from seeds, each with its own desks, network, crashes and server. Every choice comes
 * from the seed, so that "sim --seed N --trace" shows the same again.
 *
 *   sim                         the fixed budget of `make test`, as TAP
 *   sim --seed N [--to M] [--steps N] [--mutate PART] [--trace]
 *   sim --soak SECONDS [--seed N]    as many as there is time for, from a seed on
 *   sim --scenario NAME --temper T --fault F --step K    one story, with the disk failing at that step
 *   sim --points                every story at every step at which the power can go, servers by turns
 *   sim --all-points            with every server and every kind of failure */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sync/sim/run.h"
#include "tests/sync/sim/scenario.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

enum { HISTORIES = 520, TWICE_EACH = 8, STEPS = 60, LONG_STEPS = 240, MUTANTS = 90 };

static const char *const temper_names[] = { "strict", "hapi", "helios" };

struct options {
    uint64_t from, to;
    enum mutation mutation;
    int steps, soak_s, scenario, temper, fault;
    int64_t step;
    bool is_shown, has_seed;
    const char *points;
};

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

/* Histories in which a soak once found something: a try counted from when it was frozen, not from when it left; counted
 * pages left before they were asked for again; a deleted record made again over another desk's; an older write kept
 * without what came after it. */
static const struct { uint64_t seed; int steps; } once_bad[] = {
    { 1796090837, STEPS }, { 1796088236, LONG_STEPS }, { 1796088335, STEPS }, { 1796090843, STEPS }, { 1796091353, STEPS },
    { 1796089016, LONG_STEPS }, { 1796092217, STEPS }, { 1796100844, STEPS },
};

static void run_once_bad(int64_t n, const void *arg, int64_t *steps)
{
    struct options o = *(const struct options *)arg;

    o.steps = once_bad[n].steps;
    run_seed(once_bad[n].seed, &o, steps);
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

/* ---- every point at which the power can go ---- */

enum { POINTS_MOST = 40000 };
struct point { int scenario, temper, fault; enum mutation mutation; int64_t step; };
struct points { struct point point[POINTS_MOST]; int64_t n; };

static void run_point(int64_t n, const void *arg, int64_t *steps)
{
    const struct point *p = &((const struct points *)arg)->point[n];
    char how[200];

    snprintf(how, sizeof how, "sim --scenario %s --temper %d --fault %d --step %lld", scenario_name(p->scenario), p->temper,
             p->fault, (long long)p->step);
    trace_begin(how, false);
    scenario_run(p->scenario, (enum temper)p->temper, p->mutation, (enum disk_fault)p->fault, p->step);
    ++*steps;
}

static void add_points(struct points *all, int scenario, int temper, int fault, enum mutation mutation)
{
    trace_begin(scenario_name(scenario), false);
    int64_t n = scenario_measure(scenario, (enum temper)temper);
    for (int64_t step = 1; step <= n && all->n < POINTS_MOST; step++)
        all->point[all->n++] = (struct point){ scenario, temper, fault, mutation, step };
}

/* Power lost at every step; with every server and every kind of failure when there is time. */
static int test_points(int number, bool is_all)
{
    static struct points all;
    static const int by_turns[] = { TEMPER_HAPI, TEMPER_STRICT, TEMPER_HELIOS };
    char what[160];

    for (int i = 0; i < scenario_count(); i++)
        for (int temper = 0; temper < 3; temper++)
            for (int fault = DISK_POWER; fault >= (is_all ? DISK_ERROR : DISK_POWER); fault--)
                if (is_all || temper == by_turns[i % 3])
                    add_points(&all, i, temper, fault, MUTATION_NONE);
    struct tally t = run_all(run_point, &all, all.n, 0);
    snprintf(what, sizeof what, "%d stories end the same wherever the disk fails (%lld points)", scenario_count(), (long long)all.n);
    return tap(number, t.bad == 0 && all.n > 0, what);
}

static int run_scenario(const struct options *o)
{
    char how[200];

    trace_begin(scenario_name(o->scenario), o->is_shown && !o->step);
    int64_t n = scenario_measure(o->scenario, (enum temper)o->temper);
    printf("# %s has %lld steps\n", scenario_name(o->scenario), (long long)n);
    if (!o->step)
        return violations() != 0;
    snprintf(how, sizeof how, "sim --scenario %s --temper %d --fault %d --step %lld", scenario_name(o->scenario), o->temper,
             o->fault, (long long)o->step);
    trace_begin(how, o->is_shown);
    scenario_run(o->scenario, (enum temper)o->temper, o->mutation, (enum disk_fault)o->fault, o->step);
    return violations() != 0;
}

/* ---- ways to be asked ---- */

/* A page and its position kept apart show when the power goes between the two. */
static struct tally run_mutation(enum mutation mutation)
{
    static struct points pages;
    struct options o = { .mutation = mutation, .steps = STEPS };

    if (mutation != MUTATION_PAGE)
        return run_until_bad(run_history, &o, MUTANTS);
    add_points(&pages, scenario_find("three-pages"), TEMPER_HAPI, DISK_POWER, mutation);
    return run_until_bad(run_point, &pages, pages.n);
}

/* A part of the protocol switched off must be noticed. */
static int test_mutations(int number)
{
    int bad = 0;

    for (int m = MUTATION_NONE + 1; m < MUTATION_COUNT; m++) {
        char what[120];
        struct tally t = run_mutation((enum mutation)m);
        snprintf(what, sizeof what, "without %s something is found wrong (after %lld runs)", mutation_names[m], (long long)t.runs);
        bad += tap(number++, t.bad > 0, what);
    }
    return bad;
}

static int run_budget(void)
{
    struct options o = { .steps = STEPS };
    struct tally t = run_all(run_history, &o, HISTORIES, 0);
    int bad = tap(1, t.bad == 0, "histories of desks, crashes and a bad network lose and double nothing");

    print_tally(&t);
    t = run_all(run_once_bad, &o, sizeof once_bad / sizeof *once_bad, 0);
    bad += tap(2, t.bad == 0, "histories that were bad once stay good");
    bad += test_points(3, false);
    bad += test_mutations(4);
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
    } else if (strcmp(name, "--temper") == 0) {
        o->temper = (int)strtol(value, NULL, 10) % 3;
    } else if (strcmp(name, "--fault") == 0) {
        o->fault = (int)strtol(value, NULL, 10) % (DISK_POWER + 1);
    } else if (strcmp(name, "--step") == 0) {
        o->step = strtoll(value, NULL, 10);
    } else if (strcmp(name, "--scenario") == 0) {
        return (o->scenario = scenario_find(value)) >= 0;
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
    struct options o = { .steps = STEPS, .scenario = -1, .fault = DISK_POWER };
    int i = 1;

    for (; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            o.is_shown = true;
        else if (strcmp(argv[i], "--points") == 0 || strcmp(argv[i], "--all-points") == 0)
            o.points = argv[i];
        else if (i + 1 < argc && read_option(&o, argv[i], argv[i + 1]))
            i++;
        else
            break;
    }
    if (i < argc) {
        fprintf(stderr, "sim: what is %s?\n", argv[i]);
        return 2;
    }
    if (o.scenario >= 0)
        return run_scenario(&o);
    if (o.points)
        return test_points(1, strcmp(o.points, "--all-points") == 0);
    return o.soak_s ? run_for(&o) : o.has_seed ? run_seeds(&o) : run_budget();
}
