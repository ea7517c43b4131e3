#include "faults.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- time and the line ---- */

int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t ns)
{
    struct timespec t = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        continue;
}

void pause_ms(int64_t ms)
{
    sleep_until(now_ns() + ms * 1000000);
}

bool line_is_slow(const struct line *line)
{
    return atomic_load(&line->bits_per_s) > 0;
}

/* Each piece takes the next free stretch of the line's time. */
void line_pass(struct line *line, size_t bytes)
{
    long bits = line ? atomic_load(&line->bits_per_s) : 0;

    if (bits <= 0)
        return;
    int64_t takes = (int64_t)bytes * 8 * 1000000000 / bits, now = now_ns();
    int64_t free_at = atomic_load(&line->free_at_ns), start;
    do
        start = free_at > now ? free_at : now;
    while (!atomic_compare_exchange_weak(&line->free_at_ns, &free_at, start + takes));
    sleep_until(start + takes);
}

/* ---- choosing ---- */

/* One step of splitmix64 (Steele, Lea, Flood 2014): near seeds, far results. */
static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static bool is_in_scope(enum scope scope, const char *method)
{
    bool is_read = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

    return scope == SCOPE_ALL || (scope == SCOPE_READS) == is_read;
}

/* One of those that wait, for us alone. */
static bool claim(struct rule *rule)
{
    int left = atomic_load(&rule->left);

    while (left > 0 && left != ALWAYS)
        if (atomic_compare_exchange_weak(&rule->left, &left, left - 1))
            return true;
    return left == ALWAYS;
}

struct fault faults_choose(struct faults *f, long n, const char *method, const char *target)
{
    int chance = (int)(mix(mix(atomic_load(&f->seed)) + (uint64_t)n) % 1000);

    for (struct rule *r = f->rule; r < f->rule + RULES; r++)
        if (atomic_load(&r->left) > 0 && is_in_scope(r->scope, method) && strstr(target, r->path_part) && claim(r))
            return r->fault;
    for (int i = 0; i < atomic_load(&f->n_rates); i++) {
        const struct rate *r = &f->rate[i];
        if (!is_in_scope(r->scope, method))
            continue;
        if (chance < r->per_mille)
            return r->fault;
        chance -= r->per_mille;
    }
    return (struct fault){ .kind = "pass" };
}

/* ---- control ---- */

static bool read_scope(const char *word, enum scope *out)
{
    static const char *const names[] = { "all", "reads", "writes" };

    for (int i = 0; i < 3; i++)
        if (strcmp(word, names[i]) == 0) {
            *out = (enum scope)i;
            return true;
        }
    return false;
}

static void read_fault(const char *word, struct fault *out)
{
    const char *colon = strchr(word, ':');

    snprintf(out->kind, sizeof out->kind, "%.*s", colon ? (int)(colon - word) : (int)strlen(word), word);
    snprintf(out->param, sizeof out->param, "%s", colon ? colon + 1 : "");
}

static bool add_rule(struct faults *f, int n, const char *fault, enum scope scope, const char *path_part)
{
    for (struct rule *r = f->rule; r < f->rule + RULES; r++)
        if (atomic_load(&r->left) == 0) {
            read_fault(fault, &r->fault);
            r->scope = scope;
            snprintf(r->path_part, sizeof r->path_part, "%s", path_part);
            atomic_store(&r->left, n);
            return true;
        }
    return false;
}

static bool add_rate(struct faults *f, int per_mille, const char *fault, enum scope scope)
{
    int n = atomic_load(&f->n_rates);

    if (n == RATES)
        return false;
    f->rate[n] = (struct rate){ .per_mille = per_mille, .scope = scope };
    read_fault(fault, &f->rate[n].fault);
    atomic_store(&f->n_rates, n + 1);
    return true;
}

static void calm(struct faults *f)
{
    for (struct rule *r = f->rule; r < f->rule + RULES; r++)
        atomic_store(&r->left, 0);
    atomic_store(&f->n_rates, 0);
    atomic_store(&f->line.bits_per_s, 0);
    atomic_store(&f->is_down, false);
}

static bool simple(struct faults *f, const char *verb, const char *value, struct buf *reply)
{
    if (strcmp(verb, "calm") == 0)
        calm(f);
    else if (strcmp(verb, "seed") == 0)
        atomic_store(&f->seed, strtoul(value, NULL, 10));
    else if (strcmp(verb, "line") == 0)
        atomic_store(&f->line.bits_per_s, 1000 * strtol(value, NULL, 10));
    else if (strcmp(verb, "network") == 0)
        atomic_store(&f->is_down, strcmp(value, "down") == 0);
    else if (strcmp(verb, "count") != 0)
        return false;
    buf_printf(reply, "%ld\n", atomic_load(&f->requests));
    return true;
}

bool faults_command(struct faults *f, const char *line, struct buf *reply)
{
    char verb[16] = "", number[16] = "", fault[80] = "", scope_word[16] = "all", path_part[PATH_PART] = "";
    enum scope scope = SCOPE_ALL;
    bool is_done = false;

    sscanf(line, "%15s %15s %79s %15s %95s", verb, number, fault, scope_word, path_part);
    if (read_scope(scope_word, &scope) && *fault) {
        int n = strcmp(number, "always") == 0 ? ALWAYS : (int)strtol(number, NULL, 10);
        if (n > 0 && strcmp(verb, "next") == 0)
            is_done = add_rule(f, n, fault, scope, path_part);
        else if (n > 0 && strcmp(verb, "rate") == 0)
            is_done = add_rate(f, n, fault, scope);
        if (is_done)
            buf_printf(reply, "%ld\n", atomic_load(&f->requests));
    }
    return is_done || (!*fault && simple(f, verb, number, reply));
}
