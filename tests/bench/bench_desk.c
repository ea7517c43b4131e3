/* bench_desk DIR NAME PEOPLE: how quick the desk is on a data directory of PEOPLE people, through a real
 * pseudo-terminal; the password of the account "bench" is on standard input. One JSON object a line:
 * {"what":..., "people":..., figures}. Milliseconds unless the name says otherwise. */
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "tests/bench/measure.h"
#include "tests/screen/terminal.h"

enum { STARTS = 15, STEPS = 200, QUIET_MS = 25, ROWS = 24, COLS = 80 };

static struct { const char *dir, *people; char password[128], program[PATH_MAX]; } bench;

static void report(const char *what, double *ms, size_t n, const char *more)
{
    printf("{\"what\":\"%s\",\"people\":%s,\"n\":%zu,\"median_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f%s}\n", what,
           bench.people, n, measure_at(ms, n, 0.5), measure_at(ms, n, 0.99), measure_at(ms, n, 1.0), more);
    fflush(stdout);
}

/* A command in a shell of its terminal's session, ready to exec it: time runs from the key that lets it. */
static struct terminal *start(const char *before, const char *command, long long *went_us)
{
    char script[3 * PATH_MAX];
    const char *const words[] = { "/bin/sh", "-c", script, NULL };
    struct terminal *t;

    snprintf(script, sizeof script, "%s printf GO; read go; exec %s", before, command);
    t = terminal_start(words, ROWS, COLS, NULL);
    if (!terminal_wait(t, "GO"))
        exit(1);
    terminal_settle(t, 50);
    terminal_mark(t);
    *went_us = terminal_now_us();
    terminal_send(t, "\r");
    return t;
}

/* Everybody starts under the same conditions: right after a sign-in, which has warmed the machine. */
static struct terminal *start_signed_in(const char *command, long long *went_us)
{
    char before[PATH_MAX + 700];

    snprintf(before, sizeof before, "printf '%%s\\n' '%s' | %s --data %s login bench --password-fd 0 >/dev/null;",
             bench.password, bench.program, bench.dir);
    return start(before, command, went_us);
}

static struct terminal *start_desk(long long *went_us)
{
    char command[PATH_MAX + 500];

    snprintf(command, sizeof command, "%s --data %s", bench.program, bench.dir);
    return start_signed_in(command, went_us);
}

/* From exec to the last byte of the first screen. */
static void first_screen(const char *what, const char *command, const char *until, size_t *bytes)
{
    double ms[STARTS];
    char more[64];

    for (int i = 0; i < STARTS; i++) {
        long long went;
        struct terminal *t = command ? start_signed_in(command, &went) : start_desk(&went);

        if (until && !terminal_wait(t, until))
            exit(1);
        do
            terminal_settle(t, 100);
        while (terminal_last_us(t) == 0);
        ms[i] = (double)(terminal_last_us(t) - went) / 1000.0;
        terminal_bytes(t, bytes);
        terminal_kill(t, SIGKILL);
    }
    snprintf(more, sizeof more, ",\"bytes\":%zu", *bytes);
    report(what, ms, STARTS, more);
}

/* Send one key and wait out what it paints: time to the first and to the last byte, and how many; the
 * times are left alone when it paints nothing. */
static size_t key(struct terminal *t, const char *keys, double *first_ms, double *last_ms)
{
    long long sent;
    size_t len;

    terminal_mark(t);
    sent = terminal_now_us();
    terminal_send(t, keys);
    do
        terminal_settle(t, QUIET_MS);
    while (terminal_last_us(t) == 0 && terminal_now_us() - sent < 300000);
    terminal_bytes(t, &len);
    if (len > 0) {
        *first_ms = (double)(terminal_first_us(t) - sent) / 1000.0;
        *last_ms = (double)(terminal_last_us(t) - sent) / 1000.0;
    }
    return len;
}

/* Over the rows of Today. A key that paints nothing moved nothing, and is no figure. */
static void movement(struct terminal *t)
{
    double first, ms[STEPS];
    size_t worst = 0, n = 0;
    char more[64];

    for (int i = 0; i < STEPS; i++) {
        size_t len = key(t, i % 6 < 3 ? "j" : "k", &first, &ms[n]);

        worst = len > worst ? len : worst;
        n += len > 0;
    }
    if (n == 0) {
        fprintf(stderr, "nothing moves on Today: the directory is not a demo\n");
        exit(1);
    }
    snprintf(more, sizeof more, ",\"worst_bytes\":%zu", worst);
    report("key to screen on a list", ms, n, more);
}

