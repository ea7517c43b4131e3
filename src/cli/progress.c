#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

enum { BAR_CELLS = 30, REPAINT_MS = 100, NAME_CELLS = 40 };

static struct { volatile sig_atomic_t stopped; bool shown; int64_t painted_ms; } state;

static void stop(int signal_number)
{
    (void)signal_number;
    state.stopped = 1;
}

void progress_start(void)
{
    struct sigaction act = { .sa_handler = stop };

    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGHUP, &act, NULL);
}

/* The last part of the name: paths may be long, and folders may be named for people. */
static void paint(const char *what, int64_t done, int64_t total)
{
    const char *slash = strrchr(what, '/');
    char *name = utf8_cleaned(slash ? slash + 1 : what), bar[BAR_CELLS + 1];
    int full = total > 0 ? (int)(done * BAR_CELLS / total) : 0;

    full = full < 0 ? 0 : full > BAR_CELLS ? BAR_CELLS : full;
    memset(bar, '.', BAR_CELLS);
    memset(bar, '#', (size_t)full);
    bar[BAR_CELLS] = '\0';
    fprintf(stderr, "\r[%s] %3d%%  %.*s\033[K", bar, total > 0 ? (int)(done * 100 / total) : 0,
            utf8_clip(name, NAME_CELLS) > 200 ? 200 : (int)utf8_clip(name, NAME_CELLS), name);
    free(name);
}

bool progress_show(void *ctx, const char *what, int64_t done, int64_t total)
{
    int64_t now = clock_monotonic_ms();

    (void)ctx;
    if (isatty(STDERR_FILENO) && (!state.shown || now - state.painted_ms >= REPAINT_MS)) {
        state.shown = true;
        state.painted_ms = now;
        paint(what, done, total);
    }
    return !state.stopped;
}

void progress_end(void)
{
    if (state.shown)
        fputs("\r\033[K", stderr);
    state.shown = false;
}
