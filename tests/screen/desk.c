#include "tests/screen/desk.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WORDS = 40, DEADLINE_US = 10000000 };

static struct { char root[64], data[96], path[192], program[PATH_MAX + 16]; } desk;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

const char *desk_dir(void)
{
    return desk.data;
}

const char *desk_program(void)
{
    return desk.program;
}

/* Run the program with words, input on its standard input; its output. */
static char *run(int want, const char *input, const char *const words[])
{
    int in[2], out[2], status;
    char *text = calloc(1, 1), chunk[4096];
    size_t len = 0;
    ssize_t n;
    pid_t pid;

    assert_int_equal(pipe(in) | pipe(out), 0);
    if ((pid = fork()) == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execv(desk.program, (char *const *)(size_t)words);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    assert_int_equal(write(in[1], input, strlen(input)), (ssize_t)strlen(input));
    close(in[1]);
    while ((n = read(out[0], chunk, sizeof chunk)) > 0) {
        text = realloc(text, len + (size_t)n + 1);
        assert_non_null(text);
        memcpy(text + len, chunk, (size_t)n);
        len += (size_t)n;
        text[len] = '\0';
    }
    close(out[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != want)
        fprintf(stderr, "%s %s %s ...: status %x\n%s\n", words[0], words[5], words[6], (unsigned)status, text);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == want);
    return text;
}

char *desk_run(int status, const char *word, ...)
{
    const char *words[MAX_WORDS] = {desk.program, "--data", desk.data, "--now", DESK_NOW, word};
    va_list ap;
    int n = 6;

    va_start(ap, word);
    while (n < MAX_WORDS - 1 && (words[n] = va_arg(ap, const char *)))
        n++;
    va_end(ap);
    return run(status, DESK_PASSWORD "\n", words);
}

int desk_setup(void **state)
{
    const char *programs = getenv("PROGRAMS");
    char here[PATH_MAX];

    (void)state;
    strcpy(desk.root, "/tmp/frontdesk-screen-XXXXXX");
    if (!mkdtemp(desk.root) || !realpath(programs ? programs : ".", here))
        return -1;
    snprintf(desk.program, sizeof desk.program, "%s/frontdesk", here);
    snprintf(desk.data, sizeof desk.data, "%s/data", desk.root);
    setenv("HOME", desk.root, 1);
    setenv("XDG_RUNTIME_DIR", desk.root, 1);
    free(desk_run(0, "init", "--admin", "demo", "--demo", "--password-fd", "0", NULL));
    return 0;
}

int desk_teardown(void **state)
{
    (void)state;
    return nftw(desk.root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *desk_file(const char *name, const char *text)
{
    FILE *file;

    snprintf(desk.path, sizeof desk.path, "%s/%s", desk.root, name);
    file = fopen(desk.path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return desk.path;
}

static struct terminal *start(int rows, int cols, const char *const env[])
{
    const char *const words[] = {desk.program, "--data", desk.data, "--now", DESK_NOW, NULL};

    return terminal_start(words, rows, cols, env);
}

struct terminal *desk_start_new(const char *directory, int rows, int cols)
{
    const char *const words[] = {desk.program, "--data", desk.path, NULL};

    snprintf(desk.path, sizeof desk.path, "%s/%s", desk.root, directory);
    return terminal_start(words, rows, cols, NULL);
}

struct terminal *desk_start_demo(const char *directory, int rows, int cols)
{
    const char *const words[] = {desk.program, "--data", desk.path, "demo", NULL};

    snprintf(desk.path, sizeof desk.path, "%s/%s", desk.root, directory);
    return terminal_start(words, rows, cols, NULL);
}

struct terminal *desk_start(int rows, int cols)
{
    struct terminal *t = start(rows, cols, NULL);

    desk_sees(t, "Sign in");
    return t;
}

struct terminal *desk_open_with(int rows, int cols, const char *staff, const char *const env[])
{
    struct terminal *t = start(rows, cols, env);

    desk_sees(t, "Sign in");
    terminal_send(t, staff);
    terminal_send(t, "\r" DESK_PASSWORD "\r");
    desk_sees(t, "/ find");     /* the last line of Today: all of it is painted */
    return t;
}

struct terminal *desk_open(int rows, int cols)
{
    return desk_open_with(rows, cols, "demo", NULL);
}

void desk_add_staff(const char *name, const char *display, const char *role)
{
    free(desk_run(0, "user", "add", name, "--display", display, "--role", role, "--password-fd", "0", NULL));
}

void desk_import(const char *json)
{
    free(desk_run(0, "import", desk_file("import.ndjson", json), NULL));
}

void desk_sees(struct terminal *t, const char *text)
{
    assert_true(terminal_wait(t, text));
}

void desk_sees_no_more(struct terminal *t, const char *text)
{
    assert_true(terminal_wait_gone(t, text));
}

const char *desk_number(struct terminal *t, const char *text)
{
    static char number[4][8];
    static int next;
    int row;

    desk_sees(t, text);
    row = terminal_row_of(t, text);
    next = (next + 1) % 4;
    snprintf(number[next], sizeof number[next], "%d", atoi(terminal_row(t, row) + strspn(terminal_row(t, row), " >")));
    return number[next];
}

void desk_on_row(struct terminal *t, const char *text, const char *keys)
{
    terminal_send(t, desk_number(t, text));
    terminal_send(t, keys);
}

/* Print why and fail, unless something more comes before the deadline. */
static void more_or_fail(struct terminal *t, long long deadline_us, const char *what, const char *text)
{
    if (terminal_now_us() < deadline_us && (terminal_take(t) || !terminal_ended(t)))
        return;
    fprintf(stderr, "%s: %s\n", what, text);
    terminal_dump(t);
    fail();
}

void desk_stands_on(struct terminal *t, const char *text)
{
    long long deadline = terminal_now_us() + DEADLINE_US;
    int row, col;

    for (;; more_or_fail(t, deadline, "the cursor is never on", text)) {
        terminal_cursor(t, &row, &col);
        if (strstr(terminal_row(t, row), text))
            return;
    }
}

void desk_find(struct terminal *t, const char *typed, const char *name)
{
    desk_walk(t, "/", "nter open", typed, name, "\r", "TIMELINE", NULL);
    desk_sees(t, name);
}

void desk_row_says(struct terminal *t, const char *text, const char *also)
{
    long long deadline = terminal_now_us() + DEADLINE_US;
    int row;

    for (;; more_or_fail(t, deadline, "its row never says so", also)) {
        row = terminal_row_of(t, text);
        if (row >= 0 && strstr(terminal_row(t, row), also))
            return;
    }
}

void desk_walk(struct terminal *t, ...)
{
    const char *keys, *text;
    va_list ap;

    va_start(ap, t);
    while ((keys = va_arg(ap, const char *)) && (text = va_arg(ap, const char *))) {
        terminal_send(t, keys);
        if (!terminal_wait(t, text)) {
            fprintf(stderr, "after keys \"%s\"\n", keys);
            va_end(ap);
            fail();
        }
    }
    va_end(ap);
}

void desk_quit(struct terminal *t)
{
    long long deadline = terminal_now_us() + DEADLINE_US;
    int status;

    terminal_send(t, "q");
    while (!terminal_ended(t) && !terminal_shows(t, "Leave frontdesk?") && !terminal_shows(t, "¿Salir?"))
        if (!terminal_take(t))
            more_or_fail(t, deadline, "the program does not take", "q");
    if (!terminal_ended(t))
        terminal_send(t, "\r");
    status = terminal_end(t);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
