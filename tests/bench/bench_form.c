/* bench_form DIR FORMS: how quick big forms are in the real program on a pseudo-terminal, over a data
 * directory with the patient Longstory and the forms imported; the password of the account "bench" is on
 * standard input. FORMS says where the forms come from. One JSON object a line.
 *
 * open NAME TITLE FIRST, total NAME TITLE QUESTION and keys NAME TITLE SCORE follow in threes: the form's title in
 * the list, and what stands on the screen when it is open, the last question before its total, or the
 * words of its score. */
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "tests/bench/measure.h"
#include "tests/screen/terminal.h"

enum { OPENINGS = 15, ANSWERS = 200, FILLINGS = 20, ROWS = 24, COLS = 80, PAGES = 20 };

static struct { const char *dir, *forms; char password[128], program[PATH_MAX]; } bench;

static void report(const char *what, const char *name, double *ms, size_t n, const char *more)
{
    printf("{\"what\":\"%s\",\"form\":\"%s\",\"of\":\"%s\",\"n\":%zu,\"median_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f%s}\n", what, name,
           bench.forms, n, measure_at(ms, n, 0.5), measure_at(ms, n, 0.99), measure_at(ms, n, 1.0), more);
    fflush(stdout);
}

static void need(struct terminal *t, const char *text)
{
    if (!terminal_wait(t, text)) {
        fprintf(stderr, "\"%s\" is not shown\n", text);
        exit(1);
    }
}

/* The desk, with no form half filled. */
static struct terminal *start(void)
{
    char script[5 * PATH_MAX];
    const char *const words[] = { "/bin/sh", "-c", script, NULL };
    struct terminal *t;

    snprintf(script, sizeof script,
             "f() { %s --data %s \"$@\"; }; printf '%%s\\n' '%s' | f login bench --password-fd 0 >/dev/null;"
             "f form drafts --json | tr , '\\n' | sed -n 's/.*\"id\":\"\\(.*\\)\"/\\1/p' |"
             "while read -r id; do f form discard $id --reason bench >/dev/null; done; exec %s --data %s",
             bench.program, bench.dir, bench.password, bench.program, bench.dir);
    t = terminal_start(words, ROWS, COLS, NULL);
    need(t, "/ find");
    return t;
}

/* Send keys; the time until text stands on the row of label (anywhere for NULL), with the byte that brought it. */
static double until(struct terminal *t, const char *keys, const char *label, const char *text)
{
    long long sent = terminal_now_us();

    terminal_mark(t);
    terminal_send(t, keys);
    for (;;) {
        int row = label ? terminal_row_of(t, label) : -1;

        if (label ? row >= 0 && strstr(terminal_row(t, row), text) : terminal_shows(t, text))
            return (double)(terminal_last_us(t) > 0 ? terminal_last_us(t) - sent : 0) / 1000.0;
        if (!terminal_take(t)) {
            fprintf(stderr, "\"%s\" does not come\n", text);
            terminal_dump(t);
            exit(1);
        }
    }
}

/* The row of the list that begins with this title, -1 when it is not on the screen. */
static int row_titled(struct terminal *t, const char *title)
{
    for (int row = 0; row < ROWS; row++) {
        const char *text = terminal_row(t, row);
        size_t digits;

        text += strspn(text, " >");
        digits = strspn(text, "0123456789");
        if (digits > 0 && strncmp(text + digits + strspn(text + digits, " "), title, strlen(title)) == 0)
            return row;
    }
    return -1;
}

/* To the list of forms of the patient, with the number of title typed: the next key opens it. */
static void to_form(struct terminal *t, const char *title)
{
    char digits[16];
    int row;

    terminal_send(t, "/");
    need(t, "Find");
    terminal_send(t, "longstory");
    need(t, "Longstory");
    terminal_send(t, "\r");
    need(t, "TIMELINE");
    terminal_send(t, "i");
    need(t, "START A FORM");
    terminal_settle(t, 50);
    for (int pages = 0; (row = row_titled(t, title)) < 0; pages++) {
        if (pages == PAGES) {
            terminal_dump(t);
            exit(1);
        }
        terminal_send(t, "\033[6~");
        terminal_settle(t, 50);
    }
    snprintf(digits, sizeof digits, "%d", atoi(terminal_row(t, row) + strspn(terminal_row(t, row), " >")));
    terminal_send(t, digits);
    terminal_settle(t, 50);
}

