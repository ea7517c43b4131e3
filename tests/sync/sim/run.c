#include "tests/sync/sim/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/sync/sim/trace.h"

enum { WORKERS = 2, STUCK_S = 120 };

static void add(struct tally *sum, const struct tally *one)
{
    sum->runs += one->runs;
    sum->bad += one->bad;
    sum->steps += one->steps;
    for (int f = 0; f < FATE_COUNT; f++)
        sum->fates[f] += one->fates[f];
    for (int f = 0; f <= DISK_POWER; f++)
        sum->disk[f] += one->disk[f];
}

static void count(struct tally *t)
{
    t->bad += violations() > 0;
    t->runs++;
    for (int f = 0; f < FATE_COUNT; f++)
        t->fates[f] = net_count((enum fate)f);
    for (int f = 0; f <= DISK_POWER; f++)
        t->disk[f] = disk_faults((enum disk_fault)f);
}

struct job { run_fn run; const void *arg; int64_t n; time_t until; bool ends_with_bad; struct tally *each; };

static bool is_over(const struct job *j, int64_t i)
{
    for (int k = 0; j->ends_with_bad && k < WORKERS; k++)
        if (j->each[k].bad > 0)
            return true;
    return j->n < 0 ? time(NULL) >= j->until : i >= j->n;
}

static void work(const struct job *j, int first)
{
    struct tally *t = &j->each[first];

    for (int64_t i = first; !is_over(j, i); i += WORKERS) {
        alarm(STUCK_S);
        trace_tell(t->now, sizeof t->now);
        j->run(i, j->arg, &t->steps);
        alarm(0);
        count(t);
    }
    fflush(stdout);
}

static void await(pid_t pid, struct tally *t)
{
    int status = 0;

    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        printf("# %s: ended by signal %d\n#   again with: %s --trace\n", WTERMSIG(status) == SIGALRM ? "stuck" : "crash",
               WTERMSIG(status), t->now);
        t->bad++;
    }
}

static struct tally start(struct job *j)
{
    struct tally sum = { 0 }, *each = mmap(NULL, WORKERS * sizeof *each, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid[WORKERS];

    j->each = each;

    if (each == MAP_FAILED)
        mem_fatal("no memory to share");
    fflush(stdout);
    for (int i = 0; i < WORKERS; i++)
        if ((pid[i] = fork()) == 0) {
            work(j, i);
            exit(0);
        }
    for (int i = 0; i < WORKERS; i++) {
        await(pid[i], &each[i]);
        add(&sum, &each[i]);
    }
    munmap(each, WORKERS * sizeof *each);
    return sum;
}

struct tally run_all(run_fn run, const void *arg, int64_t n, int seconds)
{
    return start(&(struct job){ .run = run, .arg = arg, .n = n, .until = time(NULL) + seconds });
}

struct tally run_until_bad(run_fn run, const void *arg, int64_t n)
{
    violations_quiet(true);
    struct tally t = start(&(struct job){ .run = run, .arg = arg, .n = n, .ends_with_bad = true });
    violations_quiet(false);
    return t;
}
