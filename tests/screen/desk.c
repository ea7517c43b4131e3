#include "tests/screen/desk.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WORDS = 40 };

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

struct terminal *desk_start(int rows, int cols)
{
    const char *const words[] = {desk.program, "--data", desk.data, "--now", DESK_NOW, NULL};
    struct terminal *t = terminal_start(words, rows, cols, NULL);

    assert_true(terminal_wait(t, "Sign in"));
    return t;
}

struct terminal *desk_open(int rows, int cols)
{
    struct terminal *t = desk_start(rows, cols);

    terminal_send(t, "demo\r");
    terminal_send(t, DESK_PASSWORD "\r");
    assert_true(terminal_wait(t, "ARRIVALS"));
    assert_true(terminal_wait(t, "/ find"));     /* the last line: all of it is painted */
    return t;
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
    int status;

    terminal_send(t, "q");
    while (!terminal_ended(t) && !terminal_shows(t, "Leave frontdesk?"))
        terminal_settle(t, 20);
    if (!terminal_ended(t))
        terminal_send(t, "\r");
    status = terminal_end(t);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