static long peak_kb(struct terminal *t)
{
    char path[64], line[200];
    FILE *status;
    long kb = 0;

    snprintf(path, sizeof path, "/proc/%d/status", terminal_pid(t));
    if (!(status = fopen(path, "re")))
        return 0;
    while (fgets(line, sizeof line, status))
        sscanf(line, "VmHWM: %ld", &kb);
    fclose(status);
    return kb;
}

/* From the key that opens it to the first question, with the question where answers come from in between. */
static void open_form(const char *name, const char *title, const char *first)
{
    double ms[OPENINGS];
    long most_kb = 0;
    char more[64];

    for (int i = 0; i < OPENINGS; i++) {
        struct terminal *t = start();

        to_form(t, title);
        ms[i] = until(t, "\r", NULL, "Answers are");
        ms[i] += until(t, "\r", NULL, first);
        most_kb = peak_kb(t) > most_kb ? peak_kb(t) : most_kb;
        terminal_kill(t, SIGKILL);
    }
    snprintf(more, sizeof more, ",\"peak_kb\":%ld", most_kb);
    report("opening a form", name, ms, OPENINGS, more);
}

static bool stands_on(struct terminal *t, const char *label)
{
    int row, col;

    terminal_cursor(t, &row, &col);
    return strstr(terminal_row(t, row), label) != NULL;
}

/* Send a key that moves the cursor and wait until it has. */
static void move(struct terminal *t, const char *keys)
{
    int before, row, col;

    terminal_cursor(t, &before, &col);
    terminal_send(t, keys);
    do {
        if (!terminal_take(t))
            return;
        terminal_cursor(t, &row, &col);
    } while (row == before);
    terminal_settle(t, 10);
}

/* Down to the row with label. */
static void go_to(struct terminal *t, const char *label)
{
    for (int pages = 0; terminal_row_of(t, label) < 0 && pages < 200; pages++) {
        terminal_send(t, "\033[6~");
        terminal_settle(t, 50);
    }
    for (int steps = 0; steps < ROWS && !stands_on(t, label); steps++) {
        int row, col;

        terminal_cursor(t, &row, &col);
        move(t, row < terminal_row_of(t, label) ? "\033[B" : "\033[A");
    }
    if (!stands_on(t, label)) {
        terminal_dump(t);
        exit(1);
    }
}

/* The same question answered over and over, each time with another number: the total is one more each time. */
static void total(const char *name, const char *title, const char *question)
{
    struct terminal *t = start();
    double ms[ANSWERS];
    char number[16], keys[32];

    to_form(t, title);
    until(t, "\r", NULL, "Answers are");
    until(t, "\r", NULL, "next problem");
    go_to(t, question);
    for (int i = 0; i < ANSWERS; i++) {
        snprintf(number, sizeof number, "%d", 1001 + i);
        snprintf(keys, sizeof keys, "\025%s", number);
        until(t, keys, question, number);
        terminal_settle(t, 5);
        ms[i] = until(t, "\r", "Total ", number);
        while (stands_on(t, question) && terminal_take(t))
            continue;
        terminal_settle(t, 20);
        go_to(t, question);
    }
    terminal_kill(t, SIGKILL);
    report("one answer until the right total stands on the screen", name, ms, ANSWERS, "");
}

/* The nine answers of a PHQ-9, from the form as it opens: Enter, then a digit for each. */
static void keys(const char *name, const char *title, const char *score)
{
    double ms[FILLINGS];

    for (int i = 0; i < FILLINGS; i++) {
        struct terminal *t = start();

        to_form(t, title);
        until(t, "\r", NULL, "Answers are");
        until(t, "\r", NULL, "next problem");
        terminal_settle(t, 20);
        for (int k = 0; k < 8; k++) {
            move(t, k % 2 ? "2" : "1");
        }
        ms[i] = until(t, "0", NULL, score);
        terminal_kill(t, SIGKILL);
    }
    report("last key of a PHQ-9 until its score stands on the screen", name, ms, FILLINGS, ",\"keys\":10");
}

int main(int argc, char **argv)
{
    if (argc < 7 || (argc - 3) % 4 || !fgets(bench.password, sizeof bench.password, stdin) || !realpath("./frontdesk", bench.program))
        return 2;
    bench.password[strcspn(bench.password, "\n")] = '\0';
    bench.dir = argv[1];
    bench.forms = argv[2];
    for (char **job = argv + 3; *job; job += 4) {
        if (strcmp(job[0], "open") == 0)
            open_form(job[1], job[2], job[3]);
        else if (strcmp(job[0], "total") == 0)
            total(job[1], job[2], job[3]);
        else
            keys(job[1], job[2], job[3]);
    }
    return 0;
}
