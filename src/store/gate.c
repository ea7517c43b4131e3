#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "store/internal.h"

/* The gate orders writers: SQLite's own busy handler has no queue and starves some of them for
 * seconds. Linux hands a flock to whoever asks first after it is free, so a busy importer could
 * take it again and again before the next in line wakes up. Therefore two locks: whoever holds
 * "gate.next" is next, and only he waits for "gate". */

static int lock_file(const char *dir, const char *name, struct err *err)
{
    char *path = store_path(dir, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        err_set(err, RC_IO, _("Cannot open %s: %s"), path, strerror(errno));
    free(path);
    return fd;
}

enum rc gate_open(struct gate *gate, const char *dir, struct err *err)
{
    *gate = (struct gate){ -1, -1, -1, false };
    if ((gate->queue_fd = lock_file(dir, "gate.next", err)) < 0 ||
        (gate->gate_fd = lock_file(dir, "gate", err)) < 0 ||
        (gate->presence_fd = lock_file(dir, "presence", err)) < 0) {
        gate_close(gate);
        return RC_IO;
    }
    return RC_OK;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void gate_close(struct gate *gate)
{
    close_fd(&gate->queue_fd);
    close_fd(&gate->gate_fd);
    close_fd(&gate->presence_fd);
    gate->is_held = false;
}

static void on_alarm(int signo)
{
    (void)signo;        /* its only work is to interrupt flock */
}

/* Wait for a lock in the kernel's queue, woken by a timer that fires again until it is seen:
 * polling with LOCK_NB would lose our place each time. */
static bool wait_for(int fd, int64_t deadline)
{
    struct sigaction action = { .sa_handler = on_alarm }, old_action;
    struct itimerval timer = { .it_interval = { 0, 20000 } }, old_timer;
    int64_t left = deadline - clock_monotonic_ms();
    sigset_t alarm, old_mask;
    bool ok;

    if (left <= 0)
        return flock(fd, LOCK_EX | LOCK_NB) == 0;
    timer.it_value.tv_sec = left / 1000;
    timer.it_value.tv_usec = left % 1000 * 1000;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigaction(SIGALRM, &action, &old_action);
    sigprocmask(SIG_UNBLOCK, &alarm, &old_mask);
    setitimer(ITIMER_REAL, &timer, &old_timer);
    while (!(ok = flock(fd, LOCK_EX) == 0) && errno == EINTR && clock_monotonic_ms() < deadline)
        ;
    setitimer(ITIMER_REAL, &old_timer, NULL);
    sigprocmask(SIG_SETMASK, &old_mask, NULL);
    sigaction(SIGALRM, &old_action, NULL);
    return ok;
}

static bool lock_until(int fd, int64_t deadline)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 || wait_for(fd, deadline);
}

enum rc gate_enter(struct gate *gate, int wait_ms, struct err *err)
{
    int64_t deadline = clock_monotonic_ms() + wait_ms;
    bool ok = lock_until(gate->queue_fd, deadline);

    if (ok) {
        ok = lock_until(gate->gate_fd, deadline);
        flock(gate->queue_fd, LOCK_UN);
    }
    if (!ok)
        return err_set(err, RC_BUSY, _("Another session has been writing for %d seconds. Nothing was changed; try again."),
                       wait_ms / 1000);
    gate->is_held = true;
    return RC_OK;
}

void gate_leave(struct gate *gate)
{
    if (gate->is_held)
        flock(gate->gate_fd, LOCK_UN);
    gate->is_held = false;
}

bool gate_is_wanted(struct gate *gate)
{
    if (flock(gate->queue_fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK;
    flock(gate->queue_fd, LOCK_UN);
    return false;
}

/* The presence file counts processes that came and did not leave; the shared lock tells which of
 * them live. A count above zero with nobody alive means that one was killed. */
static long presence_count(int fd)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);

    return n > 0 ? strtol(text, NULL, 10) : 0;
}

static bool presence_write(int fd, long count)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%010ld\n", count);

    return pwrite(fd, text, (size_t)n, 0) == n;
}

enum rc presence_arrive(struct gate *gate, bool *unclean, struct err *err)
{
    int fd = gate->presence_fd;
    bool is_first = flock(fd, LOCK_EX | LOCK_NB) == 0;
    long count = presence_count(fd);

    *unclean = is_first && count > 0;
    if (flock(fd, LOCK_SH) != 0 || !presence_write(fd, is_first ? 1 : count + 1))
        return err_set(err, RC_IO, _("Cannot note in the data directory that it is in use: %s"), strerror(errno));
    return RC_OK;
}

bool presence_alone(struct gate *gate)
{
    return flock(gate->presence_fd, LOCK_EX | LOCK_NB) == 0;
}

bool presence_leave(struct gate *gate)
{
    int fd = gate->presence_fd;
    long count = presence_count(fd);

    presence_write(fd, count > 0 ? count - 1 : 0);
    return flock(fd, LOCK_EX | LOCK_NB) == 0;
}
