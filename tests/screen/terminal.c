#include "tests/screen/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

enum { ESC_MS = 70, DEADLINE_MS = 10000, MAX_ROWS = 256, ROW_TEXT = 2048 };

struct terminal {
    int fd, pid, rows, cols;
    bool ended, escaped;
    VTerm *vt;
    VTermScreen *screen;
    char *bytes;
    size_t len, cap;
    long long first_us, last_us;
    char row[MAX_ROWS][ROW_TEXT];
};

long long terminal_now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static long now_ms(void)
{
    return (long)(terminal_now_us() / 1000);
}

_Noreturn static void child(const char *const argv[], const char *const env[])
{
    static const char *const keep[] = {"HOME", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
    char kept[sizeof keep / sizeof *keep][512];

    for (size_t i = 0; i < sizeof keep / sizeof *keep; i++)
        snprintf(kept[i], sizeof kept[i], "%s", getenv(keep[i]) ? getenv(keep[i]) : "");
    clearenv();
    for (size_t i = 0; i < sizeof keep / sizeof *keep; i++)
        if (*kept[i])
            setenv(keep[i], kept[i], 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("LANG", "C.UTF-8", 1);
    setenv("PATH", "/usr/bin:/bin", 1);
    for (; env && *env; env++)
        putenv((char *)(size_t)*env);
    execv(argv[0], (char *const *)(size_t)argv);
    _exit(127);
}

/* What libvterm wants answered (cursor reports and the like) goes back to the program. */
static void answer(const char *s, size_t len, void *user)
{
    struct terminal *t = user;

    if (write(t->fd, s, len) < 0)
        t->ended = true;
}

struct terminal *terminal_start(const char *const argv[], int rows, int cols, const char *const env[])
{
    struct terminal *t = calloc(1, sizeof *t);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    if (!t)
        abort();
    t->rows = rows;
    t->cols = cols;
    t->pid = forkpty(&t->fd, NULL, NULL, &size);
    if (t->pid == 0)
        child(argv, env);
    t->vt = vterm_new(rows, cols);
    vterm_set_utf8(t->vt, 1);
    vterm_output_set_callback(t->vt, answer, t);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_reset(t->screen, 1);
    return t;
}

static void keep(struct terminal *t, const char *chunk, size_t n)
{
    if (t->len + n + 1 > t->cap) {
        t->cap = 2 * (t->len + n + 1);
        t->bytes = realloc(t->bytes, t->cap);
        if (!t->bytes)
            abort();
    }
    memcpy(t->bytes + t->len, chunk, n);
    t->len += n;
    t->bytes[t->len] = '\0';
}

/* Take in what the program wrote within wait_ms; false when nothing came. */
static bool take_in(struct terminal *t, int wait_ms)
{
    struct pollfd p = {.fd = t->fd, .events = POLLIN};
    char chunk[65536];
    ssize_t n;

    if (t->ended || poll(&p, 1, wait_ms) <= 0)
        return false;
    n = read(t->fd, chunk, sizeof chunk);
    if (n <= 0) {
        t->ended = !(n < 0 && errno == EINTR);
        return false;
    }
    t->last_us = terminal_now_us();
    if (t->len == 0)
        t->first_us = t->last_us;
    keep(t, chunk, (size_t)n);
    vterm_input_write(t->vt, chunk, (size_t)n);
    return true;
}

void terminal_send(struct terminal *t, const char *keys)
{
    size_t len = strlen(keys);

    if (len && t->escaped)                      /* Esc and a key in one breath are Alt with that key */
        terminal_settle(t, ESC_MS);
    if (len)
        t->escaped = keys[len - 1] == '\x1b';
    while (len) {
        ssize_t n = write(t->fd, keys, len);

        if (n <= 0)
            return;
        keys += n;
        len -= (size_t)n;
    }
}

void terminal_resize(struct terminal *t, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    t->rows = rows;
    t->cols = cols;
    vterm_set_size(t->vt, rows, cols);
    ioctl(t->fd, TIOCSWINSZ, &size);
}

const char *terminal_cells(struct terminal *t, int row, int col, int n)
{
    VTermRect rect = {.start_row = row, .end_row = row + 1, .start_col = col, .end_col = col + n < t->cols ? col + n : t->cols};
    size_t len = vterm_screen_get_text(t->screen, t->row[row], ROW_TEXT - 1, rect);

    while (len && (t->row[row][len - 1] == ' ' || t->row[row][len - 1] == '\n'))
        len--;
    t->row[row][len] = '\0';
    return t->row[row];
}

const char *terminal_row(struct terminal *t, int row)
{
    return terminal_cells(t, row, 0, t->cols);
}

int terminal_row_of(struct terminal *t, const char *text)
{
    for (int row = 0; row < t->rows; row++)
        if (strstr(terminal_row(t, row), text))
            return row;
    return -1;
}

bool terminal_shows(struct terminal *t, const char *text)
{
    return terminal_row_of(t, text) >= 0;
}

void terminal_dump(struct terminal *t)
{
    for (int row = 0; row < t->rows; row++)
        fprintf(stderr, "%2d|%s\n", row + 1, terminal_row(t, row));
}

static bool wait_until(struct terminal *t, const char *text, bool shown)
{
    long deadline = now_ms() + DEADLINE_MS;

    while (terminal_shows(t, text) != shown) {
        long left = deadline - now_ms();

        if (left <= 0 || t->ended) {
            fprintf(stderr, "%s: %s\n", shown ? "never shown" : "never gone", text);
            terminal_dump(t);
            return false;
        }
        take_in(t, (int)left);
    }
    return true;
}

bool terminal_wait(struct terminal *t, const char *text)
{
    return wait_until(t, text, true);
}

bool terminal_wait_gone(struct terminal *t, const char *text)
{
    return wait_until(t, text, false);
}

bool terminal_take(struct terminal *t)
{
    return take_in(t, 1000);
}

void terminal_settle(struct terminal *t, int quiet_ms)
{
    while (take_in(t, quiet_ms))
        continue;
}

void terminal_cursor(const struct terminal *t, int *row, int *col)
{
    VTermPos pos;

    vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &pos);
    *row = pos.row;
    *col = pos.col;
}

bool terminal_is_reverse(const struct terminal *t, int row, int col)
{
    VTermScreenCell cell;

    return vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &cell) && cell.attrs.reverse;
}

