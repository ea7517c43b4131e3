#include "tests/sync/sim/trace.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
    char how[200];
    bool is_shown, is_quiet;
    uint64_t hash;
    int violations;
    char *told;
    size_t told_size;
} state;

void trace_begin(const char *how, bool is_shown)
{
    state.hash = 14695981039346656037u;
    state.violations = 0;
    state.is_shown = is_shown;
    snprintf(state.how, sizeof state.how, "%s", how);
    if (state.told)
        snprintf(state.told, state.told_size, "%s", how);
}

void trace(const char *fmt, ...)
{
    char line[4000];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    for (const char *p = line; *p; p++)
        state.hash = (state.hash ^ (unsigned char)*p) * 1099511628211u;
    if (state.is_shown)
        printf("%s\n", line);
}

void trace_tell(char *out, size_t size)
{
    state.told = out;
    state.told_size = size;
}

uint64_t trace_hash(void)
{
    return state.hash;
}

void violation(const char *invariant, const char *fmt, ...)
{
    char line[600];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    trace("VIOLATION %s: %s", invariant, line);
    if (state.violations++ < 3 && !state.is_quiet) {
        printf("# %s: %s\n#   again with: %s --trace\n", invariant, line, state.how);
        fflush(stdout);
    }
}

int violations(void)
{
    return state.violations;
}

void violations_quiet(bool is_quiet)
{
    state.is_quiet = is_quiet;
}
