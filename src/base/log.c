#include "base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

static struct { int fd; bool is_open; } state;

void log_open(const char *path)
{
    log_close();
    state.fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    state.is_open = state.fd >= 0;
}

void log_line(const char *area, const char *fmt, ...)
{
    struct buf line = {0};
    char at[CLOCK_TEXT], *words;
    va_list ap;
    int len;

    if (!state.is_open)
        return;
    va_start(ap, fmt);
    len = vasprintf(&words, fmt, ap);
    va_end(ap);
    if (len < 0)
        mem_fatal("out of memory");
    clock_instant(clock_now_ms(), at);
    buf_printf(&line, "%s %ld %s: ", at, (long)getpid(), area);
    utf8_clean(&line, words, false);
    buf_char(&line, '\n');
    /* One write, so that lines of several processes do not mix. A log that cannot be written to
     * must not stop the desk. */
    if (write(state.fd, line.data, line.len) < 0)
        log_close();
    free(words);
    buf_done(&line);
}

void log_close(void)
{
    if (state.is_open)
        close(state.fd);
    state.is_open = false;
}
