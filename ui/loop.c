#include "ui/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "ui/app.h"
#include "ui/prompt.h"
#include "ui/terminal.h"

enum { ESC_WAIT_MS = 50, TICK_MS = 1000, QUIET_TICK_MS = 10000, PAUSE_MS = 600 };

static void take_key(void *ctx, struct key key)
{
    app_queue_key(ctx, key);
}

/* Read what is there without waiting. False when the terminal is gone. */
static bool read_keys(struct app *app)
{
    char bytes[512];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

    if (n > 0)
        key_feed(&app->decoder, bytes, (size_t)n, take_key, app);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool input_waits(void)
{
    struct pollfd fd = { STDIN_FILENO, POLLIN, 0 };

    return poll(&fd, 1, 0) > 0 && (fd.revents & POLLIN);
}

static void handle_keys(struct app *app)
{
    while (app->key_n > 0 && !app->quit && !prompt_is_fresh(app->prompt)) {
        struct key key = app->key[app->key_first];

        app->key_first = (app->key_first + 1) % APP_KEYS;
        app->key_n--;
        app_key(app, &key);
        app->unsettled = app->quiet;
        key_done(&key);
    }
}

static void paint(struct app *app)
{
    app_paint(app);
    if (app->repaint)
        terminal_redraw();
    app->repaint = false;
    terminal_show(&app->grid);
}

/* What was typed is echoed before what depends on it is worked out. */
static void show(struct app *app)
{
    const struct place *top = app_top(app);

    if (!app->unsettled && top && top->screen->settle) {
        paint(app);
        app_settle(app);
    }
    paint(app);
}

/* A safety question takes only what is pressed after it was painted: what came before is held, and
 * said in the same painting. */
static void hold_early_keys(struct app *app)
{
    while (input_waits() && read_keys(app))
        continue;
    app_hold_keys(app);
}

static void resize(struct app *app)
{
    int rows, cols;

    terminal_size(&rows, &cols);
    grid_resize(&app->grid, rows, cols);
    app->repaint = true;
}

/* Signals are read like keys: nothing runs behind the loop's back. */
static int signals_open(sigset_t *before)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTSTP);
    sigaddset(&set, SIGCONT);
    sigprocmask(SIG_BLOCK, &set, before);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void take_signals(struct app *app, int fd)
{
    struct signalfd_siginfo info;

    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
        switch (info.ssi_signo) {
        case SIGWINCH:
            resize(app);
            break;
        case SIGTSTP: case SIGCONT:     /* stopping never shows a shell beside a patient: it locks */
            app_act(app, ACTION_LOCK, NULL);
            app->repaint = true;
            break;
        default:
            app->quit = true;
        }
}

static void wait_and_read(struct app *app, int signals)
{
    struct pollfd fds[2] = { { STDIN_FILENO, POLLIN, 0 }, { signals, POLLIN, 0 } };
    bool esc = key_waits(&app->decoder);
    int n = poll(fds, 2, esc ? ESC_WAIT_MS : app->unsettled ? PAUSE_MS : app->quiet ? QUIET_TICK_MS : TICK_MS);

    if (n == 0 && esc)
        key_timeout(&app->decoder, take_key, app);
    else if (n == 0 && app->unsettled)
        app_settle(app);
    else if (n == 0)
        app_tick(app);
    if (n > 0 && (fds[1].revents & POLLIN))
        take_signals(app, signals);
    if (n > 0 && (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) && !read_keys(app))
        app->quit = true;
}

enum rc loop_run(struct app *app, struct err *err)
{
    sigset_t before;
    int signals = signals_open(&before);

    if (signals < 0)
        return err_set(err, RC_IO, _("signals cannot be waited for: %s"), strerror(errno));
    resize(app);
    app->paint_early = paint;
    app->last_key_ms = clock_monotonic_ms();
    for (;;) {
        handle_keys(app);
        if (app->quit)
            break;
        if (prompt_is_fresh(app->prompt))
            hold_early_keys(app);
        show(app);
        prompt_painted(app->prompt);
        if (app->key_n == 0)
            wait_and_read(app, signals);
    }
    app->paint_early = NULL;
    close(signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return RC_OK;
}

bool loop_cancelled(struct app *app)
{
    if (input_waits())
        read_keys(app);
    for (size_t i = 0; i < app->key_n; i++)
        if (key_is_ctrl(&app->key[(app->key_first + i) % APP_KEYS], 'c'))
            return true;
    return false;
}
