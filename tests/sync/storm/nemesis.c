/* nemesis.c - agents that sync, and what happens to them and to the network. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/request.h"
#include "storm.h"

/* Of a thousand requests so many meet this. Reads meet less: a pass is mostly reads, and one that
 * never ends teaches nothing. */
static const char *const rates[] = {
    "rate 15 lost writes", "rate 25 unanswered writes", "rate 15 reset writes", "rate 15 reset-after writes",
    "rate 15 truncated writes", "rate 20 twice writes", "rate 20 twice:second writes", "rate 15 late:400 writes",
    "rate 15 after:502 writes", "rate 10 503:1 writes", "rate 10 429:0 writes", "rate 10 500 writes",
    "rate 20 delay:300 writes", "rate 10 hold:300 writes",
    "rate 3 lost reads", "rate 3 truncated reads", "rate 3 half reads", "rate 3 broken reads", "rate 2 wrong-type reads",
    "rate 2 503:1 reads", "rate 5 delay:300 reads", "rate 100 stale reads",
};

/* ---- agents ---- */

static pid_t start(const struct storm *s, const struct desk *d, bool is_once)
{
    char *program = mem_printf("%s/frontdesk-agent", s->programs), *log = mem_printf("%s.agent.log", d->dir);
    pid_t pid = fork();

    if (pid == 0) {
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(fd, 1);
        dup2(fd, 2);
        execl(program, program, "--data", d->dir, "--config", d->config, is_once ? "--once" : NULL, NULL);
        _exit(127);
    }
    free(program);
    free(log);
    return pid;
}

static void kill_and_wait(pid_t *pid, int number)
{
    if (*pid <= 0)
        return;
    kill(*pid, SIGCONT);
    kill(*pid, number);
    waitpid(*pid, NULL, 0);
    *pid = 0;
}

static void go_on(struct desk *d)
{
    if (d->is_stopped)
        kill(d->agent, SIGCONT);
    d->is_stopped = false;
}

bool nemesis_pass(struct storm *s, struct desk *d)
{
    int status = 0;
    pid_t pid = start(s, d, true);

    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- what happens ---- */

static void kill_agent(struct storm *s, struct desk *d)
{
    d->is_stopped = false;
    kill_and_wait(&d->agent, SIGKILL);
    d->agent = start(s, d, false);
    s->kills++;
}

static void stop_agent(struct storm *s, struct desk *d)
{
    if (!d->is_stopped)
        kill(d->agent, SIGSTOP);
    d->is_stopped = true;
    s->stops++;
}

/* A second agent on the same directory has to leave at once, or to ask the first. */
static void second_agent(struct storm *s, struct desk *d)
{
    int status;

    if (d->second > 0 && waitpid(d->second, &status, WNOHANG) == 0)
        return;
    d->second = start(s, d, storm_random(s, 2));
    s->seconds_refused++;
}

static void ask_for_pass(struct desk *d)
{
    int64_t number;

    request_add(d->st, "sync", "", "storm", &number, NULL);
}

static void network(struct storm *s, bool is_up)
{
    storm_tell(s, is_up ? "network up" : "network down");
    s->cuts += !is_up;
}

void nemesis_begin(struct storm *s)
{
    char line[64];

    snprintf(line, sizeof line, "seed %llu", (unsigned long long)s->seed);
    storm_tell(s, line);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        storm_tell(s, rates[i]);
    for (int i = 0; i < s->n_desks; i++)
        s->desk[i].agent = start(s, &s->desk[i], false);
}

void nemesis_some(struct storm *s, int step)
{
    struct desk *d = &s->desk[storm_random(s, (uint32_t)s->n_desks)];
    uint32_t what = storm_random(s, 200);

    if (what < 8)
        kill_agent(s, d);
    else if (what < 13)
        stop_agent(s, d);
    else if (what < 16)
        second_agent(s, d);
    else if (what < 21)
        network(s, false);
    else if (what < 40)
        ask_for_pass(d);
    if (step % 8 == 7) {
        network(s, true);
        for (int i = 0; i < s->n_desks; i++)
            go_on(&s->desk[i]);
    }
}

void nemesis_end(struct storm *s)
{
    for (struct desk *d = s->desk; d < s->desk + s->n_desks; d++) {
        kill_and_wait(&d->agent, SIGKILL);
        kill_and_wait(&d->second, SIGKILL);
    }
    storm_tell(s, "calm");
}
