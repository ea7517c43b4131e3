/* process_start.c - the programs this one starts: the agent, frontdesk-paper, the print command. One spawn, with
 * a clean environment, without a shell. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static struct { pid_t pid; } agent;     /* the last one started, to be reaped */

/* One of our own programs: beside this one in a build tree, else where it is installed. */
static bool find_program(const char *name, char *out, size_t size)
{
    snprintf(out, size, "%s/%s", process_program_dir(), name);
    if (access(out, X_OK) == 0)
        return true;
    snprintf(out, size, "%s/%s", FRONTDESK_LIBEXEC, name);
    return access(out, X_OK) == 0;
}

static bool find_agent(char *out, size_t size)
{
    return find_program("frontdesk-agent", out, size);
}

/* ---- the one spawn ------------------------------------------------------------------------- */

/* Where a program started reads and writes: -1 is /dev/null. A session of its own when it stays; killed when it
 * takes longer than limit_s seconds (0: it may take what it takes). */
struct streams { int fd[3]; bool stays; int limit_s; };
enum { PRINTER_WORDS = 16, PAPER_LIMIT_S = 60, LOOK_MS = 2 };

/* Few enough that nothing of the desk's session reaches a process that outlives it. */
static void clean_environment(char **envp, size_t room)
{
    static const char *const names[] = {"HOME=", "LANG=", "LANGUAGE=", "LC_ALL=", "TZ=", "XDG_CONFIG_HOME="};
    size_t n = 0;

    for (char **entry = environ; entry && *entry; entry++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (n + 1 < room && strncmp(*entry, names[i], strlen(names[i])) == 0)
                envp[n++] = *entry;
    envp[n] = NULL;
}

static int spawn(const char *path, const char *const *argv, const struct streams *streams, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t all, none;
    char *envp[8];
    int failed;

    clean_environment(envp, sizeof envp / sizeof *envp);
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    for (int fd = 0; fd <= 2; fd++)
        if (streams->fd[fd] < 0)
            posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
        else if (streams->fd[fd] != fd)
            posix_spawn_file_actions_adddup2(&files, streams->fd[fd], fd);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setflags(&how, (short)((streams->stays ? POSIX_SPAWN_SETSID : 0) | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    failed = posix_spawn(pid, path, &files, &how, (char *const *)(uintptr_t)argv, envp);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

/* Start it and wait: its exit status, 1 when a signal ended it, -1 when it did not start. */
static int run_program(const char *path, const char *const *argv, const struct streams *streams)
{
    const struct timespec look = { 0, LOOK_MS * 1000000L };
    long looks = streams->limit_s * 1000L / LOOK_MS;
    int status = 0;
    pid_t pid, ended;

    if (spawn(path, argv, streams, &pid) != 0)
        return -1;
    while ((ended = waitpid(pid, &status, streams->limit_s ? WNOHANG : 0)) <= 0) {
        if (ended < 0 && errno != EINTR)
            return -1;
        if (ended == 0 && looks-- == 0)
            kill(pid, SIGKILL);         /* a printer that never answers must not stop the desk */
        if (ended == 0)
            nanosleep(&look, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* ---- paper --------------------------------------------------------------------------------- */

int process_run_paper(int in, int out)
{
    const char *argv[] = { "frontdesk-paper", NULL };
    const struct streams streams = { { in, out, -1 }, false, PAPER_LIMIT_S };
    char path[PATH_MAX + 32];

    return find_program(argv[0], path, sizeof path) ? run_program(path, argv, &streams) : -1;
}

int process_run_printer(const char *command, int in)
{
    const struct streams streams = { { in, -1, -1 }, false, PAPER_LIMIT_S };
    char words[PATH_MAX], *rest = words;
    const char *argv[PRINTER_WORDS + 1];
    size_t n = 0;

    snprintf(words, sizeof words, "%s", command);
    for (char *word; n < PRINTER_WORDS && (word = strsep(&rest, " ")) != NULL;)
        if (*word)
            argv[n++] = word;
    argv[n] = NULL;
    return n > 0 && !rest && argv[0][0] == '/' ? run_program(argv[0], argv, &streams) : -1;
}

/* ---- the agent ----------------------------------------------------------------------------- */

enum { AGENT_ARGUMENTS = 8 };

static void agent_arguments(const char **argv, const char *data_dir, const char *config_path, const char *how, bool json)
{
    int n = 0;

    argv[n++] = "frontdesk-agent";
    argv[n++] = "--data";
    argv[n++] = data_dir;
    if (config_path && *config_path) {
        argv[n++] = "--config";
        argv[n++] = config_path;
    }
    if (how)
        argv[n++] = how;
    if (how && json)
        argv[n++] = "--json";
    argv[n] = NULL;
}

bool process_spawn_agent(const char *data_dir, const char *config_path)
{
    const struct streams silent = { { -1, -1, -1 }, true, 0 };
    const char *argv[AGENT_ARGUMENTS];
    char path[PATH_MAX + 32];

    if (agent.pid > 0 && waitpid(agent.pid, NULL, WNOHANG) != 0)
        agent.pid = 0;
    agent_arguments(argv, data_dir, config_path, NULL, false);
    if (find_agent(path, sizeof path) && spawn(path, argv, &silent, &agent.pid) == 0)
        return true;
    agent.pid = 0;
    return false;
}

int process_run_agent(const char *data_dir, const char *config_path, bool json)
{
    const struct streams ours = { { 0, 1, 2 }, false, 0 };
    const char *argv[AGENT_ARGUMENTS];
    char path[PATH_MAX + 32];

    agent_arguments(argv, data_dir, config_path, "--once", json);
    return find_agent(path, sizeof path) ? run_program(path, argv, &ours) : -1;
}

bool process_agent_answer(const char *data_dir, const char *config_path)
{
    const struct streams silent = { { -1, -1, -1 }, false, 0 };
    const char *argv[AGENT_ARGUMENTS];
    char path[PATH_MAX + 32];

    agent_arguments(argv, data_dir, config_path, "--answer", false);
    return find_agent(path, sizeof path) && run_program(path, argv, &silent) >= 0;
}

void process_become_agent(const char *data_dir, const char *config_path)
{
    const char *argv[AGENT_ARGUMENTS];
    char path[PATH_MAX + 32], *envp[8];

    agent_arguments(argv, data_dir, config_path, NULL, false);
    clean_environment(envp, sizeof envp / sizeof *envp);
    if (find_agent(path, sizeof path))
        execve(path, (char *const *)(uintptr_t)argv, envp);
}
