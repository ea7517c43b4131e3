/* If this breaks, an inherited file, a core dump or a log line can carry a patient out of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/process.h"

/* Run in a child, which the hardening then sticks to; 0 means all was as it should be. */
static void in_child(int (*check)(void))
{
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(check());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int check_limits(void)
{
    struct rlimit core;

    process_harden(-1);
    if (umask(0) != 077)
        return 1;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
        return 2;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 3;
}

static int check_descriptors(void)
{
    int keep = fcntl(0, F_DUPFD, 20), low = fcntl(0, F_DUPFD, 10), high = fcntl(0, F_DUPFD, 200);

    close(0);
    process_harden(keep);
    if (fcntl(low, F_GETFD) >= 0 || fcntl(high, F_GETFD) >= 0)
        return 1;
    if (fcntl(keep, F_GETFD) != FD_CLOEXEC)
        return 2;
    return fcntl(0, F_GETFD) >= 0 ? 0 : 3;      /* a missing one of the three is filled */
}

static int check_environment(void)
{
    static const char *const gone[] = {"LD_PRELOAD", "TERMINFO", "PAGER", "EDITOR", "LESSOPEN", "https_proxy", "FRONTDESK_PASSWORD"};

    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        setenv(gone[i], "x", 1);
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    process_harden(-1);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (getenv(gone[i]))
            return 1;
    return getenv("TERM") && getenv("NO_COLOR") && getenv("HOME") ? 0 : 2;
}

/* A language the machine lacks still gives UTF-8, and gettext its name; C gives what was asked. */
static int check_locale(void)
{
    unsetenv("LC_ALL");
    unsetenv("LC_CTYPE");
    unsetenv("LANGUAGE");
    setenv("LANG", "xx_YY.UTF-8", 1);
    process_harden(-1);
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        return 1;
    if (!getenv("LANGUAGE") || strcmp(getenv("LANGUAGE"), "xx_YY") != 0)
        return 2;
    return strcmp(setlocale(LC_NUMERIC, NULL), "C") == 0 ? 0 : 3;
}

static int check_no_locale(void)
{
    unsetenv("LC_ALL");
    unsetenv("LC_CTYPE");
    unsetenv("LANG");
    process_harden(-1);
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? 0 : 1;
}

static int check_plain_locale(void)
{
    setenv("LC_ALL", "C", 1);
    process_harden(-1);
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0 ? 0 : 1;
}

static void harden(void **state)
{
    (void)state;
    setenv("HOME", "/", 0);
    in_child(check_limits);
    in_child(check_descriptors);
    in_child(check_environment);
    in_child(check_locale);
    in_child(check_no_locale);
    in_child(check_plain_locale);
}

static void hides_arguments(void **state)
{
    char name[] = "frontdesk", find[] = "find", who[] = "garcia";
    char *argv[] = {name, find, who, NULL};

    (void)state;
    process_hide_arguments(3, argv);
    assert_string_equal(name, "frontdesk");
    for (size_t i = 0; i < sizeof who; i++)
        assert_int_equal(who[i], 0);
    assert_string_equal(find, "");
}

static void finds_its_data(void **state)
{
    struct buf path = {0};

    (void)state;
    buf_printf(&path, "%s/schema/001.sql", process_data_dir());
    assert_int_equal(access(buf_text(&path), R_OK), 0);
    buf_done(&path);
}

/* The folder of this test program, where a build tree has the agent. */
static void beside(char *out, size_t size, const char *name)
{
    ssize_t len = readlink("/proc/self/exe", out, size - 1);

    assert_true(len > 0);
    out[len] = '\0';
    snprintf(strrchr(out, '/') + 1, size - (size_t)len, "%s", name);
}

/* A stand-in for the agent says what it was started with. */
static void starts_the_agent_with_little(void **state)
{
    char agent[512], dir[] = "/tmp/frontdesk-agent-XXXXXX", fifo[64], said[2048] = "";
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(fifo, sizeof fifo, "%s/said", dir);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    beside(agent, sizeof agent, "frontdesk-agent");
    file = fopen(agent, "w");
    assert_non_null(file);
    fputs("#!/bin/sh\n{ echo \"$@\"; ls -l /proc/self/fd/0 /proc/self/fd/2; env; } >\"$2/said\"\n", file);
    fclose(file);
    assert_int_equal(chmod(agent, 0700), 0);
    setenv("PATIENT_SECRET", "x", 1);
    setenv("LANG", "C.UTF-8", 1);
    assert_true(process_spawn_agent(dir, "/etc/frontdesk/config"));
    file = fopen(fifo, "r");        /* waits for the other end */
    assert_non_null(file);
    assert_true(fread(said, 1, sizeof said - 1, file) > 0);
    fclose(file);
    unlink(agent);
    unlink(fifo);
    rmdir(dir);
    assert_int_equal(strncmp(said, "--data ", 7), 0);
    assert_non_null(strstr(said, " --config /etc/frontdesk/config\n"));
    assert_non_null(strstr(said, "LANG=C.UTF-8"));
    assert_null(strstr(said, "PATIENT_SECRET"));
    assert_non_null(strstr(said, "fd/0 -> /dev/null"));
    assert_non_null(strstr(said, "fd/2 -> /dev/null"));
}

static void no_agent_is_no_harm(void **state)
{
    char agent[512];

    (void)state;
    beside(agent, sizeof agent, "frontdesk-agent");
    if (access(agent, X_OK) == 0 || access(FRONTDESK_LIBEXEC "/frontdesk-agent", X_OK) == 0)
        skip();
    assert_false(process_spawn_agent("/tmp", NULL));
}

static void log_lines_are_clean_and_private(void **state)
{
    char path[] = "/tmp/frontdesk-log-XXXXXX/log", line[512] = "", *slash = strrchr(path, '/');
    struct stat st;
    FILE *file;

    (void)state;
    *slash = '\0';
    assert_non_null(mkdtemp(path));
    *slash = '/';
    log_line("test", "nothing is open yet");
    log_open(path);
    log_line("sync", "Patient/%s\n2026 forged\x1B[2J", "p1");
    log_close();
    log_line("test", "nor now");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_non_null(strstr(line, " sync: Patient/p1 2026 forged␛[2J\n"));
    assert_null(fgets(line, sizeof line, file));
    fclose(file);
    unlink(path);
    *slash = '\0';
    rmdir(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harden), cmocka_unit_test(hides_arguments), cmocka_unit_test(finds_its_data),
        cmocka_unit_test(starts_the_agent_with_little), cmocka_unit_test(no_agent_is_no_harm),
        cmocka_unit_test(log_lines_are_clean_and_private),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