bool terminal_has_color(const struct terminal *t)
{
    VTermScreenCell cell;

    for (int row = 0; row < t->rows; row++)
        for (int col = 0; col < t->cols; col++)
            if (vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &cell) &&
                (!VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg)))
                return true;
    return false;
}

const char *terminal_bytes(const struct terminal *t, size_t *len)
{
    *len = t->len;
    return t->bytes ? t->bytes : "";
}

void terminal_mark(struct terminal *t)
{
    t->len = 0;
    t->first_us = t->last_us = 0;
}

long long terminal_first_us(const struct terminal *t)
{
    return t->first_us;
}

long long terminal_last_us(const struct terminal *t)
{
    return t->last_us;
}

bool terminal_ended(const struct terminal *t)
{
    return t->ended;
}

int terminal_pid(const struct terminal *t)
{
    return t->pid;
}

static void release(struct terminal *t)
{
    close(t->fd);
    vterm_free(t->vt);
    free(t->bytes);
    free(t);
}

int terminal_end(struct terminal *t)
{
    long deadline = now_ms() + DEADLINE_MS;
    int status = -1;

    while (!t->ended && now_ms() < deadline)
        take_in(t, 100);
    if (!t->ended) {
        terminal_dump(t);
        kill(t->pid, SIGKILL);
        waitpid(t->pid, NULL, 0);
    } else if (waitpid(t->pid, &status, 0) != t->pid) {
        status = -1;
    }
    release(t);
    return status;
}

void terminal_kill(struct terminal *t, int signal)
{
    kill(t->pid, signal);
    waitpid(t->pid, NULL, 0);
    release(t);
}
