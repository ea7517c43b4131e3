/* kill_case.h - something done over and over in a process of its own, killed at one point after another of it. */
#ifndef FRONTDESK_TEST_KILL_CASE_H
#define FRONTDESK_TEST_KILL_CASE_H

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/directory.h"

static inline long kill_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* One round of the work; false ends the process, which fails the test. */
typedef bool (*kill_work_fn)(struct directory *d, void *ctx);

static inline void kill_live(struct directory *d, kill_work_fn work, void *ctx, int acknowledge)
{
    if (store_open(d->path, 0, &d->st, NULL) != RC_OK)
        _exit(1);
    while (work(d, ctx))
        if (write(acknowledge, "x", 1) != 1)
            _exit(3);
    _exit(2);
}

/* Start it, let it do one round and then live for life_us more (-1: one more round); how long that second part took. */
static inline long kill_once(struct directory *d, kill_work_fn work, void *ctx, long life_us)
{
    int pipes[2], status;
    long began;
    char done;
    pid_t pid;

    assert_int_equal(pipe(pipes), 0);
    if ((pid = fork()) == 0) {
        close(pipes[0]);
        kill_live(d, work, ctx, pipes[1]);
    }
    close(pipes[1]);
    assert_int_equal(read(pipes[0], &done, 1), 1);
    began = kill_now_us();
    if (life_us < 0)
        assert_int_equal(read(pipes[0], &done, 1), 1);
    while (kill_now_us() < began + life_us)
        ;
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));       /* it did not end by itself */
    close(pipes[0]);
    return kill_now_us() - began;
}

/* Killed times times, at points spread over one round of the work however fast the machine is; the store is closed
 * before and open in check. */
static inline void kill_everywhere(struct directory *d, kill_work_fn work, void *ctx, int times, void (*check)(struct directory *d, void *ctx))
{
    long round_us;

    store_close(d->st);
    d->st = NULL;
    round_us = kill_once(d, work, ctx, -1);
    for (int i = 0; i < times; i++) {
        kill_once(d, work, ctx, round_us * i / times);
        ASSERT_OK(store_open(d->path, 0, &d->st, err));
        check(d, ctx);
        if (i + 1 < times) {
            store_close(d->st);
            d->st = NULL;
        }
    }
}
#endif