/* Every stage of typing names, births and numbers into the box: echo is the first byte, results the last. */
static void search(struct terminal *t)
{
    static const char *const queries[] = { "garson", "marez 54", "jose sanson", "bentonn", "555-0142", "1954-07", "0004711", "zan el" };
    double echo[STEPS], results[STEPS];
    size_t n = 0;

    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        terminal_send(t, "/");
        if (!terminal_wait(t, "Find"))
            exit(1);
        terminal_settle(t, QUIET_MS);
        for (const char *c = queries[q]; *c && n < STEPS; c++) {
            char one[2] = { *c, '\0' };

            n += key(t, one, &echo[n], &results[n]) > 0;
        }
        terminal_send(t, "\033");
        if (!terminal_wait(t, "Today"))
            exit(1);
        terminal_settle(t, QUIET_MS);
    }
    report("key to echo in the search box", echo, n, "");
    report("key to results in the search box", results, n, "");
}

static void memory(struct terminal *t)
{
    char path[64], line[200];
    FILE *status;
    long kb = 0;

    snprintf(path, sizeof path, "/proc/%d/status", terminal_pid(t));
    if (!(status = fopen(path, "re")))
        return;
    while (fgets(line, sizeof line, status))
        sscanf(line, "VmRSS: %ld", &kb);
    fclose(status);
    printf("{\"what\":\"resident memory on Today\",\"people\":%s,\"kb\":%ld}\n", bench.people, kb);
}

static void open_record(struct terminal *t)
{
    double first, last, ms[20];

    for (size_t i = 0; i < 20; i++) {
        terminal_send(t, "/");
        if (!terminal_wait(t, "Find"))
            exit(1);
        terminal_send(t, "longstory");
        if (!terminal_wait(t, "Longstory"))
            exit(1);
        terminal_settle(t, QUIET_MS);
        if (key(t, "\r", &first, &last) == 0 || !terminal_wait(t, "TIMELINE"))
            exit(1);
        ms[i] = last;
        terminal_send(t, "T");
        if (!terminal_wait(t, "/ find"))
            exit(1);
        terminal_settle(t, QUIET_MS);
    }
    report("opening a record of 10,000 events", ms, 20, "");
}

/* One answer in a form of 800 questions whose total depends on it. */
static void answer(struct terminal *t)
{
    double first, ms[60];

    terminal_send(t, "/");
    if (!terminal_wait(t, "Find"))
        exit(1);
    terminal_send(t, "longstory");
    if (!terminal_wait(t, "Longstory"))
        exit(1);
    terminal_send(t, "\r");
    if (!terminal_wait(t, "TIMELINE"))
        exit(1);
    terminal_send(t, "i");
    if (!terminal_wait(t, "Eight hundred"))
        exit(1);
    for (int row = 0; row < ROWS; row++)
        if (strstr(terminal_row(t, row), "Eight hundred")) {
            char digits[16];

            snprintf(digits, sizeof digits, "%d\r", atoi(terminal_row(t, row) + strspn(terminal_row(t, row), " >")));
            terminal_send(t, digits);
        }
    if (!terminal_wait(t, "Answers are"))
        exit(1);
    terminal_send(t, "\r");
    terminal_settle(t, 200);
    for (size_t i = 0; i < 60; i++) {
        terminal_send(t, "7");
        terminal_settle(t, QUIET_MS);
        if (key(t, "\r", &first, &ms[i]) == 0)
            exit(1);
    }
    report("one answer in an 800-question form", ms, 60, "");
}

int main(int argc, char **argv)
{
    struct terminal *t;
    long long went;
    size_t bytes = 0;

    if (argc != 4 || !fgets(bench.password, sizeof bench.password, stdin))
        return 2;
    bench.password[strcspn(bench.password, "\n")] = '\0';
    bench.dir = argv[1];
    bench.people = argv[3];
    if (!realpath("./frontdesk", bench.program))
        return 1;
    first_screen("start to Today", NULL, "/ find", &bytes);
    {
        char bare[900];

        snprintf(bare, sizeof bare, ".build/out/bench/bare start %s/frontdesk.db %zu", bench.dir, bytes);
        first_screen("start of a bare program (limit)", bare, NULL, &bytes);
    }
    first_screen("start of tig (peer)", "tig", NULL, &bytes);
    first_screen("start of nnn (peer)", "nnn src", NULL, &bytes);
    t = start_desk(&went);
    if (!terminal_wait(t, "/ find"))
        return 1;
    terminal_settle(t, 200);
    memory(t);
    movement(t);
    search(t);
    open_record(t);
    answer(t);
    terminal_kill(t, SIGTERM);
    return 0;
}
